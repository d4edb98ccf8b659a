"""`dataset: {folder: ...}` in a spec: what a check sees of it without opening a recording."""

from pathlib import Path

import pytest

from repro.spec.experiment import Dataset
from repro.spec.load import load_spec
from repro.spec.own_folder import folder_facts, folder_name
from repro.spec.problem import SpecError

SPEC = """\
paper: {{title: My takes, authors: [A. Student]}}
question: Does it work?
dataset: {dataset}
labels: {labels}
splits: {splits}
architecture: {{line: [Flatten, Linear: {{out_features: classes}}]}}
optimizer: {{Adam: {{lr: 1e-2}}}}
loss: CrossEntropyLoss
metric: Accuracy
training: {{batch_size: 10, steps: 10}}
seeds: [0]
baseline: line
experiments: {{line: {{model: line}}}}
"""
MANIFEST = "path,genre,bpm,player,take\n" + "".join(
    f"{n}.wav,{'rock' if n % 2 else 'jazz'},{60 + n / 2},{'' if n == 7 else 'ann'},{n % 3}\n" for n in range(20)
)


@pytest.fixture
def load(tmp_path):
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "items.csv").write_text(MANIFEST)

    def loaded(dataset="{folder: recordings, manifest: items.csv}", labels="genre", splits="{train: 0.7, test: 0.3}"):
        (tmp_path / "paper.yaml").write_text(SPEC.format(dataset=dataset, labels=labels, splits=splits))
        return load_spec(tmp_path / "paper.yaml")

    loaded.folder = tmp_path
    return loaded


def said(load, **words) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load(**words)
    return [str(p).replace(f"{load.folder}/", "") for p in caught.value.problems]


def test_a_folder_with_a_manifest_checks_clean(load):
    experiment = load("{folder: recordings/, manifest: items.csv, licence: mine, why: w, items: 20}").experiments[
        "line"
    ]
    assert experiment.dataset == Dataset(
        name="recordings/", args={"manifest": "items.csv"}, licence="mine", why="w", items=20
    )
    assert experiment.labels["genre"].column == "genre"
    assert experiment.labels["genre"].classes is None


def test_a_study_is_the_same_whether_the_data_are_here_or_not(load):
    here = load()
    (load.folder / "recordings" / "items.csv").unlink()
    (load.folder / "recordings").rmdir()
    assert load() == here


def test_what_is_known_without_opening_a_file(load):
    text = "path,genre,speaker,split,fold,start,end\na.wav,rock,ann,train,1,0,1\nb.wav,jazz,bob,test,4,,\n"
    (load.folder / "recordings" / "items.csv").write_text(text)
    facts = folder_facts(load.folder, Dataset(name="recordings/", args={"manifest": "items.csv"}))
    assert facts.items == 2
    assert facts.parts == {"train": 1, "test": 1}
    assert facts.folds == 4
    assert facts.groups == ("speaker", "source")
    assert facts.labels["genre"].classes == ("jazz", "rock")
    assert set(facts.labels) == {"genre", "speaker"}
    assert said(load, splits="{train: 0.7, test: 0.3}") == [
        "paper.yaml:5:9: splits.from: recordings/ has official parts; write from: official, or from: all to mix them"
    ]


def test_labels_are_held_against_the_manifest(load):
    assert said(load, labels="{genre: {column: genr}}") == [
        "paper.yaml:4:26: labels.genre: unknown label of recordings/ 'genr'; did you mean 'genre'?"
    ]
    assert said(load, labels="{genre: {classes: [rock, pop]}}") == [
        "paper.yaml:4:34: labels.genre.classes: unknown class 'pop'"
    ]
    assert said(load, labels="player") == [
        "paper.yaml:4:9: labels.player: not supported yet: items without a label; column 'player' has 1 empty cell, "
        "the first at recordings/items.csv:9"
    ]
    assert said(load, labels="{tempo: {column: bpm}}") == [
        "paper.yaml:4:26: labels.tempo.kind: column 'bpm' holds 20 different numbers; "
        "write kind: number, or kind: class"
    ]
    assert load(labels="take").experiments["line"].labels["take"].kind == "class"


def test_a_column_of_numbers_that_holds_something_else_is_named_with_its_line(load):
    path = load.folder / "recordings" / "items.csv"
    path.write_text(MANIFEST.replace(",64.5,", ",fast,"))
    assert said(load, labels="{tempo: {column: bpm, kind: number}}")[0] == (
        "paper.yaml:4:37: labels.tempo.kind: column 'bpm' holds 'fast' (recordings/items.csv:11), which is no number"
    )


def test_a_wrong_manifest_is_said_at_its_own_lines(load):
    (load.folder / "recordings" / "items.csv").write_text("path,genre\na.wav,rock\n../b.wav,jazz\nc.wav\n")
    assert said(load) == [
        "recordings/items.csv:3:1: path: '../b.wav' leaves the data folder; write a path in it",
        "recordings/items.csv:4:1: has 1 cells for 2 columns; a cell with a comma needs quotes",
    ]
    assert said(load, dataset="{folder: recordings, manifest: item.csv}") == [
        "paper.yaml:3:41: dataset.manifest: there is no item.csv in recordings, nor beside the spec; there is "
        "items.csv, spelt otherwise"
    ]


def test_sub_folders_are_the_classes(load):
    for name in ("rock/a.wav", "jazz/b.mp3", "jazz/deep/c.flac", "rock/notes.txt"):
        (load.folder / "recordings" / name).parent.mkdir(parents=True, exist_ok=True)
        (load.folder / "recordings" / name).write_bytes(b"")
    experiment = load(dataset="{folder: recordings}", labels="none").experiments["line"]
    assert experiment.labels["class"].column == "class"
    facts = folder_facts(load.folder, experiment.dataset)
    assert facts.items == 3
    assert facts.labels["class"].classes == ("jazz", "rock")
    assert said(load, dataset="{folder: recordings}", labels="genre") == [
        "paper.yaml:4:9: labels.genre: unknown label of recordings/ 'genre'; it has 'class'"
    ]


def test_a_folder_without_classes_is_said(load):
    assert said(load, dataset="{folder: recordings}", labels="class")[0] == (
        "paper.yaml:3:19: dataset.folder: recordings has no sub-folder with recordings, one for each class; or name a "
        "manifest: items.csv"
    )


@pytest.mark.parametrize("text", ["/data/x", "../x", "a/../../x", "~/x", "C:\\x", "..\\x"])
def test_a_folder_elsewhere_is_refused(text):
    with pytest.raises(ValueError, match="is not in the spec's folder; put the data there, or a link to them"):
        folder_name(text)


def test_own_data_are_read_without_any_heavy_library(load):
    import subprocess
    import sys

    load()
    code = (
        f"import sys; from pathlib import Path; from repro.spec.load import load_spec; "
        f"load_spec(Path({str(load.folder / 'paper.yaml')!r})); "
        "assert not {'torch', 'numpy', 'soundfile', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_what_is_excluded_is_not_counted_and_has_to_be_there(load):
    name = MANIFEST.splitlines()[1].split(",")[0]
    load(f"{{folder: recordings, manifest: items.csv, exclude: [{name}]}}")
    args = {"manifest": "items.csv"}
    facts = [
        folder_facts(load.folder, Dataset(name="recordings/", args=args | extra)) for extra in ({}, {"exclude": [name]})
    ]
    assert facts[1].items == facts[0].items - 1
    assert said(load, dataset="{folder: recordings, manifest: items.csv, exclude: [nowhere.wav]}")[0].startswith(
        "paper.yaml:3:62: dataset.exclude: unknown file 'nowhere.wav'"
    )
