"""``repro schema``: the JSON Schema of specs, for editors."""

import json
from typing import Annotated

import typer


def schema(
    out: Annotated[str, typer.Option("--out", "-o", metavar="FILE", help="write it to this file instead")] = "",
) -> None:
    """Print the JSON Schema by which editors complete a spec.

    A spec names it in its first line: # yaml-language-server: $schema=FILE

    Example: repro schema -o spec-schema.json
    """
    from pathlib import Path

    from repro.cli.any_terminal import print_json
    from repro.disk.atomic_write import write_atomically
    from repro.spec.schema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, separators=(",", ":")) + "\n"
    if out:
        write_atomically(Path(out), text)
        print(f"{out}: {len(text) // 1024} kB")
    else:
        print_json(text)
