"""No command prints what a terminal obeys, whatever a folder holds; and none ends in a traceback over its output."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from repro.cli.console import HarmlessConsole
from repro.cli.main import main
from repro.cli.streams import Output
from repro.disk.terminal_text import terminal_safe
from repro.runs.record import Record

PAPERS = Path(__file__).parents[2] / "papers"
EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\x7f\u202e\u2028\rX"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("sign", [*EVIL[:1], "\x07", "\x9b", "\x08", "\x00", "\u202e", "\u2066", "\ud83d", "\ufeff"])
def test_what_a_terminal_obeys_is_written_out(sign):
    assert terminal_safe(f"a{sign}b") == f"a\\u{ord(sign):04x}b"
    assert terminal_safe(terminal_safe(f"a{sign}b")) == terminal_safe(f"a{sign}b")
    assert json.loads(f'"{terminal_safe(sign)}"') == sign  # JSON that is printed means the same


@pytest.mark.parametrize("text", ["plain\n", "a\tb", "é 字 🎵 ‍ family", "line\r\n", "العربية"])
def test_other_text_is_as_it_was(text):
    assert terminal_safe(text) == text


def test_a_console_keeps_its_own_colours_alone():
    out = io.StringIO()
    console = HarmlessConsole(file=out, force_terminal=True, color_system="standard", width=80)
    table = Table()
    table.add_column(f"head{EVIL}")
    table.add_row(Text(f"cell{EVIL}", style="red"))
    console.print(table)
    console.print(f"text{EVIL}", markup=False)
    rest = re.sub("\x1b\\[[0-9;]*m", "", out.getvalue())
    assert not CONTROL.search(rest)
    assert "\x1b[31m" in out.getvalue()


def hostile(folder):
    """The shipped paper, with escapes in every text of its records and in names of files."""
    shutil.copytree(PAPERS / "mnist1d", folder, ignore=shutil.ignore_patterns("runs", "handin", "figures"))
    records = sorted((folder / "results" / "records").glob("*.json"))
    for at, path in enumerate(records):
        fields = json.loads(path.read_text())
        fields["gate"]["checks"] = {f"x{EVIL}": {"state": f"found{EVIL}", "text": f"text{EVIL}", "kinds": [EVIL]}}
        fields["gate"]["waiver"] = EVIL
        fields["environment"]["device"] = EVIL
        if at % 3 == 0:
            fields |= {"state": "failed", "reason": f"diverged{EVIL}", "metrics": {}, "chosen": None}
        path.write_text(Record.from_json(json.dumps(fields)).sealed_with_hash().to_json())
    (records[0].parent / "evil\x1b[31m\udcff.json").write_text("{" + EVIL)
    (folder / "results" / "table.json").write_text(json.dumps({"rung": EVIL, "records": {EVIL: EVIL}}))
    (folder / "runs" / "full").mkdir(parents=True)
    (folder / "runs" / "full" / "y\x1b[2J.json").write_text(json.dumps({EVIL: EVIL}))
    (folder / "\x1b[2Jown.py").write_text("")
    return folder


def said_by(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["repro", *map(str, words)])
    with pytest.raises(SystemExit):
        main()
    out, err = capsys.readouterr()
    return out + err


@pytest.mark.slow
def test_no_command_prints_a_control(tmp_path, monkeypatch, capsys):
    study = hostile(tmp_path / "evil\x1b[31mname")
    out = tmp_path / "out"
    for words in (
        ("check", study), ("status", study), ("table", study), ("table", study, "--json"), ("table", study, "--csv"),
        ("table", study, "--markdown"), ("table", study, "--latex"), ("homework", study), ("ls", tmp_path),
        ("report", study, "-o", out), ("slides", study, "-o", out), ("post", study, "-o", out),
        ("grade", study, "-o", out), ("grade", study, "--json"), ("discuss", study), ("shapes", study),
        ("site", study, "-o", tmp_path / "site"), ("verify", study, "--sample", "0"), ("data", study),
        ("check", f"none{EVIL}"), (f"no{EVIL}",), ("run", study, f"x{EVIL}=1"),
    ):  # fmt: skip
        said = said_by(monkeypatch, capsys, *words)
        found = CONTROL.search(said)
        assert said, words
        assert found is None, (words, said[max(0, found.start() - 80) : found.start() + 40])


def command(redirect, *words):
    """A command in a shell whose output goes where ``redirect`` says."""
    line = f'"{sys.executable}" -m repro {" ".join(words)} {redirect}'
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=300)


@pytest.mark.skipif(sys.platform == "win32" or not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("redirect", "code", "says"), [(">/dev/full", 1, "No space left"), (">&-", 0, ""), (">&- 2>&-", 0, "")]
)
def test_an_output_that_takes_nothing_ends_in_a_line(redirect, code, says):
    done = command(redirect, "--version")
    assert done.returncode == code, done
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_reader_that_is_gone_is_no_fault():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-m", "repro", "schema"], stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_what_paints_by_itself_passes_the_filter():
    inner = io.StringIO()
    out = Output(inner, is_filtered=True)
    out.write("\x1b[2J")
    out.unfiltered.write("\x1b[1m")
    out.writelines(["\x07"])
    assert inner.getvalue() == "\\u001b[2J\x1b[1m\\u0007"
