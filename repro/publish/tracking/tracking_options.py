"""Which trackers a run feeds: what the command line says, then the user's settings, then the spec."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.spec.read_tracking import parse_tracking
from repro.spec.spec import Spec, Tracker
from repro.spec.yaml import read_file


@dataclass(frozen=True)
class WandbOptions:
    """Where in Weights & Biases the runs go. Without ``entity`` they go to the key's own."""

    project: str
    entity: str = ""
    mode: str = "online"


@dataclass(frozen=True)
class TrackingOptions:
    """The trackers of one study. ``loggers`` are those of files, ``tensorboard`` and ``csv``."""

    wandb: WandbOptions | None = None
    loggers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is tracked at all."""
        return self.wandb is not None or bool(self.loggers)


def requested_tracking(spec: Spec, settings: Sequence[Tracker] = (), wandb: str = "") -> TrackingOptions:
    """The trackers of a study.

    Args:
        spec: the study.
        settings: what the user's own settings say; they go before the spec's, word by word.
        wandb: the command line's ``online``, ``offline`` or ``off``; empty where it says nothing.

    """
    trackers = {tracker.name: [tracker] for tracker in settings}
    for tracker in spec.tracking:
        trackers.setdefault(tracker.name, []).append(tracker)
    if wandb in ("online", "offline"):
        trackers.setdefault("wandb", [])
    loggers = tuple(name for name in trackers if name != "wandb")
    if "wandb" not in trackers or wandb == "off":
        return TrackingOptions(None, loggers)
    wandb_tracker = trackers["wandb"]
    return TrackingOptions(
        WandbOptions(
            project=_first(tracker.project for tracker in wandb_tracker) or spec.name,
            entity=_first(tracker.entity for tracker in wandb_tracker),
            mode=wandb or _first(tracker.mode for tracker in wandb_tracker) or "online",
        ),
        loggers,
    )


def settings_file() -> Path:
    """``$REPRO_TRACKING``, else ``~/.config/repro/tracking.yaml``."""
    chosen = os.environ.get("REPRO_TRACKING")
    if chosen:
        return Path(chosen)
    config = os.environ.get("XDG_CONFIG_HOME")
    return (Path(config) if config else Path.home() / ".config") / "repro" / "tracking.yaml"


def load_settings() -> tuple[Tracker, ...]:
    """What the user's settings say; nothing without a file, unless ``$REPRO_TRACKING`` names it.

    Raises:
        SpecError: every problem of the file, with its line.

    """
    path = settings_file()
    if not path.is_file() and not os.environ.get("REPRO_TRACKING"):
        return ()
    return parse_tracking(read_file(path, str(path)), str(path))


def _first(words: Iterable[str]) -> str:
    return next((word for word in words if word), "")
