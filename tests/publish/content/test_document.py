"""What a document says is what the records say."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from repro.publish.assignments.read_course import load_course
from repro.publish.content.document import document
from repro.publish.content.document_model import Gap, Number, Own, Picture, Table, plain, runs_of
from repro.publish.content.report_context import ReportContext, StaleError
from repro.publish.content.scope_label import scope_label
from repro.runs.record import Record
from repro.spec.load import load_spec
from repro.study import Study

COURSE = load_course()


@pytest.fixture(scope="module")
def made(subject):
    return document(subject, COURSE.of_kind("paper"))


def blocks(made, kind):
    return [block for section in made.sections for block in section.blocks if isinstance(block, kind)]


def test_every_result_is_the_row_s_and_names_its_records(subject, made):
    rows = {(row.experiment, row.metric, row.unit): row for row in subject.results.rows if row.mean is not None}
    tables = [table for table in blocks(made, Table) if table.head[:3] == ("experiment", "paper", "ours")]
    shown = 0
    for table in tables:
        for line in table.rows:
            ours = next((span for span in line.cells[2] if isinstance(span, Number)), None)
            if ours is None:
                continue
            title = plain(line.cells[0])
            name = next(n for n, e in subject.spec.experiments.items() if (e.title or n) == title)
            number = float(re.sub("[,\u2212]", lambda m: "-" if m[0] == "\u2212" else "", ours.text.split(" ±")[0]))
            means = [row.mean for key, row in rows.items() if key[0] == name]
            assert any(abs(number - mean) <= 0.051 for mean in means), (title, number, means)
            assert set(ours.runs) == {r.run for r in subject.results.records if r.experiment == name}
            shown += 1
    assert shown >= 13


def test_all_numbers_name_runs_whose_records_are_listed(made):
    known = {line.run for line in made.records}
    named = {run for table in blocks(made, Table) for row in table.rows for c in row.cells for run in runs_of(c)}
    assert named
    assert named <= known
    assert {run for picture in blocks(made, Picture) for run in picture.runs} <= known


def test_every_question_of_the_assignment_is_there_in_order(made):
    asked = [q.ask for part in COURSE.assignments["8a"].parts for q in part.questions]
    assert [section.title for section in made.sections if section.level == 3] == asked


def test_what_nobody_wrote_is_a_gap_with_its_place(own, subject_of):
    path = own / "paper.yaml"
    text = re.sub(r"  criticisms: >-\n(    .*\n)+", "  criticisms: ...\n", path.read_text())
    path.write_text(text)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "criticisms" in row)
    made = document(subject_of(own), COURSE.of_kind("paper"))
    gaps = {gap.question: gap for gap in blocks(made, Gap)}
    assert gaps["What criticisms do you have?"].place.line == line
    words = " ".join(one.text for one in blocks(made, Own))
    assert "try is to combine them" in words


def test_without_records_nothing_is_claimed(own, subject_of):
    shutil.rmtree(own / "results")
    made = document(subject_of(own), COURSE.of_kind("paper"))
    said = " ".join(
        plain(b.text) for s in made.sections for b in s.blocks if hasattr(b, "text") and not isinstance(b, Own)
    )
    assert "Nothing has been run yet" in said
    assert not [n for table in blocks(made, Table) for r in table.rows for c in r.cells for n in runs_of(c)]


def test_runs_of_another_rung_are_said(own, subject_of):
    """A report of the full recipe, after the smoke rung was run."""
    smoke = own / "runs" / "smoke"
    smoke.mkdir(parents=True)
    for number, path in enumerate(sorted((own / "results" / "records").glob("*.json"))):
        record = Record.from_json(path.read_text()).model_copy(update={"rung": "smoke", "identity": f"{number:064}"})
        (smoke / path.name).write_text(record.sealed_with_hash().to_json())
    shutil.rmtree(own / "results")
    made = document(subject_of(own), COURSE.of_kind("paper"))
    words = " ".join(
        plain(b.text) for s in made.sections for b in s.blocks if hasattr(b, "text") and not isinstance(b, Own)
    )
    assert "Nothing has been run yet at rung full; 40 runs of rung smoke are there and not shown here." in words


class TestStale:
    def test_a_changed_record_is_named(self, own, subject_of):
        path = next((own / "results" / "records").glob("cnn-seed0-*.json"))
        record = Record.from_json(path.read_text())
        scores = record.metrics["digit"]["test"]
        better = scores.model_copy(update={"values": {**scores.values, "Accuracy": 99.0}})
        metrics = {**record.metrics, "digit": {**record.metrics["digit"], "test": better}}
        path.write_text(record.model_copy(update={"metrics": metrics}).sealed_with_hash().to_json())
        with pytest.raises(StaleError, match=rf"{path.name}: is not the record that the table was made from"):
            document(subject_of(own), ())

    def test_a_record_with_a_wrong_hash_is_named(self, own, subject_of):
        path = next((own / "results" / "records").glob("cnn-seed0-*.json"))
        path.write_text(path.read_text().replace('"Accuracy": 93', '"Accuracy": 98'))
        with pytest.raises(StaleError, match=path.name):
            document(subject_of(own), ())

    def test_a_record_that_is_gone_is_named(self, own, subject_of):
        path = next((own / "results" / "records").glob("cnn-seed0-*.json"))
        path.unlink()
        with pytest.raises(StaleError, match=rf"{path.name}: is gone"):
            document(subject_of(own), ())

    def test_a_record_that_came_later_is_named(self, own, subject_of):
        table = own / "results" / "table.json"
        said = json.loads(table.read_text())
        left_out = next(run for run in said["records"] if run.startswith("cnn-seed0"))
        del said["records"][left_out]
        table.write_text(json.dumps(said))
        with pytest.raises(StaleError, match=rf"{left_out}.json: was written after the table was made"):
            document(subject_of(own), ())

    def test_as_shipped_it_is_fine(self, subject):
        subject.check()

    def test_so_is_a_part_of_it(self, mnist1d):
        study = Study(load_spec(mnist1d), only=("cnn",), seeds=2)
        ReportContext(study.spec, study.plan, study.ledger()).check()


def test_whose_says_all_that_it_does_not_list():
    everyone = [f"e{n}" for n in range(10)]
    assert scope_label(everyone[:9], everyone) == "all but e9"
    assert scope_label(everyone[:2], everyone) == "e0 and e1"
    assert scope_label(everyone[:5], everyone) == "5 of 10 experiments"


class TestStaleRuns:
    @pytest.fixture
    def study(self, tmp_path):
        folder = tmp_path / "mine"
        folder.mkdir()
        (folder / "paper.yaml").write_text(
            "paper: {title: T, authors: [A], year: 2024}\nquestion: Which?\ndataset: {name: digits}\n"
            "splits: {train: 300, test: 100}\narchitecture: {linear: [Flatten, Linear: {out_features: classes}]}\n"
            "optimizer: {SGD: {lr: 1e-2}}\nloss: CrossEntropyLoss\nmetric: Accuracy\n"
            "training: {batch_size: 50, epochs: 1}\nseeds: [0, 1]\nbaseline: linear\n"
            "experiments: {linear: {model: linear}}\nrungs: {quick: {training.batch_size: 100}}\n"
        )
        self.run(folder, "--seeds", "1")
        return folder

    def run(self, folder, *words):
        done = subprocess.run(
            [sys.executable, "-m", "repro", "run", "-q", str(folder), "--rung", "quick", *words], capture_output=True
        )
        assert done.returncode == 0, done.stderr

    def subject(self, folder):
        study = Study(load_spec(folder, rung="quick"))
        return ReportContext(study.spec, study.plan, study.ledger())

    @pytest.mark.slow
    def test_a_run_that_ended_since_is_none_and_the_advice_for_a_changed_one_helps(self, study):
        table = study / "runs" / "quick" / "table" / "table.json"
        before = table.read_bytes()
        self.run(study)
        table.write_bytes(before)  # as if the command had been stopped before the table
        self.subject(study).check()
        said = json.loads(before)
        said["records"] = dict.fromkeys(said["records"], "0" * 64)
        table.write_text(json.dumps(said))
        with pytest.raises(StaleError, match=f"then run   repro run {study} --rung quick"):
            self.subject(study).check()
        self.run(study)
        self.subject(study).check()
