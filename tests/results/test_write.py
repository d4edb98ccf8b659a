"""Writing results: the same bytes twice, old figures gone, every asked-for figure there."""

from dataclasses import replace

import numpy as np
import pytest

from repro.results.collect import results
from repro.results.write import write_results
from repro.spec.experiment import Splits
from repro.spec.problem import SpecError
from repro.spec.spec import Figure


@pytest.fixture
def study(made, tmp_path):
    small = made.experiment("cnn-1000", splits=Splits(source="official", train=1000, test=1000))
    figures = (
        Figure(name="accuracy", kind="curve", x="step", y=("test/Accuracy",), experiments=("cnn",), points="f.csv"),
        Figure(name="both", kind="curve", x="epoch", y=("test/Accuracy", "test/loss"), log=True),
        Figure(name="rows", kind="bars", y=("test/Accuracy",), reproduces="Fig. 9"),
        Figure(name="size", kind="sweep", x="splits.train", y=("test/Accuracy",), series={"CNN": ("cnn-1000", "cnn")}),
        Figure(name="what", kind="confusion", experiments=("cnn", "logistic")),
    )
    (tmp_path / "f.csv").write_text("series,x,y\ncnn,1000,60\ncnn,5000,90\n")
    spec = made.spec(
        [made.experiment("logistic"), made.experiment("cnn", title="CNN"), small],
        [made.reported("logistic", "32"), made.reported("cnn", "94")],
        figures=figures,
        path=tmp_path / "paper.yaml",
    )
    records = [
        r.model_copy(update={"sealed": made.curve(r.experiment, r.seed, r.metrics["digit"]["test"].values["Accuracy"])})
        for name, mean in (("logistic", 31.6), ("cnn", 93.5), ("cnn-1000", 80.0))
        for r in made.records(name, made.spread_to(mean, 0.5, 5))
    ]
    return spec, made.plan(spec), records


def kept(record):
    generator = np.random.default_rng(record.seed)
    target = generator.integers(0, 10, 200)
    return {"predicted": np.where(generator.random(200) < 0.9, target, 0), "target": target}


def test_no_file_says_where_the_folder_lies(study, tmp_path) -> None:
    spec, plan, records = study
    found = results(spec, plan, records)
    warnings = (f"{tmp_path}/results/records/x.json: not counted", "/srv/other/data/a.wav: no such file")
    written = write_results(spec, replace(found, warnings=warnings), records, tmp_path / "results", plan=plan)
    texts = [p.read_text("utf-8") for p in written if p.suffix not in (".png", ".svg")]
    assert not [text for text in texts if str(tmp_path) in text or "/srv" in text]
    assert any("results/records/x.json: not counted" in text and "…/a.wav" in text for text in texts)


def test_everything_is_written_and_twice_the_same(study, tmp_path) -> None:
    spec, plan, records = study
    found = results(spec, plan, records)
    out = tmp_path / "results"
    written = write_results(spec, found, records, out, plan=plan, predictions=kept)
    names = [p.relative_to(out).as_posix() for p in written]
    assert names[:3] == ["table.md", "table.csv", "table.tex"]
    assert names[-2:] == ["README.md", "table.json"]
    stems = {p.stem for p in written if p.parent.name == "figures"}
    assert stems == {
        "accuracy", "both", "rows", "size", "what-cnn", "what-logistic", "reported",
    }  # fmt: skip
    first = {p: p.read_bytes() for p in written}
    (out / "figures" / "left-over.svg").write_text("old")
    again = write_results(spec, found, records, out, plan=plan, predictions=kept)
    assert {p: p.read_bytes() for p in again} == first
    assert not (out / "figures" / "left-over.svg").exists()
    page = (out / "README.md").read_text()
    for stem in stems:
        assert f"](figures/{stem}.svg)" in page
    assert "REPRODUCED" in page


@pytest.mark.slow
def test_a_study_that_asks_for_no_figures_gets_ours(study, tmp_path) -> None:
    spec, plan, records = study
    spec = spec.model_copy(update={"figures": ()})
    written = write_results(spec, results(spec, plan, records), records, tmp_path / "r", plan=plan, predictions=kept)
    stems = {p.stem for p in written if p.parent.name == "figures"}
    assert stems == {"learning-curves", "reported", "confusion-cnn"}


@pytest.mark.slow
def test_without_predictions_there_is_no_confusion_matrix(study, tmp_path) -> None:
    spec, plan, records = study
    written = write_results(spec, results(spec, plan, records), records, tmp_path / "r", plan=plan)
    assert not [p for p in written if "confusion" in p.name or "what" in p.name]


def test_without_records_only_tables_are_written(study, tmp_path) -> None:
    spec, plan, _ = study
    written = write_results(spec, results(spec, plan, []), [], tmp_path / "r", plan=plan)
    assert [p.name for p in written] == ["table.md", "table.csv", "table.tex", "README.md", "table.json"]


def test_a_damaged_points_file_names_its_line(study, tmp_path) -> None:
    spec, plan, records = study
    (tmp_path / "f.csv").write_text("x,y\n1,two\n")
    with pytest.raises(SpecError, match=r"f\.csv:2:1: y: expected a number, got 'two'"):
        write_results(spec, results(spec, plan, records), records, tmp_path / "r", plan=plan)
