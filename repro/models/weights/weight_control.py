"""What ``weights`` keeps doing while a network trains: penalties, bounds, learning rates, what is frozen."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

from repro.models.weights.layer_parameters import LayerParameter, unit_norms


@dataclass
class WeightControl:
    """The lasting part of the ``weights`` of one network; it refers to the network's own parameters.

    ``l1`` and ``l2`` are (factor, weights); ``bounds`` (largest norm, weights); ``own_bounds`` (largest norm, module
    with ``max_norm_``); ``times`` (factor of the learning rate, parameter), later ones win; ``frozen`` are modules;
    ``penalties`` are own modules with a method ``penalty``.
    """

    l1: list[tuple[float, LayerParameter]] = field(default_factory=list)
    l2: list[tuple[float, LayerParameter]] = field(default_factory=list)
    bounds: list[tuple[float, LayerParameter]] = field(default_factory=list)
    own_bounds: list[tuple[float, Any]] = field(default_factory=list)
    times: list[tuple[float, LayerParameter]] = field(default_factory=list)
    frozen: list[nn.Module] = field(default_factory=list)
    penalties: list[Any] = field(default_factory=list)

    @property
    def has_penalty(self) -> bool:
        """Whether anything is added to the objective."""
        return bool(self.l1 or self.l2 or self.penalties)

    @property
    def has_bounds(self) -> bool:
        """Whether any weights are bounded."""
        return bool(self.bounds or self.own_bounds)

    def penalty(self) -> Tensor:
        """``sum of l1 * sum|w| + l2 * sum(w^2)`` and of what own layers add; a scalar, 0 when there is nothing."""
        terms = [factor * held.parameter.abs().sum() for factor, held in self.l1]
        terms += [factor * (held.parameter * held.parameter).sum() for factor, held in self.l2]
        terms += [module.penalty() for module in self.penalties]
        return torch.stack([torch.as_tensor(term) for term in terms]).sum() if terms else torch.zeros(())

    def bound(self) -> None:
        """Scale the incoming weights of each unit whose norm is above its bound down to it. Call without gradients."""
        for largest, held in self.bounds:
            view, norms = unit_norms(held)
            view.mul_((largest / norms).clamp_(max=1))  # a norm of 0 gives inf, and inf is clamped to 1
        for largest, module in self.own_bounds:
            module.max_norm_(largest)

    def parameter_groups(self, network: nn.Module, lr: float | None) -> list[dict[str, Any]]:
        """See :meth:`repro.models.network.Network.parameter_groups`."""
        factors = {id(held.parameter): factor for factor, held in self.times}
        grouped: dict[float, list[nn.Parameter]] = {}
        for parameter in network.parameters():
            if parameter.requires_grad:
                grouped.setdefault(factors.get(id(parameter), 1.0), []).append(parameter)
        plain = grouped.pop(1.0, None)
        groups: list[dict[str, Any]] = [] if plain is None else [{"params": plain}]
        if grouped and lr is None:
            raise ValueError("lr_times needs the optimizer's learning rate")
        groups += [{"params": some, "lr": (lr or 0.0) * factor} for factor, some in grouped.items()]
        if not groups:
            raise ValueError("nothing is left to train: the network has no parameter that is not frozen")
        return groups

    def hold_frozen_statistics(self) -> None:
        """Put the norms of frozen layers into evaluation mode, so that their running statistics stay."""
        for module in self.frozen:
            for inner in module.modules():
                if isinstance(inner, _NormBase):
                    inner.eval()
