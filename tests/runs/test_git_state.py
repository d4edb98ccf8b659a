"""What git is asked about a stranger's folder executes nothing that the folder names."""

import subprocess
import sys

import pytest

from repro.cli.shipped import is_shipped
from repro.runs.git_state import git_state

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs of a shell")


def git(folder, *words):
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study in a repository, its results committed."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    folder = tmp_path / "repository" / "study"
    (folder / "results").mkdir(parents=True)
    git(tmp_path / "repository", "init", "-q")
    (folder / "paper.yaml").write_text("a\n")
    (folder / "results" / "table.json").write_text("{}\n")
    git(folder, "config", "user.email", "a@b.c")
    git(folder, "config", "user.name", "a")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return folder


def test_the_commit_and_whether_files_differ(study, tmp_path):
    commit = git(study, "rev-parse", "HEAD")
    assert git_state(study) == (commit, False)
    (study.parent / "elsewhere").write_text("not of the study")
    (study / "untracked").write_text("not of git")
    assert git_state(study) == (commit, False)
    (study / "paper.yaml").write_text("b\n")
    assert git_state(study) == (commit, True)
    git(study, "commit", "-q", "-a", "-m", "y")
    assert git_state(study) == (git(study, "rev-parse", "HEAD"), False)
    assert git_state(tmp_path) == (None, None)


def test_a_worktree_a_staged_change_and_a_touched_file(study, tmp_path):
    git(study, "worktree", "add", "-q", str(tmp_path / "other"), "-b", "other")
    other = tmp_path / "other" / "study"
    commit = git(study, "rev-parse", "HEAD")
    assert git_state(other) == (commit, False)
    (other / "paper.yaml").touch()
    assert git_state(other) == (commit, False)
    (other / "paper.yaml").write_text("c\n")
    git(other, "add", "-A")
    assert git_state(other) == (commit, True)
    assert git_state(study) == (commit, False)


def test_shipped_results_are_those_that_git_tracks(study, tmp_path):
    assert is_shipped(study / "results")
    git(study, "rm", "-q", "-r", "--cached", "results")
    assert not is_shipped(study / "results")
    (tmp_path / "plain" / "results" / "records").mkdir(parents=True)
    assert is_shipped(tmp_path / "plain" / "results")


HOSTILE = {
    "core.fsmonitor": "{program}",
    "core.pager": "{program}",
    "core.sshCommand": "{program}",
    "core.askPass": "{program}",
    "core.gitProxy": "{program}",
    "core.alternateRefsCommand": "{program}",
    "core.hooksPath": "{folder}",
    "diff.external": "{program}",
    "diff.evil.textconv": "{program}",
    "diff.evil.command": "{program}",
    "filter.evil.clean": "{program}",
    "filter.evil.smudge": "{program}",
    "filter.evil.process": "{program}",
    "alias.status": "!{program}",
    "alias.rev-parse": "!{program}",
    "include.path": "{folder}/included",
    "credential.helper": "!{program}",
    "gpg.program": "{program}",
    "pager.status": "{program}",
    "interactive.diffFilter": "{program}",
    "trace2.eventTarget": "{folder}/ran",
}


def test_nothing_that_the_repository_names_is_executed(study, tmp_path):
    """All at once: each setting, each hook, a filter by attributes; then the same in a submodule."""
    evil = tmp_path / "evil"
    evil.mkdir()
    program = evil / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $@" >> {evil}/ran\ncat\n')
    program.chmod(0o755)
    hooks = study.parent / ".git" / "hooks"
    for name in ("post-index-change", "fsmonitor-watchman", "query-watchman", "pre-commit", "post-checkout"):
        for home in (hooks, evil):
            home.mkdir(exist_ok=True)
            (home / name).write_text(program.read_text())
            (home / name).chmod(0o755)
    (evil / "included").write_text(f'[core]\n\tfsmonitor = {program}\n[filter "evil"]\n\tclean = {program}\n')
    (study / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (study.parent / ".git" / "info").mkdir(exist_ok=True)
    (study.parent / ".git" / "info" / "attributes").write_text("* filter=evil diff=evil\n")
    for name, value in HOSTILE.items():
        git(study, "config", name, value.format(program=program, folder=evil))
    (study / "paper.yaml").write_text("b\n")
    (evil / "ran").unlink(missing_ok=True)
    commit, dirty = git_state(study)
    assert (len(commit or ""), dirty) == (40, True)
    assert is_shipped(study / "results")
    assert not (evil / "ran").exists(), (evil / "ran").read_text()
    subprocess.run(["git", "-C", str(study), "status"], capture_output=True, check=False)
    assert (evil / "ran").exists()  # they would run


def test_a_repository_that_lies_open_in_the_folder_is_none(study, tmp_path):
    """HEAD, objects and refs beside the spec make a bare repository, with a configuration of its own."""
    bare = tmp_path / "bare"
    bare.mkdir()
    git(bare, "init", "-q", "--bare")
    assert git_state(bare) == (None, None)
