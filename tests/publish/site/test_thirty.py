"""The thirty folders that strangers hand in, hostile ones too: each has a page, and none takes anything along."""

import sys
from pathlib import Path

import pytest

from repro.publish.site.build import build_site

sys.path.insert(0, str(Path(__file__).parents[1] / "grade"))

from thirty import shipped, thirty

SECRET = "the teacher's own secret"


@pytest.mark.slow
def test_thirty_folders_of_strangers(tmp_path):
    names = thirty(tmp_path / "in")
    secret = tmp_path / "secret.yaml"
    secret.write_text(f"paper: {{title: {SECRET}}}\n")
    for name in ("linked", "spec-linked"):
        (tmp_path / "in" / name).mkdir()
    shipped(tmp_path / "in" / "linked")
    (tmp_path / "in" / "linked" / "notes.csv").symlink_to(secret)
    (tmp_path / "in" / "spec-linked" / "paper.yaml").symlink_to(secret)
    built = build_site([tmp_path / "in"], tmp_path / "out", course=tmp_path / "in" / "course.yaml")
    there = [name for name in names if (tmp_path / "in" / name).is_dir()]
    assert len(there) >= 28
    assert {folder.relative_to(tmp_path / "in").parts[0] for folder in built.pages} >= set(there)
    assert len(built.problems) >= 12
    text = "".join(path.read_text() for path in (tmp_path / "out").rglob("*.html"))
    assert SECRET not in text
    assert str(tmp_path) not in text
    assert "root:x:" not in text
    assert not list(tmp_path.rglob("sprung"))
    assert not [name for name in sys.modules if name.startswith("torch.")] or "torch" in sys.modules
    linked = built.problems[tmp_path / "in" / "linked"]
    assert linked == "notes.csv is a link that leads out of the folder; nothing of the folder is shown"
