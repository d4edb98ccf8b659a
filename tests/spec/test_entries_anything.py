"""Whatever stands in place of an entry: an entry comes back, or problems with places; never a traceback."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from repro.spec.builtin_components import WORDS
from repro.spec.entries import read_entry
from repro.spec.index import NAMESPACES, index
from repro.spec.place import Place
from repro.spec.problem import Problem
from repro.spec.tree import ListNode, MapNode, Node, TextNode

HERE = Place("p.yaml", 3, 5)
WORDS_SEEN = sorted({a for n in NAMESPACES for facts in index().namespace(n).values() for a in facts.arguments})
NAMES_SEEN = sorted({c for n in NAMESPACES for c in index().namespace(n)})
texts = st.one_of(
    st.sampled_from(["none", "true", "classes", "4,000", "(1, 3)", "1e400", "-", "same", "lr:1e-3", "model.py:X", "."]),
    st.sampled_from(NAMES_SEEN),
    st.sampled_from(WORDS_SEEN),
    st.integers().map(str),
    st.floats().map(str),
    st.text(max_size=12),
)
scalars = st.builds(lambda text, quoted: TextNode(text, HERE, quoted=quoted), texts, st.booleans())
nodes: st.SearchStrategy[Node] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: ListNode(items, HERE)),
        st.lists(st.tuples(scalars, inner), max_size=3).map(lambda pairs: MapNode(pairs, HERE)),
    ),
    max_leaves=8,
)


@st.composite
def entries(draw: st.DrawFn) -> tuple[str, Node]:
    """A namespace, and one of its classes with its own arguments and any values."""
    namespace = draw(st.sampled_from(NAMESPACES))
    name = draw(st.sampled_from(sorted(index().namespace(namespace))))
    arguments = sorted(index().namespace(namespace)[name].arguments) or ["p"]
    pairs = draw(st.lists(st.tuples(st.sampled_from(arguments).map(lambda a: TextNode(a, HERE)), nodes), max_size=4))
    return namespace, MapNode([(TextNode(name, HERE), MapNode(pairs, HERE))], HERE)


def check(namespace: str, node: Node) -> None:
    problems: list[Problem] = []
    entry = read_entry(
        node, namespace, key="k", folder=Path("nowhere"), problems=problems, extra=WORDS.get(namespace, {})
    )
    assert (entry is None) == bool(problems)
    assert all(problem.place.line == 3 and problem.text for problem in problems)


@given(st.sampled_from(NAMESPACES), nodes)
def test_anything_in_place_of_an_entry(namespace: str, node: Node) -> None:
    check(namespace, node)


@given(entries())
def test_any_values_of_real_arguments(drawn: tuple[str, Node]) -> None:
    check(*drawn)
