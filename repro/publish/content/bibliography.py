"""References of a spec, formatted: lines as they are, BibTeX entries, and files of such entries beside the spec."""

from pathlib import Path
from typing import TYPE_CHECKING

from repro.publish.content.authors import authors
from repro.publish.content.document_model import Link, Text, text
from repro.publish.content.web_link import is_web_link
from repro.spec.near_file import near_file
from repro.spec.place import Place
from repro.spec.problem import Problem, SpecError
from repro.spec.spec import Spec
from repro.spec.yaml import read_file

if TYPE_CHECKING:
    from pybtex.database import Entry, Person

ENDING = ".bib"
_JOURNAL = ("journal", "journaltitle", "booktitle", "publisher", "school", "institution", "howpublished")


def bibliography(spec: Spec) -> tuple[Text, ...]:
    """All references in the order of the spec, each entry as authors (year). Title. Journal.

    Raises:
        SpecError: a file is not there or outside of the folder, or is no BibTeX; with its line.

    """
    entries: list[Text] = []
    for reference in spec.references:
        if reference.endswith(ENDING) and len(reference.split()) == 1:
            entries += _entries(_read(spec, reference), str(spec.folder / reference))
        elif reference.lstrip().startswith("@"):
            entries += _entries(reference, "")
        else:
            entries.append(text(reference))
    return tuple(entries)


def _read(spec: Spec, name: str) -> str:
    place = spec.places.get("references", spec.place)
    path = spec.folder / name
    if Path(name).name != name:
        raise SpecError([Problem(place, "references", f"expected a file in the spec's folder, got {name!r}")])
    if not path.is_file():
        near = near_file(spec.folder, name)
        raise SpecError([Problem(place, "references", f"there is no file {name!r} in the spec's folder{near}")])
    return read_file(path, str(path), spec.folder)


def _entries(bibtex: str, file: str) -> list[Text]:
    """Every entry of a text; what is wrong in it is a problem at its line."""
    import pybtex.errors

    from repro.publish.content.bounded_bibtex import BoundedParser, BoundError

    try:
        with pybtex.errors.capture() as wrong:
            parsed = BoundedParser().parse_string(bibtex)
    except (BoundError, RecursionError) as error:
        what = str(error) if isinstance(error, BoundError) else "braces stand in one another too deep"
        raise SpecError([Problem(Place(file, 1, 1), "references", what)]) from None
    problems = [
        Problem(Place(file, getattr(wrong_entry, "lineno", None) or 1, 1), "references", str(wrong_entry))
        for wrong_entry in wrong
    ]
    if not problems and not parsed.entries:
        problems = [Problem(Place(file), "references", "expected BibTeX entries, such as @article{key, title={...}}")]
    if problems:
        raise SpecError(problems)
    return [_entry(entry) for entry in parsed.entries.values()]


def _entry(entry: "Entry") -> Text:
    names = [_name(person) for person in entry.persons.get("author", entry.persons.get("editor", []))]
    by = authors(names)
    year = _plain(entry, "year") or _plain(entry, "date")[:4]
    title = _plain(entry, "title") or "(no title)"
    where = next((name for field in _JOURNAL if (name := _plain(entry, field))), "")
    numbers = [number for field in ("volume", "pages") if (number := _plain(entry, field).replace("--", "–"))]
    url = _plain(entry, "url") or (f"https://doi.org/{_plain(entry, 'doi')}" if _plain(entry, "doi") else "")
    begin = f"{by}{f' ({year})' if year else ''}. " if by or year else ""
    named = Link(title, url) if is_web_link(url) else title
    details = ", ".join(part for part in (where, *numbers) if part)
    return text(begin, named, f". {details}." if details else ".")


def _name(person: "Person") -> str:
    parts = (person.rich_first_names, person.rich_middle_names, person.rich_prelast_names, person.rich_last_names)
    name = " ".join(str(part) for names in parts for part in names)
    lineage = " ".join(str(part) for part in person.rich_lineage_names)
    return f"{name}, {lineage}" if lineage else name


def _plain(entry: "Entry", field: str) -> str:
    """A field without LaTeX."""
    from pybtex.richtext import Text as Rich

    return " ".join(str(Rich.from_latex(entry.fields.get(field, ""))).split())
