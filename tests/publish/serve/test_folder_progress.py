"""How far a folder is, read from what lies in it, and what its live page says of that."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from repro.publish.serve.curves_svg import curves_svg, ticks
from repro.publish.serve.folder_progress import CurvePanel, CurveShown, FolderProgress, GridRow, RungShown, RunShown
from repro.publish.serve.live_page import live_main, news
from repro.publish.serve.read_curves import MOST_POINTS
from repro.publish.serve.read_progress import read_progress
from repro.runs.lease import LiveFiles
from repro.runs.ledger import Ledger
from tests.publish.serve import running


@pytest.fixture(scope="module")
def middle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return running.in_the_middle(tmp_path_factory.mktemp("grid") / "study")


@pytest.fixture(scope="module")
def progress(middle: Path) -> FolderProgress:
    return read_progress(middle, "a/study")


def state_of(progress: FolderProgress, name: str) -> list[str]:
    row = next(row for row in progress.rungs[0].grid if row.name == name)
    return [cell.state for cell in row.cells if cell is not None]


def test_each_run_has_its_state(progress):
    assert (progress.shown, progress.problem, len(progress.rungs)) == ("a/study", "", 1)
    rung = progress.rungs[0]
    assert (rung.rung, rung.columns, len(rung.runs)) == ("full", ("0", "1", "2", "3", "4"), 40)
    assert state_of(progress, "logistic") == ["done"] * 5
    assert state_of(progress, "cnn") == ["done", "failed", "running", "stopped", "missing"]
    assert [rung.count(one) for one in ("done", "failed", "running", "stopped", "missing")] == [6, 1, 1, 1, 31]
    held = next(run for run in rung.runs if run.state == "running")
    assert held.share == 0.5
    assert held.said.startswith(f"at step 3,000 of 6,000, by process {os.getpid()} on ")
    assert progress.is_running


def test_curves_are_of_records_and_journals_on_open_views(progress):
    panels = {panel.title: panel for panel in progress.rungs[0].panels}
    cnn = panels["CNN"]
    assert cnn.metric == "running/Accuracy"
    grows = next(curve for curve in cnn.curves if curve.grows)
    assert grows.title == "cnn seed 2"
    assert grows.points[-1] == (3000, 40.0)
    assert len(grows.points) == 12
    assert all(panel.metric.partition("/")[0] != "test" for panel in panels.values())


def test_the_table_is_of_the_runs_that_are_done(progress):
    rows = {row.title: row for row in progress.rungs[0].tables[0].rows}
    assert (rows["logistic"].runs, rows["logistic"].verdict) == ("5 of 5", "REPRODUCED")
    assert rows["CNN"].runs == "1 of 5"
    assert (rows["GRU"].ours, rows["GRU"].sentence) == ("–", "")


def test_long_journals_are_thinned_and_keep_their_end(tmp_path):
    folder = running.study(tmp_path / "study")
    running.training(folder, "cnn", 0, step=250 * 1000, steps=10**6)
    points = read_progress(folder, "x").rungs[0].panels[0].curves[0].points
    assert len(points) <= MOST_POINTS + 1
    assert points[-1][0] == 250_000


def test_a_folder_of_which_nothing_was_begun_shows_its_plan(tmp_path):
    found = read_progress(running.study(tmp_path / "study"), "x")
    assert [len(rung.runs) for rung in found.rungs] == [40]
    assert found.rungs[0].count("missing") == 40
    assert not found.is_running


def test_the_rung_that_trains_comes_first(tmp_path):
    folder = running.study(tmp_path / "study")
    running.done(folder, "logistic", 0)
    (folder / "runs/smoke").mkdir()
    found = read_progress(folder, "x")
    assert [rung.rung for rung in found.rungs] == ["full", "smoke"]
    smoke = next(run for run in running.load(folder, rung="smoke").plan.runs)
    held = LiveFiles.of(folder, running.training(folder, "cnn", 2)).claim
    held.rename(LiveFiles.of(folder, smoke).claim)
    found = read_progress(folder, "x")
    assert [rung.rung for rung in found.rungs] == ["smoke", "full"]


def test_runs_of_another_spec_are_said(tmp_path):
    folder = running.study(tmp_path / "study")
    held = LiveFiles.of(folder, running.training(folder, "cnn", 2)).claim
    held.rename(held.with_name(f"{'0' * 32}.json"))
    assert read_progress(folder, "x").notes == (
        "1 run more in training: of other seeds, or with fields changed on the command line",
    )


def test_half_a_record_half_a_claim_and_half_a_line_break_nothing(tmp_path):
    folder = running.in_the_middle(tmp_path / "study")
    record = Ledger(folder, "runs").path(running.run_of(folder, "cnn", 0), "full")
    record.write_bytes(record.read_bytes()[:1000])
    journal = Ledger(folder, "runs").journal_path(running.run_of(folder, "cnn", 2), "full")
    journal.write_bytes(journal.read_bytes()[:-20])
    found = read_progress(folder, "x").rungs[0]
    assert found.count("done") == 5
    assert any(record.name in note and "not counted" in note for note in found.notes)
    assert [len(c.points) for panel in found.panels for c in panel.curves if c.grows] == [11]
    LiveFiles.of(folder, running.run_of(folder, "cnn", 2)).claim.write_text('{"pid": 1')
    assert read_progress(folder, "x").rungs[0].count("running") == 0


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / "paper.yaml").unlink(), "no paper.yaml or proposal.yaml"),
        (lambda f: (f / "paper.yaml").write_text("paper: {"), "in the spec; the first: paper.yaml:1:"),
        (lambda f: (f / "paper.yaml").write_text("a" * 2_000_000), "no paper.yaml or proposal.yaml that can be read"),
        (lambda f: (f / "runs").rename(f / "r") and (f / "runs").symlink_to("/usr"), "runs leads out of the folder"),
        (lambda f: (f / "runs/full/x.jsonl").symlink_to("/etc/hostname"), "runs/full/x.jsonl leads out of the folder"),
        (lambda f: (f / "more").symlink_to("/usr"), "more is a link that leads out"),
    ],
)
def test_a_hostile_folder_has_a_problem_and_no_traceback(tmp_path, spoil, says):
    folder = running.in_the_middle(tmp_path / "study")
    spoil(folder)
    found = read_progress(folder, "x")
    assert says in found.problem
    assert not found.rungs
    assert "Nothing can be shown" in live_main(found)


def test_a_link_is_no_folder(tmp_path):
    running.study(tmp_path / "study")
    (tmp_path / "link").symlink_to(tmp_path / "study")
    assert read_progress(tmp_path / "link", "x").problem == "is a link; it was not followed"
    assert read_progress(tmp_path / "no", "x").problem == "no such folder"


class Tags(HTMLParser):
    """The open elements at the end, and every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("br", "rect", "path", "circle") or not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def parsed(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    return tags


def test_the_page_says_it_all(progress):
    tags = parsed(live_main(progress))
    for words in (
        "Rung full: 6 of 40 runs done", "6 done", "1 in training", "1 stopped", "1 failed", "31 not yet",
        "diverged: <loss> is not finite", "at step 3,000 of 6,000", "REPRODUCED", "Accuracy, percent", "5 of 5",
    ):  # fmt: skip
        assert words in tags.words, words
    bars = [attributes for tag, attributes in tags.seen if tag == "progress"]
    assert [(bar["value"], bar["aria-label"]) for bar in bars] == [("0.5000", "cnn seed 2")]
    pictures = [attributes["aria-label"] for tag, attributes in tags.seen if tag == "svg" and "role" in attributes]
    assert any("cnn seed 2 40 at step 3,000 so far" in label for label in pictures)
    assert news(progress) == "full: 6 done, 1 failed, 1 in training, 1 stopped, 31 not yet"


HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'&amp;javascript:alert(3)"


def test_nothing_of_a_stranger_is_markup():
    run = RunShown(HOSTILE, "failed", None, HOSTILE)
    curve = CurveShown(HOSTILE, True, ((1, 0.0), (2, 1.0)))
    rung = RungShown(
        HOSTILE, (HOSTILE,), (GridRow(HOSTILE, HOSTILE, (run,)),), (CurvePanel(HOSTILE, HOSTILE, HOSTILE, (curve,)),),
        (), HOSTILE, (HOSTILE,),
    )  # fmt: skip
    for shown in (
        FolderProgress(HOSTILE, HOSTILE, HOSTILE, (rung,), (HOSTILE,)),
        FolderProgress(HOSTILE, problem=HOSTILE),
    ):
        tags = parsed(live_main(shown))
        assert not {"img", "script", "a"} & {tag for tag, _ in tags.seen}
        assert not [
            name for _, attributes in tags.seen for name in attributes if name.startswith("on") or name == "style"
        ]
        assert HOSTILE in tags.words


@pytest.mark.parametrize(
    "points", [((0, 0.0),), ((5, 1.0), (9, 1.0)), ((1, -1e300), (2, 1e300)), ((0, 1e-12), (1, 2e-12))]
)
def test_any_curve_can_be_drawn(points):
    drawn = curves_svg(CurvePanel("t", "m", "", (CurveShown("c", False, points),)))
    parsed(drawn)
    assert not re.search(r"nan|inf", drawn.replace("aria-label", ""))


def test_ticks_lie_inside_and_are_few():
    for low, high in ((0, 1), (61.3, 68.9), (-3, 4e6), (1e-9, 2e-9), (99.99, 100.01)):
        found = ticks(low, high)
        assert 2 <= len(found) <= 5
        assert low <= found[0]
        assert found[-1] <= high * (1 + 1e-9)


def test_the_worker_answers_without_torch_and_makes_texts_harmless(tmp_path):
    folder = running.in_the_middle(tmp_path / "study")
    job = json.dumps({"folder": str(folder), "shown": "x\x1b[2J\udcff"})
    code = (
        "import sys\nfrom repro.publish.serve.progress_worker import main\nmain()\n"
        "heavy = {'torch', 'lightning', 'pandas', 'matplotlib', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], input=job + "\n", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ready, line = done.stdout.splitlines()
    found = json.loads(line)
    assert ready == "ready"
    assert found["shown"] == "x\\x1b[2J\\xff"
    assert found["title"] == "Scaling down deep learning with MNIST-1D"
