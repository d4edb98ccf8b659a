from pathlib import Path

import numpy as np
import pytest
import torch

from repro.data import prepare as room
from repro.data.data_error import DataError
from repro.data.eval_batches import evaluation_batches
from repro.data.gate import GateError
from repro.data.own_code import OwnCodeError
from repro.data.prepare import describe, prepare
from repro.spec.experiment import Dataset, Input, Label, Splits, View
from repro.spec.part import Entry
from repro.spec.problem import SpecError
from repro.spec.shape import Shape

HERE = Path()
DIGITS = {"dataset": Dataset(name="digits"), "splits": Splits(train=0.6, validation=0.2, test=0.2)}
DIABETES = {
    "dataset": Dataset(name="diabetes"),
    "labels": {"progression": Label(name="progression", column="progression", kind="number", standardize=True)},
    "splits": Splits(train=300, test=100),
}


@pytest.fixture
def forgetful():
    """Nothing made before is used, and nothing made here is used later."""
    room.forget()
    yield
    room.forget()


def test_mnist1d_as_the_paper_has_it(make_experiment):
    data = prepare(make_experiment(), seed=0, folder=HERE)
    assert {n: tuple(p.inputs["input"].shape) for n, p in data.parts.items()} == {
        "train": (4000, 1, 40),
        "test": (1000, 1, 40),
    }
    assert data.shapes == {"input": Shape.of("C T", 1, 40)}
    train = data.parts["train"]
    assert train.inputs["input"].dtype == torch.float32
    assert train.targets["digit"].dtype == torch.int64
    assert train.targets["digit"][:6].tolist() == [2, 6, 4, 5, 6, 6]
    assert data.parts["test"].items[:2].tolist() == [4000, 4001]
    assert data.labels["digit"].classes == tuple("0123456789")
    assert not data.needs_live
    # the authors' own code centres all 5,000 signals and divides them by their deviation
    assert {n for n, c in data.gate["checks"].items() if c["state"] != "ok"} == {"fitted-on-all"}
    assert data.gate["checks"]["fitted-on-all"]["state"] == "found"


def test_pictures_go_from_0_to_1_and_all_inputs_are_made(make_experiment):
    inputs = {
        "pixels": Input(name="pixels"),
        "padded": Input(name="padded", live=(Entry(name="Pad", args={"pixels": 2, "value": -0.1}),)),
    }
    data = prepare(make_experiment(**DIGITS, inputs=inputs), seed=0, folder=HERE)
    assert {n: s.sizes for n, s in data.shapes.items()} == {"pixels": (1, 8, 8), "padded": (1, 12, 12)}
    train = data.parts["train"]
    assert torch.equal(train.inputs["padded"][:, :, 2:10, 2:10], train.inputs["pixels"])
    assert not data.needs_live  # without augmentation everything is made beforehand
    assert (float(train.inputs["pixels"].min()), float(train.inputs["pixels"].max())) == (0, 1)


def test_stored_bytes_are_divided_by_255(make_experiment, tmp_path):
    write(tmp_path, values="np.array([[0], [51], [255], [102]], dtype=np.uint8)")
    data = prepare(own(make_experiment), seed=0, folder=tmp_path)
    assert data.parts["train"].inputs["input"].flatten().tolist() == pytest.approx([0.0, 0.2, 1.0])


def test_what_learns_sees_training_items_only(make_experiment):
    features = (Entry(name="Standardize", args={"per": "feature"}),)
    data = prepare(make_experiment(**DIABETES, features=features), seed=0, folder=HERE)
    train, test = (data.parts[n].inputs["input"] for n in ("train", "test"))
    assert train.mean(0).abs().max() < 1e-4
    assert (train.std(0, correction=0) - 1).abs().max() < 1e-4
    assert test.mean(0).abs().max() > 0.01
    assert data.gate["checks"]["fitted"]["text"] == "Standardize (input) fitted on the 300 items of train only"


def test_test_items_change_no_training_tensor(make_experiment, monkeypatch, forgetful):
    # replace every test item and label by something else: not one bit of train or validation may change
    from dataclasses import replace

    experiment = make_experiment(
        **(DIABETES | {"splits": Splits(train=250, validation=50, test=100)}), features=(Entry(name="Standardize"),)
    )
    before = prepare(experiment, seed=0, folder=HERE)
    rows = before.parts["test"].items.numpy()
    real = room.read_items

    def noisy(dataset, folder):
        items = real(dataset, folder)
        values, cells = items.values.copy(), items.columns["progression"].copy()
        values[rows] = np.random.default_rng(0).normal(size=values[rows].shape) * 1e6
        cells[rows] = 1e6
        return replace(items, values=values, columns={"progression": cells}, sha256="")

    room.forget()
    monkeypatch.setattr(room, "read_items", noisy)
    after = prepare(experiment, seed=0, folder=HERE)
    assert after.data_sha256 != before.data_sha256
    for part in ("train", "validation"):
        assert torch.equal(after.parts[part].inputs["input"], before.parts[part].inputs["input"])
        assert torch.equal(after.parts[part].targets["progression"], before.parts[part].targets["progression"])
    assert after.labels == before.labels
    assert not torch.equal(after.parts["test"].inputs["input"], before.parts["test"].inputs["input"])


def test_numbers_are_standardized_by_training_items_and_can_be_put_back(make_experiment):
    data = prepare(make_experiment(**DIABETES), seed=0, folder=HERE)
    target, train, test = data.labels["progression"], data.parts["train"], data.parts["test"]
    assert train.targets["progression"].shape == (300, 1)
    assert float(train.targets["progression"].mean()) == pytest.approx(0, abs=1e-5)
    assert float(train.targets["progression"].std(correction=0)) == pytest.approx(1, abs=1e-5)
    from sklearn.datasets import load_diabetes

    known = load_diabetes().target
    back = test.targets["progression"][:, 0] * target.std + target.mean
    assert back.tolist() == pytest.approx(known[test.items.numpy()].tolist(), rel=1e-5)
    plain = DIABETES | {"labels": {"progression": Label(name="progression", column="progression", kind="number")}}
    raw = prepare(make_experiment(**plain), seed=0, folder=HERE)
    assert raw.parts["test"].targets["progression"][:, 0].tolist() == known[test.items.numpy()].tolist()
    assert not raw.labels["progression"].standardized


def test_an_input_is_its_own_clean_target(make_experiment):
    inputs = {
        "input": Input(
            name="input",
            augment=(Entry(name="Noise", args={"snr_db": 5.0}),),
            live=(Entry(name="Rescale", args={"low": 0, "high": 2}),),
        )
    }
    experiment = make_experiment(inputs=inputs, labels={"clean": Label(name="clean", column="", kind="input")})
    data = prepare(experiment, seed=0, folder=HERE)
    train = data.parts["train"]
    assert data.needs_live
    assert data.labels["clean"].sizes == (1, 40)
    assert torch.equal(train.targets["clean"], train.inputs["input"] * 2)
    batch = {"input": train.inputs["input"][:50]}
    assert not torch.equal(data.live(batch, 3)["input"], train.targets["clean"][:50])
    assert torch.equal(data.live(batch, None)["input"], train.targets["clean"][:50])


def test_experiments_share_what_is_made_once(make_experiment):
    one = prepare(make_experiment(), seed=0, folder=HERE)
    two = prepare(make_experiment(name="y"), seed=1, folder=HERE)
    other = prepare(make_experiment(features=(Entry(name="ShufflePositions", args={"seed": 1}),)), seed=0, folder=HERE)
    assert one.parts["train"].inputs["input"].data_ptr() == two.parts["train"].inputs["input"].data_ptr()
    assert other.parts["train"].inputs["input"].data_ptr() != one.parts["train"].inputs["input"].data_ptr()


def test_a_random_feature_is_drawn_once_an_item_whatever_the_split(make_experiment):
    noise = (Entry(name="Noise", args={"snr_db": 10.0, "seed": 5}),)
    whole = prepare(make_experiment(features=noise), seed=0, folder=HERE)
    few = prepare(
        make_experiment(features=noise, splits=Splits(source="official", train=300, validation=90)), seed=9, folder=HERE
    )
    by_item = dict(zip(whole.parts["train"].items.tolist(), whole.parts["train"].inputs["input"], strict=True))
    for part in ("train", "validation"):
        for item, values in zip(few.parts[part].items.tolist(), few.parts[part].inputs["input"], strict=True):
            assert torch.equal(by_item[item], values)
    clean = prepare(make_experiment(), seed=0, folder=HERE)
    assert not torch.equal(clean.parts["test"].inputs["input"], whole.parts["test"].inputs["input"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Input(name="input", cached=(Entry(name="Noise", args={"snr_db": 1.0}),)), "needs a seed"),
        (Input(name="input", augment=(Entry(name="Noise", args={"snr_db": 1.0, "seed": 1}),)), "leave seed out here"),
        (
            Input(
                name="input",
                augment=(Entry(name="Noise", args={"snr_db": 1.0}),),
                live=(Entry(name="Noise", args={"snr_db": 1.0, "seed": 3}),),
            ),
            "stands after augment",
        ),
        (Input(name="input", augment=(Entry(name="Pad", args={"pixels": 1}),)), "must keep the shape"),
    ],
)
def test_random_features_in_the_wrong_place_are_said(make_experiment, given, said):
    fields = DIGITS if "Pad" in str(given.augment) else {}
    with pytest.raises(SpecError, match=said):
        prepare(make_experiment(inputs={"input": given}, **fields), seed=0, folder=HERE)


def test_views_are_augmented_the_same_way_for_every_run(make_experiment):
    views = {"rotated": View(name="rotated", of="test", augment=(Entry(name="RandomAffine", args={"degrees": 30.0}),))}
    inputs = {"input": Input(name="input", live=(Entry(name="Pad", args={"pixels": 1}),))}
    runs = [prepare(make_experiment(**DIGITS, inputs=inputs, views=views), seed=s, folder=HERE) for s in (0, 1)]
    turned = [torch.cat([b["inputs"]["input"] for b in evaluation_batches(run, "rotated")]) for run in runs]
    upright = torch.cat([b["inputs"]["input"] for b in evaluation_batches(runs[0], "test")])
    assert torch.equal(*turned)
    assert turned[0].shape == upright.shape == (359, 1, 10, 10)
    assert not torch.equal(turned[0], upright)
    items = torch.cat([b["items"] for b in evaluation_batches(runs[0], "rotated")])
    assert torch.equal(items, runs[0].parts["test"].items)


def test_a_view_on_another_data_set(make_experiment):
    views = {"other": View(name="other", of="test", dataset=Dataset(name="mnist1d", args={"seed": 7}))}
    data = prepare(make_experiment(views=views), seed=0, folder=HERE)
    assert len(data.parts["other"]) == 1000
    assert not torch.equal(data.parts["other"].inputs["input"], data.parts["test"].inputs["input"])
    wrong = {"other": View(name="other", of="test", dataset=Dataset(name="digits"))}
    with pytest.raises(
        DataError, match=r"evaluation\.other: items of digits are C 1 x H 8 x W 8; the study's are C 1 x T 40"
    ):
        prepare(make_experiment(views=wrong), seed=0, folder=HERE)


def test_the_run_seed_draws_a_split_only_where_the_spec_says_so(make_experiment):
    fixed = [prepare(make_experiment(**DIGITS), seed=s, folder=HERE).splits_sha256 for s in (0, 1)]
    assert fixed[0] == fixed[1]
    splits = Splits(train=0.6, validation=0.2, test=0.2, seed="run")
    run = [prepare(make_experiment(**(DIGITS | {"splits": splits})), seed=s, folder=HERE).splits_sha256 for s in (0, 1)]
    assert run[0] != run[1]


CASES = {
    "mnist1d": {},
    "digits": DIGITS,
    "diabetes": DIABETES,
    "padded": DIGITS | {"features": (Entry(name="Pad", args={"pixels": 3}), Entry(name="Deslant"))},
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_described_without_data_is_what_comes(make_experiment, name, monkeypatch, forgetful):
    experiment = make_experiment(**CASES[name])
    with monkeypatch.context() as patched:
        patched.setattr(room, "read_items", lambda *_: pytest.fail("data were read"))
        shapes, labels = describe(experiment, HERE)
    data = prepare(experiment, seed=0, folder=HERE)
    assert shapes == data.shapes
    for label, target in labels.items():
        known = data.labels[label]
        assert (target.classes, target.sizes, target.kind, target.unit) == (
            known.classes,
            known.sizes,
            known.kind,
            known.unit,
        )


def write(
    folder: Path, *, values="np.arange(4.0)[:, None]", axes='"F"', columns='{"digit": ["a", "b", "a", "b"]}', more=""
):
    (folder / "data.py").write_text(
        f"import numpy as np\nclass Tones:\n    def __init__(self, seed=0):\n        self.values = {values}\n"
        f"        self.axes = {axes}\n        self.columns = {columns}\n{more}"
    )


def own(make_experiment, **fields):
    words = {"dataset": Dataset(name="data.py:Tones", args={"seed": 1}), "splits": Splits(source="official")}
    return make_experiment(**(words | fields))


PARTS = '        self.parts = {"train": [0, 1, 2], "test": [3]}\n'


@pytest.fixture(autouse=True)
def official(monkeypatch):
    monkeypatch.setitem(write.__kwdefaults__, "more", PARTS)


def test_own_data_are_read_through_their_protocol(make_experiment, tmp_path):
    write(tmp_path)
    data = prepare(own(make_experiment), seed=0, folder=tmp_path)
    assert data.labels["digit"].classes == ("a", "b")
    assert data.parts["train"].targets["digit"].tolist() == [0, 1, 0]
    assert data.parts["test"].inputs["input"].tolist() == [[3.0]]
    with pytest.raises(DataError, match=r"shapes are only known by running data\.py:Tones"):
        describe(own(make_experiment), tmp_path)
    shapes, labels = describe(own(make_experiment), tmp_path, own_code=True)
    assert shapes == data.shapes
    assert labels["digit"].classes == ("a", "b")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"values": "None"}, "there is no values; own data have values, axes and columns"),
        ({"axes": '"C T"'}, r"axes are 'C T' for values \(4, 1\); expected one of the letters"),
        ({"axes": '"X"'}, "axes are 'X'"),
        ({"columns": '{"digit": [1, 2]}'}, "column 'digit' has 2 cells for 4 items"),
        ({"values": "np.array([[1.0], [np.nan], [1], [2]])"}, "not a finite number"),
        ({"values": 'np.array([["a"], ["b"], ["c"], ["d"]])'}, "expected numbers"),
        ({"values": "np.zeros((0, 1))", "columns": '{"digit": []}'}, "there are no items"),
        ({"more": '        self.parts = {"train": [0, 9], "test": [1]}\n'}, "part 'train' names rows outside 0 .. 3"),
        ({"more": "        1 / 0\n"}, r"data\.py:7: making Tones failed: ZeroDivisionError"),
    ],
)
def test_own_data_that_are_no_data_set_are_refused(make_experiment, tmp_path, words, said):
    write(tmp_path, **words)
    with pytest.raises(OwnCodeError, match=said):
        prepare(own(make_experiment), seed=0, folder=tmp_path)


@pytest.mark.parametrize(
    ("columns", "label", "said"),
    [
        ('{"pitch": [1, 2, 3, 4]}', {}, "labels.digit: data.py:Tones has no column 'digit'; it has pitch"),
        ('{"digit": ["a", "", "b", "b"]}', {}, r"is empty for 1 items \(first at item 1\)"),
        (
            '{"digit": ["a", "b", "c", "a"]}',
            {"classes": ("a", "b")},
            r"'c' in column 'digit' \(first at item 2\) is none of",
        ),
        ('{"digit": ["a", "b", "c", "a"]}', {"kind": "number"}, "holds what is no number"),
        ('{"digit": [1.0, float("nan"), 2.0, 3.0]}', {"kind": "number"}, "1 empty or infinite cells"),
    ],
)
def test_labels_out_of_range_are_said(make_experiment, tmp_path, columns, label, said):
    write(tmp_path, columns=columns)
    labels = {"digit": Label(name="digit", column="digit", **label)}
    with pytest.raises(DataError, match=said):
        prepare(own(make_experiment, labels=labels), seed=0, folder=tmp_path)


def test_shared_items_stop_the_run_unless_waived(make_experiment, tmp_path):
    write(tmp_path, more='        self.parts = {"train": [0, 1, 2], "test": [2, 3]}\n')
    with pytest.raises(
        GateError, match=r"the leakage gate failed: shared items: 1 in both train and test \(item 2\)"
    ) as caught:
        prepare(own(make_experiment), seed=0, folder=tmp_path)
    assert caught.value.gate["checks"]["shared-items"]["state"] == "failed"
    waived = own(make_experiment, splits=Splits(source="official", waiver="the paper's own mistake"))
    data = prepare(waived, seed=0, folder=tmp_path)
    assert data.gate["checks"]["shared-items"]["state"] == "failed"
    assert data.gate["waiver"] == "the paper's own mistake"
