"""Studies whose own code lets test items reach training, run as anyone would: each is refused, its culprit named.

The folders under ``broken/`` are real studies. Their rung ``broken`` holds experiments that feed back, each in its own
way, the rung ``honest`` their twins, which do the same without test items.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = Path(__file__).parent / "broken"

CULPRITS = {
    "fitted-on-all": {
        "data.py:NormalisedByAll": "data.py:NormalisedByAll normalises with statistics of all 1797 items",
        "broken-chunk": "feature data.py:ByWhatComesIn computes training items otherwise",
        "broken-file": "feature data.py:ByTheWholeFile normalises with statistics of all items",
    },
    "epoch-on-test": {
        "broken-metric": "through metric model.py:BackToTheBest (an epoch picked on test?)",
        "broken-loss": "the weights depend on the test labels; own code in it: loss model.py:Weighted",
        "broken-layer": "the weights depend on the inputs of other test items; own code in it: layer model.py:Centre",
    },
    "threshold-on-test": {
        "broken-threshold": "the prediction of a test item depends on the test labels",
        "broken-batch": "the prediction of a test item depends on the inputs of other test items; own code in it: "
        "layer model.py:Scale",
    },
}


def repro(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repro", "run", *args, "--jobs", "1"]
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "REPRO_DATA": str(cwd / "cache")},
    )


@pytest.mark.parametrize(
    "study",
    ["fitted-on-all", *(pytest.param(one, marks=pytest.mark.slow) for one in CULPRITS if one != "fitted-on-all")],
)
def test_own_code_that_feeds_test_items_back_is_refused_by_name(study: str, tmp_path: Path) -> None:
    shutil.copytree(BROKEN / study, tmp_path / study)
    ran = repro(study, "--rung", "broken", cwd=tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    said = [line for line in ran.stderr.splitlines() if line.startswith("the leakage gate failed")]
    assert len(said) == len(CULPRITS[study])
    for name, text in CULPRITS[study].items():
        assert [line for line in said if name in line and text in line], (name, ran.stderr)
    assert "Traceback" not in ran.stderr
    assert not list((tmp_path / study / "runs" / "broken").glob("*.json")), "nothing was trained"


@pytest.mark.slow
def test_their_honest_twins_train(tmp_path: Path) -> None:
    shutil.copytree(BROKEN, tmp_path, dirs_exist_ok=True)
    ran = repro(*CULPRITS, "--rung", "honest", "--quiet", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(list(tmp_path.glob("*/runs/honest/*.json"))) == 6
    tried = [json.loads(path.read_text())["checks"] for path in (tmp_path / "cache" / "tried").glob("blind-*.json")]
    assert len(tried) == 5, "own data alone take no part in training"
    assert {finding["state"] for checks in tried for finding in checks.values()} == {"ok"}


def test_every_broken_study_is_run_here() -> None:
    assert {path.parent.name for path in BROKEN.glob("*/paper.yaml")} == set(CULPRITS)
