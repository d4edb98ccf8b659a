"""Offline: what a run leaves is read back with W&B's own reader, and is what the records say."""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repro.runs.journal import read_journal
from repro.runs.ledger import Ledger
from repro.study import load


def inspect(folder, *options):
    wandb = Path(sys.executable).parent / "wandb"
    done = subprocess.run(
        [wandb, "leet", "inspect", *options, "--json", folder], capture_output=True, text=True, check=True
    )
    return done.stdout


def whole(folder):
    """The summary, and what of the log's records the summary does not tell."""
    told = json.loads(inspect(folder, "--summary"))
    lines = [json.loads(line) for line in inspect(folder).splitlines()]
    told["run"] = next(line["run"] for line in lines if line["type"] == "run")
    told["rows"] = [line["history"]["item"] for line in lines if line["type"] == "history"]
    told["artifacts"] = {line["artifact"]["name"]: line["artifact"] for line in lines if line["type"] == "artifact"}
    return told


@pytest.mark.slow
def test_the_numbers_are_the_records(offline_study):
    study, out = offline_study
    wandb = study / "runs/tracking/wandb"
    assert f"tracked  {wandb} (offline)" in out
    folders = sorted(wandb.glob("offline-run-*"))
    found = {told["name"]: told for told in map(whole, folders)}
    records = Ledger(study, "runs").records
    assert len(folders) == len(found) == len(records) + 3  # chance, majority, the summary
    plan = load(study).plan
    for record in records:
        run = next(run for run in plan.runs if run.identity == record.identity)
        told = found[run.title]
        scores = record.metrics["digit"]
        assert told["run"]["run_group"] == record.experiment
        assert told["run"]["job_type"] == ("baseline" if record.experiment == "line" else "method")
        assert told["tags"][:2] == ["digits-study", "rung full"]
        assert told["project"] == "digits-study"
        assert told["config"]["optimizer.lr"] == 0.01
        assert told["config"]["seed"] == record.seed
        assert told["config"]["splits_sha256"] == record.splits_sha256
        summary = told["summary"]
        assert summary["test/Accuracy"] == scores["test"].values["Accuracy"]
        assert summary["chosen/validation/Accuracy"] == scores["validation"].values["Accuracy"]
        assert summary["record_sha256"] == record.sha256
        best = max(point.values["validation/Accuracy"] for point in record.history)
        assert summary["validation/Accuracy"]["max"] == best
        assert summary["validation/loss"]["min"] == min(point.values["validation/loss"] for point in record.history)
        rows = [row for row in told["rows"] if "validation/Accuracy" in row]
        assert [(row["step"], row["validation/Accuracy"]) for row in rows] == [
            (point.step, point.values["validation/Accuracy"]) for point in record.history
        ]
        sealed = [row for row in told["rows"] if "test/Accuracy" in row and "validation/Accuracy" not in row]
        assert [(row["step"], row["test/Accuracy"]) for row in sealed] == [
            (point.step, point.values["test/Accuracy"]) for point in record.sealed
        ]
        noted = {m.step: m for m in read_journal(Ledger(study, "runs").journal_path(run, "full"))}
        assert all(row["lr"] == noted[row["step"]].lr[0] and row["ms_per_step"] > 0 for row in rows)
        assert len({row["lr"] for row in rows}) > 1  # the schedule is seen
        assert summary["worst_mistakes"]["ncols"] == 6
        wrong = round((1 - scores["test"].values["Accuracy"] / 100) * scores["test"].n)
        assert summary["worst_mistakes"]["nrows"] == min(wrong, 12)


def test_the_summary_run_holds_table_claims_figures_and_artifacts(offline_study):
    study, _ = offline_study
    results = load(study).results("runs")
    (folder,) = (study / "runs/tracking/wandb").glob("offline-run-*study-full")
    told = whole(folder)
    assert (told["run"]["run_group"], told["run"]["job_type"]) == ("results", "summary")
    assert told["summary"]["headline"] == results.headline
    (file,) = (folder / "files/media/table").glob("results_*.table.json")
    table = json.loads(file.read_text())
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["data"]]
    for row, ours in zip(rows, results.rows, strict=True):
        number = None if ours.reported is None else ours.reported.number
        assert (row["experiment"], row["metric"]) == (ours.experiment, ours.metric)
        assert row["reported"] == (None if number is None else number.value)
        assert row["mean"] == ours.mean
        assert (row["low"], row["high"]) == (ours.ci95 or (None, None))
        assert row["n"] == len(ours.values)
        assert row["verdict"] == (None if ours.verdict is None else str(ours.verdict))
    (file,) = (folder / "files/media/table").glob("claims_*.table.json")
    assert [row[1] for row in json.loads(file.read_text())["data"]] == [str(c.verdict) for c in results.claims]
    assert {"figures/confusion-net", "figures/reported"} <= set(told["summary"])
    kinds = {one["type"]: one for one in told["artifacts"].values()}
    assert {"report", "spec", "splits", "records"} <= set(kinds)
    report = {entry["path"]: entry for entry in kinds["report"]["manifest"]["contents"]}
    assert {"report.html", "table.json", "table.csv"} <= set(report)
    staged = study / "runs/tracking/wandb/data"
    assert all(staged in Path(entry["local_path"]).parents for entry in report.values())
    records = {entry["path"] for entry in kinds["records"]["manifest"]["contents"]}
    assert {path.name for path in (study / "runs/full").glob("*-seed*.json")} <= records


@pytest.mark.slow
def test_a_second_time_writes_nothing_anew_and_a_lost_one_comes_back(offline_study, tmp_path, environment, repro):
    study = shutil.copytree(offline_study[0], tmp_path / "digits-study")
    wandb = study / "runs/tracking/wandb"
    before = sorted(wandb.glob("offline-run-*"))
    assert repro("run", study, "--wandb", "offline", env=environment()).returncode == 0
    assert sorted(wandb.glob("offline-run-*")) == before
    shutil.rmtree(before[0])
    assert repro("run", study, "--wandb", "offline", env=environment()).returncode == 0
    after = sorted(wandb.glob("offline-run-*"))
    assert [path.name.split("-", 4)[4] for path in sorted(after, key=lambda p: p.name.split("-", 4)[4])] == sorted(
        path.name.split("-", 4)[4] for path in before
    )


@pytest.mark.slow
def test_without_a_key_it_goes_on_offline_and_says_how_to_send(make_study, environment, repro):
    study = make_study(steps=40)
    done = repro("run", study, "--wandb", env=environment())
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    assert done.stdout.count("No API key configured") == 1
    assert "going on offline" in done.stdout
    assert f"send them with: repro wandb sync {study}" in done.stdout
    assert len(list((study / "runs/tracking/wandb").glob("offline-run-*"))) == 7


@pytest.mark.slow
def test_tracking_changes_no_number_and_nothing_tracks_unless_asked(make_study, environment, repro):
    plain, tracked = make_study(name="plain"), make_study(name="tracked")
    assert repro("run", plain, env=environment()).returncode == 0
    assert repro("run", tracked, "--wandb=offline", env=environment()).returncode == 0
    assert not (plain / "runs/tracking").exists()
    numbers = [
        {record.identity: record.numbers_sha256() for record in Ledger(folder, "runs").records}
        for folder in (plain, tracked)
    ]
    assert len(numbers[0]) == 4
    assert numbers[0] == numbers[1]


@pytest.mark.slow
def test_the_spec_and_the_users_settings_say_it_too(make_study, environment, repro, tmp_path):
    study = make_study(steps=40, more="tracking: {wandb: {project: of-the-spec, entity: them}, csv: none}\n")
    settings = tmp_path / "tracking.yaml"
    settings.write_text("wandb: {project: mine, mode: offline}\n")
    done = repro("run", study, env=environment(REPRO_TRACKING=str(settings)))
    assert done.returncode == 0, done.stdout + done.stderr
    told = whole(next((study / "runs/tracking/wandb").glob("offline-run-*study-full")))
    assert (told["project"], told["entity"]) == ("mine", "them")
    assert len(list((study / "runs/tracking/csv/full").glob("*/metrics.csv"))) == 4
    off = make_study(steps=40, name="off", more="tracking: wandb\n")
    assert repro("run", off, "--wandb", "off", env=environment()).returncode == 0
    assert not (off / "runs/tracking").exists()
    settings.write_text("wandb: {mode: sometimes}\n")
    wrong = repro("run", study, env=environment(REPRO_TRACKING=str(settings)))
    assert wrong.returncode == 2
    assert f"{settings}:1:15: tracking.wandb.mode: 'sometimes'" in wrong.stderr


@pytest.mark.slow
def test_a_run_that_diverged_is_sent_as_failed(make_study, environment, repro):
    study = make_study(steps=40, more="")
    done = repro("run", study, "optimizer={SGD: {lr: 1e30}}", "--only", "net", "--wandb", "offline", env=environment())
    assert done.returncode == 1
    folders = list((study / "runs/tracking/wandb").glob("offline-run-*"))
    states = [json.loads(inspect(folder, "--summary")) for folder in folders]
    failed = [told for told in states if told["summary"].get("state") == "failed"]
    assert len(failed) == 2
    assert all(told["exit_code"] == 1 and "diverged" in told["summary"]["reason"] for told in failed)
    assert not any(math.isnan(v) for told in failed for v in told["summary"].values() if isinstance(v, float))
