"""Features and augmentations of torchaudio."""

import inspect
from typing import Any

import torchaudio

from .record import record, signature

AUGMENTATIONS = frozenset({"TimeMasking", "FrequencyMasking", "SpecAugment"})
INFERRED = frozenset({"sample_rate", "orig_freq"})
CHOICES = {
    "mel_scale": "'htk' | 'slaney'",
    "stype": "'power' | 'magnitude'",
    "gain_type": "'amplitude' | 'power' | 'db'",
    "fade_shape": "'linear' | 'exponential' | 'logarithmic' | 'quarter_sine' | 'half_sine'",
    "resampling_method": "'sinc_interp_hann' | 'sinc_interp_kaiser'",
    "pad_mode": "'reflect' | 'constant' | 'replicate' | 'circular'",
    "driver": "'gels' | 'gelsy' | 'gelsd' | 'gelss'",
    "normalized": "bool | 'window' | 'frame_length'",
}
WINDOWS = ("bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window")
FUNCTIONS = {"window_fn": {name: f"torch.{name}" for name in WINDOWS}}
COMPLEX = "it takes or gives a complex spectrogram, which nothing here reads"
LEFT_OUT = {
    "InverseSpectrogram": COMPLEX,
    "TimeStretch": COMPLEX,
    "Speed": "not supported yet: it gives clips of other lengths",
    "SpeedPerturbation": "not supported yet: it gives clips of other lengths",
    "Loudness": "it gives one number for a clip, without axes",
    "RNNTLoss": "it is a loss",
    "PSD": COMPLEX,
    "MVDR": COMPLEX,
    "AddNoise": "it wants the noise as well; Noise makes its own",
}


def transforms(*, augment: bool) -> dict[str, Any]:
    """torchaudio.transforms of one tensor: augmentations, or all others."""
    classes, left_out = {}, {}
    for name in sorted(torchaudio.transforms.__all__):
        cls = getattr(torchaudio.transforms, name)
        if (name in AUGMENTATIONS) != augment:
            continue
        wanted = [p.name for p in list(inspect.signature(cls.forward).parameters.values())[1:] if p.default is p.empty]
        if name in LEFT_OUT:
            left_out[name] = LEFT_OUT[name]
        elif len(wanted) != 1:
            left_out[name] = f"it wants {', '.join(wanted)}; a feature here gets one tensor"
        else:
            classes[name] = record(
                name,
                f"torchaudio.transforms.{name}",
                signature(cls),
                cls.__doc__ or "",
                types={**CHOICES, "norm": "'ortho' | none" if name.endswith("FCC") else "'slaney' | none"},
                refuse={"return_complex": "deprecated"},
                functions=FUNCTIONS,
                inferred=lambda argument: argument in INFERRED,
            )
    return {"classes": classes, "left_out": left_out}
