"""Every ``repro ...`` line of a console block in the documentation is one that the command line understands."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from repro.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
PAGES = [page for page in PAGES if "_build" not in page.parts]
ROOT_COMMAND: Any = typer.main.get_command(app)


def commands(text: str) -> list[str]:
    """The ``repro`` commands of all console blocks, without the prompt."""
    blocks = re.findall(r"^```console\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line for line in lines if re.match(r"(\.venv/bin/)?repro\b", line)]


def parse(line: str) -> None:
    """Read a line as the command line would, and stop before anything is done."""
    group = ROOT_COMMAND
    context = group.make_context("repro", shlex.split(line, comments=True)[1:])
    while hasattr(group, "resolve_command"):
        name, group, words = group.resolve_command(context, [*context._protected_args, *context.args])
        context = group.make_context(name, words, parent=context)


ALL = [(page.relative_to(ROOT).as_posix(), line) for page in PAGES for line in commands(page.read_text("utf-8"))]


def test_there_are_commands_to_parse() -> None:
    assert len(ALL) > 60


@pytest.mark.parametrize(("where", "line"), ALL)
def test_the_command_line_understands_it(where: str, line: str) -> None:
    if "--version" in line:
        return
    parse(line)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("repro rnu papers/x", "No such command"),
        ("repro run papers/x --runk smoke", "No such option"),
        ("repro grade", "Missing parameter"),
        ("repro run papers/x --jobs many", "valid integer"),
        ("repro wandb snyc papers/x", "No such command"),
    ],
)
def test_a_command_that_does_not_exist_is_refused(line: str, why: str) -> None:
    with pytest.raises(Exception, match=why):
        parse(line)
