"""Data sets through torchaudio and mirdata, on small trees as these libraries want them."""

import json
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from repro.data.data_error import DataError
from repro.data.datasets import read_items
from repro.spec.experiment import Dataset


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


def record(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.random.default_rng(zlib.crc32(str(path).encode())).uniform(-0.5, 0.5, 1600), 16000)


def fluent(root: Path) -> None:
    home = root / "fluent_speech_commands_dataset"
    for number, subset in enumerate(("train", "valid", "test")):
        record(home / f"wavs/speakers/s{number}/take{number}.wav")
        table = home / f"data/{subset}_data.csv"
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text(
            ",path,speakerId,transcription,action,object,location\n"
            f"0,wavs/speakers/s{number}/take{number}.wav,s{number},Lights on,activate,lights,kitchen\n"
        )


def librispeech(root: Path) -> None:
    chapter = root / "LibriSpeech/dev-clean/84/121123"
    for number in range(2):
        record(chapter / f"84-121123-000{number}.flac")
    (chapter / "84-121123.trans.txt").write_text("84-121123-0000 GO\n84-121123-0001 DO YOU HEAR\n")


def snips(root: Path) -> None:
    for subset in ("train", "valid", "test"):
        record(root / f"SNIPS/{subset}/Aditi-snips-{subset}-0.mp3")
    lines = [f"Aditi-snips-{s}-0 BOS play it EOS\tO O B-x GetWeather\n" for s in ("train", "valid", "test")]
    (root / "SNIPS/all.iob.snips.txt").write_text("".join(lines))


def voxceleb(root: Path) -> None:
    for number in range(1, 4):
        record(root / f"wav/id1000{number}/abc/00001.wav")
    (root / "iden_split.txt").write_text("".join(f"{n} id1000{n}/abc/00001.wav\n" for n in range(1, 4)))


def iemocap(root: Path) -> None:
    for session in range(1, 6):
        home = root / f"IEMOCAP/Session{session}"
        stem = f"Ses0{session}F_impro01_F000"
        record(home / f"sentences/wav/Ses0{session}F_impro01/{stem}.wav")
        (home / "dialog/EmoEvaluation").mkdir(parents=True)
        label = "hap" if session % 2 else "sad"
        (home / f"dialog/EmoEvaluation/Ses0{session}F_impro01.txt").write_text(f"[6.29 - 8.23]\t{stem}\t{label}\t[2]\n")


ONE_EACH = {"train": [0], "validation": [1], "test": [2]}


@pytest.mark.parametrize(
    ("name", "tree", "args", "column", "cells", "parts"),
    [
        ("FluentSpeechCommands", fluent, {}, "speaker", ["s0", "s1", "s2"], ONE_EACH),
        ("LIBRISPEECH", librispeech, {"subset": "dev-clean"}, "transcript", ["GO", "DO YOU HEAR"], {}),
        ("Snips", snips, {}, "intent", ["GetWeather"] * 3, ONE_EACH),
        ("VoxCeleb1Identification", voxceleb, {}, "speaker", [1, 2, 3], ONE_EACH),
        ("IEMOCAP", iemocap, {}, "emotion", ["hap", "sad", "hap", "sad", "hap"], {}),
    ],
)
def test_torchaudio_names_the_files_and_they_are_decoded_here(tmp_path, name, tree, args, column, cells, parts):
    tree(tmp_path / "files")
    items = read_items(Dataset(name=f"torchaudio/{name}", args={"folder": "files/", **args}), tmp_path)
    assert items.columns[column].tolist() == cells
    assert {part: rows.tolist() for part, rows in items.parts.items()} == parts
    assert len({clip.tobytes() for clip in items.values}) == len(items)
    assert items.rate == 16000


def test_files_that_are_not_there_are_said(tmp_path, cache):
    with pytest.raises(DataError, match=r"torchaudio cannot read it in .*cache/torchaudio/IEMOCAP: Dataset not found"):
        read_items(Dataset(name="torchaudio/IEMOCAP"), tmp_path)


def test_without_mirdata_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mirdata", None)
    with pytest.raises(DataError, match=r"mirdata is not installed: pip install 'repro-harness\[mir\]'"):
        read_items(Dataset(name="mirdata/orchset"), tmp_path)


@pytest.mark.filterwarnings("ignore")
def test_mirdata_names_the_tracks(tmp_path, monkeypatch):
    pytest.importorskip("mirdata")
    from mirdata.core import Index

    tracks = {}
    for number, genre in enumerate(("blues", "hiphop")):
        file = f"gtzan_genre/genres/{genre}/{genre}.0000{number}.wav"
        record(tmp_path / "files" / file)
        tracks[f"{genre}.0000{number}"] = {"audio": [file, ""], "beats": [None, None], "tempo": [None, None]}
    (tmp_path / "index.json").write_text(json.dumps({"version": "1.0", "tracks": tracks}))
    monkeypatch.setattr(Index, "get_path", lambda self: str(tmp_path / "index.json"))
    items = read_items(Dataset(name="mirdata/gtzan_genre", args={"folder": "files/"}), tmp_path)
    assert items.columns["genre"].tolist() == ["blues", "hip-hop"]
    assert items.columns["track"].tolist() == ["blues.00000", "hiphop.00001"]
    assert items.values.read(1).shape == (1, 1600)
    with pytest.raises(DataError, match="unknown data set 'gtzan_gene'; did you mean 'gtzan_genre'"):
        read_items(Dataset(name="mirdata/gtzan_gene"), tmp_path)
    with pytest.raises(DataError, match=r"has no audio_left; write audio: audio_path"):
        read_items(Dataset(name="mirdata/gtzan_genre", args={"folder": "files/", "audio": "audio_left"}), tmp_path)
