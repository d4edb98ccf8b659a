"""Measure what a run of an experiment would take inside a worker. Nothing is kept."""

import time
import traceback
from dataclasses import replace

from repro.data.prepare import prepare
from repro.runs.engine.child import ChildEnded, reason_of
from repro.runs.engine.isolation import Isolation
from repro.runs.engine.messages import Message, Probe, ProbeDone, ProbeTask, StoppedAt
from repro.runs.engine.printing import printing_to
from repro.runs.engine.probe_on import peak_memory, probe_on
from repro.training.stop import StopFlag, Stopped


def probe(task: ProbeTask, stop: StopFlag, isolation: Isolation) -> Message:
    """What a run of this experiment would take, measured."""
    with printing_to(task.scratch / f"{task.run.id}.log", goes_on=True):
        try:
            measure = _apart if isolation.holds(task.run.experiment) else _here
            return ProbeDone(measure(task, stop, isolation))
        except Stopped as stopped:
            return StoppedAt(stopped.step, stopped.kept)
        except ChildEnded as ended:
            ended.end_alike()
        except Exception as error:  # noqa: BLE001 - one experiment that fails must not stop the others
            traceback.print_exc()
            return ProbeDone(None, reason_of(error))


def _here(task: ProbeTask, stop: StopFlag, isolation: Isolation) -> Probe:
    run, folder, began = task.run, task.study.folder, time.monotonic()
    reader = isolation.reader(run.experiment)
    data = prepare(run.experiment, seed=run.seed, fold=run.fold, folder=folder, reader=reader)
    return probe_on(task, data, time.monotonic() - began, stop)


def _apart(task: ProbeTask, stop: StopFlag, isolation: Isolation) -> Probe:
    """Measured in a child that has no label of a test item: what the scores are does not matter."""
    run, folder, began = task.run, task.study.folder, time.monotonic()
    data = isolation.data(run.experiment, seed=run.seed, fold=run.fold, folder=folder)
    data_seconds = time.monotonic() - began
    probe_result = Probe(**isolation.measure(task, data, stop))
    return replace(probe_result, data=probe_result.data + data_seconds, memory=probe_result.memory + peak_memory())
