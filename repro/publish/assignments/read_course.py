"""From a course's file to a :class:`repro.publish.assignments.course.Course`, or every problem in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from repro.disk.untrusted_files import is_file_inside
from repro.publish.assignments.answer_texts import ANSWERS, known, places
from repro.publish.assignments.course import Assignment, AssignmentPart, Course, HandIn, Need, Question, Slot, Student
from repro.spec.place import Place
from repro.spec.problem import Problem, SpecError, unknown, unknown_of
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.tree import ListNode, MapNode, Node, TextNode
from repro.spec.yaml import read_file, read_tree

FILE = "course.yaml"
"""What a teacher's file is called; it lies above the folders, and the folders of its roster begin where it lies."""

ABOVE = 3
"""It is looked for so many folders above a study: ``submissions/ada/paper`` may have it beside ``submissions``."""

_WORDS = ("title", "zone", "due_time", "assignments", "dates", "roster", "papers")
_SHOWS = [
    "dataset",
    "splits",
    "leakage",
    "features",
    "architecture",
    "experiments",
    "training",
    "baseline",
    "related_work",
    "results",
    "claims",
    "figures",
    "expected",
    "figure_to_reproduce",
    "slides",
]


def find_course(folder: Path) -> Path | None:
    """The course's file in a folder or the nearest above it; None where there is none.

    Raises:
        SpecError: it is a link that leads out of the folder in which it lies.

    """
    where = folder.resolve()
    for at in (where, *where.parents[:ABOVE]):
        if (at / FILE).is_file():
            if not is_file_inside(at / FILE, at):
                what = "is a link that leads out of the folder; it was not followed. Name it with --course"
                raise SpecError([Problem(Place(str(at / FILE)), "", what)])
            return at / FILE
    return None


def load_course(path: Path | None = None) -> Course:
    """Read a course; without a path the one that comes with the tool.

    A file without ``assignments`` takes those of the tool and gives them dates and a roster.

    Raises:
        SpecError: every problem in the file.

    """
    shipped = files("repro.publish.assignments") / FILE
    if path is None:
        return _read(shipped.read_text(encoding="utf-8"), FILE, None)
    return _read(read_file(path, str(path)), str(path), path)


def _read(text: str, shown: str, path: Path | None) -> Course:
    tree = read_tree(text, shown)
    reading = Reading(Path() if path is None else path.parent)
    course = _Course(tree, reading).course(path)
    if reading.problems:
        raise SpecError(reading.problems)
    return course


class _Course:
    def __init__(self, tree: MapNode, reading: Reading) -> None:
        self.reading = reading
        self.given: dict[str, Node] = {}
        for word, node in tree.items():
            if word in _WORDS:
                self.given[str(word)] = node
            else:
                reading.unknown(word, "", "word", _WORDS)
        self.zone = self._zone()
        self.due_time = self._due_time()
        self.place = tree.place

    def course(self, path: Path | None) -> Course:
        title = self._text("title") or "A course"
        assignments = self._assignments()
        dates = self._slots(self.given.get("dates"), "dates", assignments)
        papers = self._papers(assignments)
        alone = len(papers) == 1
        dated = {
            name: replace(
                assignment,
                parts=tuple(replace(part, due=dates.get((name, part.number), part.due)) for part in assignment.parts),
                papers=papers.get(name, {}),
                unnamed=alone or name not in papers,
            )
            for name, assignment in assignments.items()
        }
        return Course(title, dated, self._roster(assignments), papers, path, self.place)

    def _text(self, word: str) -> str | None:
        node = self.given.get(word)
        return None if node is None else self.reading.text(node, word)

    def _zone(self) -> ZoneInfo:
        name = self._text("zone")
        try:
            return ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.reading.say(self.given["zone"], "zone", f"unknown zone {name!r}; write one such as America/New_York")
            return ZoneInfo("UTC")

    def _due_time(self) -> time:
        text = self._text("due_time") or "23:59"
        try:
            return time.fromisoformat(text)
        except ValueError:
            self.reading.say(self.given["due_time"], "due_time", f"expected a time such as 23:59, got {text!r}")
            return time(23, 59)

    def _moment(self, node: Node, key: str) -> datetime | None:
        """``2026-12-04`` (at the course's time of day) or ``2026-12-04 18:00``, in the course's zone."""
        text = self.reading.text(node, key)
        if text is None:
            return None
        try:
            if "T" not in text and ":" not in text:
                return datetime.combine(date.fromisoformat(text), self.due_time, self.zone)
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.reading.say(node, key, f"expected a date such as 2026-12-04 or 2026-12-04 18:00, got {text!r}")
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def _slots(self, node: Node | None, key: str, assignments: dict[str, Assignment]) -> dict[Slot, datetime]:
        """``{8a: {1: DATE, 2: DATE}, 10a: DATE}``: a date alone is that of the only part."""
        moments: dict[Slot, datetime] = {}
        if node is None or is_none(node):
            return moments
        block = self.reading.block(node, key, None, example="{8a: {1: 2026-12-04}}") or {}
        for name, value in block.items():
            if name not in assignments:
                self.reading.say(value, f"{key}.{name}", unknown_of("assignment", name, assignments))
                continue
            parts = value if isinstance(value, MapNode) else MapNode({TextNode("1", value.place): value}, value.place)
            count = len(assignments[name].parts)
            if not isinstance(value, MapNode) and count > 1:
                self.reading.say(value, f"{key}.{name}", f"has {count} parts; write {{1: DATE, 2: DATE}}")
                continue
            for number, when in parts.items():
                if number not in map(str, range(1, count + 1)):
                    self.reading.say(number, f"{key}.{name}.{number}", _parts(count))
                elif (moment := self._moment(when, f"{key}.{name}.{number}")) is not None:
                    moments[name, int(number)] = moment
        return moments

    def _roster(self, assignments: dict[str, Assignment]) -> dict[str, Student]:
        node = self.given.get("roster")
        if node is None or is_none(node):
            return {}
        if isinstance(node, ListNode):  # a plain list of folders
            for entry in node:
                if not isinstance(entry, TextNode):
                    self.reading.say(entry, "roster", f"expected the name of a folder, got {kind(entry)}")
            node = MapNode(
                {TextNode(t, t.place): MapNode({}, t.place) for t in node if isinstance(t, TextNode)}, node.place
            )
        block = self.reading.block(node, "roster", None, example="{ada: {folder: ada}}") or {}
        students = {}
        for name, entry in block.items():
            key = f"roster.{name}"
            words = self.reading.block(entry, key, ("folder", "submitted"), example="{folder: ada}") or {}
            folder = self.reading.text(words["folder"], f"{key}.folder") if "folder" in words else name
            submitted = self._slots(words.get("submitted"), f"{key}.submitted", assignments)
            wrong = "" if folder is None else self._misplaced(folder)
            if wrong:
                self.reading.say(entry, f"{key}.folder", wrong)
            else:
                students[name] = Student(name, folder or name, submitted)
        return students

    def _misplaced(self, folder: str) -> str:
        """What is wrong with the place of a student's folder, which begins where the course's file lies."""
        place, home = Path(folder), self.reading.folder
        if place.is_absolute() or place == Path() or ".." in place.parts:
            return "expected a folder beside this file"
        inner = Path(*place.parts[1:])
        if place.parts[0] == home.resolve().name and not (home / place).exists() and (home / inner).is_dir():
            return f"begins where this file lies, in {place.parts[0]}/; write {inner}"
        return ""

    def _papers(self, assignments: dict[str, Assignment]) -> dict[str, dict[str, str]]:
        """What each discussion is about: ``{8b: {smith2020: Its title}}``."""
        node = self.given.get("papers")
        if node is None or is_none(node):
            return {}
        papers = {}
        for name, value in (self.reading.block(node, "papers", None, example="{8b: {smith2020: Title}}") or {}).items():
            if name not in assignments:
                self.reading.say(value, f"papers.{name}", unknown_of("assignment", name, assignments))
            keys = self.reading.block(value, f"papers.{name}", None, example="{smith2020: Title}") or {}
            titles = {key: self.reading.text(title, f"papers.{name}.{key}") for key, title in keys.items()}
            papers[name] = {key: title for key, title in titles.items() if title is not None}
        return papers

    def _assignments(self) -> dict[str, Assignment]:
        node = self.given.get("assignments")
        if node is None:
            return dict(load_course().assignments)
        block = self.reading.block(node, "assignments", None, example="{1a: {title: ..., parts: [...]}}") or {}
        assignments = {name: self._assignment(name, value) for name, value in block.items()}
        return {name: assignment for name, assignment in assignments.items() if assignment is not None}

    def _assignment(self, name: str, node: Node) -> Assignment | None:
        key = f"assignments.{name}"
        block = self.reading.block(node, key, ("title", "folder", "parts"), need=("parts",))
        if block is None or "parts" not in block:
            return None
        if not listed(block["parts"]):
            self.reading.say(block["parts"], f"{key}.parts", "holds no part")
        title = self.reading.text(block["title"], f"{key}.title") if "title" in block else name
        kinds = ("paper", "proposal", "any")
        folder = self.reading.word(block["folder"], f"{key}.folder", kinds) if "folder" in block else "any"
        parts = [
            part
            for number, part_node in enumerate(listed(block["parts"]), 1)
            if (part := self._part(number, f"{key}.parts", part_node)) is not None
        ]
        return Assignment(name, title or name, cast(Literal["paper", "proposal", "any"], folder or "any"), tuple(parts))

    def _part(self, number: int, above: str, node: Node) -> AssignmentPart | None:
        key = f"{above} {number}"
        block = self.reading.block(node, key, ("title", "hand_in", "due", "questions"), need=("questions",))
        if block is None or "questions" not in block:
            return None
        title = self.reading.text(block["title"], f"{key}.title") if "title" in block else f"Part {number}"
        hand_in: str | None = "post"
        if "hand_in" in block:
            hand_in = self.reading.word(block["hand_in"], f"{key}.hand_in", get_args(HandIn))
        due = self._moment(block["due"], f"{key}.due") if "due" in block else None
        if not listed(block["questions"]):
            self.reading.say(block["questions"], f"{key}.questions", "holds no question")
        read_questions = [self._question(key, question_node) for question_node in listed(block["questions"])]
        questions = tuple(question for question in read_questions if question is not None)
        names = [question.name for question in questions]
        for twice in sorted({name for name in names if names.count(name) > 1}):
            self.reading.say(block["questions"], key, f"two questions are called {twice!r}")
        return AssignmentPart(number, title or f"Part {number}", cast(HandIn, hand_in or "post"), questions, due)

    def _question(self, above: str, node: Node) -> Question | None:
        block = self.reading.block(node, above, ("name", "ask", "needs", "shows"), need=("name", "ask"))
        if block is None or "name" not in block or "ask" not in block:
            return None
        name, ask = self.reading.name(block["name"], f"{above}.name"), self.reading.text(block["ask"], f"{above}.ask")
        needs = self._needs(block.get("needs"), f"{above}.needs")
        shows: Sequence[str] = ()
        if "shows" in block:
            shows = self.reading.some_of(block["shows"], f"{above}.shows", "block", _SHOWS)
        if not needs and not shows:
            self.reading.say(node, f"{above}.{name}", "says neither what it needs nor what it shows")
        return None if name is None or ask is None else Question(name, ask, needs, tuple(shows))

    def _needs(self, node: Node | None, key: str) -> tuple[Need, ...]:
        if node is None or is_none(node):
            return ()
        if not isinstance(node, MapNode):
            self.reading.say(node, key, f"expected `place: {{words: 30}}`, got {kind(node)}")
            return ()
        needs = []
        for where, need in node.items():
            if not known(where):
                near = unknown("place of an answer", where, [*places(), f"{ANSWERS}NAME"])
                self.reading.say(where, f"{key}.{where}", near)
                continue
            least = self.reading.block(need, f"{key}.{where}", ("words", "items", "link"), example="{words: 30}") or {}
            counts = {
                word: self.reading.whole(least[word], f"{key}.{where}.{word}", least=1) or 0
                for word in ("words", "items")
                if word in least
            }
            link = self.reading.truth(least["link"], f"{key}.{where}.link") if "link" in least else False
            needs.append(Need(str(where), counts.get("words", 0), counts.get("items", 0), bool(link)))
        return tuple(needs)


def _parts(count: int) -> str:
    return f"has parts 1 to {count}" if count > 1 else "has one part, 1" if count else "has no part"
