"""What differs between the environment of a record and another one, of that on which a run's bytes depend."""

from repro.runs.record import Environment

_FIELDS = ("accelerator", "device", "capability", "threads", "precision", "deterministic")
_VERSIONS = ("torch", "repro numerics")
_CLASSICAL = ("scikit-learn", "numpy")


def elsewhere(record: Environment, here: Environment, *, estimator: bool) -> tuple[str, ...]:
    """One phrase for each difference, such as ``capability AVX512, here AVX2``; none where bytes must be equal.

    That is: processor or GPU, threads, precision, and the versions of torch and of our numerics; for an estimator
    also those of scikit-learn and numpy, which compute it.
    """
    stated = [(field, str(getattr(record, field)), str(getattr(here, field))) for field in _FIELDS]
    for name in _VERSIONS + (_CLASSICAL if estimator else ()):
        stated.append((name, record.versions.get(name, "unknown"), here.versions.get(name, "unknown")))
    return tuple(f"{name} {stored}, here {this}" for name, stored, this in stated if stored != this)
