"""``repro discuss``: what a class asks about guests' papers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from repro.publish.assignments.course import Course
    from repro.publish.discuss.discussion import Discussion
    from repro.publish.discuss.posts import Person
    from repro.publish.discuss.repeats import Repeat


def discuss(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="the folder that holds the students' folders")],
    thread: Annotated[
        Path | None, typer.Option("--thread", metavar="FILE", help="the discussion's page, copied into a text file")
    ] = None,
    course: Annotated[
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else the course.yaml above them")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print machine-readable JSON")] = False,
) -> None:
    """List all questions on guests' papers, which were asked before, and who is still to ask or to answer.

    Questions that are like an earlier one are shown beside it with how alike they are (0 to 1): a hint to read both,
    never a verdict. Of a thread every line that ends in a question mark is taken. Nothing of a folder is run.

    Example: repro discuss submissions
    Example: repro discuss submissions --thread page.txt
    """
    import json as form

    from repro.cli.grade import teachers_course
    from repro.publish.assignments.read_course import load_course
    from repro.publish.discuss.discussion import discussion, discussions_of, unknown_papers
    from repro.publish.discuss.thread import questions_of, read_thread
    from repro.publish.grade.visible import visible

    path = teachers_course([folder], course)
    chosen = load_course(path)
    lines = [] if thread is None else questions_of(read_thread(thread), visible(thread.name))
    discussions = []
    for assignment in discussions_of(chosen):
        people = people_of(folder, chosen, assignment.name)
        discussions.append((discussion(assignment, people, lines), people))
    people = discussions[0][1] if discussions else []
    odd = [*unknown_papers(chosen, people), *(f"not read: {why}" for person in people for why in person.unread)]
    if json:
        print(form.dumps([_values(item) for item, _ in discussions] + [{"flags": odd}], indent=1))
        return
    if thread is not None:
        print(f"{visible(thread.name)}: {len(lines)} lines that end in a question mark\n")
    for item, _ in discussions:
        _print(item)
    for line in odd:
        print(f"! {line}")


def people_of(folder: Path, course: "Course", slot: str) -> "list[Person]":
    """All who take part, in the order of their folders; those who hold several folders once."""
    from repro.publish.discuss.read_person import read_person
    from repro.publish.grade.submitted_folders import submitted_folders
    from repro.publish.grade.visible import visible

    folders: dict[str, list[tuple[Path, str]]] = {}
    for row in submitted_folders([folder], course):
        for name in [student.name for student in row.students] or [visible(row.shown)]:
            folders.setdefault(name, []).append((row.folder, row.shown))
    roster = course.roster
    return [
        read_person(name, own_folders, [roster[name]] if name in roster else [], slot)
        for name, own_folders in folders.items()
    ]


def _print(discussion: "Discussion") -> None:
    import textwrap

    from repro.cli.console import make_console
    from repro.results.wording import several

    width = max(60, make_console().width)
    papers = "; ".join(f"{key}: {title}" for key, title in discussion.assignment.papers.items())
    from_folders = sum(bool(question.who) for question in discussion.asked)
    print(f"{discussion.assignment.name}: {discussion.assignment.title}" + (f" ({papers})" if papers else ""))
    pasted = len(discussion.asked) - from_folders
    print(f"{several(from_folders, 'question')} of "
          f"{several(len({q.who for q in discussion.asked if q.who}), 'student')}"
          + (f" and {pasted} of the thread" if pasted else "")
          + f", {discussion.repeated} like an earlier one; earlier by: {discussion.order}\n")  # fmt: skip
    names = max((len(question.who or "thread") for question in discussion.asked), default=0)
    for number, (question, repeat) in enumerate(zip(discussion.asked, discussion.repeats, strict=True), 1):
        head = f"{number:>4}  {(question.who or 'thread'):<{min(names, 24)}}  "
        which = f" ({question.on})" if question.on and len(discussion.assignment.papers) > 1 else ""
        first, *rest = textwrap.wrap(f"{question.text}{which}", width - len(head))
        print(f"{head}{first}")
        for line in rest:
            print(f"{' ' * len(head)}{line}")
        if question.who and question.line:
            print(f"{' ' * len(head)}stands in the thread too, line {question.line}")
        if repeat is not None:
            other = discussion.asked[repeat.earlier]
            whose = "their own" if other.who and other.who == question.who else other.who or "the thread"
            print(f"{' ' * len(head)}! {repeat.cosine:.2f}, {repeat.sure}: {repeat.earlier + 1} ({whose})")
    if discussion.owing:
        print("\nstill to do")
        for owing in discussion.owing:
            todo = [
                several(count, word)
                for count, word in ((owing.questions, "question"), (owing.answers, "answer to a peer"))
                if count
            ]
            print(f"      {owing.who}: {' and '.join(todo) if todo else 'ungraded, what they wrote cannot be read'}")
    else:
        print("\neverybody has asked and answered")
    for flag in discussion.flags:
        print(f"! {flag}")
    print()


def _values(discussion: "Discussion") -> dict[str, object]:
    def question(number: int) -> dict[str, object]:
        question, repeat = discussion.asked[number], discussion.repeats[number]
        return {
            "number": number + 1,
            "who": question.who or None,
            "ask": question.text,
            "paper": question.on or None,
            "place": question.place,
            "submitted": None if question.when is None else question.when.isoformat(),
            "thread_line": question.line,
            "like": None if repeat is None else _like(repeat),
        }

    return {
        "assignment": discussion.assignment.name,
        "papers": dict(discussion.assignment.papers),
        "order": discussion.order,
        "questions": [question(number) for number in range(len(discussion.asked))],
        "answers": [{"who": a.who, "to": a.to, "answer": a.text, "place": a.place} for a in discussion.answered],
        "still_to_do": [{"who": o.who, "questions": o.questions, "answers": o.answers} for o in discussion.owing],
        "flags": list(discussion.flags),
    }


def _like(repeat: "Repeat") -> dict[str, object]:
    return {"number": repeat.earlier + 1, "cosine": round(repeat.cosine, 3), "sure": repeat.sure}
