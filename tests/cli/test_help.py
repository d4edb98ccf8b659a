"""How fast and how light the command line starts: seen from outside, in a fresh process."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "lightning", "torchaudio", "torchmetrics", "sklearn", "scipy", "pandas", "numpy", "matplotlib")
PROBE = """
import sys
sys.argv = ["repro", *{args!r}]
try:
    from repro.cli.main import main
    main()
except SystemExit as stop:
    print("code", stop.code)
print("heavy", sorted(set({heavy!r}) & set(sys.modules)))
"""


def probe(*args: str) -> str:
    code = PROBE.format(args=args, heavy=HEAVY)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "args",
    [
        ("--help",),
        ("run", "--help"),
        ("status", "--help"),
        ("plan", "--help"),
        ("determinism", "--help"),
        ("verify", "--help"),
        ("data", "--help"),
        ("mock", "--help"),
        ("check", "papers/mnist1d"),
        ("ls", "papers"),
        ("schema",),
    ],
    ids=lambda a: " ".join(a),
)
def test_light_commands_import_nothing_heavy(args: tuple[str, ...]) -> None:
    out = probe(*args)
    assert "heavy []" in out
    assert "code 0" in out or "code None" in out


def test_help_names_every_command() -> None:
    out = probe("--help")
    commands = (
        "new", "check", "ls", "data", "shapes", "plan", "run", "status", "table", "determinism", "verify", "schema",
    )  # fmt: skip
    for command in commands:
        assert f"  {command} " in out


def test_each_example_stands_on_a_line_of_its_own() -> None:
    lines = [line.strip() for line in probe("new", "--help").splitlines()]
    assert [line for line in lines if "Example" in line] == [
        "Example: repro new paper papers/my-paper",
        "Example: repro new paper papers/my-paper --from mnist1d",
    ]


def test_a_misspelt_command_is_refused_without_a_traceback() -> None:
    done = subprocess.run([sys.executable, "-m", "repro", "chekc"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "chekc" in done.stderr
