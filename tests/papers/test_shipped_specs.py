"""Every shipped spec: it checks, its words stand in order, and a whole step of it works on any device."""

import re
from pathlib import Path

import pytest

from repro.cli.new import without_schema_line
from repro.publish.mock.figures import mock_figures
from repro.results.class_names import class_names
from repro.results.collect import results
from repro.results.expected_claims import claim_powers
from repro.results.figures.read_off import read_off
from repro.results.shipped_rung import shipped_rung
from repro.results.table import to_json
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.spec.experiment import Experiment
from repro.spec.keywords import ORDER
from repro.spec.load import load_spec
from repro.training.dry_step import CannotPretend, fake_cuda_pass, meta_step

ROOT = Path(__file__).parents[2]
SPECS = sorted([*ROOT.glob("papers/*/paper.yaml"), *ROOT.glob("proposals/*/proposal.yaml")])
assert len(SPECS) >= 2, "no shipped specs found: the sweeps below would test nothing"
PROPOSALS = [path for path in SPECS if path.name == "proposal.yaml"]
assert PROPOSALS, "no shipped proposal found"


def nets() -> list[tuple[Path, Experiment]]:
    specs = [load_spec(path) for path in SPECS]
    return [
        (spec.folder, e)
        for spec in specs
        for e in spec.experiments.values()
        if e.model is not None and not e.model.is_estimator
    ]


NETS = nets()
each_spec = pytest.mark.parametrize("path", SPECS, ids=lambda p: p.parent.name)
WITH_RESULTS = [path for path in SPECS if (path.parent / "results").is_dir()]
assert len(WITH_RESULTS) >= 2, "no shipped results found"
each_with_results = pytest.mark.parametrize("path", WITH_RESULTS, ids=lambda p: p.parent.name)
each_net = pytest.mark.parametrize(("folder", "experiment"), NETS, ids=lambda x: getattr(x, "name", ""))


@each_spec
def test_every_rung_checks(path: Path) -> None:
    spec = load_spec(path)
    for rung in ["full", *spec.rungs]:
        assert make_plan(load_spec(path, rung=rung)).runs


@each_spec
def test_the_words_stand_in_order(path: Path) -> None:
    words = re.findall(r"^([a-z_]+):", path.read_text(encoding="utf-8"), flags=re.M)
    assert words == sorted(words, key=ORDER.index)


@each_spec
def test_the_first_line_names_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named
    assert (path.parent / named[1]).is_file()
    assert without_schema_line(text).startswith(("paper:", "proposal:"))


@each_net
def test_a_whole_step_on_the_meta_device(folder: Path, experiment: Experiment) -> None:
    classes = class_names(experiment)
    assert classes is not None
    assert meta_step(experiment, folder) == (4, len(classes))


@each_net
def test_forward_loss_and_metric_on_a_pretended_gpu(folder: Path, experiment: Experiment) -> None:
    try:
        assert fake_cuda_pass(experiment, folder) == "cuda"
    except CannotPretend as error:
        pytest.skip(f"torch has no pretended form of these on a GPU: {error}")


@each_with_results
def test_the_shipped_table_is_what_the_shipped_records_say(path: Path) -> None:
    spec = load_spec(path, rung=shipped_rung(path.parent))
    plan = make_plan(spec)
    ledger = Ledger.open(spec.folder, "results")
    records = ledger.of(plan)
    assert not ledger.damaged
    assert len(records) == len(plan.runs), "a run of the rung has no shipped record"
    made = results(spec, plan, records, predictions=lambda record: ledger.predictions(record))
    assert to_json(made) == (spec.folder / "results/table.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PROPOSALS, ids=lambda p: p.parent.name)
def test_a_shipped_proposal_can_be_shown_before_it_runs(path: Path) -> None:
    spec = load_spec(path)
    assert len(spec.related_work) >= 5
    assert all(work.url and work.year and work.authors and work.summary for work in spec.related_work.values())
    assert not any(answer.is_open for answer in spec.answers.values())
    drawn = mock_figures(spec)
    assert {figure.name for figure in spec.figures if figure.kind != "confusion"} <= set(drawn)
    chosen = next(figure for figure in spec.figures if figure.name == spec.extra["figure_to_reproduce"]["by"])
    assert read_off(spec, chosen)
    powers = claim_powers(spec)
    assert powers
    assert all(power.chance is not None and power.needed is not None for power in powers)


def test_a_rung_that_shortens_nets_leaves_estimators_whole() -> None:
    spec = load_spec(ROOT / "papers/esc-cnn", rung="class")
    assert {"piczak-short", "piczak-long"} <= set(spec.partial)
    assert not {"knn", "svm", "forest"} & set(spec.partial)
    spec = load_spec(ROOT / "papers/esc-cnn", changes=["training.epochs=3"])
    assert not {"knn", "svm", "forest"} & set(spec.partial)
    assert "splits.only" in " ".join(load_spec(ROOT / "papers/esc-cnn", rung="smoke").partial["knn"])
