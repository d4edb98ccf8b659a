"""Hand-made specs and records: a study like MNIST-1D, small enough to be read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from repro.results.collect import results
from repro.results.results import Results
from repro.results.row import Row
from repro.runs.plan import Plan, Run
from repro.runs.record import Chosen, Environment, Point, Record, Scores, Timings
from repro.spec.experiment import Dataset, Experiment, Input, Label, Model, Splits, Training
from repro.spec.part import Entry
from repro.spec.spec import Number, Reported, Spec, Work

ENVIRONMENT = Environment(
    device="Some CPU", accelerator="cpu", threads=1, precision="32-true", deterministic=True, python="3.12",
    platform="Linux", capability="AVX2", versions={"torch": "2.13.0"},
)  # fmt: skip
TIMINGS = Timings(data=0.1, fit=1.5, evaluate=0.2, total=1.9)
TERMS = "terms"


def experiment(name: str, **changes: Any) -> Experiment:
    fields: dict[str, Any] = {
        "name": name,
        "dataset": Dataset(name="mnist1d"),
        "labels": {"digit": Label(name="digit", column="digit")},
        "splits": Splits(source="official", train=4000, test=1000),
        "inputs": {"input": Input(name="input")},
        "model": Model(name=name, blocks=()),
        "optimizer": Entry(name="Adam", args={"lr": 0.01}),
        "losses": {"digit": Entry(name="CrossEntropyLoss")},
        "metrics": {"Accuracy": Entry(name="Accuracy")},
        "training": Training(batch_size=100, steps=6000),
        "seeds": (0, 1, 2, 3, 4),
    }
    return Experiment(**{**fields, **changes})


def number(text: str, spread: float | None = None) -> Number:
    places = len(text.partition(".")[2])
    return Number(text=text, value=float(text), half_width=0.5 * 10**-places, spread=spread)


def reported(name: str, text: str | None, **changes: Any) -> Reported:
    fields: dict[str, Any] = {
        "experiment": name, "metric": "test/Accuracy", "unit": "percent", "where": "README", "same_test_items": True,
        "number": None if text is None else number(text),
    }  # fmt: skip
    return Reported(**{**fields, **changes})


def spec(experiments: Sequence[Experiment] | None = None, entries: Sequence[Reported] = (), **changes: Any) -> Spec:
    made = experiments if experiments is not None else [experiment("logistic"), experiment("cnn", title="CNN")]
    fields: dict[str, Any] = {
        "kind": "paper",
        "path": Path("papers/made/paper.yaml"),
        "work": Work(title="A made study"),
        "question": "Does it?",
        "baseline": made[0].name,
        "experiments": {e.name: e for e in made},
        "reported": tuple(entries),
    }
    return Spec(**{**fields, **changes})


def plan(made: Spec, only: Sequence[str] = (), seeds: Sequence[int] | None = None, terms: str = TERMS) -> Plan:
    """All runs of a spec; a record of :func:`record` has the identity of its run."""
    runs = [
        Run(e, seed, None, f"{name}-{seed}")
        for name, e in made.experiments.items()
        if e.not_run is None and (not only or name in only)
        for seed in (e.seeds if seeds is None else seeds)
    ]
    return Plan(made, terms, tuple(runs))


def record(name: str, seed: int, value: float | None = None, **changes: Any) -> Record:
    """One run. ``value`` is the test metric ``Accuracy``; ``metrics`` replaces it all."""
    scores = {} if value is None else {"digit": {"test": Scores(values={"Accuracy": value, "loss": 1.0}, n=1000)}}
    fields: dict[str, Any] = {
        "spec": "made",
        "identity": f"{name}-{seed}",
        "terms": TERMS,
        "experiment": name,
        "seed": seed,
        "rung": "full",
        "state": "done",
        "metrics": scores,
        "chosen": Chosen(by="last", step=6000, epoch=150.0),
        "steps": 6000,
        "environment": ENVIRONMENT,
        "timings": TIMINGS,
        "training_path": "chunked",
        "weights_sha256": f"w-{name}-{seed}",
        "data_sha256": "d",
        "splits_sha256": "s",
        "parameters": 5210,
        "multiply_adds": 100_000,
    }
    return Record(**{**fields, **changes})


def records(name: str, values: Sequence[float], **changes: Any) -> list[Record]:
    return [record(name, seed, value, **changes) for seed, value in enumerate(values)]


def failed(name: str, seed: int) -> Record:
    return record(name, seed, state="failed", reason="loss is not finite", metrics={}, chosen=None)


def curve(name: str, seed: int, end: float, *, steps: int = 6000, every: int = 250) -> tuple[Point, ...]:
    """A sealed history of test accuracy and loss that rises to about ``end``."""
    generator = np.random.default_rng([seed, len(name), int(end * 10)])
    at = np.arange(every, steps + 1, every)
    values = end - (end - 10) * np.exp(-at / (steps / 6)) + generator.normal(0, 0.6, at.size)
    losses = 2.3 * np.exp(-at / steps) + generator.normal(0, 0.01, at.size)
    return tuple(
        Point(step=int(s), epoch=s / 40, values={"test/Accuracy": float(v), "test/loss": float(x)})
        for s, v, x in zip(at, values, losses, strict=True)
    )


def spread_to(mean: float, sd: float, k: int) -> tuple[float, ...]:
    """k values whose mean and sd (ddof 1) are exactly these."""
    x = np.linspace(-1, 1, k)
    x = (x - x.mean()) / x.std(ddof=1) * sd + mean
    return tuple(float(v) for v in x)


def gate(counts: Mapping[str, Mapping[str, int]], state: str = "ok") -> dict[str, Any]:
    return {"checks": {"labels": {"state": state, "text": "classes", "counts": {"digit": counts}}}}


def collected(made_spec: Spec, made_records: Sequence[Record], **asked: Any) -> Results:
    """What the table shows of these records."""
    return results(made_spec, plan(made_spec, **asked), made_records)


def row_of(found: Results, name: str, metric: str = "test/Accuracy") -> Row:
    return next(r for r in found.rows if r.experiment == name and r.metric == metric)
