"""The README is true and short: its example checks, its links lead somewhere, it begins with two commands."""

import re
from pathlib import Path

from repro.cli.main import app
from repro.spec.load import load_spec

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_spec_checks_clean(tmp_path: Path) -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```$", README, flags=re.M | re.S)
    assert len(examples) == 1
    (tmp_path / "paper.yaml").write_text(examples[0], encoding="utf-8")
    spec = load_spec(tmp_path)
    assert list(spec.experiments) == ["logistic", "cnn"]


def test_the_table_of_commands_is_the_list_of_commands() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `repro (\w+)", page, flags=re.M)
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
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 10
    assert [link for link in links if "://" not in link and not (ROOT / link).is_file()] == []


def test_it_is_short_and_begins_with_the_picture_and_the_two_commands() -> None:
    lines = README.splitlines()
    assert len(lines) < 150
    first_screen = "\n".join(lines[:30])
    assert "![" in first_screen
    assert first_screen.count("```sh") == 2
