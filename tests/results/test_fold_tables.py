"""Tables of studies with folds: both sds by name in every form, folds side by side, and no line too wide."""

import csv
import io
import json
import re

import pytest
from rich.cells import cell_len

from repro.results.collect import results
from repro.results.table import to_csv, to_json, to_latex, to_markdown, to_terminal

BY_SEED = [[60.0, 80.0, 70.0, 90.0, 50.0], [62.0, 82.0, 72.0, 92.0, 52.0], [61.0, 78.0, 71.0, 88.0, 57.0]]
"""Sd over seeds 1, sd over folds 14.71; by fold 61, 80, 71, 90 and 53."""


@pytest.fixture
def found(made, folded):
    experiments = [
        folded.experiment(made, "forest", title="MFCC + random forest"),
        folded.experiment(made, "cnn"),
        folded.experiment(made, "svm"),
    ]
    entries = [
        folded.reported(made, "forest", "71.0", folds=folded.PAPER_FOLDS),
        folded.reported(made, "cnn", "80.0"),
        folded.reported(made, "svm", "67.5"),
    ]
    spec = made.spec(experiments, entries)
    records = folded.records(made, "forest", BY_SEED) + folded.records(made, "cnn", BY_SEED)[:13]
    return results(spec, folded.plan(made, spec), records)


@pytest.fixture
def plain(made):
    spec = made.spec(entries=[made.reported("cnn", "94")])
    return results(spec, made.plan(spec), made.records("cnn", [93.6, 94.1, 93.9, 94.3, 93.8]))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_terminal_shows_every_fold_and_no_line_is_too_wide(found, width, ascii_only) -> None:
    text = to_terminal(found, width=width, ascii_only=ascii_only)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    flat = re.sub(r"\s+", " ", text)
    for said in ("61.0", "53.0", "57.5", "73.7", "sd over folds 14.7", "sd over seeds 1.0"):
        assert said in flat
    assert text.isascii() or not ascii_only


def test_at_80_columns_ours_stands_under_the_fold_and_over_the_paper(found) -> None:
    lines = to_terminal(found, width=80).splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip().startswith("fold "))
    assert lines[at : at + 3] == [
        "    fold      1     2     3     4     5",
        "    ours   61.0  80.0  71.0  90.0  53.0",
        "    paper  57.5  78.7  77.5  76.2  73.7",
    ]
    text = "\n".join(lines)
    assert "3×5" in text
    assert "folds 4, 5 of seed 2 missing" in text
    assert " s 1.0" not in text  # an sd is never without its name


def test_sixty_folds_are_wrapped(made, folded) -> None:
    from repro.spec.experiment import Folds, Splits

    splits = Splits(folds=Folds(by="count", count=60))
    spec = made.spec([folded.experiment(made, "net", splits)], [folded.reported(made, "net", "70.0")])
    values = [[float(40 + i) for i in range(60)]] * 3
    text = to_terminal(
        results(spec, folded.plan(made, spec, folds=tuple(range(1, 61))), folded.records(made, "net", values)), width=80
    )
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    heads = [line.split() for line in text.splitlines() if line.strip().startswith("fold ")]
    assert [int(n) for head in heads for n in head[1:]] == list(range(1, 61))


def test_markdown_has_a_table_by_fold(found) -> None:
    text = to_markdown(found)
    assert "|  | fold 1 | fold 2 | fold 3 | fold 4 | fold 5 | differ by |" in text
    row = "| forest \\* | 61.0 | 80.0 | 71.0 | 90.0 | 53.0 | sd over folds 14.7, sd over seeds 1.0 |"
    assert row in text
    assert "| paper | 57.5 | 78.7 | 77.5 | 76.2 | 73.7 |  |" in text
    assert "runs: seeds × folds" in text


def test_latex_has_a_table_by_fold(found) -> None:
    text = to_latex(found)
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2
    assert r"Fold & MFCC + random forest & MFCC + random forest, paper & cnn \\" in text
    assert r"1 & 61.0 & 57.5 & 61.0 \\" in text
    assert r"sd over folds & 14.7 & -- & " in text
    assert r"sd over seeds & 1.0 & -- & " in text
    assert r"3$\times$5" in text


def test_csv_and_json_name_both_sds(found) -> None:
    row = next(csv.DictReader(io.StringIO(to_csv(found))))
    assert float(row["sd_over_seeds"]) == float(row["sd"]) == pytest.approx(1.0)
    assert float(row["sd_over_folds"]) == pytest.approx(14.714, abs=1e-3)
    assert [float(v) for v in row["by_fold"].split()] == pytest.approx([61.0, 80.0, 71.0, 90.0, 53.0])
    assert row["reported_by_fold"] == "57.5 78.7 77.5 76.2 73.7"
    assert row["folds"] == "5"
    data = json.loads(to_json(found))["rows"][0]
    assert (data["sd_over_seeds"], data["folds_planned"]) == (pytest.approx(1.0), 5)
    assert data["sd_over_folds"] == pytest.approx(14.714, abs=1e-3)
    assert data["folds"][1] == {"fold": 2, "name": "2", "mean": 80.0, "values": [80.0, 82.0, 78.0], "reported": 78.7}


def test_the_frame_has_both_sds(found) -> None:
    assert found.full_frame.loc[0, "sd_over_folds"] == pytest.approx(14.714, abs=1e-3)


def test_studies_without_folds_have_none_of_it(plain) -> None:
    for text in (to_terminal(plain), to_markdown(plain), to_latex(plain), to_csv(plain), to_json(plain)):
        assert "fold" not in text
        assert "over_seeds" not in text
    assert "sd of our runs 0.27" in to_terminal(plain, width=120)
