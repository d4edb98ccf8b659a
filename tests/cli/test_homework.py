"""``repro homework`` and what ``repro check`` says of questions, seen from outside."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = """\
title: Ours
zone: America/New_York
dates: {10a: 2026-12-04, 8b: 2000-01-01}
papers: {8b: {smith2020: First}, 9b: {jones2021: Second}}
"""


def repro(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "repro", *words], cwd=cwd, capture_output=True, text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A folder with a fresh proposal in it, called x."""
    assert repro("new", "proposal", "x", cwd=tmp_path).returncode == 0
    return tmp_path


OPEN = ("question", "related_work", "dataset.why", "expected", "figure_to_reproduce", "answers.architecture",
        "answers.features_and_labels", *["recipe"] * 4)  # fmt: skip


def test_check_lists_the_open_questions_of_10a_each_with_its_line(new: Path) -> None:
    done = repro("check", "x", cwd=new)
    assert done.returncode == 0
    lines = [line for line in done.stdout.splitlines() if line.startswith("x/proposal.yaml:")]
    keys = {re.fullmatch(r"x/proposal\.yaml:(\d+):(\d+): (\S+): empty: .* \(10a: .*[?.]\)", line) for line in lines}
    assert {found[3] for found in keys if found} == set(OPEN)  # of the recipe four questions ask
    assert len(lines) == len(OPEN)
    text = (new / "x/proposal.yaml").read_text().splitlines()
    for found in keys:
        assert found
        place = found[3].replace("recipe", "experiments")
        word = place.split(".")[-1 if place.startswith("answers") else 0]
        assert word in text[int(found[1]) - 1] or found[3] == "figure_to_reproduce"
    assert "x: fine. 2 experiments, 10 runs; 10a: 0 of 11 questions answered, 11 empty" in done.stdout
    numbers = [int(line.split(":")[1]) for line in lines]
    assert numbers == sorted(numbers)


def test_homework_shows_what_is_asked_and_where_an_answer_belongs(new: Path) -> None:
    done = repro("homework", "x", cwd=new)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "10a: The proposal (report; no date is set)" in done.stdout
    assert "○ empty     What is your research question?" in done.stdout
    assert "x/proposal.yaml:8:1: question: nothing is written" in done.stdout
    assert "○ empty     What is your baseline?" in done.stdout
    assert "8b" not in done.stdout
    assert sum(line.lstrip().startswith(("✓", "◐", "○")) for line in done.stdout.splitlines()) == 11


def test_an_assignment_by_its_name_and_one_that_does_not_fit(new: Path) -> None:
    done = repro("homework", "x", "--assignment", "8b", cwd=new)
    assert "8b: Questions and an answer (comment; no date is set)" in done.stdout
    assert "10a" not in done.stdout
    done = repro("homework", "x", "-a", "8a", cwd=new)
    assert (done.returncode, done.stderr) == (2, "--assignment: 8a asks for a paper; this folder is a proposal\n")
    done = repro("homework", "x", "-a", "10b", cwd=new)
    assert (done.returncode, done.stderr) == (
        2,
        "--assignment: unknown assignment '10b'; did you mean '10a'? There are 8a, 8b, 9b, 10a\n",
    )


def test_a_part_by_its_number_and_one_that_is_not_there(tmp_path: Path) -> None:
    assert repro("new", "paper", "x", cwd=tmp_path).returncode == 0
    whole = repro("homework", "x", cwd=tmp_path).stdout
    assert [line.partition(":")[0] for line in whole.splitlines() if line.startswith("8a")] == [
        f"8a, part {number}" for number in (1, 2, 3, 4)
    ]
    part = repro("homework", "x", "--part", "3", cwd=tmp_path).stdout
    assert [line.partition(":")[0] for line in part.splitlines() if line.startswith("8a")] == ["8a, part 3"]
    assert "○ empty     What results did they obtain, and against the baseline?" in part
    assert "experiments" not in part.split("What results")[0]
    assert "results: nothing has been run" in part
    done = repro("homework", "x", "--part", "5", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "--part: 5 is none of the parts 1 to 4\n")
    assert repro("homework", "x", "--part", "0", cwd=tmp_path).returncode == 2


def test_a_course_beside_the_folder_brings_dates(new: Path) -> None:
    (new / "course.yaml").write_text(COURSE)
    done = repro("homework", "x", cwd=new)
    assert re.search(r"10a: The proposal \(report; due Fri 4 Dec 2026, 11:59 PM EST, (in|\d+) ", done.stdout)
    done = repro("homework", "x", "-a", "8b", cwd=new)
    assert re.search(r"due Sat 1 Jan 2000, 11:59 PM EST, \d+ days ago\)", done.stdout)
    done = repro("homework", "x", "-a", "8b", "--json", cwd=new)
    (part,) = json.loads(done.stdout)
    assert part["due"] == "2000-01-01T23:59:00-05:00"
    assert [one["state"] for one in part["questions"]] == ["empty", "empty"]
    assert not part["complete"]


def test_a_course_by_its_name_wins_over_the_one_beside(new: Path) -> None:
    (new / "course.yaml").write_text(COURSE)
    (new / "other.yaml").write_text("dates: {10a: 2027-01-01}\n")
    assert "due Fri 1 Jan 2027" in repro("homework", "x", "--course", "other.yaml", cwd=new).stdout
    done = repro("homework", "x", "--course", "none.yaml", cwd=new)
    assert (done.returncode, done.stderr) == (2, "--course: none.yaml: no such file\n")


def test_a_mistake_in_the_course_is_told_with_its_line(new: Path) -> None:
    (new / "course.yaml").write_text("zone: Nowhere\n")
    for command, code, where in (("homework", 2, "stderr"), ("check", 1, "stdout")):
        done = repro(command, "x", cwd=new)
        assert done.returncode == code
        assert "course.yaml:1:7: zone: unknown zone 'Nowhere'" in getattr(done, where)
        assert "Traceback" not in done.stderr


def test_a_question_counts_for_its_own_discussion(new: Path) -> None:
    (new / "course.yaml").write_text(COURSE)
    with (new / "x/proposal.yaml").open("a") as file:
        file.write(
            'questions: [{paper: smith2020, ask: "Why did they take only one seed in all?"}, "And why is it slow?"]\n'
        )
    for assignment, said in (
        ("8b", "1 of 2 with at least 6 words; 1 names no paper"),
        ("9b", "2 are asked for; 1 names"),
    ):
        assert said in repro("homework", "x", "-a", assignment, cwd=new).stdout


def test_check_and_homework_agree_on_results_at_the_rung_of_the_records() -> None:
    root = Path(__file__).parents[2]
    check = repro("check", "papers/esc-cnn", cwd=root).stdout
    assert "results: empty" not in check
    assert "✓ answered  What results did they obtain" in repro("homework", "papers/esc-cnn", cwd=root).stdout


def test_check_says_that_nothing_has_been_run(tmp_path: Path) -> None:
    repro("new", "paper", "x", cwd=tmp_path)
    done = repro("check", "x", cwd=tmp_path)
    assert done.returncode == 0
    assert "results: empty: nothing has been run (8a.3: What results did they obtain" in done.stdout


def test_neither_imports_torch(new: Path) -> None:
    code = (
        "import sys\nfrom repro.cli.homework import homework\nfrom repro.cli.check import check\nimport typer\n"
        "homework('x')\n"
        "try:\n    check(['x'])\nexcept typer.Exit:\n    pass\n"
        "assert not {'torch', 'lightning', 'pandas', 'sklearn'} & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=new, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
