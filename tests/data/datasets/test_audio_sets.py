"""The contract of the data sets of recordings: on small trees in the upstream layouts, and on real data where they are.

What holds for all: facts equal what is read, groups and folds are columns, folds share no source, the hash and the
order are stable, every clip decodes.
"""

import csv
import os
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from repro.data.audio.clips import Clips
from repro.data.audio.index_clips import content_sha256
from repro.data.data_error import DataError
from repro.data.datasets import esc50, fsdd, read_items, speech_commands
from repro.data.datasets.audio_set import check_complete
from repro.data.download.unpacked import unpacked_folder
from repro.spec.audio_datasets import AUDIO_DATASETS
from repro.spec.dataset_facts import facts_with
from repro.spec.experiment import Dataset

PLAIN = [facts.name for facts in AUDIO_DATASETS if facts.name not in ("esc50", "speech_commands")]
"""Those whose facts depend on no argument: their module's ``of_folder`` takes a folder alone."""

FACTS = {
    **{name: facts_with(name, {}) for name in PLAIN},
    "esc50": facts_with("esc50", {}),
    "esc10": facts_with("esc50", {"subset": "esc10"}),
    "esc10 of esc50": facts_with("esc50", {"subset": "esc10"}),
    "speech_commands": facts_with("speech_commands", {}),
    "speech_commands 12": facts_with("speech_commands", {"classes": 12}),
}
READERS = {
    **{name: import_module(f"repro.data.datasets.{name}").of_folder for name in PLAIN},
    "esc50": esc50.of_esc50,
    "esc10": esc50.of_esc10,
    "esc10 of esc50": lambda folder: esc50.of_esc50(folder, only_esc10=True),
    "speech_commands": lambda folder: speech_commands.of_folder(folder, FACTS["speech_commands"]),
    "speech_commands 12": lambda folder: speech_commands.of_folder(folder, FACTS["speech_commands 12"]),
}
TREE = {"esc10 of esc50": "esc50", "speech_commands 12": "speech_commands"}
REAL = {"fsdd": ("fsdd", {}), "esc10": ("esc50", {"subset": "esc10"})}


def check_contract(items, facts, *, counts: bool) -> None:
    assert items.name == facts.name
    assert items.shape == facts.shape
    assert isinstance(items.values, Clips)
    if facts.rate is not None:
        assert items.rate == facts.rate
    assert set(items.parts) == set(facts.parts)
    if facts.parts:
        assert sorted(np.concatenate(list(items.parts.values())).tolist()) == list(range(len(items)))
    if counts:
        assert check_complete(items, facts) is items
    for label in facts.labels.values():
        assert set(items.columns[label.column].astype(str)) == set(label.classes)
    for group in facts.groups:
        assert len(np.unique(items.columns[group])) > 1
    if facts.folds:
        folds = items.columns["fold"]
        assert set(folds.tolist()) == set(range(1, facts.folds + 1))
        for source in np.unique(items.columns[facts.groups[0]]):
            assert len(np.unique(folds[items.columns[facts.groups[0]] == source])) == 1
    for row in range(len(items)):
        clip = items.values.read(row)
        assert clip.dtype == np.float32
        assert clip.shape == (items.values.channels[row], items.values.frames[row])
        assert np.abs(clip).max() < 1.5  # a lossy file may go a little beyond full scale


@pytest.mark.parametrize("name", READERS)
def test_the_contract_holds_on_a_tree_in_the_upstream_layout(name, make_tree):
    folder = make_tree(TREE.get(name, name))
    items = READERS[name](folder)
    check_contract(items, FACTS[name], counts=False)
    again = READERS[name](folder)
    assert again.sha256 == items.sha256
    assert again.values.names == items.values.names


@pytest.mark.parametrize("name", REAL)
def test_the_contract_holds_on_the_real_data(name):
    if not os.environ.get("REPRO_MIRROR"):
        pytest.skip("REPRO_MIRROR is not set")
    dataset, args = REAL[name]
    check_contract(read_items(Dataset(name=dataset, args=args), Path()), FACTS[name], counts=True)


@pytest.mark.parametrize("name", READERS)
def test_another_file_is_another_hash_and_a_broken_one_is_named(name, make_tree):
    folder = make_tree(TREE.get(name, name))
    before = READERS[name](folder)
    first = before.values.path(0)
    content = first.read_bytes()
    first.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert READERS[name](folder).sha256 != before.sha256
    first.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=rf"1 files in .* cannot be used:\n  {before.values.names[0]}: is cut off"):
        READERS[name](folder)


def test_fsdd_is_ordered_by_digit_speaker_and_number_and_index_0_to_4_are_test(make_tree):
    items = fsdd.of_folder(make_tree("fsdd"))
    assert items.values.names[:5] == tuple(
        f"0_{n}.wav" for n in ("george_0", "george_4", "george_5", "george_11", "jackson_0")
    )
    assert set(items.columns["index"][items.parts["test"]].tolist()) == {0, 4}
    assert set(items.columns["index"][items.parts["train"]].tolist()) == {5, 11}


def test_fsdd_with_another_recording_is_not_the_published_one(make_tree):
    folder = make_tree("fsdd")
    content = content_sha256(fsdd.of_folder(folder).values)
    assert fsdd.of_folder(folder, content=content).name == "fsdd"
    (folder / "9_theo_11.wav").rename(folder / "9_theo_12.wav")
    with pytest.raises(DataError, match=r"the 240 recordings in .* are not those that were published"):
        fsdd.of_folder(folder, content=content)


def test_a_file_with_a_foreign_name_is_said(make_tree):
    folder = make_tree("fsdd")
    (folder / "0_george_0.wav").rename(folder / "zero.wav")
    with pytest.raises(DataError, match=r"zero\.wav is not named DIGIT_SPEAKER_INDEX\.wav"):
        fsdd.of_folder(folder)


def test_a_set_that_is_not_whole_is_said(make_tree):
    with pytest.raises(DataError, match="read 240 items, 120 train, 120 test; published are 3,000 items, 2,700 train"):
        check_complete(fsdd.of_folder(make_tree("fsdd")), FACTS["fsdd"])


def test_esc10_says_of_every_recording_what_the_table_beside_it_says():
    if not os.environ.get("REPRO_MIRROR"):
        pytest.skip("REPRO_MIRROR is not set")
    items = read_items(Dataset(name="esc50", args={"subset": "esc10"}), Path())
    with (items.values.root / "meta.csv").open(encoding="utf-8") as file:
        said = {line["filename"]: line for line in csv.DictReader(file)}
    assert set(said) == set(items.values.names)
    for row, name in enumerate(items.values.names):
        assert esc50._ESC10_FOLDERS[name.partition("/")[0]] == items.columns["category"][row]
        assert name.partition("/")[0].endswith(said[name]["category"])
        assert int(said[name]["fold"]) == items.columns["fold"][row]
        assert said[name]["freesound_id"] == items.columns["source"][row]
        assert said[name]["take"] == items.columns["take"][row]


def test_the_parts_of_speech_commands_are_the_lists_and_else_the_rule(make_tree):
    folder = make_tree("speech_commands")
    items = speech_commands.of_folder(folder, FACTS["speech_commands"])
    assert set(items.columns["speaker"][items.parts["validation"]]) == {"00000004"}
    assert set(items.columns["speaker"][items.parts["test"]]) == {"00000005"}
    (folder / "testing_list.txt").unlink()
    items = speech_commands.of_folder(folder, FACTS["speech_commands"])
    for part, rows in items.parts.items():
        assert {speech_commands.hashed_part(s) for s in items.columns["speaker"][rows]} <= {part}


def test_a_list_that_names_what_is_not_there_is_said(make_tree):
    folder = make_tree("speech_commands")
    (folder / "testing_list.txt").write_text("yes/ffffffff_nohash_0.wav\n")
    with pytest.raises(DataError, match=r"names yes/ffffffff_nohash_0\.wav, which is not there"):
        speech_commands.of_folder(folder, FACTS["speech_commands"])


def test_unknown_and_silence_are_a_tenth_each_and_no_noise_is_heard_in_two_parts(make_tree):
    items = speech_commands.of_folder(make_tree("speech_commands"), FACTS["speech_commands 12"])
    heard: dict[str, list[tuple[str, int, int]]] = {}
    for part, rows in items.parts.items():
        words = items.columns["word"][rows]
        commands = int((~np.isin(words, ("unknown", "silence"))).sum())
        assert (words == "unknown").sum() == (words == "silence").sum() == -(-commands // 10)
        for row in rows[words == "silence"]:
            assert items.values.frames[row] == 16000
            heard.setdefault(items.values.names[row], []).append(
                (part, int(items.values.starts[row]), int(items.values.ends[row]))
            )
    for stretches in heard.values():
        for part, start, end in stretches:
            assert all(end <= s or e <= start for p, s, e in stretches if p != part)
    speakers = [set(items.columns["speaker"][rows]) for rows in items.parts.values()]
    assert all(not (a & b) for n, a in enumerate(speakers) for b in speakers[n + 1 :])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"version": 3}, "there are version 1 and 2, not 3"),
        ({"version": 1}, "version 1 has 30 words; write that number or classes: 12"),
        ({"version": 2, "classes": 30}, "version 2 has 35 words"),
    ],
)
def test_a_version_that_there_is_not_is_said(args, said):
    with pytest.raises(ValueError, match=said):
        facts_with("speech_commands", args)


def test_the_archive_is_not_looked_at_again_once_it_is_unpacked(tmp_path, monkeypatch, make_tree):
    folder = make_tree("fsdd")
    monkeypatch.delenv("REPRO_MIRROR", raising=False)
    home = unpacked_folder(fsdd.ARCHIVE)
    home.parent.mkdir(parents=True)
    folder.parent.rename(home)
    with pytest.raises(DataError, match="are not those that were published"):  # read, and not downloaded
        fsdd.read()
