"""Numbers of one folder that nobody can work with: its own card says so, and the others are shown as ever."""

import json
import shutil

from repro.runs.record import Record


def with_accuracy(folder, value):
    """All records of the net with another test accuracy, each with the hash that goes with it."""
    for path in sorted((folder / "results" / "records").glob("cnn-seed*.json")):
        fields = json.loads(path.read_text())
        fields["metrics"]["digit"]["test"]["values"]["Accuracy"] = value
        path.write_text(Record.from_json(json.dumps(fields)).sealed_with_hash().to_json())
    (folder / "results" / "table.json").unlink()


def test_one_folder_does_not_end_the_class(own, tmp_path, build):
    people = {"ann": None, "ben": 1e308, "cay": 9e59, "dan": float("nan"), "eve": float("inf"), "fay": -9e59}
    folders = []
    for name, value in people.items():
        folder = tmp_path / "class" / name
        shutil.copytree(own, folder, ignore=shutil.ignore_patterns("*.npz", "figures"))
        if value is not None:
            with_accuracy(folder, value)
        folders.append(folder)
    built = build(folders, tmp_path / "out")
    assert set(built.problems) <= {tmp_path / "class" / name for name in people if name != "ann"}
    page = next(text for path in (tmp_path / "out").rglob("*ben*.html") if "1e+308" in (text := path.read_text()))
    assert "larger than any number" in page
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert all(name in index for name in people)
