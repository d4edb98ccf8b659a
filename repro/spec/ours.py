"""Classes of this project that stand beside the libraries' own: name, arguments, types, defaults. The one place.

The rooms ``data``, ``models`` and ``training`` implement them; tests hold their signatures against this table.
"""

from collections.abc import Mapping
from typing import Any

from repro.spec.class_facts import REQUIRED, Argument, ClassFacts, MetricFacts


def _arguments(**arguments: tuple[str, Any] | str) -> dict[str, Argument]:
    return {
        name: Argument(name, *given) if isinstance(given, tuple) else Argument(name, given, REQUIRED)
        for name, given in arguments.items()
    }


def _table(**classes: dict[str, Argument]) -> dict[str, ClassFacts]:
    return {name: ClassFacts(name, arguments=arguments) for name, arguments in classes.items()}


_RANDOM_AFFINE = _arguments(
    p=("float", 1.0),
    degrees=("float | (float, float)", 0.0),
    translate_pixels=("float", 0.0),
    scale=("float | (float, float)", (1.0, 1.0)),
    shear_degrees=("float | (float, float)", 0.0),
)
_NOISE = _arguments(snr_db="float | (float, float)")

_AUGMENTATIONS = _table(
    RandomAffine=_RANDOM_AFFINE,
    Noise=_NOISE,
    Gain=_arguments(db="float | (float, float)"),
    TimeShift=_arguments(seconds=("float | none", None), samples=("int | none", None), around=("bool", False)),
    TimeMasking=_arguments(time_mask_param="int", p=("float", 1.0)),
    FrequencyMasking=_arguments(freq_mask_param="int"),
    Mixup=_arguments(alpha="float"),
    RandomCrop=_arguments(seconds="float"),
)
_AUDIO = _table(
    ToMono={},
    PadOrCrop=_arguments(
        seconds=("float | none", None),
        samples=("int | none", None),
        place=("'start' | 'center' | 'random'", "start"),
        seed=("int | none", None),
    ),
    Crop=_arguments(start_seconds="float", seconds="float"),
    Trim=_arguments(below_db="float", frame_seconds=("float", 0.01)),
    Windows=_arguments(seconds="float", hop_seconds=("float | none", None)),
    Frames=_arguments(frames="int", hop_frames=("int | none", None)),
    DropSilent=_arguments(below_db="float"),
    Decibels=_arguments(
        relative_to=("'max' | float", "max"), floor_db=("float | none", 80.0), of=("'magnitude' | 'power'", "magnitude")
    ),
    CropBins=_arguments(bins=("int | none", None), frames=("int | none", None)),
    DropBins=_arguments(first="int"),
    ScaleByPercentile=_arguments(percentile="float", plus=("float", 0.0)),
    Statistics=_arguments(of=("['mean' | 'std' | 'min' | 'max' | 'median']", ("mean", "std"))),
    ZeroCrossingRate=_arguments(frame_samples="int", hop_samples=("int | none", None)),
    Delta={**_arguments(**{"as": "'channel' | 'append'"}), **_arguments(win_length=("int", 9))},
    ComplexAsChannels={},
)

OURS: Mapping[str, Mapping[str, ClassFacts]] = {
    "layer": _table(
        Residual=_arguments(layers="layers", shortcut=("layers | none", None)),
        Repeat=_arguments(times="int", layers="layers"),
        Rearrange=_arguments(pattern="str"),
        Reduce=_arguments(pattern="str", by="'max' | 'mean' | 'sum' | 'min'"),
        LastStep={},
        Concat=_arguments(dim=("int", 1)),
        Add={},
    ),
    "scheduler": _table(
        Steps=_arguments(values="[float]", until="[int]"),
        InverseSqrt={},
    ),
    "metric": {"ErrorRate": MetricFacts("ErrorRate", direction="min", proportion=True, tasks=("binary", "multiclass"))},
    "feature": _table(
        ShufflePositions=_arguments(seed=("int", 0)),
        Rescale=_arguments(low="float", high="float"),
        Pad=_arguments(pixels="int", value=("float", 0.0)),
        Deslant={},
        Resize=_arguments(height="int", width="int"),
        Standardize=_arguments(per=("'item' | 'feature' | 'channel' | 'band' | 'all'", "feature")),
        RandomAffine={**_RANDOM_AFFINE, **_arguments(seed="int")},
        Noise={**_NOISE, **_arguments(seed="int")},
    )
    | _AUDIO,
    "augment": _AUGMENTATIONS,
    "init": _table(uniform_fan_in_=_arguments(scale="float")),
}
"""Ours, by namespace. ``uniform_fan_in_`` draws from U[-scale / fan_in, +scale / fan_in]. As a feature, what
is random is drawn once and says its ``seed``; as an augmentation it is drawn anew from the run's seed."""

NOT_YET: Mapping[str, tuple[str, ...]] = {}
"""Ours that the format knows and nobody has built: refused at their line, never ignored."""

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
