"""The whole spec of one folder, resolved for one rung: what the paper says, what is run and what is claimed."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from repro.spec.experiment import Duration, Experiment
from repro.spec.part import SpecModel
from repro.spec.place import Place


class Number(SpecModel):
    """A number as the paper prints it.

    ``text`` keeps its digits; ``half_width`` is half a unit in the last printed place (``1.60`` -> 0.005);
    ``spread`` is what stands behind ``±``; ``folds`` the scores of single folds where they are printed.
    """

    text: str
    value: float
    half_width: float
    spread: float | None = None
    folds: tuple[float, ...] = ()


class Spread(SpecModel):
    """What a ``±`` means."""

    kind: Literal["sd", "se", "ci95", "unknown"] = "unknown"
    over: Literal["seeds", "folds"] = "seeds"


class Reported(SpecModel):
    """One reported number and how it was obtained: one experiment, one metric of one table.

    ``metric`` is ``VIEW/METRIC`` with ``test/`` where nothing was written, or one of the names that are always
    there (``parameters``, ``multiply_adds``, ``seconds``). ``number`` is None where the paper has none.
    """

    experiment: str
    metric: str
    unit: str
    number: Number | None
    where: str = ""
    runs: int | None = None
    spread: Spread | None = None
    selection: Literal["last", "best_validation", "best_test", "best_of_m", "not stated"] = "not stated"
    same_test_items: bool = False
    items: int | None = None
    reading_error: float | None = None
    margin: float | None = None
    why: str = ""
    via: str = ""
    expected: bool = False


class Claim(SpecModel):
    """What the paper is about: ``beats`` (``experiments[0]`` better than ``experiments[1]`` by at least ``by``),
    ``order`` (best first, each step by at least ``by``) or ``same`` (apart by at most ``within``).
    """

    kind: Literal["beats", "order", "same"]
    experiments: tuple[str, ...]
    by: float | None = None
    within: float | None = None
    metric: str
    where: str = ""
    why: str = ""
    at: tuple[Duration, ...] = ()


class Figure(SpecModel):
    """A figure that the study draws."""

    name: str
    kind: Literal["curve", "bars", "sweep", "confusion"]
    x: str | None = None
    y: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()
    series: dict[str, tuple[str, ...]] = {}
    points: str | None = None
    reproduces: str = ""
    y_range: tuple[float, float] | None = None
    log: bool = False
    split_by: str | None = None


class Ablation(SpecModel):
    """An experiment that is ``like`` another: its ``parent``, and in a few words each what it ``changes``."""

    parent: str
    changes: tuple[str, ...] = ()


class Work(SpecModel):
    """A paper: the one under study, or one of ``related_work``."""

    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    url: str = ""
    doi: str = ""
    arxiv: str = ""
    summary: str = ""


class Rung(SpecModel):
    """A named set of changes; ``only`` limits it to some experiments. ``changes`` are ``path: new value`` as text."""

    name: str
    only: tuple[str, ...] = ()
    changes: dict[str, str] = {}


class Answer(SpecModel):
    """What a person wrote to a question; ``...`` stands for what is still to be written."""

    text: str

    @property
    def is_open(self) -> bool:
        """Whether nothing was answered yet."""
        return self.text.strip() in ("", "...", "…")


class PeerQuestion(SpecModel):
    """A question about a guest's paper; ``paper`` is its key in the discussion, where that holds several."""

    ask: str
    paper: str = ""


class PeerAnswer(SpecModel):
    """What a student says to one who asked: ``to`` is the folder of whoever asked ``ask``."""

    to: str
    answer: str
    ask: str = ""
    paper: str = ""


class Tracker(SpecModel):
    """What shows runs while they train. ``mode`` is ``online`` or ``offline``; what is empty was left open."""

    name: str
    project: str = ""
    entity: str = ""
    mode: str = ""


class Spec(SpecModel):
    """One folder's study at one rung.

    ``experiments`` in the order of the file, ``baseline`` names one of them. ``sources`` is
    ``{kind: {path: place in the source, or ""}}`` with the kinds ``paper``, ``author code``, ``guess``,
    ``different`` and whatever else a student names. ``overrides`` are the changes of the command line; ``changed``
    says how many experiments each change of the rung and the command line landed in. ``partial`` lists why this is
    less than a full run of the paper's recipe (rung below full, ``sources.different`` on data, labels, splits,
    features, architecture, model or the amount of training): empty for a full one; keyed by experiment.
    ``differs`` are the other declared differences (``optimizer``), for "recipe differs". ``ablations`` are the
    experiments that are ``like`` another. ``places`` tells where each word of the file stands.
    """

    kind: Literal["paper", "proposal"]
    path: Path
    work: Work
    question: str
    related_work: dict[str, Work] = {}
    baseline: str
    experiments: dict[str, Experiment]
    reported: tuple[Reported, ...] = ()
    claims: tuple[Claim, ...] = ()
    figures: tuple[Figure, ...] = ()
    sources: dict[str, dict[str, str]] = {}
    rungs: dict[str, Rung] = {}
    rung: str = "full"
    overrides: tuple[str, ...] = ()
    changed: dict[str, int] = {}
    partial: dict[str, tuple[str, ...]] = {}
    differs: dict[str, tuple[str, ...]] = {}
    ablations: dict[str, Ablation] = {}
    answers: dict[str, Answer] = {}
    questions: tuple[PeerQuestion, ...] = ()
    answers_to_peers: tuple[PeerAnswer, ...] = ()
    references: tuple[str, ...] = ()
    tracking: tuple[Tracker, ...] = ()
    extra: dict[str, Any] = Field(default={}, description="words that only later rooms read")
    places: dict[str, Place] = Field(default={}, exclude=True, repr=False)

    @property
    def folder(self) -> Path:
        """The folder that holds the spec."""
        return self.path.parent

    @property
    def name(self) -> str:
        """The folder's name as text, whatever its bytes: what tables and records call this study."""
        return os.fsencode(self.path.resolve().parent.name).decode("utf-8", "replace")
