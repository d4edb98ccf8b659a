"""What limits a study is said; the checklist says yes only of what it can show."""

from dataclasses import replace

import pytest

from repro.publish.content.checklist_block import NO, OPEN, YES, checklist
from repro.publish.content.document_model import Bullets, plain, runs_of
from repro.publish.content.limitations_block import limitations
from repro.publish.content.report_context import ReportContext
from repro.results.wilson import wilson
from repro.runs.ledger import Ledger
from repro.spec.experiment import Folds


def lines(subject: ReportContext) -> list[str]:
    (block,) = limitations(subject)
    assert isinstance(block, Bullets)
    return [plain(one) for one in block.items]


def known(subject: ReportContext) -> dict[str, tuple[str, str]]:
    (table,) = checklist(subject)
    return {plain(row.cells[0]): (plain(row.cells[1]), plain(row.cells[2])) for row in table.rows}


def with_records(subject: ReportContext, records) -> ReportContext:
    made = replace(subject)
    made.__dict__["results"], made.__dict__["records"] = subject.results, tuple(records)
    return made


def with_items(subject: ReportContext, items: int) -> ReportContext:
    """The same scores as though on other numbers of test items."""

    def fewer(record):
        metrics = {
            output: {view: scores.model_copy(update={"n": items}) for view, scores in views.items()}
            for output, views in record.metrics.items()
        }
        return record.model_copy(update={"metrics": metrics})

    return with_records(subject, map(fewer, subject.records))


def changed(subject: ReportContext, **words) -> ReportContext:
    experiments = {name: one.model_copy(update=words) for name, one in subject.spec.experiments.items()}
    made = replace(subject, spec=subject.spec.model_copy(update={"experiments": experiments}))
    made.__dict__["results"], made.__dict__["records"] = subject.results, subject.records
    return made


@pytest.mark.parametrize(("percent", "n", "ends"), [(75, 24, (55.1, 88.0)), (100, 24, (86.2, 100)), (0, 5, (0, 43.4))])
def test_the_interval_over_items(percent, n, ends) -> None:
    assert wilson(percent, n) == pytest.approx(ends, abs=0.06)


@pytest.mark.parametrize(("items", "ends"), [(24, "32.9 to 70.0"), (200, "44.8 to 58.5")])
def test_a_small_test_part_is_said_with_its_interval(subject, items, ends) -> None:
    few = with_items(subject, items)
    (line,) = [one for one in lines(few) if one.startswith("Only")]
    assert line.startswith(f"Only {items} test items: 51.7 % (GRU, shuffled) stands for {ends} % on other items")
    (block,) = limitations(few)
    assert any(runs_of(one) for one in block.items)


def test_a_large_test_part_is_no_limitation(subject) -> None:
    assert not [one for one in lines(with_items(subject, 100_000)) if one.startswith("Only")]


def test_a_single_split_and_what_intervals_cover_are_said(subject) -> None:
    assert "One split into parts: what another split would change is not measured." in lines(subject)
    (covers,) = [one for one in lines(subject) if one.startswith("Intervals in tables")]
    assert "neither other test items nor another split" in covers
    splits = subject.baseline.splits.model_copy(update={"folds": Folds(by="count", count=5)})
    assert not [one for one in lines(changed(subject, splits=splits)) if one.startswith("One split")]


def test_items_of_groups_are_not_independent(subject) -> None:
    splits = subject.baseline.splits.model_copy(update={"group": "speaker"})
    assert any("Items of one speaker are alike" in one for one in lines(changed(subject, splits=splits)))


def test_choices_without_a_source_are_named(subject) -> None:
    bare = replace(subject, spec=subject.spec.model_copy(update={"sources": {}}))
    assert any(one.startswith("Nobody says where these choices come from: optimizer, ") for one in lines(bare))
    assert known(bare)["Every hyperparameter has a source"][0] == NO
    guessed = replace(subject, spec=subject.spec.model_copy(update={"sources": {"guess": {"optimizer": ""}}}))
    assert "Guessed: optimizer." in lines(guessed)


def test_few_seeds_are_said(subject) -> None:
    assert any(one.startswith("Fewer than 5 seeds") for one in lines(changed(subject, seeds=(0, 1))))


def test_nothing_is_yes_before_a_run(subject, tmp_path) -> None:
    (tmp_path / "results").mkdir()
    found = known(ReportContext(subject.spec, subject.plan, Ledger.open(tmp_path, "results")))
    for item in (
        "The splits are fixed and hashed", "Leakage was looked for before training", "A baseline is compared with",
        "How many runs stand behind each number", "Central tendency and variation are given",
        "Versions of all software are given", "Weights and predictions can be checked",
        "Everything that was planned has been run", "To which cases the result carries over",
    ):  # fmt: skip
        assert found[item][0] == OPEN, item


def test_yes_needs_all_of_it(subject) -> None:
    assert known(subject)["Leakage was looked for before training"][0] == YES
    assert known(subject)["A baseline is compared with"][0] == YES
    first, *others = subject.records
    unlooked = with_records(subject, [first.model_copy(update={"gate": {}, "splits_sha256": None}), *others])
    for item in ("Leakage was looked for before training", "The splits are fixed and hashed"):
        assert known(unlooked)[item][0] == NO
    alone = with_records(subject, [one for one in subject.records if one.experiment == subject.spec.baseline])
    assert known(alone)["A baseline is compared with"][0] == OPEN
    assert known(alone)["Everything that was planned has been run"][0] == NO
    assert known(alone)["How many runs stand behind each number"][0] == NO


def test_own_data_are_for_a_person_to_name(subject) -> None:
    data = subject.baseline.dataset.model_copy(update={"name": "recordings/", "args": {}, "items": None})
    state, said = known(changed(subject, dataset=data))["The data are named, with their source and size"]
    assert state == OPEN
    assert "where recordings/ comes from is for a person to say" in said
