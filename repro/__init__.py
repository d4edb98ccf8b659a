"""repro: does the paper hold up? One YAML spec, one command, an honest verdict."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repro.study import Study, load, run

    __version__: str

__all__ = ["Study", "load", "run"]


def __dir__() -> list[str]:
    """What there is, so that ``dir`` and ``help`` show the steps before they are imported."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Import the steps when they are first asked for, so that ``import repro`` costs nothing."""
    if name in __all__:
        from repro import study

        return getattr(study, name)
    if name == "__version__":
        from importlib.metadata import version

        return version("repro-harness")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
