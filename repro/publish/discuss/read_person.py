"""What a person wrote, from their folders. Only two words of a spec are read; nothing is followed out of a folder."""

from collections.abc import Sequence
from pathlib import Path

from repro.publish.assignments.course import Student
from repro.publish.discuss.posts import Person, StudentAnswer, StudentQuestion
from repro.publish.grade.survey import is_sound
from repro.publish.grade.visible import visible
from repro.spec.load import NAMES
from repro.spec.part import SpecModel
from repro.spec.problem import SpecError
from repro.spec.read_discussion import read_answers_to_peers, read_questions
from repro.spec.reading import Reading
from repro.spec.spec import Answer, Spec
from repro.spec.tree import TextNode
from repro.spec.yaml import MAX_BYTES, read_file, read_tree

MOST = 50
"""Questions of one person that are compared; whoever asks more is told so."""

_ABSENT = ("no such folder", "no paper.yaml or proposal.yaml")


def read_person(name: str, folders: Sequence[tuple[Path, str]], students: Sequence[Student], slot: str) -> Person:
    """Read all folders of one person.

    Args:
        name: what they are called.
        folders: each with what to call it.
        students: the person in the roster, if they are there; dates are taken from it.
        slot: the name of the discussion's assignment, whose date counts.

    """
    own_questions: list[StudentQuestion] = []
    answered: list[StudentAnswer] = []
    unread: list[str] = []
    absent = 0
    when = max((moment for student in students if (moment := student.submitted.get((slot, 1)))), default=None)
    for folder, shown in folders:
        file, why = _spec_file(folder)
        if file is None:
            unread.append(visible(f"{shown}: {why}"))
            absent += why in _ABSENT
            continue
        where = visible(f"{shown}/{file.name}")
        try:
            tree = read_tree(read_file(file, where, file.parent), where)
        except SpecError as error:
            unread.append(visible(str(error.problems[0])))
            continue
        reading = Reading(folder)
        questions = [
            question
            for question in read_questions(tree.get(TextNode("questions")), reading)
            if not Answer(text=question.ask).is_open
        ]
        peers = [
            answer
            for answer in read_answers_to_peers(tree.get(TextNode("answers_to_peers")), reading)
            if not Answer(text=answer.answer).is_open
        ]
        if _are_many(questions, peers):
            unread.append(f"{where}: only the first {MOST} questions and answers are read")
        unread += [visible(str(problem)) for problem in reading.problems[:3]]
        own_questions += [StudentQuestion(visible(q.ask), name, str(q.place), q.paper, when) for q in questions[:MOST]]
        answered += [StudentAnswer(visible(a.answer), name, str(a.place), visible(a.to), a.paper) for a in peers[:MOST]]
    names = dict.fromkeys([name, *(part for _, shown in folders for part in (shown, Path(shown).name))])
    return Person(name, tuple(names), tuple(own_questions), tuple(answered), tuple(unread), absent == len(folders))


def posts_in(spec: Spec, name: str, names: Sequence[str]) -> Person:
    """The same from a spec that was read already.

    Args:
        spec: the person's.
        name: what they are called.
        names: what a peer may call them besides.

    """
    where = visible(spec.path.name)
    questions = [question for question in spec.questions if not Answer(text=question.ask).is_open]
    peers = [answer for answer in spec.answers_to_peers if not Answer(text=answer.answer).is_open]
    unread = (f"{where}: only the first {MOST} questions and answers are read",) if _are_many(questions, peers) else ()
    return Person(
        name,
        tuple(dict.fromkeys([name, *names])),
        tuple(
            StudentQuestion(visible(question.ask), name, _line(question, where), question.paper)
            for question in questions[:MOST]
        ),
        tuple(StudentAnswer(visible(a.answer), name, _line(a, where), visible(a.to), a.paper) for a in peers[:MOST]),
        unread,
    )


def _are_many(questions: Sequence[object], peers: Sequence[object]) -> bool:
    return len(questions) > MOST or len(peers) > MOST


def _line(entry: SpecModel, where: str) -> str:
    return f"{where}:{entry.place.line}" if entry.place.line else where


def _spec_file(folder: Path) -> tuple[Path | None, str]:
    if folder.is_symlink() or not folder.is_dir():
        return None, "is a link; it was not followed" if folder.is_symlink() else "no such folder"
    specs = [folder / name for name in NAMES if (folder / name).is_symlink() or (folder / name).exists()]
    if len(specs) != 1:
        return None, "holds both paper.yaml and proposal.yaml" if specs else "no paper.yaml or proposal.yaml"
    if not is_sound(specs[0], MAX_BYTES):
        return None, f"{specs[0].name} is no plain file of at most {MAX_BYTES // 1024} KB"
    return specs[0], ""
