"""Features and augmentations of ours, by the name that a spec writes."""

from collections.abc import Mapping

from repro.data.features.complex_as_channels import ComplexAsChannels
from repro.data.features.crop import Crop
from repro.data.features.crop_bins import CropBins
from repro.data.features.decibels import Decibels
from repro.data.features.delta import Delta
from repro.data.features.deslant import Deslant
from repro.data.features.drop_bins import DropBins
from repro.data.features.drop_silent import DropSilent
from repro.data.features.feature import Feature
from repro.data.features.frames import Frames
from repro.data.features.gain import Gain
from repro.data.features.masking import FrequencyMasking, TimeMasking
from repro.data.features.mixup import Mixup
from repro.data.features.noise import Noise
from repro.data.features.pad import Pad
from repro.data.features.pad_or_crop import PadOrCrop
from repro.data.features.random_affine import RandomAffine
from repro.data.features.random_crop import RandomCrop
from repro.data.features.rescale import Rescale
from repro.data.features.resize import Resize
from repro.data.features.scale_by_percentile import ScaleByPercentile
from repro.data.features.shuffle_positions import ShufflePositions
from repro.data.features.standardize import Standardize
from repro.data.features.statistics import Statistics
from repro.data.features.time_shift import TimeShift
from repro.data.features.to_mono import ToMono
from repro.data.features.trim import Trim
from repro.data.features.windows import Windows
from repro.data.features.zero_crossing_rate import ZeroCrossingRate

FEATURES: Mapping[str, type[Feature]] = {
    cls.__name__: cls
    for cls in (
        ComplexAsChannels,
        Crop,
        CropBins,
        Decibels,
        Delta,
        Deslant,
        DropBins,
        DropSilent,
        Frames,
        FrequencyMasking,
        Gain,
        Mixup,
        Noise,
        Pad,
        PadOrCrop,
        RandomAffine,
        RandomCrop,
        Rescale,
        Resize,
        ScaleByPercentile,
        ShufflePositions,
        Standardize,
        Statistics,
        TimeMasking,
        TimeShift,
        ToMono,
        Trim,
        Windows,
        ZeroCrossingRate,
    )
}
