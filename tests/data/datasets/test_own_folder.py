"""A folder of one's own: classes as sub-folders, manifests, and everything that can be wrong with the files."""

import shutil
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
import soundfile

from repro.data import gate
from repro.data.data_error import DataError
from repro.data.datasets import read_items
from repro.data.datasets.own_folder import read_folder
from repro.data.gate.exact_duplicates import duplicates
from repro.data.gate.own_data import own_data_notes
from repro.data.prepare import prepare
from repro.data.splits import draw
from repro.spec.experiment import Dataset, Folds, Label, Splits
from repro.spec.own_folder import folder_facts

WRITABLE = {"wav": 8000, "flac": 16000, "ogg": 22050, "mp3": 44100}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))


@pytest.fixture
def data(tmp_path) -> Path:
    (tmp_path / "recordings").mkdir()
    return tmp_path / "recordings"


def record(path: Path, *, seconds: float = 0.2, rate: int | None = None, channels: int = 1) -> Path:
    rate = rate or WRITABLE[path.suffix[1:]]
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(crc32(f"{path.parent.name}/{path.name}".encode())).uniform(
        -0.5, 0.5, (int(seconds * rate), channels)
    )
    soundfile.write(path, noise, rate)
    return path


def read(tmp_path: Path, **args):
    return read_folder(Dataset(name="recordings/", args=args), tmp_path)


def table(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def test_sub_folders_are_classes_in_the_order_of_their_names(tmp_path, data):
    for name in ("rock/b.wav", "rock/a.flac", "jazz/live/c.ogg", "jazz/a.mp3", "jazz/notes.txt", "jazz/.hidden.wav"):
        if name.endswith("txt"):
            (data / name).write_text("no recording")
        else:
            record(data / name)
    items = read(tmp_path)
    assert items.name == "recordings/"
    assert items.values.names == ("jazz/a.mp3", "jazz/live/c.ogg", "rock/a.flac", "rock/b.wav")
    assert items.columns["class"].tolist() == ["jazz", "jazz", "rock", "rock"]
    assert [items.values.rate(row) for row in range(4)] == [44100, 22050, 16000, 8000]
    assert items.rate is None
    assert str(items.shape) == "C 1 x T any"
    assert [clip.shape[0] for clip in items.values] == [1, 1, 1, 1]
    assert read_items(Dataset(name="recordings/"), tmp_path).sha256 == items.sha256


def test_clips_of_one_length_and_rate_have_a_known_shape(tmp_path, data):
    for name in ("a/1.wav", "b/2.wav"):
        record(data / name, channels=2)
    items = read(tmp_path)
    assert str(items.shape) == "C 2 x T 1600"
    assert items.rate == 8000


def test_a_manifest_gives_columns_parts_folds_and_stretches(tmp_path, data):
    record(data / "one.wav", seconds=2.0)
    record(data / "two.flac", seconds=1.0)
    table(
        tmp_path / "items.csv",
        "path,genre,bpm,split,fold,start,end\n"
        'one.wav,"rock, hard",120.5,train,1,0.5,1.25\none.wav,jazz,90,test,2,1.25,2\ntwo.flac,jazz,,test,3,,\n',
    )
    items = read(tmp_path, manifest="items.csv")
    assert items.columns["genre"].tolist() == ["rock, hard", "jazz", "jazz"]
    assert items.columns["bpm"].tolist() == ["120.5", "90", ""]
    assert items.columns["fold"].tolist() == [1, 2, 3]
    assert items.columns["source"].tolist() == ["one.wav", "one.wav", "two.flac"]
    assert {name: rows.tolist() for name, rows in items.parts.items()} == {"train": [0], "test": [1, 2]}
    assert items.values.frames.tolist() == [6000, 6000, 16000]
    whole = soundfile.read(data / "one.wav", dtype="float32")[0]
    np.testing.assert_array_equal(items.values.read(0)[0], whole[4000:10000])
    np.testing.assert_array_equal(items.values.read(1)[0], whole[10000:])


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_a_stretch_is_the_same_samples_as_in_the_whole_file(tmp_path, data, suffix):
    record(data / f"one.{suffix}", seconds=3.0)
    table(data / "items.csv", f"path,label,start,end\none.{suffix},a,0.3,1.1\none.{suffix},b,1.7,2.5\n")
    items = read(tmp_path, manifest="items.csv")
    whole = soundfile.read(data / f"one.{suffix}", dtype="float32")[0]
    for row in range(2):
        start, end = int(items.values.starts[row]), int(items.values.ends[row])
        np.testing.assert_allclose(items.values.read(row)[0], whole[start:end], atol=1e-6)


def broken_folder(data: Path) -> None:
    record(data / "good.wav")
    record(data / "cut.wav", seconds=1.0)
    content = (data / "cut.wav").read_bytes()
    (data / "cut.wav").write_bytes(content[: len(content) // 2])
    (data / "empty.wav").write_bytes(b"")
    (data / "text.mp3").write_text("this is no recording\n" * 50)
    (data / "song.m4a").write_bytes(b"\0\0\0 ftypM4A ")
    table(
        data / "items.csv",
        "path,label\ngood.wav,a\ncut.wav,a\n\nempty.wav,b\ntext.mp3,b\ngone.wav,b\nsong.m4a,b\n",
    )


def test_every_file_that_cannot_be_used_is_named_with_its_line_all_at_once(tmp_path, data):
    broken_folder(data)
    with pytest.raises(DataError) as caught:
        read(tmp_path, manifest="items.csv")
    csv = data / "items.csv"
    assert str(caught.value).splitlines() == [
        "recordings/: 5 of its 6 items cannot be used:",
        f"  {csv}:3: cut.wav: is cut off: its last 8022 bytes are missing",
        f"  {csv}:5: empty.wav: cannot be decoded: the file is empty",
        f"  {csv}:6: text.mp3: cannot be decoded: not what its ending .mp3 says",
        f"  {csv}:7: gone.wav: there is no such file",
        f"  {csv}:8: song.m4a: its ending .m4a is of no kind of file that is read here",
        "Repair or remove them; or write skip_unreadable: true under dataset, and they are left out.",
    ]


def test_skip_unreadable_goes_on_and_counts(tmp_path, data):
    broken_folder(data)
    items = read(tmp_path, manifest="items.csv", skip_unreadable=True)
    assert items.values.names == ("good.wav",)
    assert len(items.skipped) == 5
    assert items.skipped[3].endswith("items.csv:7: gone.wav: there is no such file")
    (data / "good.wav").unlink()
    with pytest.raises(DataError, match="none of its 6 files can be read"):
        read(tmp_path, manifest="items.csv", skip_unreadable=True)


def test_a_row_that_is_wrong_is_not_skipped(tmp_path, data):
    record(data / "one.wav", seconds=1.0)
    table(data / "items.csv", "path,label,start,end\none.wav,a,0,0.5\none.wav,b,0.5,1.2\ngone.wav,b,0,1\n")
    with pytest.raises(DataError) as caught:
        read(tmp_path, manifest="items.csv", skip_unreadable=True)
    assert str(caught.value).splitlines() == [
        "recordings/: 1 of its 3 items cannot be used:",
        f"  {data / 'items.csv'}:3: one.wav: the stretch ends at 1.2 s and the file after 1 s",
    ]


def test_no_link_leads_out_of_the_data_folder_and_the_folder_may_be_one(tmp_path, data):
    record(tmp_path / "elsewhere" / "x.wav")
    record(data / "a" / "in.wav")
    (data / "a" / "out.wav").symlink_to(tmp_path / "elsewhere" / "x.wav")
    (data / "a" / "twin.wav").symlink_to(data / "a" / "in.wav")
    with pytest.raises(DataError, match=r"1 of its 3 .*\n  a/out.wav: is a link that leads out of the data folder"):
        read(tmp_path, skip_unreadable=True)
    (data / "a" / "out.wav").unlink()
    before = read(tmp_path)
    data.rename(tmp_path / "big disk")
    data.symlink_to(tmp_path / "big disk")
    assert read(tmp_path).sha256 == before.sha256


def test_a_recording_in_no_class_is_said(tmp_path, data):
    record(data / "a" / "in.wav")
    record(data / "lost.wav")
    with pytest.raises(DataError, match=r"lost\.wav: lies in no sub-folder, so it has no class"):
        read(tmp_path)


def test_the_hash_is_of_the_content_and_a_second_start_opens_nothing(tmp_path, data, monkeypatch):
    for number in range(3):
        record(data / "a" / f"{number}.wav", seconds=0.1 + 0.1 * number)
    before = read(tmp_path)
    monkeypatch.setattr("repro.data.audio.scan.measure", lambda path: pytest.fail(f"{path} was decoded again"))
    assert read(tmp_path).sha256 == before.sha256
    monkeypatch.undo()
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    (data / "a" / "1.wav").rename(data / "a" / "1b.wav")
    assert read(tmp_path).sha256 == before.sha256  # names are not heard
    shutil.copy(data / "a" / "0.wav", data / "a" / "1b.wav")
    after = read(tmp_path)
    assert after.sha256 != before.sha256
    assert after.values.content(0) == after.values.content(1) != after.values.content(2)


def test_the_manifest_beside_the_spec_or_in_the_folder_and_not_both(tmp_path, data):
    record(data / "one.wav")
    with pytest.raises(DataError, match=r"there is no items\.csv in .*recordings, nor beside the spec"):
        read(tmp_path, manifest="items.csv")
    for place in (data, tmp_path):
        table(place / "items.csv", "path,label\none.wav,a\n")
    with pytest.raises(DataError, match="there are two"):
        read(tmp_path, manifest="items.csv")


def test_no_folder_and_recordings_beside_pictures_are_said(tmp_path, data):
    from PIL import Image

    record(data / "a" / "one.wav")
    Image.new("L", (4, 4)).save(data / "a" / "one.png")
    with pytest.raises(DataError, match=r"holds recordings and pictures \(a/one\.png\)"):
        read(tmp_path)
    shutil.rmtree(data)
    with pytest.raises(DataError, match=r"there is no folder .*recordings; the recordings belong there"):
        read(tmp_path)


def test_pictures_become_bytes_with_their_channels_first(tmp_path, data):
    from PIL import Image

    for number, (kind, name) in enumerate((("L", "a/1.png"), ("RGB", "b/2.jpg"), ("RGB", "b/3.png"))):
        (data / name).parent.mkdir(exist_ok=True)
        Image.new(kind, (6, 4), 40 + number if kind == "L" else (10, 20 + number, 30)).save(data / name)
    items = read(tmp_path)
    assert str(items.shape) == "C 3 x H 4 x W 6"
    assert items.values.dtype == np.uint8
    assert items.values[0, :, 0, 0].tolist() == [40, 40, 40]
    assert items.values[2, :, 3, 5].tolist() == [10, 22, 30]
    (data / "b" / "broken.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"b/broken\.png: cannot be read as a picture: its format is not known"):
        read(tmp_path)
    assert len(read(tmp_path, skip_unreadable=True)) == 3
    Image.new("L", (5, 4)).save(data / "b" / "other.png")
    with pytest.raises(DataError, match=r"2 sizes: 3 are 6 x 4, b/other\.png is 5 x 4; bring them all to one size"):
        read(tmp_path, skip_unreadable=True)


def test_pictures_go_all_the_way_to_a_split_and_its_targets(tmp_path, data, make_experiment):
    from PIL import Image

    for number in range(12):
        name = data / ("bright" if number % 2 else "dark") / f"{number}.png"
        name.parent.mkdir(exist_ok=True)
        Image.new("L", (4, 3), 100 * (number % 2) + number).save(name)
    label = {"class": Label(name="class", column="class")}
    splits = Splits(train=0.5, test=0.5)
    experiment = make_experiment(dataset=Dataset(name="recordings/"), labels=label, splits=splits)
    made = prepare(experiment, seed=0, folder=tmp_path)
    part = made.parts["train"]
    assert tuple(part.inputs["input"].shape) == (6, 1, 3, 4)
    assert made.labels["class"].classes == ("bright", "dark")
    bright = part.inputs["input"][:, 0, 0, 0] > 0.3
    assert bright.tolist() == [index == 0 for index in part.targets["class"].tolist()]


def test_the_gate_tells_what_was_skipped_and_which_classes_are_tiny(tmp_path, data):
    for name in ("a/1.wav", "a/2.wav", "a/3.wav", "b/4.wav", "b/5.wav"):
        record(data / name, seconds=0.1 + 0.01 * int(name[2]))
    (data / "a" / "6.wav").write_bytes(b"")
    items = read(tmp_path, skip_unreadable=True)
    split = draw(items, Splits(train=3, test=2), seed=0, stratify=None)
    checks = gate.check(items, split, {"class": "class"})["checks"]
    said = "a/6.wav: cannot be decoded: the file is empty"
    text = f"1 item of recordings/ could not be read and is left out: {said}"
    assert checks["unreadable"] == {"state": "found", "text": text, "count": 1, "skipped": [said]}
    assert checks["few-items"]["text"] == "classes of fewer than 3 items in all: class 'b' has 2"
    assert gate.failures({"checks": checks}) == []
    assert own_data_notes({"checks": checks}) == (checks["unreadable"]["text"], checks["few-items"]["text"])
    assert own_data_notes({"checks": {"labels": {"text": "x"}}}) == ()


def test_two_copies_of_a_file_in_two_parts_are_found(tmp_path, data):
    record(data / "a" / "1.wav")
    shutil.copy(data / "a" / "1.wav", data / "a" / "2.wav")
    items = read(tmp_path)
    split = draw(items, Splits(train=1, test=1), seed=0, stratify=None)
    assert duplicates(items, split)["count"] == 1


def test_folds_and_parts_of_a_manifest_however_their_columns_are_spelt(tmp_path, data):
    names = [f"t{at}.wav" for at in range(6)]
    for name in names:
        record(data / name)
    parts = ("Train", "train", "valid", "Test", "test", "")
    rows = [f"{name},{'ab'[at % 2]},{at % 3},{part}" for at, (name, part) in enumerate(zip(names, parts, strict=True))]
    table(data / "items.csv", "\n".join(["path,label,Fold_Nr,Subset", *rows, ""]))
    items = read(tmp_path, manifest="items.csv")
    assert {part: rows.tolist() for part, rows in items.parts.items()} == {
        "train": [0, 1], "validation": [2], "test": [3, 4],
    }  # fmt: skip
    facts = folder_facts(tmp_path, Dataset(name="recordings/", args={"manifest": "items.csv"}))
    assert (facts.parts, facts.folds) == ({"train": 2, "validation": 1, "test": 2}, 3)
    drawn = draw(items, Splits(folds=Folds(by="official"), validation="next"), seed=0, fold=1)
    assert [drawn.parts[part].tolist() for part in ("test", "validation", "train")] == [[0, 3], [1, 4], [2, 5]]


@pytest.mark.parametrize("inside", [True, False])
def test_a_class_that_is_a_link_is_read_or_named(tmp_path, data, inside):
    record(data / "high" / "a.wav")
    record(data / "low" / "b.wav")
    elsewhere = data / ".store" if inside else tmp_path / "elsewhere"
    record(elsewhere / "c.wav")
    (data / "third").symlink_to(elsewhere)
    if inside:
        assert read(tmp_path).columns["class"].tolist() == ["high", "low", "third"]
        return
    with pytest.raises(DataError, match=r"a class or a part of one would be lost:\n  third: is a link that leads out"):
        read(tmp_path, skip_unreadable=True)
    assert len(read(tmp_path, exclude=["third"])) == 2


@pytest.mark.parametrize(
    ("ending", "form", "subtype"),
    [("wave", "WAV", None), ("aifc", "AIFF", "ULAW"), ("sph", "NIST", None), ("w64", "W64", None), ("snd", "AU", None)],
)
def test_recordings_of_other_endings_are_read(tmp_path, data, ending, form, subtype):
    record(data / "high" / "a.wav")
    (data / "third").mkdir()
    tone = np.sin(np.arange(1600) / 9) / 2
    soundfile.write(data / "third" / f"b.{ending}", tone, 8000, format=form, subtype=subtype)
    items = read(tmp_path)
    assert items.columns["class"].tolist() == ["high", "third"]
    assert items.values.frames.tolist() == [1600, 1600]


def test_a_class_of_which_nothing_can_be_read_is_not_skipped(tmp_path, data):
    record(data / "high" / "a.wav")
    for number in range(3):
        (data / "high" / f"{number}.3gp").write_bytes(bytes(100))
        (data / "third").mkdir(exist_ok=True)
        (data / "third" / f"{number}.3gp").write_bytes(bytes(100))
    with pytest.raises(DataError, match=r"a class would be lost.*\n  third: none of its 3 files can be read"):
        read(tmp_path, skip_unreadable=True)
    shutil.rmtree(data / "third")
    assert len(read(tmp_path, skip_unreadable=True)) == 1


def test_what_is_odd_of_files_that_are_read_is_told(tmp_path, data):
    for name in ("high/a.wav", "high/b.wav", "high/c.wav", "low/d.wav", "low/e.wav", "low/f.wav"):
        record(data / name, seconds=0.1 + 0.01 * ord(name[-5]))
    content = bytearray((data / "low" / "f.wav").read_bytes())
    content[4:8] = content[40:44] = b"\xff" * 4
    (data / "low" / "f.wav").write_bytes(content)
    (data / "low" / "x.npy").write_bytes(b"x")
    items = read(tmp_path)
    assert items.notes[0] == "low holds files of no kind that is read here, which are passed over: 1 .npy"
    assert items.notes[1].startswith("low/f.wav: was written before its length was known")
    split = draw(items, Splits(train=4, test=2), seed=0, stratify=None)
    checks = gate.check(items, split, {"class": "class"})
    assert "low/f.wav: was written before" in checks["checks"]["odd-files"]["text"]
    assert gate.failures(checks) == []
    assert any("low/f.wav" in note for note in own_data_notes(checks))


def test_names_that_are_nearly_the_same_are_told_and_unicode_forms_are_one(tmp_path, data):
    rows = ["path,label,singer"]
    for number, (label, singer) in enumerate(
        (("High", "ann"), ("high", "Ann"), ("ho\u0308ren", "bob"), ("h\u00f6ren", "x"))
    ):
        record(data / f"{number}.wav", seconds=0.1 + number / 50)
        rows.append(f"{number}.wav,{label},{singer}")
    table(data / "items.csv", "\n".join(rows) + "\n")
    items = read(tmp_path, manifest="items.csv")
    assert items.columns["label"].tolist() == ["High", "high", "h\u00f6ren", "h\u00f6ren"]
    split = draw(items, Splits(train=2, test=2), seed=0, stratify=None)
    text = gate.check(items, split, {"label": "label"}, groups={"singer": False})["checks"]["alike"]["text"]
    assert "label 'High' (1 item) and 'high' (1 item)" in text
    assert "singer 'Ann' (1 item) and 'ann' (1 item)" in text


def test_a_file_that_is_nearly_there_is_named_with_its_line(tmp_path, data):
    record(data / "high" / "t1.wav")
    table(data / "items.csv", "path,label\nhigh/T1.WAV,a\nhigh/t1.flac,a\nhigh/t1,b\n")
    with pytest.raises(DataError) as caught:
        read(tmp_path, manifest="items.csv")
    for line, how in ((2, "in other letters"), (3, "with another ending"), (4, "with its ending")):
        assert f"items.csv:{line}: " in str(caught.value)
        assert f"there is no such file; there is high/t1.wav, {how}" in str(caught.value)
    with pytest.raises(DataError, match=r"nor beside the spec; there is items\.csv, in other letters"):
        read(tmp_path, manifest="Items.CSV")
    data.rename(tmp_path / "Recordings")
    with pytest.raises(DataError, match=r"there is no folder .*; there is Recordings, in other letters"):
        read(tmp_path, manifest="items.csv")


def test_a_link_to_nowhere_names_where_it_leads(tmp_path):
    (tmp_path / "recordings").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError, match=rf"recordings/: is a link to {tmp_path}/nowhere, and there is nothing"):
        read_folder(Dataset(name="recordings/"), tmp_path)
