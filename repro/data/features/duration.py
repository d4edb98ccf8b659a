"""A length that a spec gives in seconds or in samples."""

from repro.data.features.feature import FeatureError


class Duration:
    """``seconds`` or ``samples``, one of them; samples are known once the rate is.

    Args:
        name: of the feature, for messages.
        seconds: s, at least one sample long.
        samples: 1 or more.
        words: how the spec calls both.

    """

    def __init__(
        self,
        name: str,
        seconds: float | None,
        samples: int | None,
        words: tuple[str, str] = ("seconds", "samples"),
        *,
        least: int = 1,
    ) -> None:
        if (seconds is None) == (samples is None):
            raise FeatureError(f"{name} needs {words[0]} or {words[1]}, and not both")
        if (seconds is not None and seconds < 0) or (samples is not None and samples < least):
            text = f"{words[0]} is {seconds}" if samples is None else f"{words[1]} is {samples}"
            raise FeatureError(f"{name}: {text}; expected {'more than 0' if least else '0 or more'}")
        self._name, self._seconds, self._samples, self._words = name, seconds, samples, words
        self._least = least

    def at(self, rate: float | None) -> int:
        """How many samples it is at this rate, Hz; FeatureError where it is given in seconds and there is no rate."""
        if self._samples is not None:
            return self._samples
        assert self._seconds is not None
        if rate is None:
            raise FeatureError(
                f"{self._name}: {self._words[0]} needs the rate of the signal, and this data set has none; "
                f"write {self._words[1]}"
            )
        samples = round(self._seconds * rate)
        if samples < self._least:
            raise FeatureError(f"{self._name}: {self._seconds} s at {rate:g} Hz is {samples} samples")
        return samples
