"""The table in all its forms: widths, alignment, escaping, stable bytes."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from repro.results.cells import PLAIN_SYMBOLS, SYMBOLS, cells, decimal_places
from repro.results.collect import results
from repro.results.row import Verdict
from repro.results.table import to_csv, to_json, to_latex, to_markdown, to_terminal
from repro.results.table_csv import safe
from repro.results.table_latex import escape as latex_escape
from repro.results.table_markdown import escape as markdown_escape
from repro.results.table_terminal import wrap
from repro.spec.spec import Claim, Work

ANSI = re.compile(r"\x1b\[[0-9;]*m")
EVIL = "100% & $x_1$ #2 {a} \\ ~^ <b> | *bold* `code`"


@pytest.fixture
def found(made):
    experiments = [
        made.experiment("logistic"),
        made.experiment("cnn", title="CNN"),
        made.experiment("a-very-long-name-of-an-experiment-that-somebody-thought-of", title=EVIL),
        made.experiment("weg", title="=cmd()"),
        made.experiment("human", not_run="one volunteer of the authors; nobody sat this test here, and nobody will"),
        made.experiment("long", title="網絡" * 30),
    ]
    names = list(dict.fromkeys(e.name for e in experiments))
    entries = [made.reported(n, t) for n, t in zip(names, ["32", "94.25", "68", "56", "96", "9.0"], strict=True)]
    entries += [made.reported("cnn", "5210", metric="parameters", unit="count", margin=0)]
    claims = (
        Claim(kind="beats", experiments=("cnn", "logistic"), by=20, metric="Accuracy"),
        Claim(kind="same", experiments=("cnn", "weg"), within=2, metric="Accuracy"),
    )
    spec = made.spec(experiments, entries, claims=claims, differs={"cnn": ("optimizer",)}, work=Work(title=EVIL))
    records = [
        *made.records("logistic", made.spread_to(31.6, 0.4, 5)),
        *made.records("cnn", made.spread_to(93.1, 0.6, 5)),
        *made.records(names[2], made.spread_to(65.0, 1.4, 5)),
        *made.records("weg", made.spread_to(12.0, 0.1, 4)),
        made.failed("weg", 4),
        *made.records("long", [9.0] * 5),
    ]
    return results(spec, made.plan(spec), records)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(found, width, ascii_only) -> None:
    text = to_terminal(found, width=width, ascii_only=ascii_only)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    flat = re.sub(r"\s+", "", text)
    for row in found.rows:
        assert row.experiment in flat
        if row.verdict is not None:
            assert str(row.verdict).replace(" ", "") in flat
    if ascii_only:
        assert text.isascii()
    else:
        for row in found.rows:
            assert re.sub(r"\s+", "", row.sentence) in flat


def test_colour_changes_nothing_but_the_colour(found) -> None:
    assert ANSI.sub("", to_terminal(found, width=80, colour=True)) == to_terminal(found, width=80)
    assert "\x1b" not in to_terminal(found, width=80)


def test_numbers_stand_with_their_points_in_one_line(found) -> None:
    lines = to_terminal(found, width=120).splitlines()
    head = next(i for i, line in enumerate(lines) if "paper" in line and "ours" in line)
    first, last = lines[head].index("paper") - 3, lines[head].index("paper") + len("paper")
    papers = [line[first:last] for line in lines[head + 1 :] if re.match(r"  (logistic|cnn|weg) ", line)]
    places = {cell.index(".") if "." in cell else len(cell.rstrip()) for cell in papers[:3]}
    assert [p.strip() for p in papers[:3]] == ["32", "94.25", "56"]
    assert len(places) == 1


def test_what_the_rule_wants_printed_is_printed(found) -> None:
    text = to_terminal(found, width=120)
    for word in (
        "difference −",
        "(90 %)",
        "expected from ",
        "sd of our runs 0.60",
        "1 run behind",
        "half the margin",
        "seed 4 failed",
        "recipe differs: optimizer",
    ):
        assert word in text
    assert "not wired" not in text  # the equal runs differ in their weights
    assert "all seeds give the same score" in text


def test_every_verdict_has_its_own_sign() -> None:
    for signs in (SYMBOLS, PLAIN_SYMBOLS):
        assert set(Verdict) <= set(signs)
        assert len({signs[v] for v in Verdict}) == len(Verdict)
        assert {"HOLDS", "FAILS", "REVERSED", "NOT SHOWN"} <= set(signs)
    assert all(s.isascii() for s in PLAIN_SYMBOLS.values())


def test_wrap_breaks_words_that_are_too_long() -> None:
    assert wrap("abcdefgh ij", 4) == ["ab", "cd", "ef", "gh", "ij"] or max(map(len, wrap("abcdefgh ij", 4))) <= 4
    assert wrap("one two", 20) == ["one two"]
    assert all(cell_len(line) <= 10 for line in wrap("網" * 33, 10))


def test_markdown_escapes_and_keeps_its_columns(found) -> None:
    text = to_markdown(found)
    tables = [line for line in text.splitlines() if line.startswith("|")]
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in tables}
    assert bars == {9, 4}  # eight columns, and three for the claims
    assert markdown_escape("a|b_c*d`e\nf") == r"a\|b\_c\*d\`e f"


def test_latex_is_escaped(found) -> None:
    text = to_latex(found)
    assert latex_escape("5 % & $ # _ { } ~ ^ \\ < >") == (
        r"5 \% \& \$ \# \_ \{ \} \textasciitilde{} \textasciicircum{} \textbackslash{} \textless{} \textgreater{}"
    )
    assert r"100\% \& \$x\_1\$ \#2 \{a\} \textbackslash{} \textasciitilde{}\textasciicircum{}" in text
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 3
    body = [line for line in text.splitlines() if not line.startswith("%")]
    assert not re.search(r"(?<!\\)[%#]", "\n".join(body))


def test_csv_runs_no_formula_and_reads_back(found) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(found))))
    assert len(rows) == len(found.rows)
    assert next(r for r in rows if r["experiment"] == "weg")["title"] == "'=cmd()"
    assert float(rows[0]["mean"]) == pytest.approx(31.6)
    assert [safe(x) for x in ("=1", "+1+2", "-1", "-x", "@a", "\tx", "a=b", -1.5, None)] == [
        "'=1", "'+1+2", "-1", "'-x", "'@a", "'\tx", "a=b", -1.5, "",
    ]  # fmt: skip


def test_json_holds_what_was_promised(found) -> None:
    data = json.loads(to_json(found))
    assert {"spec", "rung", "rows", "claims", "headline"} <= set(data)
    wanted = {
        "experiment", "metric", "unit", "reported", "values", "seeds", "mean", "sd", "ci95", "difference", "margin",
        "verdict", "verdict_default", "failed_seeds", "pi95", "ci90_difference", "k0",
    }  # fmt: skip
    judged = next(r for r in data["rows"] if r["experiment"] == "cnn" and r["metric"] == "test/Accuracy")
    assert wanted <= set(judged)
    assert judged["verdict"] in {str(v) for v in Verdict}
    assert {"method", "other", "metric", "by", "mean", "ci95", "pairs", "agree", "verdict"} <= set(data["claims"][0])
    assert to_json(found) == to_json(found)


def test_json_difference_is_ours_minus_reported_and_d_is_oriented(made) -> None:
    from repro.spec.part import Entry

    metrics = {"ErrorRate": Entry(name="ErrorRate")}
    spec = made.spec([made.experiment("a", metrics=metrics)], [made.reported("a", "5.0", metric="test/ErrorRate")])
    records = [
        made.record("a", s, metrics={"digit": {"test": {"values": {"ErrorRate": 6.0 + s / 10}, "n": 1000}}})
        for s in range(3)
    ]
    row = json.loads(to_json(results(spec, made.plan(spec, seeds=[0, 1, 2]), records)))["rows"][0]
    assert row["difference"] == pytest.approx(1.1)
    assert row["d"] == pytest.approx(-1.1)
    assert row["better"] == "less"
    assert row["ci90_difference"][0] < 1.1 < row["ci90_difference"][1]
    assert row["pi95"][0] < 6.1 < row["pi95"][1]


def test_the_frame_has_a_line_for_each_row(found) -> None:
    frame = found.frame
    assert list(frame["experiment"]) == [r.experiment for r in found.rows]
    assert frame.loc[1, "mean"] == pytest.approx(93.1)
    assert {"ci95_low", "ci95_high", "verdict"} <= set(frame.columns)


def test_the_table_needs_neither_torch_nor_scipy_stats() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import repro.results.collect, repro.results.table, repro.results.consistency; "
        "bad = {'torch', 'scipy.stats', 'matplotlib', 'pandas', 'lightning', 'sklearn'} & set(sys.modules); "
        "sys.exit(f'imported {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("printed", "half", "places"),
    [
        ("92.5", 0.42, 2),  # one decimal more than the paper, which our spread bears
        ("92.5", 1.7, 1),  # the spread says nothing of hundredths
        ("92.5", None, 1),  # one run says nothing of any
        ("92.5", 0.0, 1),
        ("92.50", 7.3, 2),  # what the paper prints can always be compared
        ("68", 0.5, 1),
        ("68", 12.0, 0),
        ("68", None, 1),
        ("0.95", 0.0008, 3),
    ],
)
def test_no_more_decimals_than_paper_and_spread_bear(found, printed, half, places) -> None:
    (row,) = [row for row in found.rows if row.reported is not None][:1]
    number = row.reported.number.model_copy(update={"text": printed, "value": float(printed)})
    interval = None if half is None else (50 - half, 50 + half)
    shown = replace(row, reported=row.reported.model_copy(update={"number": number}), ci95=interval, mean=50.0)
    assert decimal_places(shown) == places
    assert cells(shown).ours == f"{50:.{places}f}"


def test_a_row_without_a_printed_number_has_the_decimals_of_its_neighbours(found) -> None:
    (row,) = [row for row in found.rows if row.reported is not None][:1]

    def printed(text, half):
        number = row.reported.number.model_copy(update={"text": text})
        interval = (50 - half, 50 + half)
        return replace(row, reported=row.reported.model_copy(update={"number": number}), ci95=interval)

    coarse, fine = printed("92.5", 5.0), printed("92.50", 0.02)  # one decimal and three
    for half, places in ((None, 1), (0.0, 1), (0.5, 2), (0.003, 3), (30.0, 1)):
        own = replace(row, reported=None, ci95=None if half is None else (50 - half, 50 + half))
        assert decimal_places(own, [coarse, fine, own]) == places
