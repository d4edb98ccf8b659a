"""What the blindness probe said of an experiment: tried once, kept in the user's cache, put into every record."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from repro.data.download.cache import cache_folder
from repro.data.gate import GateError, failures
from repro.data.own_code import code_sha256
from repro.data.prepare import read
from repro.data.prepared import Data
from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import text_inside
from repro.runs.identity import own_files, resolved
from repro.spec.experiment import Experiment
from repro.training.leakage_probe.own_parts import own_parts
from repro.training.leakage_probe.probe import CHECKS, probe
from repro.training.leakage_probe.short import Size, shortened
from repro.training.numerics import NUMERICS, feature_numerics

MAX_BYTES = 2**20
"""Bytes of a file of findings that are read."""

PROBE = 2
"""Raised with every change of the probe that may say otherwise of the same code."""

_NOT_TRIED = {"name", "title", "not_run", "seeds"}


def tried_folder() -> Path:
    """Where what was tried is kept: in the user's cache, as whoever hands in a study could write it into its folder."""
    return cache_folder() / "tried"


class Prober(Protocol):
    """Tries an experiment's own code: :func:`repro.training.leakage_probe.probe.probe` here or in another process."""

    def __call__(
        self, experiment: Experiment, data: Data, *, seed: int, folder: Path, accelerator: str
    ) -> dict[str, dict[str, Any]]:
        """The findings by check."""


def with_blind_checks(
    experiment: Experiment,
    data: Data,
    *,
    seed: int,
    folder: Path,
    kept_in: Path,
    accelerator: str = "auto",
    prober: Prober | None = None,
) -> dict[str, Any]:
    """The leakage gate's result with what the probe found; the gate as it is where no own code takes part.

    The preparing worker and every training worker call this with the same arguments: the first one tries, the others
    read what it kept.

    Args:
        experiment: of the run.
        data: its prepared data.
        seed: of the run.
        folder: the spec's folder.
        kept_in: the folder of what was tried (:func:`tried_folder`).
        accelerator: as for training.
        prober: tries own code, where it must not be loaded here.

    Raises:
        GateError: a check failed and the spec has no waiver.

    """
    checks = blind_checks(
        experiment, data, seed=seed, folder=folder, kept_in=kept_in, accelerator=accelerator, prober=prober
    )
    gate = {**data.gate, "checks": {**data.gate["checks"], **checks}}
    failed = failures({"checks": checks})
    waiver = experiment.splits.waiver
    if failed and not waiver:
        raise GateError(f"the leakage gate failed for experiment {experiment.name!r}: {'; '.join(failed)}", gate)
    return {**gate, "waiver": waiver} if failed else gate


def blind_checks(
    experiment: Experiment,
    data: Data,
    *,
    seed: int,
    folder: Path,
    kept_in: Path,
    accelerator: str = "auto",
    prober: Prober | None = None,
) -> dict[str, dict[str, Any]]:
    """The probe's findings by check, kept ones where there are any; empty where no own code takes part."""
    if not own_parts(experiment):
        return {}
    key = _key(experiment, data, folder)
    path = kept_in / f"blind-{key[:16]}.json"
    checks = _kept(path, key)
    if checks is None:
        checks = (prober or _probe_here)(experiment, data, seed=seed, folder=folder, accelerator=accelerator)
        write_atomically(path, json.dumps({"key": key, "checks": checks}, indent=1, sort_keys=True) + "\n")
    return checks


def _probe_here(
    experiment: Experiment, data: Data, *, seed: int, folder: Path, accelerator: str
) -> dict[str, dict[str, Any]]:
    items = read(experiment.dataset, folder)
    return probe(experiment, data, items, seed=seed, folder=folder, accelerator=accelerator)


def _key(experiment: Experiment, data: Data, folder: Path) -> str:
    """The sha256 of all that is tried: the experiment's short form, its data and its own code.

    Experiments that differ only in what the short form leaves out (steps, splits, seeds) share one.
    """
    content = {
        "experiment": shortened(experiment, Size()).model_dump(mode="json", exclude=_NOT_TRIED),
        "data": data.data_sha256,
        "code": code_sha256(folder, own_files(experiment)),
        "probe": PROBE,
        "numerics": [NUMERICS, feature_numerics(resolved(experiment))],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _kept(path: Path, key: str) -> dict[str, dict[str, Any]] | None:
    """The findings in a file; None where it is missing, damaged or of something else, so that it is made anew."""
    try:
        content = json.loads(text_inside(path, path.parent, MAX_BYTES))
        checks: Mapping[str, Any] = content["checks"]
        good = content["key"] == key and set(checks) == set(CHECKS)
        if not good or any(c["state"] not in ("ok", "found", "failed") or not c["text"] for c in checks.values()):
            return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(checks)
