"""From the outcome of training to the record that is kept, and the file of predictions beside it."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from repro.data.own_code import code_sha256
from repro.disk.without_paths import without_paths
from repro.runs.failed_record import Context
from repro.runs.identity import own_files, resolved
from repro.runs.plan import Run
from repro.runs.plausible import bounded
from repro.runs.predictions_file import arrays_sha256, pack
from repro.runs.record import Chosen, Environment, Point, Record, Scores, Timings, Undefined
from repro.spec.experiment import Experiment
from repro.training.numerics import NUMERICS, feature_numerics, numerics_of
from repro.training.outcome import EvalPoint, Outcome, Runtime, Score

_PACKAGES = ("torch", "lightning", "torchmetrics", "torchaudio", "numpy", "scikit-learn", "mnist1d")


def make_record(
    run: Run,
    context: Context,
    outcome: Outcome,
    *,
    data_seconds: float,
    prepare_seconds: float = 0.0,
    hashes: Mapping[str, str | None],
    gate: Mapping[str, Any],
    references: Mapping[str, Mapping[str, Score]],
) -> tuple[Record, bytes | None]:
    """The sealed record of a run, and its predictions packed (None where there are none).

    ``hashes`` are ``data_sha256`` and ``splits_sha256``; ``references`` the scores that need no run (majority,
    chance, mean), which stand among the metrics under these names.
    """
    arrays = {
        f"{label}.{view}.{name}": array
        for label, views in outcome.predictions.items()
        for view, predictions in views.items()
        for name, array in predictions.arrays.items()
    }
    metrics = {
        label: {view: _scores(score) for view, score in {**references.get(label, {}), **views}.items()}
        for label, views in outcome.metrics.items()
    }
    seconds = outcome.seconds
    record = Record(
        spec=context.spec,
        identity=run.identity,
        terms=context.terms,
        promise=dict(run.promise),
        experiment=run.experiment.name,
        seed=run.seed,
        fold=run.fold,
        rung=context.rung,
        state=outcome.state,
        reason=None if outcome.reason is None else without_paths(outcome.reason, context.folder),
        metrics=metrics,
        chosen=None
        if outcome.chosen is None
        else Chosen(by=outcome.chosen[0], step=outcome.chosen[1], epoch=outcome.chosen[2]),
        history=tuple(_point(look) for look in outcome.history),
        sealed=tuple(_point(look) for look in outcome.sealed),
        steps=outcome.steps,
        parameters=outcome.parameters,
        multiply_adds=outcome.multiply_adds,
        constant=outcome.constant,
        environment=environment(outcome.ran, context, run.experiment),
        timings=Timings(
            data=round(data_seconds, 3),
            fit=round(seconds.fit, 3),
            evaluate=round(seconds.evaluate, 3),
            total=round(data_seconds + seconds.fit + seconds.evaluate, 3),
            prepare=round(prepare_seconds, 3),
        ),
        training_path=outcome.path,
        resumed_from=f"checkpoint at step {', '.join(map(str, outcome.resumed))}" if outcome.resumed else None,
        resolved=resolved(run.experiment),
        data_sha256=hashes["data_sha256"],
        splits_sha256=hashes["splits_sha256"],
        code_sha256=code_sha256(context.folder, own_files(run.experiment)),
        weights_sha256=outcome.weights_sha256,
        predictions_sha256=arrays_sha256(arrays) if arrays else None,
        gate=dict(gate),
    )
    return record.sealed_with_hash(), pack(arrays) if arrays else None


def environment(ran: Runtime, context: Context, experiment: Experiment | None = None) -> Environment:
    """What the numbers may depend on beside the spec; of an experiment also the versions of its features' numbers."""
    features = feature_numerics(resolved(experiment)) if experiment is not None else {}
    return Environment(
        device=ran.device,
        accelerator=ran.accelerator,
        threads=ran.threads,
        precision=ran.precision,
        deterministic=ran.deterministic,
        devices=ran.devices,
        python=platform.python_version(),
        platform=platform.platform(),
        capability=ran.capability,
        versions={
            **_versions(),
            "repro numerics": str(NUMERICS),
            **{numerics_of(name): str(version) for name, version in features.items()},
        },
        git_commit=context.git_commit,
        git_dirty=context.git_dirty,
    )


def _versions() -> dict[str, str]:
    versions = {}
    for package in ("repro-harness", *_PACKAGES):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def _scores(score: Score) -> Scores:
    undefined = {name: tuple(Undefined(**vars(gap)) for gap in some) for name, some in score.undefined.items()}
    return Scores(values=bounded(score.values), n=score.n, undefined=undefined)


def _point(look: EvalPoint) -> Point:
    return Point(step=look.step, epoch=look.epoch, values=bounded(look.values))
