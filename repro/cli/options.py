"""Options that several commands share, spelt once."""

from pathlib import Path
from typing import Annotated

import typer

Specs = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="folders (or their spec files), then path=value changes")
]
Rung = Annotated[
    str, typer.Option("--rung", metavar="RUNG", help="a rung of the spec, such as smoke; full is the paper's recipe")
]
Only = Annotated[str, typer.Option("--only", metavar="A,B", help="only these experiments")]
Seeds = Annotated[
    str, typer.Option("--seeds", metavar="N|LIST", help="the first N of the spec's seeds, or a list such as 0,3,4")
]
Project = Annotated[str, typer.Option("--project", metavar="NAME", help="in W&B; the folder's name by default")]
Entity = Annotated[
    str, typer.Option("--entity", metavar="NAME", help="in W&B, a user or team; the key's own by default")
]
