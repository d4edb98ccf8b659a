"""The two hashes of a run. Identity: what is trained. Terms: what was promised before it ran. Imports no torch."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from repro.data.own_code import code_sha256
from repro.data.own_reads import files_read
from repro.spec.experiment import Experiment
from repro.spec.spec import Claim, Reported, Spec
from repro.training.numerics import NUMERICS, feature_numerics

_NOT_TRAINED = {"name", "title", "not_run", "seeds"}
_ONLY_WORDS = {"why", "where", "via"}


def identity(experiment: Experiment, seed: int, fold: int | None, folder: Path) -> str:
    """The sha256 of everything that decides what a run computes.

    That is: the experiment from its data set to its training, the seed, the fold, the text of the own code which the
    experiment names and the content of the files that this code names, :data:`repro.training.numerics.NUMERICS`, and
    the numerics of those of its features that have their own. Names, titles, reasons and the list of seeds are left
    out: an experiment that is renamed keeps its runs, and two experiments that say the same share them.

    Raises:
        OwnCodeError: own code that the experiment names is not in ``folder``.

    """
    return identities(experiment, folder)(seed, fold)


def identities(experiment: Experiment, folder: Path) -> Callable[[int, int | None], str]:
    """:func:`identity` of all runs of an experiment, by seed and fold; what they share is put together once."""
    full = resolved(experiment)
    shared = {"experiment": full, "code": code_sha256(folder, _own_files(full)), "numerics": NUMERICS}
    if files := read_by_own_code(experiment, folder):
        shared["files"] = files
    if features := feature_numerics(full):
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
    return numbers_sha256(spec.reported, spec.claims) + seeds_sha256(spec.experiments.values())


def numbers_sha256(reported: Iterable[Reported], claims: Iterable[Claim]) -> str:
    """The first half of :func:`terms`: of reported numbers, margins and claims."""
    return _sha256(
        {"reported": [_promised(row) for row in reported], "claims": [_promised(claim) for claim in claims]}
    )[:32]


def seeds_sha256(experiments: Iterable[Experiment]) -> str:
    """The second half of :func:`terms`: of each experiment's seeds."""
    return _sha256({experiment.name: list(experiment.seeds) for experiment in experiments})[:32]


def promise(spec: Spec, name: str) -> dict[str, Any]:
    """What was promised of one experiment, whole, as plain values: what a record keeps, so that a later change can be
    named.

    Its reported numbers, its seeds (``under`` which rung and changes of the command line), the claims that name it, and
    the baseline's numbers of the same metrics, as the default margin may depend on these.
    """
    own = [row for row in spec.reported if row.experiment == name]
    metrics = {row.metric for row in own}
    beside = [row for row in spec.reported if row.experiment == spec.baseline != name and row.metric in metrics]
    return {
        "experiment": name,
        "baseline": spec.baseline,
        "reported": [row.model_dump(mode="json", exclude={"why", "via"}) for row in (*own, *beside)],
        "claims": [_promised(claim) for claim in spec.claims if name in claim.experiments],
        "seeds": list(spec.experiments[name].seeds),
        "under": [spec.rung, *spec.overrides],
    }


def _promised(entry: Reported | Claim) -> dict[str, Any]:
    return entry.model_dump(mode="json", exclude=_ONLY_WORDS)


def same_promise(first: str, other: str) -> bool:
    """Whether two terms promise the same numbers, margins and claims, whatever their seeds."""
    return first[:32] == other[:32]


def own_files(experiment: Experiment) -> tuple[str, ...]:
    """Names of the files of own code that an experiment names, sorted."""
    return _own_files(resolved(experiment))


def read_by_own_code(experiment: Experiment, folder: Path) -> dict[str, str]:
    """The sha256 of the files of the folder that an experiment's own code names, by their paths."""
    views = (view.dataset.name for view in experiment.views.values() if view.dataset is not None)
    return files_read(folder, own_files(experiment), without=(experiment.dataset.name, *views))


def _own_files(settings: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(set(_named_files(settings))))


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
