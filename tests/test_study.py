"""The steps in Python, as a notebook takes them."""

from pathlib import Path

import lightning
import pytest
import torch

import repro
from repro.spec.problem import SpecError

ROOT = Path(__file__).parents[1]
SPEC = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Does dropout change the bytes?
dataset: {name: digits}
splits: {train: 300, test: 200}
architecture:
  mlp: [Flatten, Linear: {out_features: 16}, ReLU, Dropout: {p: 0.5}, Linear: {out_features: classes}]
optimizer: {SGD: {lr: 1e-2, momentum: 0.9}}
scheduler: {StepLR: {step_size: 2, gamma: 0.5, every: step}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 2}
seeds: [0, 1]
baseline: mlp
experiments: {mlp: {model: mlp}}
reported:
  - {where: Table 1, metric: Accuracy, unit: percent, values: {mlp: 50}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study")
    (path / "paper.yaml").write_text(SPEC)
    return path


def test_importing_repro_imports_nothing() -> None:
    assert set(repro.__all__) == {"Study", "load", "run"}
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        repro.lod  # noqa: B018


@pytest.mark.filterwarnings("ignore::FutureWarning")  # Lightning's own, about torch's trees
def test_a_plain_trainer_ends_in_the_weights_of_the_run(folder: Path) -> None:
    study = repro.load(folder)
    study.run(jobs=1)
    record = next(r for r in study.ledger("runs").records if r.seed == 1)
    module, data = study.module("mlp", seed=1), study.data("mlp", seed=1)
    trainer = lightning.Trainer(
        max_steps=12, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        trainer.fit(module, data)
    finally:
        torch.set_num_threads(threads)
    from repro.training.weights_hash import weights_sha256

    assert record.steps == 12
    assert weights_sha256(module.network.state_dict()) == record.weights_sha256


def test_results_have_a_frame(folder: Path) -> None:
    results = repro.run(folder)
    frame = results.frame
    row = frame[frame["experiment"] == "mlp"].iloc[0]
    assert row["verdict"] == "INCONCLUSIVE"
    assert row["mean"] == pytest.approx(sum(row["values"]) / 2)


def test_a_wrong_name_says_the_nearest(folder: Path) -> None:
    with pytest.raises(KeyError, match="did you mean 'mlp'"):
        repro.load(folder).experiment("mpl")
    with pytest.raises(SpecError, match="did you mean 'epochs'"):
        repro.load(folder, changes=["training.epoch=3"])


def test_dir_and_help_show_the_steps() -> None:
    import pydoc

    assert {"load", "run", "Study"} <= set(dir(repro))
    text = pydoc.render_doc(repro, renderer=pydoc.plaintext)
    assert "load(path" in text
    assert "run(path" in text


def test_the_frame_is_short_and_the_full_one_has_the_rest(folder: Path) -> None:
    results = repro.run(folder)
    assert list(results.frame.columns) == [
        "experiment", "title", "metric", "reported", "mean", "ci95_low", "ci95_high", "values", "difference", "margin",
        "verdict",
    ]  # fmt: skip
    assert {"sentence", "sd", "seeds", "margin_rule"} <= set(results.full_frame.columns)


HOSTILE = "<script>alert('x')</script>"


def test_a_notebook_shows_escaped_text(folder: Path, tmp_path: Path) -> None:
    spec = SPEC.replace("title: Small digits", f'title: "{HOSTILE}"').replace(
        "{model: mlp}}", f'{{model: mlp, title: "{HOSTILE}"}}}}'
    )
    (tmp_path / "paper.yaml").write_text(spec.replace("Table 1", HOSTILE.replace("'", "")))
    study = repro.load(tmp_path)
    for page in (study._repr_html_(), study.results()._repr_html_()):
        assert "<script" not in page
        assert "&lt;script&gt;" in page
    page = repro.load(folder).results()._repr_html_()
    assert "<table>" in page
    assert "<td>50</td>" in page
    assert "INCONCLUSIVE</span>" in page


def test_a_bar_is_shown_where_it_can_be_seen(folder: Path) -> None:
    import io

    from rich.console import Console

    from repro.progress_bar import progress_bar
    from repro.runs.events import PlanReady, Preparing, Progress

    study = repro.load(folder)
    runs = study.plan.runs
    plan = PlanReady(study.plan, (), runs, 1, "", {}, 0)
    outputs = {}
    for terminal in (True, False):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
        with progress_bar(console) as listen:
            for event in (plan, Preparing("reading"), Progress(runs[0], 6, 12, {})):
                listen(event)
        outputs[terminal] = console.file.getvalue()
    assert "0/2 runs" in outputs[True]
    assert runs[0].title in outputs[True]
    assert outputs[False].strip() == ""


def test_a_notebook_without_widgets_has_a_bar_and_no_advice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython.display
    from rich.console import Console

    from repro.progress_bar import progress_bar
    from repro.runs.events import PlanReady, Progress

    drawn: list[dict[str, str]] = []

    class Handle:
        def update(self, data: dict[str, str], *, raw: bool) -> None:
            assert raw
            drawn.append(data)

    monkeypatch.setattr("repro.progress_bar.find_spec", lambda name: None)
    monkeypatch.setattr(IPython.display, "display", lambda data, *, raw, display_id: Handle())
    study = repro.load(folder)
    runs = study.plan.runs
    with progress_bar(Console(force_jupyter=True)) as listen:  # a warning would be an error here
        listen(PlanReady(study.plan, (), runs, 1, "", {}, 0))
        listen(Progress(runs[0], 6, 12, {}))
    assert drawn[-1]["text/plain"].startswith(f"{runs[0].title}, 0/2 runs, 0:0")
    assert '<progress value="0.500" max="2">' in drawn[-1]["text/html"]
