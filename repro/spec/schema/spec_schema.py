"""The JSON Schema of a spec (draft 7), for editors: every word, every class and every argument, with a line on each.

An editor reads it through the first line of a spec, ``# yaml-language-server: $schema=...``. It helps while writing;
what is right is decided by ``repro check``, which knows more (an experiment that a claim names, sizes that fit).
"""

from functools import cache
from typing import Any

from repro.spec import keywords
from repro.spec.index import index
from repro.spec.other_libraries import LIBRARIES, TORCHAUDIO
from repro.spec.schema.entry_schema import OWN, OWN_NAME, definitions
from repro.spec.schema.type_schema import TEXT, Schema, argument_schema

NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
TRUTH: Schema = {"type": "boolean"}
NAMES: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
NONE: Schema = {"enum": ["none"]}
AMOUNT: Schema = {"anyOf": [NUMBER, {"enum": ["rest", "none"]}, {"type": "object"}]}
DURATION: Schema = {"type": "string", "pattern": r"^\d\S* (steps?|epochs?)$"}
TIME_LIMIT: Schema = {"type": "string", "pattern": r"^\d\S* (seconds?|minutes?|hours?)$"}
CADENCE: Schema = {"type": "string", "pattern": r"^\d\S* (steps?|epochs?|seconds?|minutes?)$"}

_QUESTIONS: dict[str, str] = {
    "paper": "The paper: title, authors, year, where it appeared.",
    "proposal": "Your own study: title and authors.",
    "question": "What the study asks, in one sentence.",
    "related_work": "Papers that a proposal builds on, by a key of yours.",
    "dataset": "Which data, and why these.",
    "labels": "What is to be predicted; optional where the data set has just one label.",
    "splits": "Which items train, validate and test.",
    "features": "What is computed from an item before a model sees it: one list, or named lists.",
    "augment": "Random changes of training items, drawn anew each time.",
    "architecture": "The models: NAME: a list of layers, or {from: INPUT, layers: [...]}.",
    "model": "Which model of `architecture` runs where an experiment does not say.",
    "weights": "How weights start and what holds them down: {all | CLASS | NAME: {weight, bias, l2, ...}}.",
    "optimizer": "A class of torch.optim with its arguments.",
    "scheduler": "A class of torch.optim.lr_scheduler, and `every: step` or `epoch`.",
    "loss": "A loss of torch.nn.",
    "loss_weights": "How much the loss of each label counts.",
    "metric": "What is measured: a class of torchmetrics, NAME: class, or a list; the first is the main one.",
    "evaluation": "Further views of the results. Segments of one item count as one, only in `running` each by itself.",
    "training": "Batch size, length, order, evaluation, selection.",
    "tune": "A grid of changes to try before the runs.",
    "seeds": "The run seeds: start, order, dropout, augmentation.",
    "baseline": "The experiment that all others are held against.",
    "experiments": "The rows of the study: NAME: changes of this spec, written `path: new value`.",
    "reported": "Numbers that the paper prints, with where they stand.",
    "expected": "Numbers that you expect.",
    "figure_to_reproduce": "The figure of another paper that a proposal shows again.",
    "claims": "What the paper is about: this one beats that one by so much.",
    "figures": "Figures to draw.",
    "sources": "Where each part of the recipe comes from: {paper, author code, guess, different}.",
    "rungs": "Smaller forms of the study, such as smoke: changes that make it short.",
    "answers": "Your answers to the questions of the course.",
    "questions": "Questions to the class.",
    "answers_to_peers": "Answers to questions of others.",
    "references": "Further references.",
    "tracking": "Where runs are shown while they run.",
}


@cache
def json_schema() -> dict[str, Any]:
    """The whole schema; the same for papers and proposals. Not to be changed by the caller."""
    properties = {**_about(), **_data(), **_models(), **_runs(), **_results()}
    assert set(properties) == set(keywords.ORDER)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A study for repro",
        "type": "object",
        "properties": {w: {"description": _QUESTIONS[w], **properties[w]} for w in keywords.ORDER},
        "additionalProperties": False,
        "definitions": {
            **definitions(),
            "layers": {
                "type": "array",
                "items": {"anyOf": [{"$ref": "#/definitions/layer"}, _name("another list here")]},
            },
            "features": {
                "type": "array",
                "items": {"anyOf": [{"$ref": "#/definitions/feature"}, _name("another list here, or `augment`")]},
            },
            "augments": _some("augment"),
            "model": _model(),
        },
    }


def _about() -> dict[str, Schema]:
    paper = _block(dict.fromkeys(keywords.PAPER_KEYS, TEXT) | {"authors": NAMES}, need=("title",))
    return {
        "paper": paper,
        "proposal": _block(dict.fromkeys(keywords.PROPOSAL_KEYS, TEXT) | {"authors": NAMES}, need=("title",)),
        "question": TEXT,
        "related_work": _named(paper),
        **{word: {} for word in ("answers", "questions", "answers_to_peers", "references")},
        "tracking": _tracking(),
    }


def _tracking() -> Schema:
    name: Schema = {"enum": list(keywords.TRACKER_KEYS)}
    settings = {
        tracker: _block(dict.fromkeys(keys, TEXT) | ({"mode": {"enum": ["online", "offline"]}} if keys else {}))
        for tracker, keys in keywords.TRACKER_KEYS.items()
    }
    return {"anyOf": [name, {"type": "array", "items": name}, _block(settings), NONE]}


def _data() -> dict[str, Schema]:
    arguments = {a.name: argument_schema(a) for facts in index().datasets.values() for a in facts.arguments.values()}
    summaries = "; ".join(f"{name}: {facts.summary}" for name, facts in index().datasets.items())
    name = {"anyOf": [{"enum": list(index().datasets)}, {"type": "string", "pattern": OWN}], "description": summaries}
    label = _block(
        {
            "column": TEXT,
            "kind": {"enum": ["class", "number", "many", "array", "input"]},
            "classes": NAMES,
            "positive": TEXT,
            "unit": TEXT,
            "standardize": TRUTH,
        }
    )
    splits = dict.fromkeys(("train", "validation", "test"), AMOUNT) | {
        "from": {"enum": ["official", "all"]},
        "validation": {"anyOf": [NUMBER, {"enum": ["next", "previous", "none"]}, {"type": "object"}]},
        "folds": {"anyOf": [COUNT, {"enum": ["official", "leave-one-out"]}, {"type": "object"}]},
        "only": {"anyOf": [COUNT, {"type": "array", "items": COUNT}]},
        "seed": {"anyOf": [{"type": "integer"}, {"enum": ["run"]}]},
    }
    lists = {"$ref": "#/definitions/features"}
    augments = {"$ref": "#/definitions/augments"}
    return {
        # own code has arguments of its own, so further words are let through here; `repro check` knows better
        "dataset": {
            "type": "object",
            "properties": {"name": name, "why": TEXT, **arguments, **_own_data()},
            "anyOf": [{"required": [word]} for word in ("name", "folder", *LIBRARIES)],
        },
        "labels": {"anyOf": [TEXT, _named({"anyOf": [label, NONE]})]},
        "splits": {"anyOf": [{"enum": ["official"]}, _block(dict.fromkeys(keywords.SPLITS_KEYS, TEXT) | splits)]},
        "features": {"anyOf": [lists, _named(lists)]},
        "augment": {"anyOf": [augments, _named(augments)]},
    }


def _own_data() -> dict[str, Schema]:
    """Words of data sets that are a folder of one's own, or that another library reads."""
    descriptions = {
        "folder": "A folder of your own recordings or pictures, in the spec's folder: one sub-folder for each class.",
        "manifest": "A CSV file with a row for each recording: path, labels; also split, fold, group, start, end.",
        "licence": "Under which licence the data are.",
        "mirdata": "A data set that mirdata reads.",
        "version": "Which version of the data set.",
        "audio": "Which of a track's recordings mirdata is to give, such as audio_path.",
        "subset": "Which part of a larger set.",
    }
    return {
        **{word: {**TEXT, "description": text} for word, text in descriptions.items()},
        "torchaudio": {"enum": list(TORCHAUDIO), "description": "A data set that torchaudio reads."},
        "items": {**COUNT, "description": "How many there will be, where the data are not at hand yet."},
        "exclude": {**NAMES, "description": "Files or folders to leave out, relative to the data folder."},
        "skip_unreadable": {**TRUTH, "description": "Go on without files that cannot be read; they are counted."},
    }


def _models() -> dict[str, Schema]:
    init: Schema = {"anyOf": [{"$ref": "#/definitions/init"}, NUMBER]}
    rule = {"weight": init, "bias": init, "freeze": TRUTH}
    return {
        "architecture": _named({"$ref": "#/definitions/model"}),
        "model": _name("a model of `architecture`"),
        "weights": _named(_block(dict.fromkeys(keywords.WEIGHT_KEYS, NUMBER) | rule)),
    }


def _runs() -> dict[str, Schema]:
    training: dict[str, Schema] = dict.fromkeys(keywords.TRAINING_KEYS, COUNT) | {
        "order": {"enum": ["shuffled", "fixed"]},
        "evaluate_every": DURATION,
        "checkpoint_every": CADENCE,
        "stall_limit": {**TIME_LIMIT, "description": "own code that shows no progress for so long is ended"},
        "select": {"enum": list(keywords.SELECTIONS)},
        "watch": TEXT,
        "gradient_clip_val": NUMBER,
        "gradient_clip_algorithm": {"enum": ["norm", "value"]},
        "drop_last": {**TRUTH, "description": "leave out an epoch's last batch where it is smaller than the others"},
        "precision": TEXT,
    }
    view = _block(
        {
            "of": {"enum": list(keywords.VIEWS)},
            "augment": {"$ref": "#/definitions/augments"},
            "dataset": {"type": "object"},
            "vote": {"enum": list(keywords.VOTES), "description": "how segments of one item become one prediction"},
            "only": {"type": "object", "description": "{LABEL: class}, or {predicted: {LABEL: class}}"},
            "mean_over": {**TEXT, "description": "a column: the mean over its groups of items"},
        }
    )
    one_metric: Schema = {"anyOf": [{"$ref": "#/definitions/metric"}, _named({"$ref": "#/definitions/metric"})]}
    metric: Schema = {"anyOf": [*one_metric["anyOf"], {"type": "array", "items": one_metric, "minItems": 1}]}
    return {
        "optimizer": {"$ref": "#/definitions/optimizer"},
        "scheduler": {"anyOf": [{"$ref": "#/definitions/scheduler"}, NONE]},
        "loss": {"$ref": "#/definitions/loss"},
        "loss_weights": _named(NUMBER),
        "metric": metric,
        "evaluation": _named(view),
        "training": _block(training),
        "tune": {"type": "object"},
        "seeds": {"type": "array", "items": {"type": "integer"}},
    }


def _results() -> dict[str, Schema]:
    own = {"like": TEXT, "title": TEXT, "not_run": TEXT}
    changed = {word: {"description": _QUESTIONS[word]} for word in keywords.OF_AN_EXPERIMENT}
    printed: Schema = {"type": ["number", "string", "array", "object"]}
    spread = _block({"kind": {"enum": ["sd", "se", "ci95", "unknown"]}, "over": {"enum": ["seeds", "folds"]}})
    rows = {
        "metric": NAMES,
        "values": _named(printed),
        "spread": spread,
        "runs": COUNT,
        "items": COUNT,
        "same_test_items": TRUTH,
    }
    rows |= dict.fromkeys(("reading_error", "margin"), NUMBER)
    rows["unit"] = {"anyOf": [{"enum": ["percent", "fraction", "count"]}, TEXT]}
    rows["selection"] = {"enum": [*keywords.SELECTIONS, "best_of_m", "not stated"]}
    reported = _list(_block(dict.fromkeys(keywords.REPORTED_KEYS, TEXT) | rows))
    claim = dict.fromkeys(keywords.CLAIM_KEYS, TEXT) | {
        "order": NAMES,
        "same": NAMES,
        "by": NUMBER,
        "within": NUMBER,
        "at": NAMES,
    }
    figure: dict[str, Schema] = dict.fromkeys(keywords.FIGURE_KEYS, TEXT) | {
        "kind": {"enum": ["curve", "bars", "sweep", "confusion"]},
        "y": NAMES,
        "experiments": NAMES,
        "series": _named(NAMES),
        "split_by": {"enum": ["fold"]},
        "y_range": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
        "log": TRUTH,
    }
    return {
        "baseline": _name("an experiment"),
        "experiments": _named({"type": "object", "properties": {**own, **changed}}),
        "reported": reported,
        "expected": _list({"type": "object"}),
        "figure_to_reproduce": _block(dict.fromkeys(keywords.FIGURE_TO_REPRODUCE_KEYS, TEXT)),
        "claims": _list(_block(claim)),
        "figures": _list(_block(figure, need=("name", "kind"))),
        "sources": {"type": "object", "properties": {kind: {} for kind in keywords.SOURCE_KINDS}},
        "rungs": _named({"type": "object"}),
    }


def _model() -> Schema:
    source: Schema = {"description": "the input that it reads, or several", **NAMES}
    layers: Schema = {"$ref": "#/definitions/layers"}
    held = _block({"from": source, "layers": layers, "estimator": _some("estimator")})
    above: Schema = {"description": "inputs, and blocks above", **NAMES}
    block = _block({"from": above, "layers": layers}, need=("layers",))
    blocks: Schema = {"type": "object", "additionalProperties": block, "minProperties": 1}
    return {"anyOf": [layers, held, blocks]}


def _block(properties: dict[str, Schema], need: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(need)} if need else schema


def _named(value: Schema) -> Schema:
    return {"type": "object", "additionalProperties": value}


def _name(what: str) -> Schema:
    return {"type": ["string", "integer"], "pattern": OWN_NAME, "description": what}


def _list(item: Schema) -> Schema:
    """A list, or one thing that stands for a list of one."""
    return {"anyOf": [{"type": "array", "items": item}, item]}


def _some(namespace: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/definitions/{namespace}"}}
