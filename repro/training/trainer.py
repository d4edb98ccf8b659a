"""Lightning's Trainer as our runner uses it."""

from lightning import Trainer

from repro.spec.experiment import Experiment
from repro.training.checkpoint import CheckpointFiles
from repro.training.cluster import cluster_plugins
from repro.training.loop_kind import LoopKind
from repro.training.ranks import ALONE, Ranks
from repro.training.side_by_side import side_by_side


def make_trainer(
    experiment: Experiment,
    steps: int,
    accelerator: str,
    files: CheckpointFiles,
    path: LoopKind = "plain",
    ranks: Ranks = ALONE,
) -> Trainer:
    """A Trainer that trains for ``steps`` updates and does nothing of its own: no files, no bars, no logging.

    On the chunked path it takes each of its steps by itself (``automatic_optimization`` is off there), so it is told
    nothing of clipping and gathering, which that path does not have.
    """
    training = experiment.training
    plain = path == "plain"
    trainer = Trainer(
        accelerator="gpu" if accelerator == "cuda" else accelerator,
        devices=1,
        max_steps=steps,
        max_epochs=-1,
        precision=training.precision or "32-true",  # type: ignore[arg-type] # checked with the spec
        gradient_clip_val=training.gradient_clip_val if plain else None,
        gradient_clip_algorithm=training.gradient_clip_algorithm if plain else None,
        accumulate_grad_batches=training.accumulate_grad_batches if plain else 1,
        plugins=[files, *cluster_plugins(ranks)],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        limit_val_batches=0,
        use_distributed_sampler=False,
        **side_by_side(experiment, ranks),
    )
    # Signals are the business of whoever runs us: Lightning's handler of SIGTERM ends training without a checkpoint.
    trainer._signal_connector.register_signal_handlers = lambda: None  # type: ignore[method-assign]
    return trainer
