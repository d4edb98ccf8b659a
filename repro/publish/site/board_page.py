"""The board: every reported number against ours, study after study."""

from collections.abc import Sequence
from html import escape

from repro.publish.site.labels import BEST, chip, owner_names, state_chip
from repro.publish.site.mini_svg import line
from repro.publish.site.study_summary import Dot, StudySummary


def board_main(studies: Sequence[tuple[StudySummary, str]]) -> str:
    """What stands in ``<main>``."""
    shown = [(study, page) for study, page in studies if study.dots]
    counted: dict[str, int] = {}
    for study, _ in shown:
        for word, count in study.verdicts:
            counted[word] = counted.get(word, 0) + count
    chips = "".join(chip(word, f"{counted[word]} {word.lower()}") for word in BEST if word in counted)
    introduction = (
        "Each number of a paper, as it printed it, beside ours: the mean over runs with half its 95 % interval. "
        "Verdicts are those at the default margins."
    )
    empty = "" if shown else '<p class="panel">No study has a reported number yet.</p>\n'
    return (
        f'<h1>Reported against reproduced</h1>\n<p>{introduction}</p>\n<p class="chips">{chips}</p>\n{empty}'
        + "".join(_study(study, page) for study, page in shown)
    )


def _study(study: StudySummary, page: str) -> str:
    groups: dict[int, list[Dot]] = {}
    for dot in study.dots:
        groups.setdefault(dot.group, []).append(dot)
    tables = "".join(_table(dots[0].table, dots, study) for dots in groups.values())
    return (
        f'<section class="panel"><h2><a href="{escape(page)}"><bdi>{escape(study.name)}</bdi></a></h2>'
        f'<p class="chips"><bdi class="soft">{escape(owner_names(study))}</bdi> {state_chip(study)}</p>'
        f"{tables}</section>\n"
    )


def _table(heading: str, dots: Sequence[Dot], study: StudySummary) -> str:
    rows = "".join(_row(dot, dots) for dot in dots)
    reported_label = "expected" if study.kind == "proposal" else "paper"
    label = escape(f"{owner_names(study)}, {study.name}: {heading}")
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table class="board"><caption><bdi>'
        f"{escape(heading)}</bdi></caption><thead><tr>"
        f'<th scope="col">experiment</th><th scope="col" class="r">{reported_label}</th>'
        '<th scope="col" class="r">ours</th>'
        '<td class="p"></td><th scope="col" class="r k">runs</th><th scope="col">verdict</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(dot: Dot, beside: Sequence[Dot]) -> str:
    verdict = chip(dot.verdict) if dot.verdict else ""
    return (
        f'<tr><th scope="row"><bdi>{escape(dot.title)}</bdi></th><td class="r">{escape(dot.paper)}</td>'
        f'<td class="r">{escape(dot.mine)}</td><td class="p">{line(dot, beside)}</td>'
        f'<td class="r k">{escape(dot.runs)}</td><td>{verdict}</td></tr>'
    )
