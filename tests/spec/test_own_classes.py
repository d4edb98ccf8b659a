"""Own code, ``FILE.py:Class``, as check sees it: read as text, never executed."""

from pathlib import Path

import pytest

from repro.spec.class_facts import REQUIRED
from repro.spec.entries import read_entry
from repro.spec.own_classes import OwnCodeProblem, own_class
from repro.spec.problem import Problem
from repro.spec.yaml import read_value

CODE = """
import somewhere
from dataclasses import dataclass, field
from typing import ClassVar
from torch import nn

raise RuntimeError("this file was executed")

class Subsample(nn.Module):
    def __init__(self, size: int, in_shape, *, slope: float | None = None, mode="mean"):
        super().__init__()

class Child(Subsample):
    pass

class Plain(nn.Module):
    pass

class Wrapped(nn.Conv2d):
    pass

class Any(nn.Module):
    def __init__(self, size, **kwargs):
        super().__init__()

@dataclass
class Made:
    patients: int
    share: "float" = 0.5
    names: list[str] = field(default_factory=list)
    count: ClassVar[int] = 0

class Sgd:
    def __init__(self, params, lr: float, label=None): ...

class Loop(Loop2): ...
class Loop2(Loop): ...

def function(): ...
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def said(folder: Path, name: str) -> str:
    with pytest.raises(OwnCodeProblem) as caught:
        own_class(folder, name)
    return str(caught.value)


def test_arguments_are_read_from_the_text(folder: Path) -> None:
    facts = own_class(folder, "model.py:Subsample")
    assert {a.name: (a.type, a.default) for a in facts.arguments.values()} == {
        "size": ("int", REQUIRED),
        "slope": ("float | none", None),
        "mode": ("any", "mean"),
    }
    assert facts.refused == {"in_shape": "given"}
    assert not facts.anything


def test_a_base_in_the_same_file_gives_its_arguments(folder: Path) -> None:
    assert own_class(folder, "model.py:Child").arguments == own_class(folder, "model.py:Subsample").arguments


def test_a_module_without_init_takes_nothing(folder: Path) -> None:
    facts = own_class(folder, "model.py:Plain")
    assert (dict(facts.arguments), facts.anything) == ({}, False)


@pytest.mark.parametrize("name", ["Wrapped", "Any"])
def test_where_arguments_cannot_be_known_any_name_goes(folder: Path, name: str) -> None:
    assert own_class(folder, f"model.py:{name}").anything


def test_a_dataclass_takes_its_fields(folder: Path) -> None:
    facts = own_class(folder, "model.py:Made")
    assert {a.name: (a.type, a.required) for a in facts.arguments.values()} == {
        "patients": ("int", True),
        "share": ("float", False),
        "names": ("any", False),
    }


def test_what_the_harness_hands_over_is_no_argument(folder: Path) -> None:
    assert set(own_class(folder, "model.py:Sgd", "optimizer").arguments) == {"lr"}
    assert set(own_class(folder, "model.py:Sgd", "loss").arguments) == {"params", "lr"}


def test_classes_that_are_each_others_base_do_not_hang(folder: Path) -> None:
    assert own_class(folder, "model.py:Loop").arguments == {}


def test_an_edited_file_is_read_again(folder: Path) -> None:
    own_class(folder, "model.py:Subsample")
    (folder / "model.py").write_text("class Subsample:\n    def __init__(self, new): ...\n", encoding="utf-8")
    assert set(own_class(folder, "model.py:Subsample").arguments) == {"new"}


def test_no_such_class(folder: Path) -> None:
    assert said(folder, "model.py:Subsampel") == (
        "model.py has no such class: unknown class 'Subsampel'; did you mean 'Subsample'?"
    )
    assert said(folder, "model.py:function") == "model.py has no such class: unknown class 'function'"
    assert said(folder, "model.py:") == "'' is no class name; own code is written FILE.py:ClassName"
    assert said(folder, "model.py:a b") == "'a b' is no class name; own code is written FILE.py:ClassName"


def test_no_such_file(folder: Path) -> None:
    assert said(folder, "modle.py:Subsample") == "no file modle.py in the spec's folder; did you mean 'model.py'?"


@pytest.mark.parametrize("file", ["../model.py", "sub/../../model.py", "/etc/x.py", "sub\\model.py", "a\0b.py"])
def test_paths_out_of_the_folder_are_refused(folder: Path, file: str) -> None:
    assert said(folder / "sub", f"{file}:Subsample").endswith("is not a path inside the spec's folder")


def test_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    inner = folder / "study"
    inner.mkdir()
    (inner / "linked.py").symlink_to(folder / "model.py")
    assert said(inner, "linked.py:Subsample") == "linked.py leads out of the spec's folder"


def test_a_link_within_the_folder_is_followed(folder: Path) -> None:
    (folder / "linked.py").symlink_to(folder / "model.py")
    assert "size" in own_class(folder, "linked.py:Subsample").arguments


def test_a_loop_of_links(folder: Path) -> None:
    (folder / "a.py").symlink_to(folder / "b.py")
    (folder / "b.py").symlink_to(folder / "a.py")
    assert "a.py" in said(folder, "a.py:X")


def test_a_folder_below_may_hold_code(folder: Path) -> None:
    (folder / "code").mkdir()
    (folder / "code" / "nets.py").write_text("class Net: ...\n", encoding="utf-8")
    assert own_class(folder, "code/nets.py:Net").name == "code/nets.py:Net"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"class X:\n  def f(:\n", "bad.py:2: not Python: invalid syntax"),
        (b"x = '\xff'\n", "bad.py"),
        (b"x = 1\0\n", "bad.py"),
        (b"(" * 5000 + b")" * 5000, "bad.py"),
        (b"x = " + b"-" * 100_000 + b"1\n", "bad.py"),
        (b"#" * (1024 * 1024 + 1), "bad.py is larger than 1024 KB"),
    ],
    ids=["syntax", "encoding", "null", "brackets", "depth", "size"],
)
def test_what_is_not_python(folder: Path, content: bytes, text: str) -> None:
    (folder / "bad.py").write_bytes(content)
    found = said(folder, "bad.py:X")
    assert found.startswith(text)
    assert "\n" not in found


def entry(folder: Path, text: str) -> tuple[dict[str, object] | None, list[str]]:
    problems: list[Problem] = []
    read = read_entry(read_value(text, "p.yaml"), "layer", key="architecture.a", folder=folder, problems=problems)
    return (None if read is None else read.args), [str(problem) for problem in problems]


def test_an_entry_of_own_code(folder: Path) -> None:
    args, problems = entry(folder, "model.py:Subsample: {size: 2, slope: none, mode: max}")
    assert problems == []
    assert args == {"size": 2, "slope": None, "mode": "max"}


def test_untyped_arguments_are_read_as_yaml_does(folder: Path) -> None:
    args, problems = entry(folder, "model.py:Any: {size: [[1, 2.5], [none, 'x']], how: true, where: {a: 010}}")
    assert problems == []
    assert args == {"size": ((1, 2.5), (None, "x")), "how": True, "where": {"a": "010"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model.py:Subsample: {sise: 2}",
         "p.yaml:1:22: architecture.a.Subsample.sise: unknown argument of model.py:Subsample 'sise'; "
         "did you mean 'size'?"),
        ("model.py:Subsample", "p.yaml:1:1: architecture.a.Subsample: model.py:Subsample needs size"),
        ("model.py:Subsample: {size: two}",
         "p.yaml:1:28: architecture.a.Subsample.size: expected a whole number, got 'two'"),
        ("model.py:Subsample: {size: 2, in_shape: 3}",
         "p.yaml:1:31: architecture.a.Subsample.in_shape: in_shape is given by repro, never written"),
        ("model.py:Plain: 3",
         "p.yaml:1:17: architecture.a.Plain: model.py:Plain takes no arguments; write model.py:Plain"),
        ("elsewhere.py:Net", "p.yaml:1:1: architecture.a.elsewhere.py:Net: no file elsewhere.py in the spec's folder"),
    ],
)  # fmt: skip
def test_mistakes_in_an_entry_of_own_code(folder: Path, text: str, said: str) -> None:
    assert entry(folder, text) == (None, [said])
