"""The reference of the spec is true: each example checks, and each word that the readers know is described."""

import importlib.util
from pathlib import Path

import pytest

from repro.spec import keywords
from repro.spec.builtin_components import OURS
from repro.spec.index import index
from repro.spec.load import load_spec
from repro.spec.problem import SpecError
from tests.docs.spec_pages import PAGES, Example, code_spans, fences, laid_over, pages, table_rows

FENCES = fences()
EXAMPLES = [one for one in FENCES if one.language == "yaml"]
NAMED = {one.said["name"]: one for one in EXAMPLES if "name" in one.said}

TABLES: dict[str, tuple[str, str]] = {
    "ORDER": ("index.md", "All words"),
    "PAPER_KEYS": ("paper.md", "`paper`"),
    "PROPOSAL_KEYS": ("proposals.md", "`proposal`"),
    "EXPERIMENT_KEYS": ("experiments.md", "Words of an experiment's own"),
    "DATASET_KEYS": ("dataset.md", "Keys of every built-in data set"),
    "FOLDER_KEYS": ("own-data.md", "Keys of a folder"),
    "LABEL_KEYS": ("labels.md", "Keys of a label"),
    "SPLITS_KEYS": ("splits.md", "Keys of `splits`"),
    "MODEL_KEYS": ("architecture.md", "Keys of a model"),
    "BLOCK_KEYS": ("architecture.md", "Keys of a block"),
    "WEIGHT_KEYS": ("weights.md", "Keys of a rule"),
    "VIEW_KEYS": ("metrics.md", "Keys of a view"),
    "VOTES": ("metrics.md", "Votes"),
    "VIEWS": ("metrics.md", "Views that are always there"),
    "ALWAYS_MEASURED": ("metrics.md", "What is always measured"),
    "COUNTED": ("metrics.md", "What is counted"),
    "TRAINING_KEYS": ("training.md", "Keys of `training`"),
    "SELECTIONS": ("training.md", "Which weights count"),
    "REPORTED_KEYS": ("reported.md", "Keys of a table"),
    "CLAIM_KEYS": ("reported.md", "Keys of a claim"),
    "FIGURE_KEYS": ("figures.md", "Keys of a figure"),
    "FIGURE_TO_REPRODUCE_KEYS": ("proposals.md", "`figure_to_reproduce`"),
    "PEER_QUESTION_KEYS": ("answers.md", "`questions`"),
    "PEER_ANSWER_KEYS": ("answers.md", "`answers_to_peers`"),
    "TRACKER_KEYS": ("tracking.md", "Trackers"),
    "SOURCE_KINDS": ("sources.md", "Kinds"),
}
"""A list of words that the readers know -> the page and heading of the table that has a row for each."""

ELSEWHERE = {"OF_AN_EXPERIMENT", "OF_A_PAPER", "OF_A_PROPOSAL", "SEGMENTING"}
"""Held against the pages by tests of their own."""

LATER = {
    "LABEL_KEYS_LATER": "labels.md",
    "WEIGHT_KEYS_LATER": "weights.md",
    "VIEW_KEYS_LATER": "metrics.md",
    "TRAINING_KEYS_LATER": "training.md",
}
"""Keys that are refused -> the page that says so."""


def problems(folder: Path, example: Example) -> list[str]:
    """What `check` says of an example, with the files of its page beside it."""
    for one in FENCES:
        if one.page == example.page and "file" in one.said:
            (folder / one.said["file"]).write_text(one.text, encoding="utf-8")
    base = None if example.is_whole else NAMED[example.said.get("base", "digits")]
    text = example.text if base is None else laid_over(base.text, example.text)
    (folder / (base or example).file).write_text(text, encoding="utf-8")
    try:
        load_spec(folder)
    except SpecError as error:
        return [str(one) for one in error.problems]
    return []


def test_there_are_examples_on_every_page() -> None:
    assert {one.page for one in EXAMPLES} == {page.name for page in pages()}
    assert len(EXAMPLES) > 60


def test_comments_above_examples_are_understood() -> None:
    known = {"name", "base", "refused", "file"}
    assert [one for one in FENCES if set(one.said) - known] == []
    assert {one.said["base"] for one in EXAMPLES if "base" in one.said} <= set(NAMED)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.page}:{one.line}")
def test_an_example_checks(example: Example, tmp_path: Path) -> None:
    found = problems(tmp_path, example)
    if "refused" not in example.said:
        assert found == []
    else:
        assert len(found) == 1
        assert example.said["refused"] in found[0]


def test_every_list_of_words_has_its_table() -> None:
    lists = {name for name in vars(keywords) if name.isupper()}
    assert lists == {*TABLES, *ELSEWHERE, *LATER}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_a_row_for_each_word_and_no_other(name: str) -> None:
    page, heading = TABLES[name]
    assert list(table_rows(PAGES / page, heading)) == list(getattr(keywords, name))


@pytest.mark.parametrize("name", LATER)
def test_keys_that_are_refused_are_named(name: str) -> None:
    assert set(getattr(keywords, name)) <= code_spans(PAGES / LATER[name])


def test_the_table_of_all_words_says_what_may_be_changed_and_whose_a_word_is() -> None:
    text = (PAGES / "index.md").read_text(encoding="utf-8")
    cells = [[c.strip() for c in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| `")]
    rows = {row[0].strip("`"): row for row in cells if row[0].strip("`") in keywords.ORDER}
    assert {word for word, row in rows.items() if row[2] == "yes"} == set(keywords.OF_AN_EXPERIMENT)
    assert {word for word, row in rows.items() if row[1] == "paper"} == keywords.OF_A_PAPER
    assert {word for word, row in rows.items() if row[1] == "proposal"} == keywords.OF_A_PROPOSAL


@pytest.mark.parametrize(
    ("namespace", "page", "heading"),
    [
        ("layer", "architecture.md", "Layers of this project"),
        ("feature", "features.md", "Features of this project"),
        ("augment", "features.md", "Augmentations"),
        ("scheduler", "training.md", "Schedules of this project"),
        ("metric", "metrics.md", "Metrics of this project"),
        ("init", "weights.md", "Start values of this project"),
    ],
)
def test_classes_of_this_project_are_described_with_every_argument(namespace: str, page: str, heading: str) -> None:
    rows = table_rows(PAGES / page, heading)
    ours = OURS[namespace]
    assert sorted(set(ours) - set(rows)) == []
    assert sorted(set(rows) - set(index().namespace(namespace))) == []
    missing = [f"{n}.{a}" for n, facts in ours.items() for a in facts.arguments if a not in rows[n]]
    assert missing == []


def test_every_namespace_of_ours_is_looked_at() -> None:
    assert set(OURS) == {"layer", "feature", "augment", "scheduler", "metric", "init"}


def test_built_in_data_sets_are_described_with_every_argument() -> None:
    rows = table_rows(PAGES / "dataset.md", "Built-in data sets")
    assert sorted(rows) == sorted(index().datasets)
    for name, facts in index().datasets.items():
        assert set(facts.arguments) <= set(rows[name])
        assert set(facts.labels) <= set(rows[name])
        assert set(facts.groups) <= set(rows[name])


def test_features_that_cut_items_are_named_where_votes_are() -> None:
    assert code_spans(PAGES / "metrics.md") >= keywords.SEGMENTING


def test_the_page_of_all_classes_is_that_of_the_index() -> None:
    script = Path(__file__).parents[2] / "scripts" / "make_classes_page.py"
    found = importlib.util.spec_from_file_location("make_classes_page", script)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    assert (PAGES / "classes.md").read_text(encoding="utf-8") == module.text()
