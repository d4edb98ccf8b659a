"""The versions of our numerics. Imports nothing heavy, so that planning and tables can read them at once."""

from collections.abc import Iterator, Mapping
from typing import Any

NUMERICS = 1
"""Raised with every change of this project that changes a number which any run may give.

Examples: another start of a layer, another order of batches, another way to seed dropout. It is part of the identity
of each run, so that runs made before and after are never mixed.
"""

FEATURE_NUMERICS = {"LFCC": 2, "MFCC": 2, "MelSpectrogram": 2, "Spectrogram": 2}
"""Features whose numbers were changed, with the version they are at. Only runs that use one have it in their identity.

2: a power spectrum is a sum of two squares (:mod:`repro.data.features.power_spectrum`), which was the square of a root.
"""

_WITH_A_SPECTRUM = {"LFCC": "speckwargs", "MFCC": "melkwargs"}


def feature_numerics(experiment: Mapping[str, Any]) -> dict[str, int]:
    """The features of an experiment whose numbers were changed once, each with its version.

    Args:
        experiment: as :func:`repro.runs.identity.resolved` gives it, or as a stranger's record has it.

    >>> feature_numerics({"cached": [{"name": "Spectrogram", "args": {"n_fft": 256}}]})
    {'Spectrogram': 2}
    >>> feature_numerics({"cached": [{"name": "Spectrogram", "args": {"power": None}}]})
    {}
    """
    return {name: FEATURE_NUMERICS[name] for name in sorted(set(_changed(experiment)))}


def numerics_of(feature: str) -> str:
    """The key in a record's versions that tells of a feature's numbers; without it they are of version 1."""
    return f"repro numerics of {feature}"


def _changed(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        name, args = node.get("name"), node.get("args")
        if isinstance(name, str) and name in FEATURE_NUMERICS and isinstance(args, Mapping):
            inner = args.get(_WITH_A_SPECTRUM[name]) if name in _WITH_A_SPECTRUM else args
            if not isinstance(inner, Mapping) or inner.get("power", 2) == 2:
                yield name
        for value in node.values():
            yield from _changed(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _changed(value)
