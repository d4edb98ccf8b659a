"""repro: does the paper hold up? One YAML spec, one command, an honest verdict."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repro.study import Study, load, run

__all__ = ["Study", "load", "run"]


def __getattr__(name: str) -> object:
    """Import the steps when they are first asked for, so that ``import repro`` costs nothing."""
    if name in __all__:
        from repro import study

        return getattr(study, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
