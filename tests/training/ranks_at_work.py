"""What one rank does in a test: run by path in a process of its own, with a ``JOB`` for it."""

import runpy
import traceback
from pathlib import Path

import torch
from lightning import Callback
from torch.nn.parallel import DistributedDataParallel

from repro.data import eval_batches
from repro.data.prepare import prepare
from repro.training.checkpoint_callback import CheckpointConfig
from repro.training.fit import fit
from repro.training.module import Module
from repro.training.ranks import joined
from repro.training.stop import StopFlag, Stopped
from repro.training.weights_hash import weights_sha256


class Notes(Callback):
    """Notes the weights' hash after each epoch, and of every batch the items and how many are this rank's."""

    def __init__(self):
        self.hashes, self.items, self.shares = [], [], []

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.items.append(batch["items"].tolist())
        first, end = pl_module.ranks.share.of(len(batch["items"]))
        self.shares.append(end - first)
        if trainer.fit_loop.epoch_loop.batch_progress.is_last_batch:
            self.hashes.append(weights_sha256(pl_module.network.state_dict()))


def fits(ranks, experiment, folder, seed=0, stop_at=None, keep=None, raw=False, raises_at=None, cut=False, **how):
    """Train; gives the outcome (or where it stopped), what was noted, and the weights of the end."""
    data, notes, flag = prepare(experiment, seed=0, folder=folder), Notes(), StopFlag()
    if cut:  # every item into segments
        data = runpy.run_path(str(Path(folder) / "segmented.py"))["segmented"](data)
    begin, forward, seen = Module.begin_step, DistributedDataParallel.forward, {}

    def beginning(self, now, batch_idx):
        seen["module"] = self
        if now + 1 == stop_at:
            flag.set()
        if ranks.number == 1 and now == raises_at:
            raise ValueError("rank 1 has had enough")
        begin(self, now, batch_idx)

    Module.begin_step = beginning
    if raw:  # a module that goes round DDP: gradients stay on the rank that made them
        DistributedDataParallel.forward = lambda self, *inputs, **named: self.module(*inputs, **named)
    checkpointing = None if keep is None else CheckpointConfig(keep, "a run", experiment.training.checkpoint_every)
    try:
        outcome = fit(
            experiment, data, seed=seed, folder=folder, accelerator="cpu", callbacks=[notes], ranks=ranks,
            checkpointing=checkpointing, stop=flag if ranks.is_first else None, **how,
        )  # fmt: skip
    except Stopped as stopped:
        outcome = (stopped.step, stopped.kept)
    finally:
        Module.begin_step, DistributedDataParallel.forward = begin, forward
    weights = {name: values.numpy().copy() for name, values in seen["module"].network.state_dict().items()}
    return {
        "outcome": outcome, "weights": weights,
        "hashes": notes.hashes, "items": notes.items, "shares": notes.shares,
    }  # fmt: skip


def act(connection, share, meet, eval_items, calls):
    torch.set_num_threads(1)
    eval_batches.EVAL_ITEMS = eval_items
    made = {}
    try:
        with joined(share, "cpu", meet) as ranks:
            for name, how in calls.items():
                made[name] = fits(ranks, **how)
        connection.send(("done", made))
    except Exception as error:  # noqa: BLE001 - the test hears it
        traceback.print_exc()
        connection.send(("failed", f"{type(error).__name__}: {error}"))
    finally:
        connection.close()


if "JOB" in globals():
    act(*JOB)  # noqa: F821
