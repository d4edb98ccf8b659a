"""The first page: a card for each study, a search box and filters."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from repro.publish.site.card import card
from repro.publish.site.labels import BEST, not_shown, shared_record_notes
from repro.publish.site.study_summary import STATES, StudySummary
from repro.results.wording import several

LEGEND = (
    '<p class="legend soft"><svg viewBox="0 0 12 9" aria-hidden="true"><path class="o" d="M2 4.5l3.8-3.8 3.8 3.8-3.8 '
    '3.8z"/></svg> reported, or expected <svg viewBox="0 0 30 9" aria-hidden="true"><path class="i" d="M2 4.5h26"/>'
    '<path class="u" d="M15 4.5h0"/></svg> ours with its 95 % interval; each picture has a scale of its own</p>\n'
)


def index_main(title: str, studies: Sequence[tuple[StudySummary, str]], watch: Mapping[str, str]) -> str:
    """What stands in ``<main>``.

    Args:
        title: of the site.
        studies: what was seen of each folder, and its page.
        watch: where the runs of a page's folder are watched.

    """
    every = [study for study, _ in studies]
    cards = "".join(
        card(study, page, watch.get(page, ""), lines)
        for (study, page), lines in zip(studies, shared_record_notes(every), strict=True)
    )
    kinds = Counter(study.kind for study in every if study.state != "not shown")
    counts = [several(kinds[kind], kind) for kind in ("paper", "proposal") if kinds[kind]]
    counts += [f"{count} that cannot be read"] if (count := not_shown(every)) else []
    none = (
        '<p id="none" class="panel" hidden>Nothing fits. Fewer words or another choice above will show more; Escape in '
        "the search box shows all.</p>\n"
    )
    empty = '<p class="panel">No folder with a paper.yaml or proposal.yaml was found.</p>\n' if not studies else ""
    return (
        f"<h1><bdi>{escape(title)}</bdi></h1>\n<p>{escape(' and '.join(counts))}</p>\n{LEGEND}{none}{empty}"
        f'<div class="cards">\n{cards}</div>\n'
    )


def filters(studies: Sequence[tuple[StudySummary, str]]) -> str:
    """The search box and the choices; hidden until the script is there to answer them."""
    summaries = [summary for summary, _ in studies]
    verdicts = {word for summary in summaries for word, _ in summary.verdicts}
    choices = (
        ("kind", "Kind", sorted({summary.kind for summary in summaries} - {""})),
        ("task", "Task", sorted({task for summary in summaries for task in summary.tasks})),
        ("data", "Data", sorted({data for summary in summaries for data in summary.data})),
        ("verdict", "Verdict", [word for word in BEST if word in verdicts]),
        ("state", "State", [state for state in STATES if any(summary.state == state for summary in summaries)]),
    )
    selects = "".join(_select(name, label, options) for name, label, options in choices)
    return (
        '<form id="filters" role="search" hidden><label class="wide"><span>Search <kbd>/</kbd></span>'
        f'<input type="search" id="q" name="q" autocomplete="off" spellcheck="false"></label>{selects}'
        '<button type="button" name="clear" hidden>Show all</button>'
        '<p id="count" class="soft" role="status" aria-live="polite"></p></form>\n'
    )


def _select(name: str, label: str, values: Iterable[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return f'<label>{label}<select id="{name}" name="{name}"><option value="">all</option>{options}</select></label>'
