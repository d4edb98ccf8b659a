"""A study on a card: what it asks, a picture, its best verdicts, its claims, and how far it is run."""

from collections.abc import Sequence
from html import escape

from repro.publish.grade.visible import visible
from repro.publish.site.labels import BEST, chip, claims_text, owner_names, state_chip
from repro.publish.site.mini_svg import chosen_for_stamp, stamp
from repro.publish.site.study_summary import ClaimVerdict, StudySummary

QUESTION, CLAIM, PROBLEM, NAME, TABLE = 150, 80, 200, 110, 56
"""Characters that a card has room for."""

KINDS = {"HOLDS": "h", "FAILS": "f", "REVERSED": "v", "NOT SHOWN": "s", "PARTIAL": "p", "not run yet": "n"}
"""What the style calls the verdicts on claims: a hundred cards have to be small."""

MOST_CHIPS = 4
MOST_CLAIMS = 2


def card(study: StudySummary, page: str, watch: str = "", notes: Sequence[str] = ()) -> str:
    """The card; ``page`` leads to the folder's page, ``watch`` to where its runs are watched. ``notes`` are lines on
    what it has in common with others.
    """
    data = {
        "kind": study.kind,
        "task": "\n".join(study.tasks),
        "data": "\n".join(study.data),
        "verdict": "\n".join(word for word, _ in study.verdicts),
        "state": study.state,
    }
    facts = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items() if value)
    name = page.rpartition("/")[2].removesuffix(".html")
    below = [owner_names(study), study.kind, *study.data[:2]]
    parts = [
        f'<h2><a href="{escape(page)}"><bdi>{escape(visible(study.name, NAME))}</bdi></a></h2>',
        f'<p class="soft">{" · ".join(f"<bdi>{escape(part)}</bdi>" for part in below if part)}</p>',
    ]
    if study.question:
        parts.append(f'<p class="question"><bdi>{escape(visible(study.question, QUESTION))}</bdi></p>')
    if study.problem:
        parts.append(f'<p class="problem"><bdi>{escape(visible(study.problem, PROBLEM))}</bdi></p>')
    picture = stamp(study.dots)
    if picture:
        what = chosen_for_stamp(study.dots)[0].table.partition(";")[0]
        parts.append(f'{picture}<p class="soft"><bdi>{escape(visible(what, TABLE))}</bdi></p>')
    parts.append(_claims(study))
    parts += [f'<p class="soft" data-others><bdi>{escape(line)}</bdi></p>' for line in notes]
    parts.append(f'<p class="chips">{_chips(study)}</p>')
    if watch:
        of = f'<span class="heard"> of {escape(visible(study.name, NAME))}</span>'
        parts.append(f'<p class="watch"><a href="{escape(watch)}">Watch the runs{of}</a></p>')
    return f'<article class="card" id="f-{escape(name)}"{facts}>{"".join(parts)}</article>\n'


def _chips(study: StudySummary) -> str:
    counts = dict(study.verdicts)
    present = [word for word in BEST if word in counts]
    chips = [chip(word, f"{counts[word]} {word.lower()}") for word in present[:MOST_CHIPS]]
    if len(present) > MOST_CHIPS:
        chips.append(f'<span class="soft">and {sum(counts[word] for word in present[MOST_CHIPS:])} more</span>')
    return "".join([state_chip(study), *chips])


def _claims(study: StudySummary) -> str:
    if not study.claims:
        return ""
    ranked = sorted(study.claims, key=lambda claim: claim.verdict != "HOLDS")
    lines = "".join(map(_claim, ranked[:MOST_CLAIMS]))
    return f'<p class="claims">{escape(claims_text(study))}</p><ul class="claims">{lines}</ul>'


def _claim(claim: ClaimVerdict) -> str:
    """Its sign is put there by the style, with the verdict for those who hear the page."""
    return f"<li class={KINDS.get(claim.verdict, 's')}><bdi>{escape(visible(claim.text, CLAIM))}</bdi></li>"
