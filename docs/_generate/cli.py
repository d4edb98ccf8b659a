"""The reference of the command line, from the program itself: every command with its arguments and options."""

import re
from collections.abc import Iterator
from typing import Any

import typer.main

from repro.cli.help_text import EXAMPLE
from repro.cli.main import app

CODE = re.compile(
    r"(?<![\w`])(--?[a-z][\w-]*|~?[\w.-]*/[\w./-]*|[\w.-]+\.(?:yaml|json|csv|py|html)|[A-Z_]{6,})(?![\w`])"
)
"""Words of a help text that are set as code: options, paths, files, environment variables."""


def commands() -> Iterator[tuple[str, Any, Any]]:
    """Each command that can be called, with its full name and a context to ask it in."""
    group: Any = typer.main.get_command(app)
    yield from _below(group, "repro", None)


def _below(command: Any, name: str, parent: Any) -> Iterator[tuple[str, Any, Any]]:
    context = command.make_context(name.rpartition(" ")[2], [], parent=parent, resilient_parsing=True)
    inner = getattr(command, "commands", {})
    if not inner or parent is None:
        yield name, command, context
    for word, one in inner.items():
        yield from _below(one, f"{name} {word}", context)


def page() -> str:
    """The part of the page that lists the commands, as Markdown."""
    every = list(commands())
    rows = [f"| [`{name}`](#{_anchor(name)}) | {_prose(_summary(command))} |" for name, command, _ in every[1:]]
    table = "\n".join(["| Command | What it does |", "|---|---|", *rows])
    return "\n\n".join([table, *(_section(*one) for one in every)])


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


def _summary(command: Any) -> str:
    return " ".join((command.help or "").split("\n\n")[0].split())


def _section(name: str, command: Any, context: Any) -> str:
    parameters = command.get_params(context)
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name == "option"]
    words = [name, "[OPTIONS]", *(_in_usage(one, context) for one in arguments)]
    words += ["COMMAND"] if getattr(command, "commands", None) else []
    parts = [f"## {name}", f"```text\n{' '.join(words)}\n```"]
    for paragraph in (command.help or "").replace("\b\n", "").split("\n\n"):
        lines = paragraph.strip().splitlines()
        if lines and lines[0].startswith(EXAMPLE):
            examples = "\n".join(f"$ {line.removeprefix(EXAMPLE)}" for line in lines)
            parts.append(f"```console\n{examples}\n```")
        else:
            parts.append(_prose(" ".join(line.strip() for line in lines)))
    if arguments:
        rows = [f"| {_code(_name(one, context))} | {_help(one, context)[0]} |" for one in arguments]
        parts.append("\n".join(["| Argument | Meaning |", "|---|---|", *rows]))
    cells = [(_code(one.get_help_record(context)[0]), *_help(one, context)) for one in options if not one.hidden]
    parts.append(
        "\n".join(["| Option | Meaning | Default |", "|---|---|---|", *(f"| {' | '.join(c)} |" for c in cells)])
    )
    return "\n\n".join(parts)


def _name(argument: Any, context: Any) -> str:
    return re.sub(r" <.*", "", argument.get_help_record(context)[0]).strip("[]")


def _in_usage(argument: Any, context: Any) -> str:
    name = _name(argument, context)
    return name if argument.required else f"[{name}]"


def _help(parameter: Any, context: Any) -> tuple[str, str]:
    """The meaning and the default of a parameter, as cells."""
    text = (parameter.get_help_record(context) or ("", ""))[1]
    default = ""
    if match := re.fullmatch(r"(.*?)\s*\[((?:default|required|x|[\d.]+<?=?)[^\[\]]*)\]", text, re.DOTALL):
        text, extras = match[1], match[2].split("; ")
        for extra in extras:
            if extra.startswith("default: "):
                default = _code(extra.removeprefix("default: "))
            elif extra != "required":
                text += f" ({extra})"
    return _prose(text), default


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _prose(text: str) -> str:
    """Text of a help as Markdown: nothing in it is markup, and what is typed is set as code."""
    pieces = CODE.split(" ".join(text.split()))
    for place in range(0, len(pieces), 2):
        pieces[place] = re.sub(r"([\\*_<>\[\]$`{}|#])", r"\\\1", pieces[place])
    pieces[1::2] = [_trimmed(piece) for piece in pieces[1::2]]
    return "".join(pieces)


def _trimmed(piece: str) -> str:
    kept = piece.rstrip(".")
    return f"`{kept}`{piece[len(kept) :]}"
