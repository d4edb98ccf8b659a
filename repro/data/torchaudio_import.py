"""The one place that imports torchaudio, only when a spec asks for something of it."""

from importlib import import_module
from typing import Any


class TorchaudioMissing(ImportError):
    """torchaudio is not here, or does not fit the torch that is; the message says which to install."""


CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""Where torch's own builds for the CPU are."""


def torchaudio_part(part: str) -> Any:
    """The module ``torchaudio.PART``.

    Raises:
        TorchaudioMissing: it does not import beside this torch.

    """
    try:
        return import_module(f"torchaudio.{part}")
    except (ImportError, OSError) as error:
        raise TorchaudioMissing(_which_to_install(error)) from error


def _which_to_install(error: BaseException) -> str:
    """Both from one index in one command: a torchaudio of another build looks for libraries that are not there."""
    import torch

    where = "" if torch.version.cuda else f" --index-url {CPU_INDEX}"
    return (
        f"torchaudio does not import beside torch {torch.__version__}: {error}. Both have to be of one build, so "
        f"install both in one command: pip install --force-reinstall 'torch>=2.11' 'torchaudio>=2.11.1'{where}"
    )
