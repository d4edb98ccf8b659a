"""Reading ``course.yaml``: what it may say, and every kind of mistake at its own line and column."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from repro.publish.assignments.answer_texts import places
from repro.publish.assignments.course import Need, Student
from repro.publish.assignments.read_course import find_course, load_course
from repro.spec.problem import SpecError

EASTERN = ZoneInfo("America/New_York")
ONE = '{parts: [{questions: [{name: q, ask: "why?", needs: {question: {words: 3}}}]}]}'
TWO = ONE.replace("[{questions", "[{questions: [{name: q, ask: x, shows: [dataset]}]}, {questions")


def problems(tmp_path: Path, text: str) -> list[str]:
    """What is wrong, with line and column, without the path before them."""
    file = tmp_path / "course.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_course(file)
    return [str(one).removeprefix(f"{file}:") for one in caught.value.problems]


DATE = "expected a date such as 2026-12-04 or 2026-12-04 18:00"
THERE = "There are 8a, 8b, 9b, 10a"

MISTAKES = {
    # what is written: what is said of it
    "zone: Nowhere": "1:7: zone: unknown zone 'Nowhere'; write one such as America/New_York",
    "zone: ../../../etc/passwd": "1:7: zone: unknown zone '../../../etc/passwd'; write one such as America/New_York",
    "zone: America": "1:7: zone: unknown zone 'America'; write one such as America/New_York",
    "due_time: 25:00": "1:11: due_time: expected a time such as 23:59, got '25:00'",
    "titel: x": "1:1: titel: unknown word 'titel'; did you mean 'title'?",
    "title: [x]": "1:8: title: expected a text, got a list",
    "title: Audio #1": "1:8: title: the text ends before '#1', as # starts a comment; put quotes around it",
    "dates: {8a: 2026-10-02}": "1:13: dates.8a: has 4 parts; write {1: DATE, 2: DATE}",
    "dates: {8a: {5: 2026-10-02}}": "1:14: dates.8a.5: has parts 1 to 4",
    "dates: {8a: {0: 2026-10-02}}": "1:14: dates.8a.0: has parts 1 to 4",
    "dates: {8a: {01: 2026-10-02}}": "1:14: dates.8a.01: has parts 1 to 4",
    "dates: {8a: {²: 2026-10-02}}": "1:14: dates.8a.²: has parts 1 to 4",
    f"dates: {{8a: {{{'9' * 90}: 2026-10-02}}}}": f"1:14: dates.8a.{'9' * 90}: has parts 1 to 4",
    "dates: {10a: {2: 2026-10-02}}": "1:15: dates.10a.2: has one part, 1",
    "dates: {10b: 2026-10-02}": "1:14: dates.10b: unknown assignment '10b'; did you mean '10a'? " + THERE,
    "dates: {10a: 2026-13-01}": f"1:14: dates.10a.1: {DATE}, got '2026-13-01'",
    "dates: {10a: tomorrow}": f"1:14: dates.10a.1: {DATE}, got 'tomorrow'",
    "dates: {10a: [2026-12-04]}": "1:14: dates.10a.1: expected a text, got a list",
    "dates: 2026-12-04": "1:8: dates: expected `name: value` pairs, got '2026-12-04'; write {8a: {1: 2026-12-04}}",
    "roster: {ada: {folder: /etc}}": "1:15: roster.ada.folder: expected a folder beside this file",
    "roster: {ada: {folder: ../ben}}": "1:15: roster.ada.folder: expected a folder beside this file",
    "roster: {ada: {folder: .}}": "1:15: roster.ada.folder: expected a folder beside this file",
    "roster: {ada: {fold: x}}": "1:16: roster.ada.fold: unknown key 'fold'; did you mean 'folder'?",
    "roster: {ada: x}": "1:15: roster.ada: expected `name: value` pairs, got 'x'; write {folder: ada}",
    "roster: [[ada]]": "1:10: roster: expected the name of a folder, got a list",
    "roster: [{ada: x}]": "1:10: roster: expected the name of a folder, got a block (ada: ...)",
    "roster: [ada, Ben]": (
        "1:15: roster.Ben: 'Ben' is no name; write names in lower-case letters, digits, - and _, such as 'ben'"
    ),
    "roster: {ada: {submitted: {8a: {9: 2026-10-02}}}}": "1:33: roster.ada.submitted.8a.9: has parts 1 to 4",
    "roster: {ada: {submitted: {7z: 2026-10-02}}}": "1:32: roster.ada.submitted.7z: unknown assignment '7z'; t"
    + THERE[1:],
    "roster: {ada: {submitted: {10a: late}}}": (
        "1:33: roster.ada.submitted.10a.1: expected a date such as 2026-12-04 or 2026-12-04 18:00, got 'late'"
    ),
    "papers: {7z: {smith2020: T}}": "1:14: papers.7z: unknown assignment '7z'; t" + THERE[1:],
    "papers: {8b: T}": "1:14: papers.8b: expected `name: value` pairs, got 'T'; write {smith2020: Title}",
    "papers: {8b: {smith2020: {title: T}}}": (
        "1:26: papers.8b.smith2020: expected a text, got a block (title: ...); put quotes around a text that holds ': '"
    ),
    "assignments: {1a: {title: x}}": "1:19: assignments.1a.parts: is missing",
    "assignments: {1a: {parts: []}}": "1:27: assignments.1a.parts: holds no part",
    "assignments: {1a: {parts: [{title: x}]}}": "1:28: assignments.1a.parts 1.questions: is missing",
    "assignments: {1a: {parts: [{questions: []}]}}": "1:40: assignments.1a.parts 1.questions: holds no question",
    "assignments: none": (
        "1:14: assignments: expected `name: value` pairs, got 'none'; write {1a: {title: ..., parts: [...]}}"
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.items(), ids=range(len(MISTAKES)))
def test_a_mistake_is_named_at_its_place(text: str, said: str, tmp_path: Path) -> None:
    assert problems(tmp_path, text) == [said]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("words: 3", "words: 0", "words: expected at least 1, got 0"),
        ("words: 3", "words: many", "words: expected a whole number, got 'many'"),
        ("words: 3", "word: 3", "word: unknown key 'word'; did you mean 'words'?"),
        ("words: 3", "link: maybe", "link: expected true or false, got 'maybe'"),
    ],
)
def test_a_mistake_in_what_is_needed(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = f"assignments:\n  1a: {ONE.replace(old, new)}\n"
    (found,) = problems(tmp_path, text)
    assert found.startswith("2:")
    assert found.endswith(f"needs.question.{said}")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("needs: {question", "needs: {qestion", "unknown place of an answer 'qestion'; did you mean 'question'?"),
        ("needs: {question", "needs: {answers.", "unknown place of an answer 'answers.'; did you mean 'answers.NAME'?"),
        ("needs: {question: {words: 3}}", "needs: question", "expected `place: {words: 30}`, got 'question'"),
        ("needs: {question: {words: 3}}", "shows: [datset]", "unknown block 'datset'; did you mean 'dataset'?"),
        (", needs: {question: {words: 3}}", "", "says neither what it needs nor what it shows"),
        ("name: q, ", "", "assignments.1a.parts 1.name: is missing"),
        ('ask: "why?"', 'ask: ""', "an empty text; write `none`, or leave the word out"),
        ("{questions", "{hand_in: letter, questions", "unknown word 'letter'"),
        ("{parts", "{folder: paperr, parts", "unknown word 'paperr'; did you mean 'paper'?"),
        ("{questions", "{due: soon, questions", "expected a date such as 2026-12-04 or 2026-12-04 18:00, got 'soon'"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_assignment(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in ONE
    found = problems(tmp_path, f"assignments:\n  1a: {ONE.replace(old, new)}\n")
    assert [one for one in found if said in one and one.startswith("2:")], found


def test_two_questions_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    question = '{name: q, ask: "x", shows: [dataset]}'
    text = f"assignments: {{1a: {{parts: [{{questions: [{question}, {question}]}}]}}}}"
    assert problems(tmp_path, text) == ["1:40: assignments.1a.parts 1: two questions are called 'q'"]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    found = problems(tmp_path, "dates: {10b: 2026-01-01}\nzone: Nowhere\ntitel: x\n")
    assert [one.split(":")[0] for one in found] == ["1", "2", "3"]


@pytest.mark.parametrize("text", ["a: &a [x]\nb: *a", "title: x\ntitle: y", "title: [", "- x", "title:", "\x07"])
def test_what_is_no_strict_yaml_is_told_with_its_line(text: str, tmp_path: Path) -> None:
    found = problems(tmp_path, text)
    assert found
    assert all(one[0].isdigit() for one in found)


def test_the_courses_own_parts_of_the_tool() -> None:
    course = load_course()
    assert {name: len(one.parts) for name, one in course.assignments.items()} == {"8a": 4, "8b": 1, "9b": 1, "10a": 1}
    assert [one.name for one in course.of_kind("paper")] == ["8a"]
    assert [one.name for one in course.of_kind("proposal")] == ["10a"]
    assert {part.due for one in course.assignments.values() for part in one.parts} == {None}
    assert course.path is None
    asked = [q for one in course.assignments.values() for part in one.parts for q in part.questions]
    assert len(asked) == 26
    assert all(q.ask.endswith(("?", ".")) for q in asked)
    needs = {need.where for q in asked for need in q.needs}
    assert needs - {where for where in needs if where.startswith("answers.")} <= set(places())
    assert course.assignments["10a"].parts[0].questions[1].needs == (Need("related_work", words=12, items=5),)


def test_dates_are_those_of_the_course_and_its_zone(tmp_path: Path) -> None:
    file = tmp_path / "course.yaml"
    file.write_text(
        "zone: America/New_York\ndue_time: 18:30\n"
        "dates: {8a: {1: 2026-10-02, 3: 2026-10-16 12:00}, 10a: 2026-12-04T09:00+01:00}\n"
    )
    course = load_course(file)
    dates = [part.due for part in course.assignments["8a"].parts]
    assert dates == [
        datetime(2026, 10, 2, 18, 30, tzinfo=EASTERN), None, datetime(2026, 10, 16, 12, 0, tzinfo=EASTERN), None,
    ]  # fmt: skip
    due = course.assignments["10a"].parts[0].due
    assert due is not None
    assert due.isoformat() == "2026-12-04T09:00:00+01:00"


def test_without_a_time_a_day_ends_at_23_59_and_without_a_zone_it_is_utc(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text("dates: {10a: 2026-12-04}\n")
    due = load_course(tmp_path / "course.yaml").assignments["10a"].parts[0].due
    assert due is not None
    assert due.isoformat() == "2026-12-04T23:59:00+00:00"


def test_a_part_may_bring_its_own_date_and_dates_win(tmp_path: Path) -> None:
    own = TWO.replace("{questions", "{due: 2026-01-01, questions")
    (tmp_path / "course.yaml").write_text(f"assignments:\n  1a: {own}\ndates: {{1a: {{2: 2026-02-02}}}}\n")
    parts = load_course(tmp_path / "course.yaml").assignments["1a"].parts
    assert [f"{part.due:%m-%d}" for part in parts if part.due] == ["01-01", "02-02"]


def test_the_roster(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text(
        "zone: America/New_York\n"
        "roster:\n  ada: {}\n  ben: {folder: B. Smith, submitted: {8a: {2: 2026-10-09 23:59}}}\n"
    )
    roster = load_course(tmp_path / "course.yaml").roster
    assert roster == {
        "ada": Student("ada", "ada", {}),
        "ben": Student("ben", "B. Smith", {("8a", 2): datetime(2026, 10, 9, 23, 59, tzinfo=EASTERN)}),
    }
    (tmp_path / "course.yaml").write_text("roster: [ada, ben-2]\n")
    assert list(load_course(tmp_path / "course.yaml").roster.values()) == [
        Student("ada", "ada"),
        Student("ben-2", "ben-2"),
    ]


def test_the_papers_of_a_discussion(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text("papers: {8b: {smith2020: First}}\n")
    course = load_course(tmp_path / "course.yaml")
    assert course.papers == {"8b": {"smith2020": "First"}}
    assert course.assignments["8b"].papers == {"smith2020": "First"}
    assert course.assignments["8b"].unnamed
    (tmp_path / "course.yaml").write_text("papers: {8b: {smith2020: First}, 9b: {jones2021: Second}}\n")
    course = load_course(tmp_path / "course.yaml")
    assert not course.assignments["8b"].unnamed
    assert course.assignments["8a"].unnamed


def test_where_a_course_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "up" / "ada").mkdir(parents=True)
    assert find_course(tmp_path / "up" / "ada") is None
    (tmp_path / "up" / "course.yaml").write_text("")
    assert find_course(tmp_path / "up" / "ada") == tmp_path / "up" / "course.yaml"
    (tmp_path / "up" / "ada" / "course.yaml").write_text("")
    assert find_course(tmp_path / "up" / "ada") == tmp_path / "up" / "ada" / "course.yaml"


def test_it_is_found_above_the_folder_that_holds_all_submissions(tmp_path: Path) -> None:
    deep = tmp_path / "submissions" / "ada" / "paper"
    deep.mkdir(parents=True)
    (tmp_path / "course.yaml").write_text("")
    for folder in (tmp_path / "submissions", deep.parent, deep):
        assert find_course(folder) == tmp_path / "course.yaml"


def test_a_folder_that_begins_above_the_file_is_a_mistake(tmp_path: Path) -> None:
    home = tmp_path / "submissions"
    (home / "ada").mkdir(parents=True)
    (home / "course.yaml").write_text("roster: {ada: {folder: submissions/ada}, ben: {folder: ben}}\n")
    with pytest.raises(SpecError) as error:
        load_course(home / "course.yaml")
    assert [str(one).split("yaml:")[1] for one in error.value.problems] == [
        "1:15: roster.ada.folder: begins where this file lies, in submissions/; write ada"
    ]
    (home / "submissions" / "ada").mkdir(parents=True)
    assert load_course(home / "course.yaml").roster["ada"].folder == "submissions/ada"


def test_the_example_of_the_documentation_is_a_course(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/how-to/teach.md").read_text(encoding="utf-8")
    (tmp_path / "course.yaml").write_text("title:" + page.split("```yaml\ntitle:")[1].split("```")[0])
    course = load_course(tmp_path / "course.yaml")
    assert list(course.roster) == ["ada", "ben"]
    assert [part.due is not None for one in ("8a", "8b", "10a") for part in course.assignments[one].parts] == [True] * 6
    assert course.assignments["8b"].papers == {"smith2020": "Listening machines"}
