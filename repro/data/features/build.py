"""From a spec's entry to a feature that works on items of a known shape."""

import inspect
from pathlib import Path

from repro.data.features.feature import Feature, FeatureError
from repro.data.features.module_feature import ModuleFeature
from repro.data.features.registry import FEATURES
from repro.data.features.torchaudio_transform import torchaudio_transform
from repro.data.own_code import explain, load_own, own_path
from repro.spec.part import Entry
from repro.spec.shape import Shape


def build_feature(entry: Entry, shape: Shape, *, rate: float | None, folder: Path) -> tuple[Feature, Shape]:
    """The feature and the shape that it gives for this one.

    An own class that has ``in_shape`` or ``rate`` in its ``__init__`` gets them. It is a
    :class:`repro.data.features.feature.Feature`, or anything that is called with a batch ``(N, *sizes)`` and gives
    one; then ``random = True``, ``axes`` and ``seed`` are read from it where it has them.

    Raises:
        FeatureError: it cannot be built, or cannot work on such items.
        OwnCodeError: own code failed.

    """
    if entry.own:
        return _own(entry, shape, rate, folder)
    if entry.name in FEATURES:
        try:
            feature = FEATURES[entry.name](**entry.args)
        except TypeError as error:
            raise FeatureError(f"{entry.name}: {error}") from error
        return feature, feature.shape(shape)
    wrapped = torchaudio_transform(entry.name, entry.args, rate)
    try:
        return wrapped, wrapped.shape(shape)
    except (RuntimeError, ValueError, AssertionError) as error:
        raise FeatureError(f"{entry.name} cannot work on {shape}: {error}") from error


def _own(entry: Entry, shape: Shape, rate: float | None, folder: Path) -> tuple[Feature, Shape]:
    assert entry.own is not None
    file, name = entry.own
    cls = load_own(folder, file, name)
    path = own_path(folder, file)
    known = inspect.signature(cls).parameters
    given = {key: value for key, value in (("in_shape", shape.sizes), ("rate", rate)) if key in known}
    try:
        made = cls(**{**given, **entry.args})
    except Exception as error:
        raise explain(error, path, f"making {name} failed") from error
    feature = made if isinstance(made, Feature) else _wrapped(name, made)
    try:
        return feature, feature.shape(shape)
    except FeatureError:
        raise
    except Exception as error:
        raise explain(error, path, f"{name} on items of {shape} failed") from error


def _wrapped(name: str, made: object) -> ModuleFeature:
    if not callable(made):
        raise FeatureError(f"{name} cannot be called; a feature is called with a batch and gives one")
    return ModuleFeature(
        name,
        made,
        random=bool(getattr(made, "random", False)),
        seed=getattr(made, "seed", None),
        axes=getattr(made, "axes", None),
    )
