"""The reproducibility checklist: what the records answer, and what stays open.

The items are ours, put together after Pineau et al., "Improving Reproducibility in Machine Learning Research" (JMLR 22,
2021), and Kapoor et al., "REFORMS: Consensus-based Recommendations for Machine-learning-based Science" (Science
Advances 10, 2024).
"""

from collections.abc import Iterable, Sequence

from repro.publish.content.document_model import Block, Row, Table, Text, text
from repro.publish.content.report_context import ReportContext
from repro.publish.content.sources import GUESS
from repro.publish.content.training_block import unsaid
from repro.results.wording import listed, several
from repro.runs.identity import own_files
from repro.runs.record import Record
from repro.spec.read_dataset import facts_of

LIBRARIES = ("mirdata/", "torchaudio/")
"""How data sets of other libraries begin, whose source is known by their name."""

FOR_A_PERSON = "for a person to say"

YES, NO, OPEN = "✓\u00a0yes", "✗\u00a0no", "○\u00a0open"


def checklist(subject: ReportContext) -> tuple[Block, ...]:
    """A row for each item, with where the answer comes from."""
    rows = tuple(Row((text(item), text(state), sentence)) for item, state, sentence in _items(subject))
    note = text("Items after Pineau et al. (2021) and Kapoor et al., REFORMS (2024), filled in from spec and records.")
    return (Table("Reproducibility checklist", ("item", "", "how it is known"), rows, "lll", (note,)),)


def _items(subject: ReportContext) -> list[tuple[str, str, Text]]:
    """Each item is ``yes`` only where spec or records show it; what they cannot show is open, for a person to say."""
    spec, records = subject.spec, subject.records
    done = [record for record in records if record.state == "done"]
    all_done = bool(done) and len(done) == len(subject.plan.runs)
    planned = dict.fromkeys(run.experiment.name for run in subject.plan.runs)
    many = min((len(subject.ids(name)) for name in planned), default=0)
    silent, guessed = unsaid(subject), list(spec.sources.get(GUESS, {}))
    stored = bool(done) and all(map(subject.keeps_predictions, done))
    commits = all(r.environment.git_commit for r in done)
    dirty = any(r.environment.git_dirty for r in done)
    looked = sum(bool(r.gate.get("checks")) for r in done)
    hashed = sum(bool(r.splits_sha256) for r in done)
    why = subject.baseline.dataset.why
    return [
        ("The question is stated", YES if spec.question.strip(". …") else OPEN, text(spec.question)),
        ("Model and algorithm are described in full", *_model(subject)),
        ("The data are named, with their source and size", *_data(subject)),
        ("Why these data", YES if why.strip(". …") else OPEN, text(why)),
        (
            "The splits are fixed and hashed",
            _of(hashed, done),
            text(_hashes(r.splits_sha256 for r in done)),
        ),
        (
            "Leakage was looked for before training",
            _of(looked, done),
            text(f"in {looked} of {len(done)} runs; {several(len(subject.results.leaks), 'finding')}") if done else (),
        ),
        (
            "Every hyperparameter has a source",
            NO if silent or guessed else YES,
            text(
                "; ".join(
                    f"{what}: {', '.join(names)}" for what, names in (("silent", silent), ("guessed", guessed)) if names
                )
                or "see the training recipe"
            ),
        ),
        (
            "How many runs stand behind each number",
            OPEN if not done else YES if many else NO,
            text(f"{len(done)} of {len(subject.plan.runs)} runs are done; at least {many} of each experiment"),
        ),
        ("Central tendency and variation are given", *_variation(subject)),
        ("A baseline is compared with", *_baseline(subject)),
        ("Hardware and time are given", YES if done else OPEN, text("; ".join(subject.results.environments))),
        (
            "Versions of all software are given",
            OPEN if not done else YES if all(r.environment.versions for r in done) else NO,
            text("in each record" if done else ""),
        ),
        (
            "The code is at a known commit",
            OPEN if not done else YES if commits and not dirty else NO,
            text(
                ""
                if not done
                else "some runs had uncommitted changes"
                if dirty
                else "in each record"
                if commits
                else "none"
            ),
        ),
        (
            "Weights and predictions can be checked",
            OPEN if not done else YES if stored else NO,
            text(
                "repro verify reckons them again"
                if stored
                else "predictions of some runs are not kept here"
                if done
                else ""
            ),
        ),
        (
            "Everything that was planned has been run",
            YES if all_done else NO if done else OPEN,
            text(f"{len(done)} of {several(len(subject.plan.runs), 'run')}"),
        ),
        (
            "Who may use the data, and under which licence",
            YES if subject.baseline.dataset.licence else OPEN,
            text(subject.baseline.dataset.licence),
        ),
        ("Which people the data are of, and whether they agreed", OPEN, text(FOR_A_PERSON)),
        ("To which cases the result carries over", OPEN, text(FOR_A_PERSON)),
    ]


def _of(count: int, done: Sequence[Record]) -> str:
    return OPEN if not done else YES if count == len(done) else NO


def _model(subject: ReportContext) -> tuple[str, Text]:
    """Yes where every part is of a library; what own code does nobody has read but a person."""
    files = sorted({file for experiment in subject.run for file in own_files(experiment)})
    if files:
        return OPEN, text(f"own code is read by nobody here: {', '.join(files)}")
    return YES, text("architecture and recipe are data; shapes are checked before training")


def _data(subject: ReportContext) -> tuple[str, Text]:
    """Yes where it is known of each data set whence it is, and how many items it has."""
    sentences, lacking = [], []
    for dataset in dict.fromkeys(experiment.dataset.name for experiment in subject.run):
        experiment = next(experiment for experiment in subject.run if experiment.dataset.name == dataset)
        facts = facts_of(experiment.dataset)
        items = experiment.dataset.items or (facts.items if facts else 0) or _counted(subject, dataset)
        sentences.append(f"{dataset}{f', {items:,} items' if items else ''}")
        if experiment.dataset.is_own and not dataset.startswith(LIBRARIES):
            lacking.append(f"where {dataset} comes from is for a person to say")
        if not items:
            lacking.append(f"how many items {dataset} has is not written down")
    return OPEN if lacking else YES, text("; ".join([*sentences, *lacking]))


def _counted(subject: ReportContext, dataset: str) -> int:
    """Items of a data set by what a record's gate counted; 0 where it did not."""
    for record in subject.records:
        if subject.spec.experiments[record.experiment].dataset.name == dataset:
            counts = record.gate.get("checks", {}).get("labels", {}).get("counts", {})
            parts: dict[str, dict[str, int]] = next(iter(counts.values()), {}) if isinstance(counts, dict) else {}
            if parts:
                return sum(sum(classes.values()) for classes in parts.values())
    return 0


def _variation(subject: ReportContext) -> tuple[str, Text]:
    """Yes where each mean of several runs has its interval; one run of what has no random part needs none."""
    rows = [row for row in subject.results.rows if row.mean is not None and row.seeds]
    if not rows:
        return OPEN, ()
    bare = [row for row in rows if row.ci95 is None and row.sd != 0]
    constant = {record.experiment for record in subject.records if record.constant}
    if without := list(dict.fromkeys(row.title for row in bare if row.experiment not in constant)):
        return NO, text(f"no interval for {listed(without)}")
    return YES, text("mean with its 95 % interval over seeds")


def _baseline(subject: ReportContext) -> tuple[str, Text]:
    """Yes where the baseline and something beside it have been run."""
    name = subject.spec.baseline
    others = [experiment.name for experiment in subject.run if experiment.name != name]
    if not others:
        return NO, text("the study has one experiment")
    if not subject.ids(name) or not any(map(subject.ids, others)):
        return OPEN, text(f"{subject.title(name)}; not both have been run")
    return YES, text(subject.title(name))


def _hashes(values: Iterable[str | None]) -> str:
    hashes = list(dict.fromkeys(value[:12] for value in values if value))
    return ", ".join(hashes[:4]) + (f" and {len(hashes) - 4} more" if len(hashes) > 4 else "")
