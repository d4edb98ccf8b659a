"""The command line before any command: bare, its version, and the words it takes."""

import re
import subprocess
import sys

import pytest

from repro.cli.main import main


def test_bare_it_prints_its_help(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["repro"])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert (ended.value.code, err) == (0, "")
    assert "Usage: repro [OPTIONS] COMMAND" in out
    assert "  run  " in out


@pytest.mark.parametrize("words", [["--version"], ["--version", "run"]])
def test_the_version(capsys, monkeypatch, words):
    monkeypatch.setattr(sys, "argv", ["repro", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert re.fullmatch(r"repro \d+\.\d+\S*\n", capsys.readouterr().out)


def test_as_a_module_it_goes_by_the_same_name(tmp_path):
    done = subprocess.run([sys.executable, "-m", "repro", "run"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "Usage: repro run" in done.stderr
    assert "Traceback" not in done.stderr
