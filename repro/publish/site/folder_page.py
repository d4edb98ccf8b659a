"""The page of one folder: what it is, and its report."""

from html import escape

from repro.publish.site.labels import BEST, chip, claims_text, owner_names, state_chip
from repro.publish.site.study_summary import StudySummary


def folder_main(seen: StudySummary, watch: str = "") -> str:
    """What stands in ``<main>``; ``watch`` is where its runs are watched."""
    counts = dict(seen.verdicts)
    chips = "".join(chip(word, f"{counts[word]} {word.lower()}") for word in BEST if word in counts)
    claims = f'<span class="soft">{escape(claims_text(seen))}</span>' if seen.claims else ""
    below = [owner_names(seen), *([seen.shown] if seen.who else []), seen.kind]
    parts = [
        f"<h1><bdi>{escape(seen.name)}</bdi></h1>",
        f'<p class="soft">{" · ".join(f"<bdi>{escape(one)}</bdi>" for one in below if one)}</p>',
    ]
    if seen.work or seen.link:
        link = f' <a href="{escape(seen.link)}" rel="noopener noreferrer">{escape(seen.link)}</a>' if seen.link else ""
        parts.append(f'<p class="soft"><bdi>{escape(seen.work)}</bdi>{link}</p>')
    parts.append(f'<p class="chips">{state_chip(seen)}{chips}{claims}</p>')
    if watch:
        parts.append(f'<p class="watch"><a href="{escape(watch)}">Watch the runs</a></p>')
    if seen.problem:
        why = f'<p class="problem"><bdi>{escape(seen.problem)}</bdi></p>'
        parts.append(f'<div class="panel"><p><b>Its report cannot be shown.</b></p>{why}</div>')
    if seen.page:
        sketched = "Figures are sketched from the same numbers as those of repro report, which draws them in full."
        parts.append(f'<div class="report">{seen.page}<p class="soft">{sketched}</p></div>')
    return "\n".join(parts) + "\n"
