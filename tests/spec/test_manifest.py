"""Manifests: what is read, and every mistake with its line."""

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repro.spec.manifest import read_manifest


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "items.csv"


def problems(file: Path, content: str | bytes) -> list[str]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    manifest, found = read_manifest(file)
    assert (manifest is None) == bool(found)
    assert all(p.place.line >= 1 and p.place.column >= 1 for p in found)
    return [str(p).removeprefix(f"{file}:") for p in found]


def test_a_table_as_a_spreadsheet_writes_it(file):
    text = '\ufeffpath, genre ,note\r\na.wav,rock,"loud, and\r\nlong"\r\n\r\n"b ""live"".wav", jazz ,\r\n,,\r\n'
    text += "c\\d.wav,x,y"
    assert problems(file, text) == []
    manifest, _ = read_manifest(file)
    assert manifest.columns == ("genre", "note")
    assert [(row.line, row.path) for row in manifest.rows] == [(2, "a.wav"), (5, 'b "live".wav'), (7, "c/d.wav")]
    assert manifest.cells("note") == ["loud, and\r\nlong", "", "y"]


def test_a_stretch_is_two_numbers_in_seconds_or_nothing(file):
    assert problems(file, "path,start,end\na.wav,0,1.5\na.wav,1.5,1e1\nb.wav,,\n") == []
    manifest, _ = read_manifest(file)
    assert [row.stretch for row in manifest.rows] == [(0.0, 1.5), (1.5, 10.0), None]
    assert manifest.columns == ()


def test_every_bad_row_is_named_at_once(file):
    text = (
        "path,label,split,fold,group,start,end\n"
        "a.wav,x,train,1,g,,\n"
        "a.wav,x,trian,1,g,0,1\n"
        "b.wav,x,,0,g,,\n"
        "c.wav,x,test,two,,,\n"
        "d.wav,x,test\n"
        "../e.wav,x,test,1,g,2,1\n"
        "/f.wav,x,test,1,g,0:10,1\n"
        "C:\\g.wav,x,test,1,g,0,\n"
        ",x,test,1,g,,\n"
        "a.wav,x,test,1,g,,\n"
    )
    assert problems(file, text) == [
        "3:1: split: unknown part 'trian'; did you mean 'train'?; write train, validation or test",
        "4:1: split: is empty; write train, validation or test",
        "4:1: fold: expected at least 1, got 0",
        "5:1: fold: expected a whole number, got 'two'",
        "5:1: group: is empty; a row that belongs to no other has a group of its own",
        "6:1: has 3 cells for 7 columns; a cell with a comma needs quotes",
        "7:1: path: '../e.wav' leaves the data folder; write a path in it",
        "7:1: end: the stretch from 2 to 1 s has no length",
        "8:1: path: '/f.wav' leaves the data folder; write a path in it",
        "8:1: end: start and end are seconds: expected a number, got '0:10'",
        "9:1: path: 'C:\\\\g.wav' leaves the data folder; write a path in it",
        "9:1: end: start and end are seconds: expected a number, got ''",
        "10:1: path: is empty",
        "11:1: path: a.wav stands on line 2 too",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: is empty; its first row names the columns, such as path,label"),
        ("path,label\n", "1:1: has a row of names and nothing below it"),
        ("path;label\na.wav;x\n", "1:1: its columns are separated by semicolons; save it with commas"),
        ("path\tlabel\na.wav\tx\n", "1:1: its columns are separated by tabs; save it with commas"),
        ("filename,label\na.wav,x\n", "1:1: path: there is no column `path`; call 'filename' so"),
        ("a,label\na.wav,x\n", "1:1: path: there is no column `path`; it has a, label"),
        ("path,label,label\na.wav,x,y\n", "1:1: label: two columns have this name"),
        ("path,,label\na.wav,x,y\n", "1:1: column 2 has no name"),
        ("path,start\na.wav,1\n", "1:1: start: columns start and end go together, both in seconds"),
        ('path,label\na.wav,"x\n', "2:1: is not CSV: unexpected end of data; a quote inside a cell is written twice"),
        (b"path,label\na.wav,x\nb.wav,\xfcber\n", "3:1: is not UTF-8; save it as CSV UTF-8"),
    ],
)
def test_a_file_that_is_no_manifest_is_said(file, text, said):
    assert problems(file, text) == [said]


def test_no_file_is_said(file):
    assert [str(p) for p in read_manifest(file)[1]] == [f"{file}:1:1: cannot be read: No such file or directory"]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8).map(
    lambda text: unicodedata.normalize("NFC", text).strip()  # cells are read in one form of Unicode
)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=6))
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, cells):
    written = io.StringIO()
    csv.writer(written).writerows([["path", "one", "two"], *([f"{n}.wav", *row] for n, row in enumerate(cells))])
    file = tmp_path_factory.mktemp("m") / "items.csv"
    file.write_text(written.getvalue(), encoding="utf-8", newline="")
    manifest, found = read_manifest(file)
    assert found == ()
    assert [[row.cells["one"], row.cells["two"]] for row in manifest.rows] == cells
