"""The print of a folder changes with what the site shows, and with nothing else."""

import os
from pathlib import Path

import pytest

from repro.publish.serve import folder_fingerprint as fingerprints
from repro.publish.serve.folder_fingerprint import folder_fingerprint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    for name in ("runs/full", "runs/live", "runs/tracking/run1", "results/records", ".git"):
        (folder / name).mkdir(parents=True)
    (folder / "paper.yaml").write_text("a: 1\n")
    (folder / "runs/full/cnn-seed0-1.json").write_text("{}")
    (folder / "runs/full/cnn-seed1-2.jsonl").write_text("{}\n")
    return folder


def test_the_same_folder_has_the_same_print(folder):
    assert folder_fingerprint(folder) == folder_fingerprint(folder)


@pytest.mark.parametrize(
    ("name", "site", "live"),
    [
        ("runs/full/cnn-seed1-2.json", True, True),
        ("results/records/cnn-seed1-2.json", True, True),
        ("paper.yaml", True, True),
        ("figures/net.png", True, True),
        ("runs/full/cnn-seed1-2.jsonl", False, True),
        ("runs/live/abc.json", False, True),
        ("runs/live/abc.checkpoint", False, False),
        ("runs/live/abc.lock", False, False),
        ("runs/full/.cnn-seed1-2.json.x.tmp", False, False),
        ("runs/full/cnn-seed1-2.log", False, False),
        ("runs/tracking/run1/file", False, False),
        (".git/index", False, False),
    ],
)
def test_what_changes_it(folder, name, site, live):
    before = folder_fingerprint(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    with (folder / name).open("a") as file:
        file.write("x\n")
    after = folder_fingerprint(folder)
    assert (after.of_site != before.of_site, after.of_live != before.of_live) == (site, live)


def test_a_record_that_goes_changes_it(folder):
    before = folder_fingerprint(folder)
    (folder / "runs/full/cnn-seed0-1.json").unlink()
    assert folder_fingerprint(folder).of_site != before.of_site


def test_a_record_written_over_with_one_as_long_changes_it(folder):
    """A rename leaves the size, and on a coarse clock the time."""
    before = folder_fingerprint(folder)
    (folder / "new").write_text("{}")
    (folder / "new").replace(folder / "runs/full/cnn-seed0-1.json")
    assert folder_fingerprint(folder).of_site != before.of_site


def test_a_claim_as_long_as_before_changes_it(folder):
    """How far a run is: the number of digits stays."""
    claim = folder / "runs/live/abc.json"
    claim.write_text("1000")
    facts = claim.stat()
    before = folder_fingerprint(folder)
    (folder / "new").write_text("2000")
    os.utime(folder / "new", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    (folder / "new").replace(claim)
    renamed = folder_fingerprint(folder)
    assert renamed.of_live != before.of_live
    with claim.open("r+") as file:
        file.write("3000")
    os.utime(claim, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert folder_fingerprint(folder).of_live != renamed.of_live
    assert folder_fingerprint(folder).of_site == before.of_site


def test_links_are_not_followed(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "round").symlink_to(folder)
    before = folder_fingerprint(folder)
    (outside / "x").write_text("x")
    assert folder_fingerprint(folder) == before


def test_of_a_folder_too_large_to_be_seen_whole_the_records_are_seen(folder, monkeypatch):
    monkeypatch.setattr(fingerprints, "site_fingerprint", lambda _: "")
    before = folder_fingerprint(folder)
    (folder / "figure.png").write_text("x")
    (folder / "runs/live/abc.json").write_text("x")
    assert folder_fingerprint(folder).of_site == before.of_site
    assert folder_fingerprint(folder).of_live != before.of_live
    (folder / "runs/full/cnn-seed1-2.json").write_text("{}")
    assert folder_fingerprint(folder).of_site != before.of_site


def test_a_folder_that_is_not_there_has_a_print_too(tmp_path):
    missing = folder_fingerprint(tmp_path / "no")
    (tmp_path / "no").mkdir()
    assert folder_fingerprint(tmp_path / "no") != missing
