"""The page on all folders: a line for each, then each in full. One file without scripts that opens offline."""

from collections.abc import Sequence
from html import escape

from repro.publish.grade import row_text
from repro.publish.grade.grade_row import UNGRADED, GradeRow, PartMark
from repro.publish.page_style import page_style
from repro.publish.report.page import POLICY
from repro.results.wording import several

_TONES = {"complete": "ok", "thin": "note", "empty": "bad", UNGRADED: "none"}


def page(title: str, rows: Sequence[GradeRow], notes: Sequence[str] = ()) -> str:
    """The HTML; the same rows give the same bytes.

    Args:
        title: of the course.
        rows: one for each folder.
        notes: lines below the title.

    """
    style = page_style("grade", "grade.css")
    facts = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}: what was handed in</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{escape(title)}: what was handed in</h1><p><b>{escape(row_text.summary(rows))}</b></p>{facts}"
        f"</header>\n<main>\n{_legend()}{_overview(rows)}{''.join(map(_card, range(len(rows)), rows))}</main>\n"
        "<footer><p>Made by <code>repro grade</code>. Nothing in these folders was run, imported or changed. Verdicts "
        "are reckoned from the records; kept predictions were only looked at to see whether they are whole. A hash "
        "shows damage, not fraud: "
        "<code>repro verify</code> trains drawn runs again.</p></footer>\n</body>\n</html>\n"
    )


def _legend() -> str:
    signs = "".join(
        f'<li><span class="sign {_TONES[state]}">{sign}</span> {row_text.MEANING[state]}</li>'
        for state, sign in row_text.SIGNS.items()
    )
    return f'<ul class="legend" aria-label="Signs">{signs}</ul>\n'


def _overview(rows: Sequence[GradeRow]) -> str:
    slots = row_text.slots(rows)
    dated = any(part.came for row in rows for part in row.parts)
    head = '<th scope="col">folder</th><th scope="col">spec</th>'
    head += "".join(
        f'<th scope="col" class="c" title="{escape(full)}">{escape(slot)}</th>' for slot, full in slots.items()
    )
    head += '<th scope="col" class="r">runs</th><th scope="col">gate</th><th scope="col">re-run</th>'
    head += '<th scope="col">late</th>' if dated else ""
    head += '<th scope="col" class="r">to look at</th>'
    body = "".join(_line(number, row, list(slots), dated) for number, row in enumerate(rows))
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="All folders"><table class="all"><thead>'
        f"<tr>{head}</tr></thead><tbody>{body}</tbody></table></div>\n"
    )


def _line(number: int, row: GradeRow, slots: list[str], dated: bool) -> str:
    parts = {part.name: part for part in row.parts}
    whose = f'<bdi class="who">{escape(", ".join(row.who))}</bdi> ' if row.who else ""
    cells = [f'<th scope="row"><a href="#f{number}">{whose}<bdi class="path">{escape(row.folder)}</bdi></a></th>']
    cells.append(f"<td>{_spec(row)}</td>")
    cells += [f'<td class="c">{_sign(parts[slot]) if slot in parts else ""}</td>' for slot in slots]
    runs = UNGRADED if row.runs is None else f"{row.runs.done}/{row.runs.planned}"
    cells.append(f'<td class="r">{_soft(runs)}</td>')
    cells.append(f"<td>{_gate(row)}</td><td>{_soft(row_text.rerun(row))}</td>")
    if dated:
        cells.append(f"<td>{_late(row)}</td>")
    cells.append(f'<td class="r">{len(row.look) or ""}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _spec(row: GradeRow) -> str:
    label = row_text.spec(row)
    sign, tone = ("✓", "ok") if label == "fine" else ("?", "none") if label == UNGRADED else ("✗", "bad")
    return _marked(sign, tone, label)


def _gate(row: GradeRow) -> str:
    if row.gate is None:
        return _soft(UNGRADED)
    word = row.gate.partition(":")[0]
    sign, tone = {"fine": ("✓", "ok"), "failed": ("✗", "bad")}.get(word, ("!", "note"))
    return _marked(sign, tone, word)


def _late(row: GradeRow) -> str:
    late = row_text.late(row)
    return _soft(late) if late in ("", "in time", UNGRADED) else _marked("!", "note", late)


def _marked(sign: str, tone: str, label: str) -> str:
    return f'<span class="sign {tone}" aria-hidden="true">{sign}</span> {escape(label)}'


def _soft(content: str) -> str:
    return (
        f'<span class="soft">{escape(content)}</span>'
        if content in (UNGRADED, "by nobody", "in time")
        else escape(content)
    )


def _list(content: str) -> str:
    return "<br>".join(map(_soft, content.split(", ")))


def _sign(part: PartMark) -> str:
    label, sign = f"{part.title}: {row_text.answered(part)}", row_text.SIGNS[part.state]
    return (
        f'<span class="sign {_TONES[part.state]}" title="{escape(label)}" aria-hidden="true">{sign}</span>'
        f'<span class="heard">{escape(label)}</span>'
    )


def _card(number: int, row: GradeRow) -> str:
    name = ", ".join(row.who) or row.folder
    below = [line for line in (row.folder if row.who else "", row.kind, row.title) if line]
    facts = "".join(f"<div><dt>{term}</dt><dd>{inside}</dd></div>" for term, inside in _facts(row))
    first = f'<p class="quoted">{escape(row.first)}</p>' if row.first else ""
    parts = _parts(row)
    return (
        f'<section id="f{number}"><h2><bdi>{escape(name)}</bdi> <span class="state">{_spec(row)}</span></h2>'
        f'<p class="soft">{" · ".join(f"<bdi>{escape(line)}</bdi>" for line in below)}</p>{first}'
        f'<div class="{"both" if parts else "one"}">{parts}<dl>{facts}</dl></div>'
        f"{_lines('Look at by hand', '!', 'note', row.look)}{_lines('Not judged', '?', 'none', row.ungraded)}"
        "</section>\n"
    )


def _facts(row: GradeRow) -> list[tuple[str, str]]:
    counts = []
    if row.counts is not None:
        counts = [
            several(row.counts.papers, "related paper") + " with a summary",
            several(row.counts.questions, "question") + " asked",
            several(row.counts.answers, "answer") + " to peers",
        ]
    if row.slides is not None:
        counts.insert(0, several(row.slides, "slide"))
    source = row_text.source(row)
    return [
        ("Counted", "<br>".join(map(escape, counts)) or _soft(UNGRADED)),
        *([("Late", late)] if (late := _late(row)) else []),
        ("Runs", _list(row_text.runs(row)) + (f'<br><span class="soft">{escape(source)}</span>' if source else "")),
        ("Checked by re-running", _soft(row_text.rerun(row))),
        (
            "Leakage gate",
            _gate(row) + (f" {escape(row.gate.partition(':')[2])}" if row.gate and ":" in row.gate else ""),
        ),
        ("Reported numbers", _list(row_text.verdicts(row))),
        ("Claims", _list(row_text.claims(row))),
    ]


def _parts(row: GradeRow) -> str:
    lines = []
    for part in row.parts:
        late = part.came if part.late else ""
        came = f'<span class="sign note" aria-hidden="true">!</span> {escape(late)}' if late else _soft(part.came)
        lines.append(
            f'<li><span class="sign {_TONES[part.state]}" aria-hidden="true">{row_text.SIGNS[part.state]}</span>'
            f"<b>{escape(part.name)}</b><span>{escape(part.title)}<small>{_soft(row_text.answered(part))}</small>"
            f"{f'<small>{came}</small>' if part.late is not None else ''}</span></li>"
        )
    return f'<ul class="parts">{"".join(lines)}</ul>' if lines else ""


def _lines(title: str, sign: str, tone: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    items = "".join(
        f'<li><span class="sign {tone}" aria-hidden="true">{sign}</span> <span><bdi>{escape(line)}</bdi></span></li>'
        for line in lines
    )
    return f'<h3>{title}</h3><ul class="lines">{items}</ul>'
