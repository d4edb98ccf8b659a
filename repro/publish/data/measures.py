"""How lengths, rates, levels and channels are put into words."""

import math
from collections.abc import Mapping

from repro.results.wording import duration


def length(seconds: float) -> str:
    """How long a recording is, to a hundredth of a second where it is short.

    >>> length(0.4198), length(400)
    ('0.42 s', '6 min 40 s')
    """
    return duration(seconds, 2)


def level(amplitude: float) -> str:
    """An amplitude in dB below full scale.

    >>> level(1.0), level(0.5), level(0.0)
    ('0.0 dBFS', '−6.0 dBFS', 'digital silence')
    """
    if amplitude <= 0:
        return "digital silence"
    db = 20 * math.log10(amplitude)
    return f"{db:.1f} dBFS".replace("-0.0", "0.0").replace("-", "−")


def hertz(rate: float) -> str:
    """A rate.

    >>> hertz(44100.0), hertz(0.5)
    ('44,100 Hz', '0.5 Hz')
    """
    return f"{rate:,.0f} Hz" if float(rate).is_integer() else f"{rate:g} Hz"


def channels(count: int) -> str:
    """A number of channels.

    >>> channels(1), channels(2), channels(6)
    ('mono', 'stereo', '6 channels')
    """
    return {1: "mono", 2: "stereo"}.get(count, f"{count} channels")


def tally(counts: Mapping[str, int]) -> str:
    """Counts in a line; the number is left out where there is one kind alone.

    >>> tally({"wav": 3, "flac": 1}), tally({"wav": 4})
    ('wav 3, flac 1', 'wav')
    """
    return next(iter(counts), "") if len(counts) == 1 else ", ".join(f"{kind} {n:,}" for kind, n in counts.items())


def share(part: float) -> str:
    """A share of one in percent.

    >>> share(0.123), share(0.004), share(0.0)
    ('12 %', '0.4 %', '0 %')
    """
    return f"{100 * part:.1f} %" if 0 < part < 0.0095 else f"{100 * part:.0f} %"


def number(value: float) -> str:
    """A value with four digits; what is a rounding error away from nought is 0.

    >>> number(1.2345678), number(-3e-11), number(1234567.0)
    ('1.235', '0', '1.235e+06')
    """
    return "0" if abs(value) < 1e-9 else f"{value:.4g}".replace("-", "−").replace("e−", "e-")
