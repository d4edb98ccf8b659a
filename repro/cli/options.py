"""Options that several commands share, spelt once."""

from pathlib import Path
from typing import Annotated

import typer

from repro.cli.completion import experiments, rungs, study_paths

Specs = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...", help="folders (or their spec files), then path=value changes", autocompletion=study_paths
    ),
]
OneSpec = Annotated[
    str, typer.Argument(metavar="PATH", help="a folder with a spec, or a spec file", autocompletion=study_paths)
]
Rung = Annotated[
    str,
    typer.Option(
        "--rung",
        metavar="RUNG",
        help="a rung of the spec, such as smoke; full is the paper's recipe",
        autocompletion=rungs,
    ),
]
Only = Annotated[str, typer.Option("--only", metavar="A,B", help="only these experiments", autocompletion=experiments)]
Seeds = Annotated[
    str, typer.Option("--seeds", metavar="N|LIST", help="the first N of the spec's seeds, or a list such as 0,3,4")
]
RunOwnCode = Annotated[
    bool, typer.Option("--run-own-code", help="let the folder's own code be executed; only for code you trust")
]
Project = Annotated[str, typer.Option("--project", metavar="NAME", help="in W&B; the folder's name by default")]
Entity = Annotated[
    str, typer.Option("--entity", metavar="NAME", help="in W&B, a user or team; the key's own by default")
]
