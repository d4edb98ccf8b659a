"""How many runs go side by side."""

import pytest

from repro.runs.engine import jobs
from repro.runs.engine.jobs import BYTES_A_WORKER, choose_jobs, worker_bytes
from repro.spec.experiment import Dataset


@pytest.fixture
def machine(monkeypatch):
    def make(cores=8, memory=100 * BYTES_A_WORKER, gpus=()):
        monkeypatch.setattr(jobs, "usable_cores", lambda: cores)
        monkeypatch.setattr(jobs, "free_memory", lambda: memory)
        monkeypatch.setattr(jobs, "visible_gpus", lambda: gpus)

    return make


@pytest.mark.parametrize(
    ("here", "runs", "threads", "number", "because"),
    [
        ({}, 100, 1, 8, "8 cores"),
        ({}, 100, 4, 2, "8 cores"),
        ({}, 100, 16, 1, "8 cores"),
        ({}, 3, 1, 3, "3 runs"),
        ({"memory": 2 * BYTES_A_WORKER + 5}, 100, 1, 2, "1.6 GB of free memory"),
        ({"memory": 5}, 100, 1, 1, "0.0 GB of free memory"),
        ({"gpus": ("GPU-a", "GPU-b")}, 100, 1, 2, "2 GPUs"),
    ],
)
def test_jobs(here, runs, threads, number, because, machine):
    machine(**here)
    found = choose_jobs(runs, threads)
    assert (found.number, found.because) == (number, because)


def test_a_worker_takes_more_memory_with_more_data(machine, make_experiment):
    small, large = (worker_bytes([make_experiment("a", dataset=Dataset(name=n))]) for n in ("mnist1d", "mnist"))
    assert BYTES_A_WORKER < small < 1.01 * BYTES_A_WORKER
    assert large == BYTES_A_WORKER + 5 * 4 * 70000 * 784
    machine(memory=3 * large)
    assert choose_jobs(100, 1, memory=large).number == 3


def test_what_is_asked_for_is_taken_but_not_more_than_there_are_runs(machine):
    machine()
    assert choose_jobs(100, 1, asked=20).number == 20
    assert choose_jobs(5, 1, asked=20).number == 5


def test_gpus_are_left_alone_where_the_cpu_is_asked_for(machine):
    machine(gpus=("GPU-a",))
    assert choose_jobs(100, 1).gpus == ("GPU-a",)
    assert choose_jobs(100, 1, accelerator="cpu").gpus == ()


def test_hidden_gpus_do_not_count(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert jobs.visible_gpus() == ()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2, GPU-x")
    assert jobs.visible_gpus() == ("2", "GPU-x")


def test_this_machine_has_cores_and_memory():
    assert jobs.usable_cores() >= 1
    assert jobs.free_memory() > 2**20
