"""What stands on a run's card in Weights & Biases: name, group, kind, tags, settings, summary."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from repro.publish.tracking.run_snapshot import Row, RunSnapshot, goal
from repro.results.results import Results
from repro.spec.experiment import Experiment
from repro.spec.spec import Spec

MOST_LETTERS = 64
"""Of a tag, of a run's id and of a group: what W&B takes."""


@dataclass(frozen=True)
class Card:
    """One run of W&B's. ``goals`` say of each key of the history whether more or less of it is better."""

    key: str
    name: str
    group: str
    job_type: str
    tags: tuple[str, ...]
    config: Mapping[str, object]
    summary: Mapping[str, object]
    rows: tuple[Row, ...]
    goals: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    is_over: bool = True


def card(spec: Spec, run: RunSnapshot, results: Results | None) -> Card:
    """The card of one of our runs; ``results`` give the verdict, where there is one already."""
    experiment = run.run.experiment
    rows = tuple(run.rows)
    keys = dict.fromkeys(key for row in rows for key in row if "/" in key and not key.startswith("lr/"))
    return Card(
        key=run.run.identity[:16],
        name=run.run.title,
        group=experiment.name[:MOST_LETTERS],
        job_type="baseline" if experiment.name == spec.baseline else "method",
        tags=_tags(spec, experiment, results),
        config=run.config,
        summary={**run.summary, **_reported(spec, experiment)},
        rows=rows,
        goals={key: _shown_goal(experiment, key) for key in keys},
        notes="\n".join(_sentences(experiment, results)),
        is_over=run.is_over,
    )


def chance_cards(spec: Spec, results: Results, steps: int) -> list[Card]:
    """Cards of what guessing gives, each a level line from step 0 to ``steps`` beside the curves."""
    cards = []
    for row in results.rows:
        if not row.extra.get("trivial") or row.mean is None:
            continue
        level = row.mean * 100 if row.unit == "fraction" else row.mean
        cards.append(
            Card(
                key=f"{row.title}-{row.metric}".replace("/", "-"),
                name=row.title,
                group="chance",
                job_type="chance",
                tags=(spec.name[:MOST_LETTERS], f"rung {spec.rung}"[:MOST_LETTERS]),
                config={"experiment": row.title, "rung": spec.rung},
                summary={row.metric: level},
                rows=tuple({"step": step, row.metric: level} for step in (0, steps)),
                goals={row.metric: "none"},
                notes=row.sentence,
            )
        )
    return cards


def _shown_goal(experiment: Experiment, key: str) -> str:
    """W&B keeps the best of what training may look at; of test views the record's number stands, never the best."""
    return goal(experiment, key) if key.partition("/")[0] in ("running", "train", "validation") else "none"


def _tags(spec: Spec, experiment: Experiment, results: Results | None) -> tuple[str, ...]:
    rows = [] if results is None else [row for row in results.rows if row.experiment == experiment.name]
    verdicts = dict.fromkeys(str(row.verdict) for row in rows if row.verdict is not None)
    return tuple(word[:MOST_LETTERS] for word in (spec.name, f"rung {spec.rung}", *verdicts))


def _reported(spec: Spec, experiment: Experiment) -> dict[str, float]:
    """The paper's numbers on this experiment, proportions in percent as ours are; the first where it has several."""
    values: dict[str, float] = {}
    for reported in spec.reported:
        if (
            reported.experiment == experiment.name
            and reported.number is not None
            and "/" in reported.metric
            and not reported.expected
        ):
            value = reported.number.value * (100 if reported.unit == "fraction" else 1)
            values.setdefault(f"reported/{reported.metric}", value)
    return values


def _sentences(experiment: Experiment, results: Results | None) -> list[str]:
    rows = [] if results is None else [row for row in results.rows if row.experiment == experiment.name]
    return list(dict.fromkeys(row.sentence for row in rows if row.sentence))
