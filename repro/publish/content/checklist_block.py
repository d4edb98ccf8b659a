"""The reproducibility checklist: what the records answer, and what stays open.

The items are ours, put together after Pineau et al., "Improving Reproducibility in Machine Learning Research" (JMLR 22,
2021), and Kapoor et al., "REFORMS: Consensus-based Recommendations for Machine-learning-based Science" (Science
Advances 10, 2024).
"""

from collections.abc import Iterable

from repro.publish.content.pieces import Block, Row, Table, Text, plain, text
from repro.publish.content.sources import SILENT
from repro.publish.content.subject import Subject
from repro.publish.content.training_block import training

YES, NO, OPEN = "✓\u00a0yes", "✗\u00a0no", "○\u00a0open"


def checklist(subject: Subject) -> tuple[Block, ...]:
    """A row for each item, with where the answer comes from."""
    rows = tuple(Row((text(item), text(state), said)) for item, state, said in _items(subject))
    note = text("Items after Pineau et al. (2021) and Kapoor et al., REFORMS (2024), filled in from spec and records.")
    return (Table("Reproducibility checklist", ("item", "", "how it is known"), rows, "lll", (note,)),)


def _items(subject: Subject) -> list[tuple[str, str, Text]]:
    spec, records = subject.spec, subject.records
    done = [record for record in records if record.state == "done"]
    many = min((len(subject.ids(one.name)) for one in subject.run), default=0)
    recipe = next((block for block in training(subject) if isinstance(block, Table)), None)
    silent = [] if recipe is None else [plain(row.cells[0]) for row in recipe.rows if plain(row.cells[2]) == SILENT]
    silent = list(dict.fromkeys(silent))
    kept = bool(done) and all(map(subject.keeps_predictions, done))
    commits = all(r.environment.git_commit for r in done)
    dirty = any(r.environment.git_dirty for r in done)
    found: list[tuple[str, str, Text]] = [
        ("The question is stated", YES if spec.question.strip(". …") else OPEN, text(spec.question)),
        (
            "Model and algorithm are described in full",
            YES,
            text("architecture and recipe are data; shapes are checked before training"),
        ),
        (
            "The data are named, with their source and size",
            YES,
            text(", ".join(dict.fromkeys(one.dataset.name for one in subject.run))),
        ),
        (
            "Why these data",
            YES if subject.baseline.dataset.why.strip(". …") else OPEN,
            text(subject.baseline.dataset.why),
        ),
        (
            "The splits are fixed and hashed",
            YES if any(r.splits_sha256 for r in done) else OPEN,
            text(_hashes(r.splits_sha256 for r in done)),
        ),
        (
            "Leakage was looked for before training",
            YES if any(r.gate.get("checks") for r in done) else OPEN,
            text(f"{len(subject.results.leaks)} finding{'s' * (len(subject.results.leaks) != 1)}") if done else (),
        ),
        (
            "Every hyperparameter has a source",
            NO if silent else YES,
            text(f"silent: {', '.join(silent)}") if silent else text("see the training recipe"),
        ),
        (
            "How many runs stand behind each number",
            YES if done else OPEN,
            text(f"{len(done)} of {len(subject.plan.runs)} runs are done; at least {many} of each experiment"),
        ),
        (
            "Central tendency and variation are given",
            YES if any(row.ci95 for row in subject.results.rows) else OPEN,
            text("mean with its 95 % interval over seeds"),
        ),
        ("A baseline is compared with", YES, text(subject.title(spec.baseline))),
        ("Hardware and time are given", YES if done else OPEN, text("; ".join(subject.results.environments))),
        ("Versions of all software are given", YES if done else OPEN, text("in each record")),
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
            OPEN if not done else YES if kept else NO,
            text(
                "repro verify reckons them again"
                if kept
                else "predictions of some runs are not kept here"
                if done
                else ""
            ),
        ),
        (
            "Who may use the data, and under which licence",
            YES if subject.baseline.dataset.licence else OPEN,
            text(subject.baseline.dataset.licence),
        ),
        ("Which people the data are of, and whether they agreed", OPEN, ()),
        (
            "To which cases the result carries over",
            YES if _written(subject, "applied_setting") else OPEN,
            text("see the student's answer" if _written(subject, "applied_setting") else ""),
        ),
    ]
    return found


def _written(subject: Subject, name: str) -> bool:
    return name in subject.spec.answers and not subject.spec.answers[name].is_open


def _hashes(values: Iterable[str | None]) -> str:
    found = list(dict.fromkeys(value[:12] for value in values if value))
    return ", ".join(found[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")
