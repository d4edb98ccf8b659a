"""``repro new``: a commented spec to start from."""

from typing import Annotated

import typer

SCHEMA_FILE = ".spec-schema.json"
KINDS = ("paper", "proposal")


def new(
    kind: Annotated[
        str,
        typer.Argument(metavar="paper|proposal", help="what the folder is to hold", autocompletion=lambda: KINDS),
    ],
    path: Annotated[str, typer.Argument(help="the new folder")],
    source: Annotated[
        str,
        typer.Option("--from", metavar="NAME|FOLDER", help="start from the shipped mnist1d, or from a folder's spec"),
    ] = "",
) -> None:
    """Write a commented spec to start from.

    It checks clean, and a JSON Schema beside it lets your editor complete names.

    Example: repro new paper papers/my-paper
    Example: repro new paper papers/my-paper --from mnist1d
    """
    import json
    from pathlib import Path

    from repro.cli.refusal import CommandRefused
    from repro.disk.atomic_write import write_atomically
    from repro.spec.problem import unknown
    from repro.spec.schema import json_schema

    if kind not in KINDS:
        raise CommandRefused(f"repro new: {unknown('kind', kind, KINDS)}; say paper or proposal")
    folder = Path(path)
    target = folder / f"{kind}.yaml"
    for existing in (folder / "paper.yaml", folder / "proposal.yaml"):
        if existing.exists():
            raise CommandRefused(f"{existing} is there already; nothing was written")
    text = starting_text(kind, source)
    schema = json.dumps(json_schema(), ensure_ascii=False, separators=(",", ":"))
    write_atomically(folder / SCHEMA_FILE, schema + "\n")
    write_atomically(target, f"# yaml-language-server: $schema={SCHEMA_FILE}\n{text}")
    print(
        f"{target} is written.\nNext: open it, then   repro check {path},   repro data {path}   and   "
        f"repro run {path} --rung smoke"
    )


def starting_text(kind: str, source: str) -> str:
    """The spec to start from, without its schema line. Raises CommandRefused when ``source`` names none."""
    from importlib.resources import files
    from pathlib import Path

    from repro.cli.refusal import CommandRefused
    from repro.spec.load import find_spec
    from repro.spec.problem import unknown
    from repro.spec.yaml import read_file

    templates = files("repro.spec") / "templates"
    shipped = {"mnist1d": "paper"}
    if not source:
        return (templates / f"{kind}.yaml").read_text(encoding="utf-8")
    if source in shipped:
        if kind != shipped[source]:
            raise CommandRefused(f"repro new: {source} is a {shipped[source]}, not a {kind}")
        return without_schema_line((templates / f"{source}.yaml").read_text(encoding="utf-8"))
    if not Path(source).exists():
        raise CommandRefused(f"repro new: {unknown('start', source, shipped)}; there is no folder {source} either")
    spec_file = find_spec(Path(source))
    if spec_file.stem != kind:
        raise CommandRefused(f"repro new: {spec_file} is a {spec_file.stem}, not a {kind}")
    return without_schema_line(read_file(spec_file, str(spec_file), spec_file.parent))


def without_schema_line(text: str) -> str:
    r"""Drop a first line that names a schema.

    >>> without_schema_line("# yaml-language-server: $schema=x.json\npaper:\n")
    'paper:\n'
    """
    first, newline, rest = text.partition("\n")
    return rest if newline and first.startswith("# yaml-language-server:") else text
