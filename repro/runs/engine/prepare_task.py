"""Before anything trains: bind every experiment to the real classes, then fetch, read, split and check its data."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from repro.data.build_progress import OnComputed
from repro.data.data_error import DataError
from repro.data.download.cache import not_done
from repro.data.frozen_splits import freeze, how_divided, splits_path
from repro.data.gate import GateError
from repro.data.gate.own_data import own_data_notes
from repro.data.prepare import prepare
from repro.data.prepared import Data
from repro.data.profile.contents import rates_of
from repro.data.redivide import redivide, save_ids
from repro.runs.blind_checks import tried_folder, with_blind_checks
from repro.runs.engine.captured_warnings import captured_warnings
from repro.runs.engine.child import ChildEnded
from repro.runs.engine.isolation import Isolation
from repro.runs.engine.messages import Asked, DataReady, Message, PrepareRefused, PrepareStatus, PrepareTask
from repro.runs.engine.reported_counts import count_notes
from repro.runs.engine.world import world
from repro.spec.experiment import Experiment
from repro.spec.filter_banks import bank_notes
from repro.spec.folds import chosen_folds
from repro.spec.problem import Problem, SpecError
from repro.spec.read_dataset import facts_of
from repro.training.bind import bind_all
from repro.training.check_batches import check_batches
from repro.training.device import NoSuchDevice, check_count, choose
from repro.training.leakage_probe.own_parts import listed, own_parts
from repro.training.precision import check_precision

TELL_SECONDS = 1.0
"""How often it is said how far the features are."""


def prepare_all(task: PrepareTask, say: Callable[[Message], None], isolation: Isolation) -> DataReady | PrepareRefused:
    """Everything that can be refused before training is refused here, for all experiments at once.

    What the data room logs meanwhile, such as a copy that is pinned, becomes notes.
    """
    with captured_warnings() as messages:
        done = _prepared(task, say, isolation)
    return replace(done, notes=(*done.notes, *messages)) if isinstance(done, DataReady) else done


def _prepared(task: PrepareTask, say: Callable[[Message], None], isolation: Isolation) -> DataReady | PrepareRefused:
    folder = task.study.folder
    problems: list[Problem] = []
    findings: dict[str, dict[str, Any]] = {}
    leaks: list[GateError] = []
    try:
        accelerator, notes = choose(task.study.accelerator)
        if world() is None:
            check_count(accelerator, task.study.devices)
        say(PrepareStatus("binding every experiment to its classes"))
        named = {e.name: e for e, _, _ in task.experiments}.values()
        apart = [e for e in named if isolation.can_hold and (own_parts(e) or e.dataset.is_code)]
        here = [e for e in named if e not in apart]
        for experiment in here:
            try:
                check_precision(experiment, accelerator)
                bind_all(experiment, folder)
            except SpecError as error:
                problems.extend(error.problems)
        try:
            own_notes = isolation.bind(apart, task.reported, folder) if apart else ()
        except SpecError as error:
            problems.extend(error.problems)
        if problems:
            return PrepareRefused("the spec is refused by the classes it names", problems=tuple(problems))
        notes = (*notes, *count_notes(here, task.reported, folder), *own_notes)
        notes = (*notes, *_settled(task, say, isolation))
        for (experiment, seed, fold), sharing in _distinct(task.experiments):
            name = experiment.dataset.name
            say(PrepareStatus(f"{_reading(experiment)}, splitting and checking it"))
            try:
                data = _data(experiment, seed, fold, folder, isolation, say)
            except GateError as error:
                leaks.append(error)
                continue
            path = splits_path(task.study.splits_folder, experiment, seed, fold)
            freeze(path, data.splits, data_sha256=data.data_sha256)
            save_ids(path.parent, experiment, isolation.reader(experiment)(experiment.dataset, folder))
            findings[f"{name} ({data.splits_sha256[:8]})"] = dict(data.gate)
            notes = tuple(dict.fromkeys((*notes, *own_data_notes(data.gate))))
            rates = rates_of(isolation.reader(experiment)(experiment.dataset, folder))
            notes = tuple(dict.fromkeys((*notes, *map(str, bank_notes(sharing, rates)))))
            for other in sharing:
                try:
                    if isolation.holds(other):
                        isolation.check(other, data, seed=seed, folder=folder)
                    else:
                        check_batches(other, data, folder)
                except SpecError as error:
                    problems.extend(error.problems)
        if problems:
            return PrepareRefused("the spec is refused", problems=tuple(problems))
        leaking, checked = _try_own_code(task, say, isolation)
        leaks, findings = leaks + leaking, findings | checked
    except SpecError as error:
        return PrepareRefused("the spec is refused", problems=error.problems)
    except (DataError, NoSuchDevice) as error:
        return PrepareRefused(str(error))
    except ChildEnded as ended:
        ended.end_alike()
    except OSError as error:  # a full disk, a folder that cannot be written
        return PrepareRefused(not_done(error, folder))
    if leaks:
        return PrepareRefused("\n".join(dict.fromkeys(map(str, leaks))), gate=dict(leaks[0].gate))
    return DataReady(findings, notes)


def _settled(task: PrepareTask, say: Callable[[Message], None], isolation: Isolation) -> tuple[str, ...]:
    """Divide anew what was frozen for data that have changed since; what is to be said of it."""
    folder, notes = task.study.folder, list[str]()
    ways: dict[str, tuple[Experiment, int]] = {}
    for experiment, seed, _ in task.experiments:
        ways.setdefault(how_divided(experiment, seed, None), (experiment, seed))
    for experiment, seed in ways.values():
        say(PrepareStatus(_reading(experiment)))
        items = isolation.reader(experiment)(experiment.dataset, folder)
        folds = chosen_folds(experiment.splits, facts_of(experiment.dataset, folder))
        splits = task.study.splits_folder
        notes += redivide(splits, experiment, items, seed=seed, folds=folds, force=task.force)
    return tuple(dict.fromkeys(notes))


def _reading(experiment: Experiment) -> str:
    """What is done first of all, in words."""
    dataset = experiment.dataset
    return f"reading {dataset.name}" + ("" if dataset.is_own else " (downloaded first if it is not at hand)")


def _data(
    experiment: Experiment,
    seed: int,
    fold: int | None,
    folder: Path,
    isolation: Isolation,
    say: Callable[[Message], None],
) -> Data:
    """The data of an experiment, its features computed; those of own code apart from test labels."""
    if "feature" not in own_parts(experiment) or not isolation.can_hold:
        on_computed, reader = _teller(say), isolation.reader(experiment)
        return prepare(experiment, seed=seed, fold=fold, folder=folder, on_computed=on_computed, reader=reader)
    data = isolation.data(experiment, seed=seed, fold=fold, folder=folder)
    return isolation.features(experiment, data, seed=seed, folder=folder, on_computed=_teller(say))


def _teller(say: Callable[[Message], None]) -> OnComputed:
    """Says how far the computing of features is, every few seconds."""
    last_message = -TELL_SECONDS

    def tell(what: str, done: int, items: int) -> None:
        nonlocal last_message
        if done < items and time.monotonic() - last_message >= TELL_SECONDS:
            last_message = time.monotonic()
            say(PrepareStatus(f"computing {what} ({done} done)"))

    return tell


def _try_own_code(
    task: PrepareTask, say: Callable[[Message], None], isolation: Isolation
) -> tuple[list[GateError], dict[str, dict[str, Any]]]:
    """Is the own code of every experiment blind to test items? What fails, and what was found by experiment."""
    folder, leaks, findings = task.study.folder, [], {}
    for experiment, seed, fold in {e.name: (e, seed, fold) for e, seed, fold in reversed(task.experiments)}.values():
        if owns := own_parts(experiment):
            say(PrepareStatus(f"trying whether {listed(owns)} of {experiment.name} can see test items"))
            try:
                if isolation.can_hold:
                    data = isolation.data(experiment, seed=seed, fold=fold, folder=folder)
                else:
                    data = prepare(experiment, seed=seed, fold=fold, folder=folder)
                gate = with_blind_checks(
                    experiment,
                    data,
                    seed=seed,
                    folder=folder,
                    kept_in=tried_folder(),
                    accelerator=task.study.accelerator,
                    prober=isolation.blindness if isolation.can_hold else None,
                )
            except GateError as error:
                leaks.append(error)
                continue
            findings[f"own code of {experiment.name}"] = gate
    return leaks, findings


def _distinct(experiments: tuple[Asked, ...]) -> list[tuple[Asked, list[Experiment]]]:
    """One experiment, seed and fold for each way to make data, and all experiments that share them.

    What else differs between those changes no item and no split.
    """
    first_of: dict[str, Asked] = {}
    sharing: dict[str, dict[str, Experiment]] = {}
    for experiment, seed, fold in experiments:
        inputs = {name: source.model_dump_json() for name, source in experiment.inputs.items()}
        views = {name: view.model_dump_json() for name, view in experiment.views.items()}
        key = json.dumps([how_divided(experiment, seed, fold), inputs, views], sort_keys=True)
        first_of.setdefault(key, (experiment, seed, fold))
        sharing.setdefault(key, {})[experiment.name] = experiment
    return [(request, list(sharing[key].values())) for key, request in first_of.items()]
