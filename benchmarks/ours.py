"""The same training through ``repro``, with metrics and checkpoints on."""

import tempfile
from pathlib import Path

from repro.data.prepared import Data
from repro.spec.experiment import Experiment
from repro.training.checkpoint_callback import CheckpointConfig
from repro.training.fit import fit


def ours(experiment: Experiment, data: Data, folder: Path, steps: int) -> None:
    """Train for so many steps."""
    training = experiment.training.model_copy(update={"steps": steps, "epochs": None})
    longer = experiment.model_copy(update={"training": training})
    with tempfile.TemporaryDirectory() as kept:
        checkpointing = CheckpointConfig(Path(kept) / "checkpoint", "benchmark", training.checkpoint_every)
        outcome = fit(longer, data, seed=0, folder=folder, checkpointing=checkpointing, accelerator="cpu")
    assert outcome.path == "chunked"
    assert outcome.steps == steps
