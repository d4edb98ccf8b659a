import dataclasses
import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from repro.cli.progress import Overview, PlainDisplay, plan_lines, size
from repro.runs.events import Failed, Finished, PlanReady, Prepared, Preparing, Progress, Started
from repro.runs.plan import Plan, Run
from repro.runs.record import Environment, Record, Scores, Timings
from repro.spec.experiment import Dataset, Experiment, Label, Splits
from repro.spec.part import Entry
from repro.spec.spec import Spec, Work


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def make_run(seed: int) -> Run:
    experiment = Experiment(
        name="cnn",
        dataset=Dataset(name="mnist1d"),
        labels={"digit": Label(name="digit", column="digit")},
        splits=Splits(),
        inputs={},
        model=None,
        metrics={"Accuracy": Entry(name="Accuracy")},
        seeds=(0, 1),
    )
    return Run(experiment, seed, None, f"{seed:064x}")


def make_plan(*runs: Run) -> PlanReady:
    spec = Spec(
        kind="paper",
        path=Path("x/paper.yaml"),
        work=Work(title="A paper", year=2024),
        question="?",
        baseline="cnn",
        experiments={"cnn": runs[0].experiment},
        changed={"training.steps": 1},
    )
    return PlanReady(
        Plan(spec, "t", runs), (), runs, 2, "2 cores", dict.fromkeys((run.identity for run in runs), 65.0), 4_000_000
    )


def make_record(run: Run, state: str = "done", reason: str | None = None) -> Record:
    return Record(
        spec="x",
        identity=run.identity,
        terms="t",
        experiment="cnn",
        seed=run.seed,
        rung="full",
        state=state,
        reason=reason,
        metrics={"digit": {"test": Scores(values={"Accuracy": 93.9}, n=1000)}},
        environment=Environment(
            device="cpu", accelerator="cpu", threads=1, precision="32", deterministic=True, python="3", platform="x",
            capability="", versions={},
        ),
        timings=Timings(data=0, fit=1, evaluate=0, total=1.5),
        training_path="chunked",
    )  # fmt: skip


def test_plain_lines_tell_every_end_and_break_silence() -> None:
    clock = Clock()
    said: list[str] = []
    show = PlainDisplay(said.append, clock)
    one, two = make_run(0), make_run(1)
    show(make_plan(one, two))
    show(Prepared({}))
    show(Started(one, 0))
    before = len(said)
    show(Progress(one, 10, 100))
    assert len(said) == before, "nothing is said in the first seconds"
    clock.now = 6.0
    show(Progress(one, 50, 100))
    assert "cnn seed 0 50%" in said[-1]
    show(Finished(one, make_record(one), 1, 2))
    assert said[-1].startswith("[1/2] cnn seed 0")
    assert "Accuracy 93.9" in said[-1]
    show(Failed(two, make_record(two, "failed", "diverged at step 7"), "x.log", 2, 2))
    assert said[-1] == "[2/2] cnn seed 1 FAILED: diverged at step 7; see x.log"


def test_what_the_gate_found_is_told_before_anything_trains() -> None:
    checks = {
        "shared-groups": {"state": "found", "text": "2 speakers in both train and test: ann, bob", "kinds": ["L3.2"]},
        "few-items": {"state": "found", "text": "classes of fewer than 3 items in all: word 'a' has 2"},
        "labels": {"state": "ok", "text": "10 classes", "kinds": ["L3.3"]},
    }
    said: list[str] = []
    few = "classes of fewer than 3 items in all: word 'a' has 2"
    PlainDisplay(said.append, Clock())(
        Prepared({"fsdd (1)": {"checks": checks}, "fsdd (2)": {"checks": checks}}, (few,))
    )
    assert said == [
        f"note: {few}",
        "note: leakage gate, shared-groups (L3.2), found: 2 speakers in both train and test: ann, bob",
    ]


def test_the_plan_says_how_much_and_where_changes_landed() -> None:
    text = "\n".join(plan_lines(make_plan(make_run(0), make_run(1))))
    assert "A paper (2024)" in text
    assert "1 experiments, 2 runs" in text or "1 experiment, 2 runs" in text
    assert "about 1 min 5 s once the data are prepared, 4.0 MB of disk" in text
    known = replace(make_plan(make_run(0), make_run(1)), prepare=10.0)
    assert "about 1 min 15 s, 4.0 MB of disk" in "\n".join(plan_lines(known))
    assert "change training.steps: in 1 experiment" in text


def test_the_overview_counts_down_from_what_was_expected_and_then_by_what_runs_took() -> None:
    clock = Clock()
    overview = Overview(clock)
    one, two = make_run(0), make_run(1)
    overview.take(make_plan(one, two))
    overview.take(Prepared({}))
    overview.take(Started(one, 0))
    clock.now = 5.0
    assert "0 of 2 done, about 1 min 5 s left" in overview.sentence()
    overview.take(Finished(one, make_record(one), 1, 2))
    assert "1 of 2 done, about 1.5 s left" in overview.sentence()


def test_sizes() -> None:
    assert size(10) == "1 kB"


def shown(overview: Overview, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None)
    console.print(overview.picture(width))
    return console.file.getvalue().rstrip("\n").split("\n")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("title", ["cnn", "a-convolutional net with a title that is longer than any line has room for"])
def test_the_live_line_has_run_place_and_loss(width, title):
    first, second = make_run(0), make_run(1)
    first = dataclasses.replace(first, experiment=first.experiment.model_copy(update={"name": title, "title": title}))
    overview = Overview(Clock())
    overview.take(make_plan(first, second))
    overview.take(Progress(first, 1200, 6000, {"validation/Accuracy": 0.93, "train/loss": 0.1234}))
    overview.take(Progress(second, 6000, 6000, {"train/loss": 1.5}))
    head, one, two = shown(overview, width)
    assert head.startswith("0 of 2 runs")
    assert one.startswith(f"  {first.title[:6]}")
    assert "step 1,200 of 6,000" in one
    if width >= 80:
        assert "train/loss 0.1234" in one
        assert "train/loss 1.5" in two
    assert max(map(len, (head.rstrip(), one.rstrip(), two.rstrip()))) <= width - 4  # room for an echoed ^C


def test_a_long_stage_leaves_room_too():
    overview = Overview(Clock())
    overview.take(Preparing("reading " + "x" * 200))
    (line,) = shown(overview, 80)
    assert len(line.rstrip()) <= 76
