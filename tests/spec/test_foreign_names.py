"""Words of other frameworks get a hint wherever they are written, and what each hint says to write is accepted."""

import re

import pytest
from ruamel.yaml import YAML

from repro.spec.foreign_names import STANDS, TABLE, hint
from repro.spec.load import load_spec
from repro.spec.problem import SpecError, unknown

BASE = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Does a word of another framework get a hint?
dataset: {name: digits}
labels: {digit: {column: digit}}
splits: {train: 0.7, validation: 0.1, test: 0.2}
features: [Standardize]
augment: [RandomAffine: {degrees: 5}]
architecture:
  net: [Conv2d: {out_channels: 4, kernel_size: 3}, Flatten, Linear: {out_features: classes}]
weights: {all: {bias: 0}}
optimizer: {SGD: {lr: 1e-2}}
scheduler: {StepLR: {step_size: 5, every: epoch}}
loss: CrossEntropyLoss
metric: Accuracy
evaluation: {turned: {of: test, augment: [RandomAffine: {degrees: 30}]}}
training: {batch_size: 32, epochs: 10}
seeds: [0]
model: net
baseline: net
experiments: {net: {}, other: {seeds: [1]}}
rungs: {smoke: {training.epochs: 1}}
"""

LEVELS = {
    "top": ("baseline: net", "baseline: net\nWORD: 1", "\n"),
    "training": ("training: {", "training: {WORD: 1, ", ", "),
    "splits": ("splits: {", "splits: {WORD: 1, ", ", "),
    "dataset": ("dataset: {name: digits", "dataset: {name: digits, WORD: 1", ", "),
    "label": ("{column: digit}", "{column: digit, WORD: 1}", ", "),
    "weights rule": ("{bias: 0}", "{bias: 0, WORD: 1}", ", "),
    "view": ("{of: test", "{of: test, WORD: 1", ", "),
    "layer": ("[Conv2d", "[WORD, Conv2d", ", "),
    "layer with arguments": ("[Conv2d", "[{WORD: {p: 1}}, Conv2d", ", "),
    "layer with a value": ("[Conv2d", "[{WORD: 0.5}, Conv2d", ", "),
    "argument of a layer": ("{out_channels: 4", "{WORD: 1, out_channels: 4", ", "),
    "argument of the optimizer": ("{lr: 1e-2}", "{lr: 1e-2, WORD: 1}", ", "),
    "argument of the loss": ("loss: CrossEntropyLoss", "loss: {CrossEntropyLoss: {WORD: 1}}", ", "),
    "argument of the schedule": ("{step_size: 5", "{WORD: 1, step_size: 5", ", "),
    "argument of the metric": ("metric: Accuracy", "metric: {Accuracy: {WORD: 1}}", ", "),
    "feature": ("features: [", "features: [WORD, ", ", "),
    "augmentation": ("augment: [RandomAffine: {degrees: 5", "augment: [WORD, RandomAffine: {degrees: 5", ", "),
    "experiment": ("other: {seeds: [1]}", "other: {WORD: 1}", ", "),
    "change": ("other: {seeds: [1]}", "other: {training.WORD.x: 1}", ", "),
    "rung": ("smoke: {training.epochs: 1}", "smoke: {WORD: 1}", ", "),
    "optimizer": ("optimizer: {SGD", "optimizer: {WORD", ""),
    "schedule": ("scheduler: {StepLR: {step_size: 5, ", "scheduler: {WORD: {", ""),
    "loss": ("loss: CrossEntropyLoss", "loss: WORD", ""),
    "metric": ("metric: Accuracy", "metric: WORD", ""),
    "initialisation": ("{bias: 0}", "{weight: WORD}", ""),
}
"""Where words may be written: what stands there, what does with a word, and what joins several of that (one: "")."""

_UNIT = re.compile(r"\{WORD: [^{}]*(?:\{p: 1\})?\}(?=, Conv)|(?:training\.)?WORD(?:\.x)?(?:: 1)?")


WORDS = [(word, entry) for entry in TABLE for word in entry.words]
assert len(TABLE) >= 60


def problems_of(folder, text):
    (folder / "paper.yaml").write_text(text)
    try:
        load_spec(folder)
    except SpecError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_the_base_is_fine(tmp_path):
    assert problems_of(tmp_path, BASE) == []
    for before, _, _ in LEVELS.values():
        assert BASE.count(before) == 1, before


@pytest.mark.parametrize("level", LEVELS)
def test_every_word_gets_a_hint_wherever_it_is_unknown(level, tmp_path):
    before, after, joint = LEVELS[level]
    words = [word for word in dict.fromkeys(word for word, _ in WORDS) if f"{word}: " not in BASE]
    if joint:
        unit = _UNIT.search(after)[0]
        texts = [after.replace(unit, joint.join(unit.replace("WORD", word) for word in words))]
    else:
        texts = [after.replace("WORD", word) for word in words[::25]]
    told = 0
    for text in texts:
        for problem in problems_of(tmp_path, BASE.replace(before, text)):
            word = next(
                (one for one in words if f"{one!r}" in problem and ("unknown" in problem or "there is no" in problem)),
                None,
            )
            if word is None:
                continue
            told += 1
            answered = any(STANDS[s].partition("{")[0].strip() in problem for s in STANDS) or "did you mean" in problem
            assert answered or all(e.kinds for w, e in WORDS if hint_key(w) == hint_key(word)), f"{level}: {problem}"
    assert told > (100 if joint else 8), told


def hint_key(word):
    return word.replace("_", "").replace("-", "").casefold()


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.words[0])
def test_what_a_hint_says_is_accepted(entry, tmp_path):
    spec = YAML(typ="rt", pure=True).load(BASE)
    load = YAML(typ="rt", pure=True).load
    if entry.stands == "none":
        assert entry.answer[0].islower() or entry.answer.startswith(("GPU", "a ", "Cross"))
        return
    if entry.stands == "argument":
        name = entry.answer.partition(":")[0]
        assert any(
            name in facts.arguments
            for namespace in ("layer", "optimizer")
            for facts in _index().namespace(namespace).values()
        )
        return
    if entry.stands:
        where = {"layer": spec["architecture"]["net"], "feature": spec["features"], "augment": spec["augment"]}
        where[entry.stands].insert(0, load(entry.answer))
    else:
        ((word, value),) = load(entry.answer).items()
        if word == "training":
            spec["training"].update(value)
            if "steps" in value:
                del spec["training"]["epochs"]
        elif word == "architecture":
            spec[word].update(value)
        elif word in ("experiments",):
            spec[word] = {"net": {}, **{"small": {**value["net"], "seeds": [2]}}}
        elif word == "metric" and "Mean" in str(value):
            spec["dataset"], spec["loss"], spec["metric"] = {"name": "diabetes"}, "MSELoss", value
            spec["architecture"] = {"net": [{"Linear": {"out_features": 1}}]}
            for other in ("labels", "augment", "evaluation"):
                del spec[other]
        elif entry.answer.startswith("dataset: {folder"):
            for name in ("high", "low"):
                (tmp_path / "recordings" / name).mkdir(parents=True)
                (tmp_path / "recordings" / name / "1.wav").touch()
            spec[word], spec["labels"], spec["features"] = value, {"class": {}}, []
            del spec["features"], spec["augment"], spec["evaluation"]
        elif word == "splits" and "folds" in value:
            spec[word] = {**value, "validation": "next"}
            if "group" in value:
                return _groups(value, tmp_path)
        else:
            spec[word] = value
    with (tmp_path / "made.yaml").open("w") as file:
        YAML(typ="rt", pure=True).dump(spec, file)
    assert problems_of(tmp_path, (tmp_path / "made.yaml").read_text()) == []
    return None


def _groups(value, folder):
    """Folds by speaker need data that have speakers."""
    text = BASE.replace("{name: digits}", "{name: fsdd}").replace("{digit: {column: digit}}", "{digit: {}}")
    text = re.sub(
        r"splits: .*", f"splits: {{folds: {value['folds']}, group: {value['group']}, validation: next}}", text
    )
    text = re.sub(r"(?m)^features: .*", "features: [PadOrCrop: {seconds: 1}]", text)
    text = text.replace("Conv2d", "Conv1d")
    text = re.sub(r"augment: \[RandomAffine: .*\]\n", "", text)
    text = re.sub(r"evaluation: .*\n", "", text)
    assert problems_of(folder, text) == []


def _index():
    from repro.spec.index import index

    return index()


@pytest.mark.parametrize(
    ("kind", "word", "known", "said"),
    [
        ("word", "early_stopping", (), "write training: {stop_patience: 5}"),
        ("key", "EarlyStoping", (), "write training: {stop_patience: 5}"),  # near is enough
        ("feature", "Normalise", (), "write Standardize under features"),
        ("metric", "mse", (), "write metric: MeanSquaredError"),
        ("loss", "mse", (), "write loss: MSELoss"),
        ("argument of Conv2d", "filters", (), "the argument is called out_channels here"),
        ("key", "val", ("train", "validation"), "write splits: {train: 0.7, validation: 0.1, test: 0.2}"),
        ("key", "epoch", ("epochs",), "did you mean 'epochs'?"),  # a known name that is so near is meant
        ("layer", "Conv2D", ("Conv2d",), "did you mean 'Conv2d'?"),
    ],
)
def test_which_hint(kind, word, known, said):
    assert unknown(kind, word, known) == f"unknown {kind} {word!r}; {said}"


@pytest.mark.parametrize("kind", ["experiment", "label", "class", "view", "rung", "column"])
def test_names_of_the_authors_own_have_no_hint(kind):
    assert hint("val", kind) is None
    assert unknown(kind, "network", ["cnn"]) == f"unknown {kind} 'network'"


@pytest.mark.parametrize("name", ["SVC", "RandomForestClassifier", "GaussianNB"])
def test_an_estimator_among_the_layers(name, tmp_path):
    (said,) = problems_of(tmp_path, BASE.replace("[Conv2d", f"[{name}, Conv2d"))
    assert f"{name} is an estimator, not a layer; write architecture: {{" in said
    assert "estimator: [" in said


def test_no_word_stands_twice_for_one_kind():
    seen = [
        (hint_key(word), kind)
        for entry in TABLE
        for word in set(map(hint_key, entry.words))
        for kind in entry.kinds or ("",)
    ]
    assert len(seen) == len(set(seen)), sorted(one for one in seen if seen.count(one) > 1)
