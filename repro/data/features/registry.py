"""Features and augmentations of ours, by the name that a spec writes."""

from collections.abc import Mapping

from repro.data.features.deslant import Deslant
from repro.data.features.feature import Feature
from repro.data.features.noise import Noise
from repro.data.features.pad import Pad
from repro.data.features.random_affine import RandomAffine
from repro.data.features.rescale import Rescale
from repro.data.features.resize import Resize
from repro.data.features.shuffle_positions import ShufflePositions
from repro.data.features.standardize import Standardize

FEATURES: Mapping[str, type[Feature]] = {
    cls.__name__: cls for cls in (Deslant, Noise, Pad, RandomAffine, Rescale, Resize, ShufflePositions, Standardize)
}
