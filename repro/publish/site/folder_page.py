"""The page of one folder: what it is, and its report."""

from html import escape

from repro.publish.site.labels import BEST, chip, claims_text, owner_names, state_chip
from repro.publish.site.study_summary import StudySummary


def folder_main(study: StudySummary, watch: str = "") -> str:
    """What stands in ``<main>``; ``watch`` is where its runs are watched."""
    counts = dict(study.verdicts)
    chips = "".join(chip(word, f"{counts[word]} {word.lower()}") for word in BEST if word in counts)
    claims = f'<span class="soft">{escape(claims_text(study))}</span>' if study.claims else ""
    below = [owner_names(study), *([study.shown] if study.who else []), study.kind]
    parts = [
        f"<h1><bdi>{escape(study.name)}</bdi></h1>",
        f'<p class="soft">{" · ".join(f"<bdi>{escape(line)}</bdi>" for line in below if line)}</p>',
    ]
    if study.work or study.link:
        link = (
            f' <a href="{escape(study.link)}" rel="noopener noreferrer">{escape(study.link)}</a>' if study.link else ""
        )
        parts.append(f'<p class="soft"><bdi>{escape(study.work)}</bdi>{link}</p>')
    parts.append(f'<p class="chips">{state_chip(study)}{chips}{claims}</p>')
    if watch:
        parts.append(f'<p class="watch"><a href="{escape(watch)}">Watch the runs</a></p>')
    if study.problem:
        why = f'<p class="problem"><bdi>{escape(study.problem)}</bdi></p>'
        parts.append(f'<div class="panel"><p><b>Its report cannot be shown.</b></p>{why}</div>')
    if study.page:
        sketched = "Figures are sketched from the same numbers as those of repro report, which draws them in full."
        parts.append(f'<div class="report">{study.page}<p class="soft">{sketched}</p></div>')
    return "\n".join(parts) + "\n"
