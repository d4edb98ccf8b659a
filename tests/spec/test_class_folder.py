"""No class and no part of one disappears without a word."""

import os
import unicodedata
from pathlib import Path

import pytest

from repro.spec.class_folder import SOUNDS, class_folder
from repro.spec.load import load_spec
from repro.spec.near_file import near_file
from repro.spec.problem import SpecError
from repro.spec.similar_names import shown_plainly, similar


@pytest.fixture
def data(tmp_path) -> Path:
    for name in ("high/a.wav", "high/b.wav", "low/c.wav"):
        put(tmp_path / "recordings" / name)
    return tmp_path / "recordings"


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def classes(data: Path) -> dict[str, int]:
    names = [cls for cls, _ in class_folder(data).files]
    return {name: names.count(name) for name in names}


def test_links_to_classes_are_followed_inside_and_named_outside(data, tmp_path):
    put(data / ".store" / "third" / "d.wav")
    (data / "third").symlink_to(".store/third")
    (data / "low" / "more").symlink_to(data / "high")
    assert classes(data) == {"high": 2, "low": 3, "third": 1}
    assert class_folder(data).problems == {}
    put(tmp_path / "elsewhere" / "e.wav")
    (data / "fourth").symlink_to(tmp_path / "elsewhere")
    (data / "low" / "deep").symlink_to(tmp_path / "elsewhere")
    (data / "fifth").symlink_to("gone")
    (data / "low" / "f.wav").symlink_to("gone.wav")
    (data / "sixth").symlink_to(".")
    (data / "low" / "loop").symlink_to("../low")
    assert list(class_folder(data).problems) == ["fifth", "fourth", "sixth", "low/deep", "low/f.wav", "low/loop"]
    problems = class_folder(data).problems
    assert "leads out of the data folder" in problems["fourth"] + problems["low/deep"]
    assert problems["fifth"] == problems["low/f.wav"] == "is a link to nothing; mend it or take it away"
    assert problems["sixth"] == problems["low/loop"] == "is a link to a folder that it lies in; take it away"


@pytest.mark.parametrize(
    "ending", ["wave", "aifc", "AIF", "snd", "sph", "w64", "caf", "opus", "oga", "rf64", "mp2", "voc"]
)
def test_endings_that_the_library_reads_are_recordings(data, ending):
    put(data / "third" / f"t.{ending}")
    assert classes(data)["third"] == 1
    assert f".{ending.lower()}" in SOUNDS


@pytest.mark.parametrize("ending", ["3gp", "m4a", "amr", "ra", "wv", "ape", "heic", "dcm", "raw"])
def test_recordings_that_are_not_read_are_items_that_cannot_be_used(data, ending):
    put(data / "third" / f"t.{ending}")
    assert classes(data)["third"] == 1


def test_a_folder_of_nothing_that_is_read_is_named_with_its_count(data):
    for name in ("third/a.xyz", "third/b.xyz", "third/c", "fourth/notes.txt", "high/notes.txt", "low/x.npy"):
        put(data / name)
    (data / "fifth").mkdir()
    listing = class_folder(data)
    assert list(listing.problems) == ["third"]
    assert listing.problems["third"].startswith("holds 3 files (2 .xyz, 1 no ending) and none that is read here")
    assert listing.notes == [
        "fourth holds 1 file (1 .txt) and none that is read here: it is no class",
        "low holds files of no kind that is read here, which are passed over: 1 .npy",
        "fifth is a folder without any file: it is no class",
    ]


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_text_are_named(data):
    Path(os.fsdecode(os.fsencode(data) + b"/caf\xe9")).mkdir()
    assert class_folder(data).problems == {"caf?": "the name is not UTF-8, so no table can hold it; rename it"}


def test_unicode_forms_of_one_name_are_one_class(data):
    for form in ("NFC", "NFD"):
        put(data / unicodedata.normalize(form, "hören") / f"{form}.wav")
    assert classes(data)["hören"] == 2


@pytest.mark.parametrize(
    ("names", "pairs"),
    [
        (["High", "high", "low"], [("High", "high")]),
        (["a high", "a  high", " a high"], [("a high", "a  high", " a high")]),
        (["high", "high\u200b", "hi\u00adgh"], [("high", "high\u200b", "hi\u00adgh")]),
        (["ｈｉｇｈ", "high"], [("ｈｉｇｈ", "high")]),
        (["STRASSE", "straße"], [("STRASSE", "straße")]),
        (["hip-hop", "hip_hop", "Hip Hop"], [("hip-hop", "hip_hop", "Hip Hop")]),
        (["1", "01", "1.0"], [("1", "01", "1.0")]),
        (["1", "-1", "c", "c#", "a", "b", "", "+", "-"], []),
    ],
)
def test_names_that_are_nearly_the_same_are_noted(names, pairs):
    assert similar(names) == pairs


def test_what_cannot_be_seen_is_shown():
    assert shown_plainly("high\u200b") == "'high\\u200b'"
    assert shown_plainly("hören") == "'hören'"


@pytest.mark.parametrize(
    ("disk", "name", "said"),
    [
        ("high/t1.wav", "high/T1.WAV", "; there is high/t1.wav, in other letters"),
        ("High/t1.wav", "high/t1.wav", "; there is High/t1.wav, in other letters"),
        ("high/t1.wav", "high/t1", "; there is high/t1.wav, with its ending"),
        ("high/t1.wav", "high/t1.flac", "; there is high/t1.wav, with another ending"),
        ("high/t1.wav", "high/T1.flac", "; there is high/t1.wav, with another ending"),
        ("high/my take 1.wav", "high/my_take_1.wav", "; there is high/my take 1.wav, with other spaces or marks"),
        ("high/recording-0041.wav", "high/recordin-0041.wav", "; there is high/recording-0041.wav, spelt otherwise"),
        (unicodedata.normalize("NFD", "tü.wav"), "tü.wav", ", the same name in another Unicode form"),
        (unicodedata.normalize("NFD", "Tü.wav"), "tü.wav", ", in other letters"),
        ("high/t1.wav", "other/x9.wav", ""),
    ],
)
def test_a_file_that_is_nearly_there_is_named(tmp_path, disk, name, said):
    put(tmp_path / disk)
    assert near_file(tmp_path, name).endswith(said)
    assert bool(near_file(tmp_path, name)) == bool(said)


def test_nothing_is_named_behind_a_link(tmp_path):
    put(tmp_path / "secret" / "token.wav")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "high").symlink_to(tmp_path / "secret")
    assert near_file(tmp_path / "data", "high/TOKEN.wav") == ""


def test_a_study_that_is_nearly_there_is_named(tmp_path):
    (tmp_path / "words").mkdir()
    with pytest.raises(SpecError, match=r"no such file or folder; there is words, in other letters"):
        load_spec(tmp_path / "Words")
