"""What ``repro mock`` prints: the files, what they lack, and the seeds that each claim takes."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from repro.results.expected_claims import ClaimPower, percent
from repro.results.power import MOST, WANTED
from repro.results.wording import fixed, several, short
from repro.spec.spec import Spec


def mock_table(
    console: Console, spec: Spec, files: Sequence[Path], notes: Sequence[str], claims: Sequence[ClaimPower]
) -> None:
    """Print one study."""
    pictures = [path for path in files if path.suffix == ".svg"]
    console.print(f"[bold]{escape(spec.name)}[/bold]: {escape(spec.work.title)}")
    if not pictures:
        console.print("no figure: none of the values that it would show is expected yet")
    else:
        console.print(
            f"{several(len(pictures), 'figure')}, EXPECTED, NOT MEASURED, in {escape(str(pictures[0].parent))}: "
            + escape(", ".join(path.stem for path in pictures))
        )
    for sentence in notes:
        console.print(f"- {escape(sentence)}")
    if not claims:
        console.print("\nnothing is claimed, so no seeds can be counted")
        return
    console.print()
    console.print(_table(claims))
    for number, claim in enumerate(claims, 1):
        console.print(f"{number}. {escape(claim.text)}: {escape(claim.sentence)}")
        for note in claim.notes:
            console.print(f"   {escape(note)}")
    console.print(
        "\nThe rule is the table's own: the paired 95 % interval over seeds lies wholly above what is claimed. "
        "Seeds of two experiments are taken to be independent; where the same seed is good or bad for both, "
        "fewer are needed.",
        style="dim",
    )


def _table(claims: Sequence[ClaimPower]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("step")
    table.add_column("difference", justify="right")
    table.add_column("sd", justify="right")
    table.add_column("claimed", justify="right")
    table.add_column(f"seeds for {percent(WANTED)}", justify="right")
    table.add_column("planned", justify="right")
    table.add_column("power", justify="right")
    for number, claim in enumerate(claims, 1):
        threshold = (claim.claim.within if claim.claim.kind == "same" else claim.claim.by) or 0.0
        sign = "±" if claim.claim.kind == "same" else ">"
        word = "same as" if claim.claim.kind == "same" else "over"
        for place, step in enumerate(claim.steps):
            table.add_row(
                str(number) if not place else "",
                escape(f"{step.method} {word} {step.other}"),
                "–" if step.difference is None else fixed(step.difference, 1, sign=True),
                "–" if step.sd is None else short(step.sd),
                f"{sign} {short(threshold)}",
                _needed(step.needed, step.chance, step.why),
                str(step.planned),
                "–" if step.chance is None else percent(step.chance),
            )
        if len(claim.steps) > 1:
            needed = _needed(claim.needed, claim.chance, "".join(step.why for step in claim.steps))
            power = "–" if claim.chance is None else percent(claim.chance)
            table.add_row("", "all steps", "", "", "", needed, str(claim.planned), power)
    return table


def _needed(needed: int | None, chance: float | None, why: str) -> str:
    if needed is not None:
        return str(needed)
    return "–" if chance is None else "none" if why else f"> {MOST}"
