"""The strict loader: text stays text, places are right, and everything that YAML offers beyond that is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.spec.problem import SpecError
from repro.spec.tree import ListNode, MapNode, TextNode
from repro.spec.yaml import MAX_DEPTH, decode, read_tree


def said(text):
    with pytest.raises(SpecError) as caught:
        read_tree(text, "p.yaml")
    return [str(p) for p in caught.value.problems]


def test_every_scalar_stays_text():
    tree = read_tree("a: 1e-3\nb: no\nc: 010\nd: 2026-01-01\ne: 'x'\nf: [07, 12]\ng: 1e400\n", "p.yaml")
    assert tree == {"a": "1e-3", "b": "no", "c": "010", "d": "2026-01-01", "e": "x", "f": ["07", "12"], "g": "1e400"}
    assert all(isinstance(value, TextNode | ListNode) for value in tree.values())


def test_places_count_from_one():
    tree = read_tree("a: 1\nbc:\n  - x\n  - {dé: e, f: 'g'}\n", "p.yaml")
    assert str(tree.key_place("bc")) == "p.yaml:2:1"
    inner = tree[TextNode("bc")][1]
    assert isinstance(inner, MapNode)
    assert str(inner.place) == "p.yaml:4:5"
    assert str(inner.key_place("f")) == "p.yaml:4:13"
    assert str(inner[TextNode("f")].place) == "p.yaml:4:16"
    assert inner[TextNode("f")].quoted


def test_what_a_comment_cut_off_is_kept():
    tree = read_tree("a: Fig #3\nb: Fig # a remark\nc: 'Fig #3' #x\n", "p.yaml")
    assert [tree[TextNode(k)].cut for k in "abc"] == ["3", "", ""]


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1, 500, 5000])
def test_depth_is_bounded_before_anything_recurses(depth):
    text = "a: " + "[" * (depth - 1) + "x" + "]" * (depth - 1)
    if depth <= MAX_DEPTH:
        read_tree(text, "p.yaml")
    else:
        assert said(text) == [f"p.yaml:1:{3 + MAX_DEPTH}: a: nested deeper than {MAX_DEPTH} levels"]


def test_deep_blocks_are_bounded_too():
    text = "\n".join(f"{' ' * n}a:" for n in range(600))
    assert "nested deeper than" in said(text)[-1]


def test_many_values_are_bounded():
    assert "more than 50000 values" in said("a: [" + "x," * 50_100 + "x]")[0]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: b\x07", "1:5"),
        ("a: b\nc: \u2028d", "2:4"),
        ("a: \x85b", "1:4"),
        ("a: b\u202e", "1:5"),
        ("\ufeff\ufeffa: b", "1:1"),
    ],
)
def test_hidden_characters_are_named_at_their_place(text, where):
    (only,) = said(text)
    assert only.startswith(f"p.yaml:{where}: character U+")


@pytest.mark.parametrize("escape", [r"\0", r"\x07", r"\u2028", r"\ud800", r"\U00110000", r"\q"])
def test_escapes_smuggle_nothing_in(escape):
    assert len(said(f'a: "{escape}"')) == 1


@pytest.mark.parametrize("text", ["a: b\r\nc: d\r\n", "a: b\rc: d\r", "\ufeffa: b\nc: d"])
def test_windows_files_are_read(text):
    assert read_tree(decode(text.encode(), "p.yaml"), "p.yaml") == {"a": "b", "c": "d"}


def test_several_mistakes_are_all_named():
    assert said("a: &x 1\nb: *x\na: !!int 2\n<<: {c: ~}\n") == [
        "p.yaml:1:4: a: anchors (&x) are not allowed; a named list can be used again by its name",
        "p.yaml:2:4: b: aliases (*x) are not allowed; write the value out, or use a named list",
        "p.yaml:3:1: a: 'a' stands here twice; the first is on line 1",
        "p.yaml:3:4: a: tags (!...) are not allowed; the field decides the type. Put quotes around a text with '!'",
        "p.yaml:4:1: merge keys (<<) are not allowed; write the values out",
        "p.yaml:4:6: <<.c: '~' is no value; write `none` for none",
    ]


def outcome(read):
    """What reading gives, or the problems; any other exception fails the test."""
    try:
        return read()
    except SpecError as error:
        return error.problems


def is_tree_or_problems(found):
    return isinstance(found, MapNode) or (isinstance(found, tuple) and len(found) > 0 and all(p.text for p in found))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_named(text):
    assert is_tree_or_problems(outcome(lambda: read_tree(text, "p.yaml")))


YAMLISH = st.lists(st.sampled_from(list("ab1:-?[]{},#&*!|>'\"%@`\\ \n\t~.<é")), max_size=60).map("".join)


@settings(deadline=None)
@given(YAMLISH)
def test_any_text_of_yaml_s_own_signs_is_read_or_named(text):
    assert is_tree_or_problems(outcome(lambda: read_tree(text, "p.yaml")))


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_are_text_or_named(data):
    found = outcome(lambda: decode(data, "p.yaml"))
    assert isinstance(found, str) or len(found) == 1
