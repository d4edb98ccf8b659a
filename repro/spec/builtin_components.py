"""Classes of this project beside the libraries' own: what each does, arguments, types, defaults. The one place.

The rooms ``data``, ``models`` and ``training`` implement them; tests hold their signatures against this table.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from repro.spec.class_facts import REQUIRED, Argument, ClassFacts, MetricFacts


def _arguments(**arguments: tuple[str, Any] | str) -> dict[str, Argument]:
    return {
        name: Argument(name, *declaration) if isinstance(declaration, tuple) else Argument(name, declaration, REQUIRED)
        for name, declaration in arguments.items()
    }


def _ours(doc: str, /, **arguments: tuple[str, Any] | str) -> ClassFacts:
    """A class: what editors say of it, and its arguments, each a type or (type, default)."""
    return ClassFacts("", arguments=_arguments(**arguments), doc=f"Ours: {doc}")


def _table(**classes: ClassFacts) -> dict[str, ClassFacts]:
    return {name: replace(facts, name=name) for name, facts in classes.items()}


def _drawn_once(facts: ClassFacts) -> ClassFacts:
    """An augmentation as a feature, which is drawn once and says its seed."""
    return replace(facts, arguments={**facts.arguments, **_arguments(seed="int")})


_RANDOM_AFFINE = _ours(
    "turns, moves, scales and shears each picture by chance.",
    p=("float", 1.0),
    degrees=("float | (float, float)", 0.0),
    translate_pixels=("float", 0.0),
    scale=("float | (float, float)", (1.0, 1.0)),
    shear_degrees=("float | (float, float)", 0.0),
)
_NOISE = _ours("white noise at a signal-to-noise ratio drawn from a range.", snr_db="float | (float, float)")

_AUGMENTATIONS = _table(
    RandomAffine=_RANDOM_AFFINE,
    Noise=_NOISE,
    Gain=_ours("louder or quieter by a number of decibels drawn from a range.", db="float | (float, float)"),
    TimeShift=_ours(
        "earlier or later by a time drawn from a range.",
        seconds=("float | none", None),
        samples=("int | none", None),
        around=("bool", False),
    ),
    TimeMasking=_ours("sets a stretch of frames to 0, drawn for each item.", time_mask_param="int", p=("float", 1.0)),
    FrequencyMasking=_ours("sets a stretch of bands to 0, drawn for each item.", freq_mask_param="int"),
    Mixup=_ours("mixes each training item and its target with another one's.", alpha="float"),
    RandomCrop=_ours("another stretch of each signal at every step; the middle in evaluation.", seconds="float"),
)
_AUDIO = _table(
    ToMono=_ours("the mean of all channels."),
    PadOrCrop=_ours(
        "clips of one length: long ones cut, short ones filled with zeros.",
        seconds=("float | none", None),
        samples=("int | none", None),
        place=("'start' | 'center' | 'random'", "start"),
        seed=("int | none", None),
    ),
    Crop=_ours("the same stretch of every clip.", start_seconds="float", seconds="float"),
    Trim=_ours("takes the silence off both ends of a clip.", below_db="float", frame_seconds=("float", 0.01)),
    Windows=_ours(
        "cuts each clip into windows, each a row of its own.", seconds="float", hop_seconds=("float | none", None)
    ),
    Frames=_ours(
        "cuts each spectrogram into segments of so many frames, each a row of its own.",
        frames="int",
        hop_frames=("int | none", None),
    ),
    DropSilent=_ours("leaves silent segments out; each clip keeps its loudest.", below_db="float"),
    Decibels=_ours(
        "a spectrogram's magnitude in decibels, beside its own loudest value or a fixed one.",
        relative_to=("'max' | float", "max"),
        floor_db=("float | none", 80.0),
        of=("'magnitude' | 'power'", "magnitude"),
    ),
    CropBins=_ours(
        "the first bins and frames of a spectrogram.", bins=("int | none", None), frames=("int | none", None)
    ),
    DropBins=_ours("a spectrogram or coefficients without the first bins.", first="int"),
    ScaleByPercentile=_ours(
        "divides each signal by a percentile of its samples.", percentile="float", plus=("float", 0.0)
    ),
    Statistics=_ours(
        "mean, deviation and the like over time: a row of a table.",
        of=("['mean' | 'std' | 'min' | 'max' | 'median']", ("mean", "std")),
    ),
    ZeroCrossingRate=_ours(
        "how often a signal changes its sign, frame by frame.", frame_samples="int", hop_samples=("int | none", None)
    ),
    Delta=_ours(
        "the slope over time of each band, as channels or as bands.",
        **{"as": "'channel' | 'append'"},
        win_length=("int", 9),
    ),
    ComplexAsChannels=_ours("real and imaginary part of a complex spectrogram as channels."),
)

OURS: Mapping[str, Mapping[str, ClassFacts]] = {
    "layer": _table(
        Residual=_ours(
            "adds what comes in to what its layers give; `shortcut` are layers on the other path.",
            layers="layers",
            shortcut=("layers | none", None),
        ),
        Repeat=_ours("these layers so many times, each time with weights of their own.", times="int", layers="layers"),
        Rearrange=_ours("moves axes about, such as `n c t -> n t c`.", pattern="str"),
        Reduce=_ours(
            "leaves axes out by their max, mean, sum or min, such as `n c f t -> n c f`.",
            pattern="str",
            by="'max' | 'mean' | 'sum' | 'min'",
        ),
        LastStep=_ours("the last time step of a sequence."),
        Concat=_ours("puts several inputs behind each other.", dim=("int", 1)),
        Add=_ours("the sum of several inputs."),
    ),
    "scheduler": _table(
        Steps=_ours(
            "learning rates `values`, each until the step or epoch in `until`; the last one holds to the end.",
            values="[float]",
            until="[int]",
        ),
        InverseSqrt=_ours("the learning rate divided by the square root of the number of the step or epoch."),
    ),
    "metric": {
        "ErrorRate": MetricFacts(
            "ErrorRate",
            direction="min",
            proportion=True,
            tasks=("binary", "multiclass"),
            doc="Ours: percent of items that are classified wrong.",
        ),
    },
    "feature": _table(
        ShufflePositions=_ours("one fixed permutation of the positions of every item.", seed=("int", 0)),
        Rescale=_ours("values from 0..1 to low..high.", low="float", high="float"),
        Pad=_ours("so many pixels of one value on every side.", pixels="int", value=("float", 0.0)),
        Deslant=_ours("shears each picture until it stands upright."),
        Resize=_ours("pictures of another size.", height="int", width="int"),
        Standardize=_ours(
            "mean 0 and deviation 1, learnt from the training items.",
            per=("'item' | 'feature' | 'channel' | 'band' | 'all'", "feature"),
        ),
        RandomAffine=_drawn_once(_RANDOM_AFFINE),
        Noise=_drawn_once(_NOISE),
    )
    | _AUDIO,
    "augment": _AUGMENTATIONS,
    "init": _table(uniform_fan_in_=_ours("uniform between -scale / fan_in and +scale / fan_in.", scale="float")),
}
"""Ours, by namespace. ``uniform_fan_in_`` draws from U[-scale / fan_in, +scale / fan_in]. As a feature, what
is random is drawn once and says its ``seed``; as an augmentation it is drawn anew from the run's seed."""

NOT_YET: Mapping[str, tuple[str, ...]] = {}
"""Ours that the format knows and nobody has built: refused at their line, never ignored."""

PASSES_ON: frozenset[str] = frozenset(
    {"Identity", "Flatten", "Unflatten", "Rearrange", "LastStep"}
    | {"Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout"}
)
"""Layers, torch's and ours, that change no value in evaluation: what stands before them is the end of a model."""

BALANCED = "balanced"
CLASS_WEIGHTS: frozenset[str] = frozenset({"weight", "pos_weight"})
"""Arguments of losses that hold a number for each class; the word ``balanced`` takes them from the training items."""

NESTED: Mapping[str, str] = {"melkwargs": "MelSpectrogram", "speckwargs": "Spectrogram"}
"""Arguments that hold another feature's arguments, and whose."""

WORDS: Mapping[str, Mapping[str, Argument]] = {
    "layer": _arguments(name=("str", None)),
    "scheduler": _arguments(every="'step' | 'epoch'", watch=("str | none", None)),
}
"""Words of ours that may stand among a class's own arguments; whoever reads the entry takes them out again."""
