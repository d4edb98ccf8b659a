"""What the shells offer at TAB: the generated scripts in the shells themselves, and typer's own way of asking."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from repro.cli.main import main

SPEC = """\
paper: {title: T, authors: [A], year: 2024}
question: Q?
dataset: {name: digits}
splits: {train: 300, test: 200}
architecture: {mlp: [Flatten, Linear: {out_features: classes}]}
optimizer: {SGD: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 2}
seeds: [0]
baseline: plain
experiments:
  plain: {model: mlp, title: TITLE}
  plain-wide: {model: mlp, training.batch_size: 100}
  slow: {model: mlp, training.epochs: 9}
rungs: {smoke: {training.epochs: 1}, class: {training.epochs: 2}}
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with studies at several depths, and ``repro`` on the path as it is installed."""
    for folder in ("papers/one", "papers/two", "papers/two words", "proposals/deep/音", "papers/one/runs/old"):
        (tmp_path / folder).mkdir(parents=True)
        name = "proposal.yaml" if "proposals" in folder else "paper.yaml"
        (tmp_path / folder / name).write_text(SPEC.replace("TITLE", "Plain net"), encoding="utf-8")
    (tmp_path / "papers/none").mkdir()
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/repro"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m repro "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*command: str, **variables: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables}, timeout=300)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@cache
def script(shell: str) -> str:
    """What makes the shell ask us, as ``--show-completion`` prints it."""
    return run("repro", _REPRO_COMPLETE=f"source_{shell}")


def bash(*lines: str) -> list[list[str]]:
    """What bash would offer for the last word of each line, by the script."""
    code = [script("bash"), "set -f"]
    for line in lines:
        words = " ".join(f"'{word}'" for word in line.split(" "))
        code += [f"COMP_WORDS=({words})", f"COMP_CWORD={line.count(' ')}", "_repro_completion repro"]
        code += ['printf "%s\\n" "${COMPREPLY[@]}" ==']
    answers = run("bash", "--norc", "-c", "\n".join(code)).split("==\n")
    return [[word for word in answer.split("\n") if word] for answer in answers[:-1]]


@pytest.fixture
def ask(capsys, monkeypatch):
    """What typer answers a shell about a line; asked in this process, by the variables that the scripts set."""

    def ask(shell: str, line: str) -> str:
        words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        variables = {"_REPRO_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line, **words}
        for name, value in {**variables, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["repro"])
        with pytest.raises(SystemExit):
            main()
        monkeypatch.delenv("_REPRO_COMPLETE")
        return capsys.readouterr().out.removesuffix("\n")

    return ask


def test_bash_itself_offers(home):
    lines = {
        "repro che": ["check"],
        "repro run papers/two": ["papers/two", r"papers/two\ words"],
        "repro run papers/one --only plain,s": ["plain,slow"],
        "repro run papers/one --rung ": ["smoke", "class", "full"],
        "repro run papers/none --only p": [],
    }
    assert bash(*lines) == list(lines.values())
    assert "complete -o default -F _repro_completion repro" in script("bash")  # files, where nothing is offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("repro wandb s", ["sync"]),
        ("repro run papers/o", ["papers/one"]),
        ("repro check prop", ["proposals/deep/音"]),
        ("repro run papers/one --only pl", ["plain", "plain-wide"]),
        ("repro run --wandb papers/one --rung ", ["smoke", "class", "full"]),
        ("repro verify papers/one training.epochs=3 --only s", ["slow"]),
        ("repro check papers/one --rung s", ["smoke"]),
        ("repro run --on s", ["slurm"]),
        ("repro new prop", ["proposal"]),
        ("repro run papers/nowhere", []),
        ("repro run papers/nowhere --only p", []),
    ],
)
def test_offers(home, ask, line, offered):
    said = ask("bash", line)
    assert said.split("\n") == (offered or [""])


def test_every_command_and_option_is_offered(home, ask):
    assert {"run", "check", "table", "wandb", "serve"} <= set(ask("bash", "repro ").split("\n"))
    assert {"--only", "--rung", "--seeds", "--force"} <= set(ask("bash", "repro run --").split("\n"))


def test_in_a_studys_folder_nothing_need_be_named(home, ask, monkeypatch):
    monkeypatch.chdir(home / "papers/one")
    assert ask("bash", "repro run . --rung s") == "smoke"
    assert ask("bash", "repro run --only sl") == "slow"


def test_a_broken_spec_offers_the_recipe_alone(home, ask):
    (home / "papers/one/paper.yaml").write_text("paper: [\n")
    assert ask("bash", "repro run papers/one --rung ") == "full"
    assert ask("bash", "repro run papers/one --only ") == ""


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish here")
def test_fish_itself_offers(home):
    code = f"{script('fish')}\ncomplete -C 'repro run papers/t'\ncomplete -C 'repro run papers/one --only plain'"
    offered = run("fish", "--no-config", "-c", code).splitlines()
    assert offered == ["papers/two", "papers/two words", "plain\tPlain net", "plain-wide"]


def test_fish_and_zsh_are_answered(home, ask):
    assert ask("fish", "repro che") == "check\tPrint every problem of a spec, with its line."
    assert ask("zsh", "repro che") == '_arguments \'*: :(("check":"Print every problem of a spec, with its line."))\''
    assert ask("zsh", "repro run papers/t") == '_arguments \'*: :(("papers/two"\n"papers/two words"))\''
    assert '"plain":"Plain net"' in ask("zsh", "repro run papers/one --only pl")
    assert ask("zsh", "repro run papers/nowhere") == "_files"


@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh here")
def test_zsh_itself_takes_the_script_and_the_answer(home):
    code = (
        f"compdef() {{ print -r -- compdef $@ }}\n_arguments() {{ print -r -- $1 }}\n{script('zsh')}\n"
        "words=(repro run papers/one --rung s); CURRENT=5; _repro_completion"
    )
    answer = 'compdef _repro_completion repro\n*: :(("smoke":"a smaller version"))\n'
    assert run("zsh", "-f", "-c", code) == answer


TITLES = ("it's $(touch hacked)", '"; touch hacked; "', r"\$(touch hacked)", "`touch hacked`", "' ; touch hacked ; '")


@pytest.mark.parametrize("place", ["title", "name", "rung", "folder"])
def test_a_strangers_words_are_no_commands_for_the_shell(home, ask, place):
    """zsh hands what we answer to ``eval``, twice."""
    answers = []
    for title in TITLES:
        spec, as_yaml = SPEC.replace("TITLE", "Plain"), "'" + title.replace("'", "''") + "'"
        if place == "title":
            spec = SPEC.replace("TITLE", as_yaml)
        elif place in ("name", "rung"):
            spec = spec.replace("plain-wide:" if place == "name" else "smoke:", f"{as_yaml}:")
        else:
            (home / "papers" / title).mkdir()
            (home / "papers" / title / "paper.yaml").write_text(spec)
        (home / "papers/one/paper.yaml").write_text(spec)
        rest = {"rung": "papers/one --rung ", "folder": "papers/"}.get(place, "papers/one --only ")
        answers += [ask("zsh", f"repro run {rest}")]
        assert not {"`", "$", "\\"} & set(answers[-1])
        assert place == "title" or "touch" not in answers[-1]
    if shutil.which("zsh"):
        code = '_arguments() { eval "ws=( ${1[6,-2]} )" }; for one in "$@"; eval $one'
        run("zsh", "-f", "-c", code, "zsh", *answers)
    assert not list(home.rglob("hacked"))
