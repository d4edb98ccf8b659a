"""One spec that uses most forms, read and held against what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

from repro.spec.experiment import Duration
from repro.spec.load import find_spec, load_spec
from repro.spec.problem import SpecError
from repro.spec.spec import Number

STUDY = Path(__file__).parent / "study.yaml"


def layers(spec, name):
    return spec.experiments[name].model.blocks[0].layers


def test_the_paper_and_the_question():
    spec = load_spec(STUDY)
    assert spec.work.title == "A study of one net"
    assert spec.work.arxiv == "1412.6980"  # an id stays text
    assert spec.work.year == 2024
    assert spec.question == "Does the net beat the line?"
    assert spec.kind == "paper"


def test_data_labels_and_splits():
    experiment = load_spec(STUDY).experiments["line"]
    assert experiment.dataset.args["seed"] == 42  # the data set's own default
    label = experiment.labels["digit"]
    assert (label.kind, label.classes) == ("class", tuple("0123456789"))
    splits = experiment.splits
    assert (splits.source, splits.train, splits.validation, splits.test, splits.seed) == (
        "official",
        3000,
        500,
        1000,
        0,
    )


def test_features_before_and_behind_augment():
    given = load_spec(STUDY).experiments["net"].inputs["mixed"]
    assert [e.name for e in given.cached] == ["Rescale"]
    assert [e.name for e in given.augment] == ["Noise"]
    assert [e.name for e in given.live] == ["ShufflePositions"]
    assert given.augment[0].args == {"snr_db": (0.0, 20.0)}


def test_an_estimator_sees_no_augmentation():
    trees = load_spec(STUDY).experiments["trees"]
    assert trees.inputs["scaled"].augment == ()
    assert [e.name for e in trees.model.blocks[0].estimator] == ["StandardScaler", "RandomForestClassifier"]
    assert (trees.optimizer, trees.scheduler, trees.weights) == (None, None, ())


def test_named_lists_are_copied_in_and_say_where_they_stand():
    net = layers(load_spec(STUDY), "net")
    assert [layer.name for layer in net] == [
        "Conv1d",
        "ReLU",
        "Identity",
        "Conv1d",
        "ReLU",
        "Residual",
        "Flatten",
        "Linear",
    ]
    assert net[0].lists == ("net", "stem")
    assert net[2].lists == ("net",)
    assert (net[0].label, net[0].path) == ("c1", "architecture.stem.c1")
    assert net[7].path == "architecture.net.layers.out"
    assert net[7].args == {"out_features": "classes"}
    assert [layer.name for layer in net[5].layers] == ["Conv1d", "ReLU"]
    assert net[5].layers[0].path == "architecture.net.layers.Residual.layers.Conv1d"


def test_a_layer_knows_its_line():
    net = layers(load_spec(STUDY), "net")
    lines = STUDY.read_text().splitlines()
    assert lines[net[7].place.line - 1].strip().startswith("- Linear")
    assert lines[net[7].places["out_features"].line - 1][net[7].places["out_features"].column - 1 :].startswith(
        "out_features"
    )


def test_the_model_s_block_is_named_like_the_label_and_reads_its_input():
    block = load_spec(STUDY).experiments["net"].model.blocks[0]
    assert (block.name, block.sources) == ("digit", ("mixed",))


def test_changes_replace_whole_and_like_comes_first():
    spec = load_spec(STUDY)
    slow, tanh = spec.experiments["net-slow"], spec.experiments["net-tanh"]
    assert slow.optimizer.args == {"lr": 1e-3}
    assert (slow.training.steps, slow.training.epochs) == (None, 5)
    assert (tanh.optimizer.args, tanh.training.epochs) == ({"lr": 1e-3}, 5)
    assert tanh.scheduler is None
    assert slow.scheduler.watch == "validation/loss"
    assert layers(spec, "net-tanh")[2].name == "Tanh"
    assert layers(spec, "net")[2].name == "Identity"


def test_training_is_typed_and_watches_the_main_metric():
    training = load_spec(STUDY).experiments["net"].training
    assert (training.steps, training.batch_size) == (600, 100)  # written 6e2
    assert training.watch == "validation/accuracy"
    assert training.evaluate_every == Duration(number=1, unit="epochs")


def test_weight_rules_stand_in_order():
    rules = load_spec(STUDY).experiments["net"].weights
    assert [r.selector for r in rules] == ["all", "net.Conv1d", "stem"]
    assert (rules[0].weight.name, rules[0].bias) == ("xavier_uniform_", 0.0)
    assert (rules[1].l2, rules[1].max_norm, rules[2].lr_times) == (1e-4, 2.0, 0.1)


def test_reported_numbers_keep_their_digits():
    reported = {(r.experiment, r.metric): r for r in load_spec(STUDY).reported}
    assert reported["line", "test/accuracy"].number == Number(
        text="32.0 ± 1.5", value=32.0, half_width=0.05, spread=1.5
    )
    assert reported["line", "noisy/f1"].number is None
    assert reported["net", "test/accuracy"].number.half_width == 0.5
    assert reported["net", "noisy/f1"].number.half_width == 0.005
    assert reported["net", "test/f1"].number == Number(text=".90", value=0.9, half_width=0.005, folds=(0.8, 1.0))
    assert reported["line", "parameters"].margin == 0
    assert reported["line", "test/accuracy"].spread.kind == "sd"
    assert len(reported) == 8


def test_claims_and_figures():
    spec = load_spec(STUDY)
    assert [(c.kind, c.experiments, c.metric) for c in spec.claims] == [
        ("beats", ("net", "line"), "test/accuracy"),
        ("order", ("net", "net-slow", "line"), "noisy/f1"),
        ("same", ("net", "net-tanh"), "validation/loss"),
    ]
    assert [str(at) for at in spec.claims[1].at] == ["100 steps", "1 epoch"]
    assert spec.figures[0].y == ("train/loss", "test/accuracy")
    assert spec.figures[1].series == {"the net": ("net", "net-slow")}


def test_bars_fold_by_fold_need_an_experiment_with_folds(tmp_path):
    text = (STUDY.parent / "bad_specs" / "figure-split-by.yaml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("# E:") and "name: speakers" not in line]
    whole = "\n".join(line for line in lines if "name: course" not in line)
    (tmp_path / "paper.yaml").write_text(whole.replace("net: {model: net}", "net: {model: net, splits: {folds: 5}}"))
    spec = load_spec(tmp_path / "paper.yaml")
    assert (spec.figures[0].kind, spec.figures[0].split_by) == ("bars", "fold")


def test_a_row_that_nobody_runs():
    human = load_spec(STUDY).experiments["human"]
    assert (human.model, human.not_run) == (None, "nobody sat it here")


def test_answers_and_lists_of_texts_are_kept():
    spec = load_spec(STUDY)
    assert [question.ask for question in spec.questions] == ["Why 40 samples?"]
    assert set(spec.answers) == {"better_model", "criticisms"}


class TestPartial:
    def test_full_is_partial_only_where_data_or_model_differ(self):
        spec = load_spec(STUDY)
        assert set(spec.partial) == {"net", "net-slow", "net-tanh"}  # the list that `line` has nothing to do with
        assert spec.partial["net"] == ("different: architecture.stem (the paper: nine filters)",)

    def test_other_differences_are_named_and_estimators_have_none(self):
        differs = load_spec(STUDY).differs
        assert differs["line"] == ("weights.all", "augment")
        assert "trees" not in differs

    def test_a_rung_is_partial_where_it_landed(self):
        spec = load_spec(STUDY, rung="smoke")
        assert spec.partial["line"] == ("rung smoke: training.steps",)
        assert spec.changed == {"training.steps": 5, "seeds": 5}
        assert spec.experiments["net-slow"].training.steps == 20
        assert spec.experiments["net-slow"].training.epochs is None

    def test_other_seeds_are_no_less(self):
        spec = load_spec(STUDY, rung="seeds-only")
        assert "line" not in spec.partial
        assert spec.experiments["line"].seeds == (5,)
        assert "line" not in load_spec(STUDY, changes=["seeds=[3]"]).partial

    def test_a_rung_with_the_paper_s_own_data_is_full(self):
        spec = load_spec(STUDY, rung="big")
        assert "net" not in spec.partial
        assert "net-slow" in spec.partial  # `only` leaves it alone
        assert spec.experiments["net"].splits.train == "rest"
        assert spec.experiments["line"].splits.train == 3000
        assert spec.changed == {"splits.train": 1, "sources.different": 1}

    def test_the_command_line_is_partial_and_counted(self):
        spec = load_spec(STUDY, changes=["optimizer.Adam.lr=0.5", "training.batch_size=10"])
        assert spec.partial["line"] == ("changed on the command line: optimizer.Adam.lr, training.batch_size",)
        assert spec.changed == {"optimizer.Adam.lr": 5, "training.batch_size": 5}
        assert spec.experiments["net-slow"].optimizer.args == {"lr": 0.5}
        assert spec.overrides == ("optimizer.Adam.lr=0.5", "training.batch_size=10")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "optimizer.SGD.lr=1",
            "command line: optimizer.SGD.lr: lands in no experiment: optimizer has Adam here, not SGD",
        ),
        ("training.steps=many", "command line: training.steps: expected a whole number, got 'many'"),
        ("steps", "command line: steps: a change is written path=value, such as training.steps=300"),
        ("seeds=", "command line: seeds: has no value; write `none` to take it away"),
        ("stepz=3", "command line: stepz: lands in no experiment: unknown word 'stepz'"),
        ("seeds=[0, 1", "command line: seeds: the file ends inside a bracket or a quote that was never closed"),
    ],
)
def test_a_bad_change_on_the_command_line(change, said):
    with pytest.raises(SpecError) as caught:
        load_spec(STUDY, changes=[change])
    assert [str(p) for p in caught.value.problems] == [said]


def test_an_unknown_rung():
    with pytest.raises(SpecError, match=r"^command line: --rung: unknown rung 'smok'; did you mean 'smoke'\?$"):
        load_spec(STUDY, rung="smok")


class TestFiles:
    def test_a_folder(self, tmp_path):
        (tmp_path / "paper.yaml").write_text(STUDY.read_text())
        assert find_spec(tmp_path) == tmp_path / "paper.yaml"
        assert load_spec(tmp_path).name == tmp_path.name

    def test_no_spec(self, tmp_path):
        with pytest.raises(SpecError, match=r"no paper.yaml or proposal.yaml in this folder"):
            load_spec(tmp_path)

    def test_a_folder_of_studies_names_them(self, tmp_path):
        for number in range(22):
            (tmp_path / f"study{number:02}").mkdir()
            (tmp_path / f"study{number:02}" / ("paper.yaml" if number % 2 else "proposal.yaml")).write_text("")
        (tmp_path / "notes").mkdir()
        with pytest.raises(SpecError) as error:
            find_spec(tmp_path)
        said = str(error.value)
        assert f"which holds studies; name one or several of them: {tmp_path}/study00, {tmp_path}/study01, " in said
        assert said.endswith(f"{tmp_path}/study19 and 2 more")

    def test_two_specs(self, tmp_path):
        for name in ("paper.yaml", "proposal.yaml"):
            (tmp_path / name).write_text("question: Why?")
        with pytest.raises(SpecError, match=r"holds both paper.yaml and proposal.yaml"):
            load_spec(tmp_path)

    def test_nothing_there(self, tmp_path):
        with pytest.raises(SpecError, match=r"nowhere: no such file or folder$"):
            load_spec(tmp_path / "nowhere")
        with pytest.raises(SpecError, match="no such file or folder"):
            load_spec("a\0b")

    def test_not_utf8_is_named_at_its_place(self, tmp_path):
        (tmp_path / "paper.yaml").write_bytes(b"question: Why?\nmodel: caf\xe9\n")
        with pytest.raises(SpecError, match=r"paper.yaml:2:11: byte 0xe9 is not UTF-8"):
            load_spec(tmp_path)

    def test_utf16(self, tmp_path):
        (tmp_path / "paper.yaml").write_bytes("question: Why?".encode("utf-16"))
        with pytest.raises(SpecError, match="the file is UTF-16; save it as UTF-8"):
            load_spec(tmp_path)

    def test_a_byte_order_mark_and_windows_line_ends_change_nothing(self, tmp_path):
        path = tmp_path / "paper.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + STUDY.read_bytes().replace(b"\n", b"\r\n"))
        assert load_spec(path).experiments == load_spec(STUDY).experiments

    def test_too_large(self, tmp_path):
        (tmp_path / "paper.yaml").write_text("# x\n" * 200_000)
        with pytest.raises(SpecError, match="larger than 512 KB"):
            load_spec(tmp_path)


def test_places_name_the_file_as_it_was_given(tmp_path, monkeypatch):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "paper.yaml").write_text("question: Why?\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as caught:
        load_spec("x")
    assert str(caught.value.problems[0]).startswith(f"{Path('x') / 'paper.yaml'}:1:1: ")


def test_loading_imports_no_heavy_library():
    code = (
        "import sys; from repro.spec.load import load_spec; load_spec(sys.argv[1]); "
        "heavy = {'torch', 'lightning', 'numpy', 'pandas', 'sklearn', 'scipy', 'torchmetrics', 'torchaudio'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(STUDY)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
