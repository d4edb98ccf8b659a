"""``repro discuss`` over a folder of students, with a thread and without."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from repro.publish.discuss.thread import MAX_BYTES, ThreadError, questions_of, read_thread

LONG = "because the appendix on its last page says so in as many words as this answer needs"
COURSE = """\
zone: America/New_York
papers: {8b: {smith2020: Listening machines}}
roster: {ada: {}, ben: {}, cleo: {}, dan: {}}
"""
ADA = f"""\
paper: {{title: T}}
questions: ["Why was just one random seed used in all of it?", "Which microphones were used for all the recordings?"]
answers_to_peers: {{to: Ben, answer: "{LONG}"}}
"""
BEN = """\
nonsense: {here: too}
questions: ["Why did they use only one random seed?", "Why the Hann window in front of the transform?"]
answers_to_peers: {to: bne, answer: "x"}
"""


def hand_in(home: Path, course: str = COURSE, **specs: str) -> Path:
    for name, text in specs.items():
        (home / name).mkdir(parents=True, exist_ok=True)
        (home / name / "paper.yaml").write_text(text, encoding="utf-8")
    (home / "course.yaml").write_text(course, encoding="utf-8")
    return home


def discuss(home: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "repro", "discuss", ".", "--course", "course.yaml", *more],
        cwd=home, capture_output=True, text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def values(home: Path, *more: str) -> dict[str, object]:
    done = discuss(home, "--json", *more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)[0]


def listed(found: dict[str, object]) -> list[tuple[str | None, object]]:
    return [(one["who"], one["like"] and one["like"]["number"]) for one in found["questions"]]  # type: ignore[attr-defined]


def owed(found: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {one["who"]: (one["questions"], one["answers"]) for one in found["still_to_do"]}  # type: ignore[attr-defined]


def test_all_questions_in_the_order_of_the_folders_with_the_earlier_one(tmp_path: Path) -> None:
    found = values(hand_in(tmp_path, ada=ADA, ben=BEN))
    assert found["order"] == "the order of the folders"
    assert listed(found) == [("ada", None), ("ada", None), ("ben", 1), ("ben", None)]
    assert [one["place"] for one in found["questions"]] == [  # type: ignore[attr-defined]
        "ada/paper.yaml:2:13", "ada/paper.yaml:2:64", "ben/paper.yaml:2:13", "ben/paper.yaml:2:55",
    ]  # fmt: skip


def test_who_is_still_to_ask_and_to_answer(tmp_path: Path) -> None:
    cleo = 'questions: ["Why is it so slow on a phone?", "Too short?"]\n'
    found = values(hand_in(tmp_path, ada=ADA, ben=BEN, cleo=cleo))
    assert owed(found) == {"ben": (0, 1), "cleo": (1, 1), "dan": (2, 1)}
    assert found["flags"] == [
        "ben/paper.yaml:3:19: answers_to_peers.to: unknown name 'bne'; did you mean 'ben'? (nobody here)"
    ]


def test_what_cannot_be_read_is_ungraded_and_not_zero(tmp_path: Path) -> None:
    found = values(hand_in(tmp_path, ada=ADA, ben="{", cleo="a: &a [b]\n"))
    assert owed(found) == {"ben": (None, None), "cleo": (None, None), "dan": (2, 1)}
    done = discuss(tmp_path)
    assert "ben: ungraded, what they wrote cannot be read" in done.stdout
    assert "! not read: ben/paper.yaml:1:2: the file ends inside a bracket" in done.stdout


def test_the_same_question_twice_counts_once_and_is_their_own_repeat(tmp_path: Path) -> None:
    cleo = 'questions: ["Why is it so slow on a phone?", "why is it so slow on a phone"]\n'
    found = values(hand_in(tmp_path, cleo=cleo))
    assert owed(found)["cleo"] == (1, 1)
    assert "! 1.00, the same words: 1 (their own)" in discuss(tmp_path).stdout


def test_an_answer_to_oneself_counts_for_nobody(tmp_path: Path) -> None:
    found = values(hand_in(tmp_path, ada=ADA.replace("to: Ben", "to: ada"), ben=BEN))
    assert owed(found)["ada"] == (0, 1)
    assert "answers_to_peers.to: 'ada' is whoever writes this; it counts for nobody" in str(found["flags"])


def test_the_thread_comes_first_and_what_stands_in_it_is_its_askers(tmp_path: Path) -> None:
    hand_in(tmp_path, ada=ADA, ben=BEN)
    (tmp_path / "page.txt").write_text(
        "u/somebody\n> Which microphones were used for all the recordings?\nThanks.\n"
        "Is one random seed enough for that?\n"
    )
    found = values(tmp_path, "--thread", "page.txt")
    assert found["order"] == "the thread, then the order of the folders"
    assert listed(found) == [("ada", None), (None, None), ("ada", 2), ("ben", 3), ("ben", None)]
    assert found["questions"][0]["thread_line"] == 2  # type: ignore[index]
    done = discuss(tmp_path, "--thread", "page.txt")
    assert done.stdout.startswith("page.txt: 2 lines that end in a question mark\n")
    assert "stands in the thread too, line 2" in done.stdout
    assert "! 0." in done.stdout


def test_the_rosters_dates_decide_who_was_first(tmp_path: Path) -> None:
    dated = COURSE.replace("ada: {}, ben: {}", "ada: {submitted: {8b: 2026-10-02}}, ben: {submitted: {8b: 2026-10-01}}")
    found = values(hand_in(tmp_path, dated, ada=ADA, ben=BEN))
    assert found["order"] == "the roster's dates (4 of 4 questions)"
    assert listed(found) == [("ben", None), ("ben", None), ("ada", 1), ("ada", None)]
    dated = COURSE.replace("ben: {}", "ben: {submitted: {8b: 2026-10-01}}")
    found = values(hand_in(tmp_path, dated, ada=ADA, ben=BEN))
    assert found["order"] == "the roster's dates (2 of 4 questions), then the order of the folders"
    assert [who for who, _ in listed(found)] == ["ben", "ben", "ada", "ada"]


def test_each_discussion_holds_its_own_papers(tmp_path: Path) -> None:
    course = COURSE.replace(
        "papers: {8b: {smith2020: Listening machines}}", "papers: {8b: {smith2020: S}, 9b: {jones2021: J}}"
    )
    text = """\
questions:
  - {paper: smith2020, ask: Why was just one random seed used?}
  - {paper: jones2021, ask: Why was only one random seed used?}
  - {paper: smiht2020, ask: Why was only one random seed used?}
  - Why is it so slow on a phone that nobody has?
"""
    done = discuss(hand_in(tmp_path, course, ada=text), "--json")
    first, second, rest = json.loads(done.stdout)
    assert [(one["paper"], one["like"]) for one in first["questions"]] == [("smith2020", None)]
    assert [(one["paper"], one["like"]) for one in second["questions"]] == [("jones2021", None)]
    assert first["flags"] == ["ada/paper.yaml:5:5: names no paper and counts nowhere; write paper: smith2020"]
    assert rest["flags"][0] == (
        "ada/paper.yaml:4:5: paper: unknown paper 'smiht2020'; did you mean 'smith2020'? (it counts nowhere)"
    )


def test_one_discussion_of_two_papers(tmp_path: Path) -> None:
    course = COURSE.replace("{smith2020: Listening machines}", "{smith2020: S, jones2021: J}")
    found = values(hand_in(tmp_path, course, ada=ADA))
    assert [who for who, _ in listed(found)] == ["ada", "ada"]
    assert "ada/paper.yaml:2:13: does not say on which paper; write paper: smith2020 or jones2021" in str(
        found["flags"]
    )


def test_open_questions_are_no_questions(tmp_path: Path) -> None:
    found = values(hand_in(tmp_path, ada="questions: [..., ...]\nanswers_to_peers: {to: ben, answer: ...}\n"))
    assert found["questions"] == []
    assert owed(found)["ada"] == (2, 1)


def test_hostile_folders(tmp_path: Path) -> None:
    hand_in(tmp_path, ada=ADA, many="questions:\n" + "".join(f"  - Why is it number {n}?\n" for n in range(2000)))
    for name in ("pipe", "link", "model"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "pipe/paper.yaml")
    (tmp_path / "link/paper.yaml").symlink_to("../ada/paper.yaml")
    (tmp_path / "model/paper.yaml").write_text("loss: model.py:Net\nquestions: [Why is it never run by anybody?]\n")
    (tmp_path / "model/model.py").write_text("from pathlib import Path\nPath('sprung').write_text('')\n")
    done = discuss(tmp_path)
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("sprung"))
    assert "pipe: paper.yaml is no plain file" in done.stdout
    assert "link: paper.yaml is no plain file" in done.stdout
    assert "many/paper.yaml: only the first 50 questions and answers are read" in done.stdout
    assert "Why is it never run by anybody?" in done.stdout
    assert done.stdout.count("Why is it number") == 50


def test_nothing_unseen_of_a_thread_or_a_name_is_printed(tmp_path: Path) -> None:
    hand_in(tmp_path, **{"ada\x1b[2J\u202e": ADA})
    (tmp_path / "page.txt").write_text("Why \x1b[31mred\u202e and not blue?\n")
    done = discuss(tmp_path, "--thread", "page.txt")
    assert [sign for sign in done.stdout if sign in "\x1b\u202e"] == []
    assert "Why \\x1b[31mred\\u202e and not blue?" in done.stdout


def test_a_thread_that_is_not_there_or_never_ends_is_refused(tmp_path: Path) -> None:
    done = discuss(hand_in(tmp_path, ada=ADA), "--thread", "none.txt")
    assert (done.returncode, done.stderr) == (2, "none.txt: no such file\n")
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ThreadError, match="no such file"):
        read_thread(tmp_path / "pipe.txt")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ThreadError, match="larger than 2 MB"):
        read_thread(tmp_path / "huge.txt")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Why so?", "Why so?"), ("  Why so?  ", "Why so?"), ("> > Why so?", "Why so?"), ("* 1. Why so?", "Why so?"),
        ("- **Why so?**", "Why so?"), ("(Why so?)", "(Why so?"), ("“Why so?”", "“Why so?"), ("为什么？", "为什么？"),
        ("1.5 seconds, is that enough?", "1.5 seconds, is that enough?"),
    ],
)  # fmt: skip
def test_a_line_of_a_thread(line: str, text: str) -> None:
    assert [one.text for one in questions_of(line, "t")] == [text]


@pytest.mark.parametrize("line", ["", "?", "Why so? Because.", "Why so", "> ?"])
def test_a_line_that_is_no_question(line: str) -> None:
    assert questions_of(line, "t") == []
