"""A spec that is refused is refused as fast as `check` does: nothing heavy is imported before it is read."""

import subprocess
import sys
from pathlib import Path

PROBE = """
import sys
from repro.cli.main import main
for command in ("check", "data", "shapes", "plan", "run"):
    sys.argv = ["repro", command, sys.argv[-1]]
    try:
        main()
    except SystemExit as stop:
        print(command, stop.code, sorted({"torch", "lightning", "pandas", "sklearn", "matplotlib"} & set(sys.modules)))
"""


def test_no_command_imports_torch_to_refuse_a_spec(tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text("paper: {title: T}\nmetrik: Accuracy\n")
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path)], capture_output=True, text=True, check=True, timeout=300
    )
    lines = [line for line in done.stdout.splitlines() if line.endswith("[]")]
    assert lines == ["check 1 []", "data 2 []", "shapes 2 []", "plan 2 []", "run 2 []"]
    assert done.stderr.count("unknown word 'metrik'") + done.stdout.count("unknown word 'metrik'") == 5
