"""The README is true: its commands exist, its example spec checks."""

import re
from pathlib import Path

from repro.cli.main import app
from repro.spec.load import load_spec

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_example_spec_checks_clean(tmp_path: Path) -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```$", README, flags=re.M | re.S)
    assert len(examples) == 1
    (tmp_path / "paper.yaml").write_text(examples[0], encoding="utf-8")
    spec = load_spec(tmp_path)
    assert list(spec.experiments) == ["logistic", "cnn"]


def test_the_table_of_commands_is_the_list_of_commands() -> None:
    listed = re.findall(r"^\| `repro (\w+)", README, flags=re.M)
    commands = [command.callback.__name__ for command in app.registered_commands if command.callback]
    assert listed == commands + [group.name for group in app.registered_groups]


def test_it_begins_with_two_commands_for_a_fresh_machine() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, flags=re.M | re.S)
    assert len(blocks) == 2
    assert "venv" in blocks[0]
    assert "repro run papers/mnist1d" in blocks[0]
    assert "pytest" in blocks[1]


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    missing = [p for p in pictures if not (Path(__file__).parents[1] / p).is_file()]
    assert missing == []
