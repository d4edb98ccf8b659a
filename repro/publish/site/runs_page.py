"""Who reproduced what: by whom, on which machine, with what, as the records say."""

from collections.abc import Mapping, Sequence
from html import escape

from repro.publish.site.labels import owner_names
from repro.publish.site.study_summary import MachineRuns, StudySummary
from repro.results.wording import duration, several

NO_DATE = (
    "A record holds the machine, the software and how long a run took, but no date; when runs were made is not known "
    "here."
)
DATED = (
    "A record holds the machine, the software and how long a run took, but no date; the last column is what the "
    "course's file says of when something was handed in."
)


def runs_main(studies: Sequence[tuple[StudySummary, str]], handed_in: Mapping[str, str]) -> str:
    """What stands in ``<main>``; ``handed_in`` are dates of the course by page."""
    lines = [(study, page, group) for study, page in studies for group in study.log]
    done = sum(group.done for _, _, group in lines)
    people = len({owner_names(study) for study, _, _ in lines})
    totals = (
        f"{several(done, 'run')} of {_persons(people)}, {duration(sum(group.seconds for _, _, group in lines))} in all."
    )
    head = "".join(
        f'<th scope="col"{side}>{name}</th>'
        for name, side in (
            ("who", ""), ("study", ""), ("runs", ' class="r"'), ("rung", ""), ("machine", ""), ("system", ""),
            ("software", ""), ("time", ' class="r"'), ("commit", ""), *([("handed in", "")] if handed_in else []),
        )
    )  # fmt: skip
    body = "".join(_row(study, page, group, handed_in) for study, page, group in lines)
    table = (
        '<div class="scroll" role="region" tabindex="0" aria-label="Who ran what"><table class="log"><thead>'
        f"<tr>{head}</tr></thead><tbody>{body}</tbody></table></div>\n"
    )
    content = table if lines else '<p class="panel">No study has a record yet.</p>\n'
    return (
        f"<h1>Who ran what</h1>\n<p>{escape(totals) if lines else ''}</p>\n"
        f'<p class="soft">{DATED if handed_in else NO_DATE}</p>\n{content}'
    )


def _persons(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _row(study: StudySummary, page: str, group: MachineRuns, handed_in: Mapping[str, str]) -> str:
    failed = f" <small>{group.failed} failed</small>" if group.failed else ""
    commit = f"<code>{escape(group.commit)}</code>" if group.commit else '<span class="soft">none</span>'
    changed = " <small>with changes</small>" if group.changed else ""
    cells = [
        f'<th scope="row"><bdi>{escape(owner_names(study))}</bdi></th>',
        f'<td><a href="{escape(page)}"><bdi>{escape(study.name)}</bdi></a></td>',
        f'<td class="r">{group.done}{failed}</td>',
        *(f"<td><bdi>{escape(text)}</bdi></td>" for text in (group.rung, group.machine, group.system, group.software)),
        f'<td class="r">{escape(duration(group.seconds))}</td>',
        f"<td>{commit}{changed}</td>",
    ]
    if handed_in:
        cells.append(f"<td>{escape(handed_in.get(page, ''))}</td>")
    return f"<tr>{''.join(cells)}</tr>"
