"""The papers of the project are well formed and true: citation, changelog, forms, workflow, hooks, contributing."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAPERS = ["CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md", "CITATION.cff"]
FORMS = sorted(path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
SECTIONS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def parsed(path: str) -> Any:
    return YAML(typ="safe", pure=True).load(read(path))


def test_the_citation_names_the_project_as_pyproject_does():
    citation = parsed("CITATION.cff")
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["authors"] == [{"name": "The repro developers"}]
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])
    assert citation["title"].startswith("repro")
    assert citation["message"]


def test_there_are_three_forms():
    assert [path.stem for path in FORMS] == ["addition", "bug", "wrong_number"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_what_a_form_needs(path):
    form = parsed(str(path.relative_to(ROOT)))
    assert set(form) <= {"name", "description", "title", "labels", "body"}
    assert form["name"]
    assert form["description"]
    fields = form["body"]
    assert len({field["id"] for field in fields}) == len(fields)
    for field in fields:
        assert field["type"] in ("textarea", "input", "dropdown", "checkboxes")
        assert field["attributes"]["label"].strip()
        if field["type"] in ("dropdown", "checkboxes"):
            assert field["attributes"]["options"]


def test_the_workflow_calls_ci_run_on_two_pythons_and_tests_on_macos():
    jobs = parsed(".github/workflows/ci.yml")["jobs"]
    linux, macos = jobs["linux"], jobs["macos"]
    assert linux["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert ".ci/run" in [step.get("run") for step in linux["steps"]]
    assert (ROOT / ".ci/run").stat().st_mode & 0o100
    assert macos["runs-on"].startswith("macos")
    commands = [step["run"] for step in macos["steps"] if "run" in step]
    assert commands[-1] == ".venv/bin/pytest"
    assert all(command.split()[-1] in read("README.md") for command in commands)


def test_the_hooks_are_tools_of_the_development_environment():
    hooks = [hook for repository in parsed(".pre-commit-config.yaml")["repos"] for hook in repository["hooks"]]
    assert [hook["id"] for hook in hooks] == ["ruff", "ruff-format", "mypy"]
    tools = {re.match(r"[\w-]+", line)[0] for line in PROJECT["optional-dependencies"]["dev"]}
    for hook in hooks:
        assert hook["language"] == "system"
        assert hook["entry"].split()[0] in tools


def releases(text: str) -> list[tuple[str, str]]:
    """Heading and text of each release of a changelog, newest first."""
    parts = re.split(r"^## (.*)\n", text, flags=re.M)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def test_the_changelog_keeps_its_form():
    text = read("CHANGELOG.md")
    assert text.startswith("# Changelog\n")
    found = releases(text)
    assert found[0][0] == "[Unreleased]"
    dates = []
    for heading, _ in found[1:]:
        match = re.fullmatch(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d)", heading)
        assert match, heading
        dates.append(date.fromisoformat(match[1]))
    assert dates == sorted(dates, reverse=True)


def test_the_changelog_has_known_sections_in_order_and_whole_sentences():
    entries = []
    for _, text in releases(read("CHANGELOG.md")):
        parts = re.split(r"^### (.*)\n", text, flags=re.M)
        sections = parts[1::2]
        assert sections == [section for section in SECTIONS if section in sections]
        for body in parts[2::2]:
            lines = [line for line in body.splitlines() if line and not line.startswith("#### ")]
            assert lines
            assert all(re.fullmatch(r"- .+\.", line) for line in lines), [x for x in lines if x[-1] != "."]
            entries += lines
    assert len(entries) >= 70
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_has_no_address_of_a_person_and_no_dead_link(paper):
    text = read(paper)
    assert not re.search(r"[\w.]+@\w+\.\w+", text)
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("https://")]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_contributing_names_only_files_that_exist():
    text = read("CONTRIBUTING.md")
    paths = re.findall(r"`([\w./-]+/[\w./-]*)`", text) + re.findall(r"\b(scripts/\w+\.py)", text)
    assert "scripts/make_index.py" in paths
    assert "repro/training/numerics.py" in paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_contributing_names_each_mark_and_each_check():
    text = read("CONTRIBUTING.md")
    pytest_options = tomllib.loads(read("pyproject.toml"))["tool"]["pytest"]["ini_options"]
    assert len(pytest_options["markers"]) == 2
    for mark in pytest_options["markers"]:
        assert f"`{mark.partition(':')[0]}`" in text
    for check in ("ruff check .", "ruff format --check .", "mypy", "lint-imports"):
        assert check in text
        assert check in read(".ci/run")
