"""The dashboard is built from the spec, kept as a file, and uploaded where somebody answers."""

import json
import shutil

import pytest

pytest.importorskip("wandb_workspaces", reason="needs the extra [dashboards]")


def view_of(study):
    return json.loads((study / "runs/tracking/dashboard.json").read_text())["view"]


def panels_of(view):
    sections = view["spec"]["section"]["panelBankConfig"]["sections"]
    return {section["name"]: list(section["panels"]) for section in sections}


def test_offline_it_is_a_file_that_shows_curves_by_experiment_and_reported_beside_ours(
    offline_study, tmp_path, environment, repro
):
    study = shutil.copytree(offline_study[0], tmp_path / "digits-study")
    done = repro("dashboard", study, "--offline", env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == f"digits-study: written: {study}/runs/tracking/dashboard.json\n"
    panels = panels_of(view_of(study))
    assert list(panels) == ["Results", "Curves", "Mistakes", "Pace"]
    curves = {panel["config"]["metrics"][0]: panel["config"] for panel in panels["Curves"]}
    assert {"running/loss", "validation/Accuracy", "test/Accuracy"} <= set(curves)
    for config in curves.values():
        assert (config["groupBy"], config["groupAgg"], config["groupArea"]) == ("experiment.value", "mean", "minmax")
        assert config["xAxis"] == "step"
    bars = next(panel["config"] for panel in panels["Results"] if panel["viewType"] == "Bar Chart")
    assert "reported/test/Accuracy" in json.dumps(bars)
    text = next(panel["config"]["value"] for panel in panels["Results"] if panel["viewType"] == "Markdown Panel")
    assert "| net | 95.1 |" in text


@pytest.mark.slow
def test_online_it_is_uploaded(offline_study, tmp_path, environment, repro, server):
    study = shutil.copytree(offline_study[0], tmp_path / "digits-study")
    done = repro("dashboard", study, env=environment(server))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{server.url}/somebody/digits-study?nw=" in done.stdout
    (view,) = server.views
    assert (view["entityName"], view["projectName"]) == ("somebody", "digits-study")
    assert "validation/Accuracy" in view["spec"]


@pytest.mark.slow
def test_without_a_key_the_file_is_there_and_the_reason_is_said(offline_study, tmp_path, environment, repro):
    study = shutil.copytree(offline_study[0], tmp_path / "digits-study")
    done = repro("dashboard", study, env=environment(WANDB_BASE_URL="http://127.0.0.1:9"))
    assert done.returncode == 1
    assert "the same command uploads it later" in done.stdout
    assert (study / "runs/tracking/dashboard.json").is_file()
