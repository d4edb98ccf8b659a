"""From a spec's entry to a feature that works on items of a known shape."""

import inspect
import keyword
from pathlib import Path

import torch

from repro.data.features.complex_as_channels import ComplexAsChannels
from repro.data.features.feature import Feature, FeatureError
from repro.data.features.module_feature import ModuleFeature
from repro.data.features.registry import FEATURES
from repro.data.features.torchaudio_transform import torchaudio_transform
from repro.data.own_code import explain, load_own, own_path
from repro.spec.part import Entry
from repro.spec.shape import Shape


def build_feature(
    entry: Entry, shape: Shape, *, rate: float | None, folder: Path, comes_in: torch.dtype = torch.float32
) -> tuple[Feature, Shape]:
    """The feature and the shape that it gives for this one. ``rate`` and ``comes_in`` are of what comes in.

    An own class that has ``in_shape`` or ``rate`` in its ``__init__`` gets them. It is a
    :class:`repro.data.features.feature.Feature`, or anything that is called with a batch ``(N, *sizes)`` and gives
    one; then ``random = True``, ``axes`` and ``seed`` are read from it where it has them.

    Raises:
        FeatureError: it cannot be built, or cannot work on such items.
        OwnCodeError: own code failed.

    """
    if entry.own:
        return _own(entry, shape, rate, folder, comes_in)
    if entry.name in FEATURES:
        try:
            feature = FEATURES[entry.name](**{_python(key): value for key, value in entry.args.items()})
        except TypeError as error:
            raise FeatureError(f"{entry.name}: {error}") from error
        return feature, _shape_after(feature, entry.name, shape, rate, comes_in)
    wrapped = torchaudio_transform(entry.name, entry.args, rate)
    try:
        return wrapped, _shape_after(wrapped, entry.name, shape, rate, comes_in)
    except (RuntimeError, ValueError, AssertionError) as error:
        raise FeatureError(f"{entry.name} cannot work on {shape}: {error}") from error


def _own(entry: Entry, shape: Shape, rate: float | None, folder: Path, comes_in: torch.dtype) -> tuple[Feature, Shape]:
    assert entry.own is not None
    file, name = entry.own
    cls = load_own(folder, file, name)
    path = own_path(folder, file)
    known = inspect.signature(cls).parameters
    context_args = {key: value for key, value in (("in_shape", shape.sizes), ("rate", rate)) if key in known}
    try:
        instance = cls(**{**context_args, **entry.args})
    except Exception as error:
        raise explain(error, path, f"making {name} failed") from error
    feature = instance if isinstance(instance, Feature) else _wrapped(name, instance)
    try:
        return feature, _shape_after(feature, name, shape, rate, comes_in)
    except FeatureError:
        raise
    except Exception as error:
        raise explain(error, path, f"{name} on items of {shape} failed") from error


def _wrapped(name: str, instance: object) -> ModuleFeature:
    if not callable(instance):
        raise FeatureError(f"{name} cannot be called; a feature is called with a batch and gives one")
    return ModuleFeature(
        name,
        instance,
        random=bool(getattr(instance, "random", False)),
        seed=getattr(instance, "seed", None),
        axes=getattr(instance, "axes", None),
        takes_complex=True,
    )


def _shape_after(feature: Feature, name: str, shape: Shape, rate: float | None, comes_in: torch.dtype) -> Shape:
    """The shape that comes out, once it is clear that the feature can take such items at all."""
    if shape.ragged and not feature.ragged:
        raise FeatureError(f"{name}: clips differ in length; put PadOrCrop or Windows before it")
    if comes_in.is_complex and not feature.takes_complex:
        raise FeatureError(f"{name}: what comes in is complex; put ComplexAsChannels before it")
    if isinstance(feature, ComplexAsChannels) and not comes_in.is_complex:
        raise FeatureError(f"{name}: what comes in is not complex; Spectrogram: {{power: none}} is")
    if isinstance(feature, ModuleFeature):
        feature.comes_in = comes_in
    feature.rate(rate)
    return feature.shape(shape)


def _python(key: str) -> str:
    """The name of an argument in our code: ``as`` is a word of Python's."""
    return f"{key}_" if keyword.iskeyword(key) else key
