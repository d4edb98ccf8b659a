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
    ),
    "augment": _table(RandomAffine=_RANDOM_AFFINE, Noise=_NOISE),
    "init": _table(uniform_fan_in_=_arguments(scale="float")),
}
"""Ours, by namespace. ``uniform_fan_in_`` draws from U[-scale / fan_in, +scale / fan_in]. As a feature, what
is random is drawn once and says its ``seed``; as an augmentation it is drawn anew from the run's seed."""

NOT_YET: Mapping[str, tuple[str, ...]] = {
    "feature": (
        "ToMono", "PadOrCrop", "Crop", "Trim", "Windows", "Frames", "DropSilent", "Decibels", "CropBins", "DropBins",
        "ScaleByPercentile", "Statistics", "ZeroCrossingRate", "Delta",
    ),
}  # fmt: skip
"""Ours that the format knows and nobody has built: refused at their line, never ignored."""

WORDS: Mapping[str, Mapping[str, Argument]] = {
    "layer": _arguments(name=("str", None)),
    "scheduler": _arguments(every="'step' | 'epoch'", watch=("str | none", None)),
}
"""Words of ours that may stand among a class's own arguments; whoever reads the entry takes them out again."""
