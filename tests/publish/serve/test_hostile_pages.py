"""Strangers' texts on live pages: with hostile ones the page is built, element by element, as with harmless ones."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repro.publish.sandbox import child
from repro.publish.serve.live_frame import live_frame
from repro.publish.serve.live_page import live_main
from repro.publish.serve.live_pages import LivePages, WatchedFolder
from repro.publish.serve.read_progress import read_progress
from tests.publish.serve import running
from tests.publish.test_hostile import EACH, PAYLOADS, Outline, spoiled


@pytest.fixture(scope="module")
def middle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return running.in_the_middle(tmp_path_factory.mktemp("grid") / "study")


def page_of(folder: Path, shown: str = "study") -> str:
    found = read_progress(folder, shown)
    assert found.problem == ""
    return live_frame(found.title, live_main(found), page="folders/study.html", site="The class")


def test_the_page_is_built_as_with_harmless_texts(middle, tmp_path):
    harmless = shutil.copytree(middle, tmp_path / "harmless")
    spoiled(harmless, "")
    expected = Outline(page_of(harmless)).outline
    for number in range(0, len(PAYLOADS), EACH):
        folder = shutil.copytree(middle, tmp_path / str(number))
        spoiled(folder, " ".join(PAYLOADS[number : number + EACH]).replace("\n", " "))
        made = Outline(page_of(folder))
        assert made.outline == expected, number
        assert not [link for link in made.links if "evil" in link or "javascript" in link]


NAMES = [
    "quote\"'<b>", "a&amp;b", "..%2f..", "turned\u202egnp", "line\nbreak", "tab\tbell\x07", "ünï 字 🎵", "--port",
    " space ", "$(id)`id`", "a\\b", "con", "x" * 200,
]  # fmt: skip


@pytest.fixture(scope="module")
def pages():
    made = LivePages("The class")
    yield made
    made.end()


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_any_name_has_its_page(name, middle, pages, tmp_path):
    folder = shutil.copytree(middle, tmp_path / name)
    number = NAMES.index(name)
    watched = {WatchedFolder(folder, name, f"folders/{number}.html"): "f" * 64}
    page = pages.pages(watched)[f"live/{number}.html"].make()
    assert Outline(page).outline == Outline(page_of(middle)).outline
    assert "\u202e" not in page
    assert "\x07" not in page


def test_a_name_that_is_no_text_at_all_has_its_page(middle, tmp_path):
    folder = tmp_path / "not-utf8-\udcff"
    shutil.copytree(middle, folder)
    job = json.dumps({"folder": str(folder), "shown": folder.name})
    done = subprocess.run(
        [sys.executable, "-P", "-m", "repro.publish.serve.progress_worker"],
        input=job + "\n",
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout.splitlines()[1])["shown"] == "not-utf8-\\xff"


def test_own_code_is_not_imported(tmp_path):
    """Neither the file that the spec names nor one that a module of ours could be mistaken for."""
    folder = running.study(tmp_path / "study")
    for name in ("model.py", "json.py", "repro.py", "sitecustomize.py", "conftest.py"):
        (folder / name).write_text(
            f"from pathlib import Path\nPath({str(tmp_path / 'ran')!r}).touch()\nclass Net: pass\n"
        )
    spec = folder / "paper.yaml"
    spec.write_text(re.sub(r"(?m)^loss: .*$", "loss: model.py:Net", spec.read_text()))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "repro.publish.serve.progress_worker"],
        input=json.dumps({"folder": str(folder), "shown": "x"}) + "\n",
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert json.loads(done.stdout.splitlines()[1])["problem"] == ""
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_takes_for_ever_is_a_page_that_says_so(tmp_path, monkeypatch):
    """Other pages are made meanwhile, and it is not read again until it changes."""
    (tmp_path / "stub.py").write_text(
        "import json, sys, time\nprint('ready', flush=True)\n"
        "for line in sys.stdin:\n    job = json.loads(line)\n"
        f"    open({str(tmp_path / 'read')!r}, 'a').write(job['shown'])\n"
        "    if job['shown'] == 'b': time.sleep(3600)\n"
        "    print(json.dumps({'shown': job['shown']}), flush=True)\n"
    )
    start = child.subprocess.Popen
    monkeypatch.setattr(
        child.subprocess, "Popen", lambda command, **how: start([command[0], str(tmp_path / "stub.py")], **how)
    )
    pages = LivePages("The class")
    for one in pages._all:
        one.seconds = 10.0
    watched = {WatchedFolder(tmp_path / name, name, f"folders/{name}.html"): "f" * 64 for name in "ab"}
    made = pages.pages(watched)
    assert "not read: it took longer than 10 seconds" in made["live/b.html"].make()
    assert "not read" not in made["live/a.html"].make()
    assert "not read" in pages.pages(watched)["live/b.html"].make()
    assert (tmp_path / "read").read_text().count("b") == 1
    pages.end()
