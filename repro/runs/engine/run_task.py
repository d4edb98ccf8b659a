"""Train one run inside a worker, and keep its record, whatever happens."""

import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from repro.data.own_code import forget_own
from repro.data.prepare import prepare
from repro.data.prepared import Data
from repro.disk.atomic_write import remove_leftovers
from repro.runs.blind_checks import tried_folder, with_blind_checks
from repro.runs.engine.child import ChildEnded, reason_of
from repro.runs.engine.isolation import Isolation
from repro.runs.engine.messages import (
    Done,
    HeldElsewhere,
    Message,
    Ready,
    RecordNotSaved,
    RunTask,
    Step,
    StoppedAt,
    Study,
)
from repro.runs.engine.printing import printing_to
from repro.runs.engine.settings import Settings, trained
from repro.runs.engine.several import RankGroup, fit_on_several
from repro.runs.failed_record import Context, failed_record
from repro.runs.journal import Journal
from repro.runs.lease import LeaseHeld, LiveFiles, RunLease, acquire
from repro.runs.ledger import Ledger, is_over
from repro.runs.make_record import environment, make_record
from repro.runs.record import Record
from repro.spec.experiment import Training as Recipe
from repro.training import device as devices
from repro.training.chance import reference_scores
from repro.training.global_state import own_state
from repro.training.outcome import Outcome, Score
from repro.training.stop import StopFlag, Stopped


def here() -> Ready:
    """Where this worker trains, by default settings."""
    accelerator, notes = devices.choose()
    ran = devices.describe(accelerator, Recipe(), deterministic=True, notes=notes)
    return Ready(environment(ran, Context("", "", "", folder=Path())))


Trained = tuple[Outcome, Data, dict[str, dict[str, Score]], float]
"""An outcome, the data, scores that need no run, and the seconds that the data took."""


class Training:
    """What a worker does with run tasks. ``stop`` asks the run in progress to stop at its next step edge."""

    def __init__(self, say: Callable[[Message], None], stop: StopFlag, isolation: Isolation) -> None:
        self.stop = stop
        self._isolation = isolation
        self.is_busy = False
        self._say = say
        self._claim: RunLease | None = None

    def beat(self) -> None:
        """A sign of life of the run in progress, if there is one."""
        claim = self._claim
        if claim is not None:
            claim.beat()

    def train(self, task: RunTask) -> Message:
        """Take the run, train it, keep its record; the message says what came of it."""
        run, study = task.run, task.study
        files = LiveFiles.of(study.folder, run)
        ledger = Ledger(study.folder, "runs")
        try:
            with acquire(files, steal=task.steal) as self._claim:
                known = ledger.over_since(run, study.rung, task.since)
                if known is None and not task.force:
                    known = ledger.read_current(run, study.rung)
                    known = known if is_over(known, retry=task.retry) else None
                if known is not None:
                    return Done(known, elsewhere=True)
                if task.force and _is_older(files.checkpoint, task.since):
                    files.checkpoint.unlink(missing_ok=True)
                ledger.weights_path(run, study.rung).unlink(missing_ok=True)  # of an earlier training
                log = ledger.log_path(run, study.rung)
                with printing_to(log, goes_on=files.checkpoint.is_file(), within=study.folder):
                    result = self._record(task)
                for path in (ledger.path(run, study.rung), ledger.predictions_path(run, study.rung)):
                    remove_leftovers(path)
                if isinstance(result, StoppedAt):
                    return result
                record, predictions, notes = result
                ledger.write(run, study.rung, record, predictions)
                files.checkpoint.unlink(missing_ok=True)
                return Done(record, notes)
        except LeaseHeld as held:
            return HeldElsewhere(held.holder)
        except OSError as error:
            return RecordNotSaved.of(error, files.folder)
        finally:
            self._claim = None

    def _record(self, task: RunTask) -> StoppedAt | tuple[Record, bytes | None, tuple[str, ...]]:
        began = time.monotonic()
        run, study = task.run, task.study
        context = _context(study)
        try:
            train = self._apart if self._isolated(task) else self._here
            outcome, data, references, data_seconds = train(task)
            for note in outcome.notes:
                sys.stderr.write(f"note: {note}\n")
            record, predictions = make_record(
                run,
                context,
                outcome,
                data_seconds=data_seconds,
                prepare_seconds=task.prepare_seconds,
                hashes={"data_sha256": data.data_sha256, "splits_sha256": data.splits_sha256},
                gate=with_blind_checks(
                    run.experiment,
                    data,
                    seed=run.seed,
                    folder=study.folder,
                    kept_in=tried_folder(),
                    accelerator=study.accelerator,
                    prober=self._isolation.blindness if self._isolated(task) else None,
                ),
                references=references,
            )
        except Stopped as stopped:
            return StoppedAt(stopped.step, stopped.kept)
        except ChildEnded as ended:
            ended.end_alike()
        except Exception as error:  # noqa: BLE001 - one failed run must not stop the others
            traceback.print_exc()
            count = study.devices * study.nodes
            ran = devices.describe(_accelerator(study), run.experiment.training, deterministic=True, count=count)
            reason = reason_of(error)
            seconds = time.monotonic() - began
            return failed_record(run, context, reason, environment(ran, context, run.experiment), seconds), None, ()
        return record, predictions, outcome.notes

    def _isolated(self, task: RunTask) -> bool:
        """Whether own code is kept apart."""
        return self._isolation.holds(task.run.experiment)

    def _apart(self, task: RunTask) -> Trained:
        """Train in a child that has no label of a test item, and score here."""
        run, folder, began = task.run, task.study.folder, time.monotonic()
        experiment, ledger = run.experiment, Ledger(folder, "runs")
        data = self._isolation.data(experiment, seed=run.seed, fold=run.fold, folder=folder)
        data_seconds = time.monotonic() - began
        with (
            own_state(experiment.training.threads, deterministic=True),
            self._isolation.metrics(experiment, data.labels, folder) as metrics,
        ):
            outcome, data = self._isolation.train(
                experiment,
                data,
                metrics,
                Settings.of_run(task),
                seed=run.seed,
                folder=folder,
                on_progress=self._on_progress,
                listener=Journal(ledger.journal_path(run, task.study.rung)),
                stop=self.stop,
                among=RankGroup.of(task),
            )
            references = reference_scores(experiment, data, folder, metrics.metrics)
        return outcome, data, references, data_seconds

    def _here(self, task: RunTask) -> Trained:
        """Train and score in this process."""
        run, folder, began = task.run, task.study.folder, time.monotonic()
        forget_own(folder)  # what own classes remember of the last run is not for this one
        reader = self._isolation.reader(run.experiment)
        data = prepare(run.experiment, seed=run.seed, fold=run.fold, folder=folder, reader=reader)
        data_seconds = time.monotonic() - began
        outcome = self._outcome(task, data)
        return outcome, data, reference_scores(run.experiment, data, folder), data_seconds

    def _on_progress(self, step: int, steps: int, values: Mapping[str, float]) -> None:
        if self._claim is not None:
            self._claim.at(step, steps)
        self._say(Step(step, steps, dict(values)))

    def _outcome(self, task: RunTask, data: Data) -> Outcome:
        run, study = task.run, task.study
        model = run.experiment.model
        if study.devices * study.nodes > 1 and not (model is not None and model.is_estimator):
            return fit_on_several(task, data, self.stop, self._on_progress)
        return trained(
            run.experiment,
            data,
            Settings.of_run(task),
            seed=run.seed,
            folder=study.folder,
            on_progress=self._on_progress,
            listener=Journal(Ledger(study.folder, "runs").journal_path(run, study.rung)),
            stop=self.stop,
        )


def _is_older(path: Path, than: float) -> bool:
    """Whether a file was there before; what was written since is this very training, in a job that was stopped."""
    try:
        return path.stat().st_mtime < than
    except OSError:
        return False


def _accelerator(study: Study) -> devices.Accelerator:
    try:
        return devices.choose(study.accelerator)[0]
    except devices.NoSuchDevice:
        return "cpu"


def _context(study: Study) -> Context:
    return Context(study.spec, study.terms, study.rung, study.folder, study.git_commit, study.git_dirty)
