"""Which folders have a row, what they are called, whose they are; and which course counts."""

from pathlib import Path

import pytest

from repro.cli.grade import _refuse_inside, teachers_course
from repro.cli.refusal import CommandRefused
from repro.publish.assignments.course import Course, Student
from repro.publish.grade.submitted_folders import INSIDE, submitted_folders


def study(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "paper.yaml").write_text("paper: {title: x}\n")
    return folder


def course(home: Path, **folders: str) -> Course:
    roster = {name: Student(name, folder) for name, folder in folders.items()}
    return Course("c", {}, roster, path=home / "course.yaml")


def shown(paths: list[Path], one: Course) -> list[tuple[str, list[str]]]:
    return [(row.shown, [student.name for student in row.students]) for row in submitted_folders(paths, one)]


def test_a_folder_of_folders_gives_all_of_them(tmp_path: Path) -> None:
    study(tmp_path / "ben")
    (tmp_path / "ada").mkdir()
    study(tmp_path / "cleo" / "paper")
    study(tmp_path / "cleo" / "proposal")
    (tmp_path / ".git").mkdir()
    (tmp_path / "notes.txt").write_text("")
    one = course(tmp_path, ada="ada", cleo="cleo", dan="dan", eve="elsewhere/eve")
    assert shown([tmp_path], one) == [
        ("ada", ["ada"]), ("ben", []), ("cleo/paper", ["cleo"]), ("cleo/proposal", ["cleo"]), ("dan", ["dan"]),
        ("elsewhere/eve", ["eve"]),
    ]  # fmt: skip


def test_a_roster_whose_folders_lie_deeper_has_no_row_for_what_holds_them(tmp_path: Path) -> None:
    for number in range(INSIDE + 1):
        study(tmp_path / "submissions" / f"s{number:02}")
    study(tmp_path / "submissions" / "cleo" / "paper")
    (tmp_path / "submissions" / "dan").mkdir()
    one = course(tmp_path, **{name: f"submissions/{name}" for name in ("s00", "s01", "cleo", "dan")})
    rows = [(f"submissions/s{number:02}", [f"s{number:02}"] * (number < 2)) for number in range(INSIDE + 1)]
    rows = [("submissions/cleo/paper", ["cleo"]), ("submissions/dan", ["dan"]), *rows]
    assert shown([tmp_path], one) == rows
    assert shown([tmp_path / "submissions"], one) == [(name.removeprefix("submissions/"), who) for name, who in rows]


def test_folders_of_which_none_has_a_spec_yet_are_rows_and_what_holds_them_is_none(tmp_path: Path) -> None:
    for name in ("ada", "ben"):
        (tmp_path / name).mkdir()
    assert shown([tmp_path], course(tmp_path, ada="ada", ben="ben")) == [("ada", ["ada"]), ("ben", ["ben"])]


def test_students_of_other_folders_have_no_row(tmp_path: Path) -> None:
    ada = study(tmp_path / "ada")
    assert shown([ada], course(tmp_path, ada="ada", ben="ben")) == [(str(ada), ["ada"])]


def test_a_folder_without_a_spec_is_a_row_and_not_its_folders(tmp_path: Path) -> None:
    ada, ben = study(tmp_path / "ada"), tmp_path / "ben"
    (ben / "recordings").mkdir(parents=True)
    assert shown([ada, ben], course(tmp_path)) == [(str(ada), []), (str(ben), [])]


def test_a_folder_named_twice_is_one_row(tmp_path: Path) -> None:
    ada = study(tmp_path / "ada")
    assert (
        len(submitted_folders([tmp_path, ada, ada / "paper.yaml", tmp_path / "x" / ".." / "ada"], course(tmp_path)))
        == 1
    )


def test_a_student_with_hundreds_of_studies_is_one_row(tmp_path: Path) -> None:
    study(tmp_path / "ada")
    for number in range(INSIDE + 1):
        study(tmp_path / "ben" / f"{number}")
    assert [name for name, _ in shown([tmp_path], course(tmp_path))] == ["ada", "ben"]


def test_a_link_in_place_of_a_folder_is_a_row_and_is_not_followed(tmp_path: Path) -> None:
    from repro.publish.assignments.read_course import load_course
    from repro.publish.grade.grade import grade

    study(tmp_path / "in" / "ada")
    (tmp_path / "in" / "ben").symlink_to("ada")
    rows = submitted_folders([tmp_path / "in"], course(tmp_path / "in"))
    assert [row.shown for row in rows] == ["ada", "ben"]
    assert grade(rows[1].folder, "ben", load_course()).ungraded == ("is a link; it was not followed",)


CLASS = "roster: {ada: {}, ben: {}}\n"


def notes(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_the_course_lies_above_the_folders(tmp_path: Path) -> None:
    ada = study(tmp_path / "in" / "ada")
    (tmp_path / "course.yaml").write_text("title: up\n")
    for given in (tmp_path / "in", ada, ada / "paper.yaml"):
        assert teachers_course([given], None) == tmp_path / "course.yaml"
    cleo = study(tmp_path / "in" / "cleo" / "paper")
    assert teachers_course([cleo], None) == tmp_path / "course.yaml"
    assert teachers_course([cleo, ada], None) == tmp_path / "course.yaml"


@pytest.mark.parametrize("text", [CLASS, "roster: {a: {folder: ada}, b: {folder: ben}, c: {folder: cy}}\n"])
def test_one_among_the_folders_never_counts_whatever_its_roster(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    for name in ("ada", "ben"):
        study(tmp_path / "in" / name)
    (tmp_path / "in" / "course.yaml").write_text(text)
    assert teachers_course([tmp_path / "in"], None) is None
    assert f"{tmp_path}/in/course.yaml does not count: it lies in a folder that is looked at" in notes(capsys)
    assert teachers_course([tmp_path / "in"], tmp_path / "in" / "course.yaml") == tmp_path / "in" / "course.yaml"


@pytest.mark.parametrize(
    "text",
    ["title: mine\nassignments: {}\n", "roster: {me: {folder: paper}}\n", "roster: {ada: {}, ben: {}}\n", "]", ""],
)
@pytest.mark.parametrize("deep", [(), ("paper",), ("paper", "proposal")])
@pytest.mark.parametrize("is_above", [True, False])
def test_a_student_cannot_bring_a_course(
    text: str, deep: tuple[str, ...], is_above: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for at in deep:
        study(tmp_path / "in" / "cleo" / at)
    cleo = tmp_path / "in" / "cleo" if deep else study(tmp_path / "in" / "cleo")
    (cleo / "course.yaml").write_text(text)
    if is_above:
        (tmp_path / "in" / "course.yaml").write_text("title: the teacher's\n")
    assert teachers_course([cleo], None) == (tmp_path / "in" / "course.yaml" if is_above else None)
    assert f"{cleo}/course.yaml does not count: " in (said := notes(capsys))
    assert f"--course {cleo}/course.yaml" in said
    assert teachers_course([cleo], cleo / "course.yaml") == cleo / "course.yaml"


def test_one_deep_in_the_folders_or_above_some_of_them_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study(tmp_path / "in" / "ada")
    study(tmp_path / "in" / "cleo" / "paper")
    (tmp_path / "in" / "cleo" / "course.yaml").write_text(CLASS)
    (tmp_path / "in" / "cleo" / "paper" / "course.yaml").symlink_to("/etc/hostname")
    assert teachers_course([tmp_path / "in"], None) is None
    assert notes(capsys).count("does not count") == 2
    other = study(tmp_path / "elsewhere" / "x" / "y" / "z" / "dan")
    (tmp_path / "in" / "course.yaml").write_text(CLASS)
    assert teachers_course([tmp_path / "in" / "ada", other], None) is None
    assert "in/course.yaml does not count: it does not lie above all" in notes(capsys)


def test_several_courses_are_refused(tmp_path: Path) -> None:
    ada, ben = study(tmp_path / "one" / "ada"), study(tmp_path / "two" / "ben")
    for name in ("one", "two"):
        (tmp_path / name / "course.yaml").write_text("title: x\n")
    with pytest.raises(CommandRefused, match=r"several courses .* choose with --course"):
        teachers_course([ada, ben], None)
    assert teachers_course([ada, ben], tmp_path / "one" / "course.yaml") == tmp_path / "one" / "course.yaml"


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandRefused, match="nowhere: no such folder"):
        teachers_course([tmp_path / "nowhere"], None)
    with pytest.raises(CommandRefused, match=r"--course: .*x.yaml: no such file"):
        teachers_course([tmp_path], tmp_path / "x.yaml")


def test_nothing_is_written_into_a_folder_that_is_graded(tmp_path: Path) -> None:
    ada = study(tmp_path / "ada")
    (tmp_path / "link").symlink_to(ada)
    for target in (ada, ada / "out", tmp_path / "link" / "out"):
        with pytest.raises(CommandRefused, match="nothing is written; say -o DIR"):
            _refuse_inside(target, [ada])
    _refuse_inside(tmp_path, [ada])
