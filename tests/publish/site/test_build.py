"""Folders to a site: what is on it, what is read again, what is written, and what is left alone."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repro.publish.grade.visible import visible
from repro.publish.site import atomic_publish as put_module
from repro.publish.site.build import build_site
from repro.publish.site.manifest import ASIDE, FILE, LOCK
from repro.publish.site.site_error import SiteError

FIGURES = list((Path(__file__).parents[3] / "papers/mnist1d/results/figures").glob("*.svg"))
TOP = {"index.html", "board.html", "runs.html", "pooled.html", "discussion.html"}


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_each_folder_has_a_page_and_the_rest_is_there(site):
    pages = {"folders/ada.html", "folders/ben.html", "folders/broken.html", "folders/zo-s-50acc6.html"}
    assert set(site.built.pages.values()) == pages
    assert set(site.built.files) == pages | TOP == set(files(site.out)) - {FILE, LOCK}
    assert set(site.built.written) == set(site.built.files)
    assert site.built.pages[site.home / "ada"] == "folders/ada.html"
    assert site.built.titles[site.home / "ada"] == "Scaling down deep learning with MNIST-1D"


def test_a_spec_with_problems_has_a_card_that_says_so(site):
    assert list(site.built.problems) == [site.home / "broken"]
    problem = site.built.problems[site.home / "broken"]
    assert re.match(r"paper\.yaml:\d+:\d+: .*losss", problem)
    assert "losss" in site.text("index.html")
    assert "losss" in site.text("folders/broken.html")


def test_nobody_without_a_folder_is_named(site):
    assert not [name for name, data in files(site.out).items() if b"never-came" in data or b">gone<" in data]


def test_no_page_says_where_the_folders_lie(site):
    assert not [name for name, data in files(site.out).items() if os.fsencode(site.home.parent) in data]


def test_the_page_holds_the_whole_report(site):
    """Every verdict, every record and every figure of the report is on the page."""
    page = site.text("folders/ada.html")
    records = sorted(path.stem for path in (site.home / "ada/results/records").glob("*.json"))
    assert len(records) == 40
    assert all(f"<code>{name}</code>" in page for name in records)
    assert page.count("<figure>") == len(FIGURES) == 4
    assert "93.8" in page
    assert page.count("REPRODUCED") >= 5
    assert 'id="records"' in page


def test_the_log_has_who_and_which_machine_and_says_that_records_have_no_date(site):
    page = site.text("runs.html")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)
    assert len(rows) == 2
    assert "ada-l" in rows[0]
    assert "2026-10-02" in rows[0]
    assert "AMD EPYC, 1 thread, 32-true" in rows[0]
    assert "578cea991d86" in rows[0]
    assert ">40<" in rows[0]
    assert "no date" in page


def test_equal_runs_of_two_people_are_pooled_and_counted_once(site):
    page = site.text("pooled.html")
    assert page.count("<section") >= 8
    assert "counted once" in page
    assert "ada-l" in page


def test_the_discussion_names_the_earlier_question_and_nobody_who_owes(site):
    page = site.text("discussion.html")
    assert "A guest&#x27;s paper" in page
    assert page.index("single random seed") < page.index("Was only one random seed")
    assert re.search(r'href="#q0-1">Question 1</a> is \w', page)
    assert "to <b><bdi>ada-l</bdi></b>" in page
    assert "still" not in page


def test_the_same_folders_give_the_same_bytes(site, tmp_path, build):
    again = build([site.home], tmp_path / "out", course=site.home / "course.yaml")
    before, after = files(site.out), files(tmp_path / "out")
    assert again.read == 4
    assert {n: d for n, d in before.items() if n != FILE} == {n: d for n, d in after.items() if n != FILE}


def test_what_did_not_change_is_not_read_again(small, tmp_path, build):
    out = tmp_path / "out"
    first = build([small], out)
    stood = {name: (out / name).stat().st_mtime_ns for name in first.files}
    again = build([small], out)
    assert (first.read, again.read, again.written, again.is_changed) == (1, 0, (), False)
    assert {name: (out / name).stat().st_mtime_ns for name in again.files} == stood
    shutil.copytree(small / "eve", small / "fay")
    third = build([small], out)
    assert third.read == 1
    assert "folders/fay.html" in third.written


def test_a_change_that_keeps_size_and_time_is_seen(small, tmp_path, build):
    spec = small / "eve" / "proposal.yaml"
    facts = spec.stat()
    build([small], tmp_path / "out")
    spec.write_text(spec.read_text().replace("instrument", "1nstrument"))
    os.utime(spec, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert spec.stat().st_size == facts.st_size
    assert build([small], tmp_path / "out").read == 1


def test_a_page_that_somebody_changed_is_made_again(small, tmp_path, build):
    built = build([small], tmp_path / "out")
    (page,) = built.pages.values()
    before = (tmp_path / "out" / page).read_bytes()
    (tmp_path / "out" / page).write_text("mine")
    again = build([small], tmp_path / "out")
    assert again.written == (page,)
    assert (tmp_path / "out" / page).read_bytes() == before


def test_the_page_of_a_folder_that_is_gone_goes_and_nothing_else(small, tmp_path, build):
    shutil.copytree(small / "eve", small / "fay")
    out = tmp_path / "out"
    build([small], out)
    (out / "notes.txt").write_text("mine")
    (out / "folders" / "mine.html").write_text("mine")
    shutil.rmtree(small / "fay")
    made = build([small], out)
    assert made.removed == ("folders/fay.html",)
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "folders" / "mine.html").read_text() == "mine"


@pytest.mark.parametrize("name", ["index.html", "picture.png", ".hidden"])
def test_a_folder_of_somebody_else_is_left_alone(name, small, tmp_path, build):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    with pytest.raises(SiteError, match="holds files that are not of a site; say -o"):
        build([small], tmp_path / "out")
    assert files(tmp_path / "out") == {name: b"mine"}


def test_a_file_in_the_way_is_left_alone(small, tmp_path, build):
    out = tmp_path / "out"
    build([small], out)
    shutil.copytree(small / "eve", small / "fay")
    (out / "folders" / "fay.html").write_text("mine")
    before = files(out)
    with pytest.raises(SiteError, match=r"fay\.html: already exists"):
        build([small], out)
    assert files(out) == before


def test_a_manifest_leads_nowhere_else(small, tmp_path, build):
    """A manifest that names files outside of the site takes none of them away."""
    out = tmp_path / "out"
    build([small], out)
    (tmp_path / "mine.txt").write_text("mine")
    manifest = json.loads((out / FILE).read_text())
    manifest["files"] |= {"../mine.txt": "0" * 64, str(tmp_path / "mine.txt"): "0" * 64}
    (out / FILE).write_text(json.dumps(manifest))
    build([small], out)
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', "[" * 5000])
def test_a_damaged_manifest_is_said(text, small, tmp_path, build):
    build([small], tmp_path / "out")
    (tmp_path / "out" / FILE).write_text(text)
    with pytest.raises(SiteError, match="is damaged; remove the folder"):
        build([small], tmp_path / "out")


def test_the_manifest_of_another_version_is_replaced(small, tmp_path, build):
    build([small], tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / FILE).read_text())
    (tmp_path / "out" / FILE).write_text(json.dumps({"files": manifest["files"], "format": 99, "other": 1}))
    assert build([small], tmp_path / "out").read == 1


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_full_disk_leaves_the_old_site_whole(after, small, tmp_path, monkeypatch, build):
    out = tmp_path / "out"
    build([small], out)
    before = files(out)
    spec = small / "eve" / "proposal.yaml"
    spec.write_text(spec.read_text().replace("instrument", "trumpet"))
    left = [after]
    real = put_module.write_atomically

    def full(path: Path, data: bytes, *, within: Path) -> None:
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        left[0] -= 1
        real(path, data, within=within)

    monkeypatch.setattr(put_module, "write_atomically", full)
    with pytest.raises(OSError, match="No space left"):
        build([small], out)
    assert files(out) == before
    assert not (out / ASIDE).exists()


def test_a_build_that_was_killed_is_taken_up(small, tmp_path, build):
    (tmp_path / "out" / ASIDE / "folders").mkdir(parents=True)
    (tmp_path / "out" / ASIDE / "index.html").write_text("half")
    build([small], tmp_path / "out")
    assert not (tmp_path / "out" / ASIDE).exists()


def test_a_folder_in_which_another_process_builds_is_left_alone(small, tmp_path, build):
    out = tmp_path / "out"
    build([small], out)
    before = files(out)
    (small / "eve" / "proposal.yaml").write_text("question: other\n")
    lock = f"import filelock, sys; lock = filelock.FileLock({str(out / LOCK)!r}); lock.acquire()"
    code = f"{lock}; print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline()
        with pytest.raises(SiteError, match="is being built by another process"):
            build([small], out)
        assert files(out) == before
        other.kill()
    assert build([small], out).is_changed  # who died holds nothing


def test_nothing_is_written_into_a_study(small, build):
    before = files(small)
    with pytest.raises(SiteError, match="into which nothing is written"):
        build([small], small / "eve" / "site")
    build([small], small / "site")  # beside the folders is no folder of theirs
    assert {name: data for name, data in files(small).items() if not name.startswith("site")} == before


@pytest.mark.slow  # half a minute in which nothing happens
def test_a_folder_that_takes_too_long_has_a_card_and_the_others_their_pages(small, tmp_path, monkeypatch):
    shutil.copytree(small / "eve", small / "fay")
    worker = tmp_path / "sleepy.py"
    worker.write_text(
        "import time, repro.publish.site.summary_worker as one\nreal = one.read_summary\n"
        "def read(folder, *rest):\n    time.sleep(999 if folder.name == 'eve' else 0)\n    return real(folder, *rest)\n"
        "one.read_summary = read\none.main()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    from repro.publish.sandbox.pool import WorkerPool

    with WorkerPool("sleepy", 30.0, 1) as pool:
        built = build_site([small], tmp_path / "out", pool=pool)
    assert built.problems == {small / "eve": "not read: it took longer than 30 seconds"}
    assert "took longer than 30 seconds" in (tmp_path / "out/folders/eve.html").read_text()
    assert "report" in (tmp_path / "out/folders/fay.html").read_text()


def test_names_that_nobody_can_read_are_made_visible(tmp_path, build):
    names = ["a\nb", "x'\"><script>alert(1)</script>", "\u202egnp", "é" * 60, "CON", "con", "n\udcffo"]
    for name in names:
        (tmp_path / "in" / os.fsdecode(os.fsencode(name))).mkdir(parents=True)
        (tmp_path / "in" / name / "paper.yaml").write_text("paper: {title: }\n")
    built = build([tmp_path / "in"], tmp_path / "out")
    assert len(set(built.pages.values())) == len(names) == len(built.problems)
    assert all(re.fullmatch(r"folders/[a-z0-9_-]+\.html", page) for page in built.pages.values())
    index = (tmp_path / "out/index.html").read_bytes().decode("utf-8")
    assert visible("a\nb") in index
    assert "<script>alert" not in index
    assert "\u202e" not in index


def test_an_empty_folder_gives_a_site_that_says_so(tmp_path, build):
    (tmp_path / "in").mkdir()
    built = build([tmp_path / "in"], tmp_path / "out")
    assert "no paper.yaml or proposal.yaml" in "".join(built.problems.values()) or not built.pages
