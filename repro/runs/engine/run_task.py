"""Train one run inside a worker, and keep its record, whatever happens."""

import errno
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from repro.data.own_code import forget_own
from repro.data.prepare import prepare
from repro.data.prepared import Data
from repro.disk.write import swept
from repro.runs.blind_checks import with_blind_checks
from repro.runs.claim import Claim, Held, LiveFiles, taken
from repro.runs.engine.messages import (
    Done,
    HeldElsewhere,
    Message,
    NotKept,
    Ready,
    RunTask,
    Step,
    StoppedAt,
    Study,
)
from repro.runs.engine.printing import printing_to
from repro.runs.engine.several import fit_on_several
from repro.runs.failed_record import Context, failed_record
from repro.runs.journal import Journal
from repro.runs.ledger import Ledger, is_over
from repro.runs.make_record import environment, make_record
from repro.runs.record import Record
from repro.spec.experiment import Training as Recipe
from repro.training import device as devices
from repro.training.chance import reference_scores
from repro.training.fit import fit
from repro.training.keeper import Keeping
from repro.training.outcome import Outcome
from repro.training.stop import StopFlag, Stopped


def here() -> Ready:
    """Where this worker trains, by default settings."""
    accelerator, notes = devices.choose()
    ran = devices.describe(accelerator, Recipe(), deterministic=True, notes=notes)
    return Ready(environment(ran, Context("", "", "", folder=Path())))


class Training:
    """What a worker does with run tasks. ``stop`` asks the run in progress to stop at its next step edge."""

    def __init__(self, say: Callable[[Message], None], stop: StopFlag) -> None:
        self.stop = stop
        self.is_busy = False
        self._say = say
        self._claim: Claim | None = None

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
            with taken(files, steal=task.steal) as self._claim:
                known = ledger.over_since(run, study.rung, task.since)
                if known is None and not task.force:
                    known = ledger.read(run, study.rung)
                    known = known if is_over(known, retry=task.retry) else None
                if known is not None:
                    return Done(known, elsewhere=True)
                if task.force and _is_older(files.checkpoint, task.since):
                    files.checkpoint.unlink(missing_ok=True)
                ledger.weights_path(run, study.rung).unlink(missing_ok=True)  # of an earlier training
                with printing_to(ledger.log_path(run, study.rung), goes_on=files.checkpoint.is_file()):
                    made = self._record(task, files)
                for path in (ledger.path(run, study.rung), ledger.predictions_path(run, study.rung)):
                    swept(path)
                if isinstance(made, StoppedAt):
                    return made
                record, predictions, notes = made
                ledger.write(run, study.rung, record, predictions)
                files.checkpoint.unlink(missing_ok=True)
                return Done(record, notes)
        except Held as held:
            return HeldElsewhere(held.holder)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            return NotKept(f"{error.filename or files.folder}: {error.strerror or error}", full)
        finally:
            self._claim = None

    def _record(self, task: RunTask, files: LiveFiles) -> StoppedAt | tuple[Record, bytes | None, tuple[str, ...]]:
        began = time.monotonic()
        run, study = task.run, task.study
        context = _context(study)
        try:
            forget_own(study.folder)  # what own classes remember of the last run is not for this one
            data = prepare(run.experiment, seed=run.seed, fold=run.fold, folder=study.folder)
            data_seconds = time.monotonic() - began
            outcome = self._outcome(task, data, files)
            for note in outcome.notes:
                sys.stderr.write(f"note: {note}\n")
            record, predictions = make_record(
                run,
                context,
                outcome,
                data_seconds=data_seconds,
                hashes={"data_sha256": data.data_sha256, "splits_sha256": data.splits_sha256},
                gate=with_blind_checks(
                    run.experiment,
                    data,
                    seed=run.seed,
                    folder=study.folder,
                    kept_in=study.splits_folder,
                    accelerator=study.accelerator,
                ),
                references=reference_scores(run.experiment, data, study.folder),
            )
        except Stopped as stopped:
            return StoppedAt(stopped.step, stopped.kept)
        except Exception as error:  # noqa: BLE001 - one failed run must not stop the others
            traceback.print_exc()
            count = study.devices * study.nodes
            ran = devices.describe(_accelerator(study), run.experiment.training, deterministic=True, count=count)
            reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
            seconds = time.monotonic() - began
            return failed_record(run, context, reason, environment(ran, context, run.experiment), seconds), None, ()
        return record, predictions, outcome.notes

    def _outcome(self, task: RunTask, data: Data, files: LiveFiles) -> Outcome:
        run, study, experiment = task.run, task.study, task.run.experiment
        ledger = Ledger(study.folder, "runs")

        def on_progress(step: int, steps: int, values: Mapping[str, float]) -> None:
            if self._claim is not None:
                self._claim.at(step, steps)
            self._say(Step(step, steps, dict(values)))

        if experiment.model is not None and experiment.model.is_estimator:
            from repro.training.estimator import fit_estimator  # scikit-learn takes a second to import

            return fit_estimator(experiment, data, seed=run.seed, folder=study.folder, on_progress=on_progress)
        if study.devices * study.nodes > 1:
            return fit_on_several(task, data, self.stop, on_progress)
        return fit(
            experiment,
            data,
            seed=run.seed,
            folder=study.folder,
            on_progress=on_progress,
            witness=Journal(ledger.journal_path(run, study.rung)),
            weights_to=ledger.weights_path(run, study.rung) if task.keep_weights else None,
            history_views=task.history_views,
            accelerator=study.accelerator,
            keeping=Keeping(files.checkpoint, run.identity, experiment.training.checkpoint_every),
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
