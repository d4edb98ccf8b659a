"""No file of the folder in which a command is given says where the user's key goes."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from repro.publish.tracking.job import Job
from repro.publish.tracking.neutral_environment import environment
from repro.publish.tracking.process import PublisherProcess
from repro.publish.tracking.tracking_options import TrackingOptions

ASK = "import wandb; print(wandb.setup().settings.base_url)"
EVIL = "https://evil.example"


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """A stranger's folder, in which a command is given, with the files that libraries look for there."""
    folder = tmp_path / "stranger"
    for name in ("wandb", ".wandb"):
        (folder / name).mkdir(parents=True)
        (folder / name / "settings").write_text(f"[default]\nbase_url = {EVIL}\n")
    (folder / ".env").write_text(f"WANDB_BASE_URL={EVIL}\n")
    (folder / ".netrc").write_text("machine api.wandb.ai login x password y\n")
    for name in ("sitecustomize", "usercustomize", "wandb", "numpy", "secrets"):
        (folder / f"{name}.py").write_text("import os\nopen(os.environ['RAN'], 'w').write('ran')\n")
    monkeypatch.setenv("RAN", str(tmp_path / "ran"))
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path / "home"))
    for name in ("WANDB_BASE_URL", "WANDB_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    return folder


def base_url(cwd, env):
    command = [sys.executable, "-P", "-c", ASK]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_w_b_s_client_asks_the_user_alone(stranger, tmp_path):
    (tmp_path / "scratch").mkdir()
    assert base_url(stranger, dict(os.environ)) == EVIL  # why it works elsewhere
    assert "evil" not in base_url(tmp_path / "scratch", environment(tmp_path / "scratch"))
    assert not (tmp_path / "ran").exists()


def test_places_that_the_user_named_from_here_stay_what_they_are(stranger, tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", "cache")
    monkeypatch.setenv("REPRO_MIRROR", "https://mirror.example/x")
    monkeypatch.setenv("NETRC", "~/.netrc")
    made = environment(tmp_path)
    assert made["REPRO_DATA"] == str(stranger / "cache")
    assert (made["REPRO_MIRROR"], made["NETRC"]) == ("https://mirror.example/x", "~/.netrc")
    assert all(Path(one).is_absolute() for one in made["PYTHONPATH"].split(os.pathsep))


def test_the_process_that_feeds_trackers_works_elsewhere(stranger):
    job = Job(str(stranger), "full", (), (), None, TrackingOptions(), follows=False, may_run_own_code=False)
    process = PublisherProcess(job)
    try:
        home = Path(psutil.Process(process._process.pid).cwd())
    except psutil.Error:
        pytest.skip("this system does not say where a process works")
    finally:
        process.end()
    assert not home.is_relative_to(stranger)


def test_python_m_repro_imports_nothing_from_there(stranger, tmp_path):
    (stranger / "rich.py").write_text((stranger / "numpy.py").read_text())
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([sys.executable, "-m", "repro", "check", "."], env=env, capture_output=True, text=True)
    assert "no paper.yaml or proposal.yaml" in done.stdout
    assert not (tmp_path / "ran").exists()
