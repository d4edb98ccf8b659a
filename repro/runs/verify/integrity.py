"""Is a record what it says it is: the very run that was planned, with all that such a run leaves?"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from repro.data.own_code import code_sha256
from repro.data.prepared import Data, Part
from repro.runs.identity import own_files
from repro.runs.plan import Run
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.part import Entry
from repro.spec.spec import Spec
from repro.spec.view_recipe import REFERENCES, ViewRecipe, reference_name
from repro.training.segments import as_seen
from repro.training.views import is_open, viewings

STATES = ("ok", "found", "failed")
"""What a check of the gate says, the worst last."""

LOSSES = ("loss", "objective")
"""What a net's views have beside the metrics."""

ROUNDED_SECONDS = 0.01
"""How far the stages of a run may lie from their sum, each being rounded to a thousandth."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def stated_wrongly(record: Record, run: Run, spec: Spec) -> list[str]:
    """What a record says of its run that is not so. Needs no data."""
    wrong = []
    if record.seed != run.seed or record.fold != run.fold:
        identity = f"seed {record.seed}" + ("" if record.fold == run.fold else f" fold {record.fold}")
        wrong.append(f"says {identity}, but its identity is that of {run.title}")
    if record.code_sha256 != code_sha256(spec.folder, own_files(run.experiment)):
        wrong.append("was made with other own code than lies in the folder")
    estimator = is_estimator(run.experiment)
    if (record.training_path == "estimator") != estimator:
        wrong.append(f"training path {record.training_path} is not that of this model")
    if record.state == "done" and not estimator and not _SHA256.fullmatch(record.weights_sha256 or ""):
        wrong.append("has no weights_sha256")
    seconds = record.timings
    if record.state == "done" and abs(seconds.total - seconds.data - seconds.fit - seconds.evaluate) > ROUNDED_SECONDS:
        wrong.append(f"says that it took {seconds.total:g} s, and its stages do not add up to that")
    if estimator and record.weights_sha256 is not None:
        wrong.append("has a weights_sha256, and an estimator has no weights")
    return wrong


def other_data(record: Record, data: Data) -> list[str]:
    """Whether a record is of the data and the splits that the spec asks for."""
    wrong = []
    if record.data_sha256 != data.data_sha256:
        wrong.append("is of other data: data_sha256 is not that of the data set")
    if record.splits_sha256 != data.splits_sha256:
        wrong.append("is of other splits: splits_sha256 is not that of the splits drawn again")
    return wrong


def other_gate(record: Record, gate: Mapping[str, Any]) -> list[str]:
    """Checks of the leakage gate of which a record says less than the ``gate`` finds here; of checks that both know."""
    recorded = record.gate.get("checks") or {}
    wrong = []
    for name, check in gate["checks"].items():
        stated = recorded.get(name)
        state = stated.get("state") if isinstance(stated, Mapping) else None
        if stated is not None and (state not in STATES or STATES.index(state) < STATES.index(check["state"])):
            wrong.append(f"its gate says {state} of {name}; here it is {check['state']}: {check['text']}")
    return wrong


def other_counts(record: Record, experiment: Experiment, data: Data) -> list[str]:
    """Views or metrics that are missing or not of this experiment, and views with another number of items."""
    if set(record.metrics) != set(data.labels):
        return [f"has metrics of {_names(record.metrics)}, the labels are {_names(data.labels)}"]
    wrong = []
    known = viewings(experiment, data)
    apart = {"running", *(reference_name(name, experiment.views) for name in REFERENCES)}
    for label, views in record.metrics.items():
        names = {name for name, entry in experiment.metrics.items() if label_of(entry, experiment) == label}
        names |= set(LOSSES) if has_loss(experiment) else set()
        wrong += [f"has no metrics of {view} ({label})" for view in sorted(set(known) - set(views))]
        for view, scores in views.items():
            if view not in known and view not in apart:
                wrong.append(f"has metrics of a view that the spec does not know: {view} ({label})")
                continue
            lacking = names - set(scores.values) if view in known else set()
            wrong += [f"{view}/{name} is not recorded" for name in sorted(lacking)]
            wrong += [f"{view}/{n} is no metric of this experiment" for n in sorted(set(scores.values) - names)]
            if view == "running" or not known.get(view, known["test"]).is_whole:
                continue
            items = len(seen_of(data, known.get(view, known["test"])))
            if scores.n != items:
                wrong.append(f"{view}: n is {scores.n}, there are {items} items")
    return wrong


def label_of(entry: Entry, experiment: Experiment) -> str:
    """The label that a metric is of: the one it names, else the first."""
    return str(entry.args.get("label", next(iter(experiment.labels))))


def has_loss(experiment: Experiment) -> bool:
    """Whether runs have a loss: those of nets; an estimator of the same study leaves the spec's loss alone."""
    return bool(experiment.losses) and not is_estimator(experiment)


def is_estimator(experiment: Experiment) -> bool:
    """Whether scikit-learn fits the experiment."""
    return experiment.model is not None and experiment.model.is_estimator


def kept_views(experiment: Experiment, data: Data) -> dict[str, ViewRecipe]:
    """Views whose predictions a run keeps, under their own or another's name: all that training never sees."""
    return {name: viewing for name, viewing in viewings(experiment, data).items() if not is_open(viewing)}


def seen_of(data: Data, viewing: ViewRecipe) -> Part:
    """The items, or segments, that a view looks at before it is limited to some of them; without inputs."""
    return as_seen(data.parts[viewing.part], viewing, data.labels)


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
