"""The command line. Each command is one file beside this one, light to import; torch is loaded only when needed."""

import sys

import typer

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
from repro.cli.table import table
from repro.cli.tracked import with_values
from repro.cli.verify import verify
from repro.cli.wandb import wandb

app = typer.Typer(
    name="repro",
    help="Does the paper hold up? One YAML spec, one command, an honest verdict.",
    no_args_is_help=True,
    add_completion=False,
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
    try:
        app(with_values(sys.argv[1:]))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        said = refusal(error)
        if said is None:
            raise
        print(said.text, file=sys.stderr)
        sys.exit(said.code)
