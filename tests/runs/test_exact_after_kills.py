"""Whatever is killed, and when: the numbers come out the same, bit for bit."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from kills import outcome
from recipes import make

BEDS = Path(__file__).parent / "beds"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills by POSIX signals")


def kills(recipe, trials, seed, folder, mode="random"):
    command = [sys.executable, str(BEDS / "kills.py"), recipe, str(trials), str(seed), str(folder), mode]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(told) == trials
    return told


def hold(told, *, least):
    assert [one for one in told if not one["same"]] == []
    killed = sum(one["kills"] for one in told)
    assert killed >= least, f"only {killed} kills came before the run was over"
    return killed


@pytest.mark.slow
def test_a_killed_run_ends_in_the_bytes_of_the_unbroken_one(tmp_path):
    told = kills("own", 4, 11, tmp_path / "random")
    hold(told, least=2)
    assert any(one["resumed"] for one in told)


@pytest.mark.slow
def test_a_checkpoint_without_the_generators_would_be_noticed(tmp_path):
    """The negative control: the same kills, and the numbers come out otherwise."""
    told = kills("forgetful", 4, 11, tmp_path)
    assert [one for one in told if one["resumed"] and not one["same"]]
    assert all("weights_sha256" in one["differs"] for one in told if not one["same"])


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["stopping", "own"])
def test_ten_kills_of_each_recipe(recipe, tmp_path):
    hold(kills(recipe, 6, 5, tmp_path / "random"), least=4)
    hold(kills(recipe, 3, 6, tmp_path / "writes", "writes"), least=3)


@pytest.mark.exhaustive
@pytest.mark.parametrize("recipe", ["stopping", "plateau", "own"])
def test_a_hundred_kills_of_each_recipe(recipe, tmp_path):
    killed = hold(kills(recipe, 50, 1, tmp_path / "random"), least=40)
    killed += hold(kills(recipe, 50, 2, tmp_path / "writes", "writes"), least=50)
    assert killed >= 100, killed


def command_killed(recipe, folder, seed, *, trials):
    """Kill ``repro run`` itself at random times, up to three deep; every process of it is gone within 5 seconds."""
    dice = random.Random(seed)
    run = [sys.executable, "-m", "repro", "run"]
    straight = make(recipe, folder / "straight", share=3.0)
    began = time.monotonic()
    subprocess.run([*run, str(straight)], check=True, capture_output=True)
    whole = time.monotonic() - began
    wanted, killed = outcome(straight), 0
    for number in range(trials):
        study = make(recipe, folder / f"trial{number}", share=3.0)
        for _ in range(dice.choice((1, 1, 2, 3))):
            with subprocess.Popen([*run, str(study)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                try:
                    process.wait(timeout=dice.uniform(0.3, 1.0) * whole)
                    continue
                except subprocess.TimeoutExpired:
                    family = psutil.Process(process.pid).children(recursive=True)
                    process.send_signal(signal.SIGKILL)
                    killed += 1
            _, alive = psutil.wait_procs(family, timeout=120)
            assert not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE], "a process lived on"
        ran = subprocess.run([*run, str(study)], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert ran.stderr == ""
        assert outcome(study) == wanted
    return killed


@pytest.mark.slow
def test_the_command_itself_is_killed(tmp_path):
    assert command_killed("own", tmp_path, 3, trials=2) >= 1


@pytest.mark.exhaustive
def test_the_command_itself_is_killed_twenty_times(tmp_path):
    killed = command_killed("stopping", tmp_path, 4, trials=16)
    assert killed >= 20, killed
