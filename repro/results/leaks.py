"""What the leakage gate found in a study's runs, each check once, with whose it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from repro.data.leakage_kinds import kinds_of
from repro.results.wording import listed

SHOWN = 3
"""How many texts of one check are shown, where the splits of a study differ in them."""


@dataclass(frozen=True)
class Leak:
    """What one check of the leakage gate found or failed for.

    ``kinds`` are those of leakage it can find (:mod:`repro.data.leakage_kinds`), ``texts`` its findings, each once;
    ``experiments`` are the experiments with it, empty where all have it.
    """

    check: str
    state: str
    kinds: tuple[str, ...]
    texts: tuple[str, ...]
    experiments: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """One line.

        >>> Leak("duplicates", "found", ("L1.4",), ("2 of 5 items of test are in train",), ("cnn",)).sentence
        'leakage gate, duplicates (L1.4), found for cnn: 2 of 5 items of test are in train'
        """
        named = f"leakage gate, {self.check} ({', '.join(self.kinds)})" if self.kinds else f"data, {self.check}"
        where = f" for {listed(self.experiments)}" if self.experiments else ""
        more = f"; and {len(self.texts) - SHOWN} more" if len(self.texts) > SHOWN else ""
        return f"{named}, {self.state}{where}: {'; '.join(self.texts[:SHOWN])}{more}"


def leaks(gates: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[Leak, ...]:
    """All that the gates of some runs found or failed for, failures first, each check and text once.

    Args:
        gates: of each run its experiment and its findings. Records of before checks said which kinds of leakage they
            find are looked up.

    """
    kinds: dict[tuple[str, str], tuple[str, ...]] = {}
    texts: dict[tuple[str, str], dict[str, None]] = {}
    whose: dict[tuple[str, str], dict[str, None]] = {}
    everyone: dict[str, None] = {}
    for experiment, gate in gates:
        everyone[experiment] = None
        for name, finding in gate.get("checks", {}).items():
            if (state := str(finding.get("state", "ok"))) != "ok":
                key = (name, state)
                kinds.setdefault(key, tuple(finding.get("kinds", kinds_of(name))))
                texts.setdefault(key, {})[str(finding.get("text") or name)] = None
                whose.setdefault(key, {})[experiment] = None
    collected = [
        Leak(*key, kinds[key], tuple(texts[key]), () if len(whose[key]) == len(everyone) else tuple(whose[key]))
        for key in texts
    ]
    return tuple(sorted(collected, key=lambda leak: leak.state != "failed"))
