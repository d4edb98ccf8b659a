import pytest
import torch

from repro.data import lazy_rows as room
from repro.data.device_cache import bytes_of
from repro.data.eval_batches import EvalBatches
from repro.data.lazy_rows import LazyRows, materialize
from repro.data.prepared import Part
from repro.data.train_batches import TrainBatches

ARRAY = torch.arange(60, dtype=torch.float32).reshape(20, 3)
AT = torch.tensor([1, 2, 5, 19])


def test_rows_are_the_tensor_that_picking_would_give():
    rows, tensor = LazyRows(ARRAY, AT), ARRAY[AT]
    assert (rows.shape, rows.dtype, len(rows), rows.numel(), rows.element_size()) == (
        tensor.shape,
        tensor.dtype,
        4,
        tensor.numel(),
        tensor.element_size(),
    )
    at = torch.tensor([3, 0, 3])
    assert torch.equal(rows.index_select(0, at), tensor.index_select(0, at))
    assert torch.equal(LazyRows(ARRAY).index_select(0, at), ARRAY[at])
    with pytest.raises(ValueError, match="along dimension 0, not 1"):
        rows.index_select(1, at)


def test_bytes_are_divided_by_255_when_they_are_read():
    pictures = torch.arange(256, dtype=torch.uint8).reshape(64, 4)
    rows = LazyRows(pictures, AT)
    assert torch.equal(materialize(rows), pictures.float()[AT] / 255)
    assert rows.element_size() == 4
    assert pictures[1, 0] == 4, "the array itself stays as it is"


def test_all_of_them_are_read_in_stretches(monkeypatch):
    asked = []
    rows = LazyRows(ARRAY, AT)
    real = rows.index_select
    monkeypatch.setattr(rows, "index_select", lambda dim, at: asked.append(len(at)) or real(dim, at))
    monkeypatch.setattr(room, "MOVED_BYTES", 36)  # three items
    assert torch.equal(rows.to("cpu"), ARRAY[AT])
    assert asked == [3, 1]
    assert materialize(ARRAY) is ARRAY


def test_batches_of_rows_are_batches_of_the_tensor():
    parts = [
        Part({"x": values}, {"y": values}, torch.arange(4))  # type: ignore[arg-type]
        for values in (ARRAY[AT], LazyRows(ARRAY, AT))
    ]
    for make in (
        EvalBatches,
        lambda p: TrainBatches(p, batch_size=3, seed=1, order="shuffled", position=lambda: (0, 0)),
    ):
        ram, mapped = (list(make(part)) for part in parts)
        assert len(ram) == len(mapped) > 0
        for one, other in zip(ram, mapped, strict=True):
            assert torch.equal(one["inputs"]["x"], other["inputs"]["x"])
            assert torch.equal(one["targets"]["y"], other["targets"]["y"])
    assert bytes_of(parts[0]) == bytes_of(parts[1])
