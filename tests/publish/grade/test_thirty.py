"""``repro grade`` over thirty folders of strangers: a row for each, whatever is in them, and nothing is written."""

import csv
import json
import os
import re
import stat
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from thirty import thirty

SIGNS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("handed") / "in"
    assert len(thirty(home)) >= 31
    return home


@pytest.fixture(scope="module")
def graded(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    where = tmp_path_factory.mktemp("grades")
    before = everything(handed_in)
    done = subprocess.run(
        [sys.executable, "-m", "repro", "grade", str(handed_in), "-o", str(where),
         "--course", str(handed_in / "course.yaml")],
        cwd=where, capture_output=True, text=True, env={**os.environ, "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert everything(handed_in) == before
    return where, done


@pytest.fixture(scope="module")
def table(graded: tuple[Path, object]) -> dict[str, dict[str, str]]:
    with (graded[0] / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["folder"]: row for row in rows}


def everything(home: Path) -> dict[str, tuple[int, int, int]]:
    """Every entry below a folder with its kind, size and time of change, links not followed."""
    found = {}
    for folder, folders, files in os.walk(home):
        for name in (*folders, *files):
            facts = os.lstat(os.path.join(folder, name))  # noqa: PTH118 - names that are no UTF-8
            kind = stat.S_IFMT(facts.st_mode)
            found[f"{folder}/{name}"] = (kind, facts.st_size, facts.st_mtime_ns)
    return found


def test_each_folder_has_a_row(handed_in: Path, table: dict[str, dict[str, str]]) -> None:
    names = {path.name for path in handed_in.iterdir() if path.is_dir()} | {"never-came"}
    shown = {
        "--help": "'--help",
        "=1+1": "'=1+1",
        "line\nfeed": "line\\nfeed",
        "\x1b[2J\u202egpj": "\\x1b[2J\\u202egpj",
    }
    assert set(table) == {shown.get(name, name) for name in names}


def test_it_ends_with_1_and_no_traceback(graded: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    where, done = graded
    assert done.returncode == 1
    assert done.stderr == ""
    assert "33 folders: 18 fine, 6 with problems in the spec, 9 ungraded" in done.stdout
    assert sorted(path.name for path in where.iterdir()) == ["grades.csv", "grades.html"]


def test_no_code_of_theirs_is_run(handed_in: Path, table: dict[str, dict[str, str]]) -> None:
    assert not list(handed_in.rglob("sprung"))
    assert table["trap"]["look at by hand"] == "own code: model.py; not run here, read it"
    assert table["other-python"]["look at by hand"].startswith("Python that the spec does not name: conftest.py, ")


def test_a_complete_one(table: dict[str, dict[str, str]]) -> None:
    row = table["complete"]
    assert row["who"] == "ada"
    assert [row[f"8a.{part}"] for part in (1, 2, 3, 4)] == ["complete"] * 4
    assert [row["8a.3 answered"], row["8a.3 thin"], row["8a.3 empty"]] == ["4", "0", "0"]
    assert row["slides"] == "11"
    assert row["checked by re-running"] == "2 of 40"  # of those judged, that of another record does not count
    assert row["leakage gate"] == "fine"
    assert row["verdicts"] == "5 REPRODUCED, 1 UNDECIDABLE, 7 INCONCLUSIVE"
    assert [row[f"runs {word}"] for word in ("planned", "present", "intact", "missing")] == ["40", "40", "40", "0"]
    assert row["8a.1 minutes late"] == "0"  # on the minute
    assert row["8a.2 minutes late"] == "2161"  # from 23:59 to noon, two days on
    assert row["8a.3 minutes late"] == "ungraded"  # nobody said when it came
    assert row["not judged"] == ""


@pytest.mark.parametrize(
    ("name", "problems", "first"),
    [
        ("broken-name", "1", r"paper.yaml:\d+:\d+: optimizer.Adm: unknown optimizer 'Adm'; did you mean 'Adam'\?"),
        ("broken-text", "1", "paper.yaml:1:1: the file is UTF-16"),
        ("broken-both", "1", "holds both paper.yaml and proposal.yaml"),
        ("bomb", "81", r"paper.yaml:1:4: a: anchors \(&a\) are not allowed"),
        ("brackets", "1", "paper.yaml:1:39: paper: nested deeper than 32 levels"),
        ("empty", "ungraded", "no paper.yaml or proposal.yaml in this folder"),
        ("huge-spec", "ungraded", "paper.yaml is larger than 512 KB"),
        ("pipe", "ungraded", "paper.yaml is a pipe or a device"),
        ("device", "ungraded", "paper.yaml is a link that leads out of the folder"),
        ("linked-spec", "ungraded", "paper.yaml is a link that leads out of the folder"),
        ("linked-records", "ungraded", "results is a link that leads out of the folder"),
        ("out", "ungraded", "recordings is a link that leads out of the folder"),
        ("deep", "ungraded", "folders stand in one another more than 40 deep"),
        ("never-came", "ungraded", "never-came: no such folder"),
    ],
)
def test_a_broken_one_says_why_and_is_never_given_zeros(
    name: str, problems: str, first: str, table: dict[str, dict[str, str]]
) -> None:
    row = table[name]
    assert row["problems"] == problems
    assert re.match(first, row["first problem"])
    judged = [key for key in row if key.startswith("runs ") or key in ("papers read", "leakage gate", "verdicts")]
    assert {row[key] for key in judged} == {"ungraded"}
    assert row["checked by re-running"] == "ungraded"
    assert {row["8a.1"], row["8a.1 answered"], row["8a.1 empty"]} <= {"ungraded", ""}
    assert row["not judged"]


def test_where_records_cannot_be_judged_no_question_about_results_is(table: dict[str, dict[str, str]]) -> None:
    row = table["linked-record"]
    assert row["spec"] == "fine"
    assert [row[f"8a.{part}"] for part in (1, 2, 3, 4)] == ["complete", "complete", "ungraded", "complete"]
    assert {row[key] for key in row if key.startswith("runs ")} == {"ungraded"}
    assert row["not judged"].startswith("records: results/records/cnn-seed0-a7e838892f55.json leads out of the folder")


def test_damage_is_counted_and_named(table: dict[str, dict[str, str]]) -> None:
    row = table["damaged"]
    assert [row[f"runs {word}"] for word in ("present", "intact", "missing", "damaged")] == ["40", "38", "2", "2"]
    assert "cnn-seed0-a7e838892f55.json: damaged: its sha256 is not that of its content" in row["look at by hand"]
    row = table["huge-record"]
    assert [row[f"runs {word}"] for word in ("present", "intact", "damaged")] == ["43", "40", "3"]
    assert "zz-seed0-0.json: damaged: is larger than 64 MB" in row["look at by hand"]
    assert "zz-seed1-0.json: damaged: is a pipe, " in row["look at by hand"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("margins", "margin changed after seeing results"),
        ("waived", "waives the leakage gate: no time, sorry"),
        ("waived", "and 38 more records like these"),
        ("pipe-table", "a pipe, a socket or a device: results/table.json"),
        ("loop", "a link that leads nowhere or round in a circle: home, round"),
        ("out", "leads out of the folder: recordings"),
        ("huge-file", "huge: all.wav (200 MB)"),
        ("complete", "results/verified.json lies in the folder itself"),
    ],
)
def test_what_to_look_at(name: str, said: str, table: dict[str, dict[str, str]]) -> None:
    assert said in table[name]["look at by hand"]


def test_records_of_another_spec_are_stale_and_their_runs_missing(table: dict[str, dict[str, str]]) -> None:
    row = table["waived"]
    assert [row[f"runs {word}"] for word in ("present", "intact", "missing", "stale")] == ["40", "0", "40", "40"]
    assert row["verdicts"] == "ungraded"


def test_bombs_are_not_unpacked(table: dict[str, dict[str, str]]) -> None:
    assert table["zip-bomb"]["slides"] == "1"
    assert table["zip-bomb"]["runs intact"] == "40"
    assert table["no-zip"]["slides"] == "ungraded"
    assert "handin/slides.pptx cannot be read" in table["no-zip"]["not judged"]


def test_no_cell_of_the_table_is_a_formula(graded: tuple[Path, object]) -> None:
    with (graded[0] / "grades.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert len(cells) > 1000
    assert [cell for cell in cells if cell.startswith(SIGNS)] == []


class Seen(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.rows += tag == "section"


def test_the_page_holds_no_element_that_we_did_not_write(graded: tuple[Path, object], handed_in: Path) -> None:
    text = (graded[0] / "grades.html").read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(text)
    assert seen.tags == {
        "html", "head", "meta", "title", "style", "body", "header", "h1", "p", "b", "main", "ul", "li", "span", "div",
        "table", "thead", "tbody", "tr", "th", "td", "a", "bdi", "section", "h2", "h3", "dl", "dt", "dd", "br", "small",
        "footer", "code",
    }  # fmt: skip
    assert seen.names == {
        "lang", "charset", "http-equiv", "content", "name", "class", "aria-label", "role", "tabindex", "scope", "title",
        "href", "id", "aria-hidden",
    }  # fmt: skip
    assert all(link.startswith("#f") for link in seen.links)
    assert seen.rows == len([path for path in handed_in.iterdir() if path.is_dir()]) + 1
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_nothing_unseen_is_shown(graded: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    where, done = graded
    for text in (done.stdout, (where / "grades.html").read_text("utf-8"), (where / "grades.csv").read_text("utf-8")):
        assert [sign for sign in text if sign != "\n" and (sign < " " or sign in "\x7f\u202e\u2066")] == []
        assert "\\x1b[2J\\u202egpj" in text


def test_the_same_folders_give_the_same_page_whichever_worker_reads_them(
    handed_in: Path, graded: tuple[Path, object], tmp_path: Path
) -> None:
    from repro.publish.assignments.read_course import load_course
    from repro.publish.grade.grade_all import rows
    from repro.publish.grade.submitted_folders import submitted_folders
    from repro.publish.grade.table_csv import to_csv

    course = handed_in / "course.yaml"
    again = to_csv(rows(submitted_folders([handed_in], load_course(course)), course, workers=1))
    assert again == (graded[0] / "grades.csv").read_text(encoding="utf-8")


def test_json_has_the_rows_and_writes_nothing(handed_in: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "repro", "grade", "--json", "--", str(handed_in / "complete"), str(handed_in / "empty")],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    rows = json.loads(done.stdout)["rows"]
    assert [row["problems"] for row in rows] == [0, None]
    assert rows[0]["who"] == ["ada"]
    assert list(tmp_path.iterdir()) == []


def test_no_torch_is_imported(handed_in: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nimport repro.cli.main, repro.publish.grade.grade_worker\n"
        "from repro.publish.grade.grade import grade\nfrom repro.publish.grade.grade_all import rows\n"
        "from repro.publish.assignments.read_course import load_course\n"
        f"row = grade(Path({str(handed_in / 'complete')!r}), 'complete', load_course())\n"
        "assert row.runs.done == 40, row\n"
        "print([m for m in ('torch', 'lightning', 'pandas', 'sklearn', 'matplotlib', 'pptx') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
