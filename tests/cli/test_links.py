"""Links out of a stranger's folder: nothing behind one is quoted or copied, and nothing is written through one."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from repro.cli.main import app
from repro.cli.refusal import refusal
from repro.runs.engine.printing import printing_to
from repro.runs.journal import Journal, read_journal
from repro.runs.ledger import Ledger
from repro.spec.load import load_spec
from repro.study import Study

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
PAPERS = Path(__file__).parents[2] / "papers"
SECRET = "tok3n-of-the-teacher"

SPEC = """\
proposal: {title: T, authors: [A. Student]}
question: Which digit is it?
related_work: {first2020: {title: T, authors: [A], year: 2020, summary: s}}
dataset: {name: digits, why: Small.}
labels: digit
splits: {train: 0.5, test: 0.5, seed: 0}
architecture: {linear: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 1}
seeds: [0]
baseline: linear
experiments: {linear: {model: linear}}
figures: [{name: own, kind: curve, experiments: [linear], x: step, y: Accuracy, points: points.csv}]
expected: [{metric: Accuracy, unit: percent, values: {linear: 90}}]
references: [refs.bib]
"""


def said_by(*words):
    """What a command prints, with the message of a refusal; a traceback is raised."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is None or isinstance(done.exception, SystemExit):
        return done.exit_code, done.output
    said = refusal(done.exception)
    if said is None:
        raise done.exception
    return said.code, done.output + said.text


@pytest.fixture
def private(tmp_path):
    """A folder of the teacher's, beside that of the student."""
    made = tmp_path / "private"
    made.mkdir()
    for name in ("token", "items.csv", "table.json", "0.json", "x.wav"):
        (made / name).write_text(f"{SECRET}\n")
    return made


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "proposal.yaml").write_text(SPEC)
    (folder / "points.csv").write_text("x,y\n1,70\n")
    (folder / "refs.bib").write_text("@misc{a, title={T}, year=2020}\n")
    return folder


READ = {
    "the spec": ["proposal.yaml"],
    "the course": ["course.yaml"],
    "all else": [
        *("points.csv", "refs.bib", "runs/full/linear-0.json", "results/records/linear-0.json", "results/table.json"),
        *("results/determinism.json", "results/verified.json", "runs/live/0.json", "runs/splits/0.json"),
    ],
}


def whole(folder):
    """Every byte of the plain files in a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
def test_no_command_quotes_a_file_behind_a_link(name, study, private, tmp_path):
    for path in (study / one for one in READ[name]):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(os.path.relpath(private / "token", path.parent))
    out = tmp_path / "out"
    for command in (
        ("check", study), ("status", study), ("table", study), ("homework", study), ("mock", study, "-o", out),
        ("report", study, "-o", out), ("slides", study, "-o", out), ("post", study, "-o", out), ("ls", tmp_path),
        ("grade", study, "-o", out), ("site", study, "-o", tmp_path / "site"), ("discuss", study),
        ("data", study, "-o", out),
    ):  # fmt: skip
        _, said = said_by(*command)
        assert SECRET not in said, command
    for made in (out, tmp_path / "site", study):
        if made.is_dir():
            assert SECRET.encode() not in whole(made), made


def own_data(study, *, manifest):
    (study / "proposal.yaml").write_text(
        SPEC.replace("{name: digits, why: Small.}", f"{{folder: recordings, manifest: {manifest}, why: Own.}}")
        .replace("labels: digit", "labels: word")
        .replace("architecture:", "features: [ToMono]\narchitecture:")
    )


@pytest.mark.parametrize("where", ["beside the spec", "in the data folder", "a data folder that is one"])
@pytest.mark.parametrize("manifest", [pytest.param("items.csv", marks=pytest.mark.slow), "token"])
def test_nor_a_manifest(manifest, where, study, private, tmp_path):
    own_data(study, manifest=manifest)
    if where == "a data folder that is one":
        (study / "recordings").symlink_to(private)
    else:
        (study / "recordings").mkdir()
        home = study if where == "beside the spec" else study / "recordings"
        (home / manifest).symlink_to(private / manifest)
    for command in (
        ("check", study), ("data", study), ("grade", study, "-o", tmp_path / "out"),
        ("site", study, "-o", tmp_path / "site"), ("report", study),
    ):  # fmt: skip
        code, said = said_by(*command)
        assert SECRET not in said, command
        if command[0] in ("check", "data"):
            assert code, said
            assert manifest in said
    for made in (tmp_path / "out", tmp_path / "site", study):
        if made.is_dir():
            assert SECRET.encode() not in whole(made)


def test_a_data_folder_that_its_owner_links_to_is_read(study, tmp_path):
    """As the docs advise: ``ln -s``."""
    own_data(study, manifest="items.csv")
    (tmp_path / "takes").mkdir()
    (tmp_path / "takes" / "items.csv").write_text("path,wort\na.wav,yes\n")
    (study / "recordings").symlink_to(tmp_path / "takes")
    code, said = said_by("check", study)
    assert code
    assert "wort" in said
    assert "did you mean 'wort'" in said


def test_a_link_that_stays_in_the_folder_is_read(study):
    (study / "data").mkdir()
    (study / "points.csv").rename(study / "data" / "p.csv")
    (study / "points.csv").symlink_to("data/p.csv")
    (study / "data" / "spec.yaml").write_text(SPEC)
    (study / "proposal.yaml").unlink()
    (study / "proposal.yaml").symlink_to(study / "data" / "spec.yaml")
    assert said_by("check", study)[0] == 0


WRITTEN = {
    "report": ("handin", lambda study, paper: ("report", paper)),
    "post": ("handin", lambda study, paper: ("post", paper)),
    "slides": ("handin", lambda study, paper: ("slides", paper)),
    "table --save": ("results/figures", lambda study, paper: ("table", paper, "--save")),
    "wandb sync": ("runs/tracking", lambda study, paper: ("wandb", "sync", paper)),
    "data --page": ("runs", lambda study, paper: ("data", study, "--page")),
    "mock": ("runs", lambda study, paper: ("mock", study)),
    "dashboard": ("runs/tracking", lambda study, paper: ("dashboard", paper, "--offline")),
    "mock of a folder deeper": ("runs/mock", lambda study, paper: ("mock", study)),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of wandb-workspaces
@pytest.mark.parametrize("command", WRITTEN)
def test_nothing_is_written_through_a_link(command, study, private, tmp_path):
    name, words = WRITTEN[command]
    paper = tmp_path / "mnist1d"
    shutil.copytree(PAPERS / "mnist1d", paper, ignore=shutil.ignore_patterns("runs", "handin"))
    for folder in (study, paper):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.rmtree(path)
        path.symlink_to(private)
    before = {path.name: path.read_bytes() for path in private.iterdir()}
    code, said = said_by(*words(study, paper))
    assert code, said
    assert "leads out of the folder" in said
    assert {path.name: path.read_bytes() for path in private.iterdir()} == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["results", "results/verified.json"])
def test_nor_what_verify_saves(name, private, tmp_path):
    paper = tmp_path / "mnist1d"
    shutil.copytree(PAPERS / "mnist1d", paper, ignore=shutil.ignore_patterns("runs", "handin", "results"))
    (paper / "runs" / "full").mkdir(parents=True)
    for path in (PAPERS / "mnist1d" / "results" / "records").glob("logistic-seed[01]-*"):
        shutil.copy(path, paper / "runs" / "full")
    (paper / name).parent.mkdir(exist_ok=True)
    (paper / name).symlink_to(private if name == "results" else private / "token")
    before = {path.name: path.read_bytes() for path in private.iterdir()}
    code, said = said_by("verify", paper, "--only", "logistic", "--seeds", "0,1", "--sample", "0", "--save")
    assert bool(code) == (name == "results"), said
    assert ("leads out of the folder" in said) == (name == "results")  # in place of a file the link is replaced
    assert {path.name: path.read_bytes() for path in private.iterdir()} == before
    assert name == "results" or not (paper / name).is_symlink()


@pytest.mark.parametrize("name", ["folders", ".repro-site.new", "index.html", ".repro-site.json", ".repro-site.lock"])
def test_nor_by_a_site_that_stands_there_already(name, study, private, tmp_path):
    """Whoever can write into the site's folder cannot turn what the teacher writes elsewhere."""
    out = tmp_path / "site"
    assert said_by("site", study, "-o", out)[0] == 0
    before = {path.name: path.read_bytes() for path in private.iterdir()}
    if (out / name).is_dir():
        shutil.rmtree(out / name)
    (out / name).unlink(missing_ok=True)
    is_file = "." in name[1:] and name != ".repro-site.new"
    (out / name).symlink_to(private / "token" if is_file else private)
    (study / "proposal.yaml").write_text(SPEC.replace("title: T", "title: Another"))
    said_by("site", study, "-o", out)
    assert {path.name: path.read_bytes() for path in private.iterdir()} == before


@pytest.mark.parametrize("name", ["runs", "runs/full", "runs/splits", "runs/live"])
def test_a_run_writes_through_none(name, study, private):
    (study / name).parent.mkdir(parents=True, exist_ok=True)
    (study / name).symlink_to(private)
    before = sorted(path.name for path in private.iterdir())
    code, said = said_by("run", study)
    assert code, said
    assert "leads out of the folder" in said
    assert sorted(path.name for path in private.iterdir()) == before


def test_files_that_are_begun_anew_or_added_to_are_no_links(study, private):
    """The log and the journal of a run: what stands in their place is taken away, not written through."""
    runs = study / "runs" / "full"
    runs.mkdir(parents=True)
    for ending in ("log", "jsonl", "npz", "json"):
        (runs / f"linear-0.{ending}").symlink_to(private / "token")
    with printing_to(runs / "linear-0.log", goes_on=True, within=study):
        sys.stdout.write("mine\n")
        os.write(1, b"mine\n")
    journal = Journal(runs / "linear-0.jsonl")
    journal.note(1, 0.1, {"train/loss": 1.0}, [0.1], 1.0)
    assert (private / "token").read_text() == f"{SECRET}\n"
    assert (runs / "linear-0.log").read_text().endswith("mine\n")
    assert [moment.step for moment in read_journal(runs / "linear-0.jsonl", study)] == [1]


def test_records_and_predictions_behind_links_are_named_and_not_read(private, tmp_path):
    paper = tmp_path / "mnist1d"
    shutil.copytree(PAPERS / "mnist1d", paper, ignore=shutil.ignore_patterns("runs", "handin"))
    records = paper / "results" / "records"
    first = next(iter(sorted(records.glob("*.json"))))
    (private / "r.json").write_bytes(first.read_bytes())
    first.unlink()
    first.symlink_to(private / "r.json")
    ledger = Ledger(paper, "results")
    assert [(damage.path.name, damage.why) for damage in ledger.damaged] == [
        (first.name, "is a link that leads out of the folder; it was not followed")
    ]
    shutil.move(records, private / "records")
    records.symlink_to(private / "records")
    assert Ledger(paper, "results").records == ()
    assert not Study(load_spec(paper)).outdated("results")
    assert json.loads(said_by("table", paper, "--json")[1])["records"] == {}
