"""When a run that is a job counts as begun, over, gone or held: with Slurm's answers made up, and no Slurm."""

import json
import time

import pytest

from repro.runs.engine import slurm, slurm_client, slurm_monitor
from repro.runs.engine.engine import EngineError
from repro.runs.engine.messages import Crashed, Done, HeldElsewhere, PrepareStatus, RunTask, Step, Study
from repro.runs.engine.slurm import TRIES, SlurmEngine
from repro.runs.engine.slurm_client import End, Job
from repro.runs.engine.slurm_monitor import JobMonitor, TrackedRun
from repro.runs.engine.slurm_submission import Submission, noted, state_folder
from repro.runs.failed_record import Context, failed_record
from repro.runs.lease import LiveFiles, _here, acquire
from repro.runs.make_plan import make_plan
from repro.runs.record import Environment
from repro.runs.signals import StopRequest

ENVIRONMENT = Environment(
    device="x",
    accelerator="cpu",
    threads=1,
    precision="32-true",
    deterministic=True,
    python="3",
    platform="x",
    capability="x",
    versions={},
)


@pytest.fixture(autouse=True)
def own_state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(slurm_monitor, "job_end", lambda job: End("FAILED", 137))


@pytest.fixture
def make_task(make_experiment, make_spec):
    """Make a plan's spec and the tasks of its runs."""

    def make(since=None, **flags):
        spec = make_spec(make_experiment("a", seeds=(0, 1)))
        study = Study(spec.name, spec.folder, "t", spec.rung, "auto", spec.folder, None, None)
        now = time.time() if since is None else since
        return spec, [RunTask(study, run, (), now, **flags) for run in make_plan(spec).runs]

    return make


def submitted(spec, tasks, number=17):
    """Watch these runs, as the tasks of one array."""
    monitor = JobMonitor(spec, [TrackedRun.of(task) for task in tasks], [])
    array = Submission.new(spec.folder, [task.run.identity for task in tasks])
    array = Submission(array.name, array.identities, number)
    array.note(spec.folder)
    list(monitor.submitted(array, monitor.watched))
    return monitor, array


def job(array, number, state="RUNNING"):
    return Job(array.name, array.array, number, False, state, "None")


def claim(task, job_name, host="elsewhere", step=0, steps=0):
    """A claim as a job on a node leaves it."""
    files = LiveFiles.of(task.study.folder, task.run)
    files.folder.mkdir(parents=True, exist_ok=True)
    holder = {**_here().__dict__, "host": host, "job": job_name, "step": step, "steps": steps}
    files.claim.write_text(json.dumps(holder))
    return files


def write_failed(task, reason):
    context = Context(task.study.spec, task.study.terms, task.study.rung, task.study.folder)
    record = failed_record(task.run, context, reason, ENVIRONMENT, 1.0)
    TrackedRun.of(task).ledger.write(task.run, task.study.rung, record, None)
    return record


def test_a_claim_of_its_job_begins_a_run_and_tells_its_steps(make_task):
    spec, tasks = make_task()
    monitor, _ = submitted(spec, tasks)
    claim(tasks[0], "Slurm job 99_0", step=5, steps=10)
    assert list(monitor.look()) == [], "that is somebody else's"
    claim(tasks[0], "Slurm job 17_0", step=5, steps=10)
    assert list(monitor.look()) == [(tasks[0], None, 0), (tasks[0], Step(5, 10, {}), 0)]
    assert list(monitor.look()) == []


def test_a_record_ends_a_run_whatever_slurm_says(make_task):
    spec, tasks = make_task()
    monitor, _ = submitted(spec, tasks)
    record = write_failed(tasks[1], "diverged at step 3")
    assert list(monitor.look()) == [(tasks[1], None, 1), (tasks[1], Done(record), 1)]
    assert [w.task for w in monitor.watched] == [tasks[0]]


def test_a_job_is_gone_only_after_two_answers_without_it(make_task):
    spec, tasks = make_task()
    monitor, array = submitted(spec, tasks)
    there = [job(array, 0)]
    assert monitor.missing(there, asked_at=0.0) == [], "asked before it was submitted"
    now = time.monotonic() + 1
    assert monitor.missing(there, now) == []
    assert monitor.missing([job(array, 0), job(array, 1)], now) == []
    assert monitor.missing(there, now) == [], "it was there in between"
    (gone,) = monitor.missing(there, now)
    assert gone.watched.task == tasks[1]
    assert str(gone) == "its job in Slurm: FAILED, exit code 137"


def test_the_last_words_of_a_job_are_told(make_task):
    spec, tasks = make_task()
    monitor, array = submitted(spec, tasks)
    array.folder.mkdir(parents=True)
    (array.folder / "17_1_0_log.out").write_text("submitit INFO\nno room\nleft on the disk\n")
    now = time.monotonic() + 1
    monitor.missing([job(array, 0)], now)
    (gone,) = monitor.missing([job(array, 0)], now)
    assert str(gone).endswith("exit code 137: no room / left on the disk")


def test_a_run_that_got_further_has_all_its_tries_again(make_task):
    spec, tasks = make_task()
    monitor, _ = submitted(spec, tasks)
    first = monitor.watched[0]
    first.tries = TRIES
    first.files.folder.mkdir(parents=True, exist_ok=True)
    first.files.checkpoint.write_text("x")
    monitor.missing([], time.monotonic() + 1)
    gone = monitor.missing([], time.monotonic() + 1)
    assert [g.watched.tries for g in gone] == [0, 1]


def test_jobs_in_the_queue_are_found_again_by_their_note(make_task):
    spec, tasks = make_task()
    _, array = submitted(spec, tasks)
    other = JobMonitor(spec, [TrackedRun.of(task) for task in tasks], noted(spec.folder))
    (told,) = other.begin([job(array, 1)])
    assert told[1] == PrepareStatus("1 job is in Slurm already (17)")
    assert [w.task for w in other.open] == [tasks[1]]
    assert [w.task for w in other.waiting] == [tasks[0]]
    assert other.arrays == (17,)


def test_what_slurm_has_finished_with_is_forgotten(make_task):
    spec, tasks = make_task()
    _, array = submitted(spec, tasks)
    array.folder.mkdir(parents=True)
    claim(tasks[0], "Slurm job 17_0")
    kept = JobMonitor(spec, [TrackedRun.of(task) for task in tasks], noted(spec.folder))
    kept._sweep([])
    assert noted(spec.folder) == [array], "a claim names it still"
    LiveFiles.of(spec.folder, tasks[0].run).claim.unlink()
    kept._sweep([])
    assert noted(spec.folder) == []
    assert not array.folder.exists()


def test_only_a_job_of_ours_that_is_gone_loses_its_run(make_task):
    spec, tasks = make_task()
    monitor, _ = submitted(spec, tasks)
    foreign = claim(tasks[0], "Slurm job 99_0")
    told = monitor.set_free(monitor.watched[0])
    assert isinstance(told, HeldElsewhere)
    assert foreign.claim.exists()
    ours = claim(tasks[1], "Slurm job 17_1")
    assert monitor.set_free(monitor.watched[1]) is None
    assert not ours.claim.exists()


def test_a_run_that_is_trained_right_now_is_left_alone(make_task):
    spec, tasks = make_task()
    monitor, _ = submitted(spec, tasks)
    with acquire(LiveFiles.of(spec.folder, tasks[0].run)):
        assert isinstance(monitor.set_free(monitor.watched[0]), HeldElsewhere)


def test_a_worker_that_died_in_its_job_is_tried_again_and_its_record_kept_at_last(make_task):
    spec, tasks = make_task()
    monitor, _ = submitted(spec, tasks[:1])
    (one,) = monitor.watched
    record = write_failed(tasks[0], "the worker process ended: killed by SIGKILL")
    assert list(monitor.look()) == [], "the job is tried again first"
    gone = slurm_monitor.LostJob(one, End("FAILED", 1), "")
    assert list(monitor.crashed(gone)) == [(tasks[0], None, 0), (tasks[0], Done(record), 0)]
    write_failed(tasks[0], "the worker process ended: killed by SIGKILL")
    assert monitor.set_free(one) is None
    assert one.crash() is None


def test_the_command_of_a_run_says_all_that_names_it(make_task):
    spec, tasks = make_task(since=1.5, force=True)
    words = TrackedRun.of(tasks[1]).words(spec.model_copy(update={"overrides": ("training.steps=7",)}))
    assert words == [
        *("run", str(spec.path.resolve()), "--rung", "full", "--only", "a", "--seeds", "1,"),
        *("--worker", tasks[1].run.id, "--since", "1.5", "--force", "training.steps=7"),
    ]


def test_a_failed_run_is_retried_only_while_its_record_is_there(make_task):
    spec, tasks = make_task(retry=True)
    assert "--retry" not in TrackedRun.of(tasks[0]).words(spec)
    write_failed(tasks[0], "diverged at step 1")
    assert "--retry" in TrackedRun.of(tasks[0]).words(spec)


class FakeSlurm:
    """Takes arrays, and loses every job at once."""

    def __init__(self, monkeypatch):
        self.arrays: list[Submission] = []
        self.answers = True
        monkeypatch.setattr(slurm, "check_slurm", lambda: None)
        monkeypatch.setattr(slurm, "queue", lambda names: [] if self.answers else None)
        monkeypatch.setattr(slurm_monitor, "queue", lambda names: [])
        monkeypatch.setattr(slurm_client, "CALL_SECONDS", 0.0)
        monkeypatch.setattr(slurm, "ask_queue", lambda names: self)
        monkeypatch.setattr(SlurmEngine, "look_seconds", 0.0)
        monkeypatch.setattr(SlurmEngine, "ask_seconds", 0.0)
        monkeypatch.setattr(Submission, "submit", self.submit)

    is_over = True

    @property
    def asked(self):
        return time.monotonic()

    def take(self):
        return "" if self.answers else None

    def drop(self):
        pass

    def submit(self, study, calls, parameters):
        made = Submission(f"repro-x-{len(self.arrays)}", tuple(words[9] for words, _ in calls), 20 + len(self.arrays))
        self.arrays.append(made)
        return made


@pytest.fixture
def fake(monkeypatch):
    return FakeSlurm(monkeypatch)


def test_a_run_whose_jobs_always_die_is_given_up(make_task, fake):
    spec, tasks = make_task()
    told = list(SlurmEngine(spec, slurm.Site()).work(tasks[:1], StopRequest()))
    assert len(fake.arrays) == TRIES
    assert told[-2:] == [(tasks[0], None, 0), (tasks[0], Crashed("its job in Slurm: FAILED, exit code 137"), 0)]


def test_a_run_that_its_command_refuses_is_given_up_at_once(make_task, fake, monkeypatch):
    monkeypatch.setattr(slurm_monitor, "job_end", lambda job: End("FAILED", 2))
    spec, tasks = make_task()
    assert isinstance(list(SlurmEngine(spec, slurm.Site()).work(tasks, StopRequest()))[-1][1], Crashed)
    assert len(fake.arrays) == 1


def test_when_all_are_cancelled_nothing_is_submitted_again(make_task, fake, monkeypatch):
    monkeypatch.setattr(slurm_monitor, "job_end", lambda job: End("CANCELLED", 143))
    spec, tasks = make_task()
    with pytest.raises(EngineError, match="all 2 jobs were cancelled"):
        list(SlurmEngine(spec, slurm.Site()).work(tasks, StopRequest()))
    assert len(fake.arrays) == 1


def test_a_slurm_that_says_nothing_gets_nothing(make_task, fake):
    fake.answers = False
    spec, tasks = make_task()
    with pytest.raises(EngineError, match="nothing was submitted"):
        list(SlurmEngine(spec, slurm.Site()).work(tasks, StopRequest()))
    assert fake.arrays == []


def test_a_slurm_that_falls_silent_loses_no_run_and_is_not_waited_for_for_ever(make_task, fake, monkeypatch):
    monkeypatch.setattr(slurm, "SILENT_SECONDS", 0.3)
    spec, tasks = make_task()
    working = SlurmEngine(spec, slurm.Site()).work(tasks, StopRequest())
    next(working)
    fake.answers = False
    with pytest.raises(EngineError, match="Slurm has not answered"):
        list(working)
    assert len(fake.arrays) == 1


def test_a_signal_leaves_the_jobs(make_task, fake):
    spec, tasks = make_task()
    engine, heard = SlurmEngine(spec, slurm.Site()), StopRequest()
    working = engine.work(tasks, heard)
    next(working)
    heard.hear(2)
    assert list(working) == []
    assert engine.arrays == (20,)


def test_the_state_folder_is_the_users_alone(tmp_path):
    folder = state_folder()
    assert folder == tmp_path / "state" / "repro" / "slurm"
    folder.chmod(0o755)
    assert state_folder().stat().st_mode & 0o777 == 0o700
    folder.rmdir()
    (tmp_path / "other").mkdir()
    folder.symlink_to(tmp_path / "other")
    with pytest.raises(EngineError, match="not a folder of your own"):
        state_folder()


def test_names_are_of_the_study_and_used_once(tmp_path):
    one, two = Submission.new(tmp_path, ["a"]), Submission.new(tmp_path, ["a"])
    assert one.name != two.name
    assert one.name.rpartition("-")[0] == two.name.rpartition("-")[0]
    assert one.name.rpartition("-")[0] != Submission.new(tmp_path / "other", ["a"]).name.rpartition("-")[0]


def test_one_run_is_no_array():
    assert Submission("n", ("a",), 5).id(0) == "5"
    assert Submission("n", ("a", "b"), 5).id(1) == "5_1"
