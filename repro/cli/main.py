"""The command line. Each command is one file beside this one, light to import; torch is loaded only when needed."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import repro
from repro.cli.any_terminal import replace_what_cannot_be_shown
from repro.cli.check import check
from repro.cli.dashboard import dashboard
from repro.cli.data import data
from repro.cli.determinism import determinism
from repro.cli.discuss import discuss
from repro.cli.grade import grade
from repro.cli.help_text import help_text
from repro.cli.homework import homework
from repro.cli.ls import ls
from repro.cli.mock import mock
from repro.cli.new import new
from repro.cli.other_packages import other_packages
from repro.cli.plan import plan
from repro.cli.post import post
from repro.cli.refusal import refusal
from repro.cli.report import report
from repro.cli.run import run
from repro.cli.schema import schema
from repro.cli.serve import serve
from repro.cli.shapes import shapes
from repro.cli.site import site
from repro.cli.slides import slides
from repro.cli.status import status
from repro.cli.streams import OutputError, outputs
from repro.cli.table import table
from repro.cli.tracking import with_values
from repro.cli.verify import verify
from repro.cli.wandb import wandb


class Commands(TyperGroup):
    """All commands. Words of the line are read in one way, also where the shell asks for completions."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of a line."""
        return super().parse_args(ctx, with_values(args))


def show_version(value: bool) -> None:
    """``--version``: print it and end."""
    if value:
        print(f"repro {repro.__version__}")
        raise typer.Exit


def start(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=show_version, help="print the version and end")
    ] = False,
) -> None:
    """Does the paper hold up? One YAML spec, one command, an honest verdict."""
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


app = typer.Typer(
    name="repro",
    cls=Commands,
    callback=start,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    new, check, ls, data, shapes, plan, run, status, table, determinism, verify,
    homework, mock, report, post, slides, discuss, grade, site, serve, dashboard, schema,
):  # fmt: skip
    app.command(help=help_text(command))(command)
app.add_typer(wandb, name="wandb")


def main() -> None:
    """Run the command line; a user's mistake ends with one clear message and exit code 2, never with a traceback."""
    replace_what_cannot_be_shown()
    with outputs():
        note_other_packages()
        try:
            app(prog_name="repro")
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            sys.exit(130)
        except OutputError:
            raise
        except Exception as error:
            refused = refusal(error)
            if refused is None:
                raise
            print(refused.text, file=sys.stderr)
            sys.exit(refused.code)


def note_other_packages() -> None:
    """Say once, on stderr, that another package has our name; not where the shell asks for completions."""
    for file in () if "_REPRO_COMPLETE" in os.environ else other_packages(Path(repro.__file__).parent):
        print(f"note: {file} is of another package named repro, which may come first elsewhere", file=sys.stderr)
