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


def card(seen: StudySummary, page: str, watch: str = "", said: Sequence[str] = ()) -> str:
    """The card; ``page`` leads to the folder's page, ``watch`` to where its runs are watched. ``said`` are lines on
    what it has in common with others.
    """
    data = {
        "kind": seen.kind,
        "task": "\n".join(seen.tasks),
        "data": "\n".join(seen.data),
        "verdict": "\n".join(word for word, _ in seen.verdicts),
        "state": seen.state,
    }
    facts = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items() if value)
    name = page.rpartition("/")[2].removesuffix(".html")
    below = [owner_names(seen), seen.kind, *seen.data[:2]]
    parts = [
        f'<h2><a href="{escape(page)}"><bdi>{escape(visible(seen.name, NAME))}</bdi></a></h2>',
        f'<p class="soft">{" · ".join(f"<bdi>{escape(one)}</bdi>" for one in below if one)}</p>',
    ]
    if seen.question:
        parts.append(f'<p class="question"><bdi>{escape(visible(seen.question, QUESTION))}</bdi></p>')
    if seen.problem:
        parts.append(f'<p class="problem"><bdi>{escape(visible(seen.problem, PROBLEM))}</bdi></p>')
    picture = stamp(seen.dots)
    if picture:
        what = chosen_for_stamp(seen.dots)[0].table.partition(";")[0]
        parts.append(f'{picture}<p class="soft"><bdi>{escape(visible(what, TABLE))}</bdi></p>')
    parts.append(_claims(seen))
    parts += [f'<p class="soft" data-others><bdi>{escape(line)}</bdi></p>' for line in said]
    parts.append(f'<p class="chips">{_chips(seen)}</p>')
    if watch:
        of = f'<span class="heard"> of {escape(visible(seen.name, NAME))}</span>'
        parts.append(f'<p class="watch"><a href="{escape(watch)}">Watch the runs{of}</a></p>')
    return f'<article class="card" id="f-{escape(name)}"{facts}>{"".join(parts)}</article>\n'


def _chips(seen: StudySummary) -> str:
    counts = dict(seen.verdicts)
    there = [word for word in BEST if word in counts]
    chips = [chip(word, f"{counts[word]} {word.lower()}") for word in there[:MOST_CHIPS]]
    if len(there) > MOST_CHIPS:
        chips.append(f'<span class="soft">and {sum(counts[word] for word in there[MOST_CHIPS:])} more</span>')
    return "".join([state_chip(seen), *chips])


def _claims(seen: StudySummary) -> str:
    if not seen.claims:
        return ""
    ranked = sorted(seen.claims, key=lambda one: one.verdict != "HOLDS")
    lines = "".join(map(_claim, ranked[:MOST_CLAIMS]))
    return f'<p class="claims">{escape(claims_text(seen))}</p><ul class="claims">{lines}</ul>'


def _claim(one: ClaimVerdict) -> str:
    """Its sign is put there by the style, with the verdict for those who hear the page."""
    return f"<li class={KINDS.get(one.verdict, 's')}><bdi>{escape(visible(one.text, CLAIM))}</bdi></li>"
