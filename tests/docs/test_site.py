"""The documentation: it builds without a warning, and what is generated in it is what the program has."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer.main

ROOT = Path(__file__).parents[2]
MODULES = ("sphinx", "myst_nb", "furo", "latex2mathml")


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{Path(path).stem}", ROOT / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sections() -> dict[str, str]:
    """The text of the page below each command's heading."""
    page = load("docs/_generate/cli.py").page()
    parts = re.split(r"^## (repro.*)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_and_option_is_on_the_page():
    from repro.cli.main import app

    page, seen = sections(), 0
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        inner = getattr(command, "commands", {"": command})
        for word, one in inner.items():
            text = page.pop(f"repro {name} {word}".strip())
            for parameter in one.params:
                for option in () if parameter.param_type_name == "argument" or parameter.hidden else parameter.opts:
                    assert re.search(rf"^\| `[^`]*{re.escape(option)}\b", text, re.MULTILINE), f"{name}: {option}"
                    seen += 1
    assert list(page) == ["repro"]
    assert seen > 100


def test_a_default_an_exit_code_and_an_example_are_on_the_page():
    run = sections()["repro run"]
    assert re.search(r"^\| `--rung RUNG` \| .* \| `full` \|$", run, re.MULTILINE)
    assert "Exit code 1 when a run failed, 75 when another machine holds one." in run
    assert "$ repro run papers/mnist1d --rung smoke" in run


def test_words_of_a_help_are_never_markup():
    prose = load("docs/_generate/cli.py")._prose
    assert prose("with --save into results/, a*b [c]") == r"with `--save` into `results/`, a\*b \[c\]"
    assert prose("see spec.yaml. Or -q") == "see `spec.yaml`. Or `-q`"


def test_the_picture_of_rooms_is_that_of_the_code():
    script = load("scripts/make_rooms_picture.py")
    drawn = script.draw(script.layers(), script.imports())
    assert script.PICTURE.read_text(encoding="utf-8") == drawn, "run: python scripts/make_rooms_picture.py"
    assert drawn.count("<circle") > 20


def test_the_picture_shows_an_import_by_a_dot_and_no_other():
    draw = load("scripts/make_rooms_picture.py").draw
    layers = [["cli"], ["results", "bar"], ["disk"]]
    legend = draw(layers, set()).count("<circle")
    assert draw(layers, {("cli", "disk"), ("bar", "disk")}).count("<circle") == legend + 2


def test_classes_that_a_study_gives_are_found():
    classes = load("docs/_generate/api.py").given_classes()
    assert {name.rpartition(".")[2] for name in classes} >= {"Results", "Record", "Plan", "Ledger", "Experiment"}


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    missing = [name for name in MODULES if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the site needs the extra docs: {', '.join(missing)} is not installed")
    words = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", str(source), str(target)]
    return subprocess.run(words, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"}, cwd=ROOT)


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    built = build(ROOT / "docs", tmp_path / "site")
    assert (built.returncode, built.stderr) == (0, "")
    study = (tmp_path / "site/reference/api/study.html").read_text(encoding="utf-8")
    assert 'id="repro.study.Study.run"' in study
    pages = [page.read_text(encoding="utf-8") for page in tmp_path.rglob("*.html")]
    assert len(pages) > 50
    assert [
        page for page in pages if re.search(r"<(script|img)[^>]* src=.https?:|<link[^>]* href=.https?:", page)
    ] == []
    assert sum(page.count("<math") for page in pages) > 50


@pytest.mark.parametrize("page", sorted(path.name for path in ROOT.glob("*.md")))
def test_links_of_the_pages_beside_the_site_lead_to_files(page):
    """Those of README and the like, which Sphinx does not read."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (ROOT / link).exists()] == []


def test_there_are_links_to_look_at():
    """The sweep above would pass over pages without any."""
    assert "](docs/" in (ROOT / "README.md").read_text(encoding="utf-8")


BROKEN = {
    "[a page](how-to/no-such-page.md)": "'how-to/no-such-page.md' [myst.xref_missing]",
    "[a heading](#no-such-heading)": "'no-such-heading' [myst.xref_missing]",
    "[a heading of a page](reference/cli.md#repro-fly)": "'repro-fly' [myst.xref_missing]",
    "![a picture](no-such-picture.svg)": "no-such-picture.svg [image.not_readable]",
    "{py:class}`repro.study.NoSuchClass`": "repro.study.NoSuchClass [ref.class]",
}


@pytest.mark.slow
def test_each_kind_of_broken_link_breaks_the_build(tmp_path):
    source = tmp_path / "docs"
    (source / "reference").mkdir(parents=True)
    for name in ("_generate", "_static"):
        shutil.copytree(ROOT / "docs" / name, source / name)
    text = (ROOT / "docs/conf.py").read_text(encoding="utf-8")
    (source / "conf.py").write_text(text.replace("Path(__file__).parents[1]", repr(str(ROOT))), encoding="utf-8")
    (source / "reference/cli.md").write_text("# Commands\n\n## repro run\n", encoding="utf-8")
    good = "# Home\n\n```{toctree}\nreference/cli\n```\n\n[good](reference/cli.md#repro-run)\n"
    (source / "index.md").write_text(good, encoding="utf-8")
    assert build(source, tmp_path / "good").returncode == 0
    (source / "index.md").write_text(good + "".join(f"\n{link}\n" for link in BROKEN), encoding="utf-8")
    broken = build(source, tmp_path / "broken")
    assert broken.returncode == 1
    lines = broken.stderr.splitlines()
    assert [warning for warning in BROKEN.values() if not any(warning in line for line in lines)] == []
