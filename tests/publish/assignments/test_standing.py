"""How far each kind of need is answered, by a spec in which one word is changed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from spec_of import TEXT, spec_of

from repro.data.frozen_splits import freeze, splits_path
from repro.data.splits import Split
from repro.publish.assignments.answer_texts import answer_texts, known, places, words
from repro.publish.assignments.course import Assignment, AssignmentPart, Need, Question
from repro.publish.assignments.read_course import load_course
from repro.publish.assignments.standing import CompletedRuns, State, standing, unasked
from repro.publish.content.document import own_words
from repro.publish.content.document_model import Gap
from repro.spec.load import read_spec
from repro.spec.spec import Spec

TEN = "one two three four five six seven eight nine ten"
WORKS = "\n".join(
    f"  w{n}: {{title: T, authors: [A], year: 2020, summary: {TEN}}}" if n else "related_work:" for n in range(4)
)

TWINS = "{linear: {model: linear}, twin: {model: linear, optimizer.Adam.lr: 1e-4}}"


def asked(need: Need) -> Assignment:
    return Assignment("1a", "T", "any", (AssignmentPart(1, "P", "post", (Question("q", "Why?", (need,)),)),))


def of(need: Need, spec: Spec, done: CompletedRuns | None = None) -> tuple[str, str]:
    """The state, and what is missing."""
    (part,) = standing(asked(need), spec, done)
    (one,) = part.standings
    return str(one.state), "; ".join(lack.text for lack in one.missing)


@pytest.mark.parametrize(
    ("need", "changed", "state", "missing"),
    [
        (Need("question", words=3), {}, "empty", "nothing is written"),
        (Need("question", words=3), {"question": "one two"}, "thin", "2 of 3 words: 1 word short"),
        (Need("question", words=3), {"question": "one two three"}, "answered", ""),
        (Need("question"), {"question": "one"}, "answered", ""),
        (Need("dataset.why", words=2), {}, "empty", "nothing is written"),
        (Need("dataset.why", words=2), {"dataset": "{name: digits, why: small}"}, "thin", "1 of 2 words: 1 word short"),
        (Need("dataset.why", words=2), {"dataset": "{name: digits, why: small ones}"}, "answered", ""),
        (Need("related_work", items=2, words=5), {}, "empty", "2 are asked for"),
        (Need("related_work", items=1, words=5), {}, "empty", "1 is asked for"),
        (Need("counts"), {}, "answered", ""),
        (Need("experiments", items=2), {}, "thin", "1 of 2"),
        (Need("experiments", items=1), {}, "answered", ""),
        (Need("claims", items=1), {}, "empty", "1 is asked for"),
        (Need("figures", items=1), {}, "empty", "1 is asked for"),
        (Need("figure_to_reproduce"), {}, "empty", "nothing is written"),
        (Need("expected", items=1), {}, "empty", "1 is asked for"),
        (Need("reported", items=1), {}, "empty", "1 is asked for"),
        (Need("answers.x", words=1), {}, "empty", "nothing is written"),
        (Need("questions", items=2, words=2), {}, "empty", "2 are asked for"),
    ],
)
def test_a_need(need: Need, changed: dict[str, str], state: str, missing: str) -> None:
    assert of(need, spec_of(**changed)) == (state, missing)


@pytest.mark.parametrize(
    ("need", "line", "state", "missing"),
    [
        (Need("answers.x", words=4), f"answers: {{x: {TEN}}}", "answered", ""),
        (Need("answers.x", words=4), "answers: {x: ...}", "empty", "nothing is written"),
        (Need("answers.x", words=4), "answers: {x: one two}", "thin", "2 of 4 words: 2 words short"),
        (Need("answers.x", link=True), 'answers: {x: "https://example.org/a"}', "answered", ""),
        (Need("answers.x", link=True), "answers: {x: later}", "thin", "no link that begins with https://"),
        (Need("answers.x", link=True), 'answers: {x: "javascript:alert(1)"}', "thin", "no link that begins with https://"),
        (Need("answers.x", link=True), 'answers: {x: "see https://example.org"}', "thin", "no link that begins with https://"),
        (Need("questions", items=2, words=2), "questions: [Why so?, Why not?]", "answered", ""),
        (Need("questions", items=2, words=2), "questions: [Why so?, Why?]", "thin", "1 of 2 with at least 2 words"),
        (Need("questions", items=2), "questions: [Why so?, ...]", "thin", "1 of 2"),
        (Need("answers_to_peers", words=3), "answers_to_peers: {to: ben, answer: one two three}", "answered", ""),
        (
            Need("answers_to_peers", items=1, words=3),
            "answers_to_peers: {to: ben, answer: one two}",
            "thin",
            "0 of 1 with at least 3 words",
        ),
        (Need("claims", items=1), "claims: {same: [linear, twin], within: 1, metric: Accuracy}", "answered", ""),
        (Need("figures", items=1), "figures: {name: f, kind: curve, x: epoch, y: validation/Accuracy}", "answered", ""),
        (Need("expected", items=1), "expected: {metric: Accuracy, unit: percent, values: {linear: 9}}", "answered", ""),
        (
            Need("expected", items=1),
            "expected: {metric: Accuracy, unit: percent, values: {linear: none}}",
            "empty",
            "1 is asked for",
        ),
        (
            Need("figure_to_reproduce"),
            "figure_to_reproduce: {paper: first2020, figure: Fig. 1, why: it is the point}",
            "answered",
            "",
        ),
    ],
)  # fmt: skip
def test_a_need_that_another_line_answers(need: Need, line: str, state: str, missing: str) -> None:
    assert of(need, spec_of(line, experiments=TWINS)) == (state, missing)


def test_papers_count_where_their_summary_is_long_enough() -> None:
    spec = spec_of(related_work="\n".join(["", *WORKS.splitlines()[1:]]))
    assert of(Need("related_work", items=3, words=10), spec) == ("answered", "")
    assert of(Need("related_work", items=4, words=10), spec) == ("thin", "3 of 4 with at least 10 words")
    assert of(Need("related_work", items=3, words=11), spec) == ("thin", "0 of 3 with at least 11 words")


@pytest.mark.parametrize(
    ("done", "state", "missing"),
    [
        (None, "answered", ""),
        (CompletedRuns(0, 15), "empty", "nothing has been run"),
        (CompletedRuns(3, 15), "thin", "3 of 15 runs are done"),
        (CompletedRuns(15, 15), "answered", ""),
    ],
)
def test_results(done: CompletedRuns | None, state: str, missing: str) -> None:
    assert of(Need("results"), spec_of(), done) == (state, missing)


def test_counts_are_known_for_a_data_set_with_facts_or_where_they_are_written() -> None:
    unknown = "{folder: recordings, why: x}"
    assert of(Need("counts"), spec_of(dataset=unknown, labels="class", splits="{train: 0.8, test: 0.2}"))[0] == "empty"
    known_items = "{folder: recordings, items: 200, why: x}"
    assert (
        of(Need("counts"), spec_of(dataset=known_items, labels="class", splits="{train: 0.8, test: 0.2}"))[0]
        == "answered"
    )
    assert of(Need("counts"), spec_of(dataset=unknown, labels="class", splits="{train: 80, test: 20}"))[0] == "answered"
    assert of(Need("counts"), spec_of(dataset=unknown, labels="class", splits="{train: 80, test: rest}"))[0] == "empty"


def test_what_is_missing_stands_at_its_line() -> None:
    spec = spec_of("answers: {x: ...}")
    (part,) = standing(asked(Need("answers.x", words=3)), spec)
    assert str(part.notes[0]) == "x/proposal.yaml:16:14: answers.x: empty: nothing is written (1a: Why?)"
    (part,) = standing(asked(Need("question", words=3)), spec)
    assert str(part.notes[0]).startswith("x/proposal.yaml:2:1: question: ")
    (part,) = standing(asked(Need("answers.y")), spec)
    assert part.notes[0].place.line == 16  # where `answers` stands


def test_a_part_of_several_is_named_with_its_number() -> None:
    one = asked(Need("question", words=3))
    two = replace(one, parts=(one.parts[0], replace(one.parts[0], number=2)))
    assert [str(note)[-11:] for part in standing(two, spec_of()) for note in part.notes] == [
        "1a.1: Why?)",
        "1a.2: Why?)",
    ]


def test_a_part_counts_its_questions_and_is_complete_only_when_all_are_answered() -> None:
    needs = (Need("question", words=3), Need("experiments", items=2), Need("experiments"))
    part = AssignmentPart(1, "P", "post", tuple(Question(f"q{n}", "Why?", (need,)) for n, need in enumerate(needs)))
    (found,) = standing(Assignment("1a", "T", "any", (part,)), spec_of())
    assert [found.count(state) for state in State] == [1, 1, 1]
    assert not found.complete
    (found,) = standing(Assignment("1a", "T", "any", (part,)), spec_of(question="a b c", experiments=TWINS))
    assert found.complete


def test_an_open_answer_that_no_question_asks_for_is_listed() -> None:
    spec = spec_of("answers: {x: ..., y: ..., z: done}")
    assert [note.key for note in unasked([asked(Need("answers.x"))], spec)] == ["answers.y"]


def test_questions_count_for_the_discussion_that_their_paper_is_in() -> None:
    line = "questions: [{paper: smith2020, ask: Why so?}, {paper: jones2021, ask: Why not?}, And why now?]"
    need = Need("questions", items=1)
    one = asked(need)
    on = replace(one, papers={"smith2020": "T"}, unnamed=False)
    (part,) = standing(on, spec_of(line))
    assert part.complete
    (part,) = standing(replace(on, papers={"jones2021": "T"}), spec_of(line))
    assert part.complete
    (part,) = standing(replace(on, papers={"else2022": "T"}), spec_of(line))
    assert part.notes[0].text.startswith("empty: 1 is asked for; 1 names no paper: write {paper: else2022, ...} (1a")
    (part,) = standing(replace(on, papers={"else2022": "T"}, unnamed=True), spec_of(line))
    assert part.complete
    two = asked(replace(need, items=2))
    (part,) = standing(replace(two, papers={"smith2020": "T"}, unnamed=False), spec_of(line))
    assert [lack.text for lack in part.standings[0].missing] == [
        "1 of 2; 1 names no paper: write {paper: smith2020, ...}"
    ]


def test_every_place_of_an_answer_can_be_looked_up() -> None:
    spec = spec_of()
    for where in places():
        assert known(where)
        if where != "results":
            assert answer_texts(spec, where).place.file == "x/proposal.yaml"
    assert known("answers.x")
    assert not known("answers.")
    assert not known("answer")


@pytest.mark.parametrize(
    ("count", "gaps"), [(0, 1), (1, 1), (14, 1), (15, 0), (29, 0), (30, 0)], ids=lambda value: str(value)
)
def test_an_answer_with_a_few_words_too_few_is_no_gap_in_a_document(count: int, gaps: int) -> None:
    spec = spec_of(question=" ".join(["word"] * count) or "...")
    (part,) = standing(asked(Need("question", words=30)), spec)
    (one,) = part.standings
    blocks = own_words(spec, one)
    assert sum(isinstance(block, Gap) for block in blocks) == gaps
    assert (one.state is State.ANSWERED) == (count >= 30)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("...", 0),
        ("one", 1),
        ("a CNN's first layer", 4),
        ("state-of-the-art", 1),
        ("5.5 ms", 2),
        ("a  b\nc", 3),
    ],
)
def test_words_are_counted(text: str, count: int) -> None:
    assert words(text) == count


def test_in_a_fresh_proposal_all_questions_of_10a_are_open() -> None:
    from importlib.resources import files

    from repro.spec.load import read_spec

    text = (files("repro.spec") / "templates" / "proposal.yaml").read_text(encoding="utf-8")
    spec = read_spec(text, Path("x/proposal.yaml"))
    (part,) = standing(load_course().assignments["10a"], spec)
    assert [one.question.name for one in part.standings if one.state is State.EMPTY] == [
        one.question.name for one in part.standings
    ]
    assert part.count(State.THIN) == 0


@pytest.mark.parametrize("kind", ["paper", "proposal"])
def test_the_recipe_that_new_writes_answers_nothing_until_something_of_it_is_changed(kind: str, tmp_path: Path) -> None:
    from repro.cli.new import starting_text
    from repro.spec.load import load_spec

    need, file = Need("recipe"), tmp_path / f"{kind}.yaml"
    text = starting_text(kind, "")
    file.write_text(text.replace("name: digits, why: ...", "name: digits, why: Because they are small."))
    assert of(need, load_spec(tmp_path)) == ("empty", "still the recipe that `repro new` writes")
    file.write_text(text.replace("batch_size: 32", "batch_size: 64"))
    assert of(need, load_spec(tmp_path))[0] == "answered"


CLASSES = "{class: {kind: class, classes: [a, b]}}"
SHARES = "{train: 0.6, validation: 0.2, test: 0.2}"


def counts_in(spec: Spec) -> list[str]:
    return [text for _, text in answer_texts(spec, "counts").texts]


def test_shares_become_counts_once_the_data_are_there(tmp_path: Path) -> None:
    words = {"dataset": "{folder: recordings, why: x}", "labels": CLASSES, "splits": SHARES}
    assert of(Need("counts"), spec_of(folder=tmp_path, **words)) == (
        "empty",
        "nobody knows yet how many items these are: put the data into recordings/, or write how many there will be, "
        "items: 240, under dataset",
    )
    for at in range(10):
        path = tmp_path / "recordings" / "ab"[at % 2] / f"{at}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert counts_in(spec_of(folder=tmp_path, **words)) == ["train 6, validation 2, test 2"]
    assert of(Need("counts"), spec_of(folder=tmp_path, **words))[0] == "answered"
    assert counts_in(spec_of(folder=tmp_path, **words | {"splits": "{folds: 5}"})) == ["10 items"]
    (tmp_path / "recordings" / "items.csv").write_text("path,class,split\na/0.wav,a,train\nb/1.wav,b,test\n")
    words |= {"dataset": "{folder: recordings, manifest: items.csv, why: x}", "splits": "official"}
    assert counts_in(spec_of(folder=tmp_path, **words)) == ["train 1, test 1"]


def test_items_or_the_frozen_split_fill_them_in(tmp_path: Path) -> None:
    spec = spec_of(
        folder=tmp_path,
        dataset="{folder: recordings, items: 200, why: x}",
        labels=CLASSES,
        splits="{train: 0.6, test: rest}",
    )
    assert counts_in(spec) == ["train 120, test 80"]
    one = spec.experiments[spec.baseline]
    drawn = Split({"train": np.arange(7), "test": np.arange(7, 9)}, 9, {"from": "all"})
    frozen = splits_path(tmp_path / "runs" / "splits", one, one.seeds[0])
    freeze(frozen, drawn, data_sha256="0" * 64)
    assert counts_in(spec) == ["train 7, test 2"]
    frozen.write_text("{}")
    assert counts_in(spec) == ["train 120, test 80"]


def test_own_code_is_told_what_it_can_write(tmp_path: Path) -> None:
    (tmp_path / "data.py").write_text("class Tones: ...\n")
    text = TEXT.replace("{name: digits, why: ...}", '"data.py:Tones"')
    text = text.replace("labels: digit", "labels: {digit: {kind: class}}")
    text = text.replace("train: 1200, validation: 200, test: rest", "train: 0.8, test: 0.2")
    _, missing = of(Need("counts"), read_spec(text, tmp_path / "proposal.yaml"))
    assert "write counts, such as {train: 80, test: 20}, or run it: the split that it freezes has them" in missing
