"""The index of names by itself: what it holds, that it is well formed, and that it is read without any library."""

import subprocess
import sys

import pytest

from repro.spec.argument_type import parse_type
from repro.spec.argument_values import read_value
from repro.spec.builtin_components import OURS
from repro.spec.class_facts import REFUSALS, Argument
from repro.spec.index import NAMESPACES, Index, index
from repro.spec.tree import ListNode, MapNode, Node, TextNode

AT_LEAST = {
    "layer": 100, "optimizer": 12, "scheduler": 12, "loss": 15, "metric": 35, "feature": 25, "augment": 5,
    "estimator": 130, "init": 14,
}  # fmt: skip
EVERY_CLASS = [(n, c) for n in NAMESPACES for c in index().namespace(n)]
EVERY_ARGUMENT = [(n, c, a) for n, c in EVERY_CLASS for a in index().namespace(n)[c].arguments]
KNOWN = {
    ("layer", "Conv1d", "out_channels"): "int | classes",
    ("layer", "Conv1d", "kernel_size"): "int | (int)",
    ("layer", "Conv2d", "padding"): "'same' | 'valid' | int | (int, int)",
    ("layer", "MaxPool2d", "padding"): "'same' | int | (int, int)",
    ("layer", "Linear", "out_features"): "int | classes",
    ("layer", "GRU", "bidirectional"): "bool",
    ("layer", "AdaptiveAvgPool2d", "output_size"): "int | (int | none, int | none) | none",
    ("optimizer", "Adam", "lr"): "float",
    ("optimizer", "Adam", "betas"): "(float, float)",
    ("scheduler", "OneCycleLR", "max_lr"): "float | [float]",
    ("scheduler", "MultiStepLR", "milestones"): "[int]",
    ("loss", "CrossEntropyLoss", "weight"): "'balanced' | tensor | none",
    ("loss", "CrossEntropyLoss", "reduction"): "'mean' | 'sum'",
    ("metric", "F1Score", "average"): "'micro' | 'macro' | 'weighted'",
    ("feature", "MelSpectrogram", "window_fn"): "function",
    ("estimator", "PCA", "whiten"): "bool",
    ("estimator", "RandomForestClassifier", "max_depth"): "int | none",
    ("init", "kaiming_normal_", "mode"): "'fan_in' | 'fan_out'",
}
REFUSED = {
    ("layer", "Conv1d", "in_channels"): "inferred",
    ("layer", "Linear", "in_features"): "inferred",
    ("layer", "BatchNorm2d", "num_features"): "inferred",
    ("layer", "LayerNorm", "normalized_shape"): "inferred",
    ("layer", "GRU", "input_size"): "inferred",
    ("layer", "LSTM", "batch_first"): "inferred",
    ("layer", "Linear", "device"): "harness",
    ("layer", "MaxPool1d", "return_indices"): "one output",
    ("optimizer", "Adam", "params"): "harness",
    ("optimizer", "Adam", "fused"): "harness",
    ("optimizer", "SGD", "foreach"): "harness",
    ("optimizer", "Adam", "capturable"): "harness",
    ("optimizer", "AdamW", "differentiable"): "harness",
    ("optimizer", "SGD", "maximize"): "minimised",
    ("scheduler", "StepLR", "optimizer"): "harness",
    ("loss", "MSELoss", "size_average"): "deprecated",
    ("metric", "Accuracy", "task"): "inferred",
    ("metric", "Accuracy", "num_classes"): "inferred",
    ("feature", "Resample", "orig_freq"): "inferred",
    ("feature", "MelSpectrogram", "sample_rate"): "inferred",
    ("estimator", "RandomForestClassifier", "random_state"): "seeded",
    ("estimator", "RandomForestClassifier", "n_jobs"): "harness",
    ("init", "normal_", "tensor"): "harness",
}


def written(value: object) -> Node:
    """A value as a spec would write it."""
    if isinstance(value, tuple):
        return ListNode([written(one) for one in value])
    if isinstance(value, dict):
        return MapNode([(TextNode(k), written(v)) for k, v in value.items()])
    if value is None:
        return TextNode("none")
    return TextNode(str(value).lower() if isinstance(value, bool) else str(value))


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_namespace_holds_its_classes(namespace: str) -> None:
    assert len(index().namespace(namespace)) >= AT_LEAST[namespace]


@pytest.mark.parametrize(("namespace", "name"), [(n, c) for n in OURS for c in OURS[n]])
def test_ours_stand_beside_the_libraries(namespace: str, name: str) -> None:
    assert index().namespace(namespace)[name].ours


def test_no_class_of_ours_hides_one_of_a_library() -> None:
    for namespace, classes in OURS.items():
        assert not set(classes) & set(index().left_out(namespace))
        for name in classes:
            assert index().namespace(namespace)[name] is classes[name]


@pytest.mark.parametrize(("where", "wanted"), KNOWN.items(), ids=lambda x: ".".join(x) if isinstance(x, tuple) else "")
def test_types_of_well_known_arguments(where: tuple[str, str, str], wanted: str) -> None:
    namespace, name, argument = where
    assert index().namespace(namespace)[name].arguments[argument].type == wanted


@pytest.mark.parametrize(("where", "why"), REFUSED.items(), ids=lambda x: ".".join(x) if isinstance(x, tuple) else "")
def test_arguments_that_nobody_writes(where: tuple[str, str, str], why: str) -> None:
    namespace, name, argument = where
    facts = index().namespace(namespace)[name]
    assert facts.refused[argument] == why
    assert argument not in facts.arguments


@pytest.mark.parametrize(("namespace", "name", "argument"), EVERY_ARGUMENT)
def test_every_type_reads_its_own_default(namespace: str, name: str, argument: str) -> None:
    facts: Argument = index().namespace(namespace)[name].arguments[argument]
    parse_type(facts.type)
    if facts.required or facts.default in (float("inf"), float("-inf")) or facts.default != facts.default:
        return
    if facts.type == "function":
        assert facts.default in index().functions[argument]
    elif not facts.type.startswith("layers"):
        found = read_value(written(facts.default), facts)
        assert found == facts.default
        assert type(found) is type(facts.default) or "int" not in parse_type(facts.type).words


def test_hardly_any_argument_is_of_an_unknown_type() -> None:
    loose = {(n, c, a) for n, c, a in EVERY_ARGUMENT if index().namespace(n)[c].arguments[a].type.startswith("any")}
    assert loose == {("estimator", "SimpleImputer", "fill_value")}


def test_reasons_are_known_words() -> None:
    for namespace, name in EVERY_CLASS:
        assert set(index().namespace(namespace)[name].refused.values()) <= set(REFUSALS)


def test_metrics_know_their_direction_and_whether_they_are_proportions() -> None:
    def facts(name: str) -> tuple[str, bool]:
        return index().metric(name).direction, index().metric(name).proportion

    assert facts("Accuracy") == ("max", True)
    assert facts("ErrorRate") == ("min", True)
    assert facts("HammingDistance") == ("min", True)
    assert facts("MeanSquaredError") == ("min", False)
    assert facts("R2Score") == ("max", False)
    assert facts("MatthewsCorrCoef") == ("max", False)
    assert facts("HingeLoss") == ("min", False)
    with pytest.raises(KeyError):
        index().metric("Acuracy")


def test_metrics_that_are_accuracy_by_default_want_their_average_said() -> None:
    wanting = {name for name in index().namespace("metric") if index().metric(name).say_average}
    assert {"F1Score", "Precision", "Recall", "Specificity"} <= wanting
    assert "Accuracy" not in wanting
    assert index().namespace("metric")["Accuracy"].arguments["average"].default == "micro"


def test_estimators_know_whether_they_are_random() -> None:
    assert index().estimator("RandomForestClassifier").random
    assert not index().estimator("KNeighborsClassifier").random
    assert index().estimator("KNeighborsClassifier").kind == "classifier"
    assert index().estimator("Ridge").kind == "regressor"
    assert index().estimator("StandardScaler").kind == "transformer"


def test_functions_by_name() -> None:
    assert index().functions["window_fn"]["hamming_window"] == "torch.hamming_window"


def test_an_unknown_namespace_is_refused() -> None:
    with pytest.raises(KeyError, match="no namespace 'layers'; there are layer"):
        index().namespace("layers")


def test_other_versions_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Index()
    made_from = fresh.versions["torch"]
    real = dict(fresh.versions)
    monkeypatch.setattr("repro.spec.index.version", lambda p: "9.9.9+cpu" if p == "torch" else f"{real[p]}+cpu")
    assert fresh.version_notes() == [f"names were checked against torch {made_from}; installed is 9.9.9"]


def test_the_whole_index_is_read_without_any_library() -> None:
    code = (
        "import sys; from repro.spec.index import NAMESPACES, index\n"
        "for n in NAMESPACES: index().namespace(n)\n"
        "index().version_notes()\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & "
        "{'torch', 'torchaudio', 'torchmetrics', 'sklearn', 'lightning', 'numpy', 'scipy', 'pandas'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_dataset_facts() -> None:
    mnist1d = index().dataset("mnist1d")
    assert mnist1d.parts == {"train": 4000, "test": 1000}
    assert str(mnist1d.shape) == "C 1 x T 40"
    assert mnist1d.arguments["seed"].default == 42
    assert mnist1d.labels["digit"].classes == tuple("0123456789")
    assert index().dataset("mnist").parts == {"train": 60000, "test": 10000}
    assert index().dataset("digits").parts == {}
    assert index().dataset("digits").items == 1797
    diabetes = index().dataset("diabetes")
    assert (str(diabetes.shape), diabetes.labels["progression"].kind) == ("F 10", "number")
    for facts in index().datasets.values():
        assert not facts.parts or sum(facts.parts.values()) == facts.items
    assert not set(index().datasets) & set(index().datasets_not_yet)
