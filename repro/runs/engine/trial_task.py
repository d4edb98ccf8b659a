"""Train one run on trial inside a worker: stopped and gone on, on other threads, on the other path."""

import sys
import time
import traceback

from repro.data.own_code import forget_own
from repro.data.prepare import prepare
from repro.data.prepared import Data
from repro.runs.engine.child import ChildEnded, reason_of
from repro.runs.engine.isolation import Isolation
from repro.runs.engine.messages import Done, Message, StoppedAt, TrialTask
from repro.runs.engine.printing import printing_to
from repro.runs.engine.settings import Settings, trained
from repro.runs.failed_record import Context, failed_record
from repro.runs.make_record import environment, make_record
from repro.runs.record import Record
from repro.training import device as devices
from repro.training.chance import reference_scores
from repro.training.global_state import own_state
from repro.training.outcome import Outcome, Score
from repro.training.stop import StopFlag, Stopped


def try_once(task: TrialTask, stop: StopFlag, isolation: Isolation) -> Message:
    """Train; the message holds the record that the run would have left, or says where it stopped.

    ``stop`` is the worker's own flag, by which the engine asks it to stop; own code is kept apart as in a run.
    """
    run, study = task.run, task.study
    context = Context(study.spec, study.terms, study.rung, study.folder, study.git_commit, study.git_dirty)
    began = time.monotonic()
    with printing_to(task.scratch / f"{run.id}.log", goes_on=True):
        try:
            return Done(_record(task, context, stop, isolation))
        except Stopped as stopped:
            return StoppedAt(stopped.step, stopped.kept)
        except ChildEnded as ended:
            ended.end_alike()
        except Exception as error:  # noqa: BLE001 - one failed run must not stop the others
            traceback.print_exc()
            ran = devices.describe(devices.choose(study.accelerator)[0], run.experiment.training, deterministic=True)
            where = environment(ran, context)
            return Done(failed_record(run, context, reason_of(error), where, time.monotonic() - began))


def _record(task: TrialTask, context: Context, stop: StopFlag, isolation: Isolation) -> Record:
    run = task.run
    train = _apart if isolation.holds(run.experiment) else _here
    outcome, data, references, data_seconds = train(task, stop, isolation)
    for note in outcome.notes:
        sys.stderr.write(f"note: {note}\n")
    record, _ = make_record(
        run,
        context,
        outcome,
        data_seconds=data_seconds,
        hashes={"data_sha256": data.data_sha256, "splits_sha256": data.splits_sha256},
        gate=data.gate,
        references=references,
    )
    return record


_Trained = tuple[Outcome, Data, dict[str, dict[str, Score]], float]


def _here(task: TrialTask, stop: StopFlag, isolation: Isolation) -> _Trained:
    """Train and score in this process."""
    run, folder, began = task.run, task.study.folder, time.monotonic()
    forget_own(folder)  # what own classes remember of the last run is not for this one
    reader = isolation.reader(run.experiment)
    data = prepare(run.experiment, seed=run.seed, fold=run.fold, folder=folder, reader=reader)
    data_seconds = time.monotonic() - began
    outcome = trained(run.experiment, data, Settings.of_trial(task), seed=run.seed, folder=folder, stop=stop)
    return outcome, data, reference_scores(run.experiment, data, folder), data_seconds


def _apart(task: TrialTask, stop: StopFlag, isolation: Isolation) -> _Trained:
    """Train in a child that has no label of a test item, and score here."""
    run, folder, began = task.run, task.study.folder, time.monotonic()
    experiment, threads = run.experiment, task.trial.threads or run.experiment.training.threads
    data = isolation.data(experiment, seed=run.seed, fold=run.fold, folder=folder)
    data_seconds = time.monotonic() - began
    with own_state(threads, deterministic=True), isolation.metrics(experiment, data.labels, folder) as metrics:
        outcome, data = isolation.train(
            experiment,
            data,
            metrics,
            Settings.of_trial(task),
            seed=run.seed,
            folder=folder,
            stop=stop,
        )
        return outcome, data, reference_scores(experiment, data, folder, metrics.metrics), data_seconds
