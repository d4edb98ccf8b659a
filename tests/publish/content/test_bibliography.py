"""References: lines, BibTeX, files of BibTeX."""

import pytest

from repro.publish.content.bibliography import bibliography
from repro.publish.content.document_model import Link, plain
from repro.spec.load import load_spec
from repro.spec.problem import SpecError

ENTRY = r"""@article{a, title = {A {B}ig M{\"o}del}, author = {M{\"u}ller, Klaus and Ada Lovelace}, journal = {J. \& X},
  volume = 3, pages = {1--9}, year = 2020, doi = {10.1000/x}}
"""
EDITED = "@book{b, title={Sound <script>}, editor={Ludwig van Beethoven}, publisher={P}, date={1808-12-22}}\n"


def spec_with(own, references):
    path = own / "paper.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}references: {references}\n", encoding="utf-8")
    return load_spec(own)


def test_entries_of_a_file_stand_where_it_is_named(own):
    (own / "refs.bib").write_text(ENTRY + EDITED, encoding="utf-8")
    made = bibliography(spec_with(own, '["Before (1999).", refs.bib, "After."]'))
    assert [plain(one) for one in made] == [
        "Before (1999).",
        "Klaus Müller and Ada Lovelace (2020). A Big Mödel. J. & X, 3, 1–9.",
        "Ludwig van Beethoven (1808). Sound <script>. P.",
        "After.",
    ]
    assert [span.url for one in made for span in one if isinstance(span, Link)] == ["https://doi.org/10.1000/x"]


def test_an_entry_may_stand_in_the_spec(own):
    made = bibliography(spec_with(own, "['@misc{m, title={T}, author={A B}, year={2021}, url={https://x.org/a}}']"))
    assert plain(made[0]) == "A B (2021). T."


def test_a_link_that_is_none_is_no_link(own):
    made = bibliography(spec_with(own, "['@misc{m, title={T}, url={javascript:alert(1)}}']"))
    assert not [span for one in made for span in one if isinstance(span, Link)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("\n\n@article{a, title={x", "refs.bib:3:1: references: syntax error"),
        ("@article{a, title={x}}\n@article{a, title={y}}\n", "repeated bibliography entry"),
        ("no entries here\n", "expected BibTeX entries"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(own, content, says):
    (own / "refs.bib").write_text(content, encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        bibliography(spec_with(own, "[refs.bib]"))
    assert says in str(raised.value)


@pytest.mark.parametrize(("name", "says"), [("../refs.bib", "in the spec's folder"), ("none.bib", "there is no file")])
def test_a_file_elsewhere_is_refused_at_the_spec_s_line(own, name, says):
    (own.parent / "refs.bib").write_text(ENTRY, encoding="utf-8")
    spec = spec_with(own, f"[{name}]")
    with pytest.raises(SpecError, match=says) as raised:
        bibliography(spec)
    assert f"paper.yaml:{spec.places['references'].line}:" in str(raised.value)


def test_a_link_out_of_the_folder_is_refused(own):
    (own.parent / "secret.bib").write_text(ENTRY, encoding="utf-8")
    (own / "refs.bib").symlink_to(own.parent / "secret.bib")
    with pytest.raises(SpecError, match="leads out of the folder"):
        bibliography(spec_with(own, "[refs.bib]"))
