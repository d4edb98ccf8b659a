"""Every entry is bound to the real class before data are read; every shipped spec holds together without data."""

from pathlib import Path

import pytest
import torch

from repro.data import prepare as prepare_module
from repro.results.class_names import class_names
from repro.spec.experiment import Scheduler
from repro.spec.index import index
from repro.spec.load import load_spec
from repro.spec.problem import SpecError
from repro.training.bind import bind_all
from repro.training.class_lookup import find_class
from repro.training.dry_step import CannotPretend, fake_cuda_pass, meta_step
from repro.training.fused import fused_argument

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(p.parent.name for p in (ROOT / "papers").glob("*/paper.yaml"))
assert SHIPPED, "no shipped specs found: the sweeps below would test nothing"


def nets(name):
    spec = load_spec(ROOT / "papers" / name)
    found = [e for e in spec.experiments.values() if e.model is not None and not e.model.is_estimator]
    assert found
    return spec.folder, found


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_specs_bind(name):
    spec = load_spec(ROOT / "papers" / name)
    for experiment in spec.experiments.values():
        if experiment.not_run is None:
            bind_all(experiment, spec.folder)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_nets_take_a_whole_step_on_meta(name):
    folder, experiments = nets(name)
    for experiment in experiments:
        assert meta_step(experiment, folder) == (4, len(class_names(experiment) or ()))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_nets_leave_nothing_on_the_cpu(name):
    folder, experiments = nets(name)
    seen = 0
    for experiment in experiments:
        try:
            assert fake_cuda_pass(experiment, folder) == "cuda"
            seen += 1
        except CannotPretend:
            assert "gru" in experiment.name
    assert seen


def test_a_tensor_left_on_the_cpu_is_found(tmp_path, study, make_layer):
    (tmp_path / "model.py").write_text(
        "import torch\n"
        "class Stays(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__(); self.kept = torch.ones(10)\n"
        "    def forward(self, x): return x * self.kept\n"
    )
    layers = (make_layer("Flatten"), make_layer("Linear", out_features="classes"), make_layer("model.py:Stays"))
    with pytest.raises(RuntimeError, match="cpu"):
        fake_cuda_pass(study(layers=layers), tmp_path)


def test_all_problems_at_once_and_no_data_read(study, folder, make_entry, monkeypatch):
    monkeypatch.setattr(prepare_module, "read_items", lambda *_: pytest.fail("data were read"))
    experiment = study(
        optimizer=make_entry("Adam", lr=1e-2, bettas=(0.9, 0.99)),
        losses={"digit": make_entry("CrossEntropyLoss", label_smothing=0.1)},
    )
    with pytest.raises(SpecError) as caught:
        bind_all(experiment, folder)
    assert sorted(str(p) for p in caught.value.problems) == [
        "Adam.bettas: unknown argument 'bettas'; did you mean 'betas'? of Adam",
        "CrossEntropyLoss.label_smothing: unknown argument 'label_smothing'; did you mean 'label_smoothing'? "
        "of CrossEntropyLoss",
    ]
    bind_all(study(), folder)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"optimizer": ("Adam", {"lr": -1.0})}, "Adam refuses this: Invalid learning rate: -1.0"),
        ({"scheduler": ("StepLR", {})}, "StepLR: missing a required argument: 'step_size'"),
        ({"scheduler": ("Steps", {"values": (1.0,), "until": (1,)})}, "one edge fewer"),
        ({"scheduler": ("ReduceLROnPlateau", {})}, "say every: epoch"),
        ({"metrics": ("F1Score", {"average": "macr"})}, "F1Score"),
    ],
)
def test_what_a_class_refuses_is_a_problem_of_the_spec(change, text, study, folder, make_entry):
    ((field, (name, args)),) = change.items()
    made = make_entry(name, **args)
    value = {"scheduler": Scheduler(entry=made, every="step"), "metrics": {"m": made}}.get(field, made)
    with pytest.raises(SpecError, match=text):
        bind_all(study(**{field: value}), folder)


@pytest.mark.parametrize("namespace", ["optimizer", "scheduler", "loss", "metric", "estimator"])
def test_every_name_of_the_index_is_found_in_its_library(namespace, folder, make_entry):
    names = index().namespace(namespace)
    assert len(names) > 5
    for name in names:
        assert find_class(make_entry(name), namespace, folder).__name__ == name


def test_fused_where_torch_has_it_and_not_where_lightning_refuses_it(study):
    plain = study().training
    cpu, cuda = torch.device("cpu"), torch.device("cuda")
    assert fused_argument(torch.optim.Adam, cpu, plain) == {"fused": True}
    assert fused_argument(torch.optim.Adagrad, cuda, plain) == {}
    assert fused_argument(torch.optim.RMSprop, cpu, plain) == {}
    clipped = plain.model_copy(update={"precision": "16-mixed", "gradient_clip_val": 1.0})
    assert fused_argument(torch.optim.Adam, cpu, clipped) == {}
