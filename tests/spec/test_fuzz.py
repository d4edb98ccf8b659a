"""Whatever is done to a spec, it loads or every problem is named; nothing else is ever raised."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from repro.spec.dump import dump
from repro.spec.keywords import OF_AN_EXPERIMENT, ORDER
from repro.spec.load import read_spec
from repro.spec.problem import SpecError
from repro.spec.tree import ListNode, MapNode, Node, TextNode
from repro.spec.yaml import read_tree

HERE = Path(__file__).parent
TEXTS = [HERE.joinpath("study.yaml").read_text(encoding="utf-8")] + [
    path.read_text(encoding="utf-8") for path in sorted(HERE.glob("bad_specs/*.yaml"))
]
TREE = read_tree(TEXTS[0], "study.yaml")
NASTY = [
    "none",
    "",
    "~",
    "[]",
    "{}",
    "[[]]",
    "{a: {}}",
    "1e400",
    "-1",
    "0",
    "a.b",
    "x/y",
    "../x",
    "model.py:X",
    "data.py:",
    ":",
    "classes",
    "{Adam: []}",
    "{Adam: {lr: {}}}",
    "[a, [b]]",
    "é",
    "true",
    "{from: all}",
    "official",
    "rest",
    "{layers: [net]}",
    "augment",
    "{: x}",
    "{name: {}}",
    "[none]",
    "{none: none}",
    "Residual",
    "{Residual: {layers: none}}",
    "{Repeat: {times: 0, layers: []}}",
    "[{a: b, c: d}]",
]


def load(text, **how):
    """Load it; any exception but SpecError fails the test. A SpecError has problems, and each says something."""
    problems = None
    try:
        read_spec(text, HERE / "paper.yaml", **how)
    except SpecError as error:
        problems = error.problems
    assert problems is None or (problems and all(p.text for p in problems))


@st.composite
def edited(draw):
    """A spec with a few pieces cut, doubled, swapped or put in."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        what = draw(st.sampled_from(["cut", "double", "swap", "value", "character", "indent", "stop"]))
        if what == "cut":
            del lines[at]
        elif what == "double":
            lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
        elif what == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif what == "value" and ":" in lines[at]:
            lines[at] = lines[at].partition(":")[0] + ": " + draw(st.sampled_from(NASTY))
        elif what == "character":
            column = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:column] + draw(st.sampled_from("{}[]:,#&*!|>'\"%@\t -~0Aé")) + lines[at][column:]
        elif what == "indent":
            lines[at] = " " * draw(st.integers(1, 6)) + lines[at]
        elif what == "stop":
            lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
        text = "\n".join(lines) or " "
    return text


@given(edited())
@settings(max_examples=80, deadline=None)
def test_an_edited_spec_loads_or_is_named(text):
    load(text)


@st.composite
def grafted(draw):
    """The study with a node somewhere in it replaced by another one of it, or by something nasty."""
    nodes: list[Node] = []

    def collect(node: Node) -> None:
        nodes.append(node)
        for below in node.values() if isinstance(node, MapNode) else node if isinstance(node, ListNode) else ():
            collect(below)

    collect(TREE)
    target = draw(st.sampled_from(nodes[1:]))
    nasty = draw(st.sampled_from(NASTY))
    new: Node = draw(st.sampled_from(nodes)) if draw(st.booleans()) else _parsed(nasty)

    def graft(node: Node) -> Node:
        if node is target:
            return new
        if isinstance(node, MapNode):
            return MapNode([(k, graft(v)) for k, v in node.items()])
        return ListNode([graft(v) for v in node]) if isinstance(node, ListNode) else node

    made = graft(TREE)
    assert isinstance(made, MapNode)
    return made


def _parsed(text: str) -> Node:
    try:
        return read_tree(f"a: {text}", "")[TextNode("a")]
    except SpecError:
        return TextNode(text, quoted=True)


@given(grafted())
@settings(max_examples=100, deadline=None)
def test_a_spec_with_any_value_anywhere_loads_or_is_named(tree):
    load(dump(tree))


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*ORDER, *OF_AN_EXPERIMENT]),
            st.sampled_from(
                [
                    "optimizer.Adam.lr",
                    "architecture.net.layers.here",
                    "architecture.net",
                    "features.mixed",
                    "sources.different",
                    "training.batch_size",
                    "splits.validation",
                    "evaluation.noisy.of",
                    "weights.stem",
                    "dataset.seed",
                    "labels.digit",
                    "seeds.0",
                    "a..b",
                    "metric.f1.F1Score",
                    "tune.grid",
                    "experiments.net.model",
                ]
            ),
            st.text(max_size=8),
        ).flatmap(lambda path: st.sampled_from(NASTY).map(lambda value: f"{path}={value}")),
        max_size=3,
    ),
    st.sampled_from(["full", "smoke", "big", "nothing"]),
)
@settings(max_examples=80, deadline=None)
def test_any_changes_on_the_command_line_load_or_are_named(changes, rung):
    load(TEXTS[0], changes=changes, rung=rung)


def test_lists_that_double_are_bounded():
    lists = "".join(f"  l{n}: [l{n + 1}, l{n + 1}]\n" for n in range(40)) + "  l40: [ReLU]\n"
    load(
        "architecture:\n"
        + lists
        + "features:\n"
        + lists.replace("ReLU", "Deslant")
        + TEXTS[0].replace("architecture:", "x1:").replace("features:", "x2:")
    )
