"""What the publisher is to do: which study, which trackers."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from repro.publish.tracking.tracking_options import TrackingOptions, WandbOptions
from repro.spec.load import load_spec
from repro.spec.spec import Spec

if TYPE_CHECKING:
    from repro.study import Study


@dataclass(frozen=True)
class Job:
    """One study at one rung. ``follows`` runs that go on; else what is there is sent, and that is all.

    ``may_run_own_code`` lets pictures be made of items that the study's own code reads. ``fell_back`` says why W&B,
    which was asked for online, is written offline.
    """

    path: str
    rung: str
    changes: tuple[str, ...]
    only: tuple[str, ...]
    seeds: int | tuple[int, ...] | None
    asked: TrackingOptions
    follows: bool
    may_run_own_code: bool
    fell_back: str = ""

    def line(self) -> str:
        """As a line of text."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def read(cls, line: str) -> "Job":
        """From a line of text."""
        fields = json.loads(line)
        choice = fields.pop("asked")
        wandb = None if choice["wandb"] is None else WandbOptions(**choice["wandb"])
        seeds = tuple(fields["seeds"]) if isinstance(fields["seeds"], list) else fields["seeds"]
        fields |= {"changes": tuple(fields["changes"]), "only": tuple(fields["only"]), "seeds": seeds}
        return cls(**fields, asked=TrackingOptions(wandb, tuple(choice["loggers"])))

    def spec(self) -> Spec:
        """The spec at its rung."""
        return load_spec(Path(self.path), rung=self.rung, changes=self.changes)


def tracking_job(study: "Study", asked: TrackingOptions, *, follows: bool, may_run_own_code: bool) -> Job:
    """What the process that feeds the trackers is told of a study."""
    spec = study.spec
    seeds = tuple(study.seeds) if isinstance(study.seeds, Sequence) else study.seeds
    path = str(spec.path.resolve())
    return Job(path, spec.rung, spec.overrides, study.only, seeds, asked, follows, may_run_own_code)
