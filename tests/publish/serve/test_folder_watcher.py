"""Of many folders the one that changed is found at once, and every other one in its turn."""

import time
from pathlib import Path

import pytest

from repro.publish.serve import folder_watcher
from repro.publish.serve.folder_fingerprint import folder_fingerprint
from repro.publish.serve.folder_watcher import FolderWatcher


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    made = []
    for number in range(100):
        folder = tmp_path / f"{number:03}"
        for name in ("runs/full", "runs/live", "results/records"):
            (folder / name).mkdir(parents=True)
        (folder / "paper.yaml").write_text("a: 1\n")
        made.append(folder)
    return made


@pytest.fixture
def cold(folders, monkeypatch) -> FolderWatcher:
    """One that has seen the folders, long enough ago, and looks at none of them whole without a reason."""
    one = FolderWatcher()
    one.prints(folders)
    monkeypatch.setattr(folder_watcher, "WARM_SECONDS", 0.0)
    monkeypatch.setattr(folder_watcher, "BUDGET_SECONDS", -1.0)
    time.sleep(0.02)  # a clock of files that ticks every few milliseconds
    return one


@pytest.mark.parametrize(
    "name", ["runs/full/x.json", "runs/live/x.json", "runs/smoke/x.json", "results/records/x.json", "notes.md"]
)
def test_a_file_that_comes_is_seen_at_once(cold, folders, name):
    before = cold.prints(folders)
    target = folders[7] / name
    target.parent.mkdir(exist_ok=True)
    target.write_text("{}")
    after = cold.prints(folders)
    assert [folder.name for folder in folders if after[folder] != before[folder]] == ["007"]
    assert after[folders[7]] == folder_fingerprint(folders[7])


def test_a_file_changed_in_its_place_is_seen_in_its_turn(cold, folders, monkeypatch):
    before = cold.prints(folders)
    with (folders[50] / "paper.yaml").open("a") as file:
        file.write("b: 2\n")
    assert cold.prints(folders) == before
    monkeypatch.setattr(folder_watcher, "BUDGET_SECONDS", 0.002)
    turns = 1
    while cold.prints(folders) == before:
        turns += 1
        assert turns < 200
    assert turns > 1


def test_a_warm_folder_is_looked_at_whole(folders, monkeypatch):
    monkeypatch.setattr(folder_watcher, "BUDGET_SECONDS", -1.0)
    one = FolderWatcher()
    before = one.prints(folders)
    with (folders[50] / "paper.yaml").open("a") as file:
        file.write("b: 2\n")
    assert one.prints(folders) != before


def test_folders_that_come_and_go(cold, folders):
    assert set(cold.prints(folders[:3])) == set(folders[:3])
    assert set(cold.prints(folders)) == set(folders)
    before = cold.prints(folders)
    folders[0].rename(folders[0].with_name("moved"))
    after = cold.prints(folders)
    assert [folder for folder in folders if after[folder] != before[folder]] == [folders[0]]


def test_a_hundred_folders_in_which_nothing_happens_cost_little(folders):
    one = FolderWatcher()
    one.prints(folders)
    for known in one._known.values():
        known.changed -= folder_watcher.WARM_SECONDS
    since = time.process_time()
    for _ in range(10):
        one.prints(folders)
    assert (time.process_time() - since) / 10 < 0.1
