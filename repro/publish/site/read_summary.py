"""One folder to what the site shows of it. Nothing of it is run or imported, nothing is followed out of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from math import isfinite
from pathlib import Path

from repro.publish.assignments.course import Course
from repro.publish.content.authors import authors
from repro.publish.content.document import document
from repro.publish.content.related_block import link
from repro.publish.content.report_context import ReportContext
from repro.publish.content.web_link import is_web_link
from repro.publish.discuss.read_person import posts_in, read_person
from repro.publish.grade.data_folders import strays
from repro.publish.grade.load_untrusted import LoadedSpec, failure_text, load_untrusted
from repro.publish.grade.study_records import at_its_rung
from repro.publish.grade.survey import survey
from repro.publish.grade.visible import visible
from repro.publish.report.page import body, contents
from repro.publish.site.provenance import provenance
from repro.publish.site.site_blocks import SITE_BLOCKS
from repro.publish.site.study_summary import ClaimVerdict, Dot, State, StudySummary
from repro.results.cells import NOTHING, cells, sections
from repro.results.contribution import Contribution
from repro.results.contributions import contributions
from repro.results.same_records import trace
from repro.results.wording import several
from repro.spec.spec import Spec

MOST_PAGE = 4 * 2**20
"""Characters of a report; a longer one is not shown."""

MOST_DOTS, MOST_CLAIMS = 200, 60
"""Numbers and claims of one study that the board shows."""

TITLE, QUESTION = 160, 400
"""Characters of a title and of a question that are shown beside others'."""

TASKS = {
    "class": "classification", "many": "tagging", "number": "regression", "array": "sequences", "input": "autoencoding",
}  # fmt: skip
"""What is predicted, by the kind of a label."""


def read_summary(folder: Path, shown: str, who: Sequence[str], course: Course) -> StudySummary:
    """Look at one folder.

    Args:
        folder: the folder itself.
        shown: what to call it.
        who: names of those in the roster whose folder it is.
        course: whose assignments the report answers.

    """
    called, names = visible(shown), tuple(map(visible, who))
    nothing = StudySummary(called, names)
    if folder.is_symlink() or not folder.is_dir():
        return replace(nothing, problem="is a link; it was not followed" if folder.is_symlink() else "no such folder")
    entries = survey(folder)
    loaded = load_untrusted(folder, entries)
    nothing = replace(nothing, kind=loaded.kind)
    if loaded.spec is None:
        person = read_person(names[0] if names else called, [(folder, shown)], (), "")
        return replace(nothing, person=person, problem=visible(_why(loaded)))
    nothing = replace(nothing, person=posts_in(loaded.spec, names[0] if names else called, (called, folder.name)))
    data_links = set(entries.out_folders) - set(strays(entries.out_folders, loaded.data))
    astray = [
        name for name in entries.out if name not in data_links
    ]  # data behind a link are not read, all else is shown
    if astray:
        why = f"{astray[0]} is a link that leads out of the folder; nothing of the folder is shown"
        return replace(nothing, problem=visible(why))
    plain = _plain(nothing, loaded.spec)
    try:
        return _whole(plain, loaded, loaded.spec, course)
    except Exception as error:  # noqa: BLE001 - a stranger's folder may break anything; its card says what
        why = str(error) if type(error).__module__.startswith("repro.") else failure_text("the report", error)
        first = next(iter(why.replace(f"{folder}/", "").splitlines()), "")
        return replace(plain, problem=visible(first or type(error).__name__))


def _why(loaded: LoadedSpec) -> str:
    more = (
        f" (and {several(loaded.problems - 1, 'further problem')})" if loaded.problems and loaded.problems > 1 else ""
    )
    return f"{loaded.first}{more}"


def _plain(summary: StudySummary, spec: Spec) -> StudySummary:
    """What the spec alone says."""
    work = spec.work
    where = ", ".join(str(part) for part in (work.venue, work.year) if part)
    by = authors(work.authors)
    url = link(work)
    run = [experiment for experiment in spec.experiments.values() if experiment.not_run is None]
    return replace(
        summary,
        title=visible(" ".join(work.title.split()), TITLE),
        question=visible(" ".join(spec.question.split()), QUESTION) if spec.question.strip(". …") else "",
        work=visible(". ".join(part for part in (by, where) if part), TITLE),
        link=url if is_web_link(url) else "",
        tasks=tuple(dict.fromkeys(TASKS[label.kind] for experiment in run for label in experiment.labels.values())),
        data=tuple(dict.fromkeys(visible(experiment.dataset.name, 60) for experiment in run)),
    )


def _whole(summary: StudySummary, loaded: LoadedSpec, spec: Spec, course: Course) -> StudySummary:
    """The same with what was run, and the report."""
    study = at_its_rung(spec, loaded.at)
    subject = ReportContext(study.spec, study.plan, study.ledger(), refuses_edited=False)
    if spec.rung == "full":
        subject.__dict__["full"] = spec  # read once is enough
    report = document(subject, course.of_kind(spec.kind), SITE_BLOCKS)
    page = f'<nav class="contents" aria-label="Contents">{contents(report)}</nav>\n{body(report)}'
    page = page.replace(escape(str(spec.folder)), escape(summary.shown))  # where it lies is nobody else's business
    if len(page) > MOST_PAGE:
        raise ValueError(f"it would be larger than {MOST_PAGE // 2**20} MB")
    records, results = subject.records, subject.results
    done = sum(record.state == "done" for record in records)
    planned = len(subject.plan.runs)
    state: State = "run" if done and done == planned else "partly run" if records else "not run"
    return replace(
        summary,
        state=state,
        rung=visible(study.spec.rung, 40),
        planned=planned,
        done=done,
        failed=len(records) - done,
        headline=visible(results.headline) if records else "",
        verdicts=tuple((str(verdict), count) for verdict, count in results.counts.items()),
        dots=tuple(_dots(subject))[:MOST_DOTS],
        claims=tuple(ClaimVerdict(visible(claim.text), str(claim.verdict)) for claim in results.claims[:MOST_CLAIMS])
        if records
        else (),
        log=provenance(records),
        shares=tuple(
            map(
                _cleaned,
                contributions(summary.who[0] if summary.who else summary.shown, study.spec, study.plan, records),
            )
        ),
        page=page.encode("utf-8", "replace").decode(),
        traces=tuple(trace(record) for record in records if record.state == "done"),
    )


def _dots(subject: ReportContext) -> Iterator[Dot]:
    for group, (heading, rows) in enumerate(sections(subject.results.rows)):
        for row in rows:
            number = None if row.reported is None else row.reported.number
            if row.reported is None or number is None:
                continue
            row_cells = cells(row, rows)
            mine = row_cells.measured
            yield Dot(
                title=visible(subject.title(row.experiment), TITLE),
                table=visible(heading, TITLE),
                group=group,
                theirs=_finite(number.value),
                ours=_finite(row.mean),
                interval=row.ci95 if row.ci95 is not None and all(map(isfinite, row.ci95)) else None,
                paper=visible(row_cells.paper, 40),
                mine="not run" if row.not_run is not None else mine if row.mean is not None else NOTHING,
                runs=row_cells.runs,
                verdict="" if row.verdict_default is None else str(row.verdict_default),
            )


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _cleaned(share: Contribution) -> Contribution:
    return replace(
        share,
        experiment=visible(share.experiment),
        title=visible(share.title, TITLE),
        metric=visible(share.metric, TITLE),
        invalid=tuple(map(visible, share.invalid)),
    )
