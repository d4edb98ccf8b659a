"""Each bad spec carries, as comments, exactly the lines that it must produce."""

from pathlib import Path

import pytest

from repro.spec.load import load_spec
from repro.spec.problem import SpecError

BAD_SPECS = sorted((Path(__file__).parent / "bad_specs").glob("*.yaml"))


def test_how_many_are_swept():
    assert len(BAD_SPECS) >= 100


@pytest.mark.parametrize("path", BAD_SPECS, ids=lambda p: p.stem)
def test_bad_spec_says_exactly_its_errors(path: Path):
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = [f"{path}:{line.removeprefix('# E: ')}" for line in lines if line.startswith("# E: ")]
    assert expected, "a bad spec without an expected line tests nothing"
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    assert [str(p) for p in caught.value.problems] == expected


@pytest.mark.parametrize("path", BAD_SPECS, ids=lambda p: p.stem)
def test_every_problem_has_its_line_and_they_are_sorted(path: Path):
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    places = [(p.place.line, p.place.column) for p in caught.value.problems]
    assert places == sorted(places)
    assert all(line >= 1 and column >= 1 for line, column in places)
