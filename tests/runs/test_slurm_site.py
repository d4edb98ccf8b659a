"""The site file, and what a job is asked for."""

from pathlib import Path

import pytest

from repro.runs.engine.slurm_site import Site, load_site, parse_minutes, parse_site
from repro.spec.problem import SpecError

EXAMPLE = Path(__file__).parents[2] / "docs" / "slurm.yaml"


def test_the_example_is_read_whole():
    assert parse_site(EXAMPLE.read_text(), "slurm.yaml") == Site(
        partition="gpu",
        account="course-101",
        minutes=120,
        gpus=1,
        cpus=2,
        mem="8G",
        constraint="a100",
        max_jobs=16,
        setup=("module load cuda",),
        sbatch={"qos": "normal"},
    )


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("7", 7), ("7:30", 8), ("1:00:00", 60), ("0:00:01", 1), ("2-0", 2880), ("1-01:30", 1530), ("1-01:30:01", 1531)],
)
def test_times_are_read_as_slurm_reads_them(text, minutes):
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["soon", "", "0", "1h", "1:2:3:4", "-5", "١"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="time limit"):
        parse_minutes(text)


def test_all_problems_are_said_with_their_lines():
    text = "partitoin: gpu\ntime: soon\ngpus: two\nmax_jobs: 0\nsetup: module load cuda\nmem: [8G]\n"
    with pytest.raises(SpecError) as caught:
        parse_site(text, "slurm.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        "slurm.yaml:1:1: partitoin: unknown setting 'partitoin'; did you mean 'partition'?",
        "slurm.yaml:2:7: time: 'soon' is no time limit; write minutes, or H:MM:SS, or D-HH:MM",
        "slurm.yaml:3:7: gpus: 'two' is no whole number of at least 0",
        "slurm.yaml:4:11: max_jobs: '0' is no whole number of at least 1",
        "slurm.yaml:5:8: setup: a list of shell lines, such as [module load cuda]",
        "slurm.yaml:6:6: mem: one value, not a list or a block",
    ]


def test_without_a_file_slurm_decides(monkeypatch, tmp_path):
    monkeypatch.delenv("REPRO_SLURM", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load_site() == Site()
    (tmp_path / "repro").mkdir()
    (tmp_path / "repro" / "slurm.yaml").write_text("# nothing yet\n")
    assert load_site() == Site()
    (tmp_path / "repro" / "slurm.yaml").write_text("account: a\n")
    assert load_site() == Site(account="a")


def test_a_file_that_was_named_must_be_there(monkeypatch, tmp_path):
    monkeypatch.setenv("REPRO_SLURM", str(tmp_path / "none.yaml"))
    with pytest.raises(SpecError, match="no such file"):
        load_site()


def test_the_command_line_goes_before_the_file():
    site = Site(partition="cpu", account="a", minutes=60, gpus=1, max_jobs=8)
    assert site.changed() == site
    assert site.changed(partition="gpu", minutes=5, gpus=0, max_jobs=2) == Site("gpu", "a", "", "", 5, 0, None, 2)


def test_a_job_asks_for_what_the_site_says_and_for_nothing_else():
    assert Site().parameters(threads=3) == {
        "time": None,
        "cpus_per_task": 3,
        "array_parallelism": 64,
        "additional_parameters": {"signal": "USR1@90", "requeue": True},
    }
    site = Site("gpu", "a", "a100", "8G", 120, 2, 4, 16, ("module load cuda",), {"qos": "long"})
    assert site.parameters(threads=3) == {
        "partition": "gpu",
        "account": "a",
        "constraint": "a100",
        "gpus_per_node": 2,
        "setup": ["module load cuda"],
        "time": 120,
        "cpus_per_task": 4,
        "array_parallelism": 16,
        "additional_parameters": {"signal": "USR1@90", "requeue": True, "mem": "8G", "qos": "long"},
    }


def test_a_short_job_is_warned_late_enough_to_do_something():
    assert Site(minutes=1).warn_seconds == 15
    assert Site(minutes=60).warn_seconds == 90
