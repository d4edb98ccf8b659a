"""The page of a folder whose runs are watched: how far each is, curves so far, and the table as it stands."""

from html import escape

from repro.publish.serve.curves_svg import curves_svg
from repro.publish.serve.folder_progress import CurvePanel, FolderProgress, RungShown, RunShown, TableShown
from repro.results.cells import SYMBOLS
from repro.results.wording import several
from repro.runs.status import STATES, State

SIGNS: dict[State, str] = {"done": "✓", "running": "▶", "stopped": "‖", "failed": "✗", "missing": "·"}
"""A sign for each state, so that colour never stands alone."""

MEANING: dict[State, str] = {
    "done": "done", "running": "in training", "stopped": "stopped", "failed": "failed", "missing": "not yet",
}  # fmt: skip
"""What the states are called here."""

MOST_TROUBLES = 12
GOOD = ("REPRODUCED", "EXCEEDS", "HOLDS")
BAD = ("NOT REPRODUCED", "INVALID", "FAILS", "REVERSED")


def live_main(progress: FolderProgress) -> str:
    """What stands in the page's ``<main>``; ``data-news`` in it is read out when it changes."""
    head = (
        f'<h1 data-news="{escape(news(progress))}">'
        f"<bdi>{escape(progress.title or progress.shown)}</bdi></h1>"
        f'<p class="soft"><bdi>{escape(progress.shown)}</bdi></p>'
        + (f'<p class="question"><bdi>{escape(progress.question)}</bdi></p>' if progress.question else "")
    )
    if progress.problem:
        return f'{head}<p class="bad"><b>Nothing can be shown:</b> <bdi>{escape(progress.problem)}</bdi></p>'
    notes = "".join(f'<p class="note"><bdi>{escape(note)}</bdi></p>' for note in progress.notes)
    return head + notes + "".join(map(_rung, progress.rungs))


def news(progress: FolderProgress) -> str:
    """The state of things in a sentence, read out when it changes."""
    if progress.problem:
        return progress.problem
    return "; ".join(f"{rung.rung}: {_counted(rung)}" for rung in progress.rungs)


def _rung(rung: RungShown) -> str:
    name = f"rung-{escape(rung.rung)}"
    total = len(rung.runs)
    heading = f'<h2 id="{name}">Rung {escape(rung.rung)}: {rung.count("done")} of {several(total, "run")} done</h2>'
    parts = [heading, _bar(rung), _now(rung), _grid(rung)]
    if rung.panels:
        parts.append(f'<h3>Curves so far</h3><p class="soft">{_legend(rung)}</p>')
        parts.append(f'<div class="curves-of">{"".join(_panel(panel) for panel in rung.panels)}</div>')
    parts += _tables(rung)
    parts += [f'<p class="note"><bdi>{escape(note)}</bdi></p>' for note in rung.notes]
    return f'<section aria-labelledby="{name}">{"".join(parts)}</section>'


def _counted(rung: RungShown) -> str:
    counts = [(MEANING[state], rung.count(state)) for state in STATES]
    return ", ".join(f"{number} {word}" for word, number in counts if number) or "no runs"


def _bar(rung: RungShown) -> str:
    """All runs as one bar, in the order of the states, with the same in words below."""
    total, at = max(1, len(rung.runs)), 0
    parts, words = [], []
    for state in STATES:
        number = rung.count(state)
        if number:
            parts.append(f'<rect class="{state}" x="{at}" width="{number}" height="1"/>')
            at += number
            words.append(
                f'<li class="{state}"><span aria-hidden="true">{SIGNS[state]}</span> {number} {MEANING[state]}</li>'
            )
    bar = (
        f'<svg class="bar" viewBox="0 0 {total} 1" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'
    )
    return f'{bar}<ul class="states">{"".join(words)}</ul>'


def _now(rung: RungShown) -> str:
    """The runs that train, then those that need a look."""
    running = [run for run in rung.runs if run.state == "running"]
    lines = "".join(map(_running, running))
    troubled = [run for run in rung.runs if run.said and run.state in ("failed", "stopped", "missing")]
    summary = "".join(
        f'<li><b>{escape(run.title)}</b> <span class="{run.state}">{SIGNS[run.state]} {MEANING[run.state]}</span> '
        f"<bdi>{escape(run.said)}</bdi></li>"
        for run in troubled[:MOST_TROUBLES]
    )
    more = len(troubled) - MOST_TROUBLES
    summary += f"<li>and {more} more</li>" if more > 0 else ""
    section = f'<h3>In training now</h3><ul class="now">{lines}</ul>' if lines else ""
    return section + (f'<h3>To look at</h3><ul class="looks">{summary}</ul>' if summary else "")


def _running(run: RunShown) -> str:
    share = 0 if run.share is None else run.share
    rounded = round(100 * share)
    known = "" if run.share is None else f' value="{share:.4f}"'
    percent = "starting" if run.share is None else f"{rounded} %"
    return (
        f'<li><b>{escape(run.title)}</b><progress max="1"{known} aria-label="{escape(run.title)}"></progress>'
        f'<span class="share">{percent}</span><small><bdi>{escape(run.said)}</bdi></small></li>'
    )


def _grid(rung: RungShown) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in rung.columns)
    rows = "".join(
        f'<tr><th scope="row"><bdi>{escape(row.title)}</bdi></th>{"".join(map(_cell, row.cells))}</tr>'
        for row in rung.grid
    )
    what = "seed.fold" if any("." in column for column in rung.columns) else "seed"
    return (
        f'<h3>Every run</h3><div class="scroll framed fit" role="region" tabindex="0" aria-label="Every run of rung '
        f'{escape(rung.rung)}"><table class="every"><thead><tr><th scope="col">experiment, by {what}</th>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(run: RunShown | None) -> str:
    if run is None:
        return '<td><span class="heard">not planned</span></td>'
    sign, word = SIGNS[run.state], MEANING[run.state]
    if run.state == "running" and run.share is not None:
        sign, word = f"{round(100 * run.share)}<small>%</small>", f"{word}, {round(100 * run.share)} %"
    title = escape(f"{run.title}: {word}")
    heard = f'<span aria-hidden="true">{sign}</span><span class="heard">{word}</span>'
    return f'<td class="{run.state}" title="{title}">{heard}</td>'


def _legend(rung: RungShown) -> str:
    grows = any(curve.grows for panel in rung.panels for curve in panel.curves)
    over = any(not curve.grows for panel in rung.panels for curve in panel.curves)
    entries = [
        *(["thin lines are runs that are over"] if over else []),
        *(["dashed ones with a dot at the end are still in training"] if grows else []),
    ]
    text = "; ".join(entries)
    return f"{text[:1].upper()}{text[1:]}. Test items are looked at when a run is over, in the table."


def _panel(panel: CurvePanel) -> str:
    unit = f", {escape(panel.unit)}" if panel.unit else ""
    return (
        f'<figure><figcaption><b><bdi>{escape(panel.title)}</bdi></b> <span class="soft">{escape(panel.metric)}{unit}'
        f"</span></figcaption>{curves_svg(panel)}</figure>"
    )


def _tables(rung: RungShown) -> list[str]:
    if not rung.tables:
        return ['<p class="soft">The table begins with the first run that is done.</p>'] if rung.runs else []
    heading = f"<h3>The table as it stands</h3><p>{escape(rung.headline)}.</p>"
    if rung.count("done") < len(rung.runs):
        heading += '<p class="soft">Of the runs that are done; verdicts may change with those to come.</p>'
    return [heading, *map(_table, rung.tables)]


def _table(table: TableShown) -> str:
    names = ("experiment", table.paper, "ours", "runs", "verdict")
    sides = ("", ' class="r"', ' class="r"', ' class="r"', "")
    head = "".join(f'<th scope="col"{side}>{name}</th>' for name, side in zip(names, sides, strict=True))
    body = "".join(
        f'<tr><th scope="row"><bdi>{escape(row.title)}</bdi></th><td class="r">{escape(row.paper)}</td>'
        f'<td class="r">{escape(row.ours)}</td><td class="r">{escape(row.runs)}</td>'
        f"<td>{verdict(row.verdict)}</td></tr>"
        + (f'<tr class="said"><td colspan="5"><bdi>{escape(row.sentence)}</bdi></td></tr>' if row.sentence else "")
        for row in table.rows
    )
    heading = escape(table.heading)
    return (
        f'<div class="scroll framed" role="region" tabindex="0" aria-label="{heading}"><table class="results"><caption>'
        f"<bdi>{heading}</bdi></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def verdict(word: str) -> str:
    """A verdict with its sign."""
    if not word:
        return ""
    tone = "ok" if word in GOOD else "bad" if word in BAD else "note"
    return f'<span class="chip {tone}" data-s="{SYMBOLS[word]}">{escape(word)}</span>'
