"""torchaudio's transforms by name, when a spec asks for one."""

import importlib
import inspect
import warnings
from collections.abc import Mapping
from typing import Any

from repro.data.features.feature import FeatureError
from repro.data.features.module_feature import ModuleFeature
from repro.data.features.pitch_shifted import bounded
from repro.data.features.power_spectrum import with_power_spectrum
from repro.data.features.resampled import Resampled
from repro.data.features.windowed_sinc import resampler
from repro.data.torchaudio_import import TorchaudioMissing, torchaudio_part
from repro.spec.index import index

RANDOM = frozenset({"TimeMasking", "FrequencyMasking", "SpecAugment", "SpeedPerturbation", "GriffinLim"})
"""Transforms that draw random numbers when they are called (GriffinLim unless ``rand_init`` is false)."""

RATES = ("sample_rate", "orig_freq")
"""Arguments that are the items' own rate, in Hz, and are never written in a spec."""


def torchaudio_transform(name: str, args: Mapping[str, Any], rate: float | None) -> ModuleFeature:
    """``torchaudio.transforms.NAME(**args)`` with the items' rate put in, power spectra as sums of squares.

    Raises:
        FeatureError: torchaudio cannot be imported beside this torch, has no such transform, needs a rate that the
            data set does not have, or refuses the arguments.

    """
    try:
        transforms = torchaudio_part("transforms")
    except TorchaudioMissing as error:
        raise FeatureError(f"{name}: {error}") from error
    cls = getattr(transforms, name, None)
    if not (isinstance(cls, type) and name in transforms.__all__):
        raise FeatureError(f"{name} is neither a feature of ours nor a transform of torchaudio")
    arguments = {key: _resolved(key, value) for key, value in args.items()}
    seed = arguments.pop("seed", None)
    for key in RATES:
        if key in inspect.signature(cls).parameters:
            if rate is None:
                raise FeatureError(f"{name} needs the rate of the signal, and this data set has none")
            arguments[key] = int(rate)
    try:
        if name == "Resample":
            new = int(arguments.get("new_freq", inspect.signature(cls).parameters["new_freq"].default))
            return Resampled(resampler(cls, arguments), arguments["orig_freq"], new)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "At least one mel filterbank")  # said at the feature's line
            transform = bounded(with_power_spectrum(cls(**arguments)))
        return ModuleFeature(name, transform, random=name in RANDOM and arguments.get("rand_init", True), seed=seed)
    except (TypeError, ValueError, RuntimeError) as error:
        raise FeatureError(f"{name}: {error}") from error


def _resolved(key: str, value: Any) -> Any:
    """An argument with functions in the place of their names, inside ``melkwargs`` and the like too."""
    if isinstance(value, Mapping):
        return {inner: _resolved(inner, argument) for inner, argument in value.items()}
    where = index().functions.get(key, {}).get(value) if isinstance(value, str) else None
    if where is None:
        return value
    module, _, function = where.rpartition(".")
    return getattr(importlib.import_module(module), function)
