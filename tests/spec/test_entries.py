"""Entries against the index: what is read, and what is said of every mistake, with its place."""

from pathlib import Path
from typing import Any

import pytest

from repro.spec.builtin_components import WORDS
from repro.spec.class_facts import REFUSALS
from repro.spec.entries import read_entry
from repro.spec.index import NAMESPACES, index
from repro.spec.part import Entry
from repro.spec.problem import Problem
from repro.spec.tree import MapNode, TextNode
from repro.spec.yaml import read_value

EVERY_CLASS = [(n, c) for n in NAMESPACES for c in index().namespace(n)]
EVERY_LEFT_OUT = [(n, c) for n in NAMESPACES for c in index().left_out(n)]
LEFT_OUT_COUNT = {"layer": 39, "optimizer": 4, "scheduler": 5, "loss": 9, "metric": 70, "feature": 13, "estimator": 33}


def read(
    text: str, namespace: str = "layer", key: str = "here", folder: Path = Path()
) -> tuple[Entry | None, list[str]]:
    problems: list[Problem] = []
    entry = read_entry(
        read_value(text, "p.yaml"),
        namespace,
        key=key,
        folder=folder,
        problems=problems,
        extra=WORDS.get(namespace, {}),
    )
    assert (entry is None) == bool(problems)
    return entry, [str(problem) for problem in problems]


GOOD: list[tuple[str, str, str, dict[str, Any]]] = [
    ("layer", "ReLU", "ReLU", {}),
    ("layer", "ReLU: {}", "ReLU", {}),
    ("layer", "Linear: {out_features: classes}", "Linear", {"out_features": "classes"}),
    ("layer", "Linear: {out_features: 1e2, bias: false}", "Linear", {"out_features": 100, "bias": False}),
    ("layer", "Conv2d: {out_channels: 4, kernel_size: [3, 5]}", "Conv2d", {"out_channels": 4, "kernel_size": (3, 5)}),
    ("layer", "Conv1d: {out_channels: 4, kernel_size: 3, padding: same}", "Conv1d",
     {"out_channels": 4, "kernel_size": 3, "padding": "same"}),
    ("layer", "MaxPool2d: {kernel_size: 3, stride: none, padding: same}", "MaxPool2d",
     {"kernel_size": 3, "stride": None, "padding": "same"}),
    ("layer", "AdaptiveAvgPool2d: {output_size: [none, 4]}", "AdaptiveAvgPool2d", {"output_size": (None, 4)}),
    ("layer", "Identity: {name: here}", "Identity", {"name": "here"}),
    ("layer", "Identity: {name: 300}", "Identity", {"name": "300"}),
    ("layer", "GELU: {approximate: none}", "GELU", {"approximate": "none"}),
    ("layer", "Rearrange: {pattern: n c t -> n t c}", "Rearrange", {"pattern": "n c t -> n t c"}),
    ("layer", "Reduce: {pattern: n c t -> n c, by: max}", "Reduce", {"pattern": "n c t -> n c", "by": "max"}),
    ("layer", "Residual: {layers: [ReLU]}", "Residual", {}),
    ("optimizer", "Adam: {lr: 1e-2, betas: [.9, 0.999]}", "Adam", {"lr": 0.01, "betas": (0.9, 0.999)}),
    ("optimizer", "SGD: {lr: 1, nesterov: true}", "SGD", {"lr": 1.0, "nesterov": True}),
    ("scheduler", "StepLR: {step_size: 100, every: step}", "StepLR", {"step_size": 100, "every": "step"}),
    ("scheduler", "Steps: {values: [5e-4, 1e-5], until: 2, every: epoch}", "Steps",
     {"values": (5e-4, 1e-5), "until": (2,), "every": "epoch"}),
    ("loss", "CrossEntropyLoss: {weight: [1, 2.5], reduction: sum}", "CrossEntropyLoss",
     {"weight": (1.0, 2.5), "reduction": "sum"}),
    ("metric", "F1Score: {average: macro}", "F1Score", {"average": "macro"}),
    ("metric", "ErrorRate", "ErrorRate", {}),
    ("feature", "MelSpectrogram: {n_fft: 512, window_fn: hamming_window, wkwargs: {periodic: false}}", "MelSpectrogram",
     {"n_fft": 512, "window_fn": "hamming_window", "wkwargs": {"periodic": False}}),
    ("augment", "RandomAffine: {p: 1, degrees: 30, scale: [0.85, 1.15]}", "RandomAffine",
     {"p": 1.0, "degrees": 30.0, "scale": (0.85, 1.15)}),
    ("estimator", "RandomForestClassifier: {n_estimators: 500, max_features: sqrt}", "RandomForestClassifier",
     {"n_estimators": 500, "max_features": "sqrt"}),
    ("estimator", "RandomForestClassifier: {max_features: 0.5, max_depth: none}", "RandomForestClassifier",
     {"max_features": 0.5, "max_depth": None}),
    ("estimator", "RandomForestClassifier: {max_features: 5}", "RandomForestClassifier", {"max_features": 5}),
    ("init", "uniform_fan_in_: {scale: 2.4}", "uniform_fan_in_", {"scale": 2.4}),
]  # fmt: skip

SAID: list[tuple[str, str, str]] = [
    ("optimizer", "Adm: {lr: 1}", "1:1: here.Adm: unknown optimizer 'Adm'; did you mean 'Adam'?"),
    ("optimizer", "Xyzzy", "1:1: here.Xyzzy: unknown optimizer 'Xyzzy'"),
    ("optimizer", "Adam: {lr: 1, foreach: true}",
     "1:15: here.Adam.foreach: foreach is the harness's own business, never written"),
    ("optimizer", "Adam: lr:1e-3",
     "1:7: here.Adam: a space is missing behind the colon; write Adam: {lr: 1e-3}"),
    ("optimizer", "Adam: {lr: fast}", "1:12: here.Adam.lr: expected a number, got 'fast'"),
    ("optimizer", "Adam: {lr: none}", "1:12: here.Adam.lr: expected a number, got 'none'"),
    ("optimizer", "Adam: {betas: [0.9]}", "1:15: here.Adam.betas: expected a list of 2 numbers, got a list of 1"),
    ("optimizer", "Adam: {betas: [0.9, b]}", "1:21: here.Adam.betas: expected a number, got 'b'"),
    ("optimizer", "[Adam, SGD]", "1:1: here: expected one optimizer, got a list of 2"),
    ("optimizer", "LBFGS",
     "1:1: here.LBFGS: LBFGS is not supported yet: it evaluates the loss several times a step"),
    ("layer", "conv1d: {}", "1:1: here.conv1d: unknown layer 'conv1d'; did you mean 'Conv1d'?"),
    ("layer", "Conv1d: {out_channels: 25, kernal_size: 5}",
     "1:28: here.Conv1d.kernal_size: unknown argument of Conv1d 'kernal_size'; did you mean 'kernel_size'?"),
    ("layer", "Conv1d: {out_channels: 25}", "1:1: here.Conv1d: Conv1d needs kernel_size"),
    ("layer", "Conv1d", "1:1: here.Conv1d: Conv1d needs out_channels and kernel_size"),
    ("layer", "Conv1d: {in_channels: 1, out_channels: 2, kernel_size: 3}",
     "1:10: here.Conv1d.in_channels: in_channels is inferred, never written"),
    ("layer", "Linear: 100",
     "1:9: here.Linear: arguments go by name, got '100'; write Linear: {out_features: 100}"),
    ("layer", "Linear: [100]",
     "1:9: here.Linear: arguments go by name, got a list; write Linear: {out_features: ...}"),
    ("layer", "Tanh: 3", "1:7: here.Tanh: Tanh takes no arguments; write Tanh"),
    ("layer", "Tanh: {p: 3}", "1:8: here.Tanh.p: unknown argument of Tanh 'p'"),
    ("layer", "ReLU()", "1:1: here.ReLU(): 'ReLU()' is Python; write ReLU"),
    ("layer", "nn.ReLU()", "1:1: here.nn.ReLU(): 'nn.ReLU()' is Python; write ReLU"),
    ("layer", "Linear(100)",
     "1:1: here.Linear(100): 'Linear(100)' is Python; write Linear: {name: value} with its arguments by name"),
    ("layer", "nn.ReLU", "1:1: here.nn.ReLU: a layer is one word, without a path; write ReLU"),
    ("layer", "torch.nn.ReLU", "1:1: here.torch.nn.ReLU: a layer is one word, without a path; write ReLU"),
    ("layer", "nn.RELu", "1:1: here.nn.RELu: unknown layer 'RELu'; did you mean 'ReLU'?"),
    ("layer", "Linear:100", "1:1: here.Linear:100: a space is missing behind the colon; write Linear: {name: value}"),
    ("layer", "CrossEntropyLoss", "1:1: here.CrossEntropyLoss: CrossEntropyLoss is a loss, not a layer"),
    ("layer", "Adam", "1:1: here.Adam: Adam is an optimizer, not a layer"),
    ("loss", "ReLU", "1:1: here.ReLU: ReLU is a layer, not a loss"),
    ("layer", "GRUCell", "1:1: here.GRUCell: GRUCell can't be a layer here: it does one step; GRU does them all"),
    ("layer", "Sequential",
     "1:1: here.Sequential: Sequential can't be a layer here: it holds other layers; write a list"),
    ("layer", "Conv2d:\n  out_channels: 4\n  kernel_size: (1, 3)",
     "3:16: here.Conv2d.kernel_size: expected a whole number or a list of 2 whole numbers, got '(1, 3)'; "
     "a list is written in brackets: [1, 3]"),
    ("layer", "Conv2d:\n  out_channels: 4,000\n  kernel_size: 3",
     "2:17: here.Conv2d.out_channels: expected a whole number or the word classes, got '4,000'; write 4000"),
    ("layer", "Conv2d: {out_channels: class, kernel_size: 3}",
     "1:24: here.Conv2d.out_channels: expected a whole number or the word classes, got 'class'"),
    ("layer", "Conv2d: {out_channels: 4, kernel_size: [1, 2, 3]}",
     "1:40: here.Conv2d.kernel_size: expected a whole number or a list of 2 whole numbers, got a list of 3"),
    ("layer", "Conv2d: {out_channels: 4, kernel_size: {a: 1}}",
     "1:40: here.Conv2d.kernel_size: expected a whole number or a list of 2 whole numbers, got a block (a: ...)"),
    ("layer", "Conv2d: {out_channels: 4, kernel_size: 3, padding: smae}",
     "1:52: here.Conv2d.padding: unknown word 'smae'; did you mean 'same'?"),
    ("layer", "GRU: {hidden_size: 6, bidirectional: yes}",
     "1:38: here.GRU.bidirectional: expected true or false, got 'yes'; write true"),
    ("layer", "Upsample: {mode: neerest}",
     "1:18: here.Upsample.mode: unknown word 'neerest'; did you mean 'nearest'?"),
    ("layer", "Conv1d:\n  out_channels: 3\nReLU: {}",
     "3:1: here.ReLU: one class a block: start a new entry for the next one"),
    ("layer", "Conv1d: {bias: true}\nout_channels: 3",
     "2:1: here.out_channels: one class a block: to give Conv1d its arguments, indent them below it or write "
     "Conv1d: {out_channels: ...}"),
    ("layer", "{}", "1:1: here: expected a layer, got an empty block"),
    ("scheduler", "StepLR: {step_size: 100}", "1:1: here.StepLR: StepLR needs every"),
    ("scheduler", "StepLR: {step_size: 100, every: batch}",
     "1:33: here.StepLR.every: expected step or epoch, got 'batch'"),
    ("loss", "CrossEntropyLoss: {reduction: non}",
     "1:31: here.CrossEntropyLoss.reduction: expected mean or sum, got 'non'"),
    ("loss", "CrossEntropyLoss: {weight: [1, {a: 2}]}",
     "1:32: here.CrossEntropyLoss.weight: expected a number, got a block (a: ...)"),
    ("metric", "Accuracy: {task: multiclass}", "1:12: here.Accuracy.task: task is inferred, never written"),
    ("metric", "Acuracy", "1:1: here.Acuracy: unknown metric 'Acuracy'; did you mean 'Accuracy'?"),
    ("feature", "ToMonno", "1:1: here.ToMonno: unknown feature 'ToMonno'; did you mean 'ToMono'?"),
    ("feature", "MelSpectrogram: {window_fn: haming_window}",
     "1:29: here.MelSpectrogram.window_fn: unknown function 'haming_window'; did you mean 'hamming_window'?"),
    ("feature", "TimeMasking: {time_mask_param: 3}",
     "1:1: here.TimeMasking: TimeMasking is an augmentation, not a feature"),
    ("feature", "RandomAffine: {degrees: 3}", "1:1: here.RandomAffine: RandomAffine needs seed"),
    ("estimator", "KNeighborsClasifier",
     "1:1: here.KNeighborsClasifier: unknown estimator 'KNeighborsClasifier'; did you mean 'KNeighborsClassifier'?"),
    ("estimator", "RandomForestClassifier: {random_state: 3}",
     "1:26: here.RandomForestClassifier.random_state: random_state comes from the run's seed, never written"),
    ("init", "normal: {std: 1}", "1:1: here.normal: unknown initialisation 'normal'; did you mean 'normal_'?"),
]  # fmt: skip


@pytest.mark.parametrize(("namespace", "text", "name", "args"), GOOD, ids=[g[1] for g in GOOD])
def test_good_entries_are_typed(namespace: str, text: str, name: str, args: dict[str, Any]) -> None:
    entry, problems = read(text, namespace)
    assert problems == []
    assert entry is not None
    assert entry.name == name
    assert entry.args == args
    assert {a: type(v) for a, v in entry.args.items()} == {a: type(v) for a, v in args.items()}
    assert str(entry.place) == "p.yaml:1:1"
    assert set(args) <= set(entry.places)


@pytest.mark.parametrize(("namespace", "text", "said"), SAID, ids=[s[1] for s in SAID])
def test_mistakes_are_named_at_their_place(namespace: str, text: str, said: str) -> None:
    _, problems = read(text, namespace)
    assert problems == [f"p.yaml:{said}"]


def test_every_problem_of_an_entry_is_named() -> None:
    _, problems = read("Conv2d: {out_chanels: 3, kernel_size: x, device: cpu, strid: 2}")
    assert [p.partition(": ")[2].partition(":")[0] for p in problems] == [
        "here.Conv2d.out_chanels",
        "here.Conv2d.kernel_size",
        "here.Conv2d.device",
        "here.Conv2d.strid",
    ]


def test_a_misspelt_word_of_ours_is_known_even_where_the_caller_took_the_words_out() -> None:
    problems: list[Problem] = []
    node = read_value("StepLR: {step_size: 3, evry: step}", "p.yaml")
    assert read_entry(node, "scheduler", key="k", folder=Path(), problems=problems) is None
    assert [p.text for p in problems] == ["unknown argument of StepLR 'evry'; did you mean 'every'?"]


def misspelt(name: str, known: set[str]) -> str:
    """A slip of the finger that is no other valid name: one letter doubled, one lost, or one at the end."""
    slips = [name[:at] + name[at] + name[at:] for at in range(len(name))] if name else []
    return next(slip for slip in [*slips, f"{name}_x", f"{name}_xx"] if slip not in known)


@pytest.mark.parametrize(("namespace", "name"), EVERY_CLASS)
def test_a_misspelt_argument_is_caught(namespace: str, name: str) -> None:
    facts = index().namespace(namespace)[name]
    known = {*facts.arguments, *facts.refused, *WORDS.get(namespace, {})}
    for argument in facts.arguments or {"anything": None}:
        slip = misspelt(argument, known)
        block = MapNode([(TextNode(name), MapNode([(TextNode(slip), TextNode("1"))]))])
        problems: list[Problem] = []
        read_entry(block, namespace, key="k", folder=Path(), problems=problems, extra=WORDS.get(namespace, {}))
        said = [p.text for p in problems if p.key == f"k.{name}.{slip}"]
        assert len(said) == 1
        if argument in facts.arguments and len(argument) > 2:
            assert said[0].startswith(f"unknown argument of {name} {slip!r}; did you mean ")
            meant = said[0].partition("did you mean ")[2].rstrip("?").strip("'")
            assert meant in known
            assert meant == argument or abs(len(meant) - len(slip)) <= 1
        else:
            assert said[0].startswith(f"unknown argument of {name} {slip!r}")


@pytest.mark.parametrize(("namespace", "name"), EVERY_CLASS)
def test_an_argument_that_is_not_to_be_written_says_why(namespace: str, name: str) -> None:
    facts = index().namespace(namespace)[name]
    for argument, why in facts.refused.items():
        block = MapNode([(TextNode(name), MapNode([(TextNode(argument), TextNode("1"))]))])
        problems: list[Problem] = []
        assert read_entry(block, namespace, key="k", folder=Path(), problems=problems) is None
        assert f"{argument} {REFUSALS[why]}" in [p.text for p in problems]


@pytest.mark.parametrize(("namespace", "name"), EVERY_LEFT_OUT)
def test_a_class_that_is_left_out_says_why(namespace: str, name: str) -> None:
    _, problems = read(name, namespace)
    assert len(problems) == 1
    assert index().left_out(namespace)[name] in problems[0]


def test_how_many_classes_are_left_out() -> None:
    """The list of what is left out, and why, is in repro/spec/facts; a class that joins it should be noticed."""
    assert {n: len(index().left_out(n)) for n in NAMESPACES if index().left_out(n)} == LEFT_OUT_COUNT
