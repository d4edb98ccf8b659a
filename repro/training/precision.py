"""Which precision really trains: what Lightning makes of the one that was asked for, on the device at hand."""

import warnings

import torch
from lightning import Trainer
from lightning.pytorch.plugins import MixedPrecision, Precision

from repro.spec.experiment import Experiment
from repro.spec.problem import Problem, SpecError
from repro.training.device import Accelerator

_INSTEAD = "write bf16-mixed or leave precision out"


def check_precision(experiment: Experiment, accelerator: Accelerator) -> None:
    """Refuse a precision that this device does not have, before anything trains.

    Lightning itself trains in another one then, with a warning that nobody sees.

    Raises:
        SpecError: at ``training.precision``, with the precision that would have trained.

    """
    requested = experiment.training.precision
    if requested is None or (experiment.model is not None and experiment.model.is_estimator):
        return
    if accelerator == "mps" and requested == "64-true":
        raise _refused(experiment, "this device (mps) has no 64-bit numbers; take --accelerator cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = Trainer(
            accelerator="gpu" if accelerator == "cuda" else accelerator,
            devices=1,
            precision=requested,  # type: ignore[arg-type] # checked with the spec
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
    check_plugin(experiment, trainer.precision_plugin, accelerator)


def check_plugin(experiment: Experiment, plugin: Precision, accelerator: Accelerator) -> None:
    """The same, held against the plugin of the Trainer that is about to train."""
    requested, runs = experiment.training.precision or "32-true", trains_in(plugin, accelerator)
    if runs != requested:
        raise _refused(experiment, f"this device ({accelerator}) can't train in {requested}, it would train in {runs}")


def trains_in(plugin: Precision, accelerator: Accelerator) -> str:
    """The precision that a plugin trains in; a mixed one that torch turns off on this device is 32-true."""
    if isinstance(plugin, MixedPrecision):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with plugin.forward_context():
                if not torch.is_autocast_enabled(accelerator):
                    return "32-true"
    return str(plugin.precision)


def _refused(experiment: Experiment, why: str) -> SpecError:
    training = experiment.training
    place = training.places.get("precision", training.place)
    requested = training.precision or "32-true"
    instead = _INSTEAD if requested == "16-mixed" else "leave precision out"
    return SpecError([Problem(place, "training.precision", f"{requested}: {why}; {instead}")])
