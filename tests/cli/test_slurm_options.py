"""``repro run --on``: what is refused before anything is submitted."""

import pytest

from repro.cli.refusal import CommandRefused
from repro.cli.slurm_options import come_back, requested_site
from repro.runs.engine import slurm
from repro.runs.engine.slurm import SlurmMissing


@pytest.fixture
def with_slurm(monkeypatch, tmp_path):
    """As if Slurm and submitit were here, with no site file."""
    monkeypatch.setattr(slurm.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(slurm.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("REPRO_SLURM", raising=False)


@pytest.mark.parametrize(
    ("on", "says"), [("slrum", "unknown engine 'slrum'; did you mean 'slurm'"), ("x", "there are local and slurm")]
)
def test_an_unknown_engine_is_refused_with_the_nearest(on, says):
    with pytest.raises(CommandRefused, match=says):
        requested_site(on)


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ({"partition": "p"}, "--partition"),
        ({"account": "a"}, "--account"),
        ({"time": "1"}, "--time"),
        ({"gpus": 0}, "--gpus"),
    ],
)
def test_options_of_slurm_are_refused_without_it(option, name):
    with pytest.raises(CommandRefused, match=f"{name} is for --on slurm"):
        requested_site("local", **option)


def test_this_machine_needs_no_site():
    assert requested_site("local", jobs=3) is None


def test_without_slurm_it_is_said_what_is_missing(monkeypatch):
    monkeypatch.setattr(slurm.shutil, "which", lambda name: None if name == "sbatch" else name)
    with pytest.raises(SlurmMissing, match="--on slurm: sbatch not found; give the command on a machine that submits"):
        requested_site("slurm")


def test_without_submitit_it_is_said_how_to_get_it(with_slurm, monkeypatch):
    monkeypatch.setattr(slurm.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SlurmMissing, match=r"pip install 'repro-harness\[slurm\]'"):
        requested_site("slurm")


def test_options_reach_the_site(with_slurm):
    site = requested_site("slurm", partition="gpu", account="a", time="1:00:00", gpus=2, jobs=5)
    assert site is not None
    assert (site.partition, site.account, site.minutes, site.gpus, site.max_jobs) == ("gpu", "a", 60, 2, 5)


def test_a_time_that_is_none_is_refused(with_slurm):
    with pytest.raises(CommandRefused, match="--time: 'soon' is no time limit"):
        requested_site("slurm", time="soon")


def test_leaving_says_how_to_come_back_and_how_to_cancel():
    said = come_back([17, 20])
    assert "(17, 20). The same command comes back" in said
    assert said.endswith("scancel 17 20")
