"""JSON Schema of every class that a spec may name: one definition each, shared by all places where it may stand."""

import json
from collections.abc import Mapping
from importlib import resources

from repro.spec.class_facts import Argument, ClassFacts
from repro.spec.index import NAMESPACES, index
from repro.spec.ours import WORDS
from repro.spec.schema.type_schema import Schema, argument_schema

OWN = r"^[^:]+\.py:[A-Za-z_]\w*$"
"""Own code, ``FILE.py:ClassName``."""

OWN_NAME = "^[a-z0-9][a-z0-9_-]*$"
"""A name that the author gives, such as that of a named list."""

OUR_DOCS: Mapping[str, str] = {
    "Residual": "Ours: adds what comes in to what its layers give; `shortcut` are layers on the other path.",
    "Repeat": "Ours: these layers so many times, each time with weights of their own.",
    "Rearrange": "Ours: moves axes about, such as `n c t -> n t c`.",
    "Reduce": "Ours: leaves axes out by their max, mean, sum or min, such as `n c f t -> n c f`.",
    "LastStep": "Ours: the last time step of a sequence.",
    "Concat": "Ours: puts several inputs behind each other.",
    "Add": "Ours: the sum of several inputs.",
    "Steps": "Ours: learning rates `values`, each until the step or epoch in `until`; the last one holds to the end.",
    "InverseSqrt": "Ours: the learning rate divided by the square root of the number of the step or epoch.",
    "ErrorRate": "Ours: percent of items that are classified wrong.",
    "ShufflePositions": "Ours: one fixed permutation of the positions of every item.",
    "Rescale": "Ours: values from 0..1 to low..high.",
    "Pad": "Ours: so many pixels of one value on every side.",
    "Deslant": "Ours: shears each picture until it stands upright.",
    "Resize": "Ours: pictures of another size.",
    "Standardize": "Ours: mean 0 and deviation 1, learnt from the training items.",
    "RandomAffine": "Ours: turns, moves, scales and shears each picture by chance.",
    "Noise": "Ours: white noise at a signal-to-noise ratio drawn from a range.",
    "ToMono": "Ours: the mean of all channels.",
    "PadOrCrop": "Ours: clips of one length: long ones cut, short ones filled with zeros.",
    "Crop": "Ours: the same stretch of every clip.",
    "Trim": "Ours: takes the silence off both ends of a clip.",
    "Windows": "Ours: cuts each clip into windows, each a row of its own.",
    "Frames": "Ours: cuts each spectrogram into segments of so many frames, each a row of its own.",
    "DropSilent": "Ours: leaves silent segments out; each clip keeps its loudest.",
    "Decibels": "Ours: a spectrogram's magnitude in decibels, beside its own loudest value or a fixed one.",
    "CropBins": "Ours: the first bins and frames of a spectrogram.",
    "DropBins": "Ours: a spectrogram or coefficients without the first bins.",
    "ScaleByPercentile": "Ours: divides each signal by a percentile of its samples.",
    "Statistics": "Ours: mean, deviation and the like over time: a row of a table.",
    "ZeroCrossingRate": "Ours: how often a signal changes its sign, frame by frame.",
    "Delta": "Ours: the slope over time of each band, as channels or as bands.",
    "ComplexAsChannels": "Ours: real and imaginary part of a complex spectrogram as channels.",
    "Gain": "Ours: louder or quieter by a number of decibels drawn from a range.",
    "TimeShift": "Ours: earlier or later by a time drawn from a range.",
    "TimeMasking": "Ours: sets a stretch of frames to 0, drawn for each item.",
    "FrequencyMasking": "Ours: sets a stretch of bands to 0, drawn for each item.",
    "Mixup": "Ours: mixes each training item and its target with another one's.",
    "RandomCrop": "Ours: another stretch of each signal at every step; the middle in evaluation.",
    "uniform_fan_in_": "Ours: uniform between -scale / fan_in and +scale / fan_in.",
}


WORD_DOCS: Mapping[str, str] = {
    "name": "Ours: a name of yours for this layer, by which `weights` and changes find it.",
    "every": "Ours: is the learning rate changed after each step or after each epoch?",
    "watch": "Ours: VIEW/METRIC that ReduceLROnPlateau looks at.",
}


def definitions() -> dict[str, Schema]:
    """``layer`` and the like (an entry of that namespace), and ``layer.Conv1d`` and the like (its arguments)."""
    docs: dict[str, dict[str, dict[str, str]]] = json.loads(
        resources.files("repro.spec.facts").joinpath("docs.json").read_text(encoding="utf-8")
    )
    found: dict[str, Schema] = {}
    for namespace in NAMESPACES:
        classes = index().namespace(namespace)
        found[namespace] = _entry(namespace, classes, docs[namespace])
        for name, facts in classes.items():
            found[f"{namespace}.{name}"] = _class(facts, docs[namespace].get(name, {}), WORDS.get(namespace, {}))
    return found


def _entry(namespace: str, classes: Mapping[str, ClassFacts], docs: Mapping[str, Mapping[str, str]]) -> Schema:
    """An entry: a class alone where it needs no argument, or a block of the class and its arguments."""
    extra = WORDS.get(namespace, {})
    needless = not any(argument.required for argument in extra.values())
    alone = [n for n, facts in classes.items() if needless and not any(a.required for a in facts.arguments.values())]
    block: Schema = {
        "type": "object",
        "properties": {name: {"$ref": f"#/definitions/{namespace}.{name}"} for name in classes},
        "patternProperties": {OWN: {"type": "object", "description": "own code in this folder"}},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    own: Schema = {"type": "string", "pattern": OWN}
    choices: list[Schema] = [{"enum": alone}] if alone else []
    choices += [block] if namespace == "init" else [own, block]
    return {"anyOf": choices}


def _class(facts: ClassFacts, docs: Mapping[str, str], extra: Mapping[str, Argument]) -> Schema:
    docs = {**docs, **{word: WORD_DOCS[word] for word in extra}}
    arguments = {**facts.arguments, **extra}
    schema: Schema = {
        "type": "object",
        "properties": {name: argument_schema(a, docs.get(name, "")) for name, a in arguments.items()},
        "additionalProperties": False,
    }
    described = OUR_DOCS.get(facts.name, "") if facts.ours else docs.get("", "")
    if described:
        schema["description"] = described
    required = [name for name, argument in arguments.items() if argument.required]
    return {**schema, "required": required} if required else schema
