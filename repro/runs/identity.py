"""The two hashes of a run. Identity: what is trained. Terms: what was promised before it ran. Imports no torch."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from repro.data.own_code import code_sha256
from repro.spec.experiment import Experiment
from repro.spec.spec import Spec
from repro.training.numerics import NUMERICS, feature_numerics

_NOT_TRAINED = {"name", "title", "not_run", "seeds"}
_ONLY_WORDS = {"why", "where", "via"}


def identity(experiment: Experiment, seed: int, fold: int | None, folder: Path) -> str:
    """The sha256 of everything that decides what a run computes.

    That is: the experiment from its data set to its training, the seed, the fold, the text of the own code which the
    experiment names, :data:`repro.training.numerics.NUMERICS`, and the numerics of those of its features that have
    their own. Names, titles, reasons and the list of seeds are left out: an experiment that is renamed keeps its runs,
    and two experiments that say the same share them.

    Raises:
        OwnCodeError: own code that the experiment names is not in ``folder``.

    """
    return identities(experiment, folder)(seed, fold)


def identities(experiment: Experiment, folder: Path) -> Callable[[int, int | None], str]:
    """:func:`identity` of all runs of an experiment, by seed and fold; what they share is put together once."""
    whole = resolved(experiment)
    shared = {"experiment": whole, "code": code_sha256(folder, _own_files(whole)), "numerics": NUMERICS}
    if features := feature_numerics(whole):
        shared["feature numerics"] = features

    def of_run(seed: int, fold: int | None) -> str:
        return _sha256({**shared, "seed": seed, "fold": fold})

    return of_run


def resolved(experiment: Experiment) -> dict[str, Any]:
    """The experiment whole, without what decides nothing of what a run computes."""
    return experiment.model_dump(mode="json", exclude=_NOT_TRAINED)


def terms(spec: Spec) -> str:
    """What was promised, as two sha256 cut to 32 digits each: of reported numbers, margins and claims, then of seeds.

    Wordings (``why``, ``where``, ``via``) are left out. A rung may set its own seeds, so between rungs only the first
    half is comparable (:func:`same_promise`).
    """
    promise = {
        "reported": [r.model_dump(mode="json", exclude=_ONLY_WORDS) for r in spec.reported],
        "claims": [c.model_dump(mode="json", exclude=_ONLY_WORDS) for c in spec.claims],
    }
    seeds = {name: list(e.seeds) for name, e in spec.experiments.items()}
    return _sha256(promise)[:32] + _sha256(seeds)[:32]


def same_promise(one: str, other: str) -> bool:
    """Whether two terms promise the same numbers, margins and claims, whatever their seeds."""
    return one[:32] == other[:32]


def own_files(experiment: Experiment) -> tuple[str, ...]:
    """Names of the files of own code that an experiment names, sorted."""
    return _own_files(resolved(experiment))


def _own_files(whole: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(set(_named_files(whole))))


def _named_files(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        name = node.get("name")
        if isinstance(name, str) and ".py:" in name:
            yield name.partition(":")[0]
        for value in node.values():
            yield from _named_files(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _named_files(value)


def _sha256(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
