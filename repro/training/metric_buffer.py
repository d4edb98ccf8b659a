"""What happened during training since the last look: losses and outputs, kept on the device, read together."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from repro.training.metric import LabelMetric

_FLUSH_VALUES = 1 << 20


class MetricBuffer:
    """Collects the losses and outputs of training steps; nothing is read until it is asked.

    ``metrics`` is ``{label: {name: metric}}``; they are this buffer's own. What it reads is by row, as trained: where
    items have several segments each counts by itself.
    """

    def __init__(self, metrics: Mapping[str, Mapping[str, LabelMetric]]) -> None:
        self._metrics = metrics
        self._outputs: dict[str, list[Tensor]] = {label: [] for label in metrics}
        self._targets: dict[str, list[Tensor]] = {label: [] for label in metrics}
        self._losses: list[Tensor] = []
        self._objectives: list[Tensor] = []
        self._items: list[int] = []
        self._values = 0
        self._checked = 0
        self._flushed = False
        own = (m.keeps_state for metrics in self._metrics.values() for m in metrics.values())
        self._may_flush = all(own)

    def add(
        self, loss: Tensor, objective: Tensor, outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor]
    ) -> None:
        """Note one step; tensors are taken off the graph, not copied and not read."""
        items = 0
        for label, outputs_so_far in self._outputs.items():
            output = outputs[label].detach()
            outputs_so_far.append(output)
            self._targets[label].append(targets[label])
            items = output.shape[0]
            self._values += output.numel()
        kept_loss = loss.detach()
        self._losses.append(kept_loss)
        self._objectives.append(kept_loss if objective is loss else objective.detach())
        self._items.append(items)
        if self._values > _FLUSH_VALUES and self._may_flush:
            self._flush()

    def first_bad(self, step: int) -> int | None:
        """The step at which the objective first was not finite, ``step`` being the newest; None while all is well.

        Each step is looked at once. With gathered gradients several batches belong to a step; the count is then of
        the batches, from the newest back.
        """
        new = self._objectives[self._checked :]
        self._checked = len(self._objectives)
        if not new:
            return None
        bad = (~torch.isfinite(torch.stack(new))).nonzero()
        return None if not len(bad) else max(1, step - (len(new) - 1 - int(bad[0, 0])))

    def read(self) -> tuple[dict[str, dict[str, float]], int]:
        """``{label: {metric: value}}`` over all items since the last reading, and their number; then start anew.

        ``loss`` and ``objective`` are means over items, under every label.
        """
        self._flush()
        items = sum(self._items)
        loss, objective = _mean(self._losses, self._items), _mean(self._objectives, self._items)
        values = {
            label: {**{name: metric.read() for name, metric in metrics.items()}, "loss": loss, "objective": objective}
            for label, metrics in self._metrics.items()
        }
        self._losses, self._objectives, self._items, self._checked = [], [], [], 0
        self._flushed = False
        return (values if items else {}), items

    def state_dict(self) -> dict[str, Any]:
        """All that happened since the last reading, for a checkpoint."""
        return {
            "outputs": {label: torch.cat(batches) if batches else None for label, batches in self._outputs.items()},
            "targets": {label: torch.cat(batches) if batches else None for label, batches in self._targets.items()},
            "losses": torch.stack(self._losses) if self._losses else None,
            "objectives": torch.stack(self._objectives) if self._objectives else None,
            "items": list(self._items),
            "values": self._values,
            "checked": self._checked,
            "metrics": {
                label: {name: metric.kept_state() for name, metric in metrics.items()}
                for label, metrics in self._metrics.items()
            }
            if self._flushed
            else None,
        }

    def load_state_dict(self, state: Mapping[str, Any], device: torch.device) -> None:
        """Go on from there, with tensors on ``device``."""
        for label in self._metrics:
            for buffers, read in ((self._outputs, state["outputs"]), (self._targets, state["targets"])):
                buffers[label] = [] if read[label] is None else [read[label].to(device)]
        self._losses, self._objectives = (
            [] if state[name] is None else list(state[name].to(device).unbind()) for name in ("losses", "objectives")
        )
        self._items, self._values, self._checked = list(state["items"]), state["values"], state["checked"]
        self._flushed = state["metrics"] is not None
        for label, metrics in (state["metrics"] or {}).items():
            for name, kept_state in metrics.items():
                self._metrics[label][name].put_back(kept_state, device)

    def _flush(self) -> None:
        for label, metrics in self._metrics.items():
            if self._outputs[label]:
                output, target = torch.cat(self._outputs[label]), torch.cat(self._targets[label])
                for metric in metrics.values():
                    metric.update(output, target)
                self._flushed = True
            self._outputs[label], self._targets[label] = [], []
        self._values = 0


def _mean(values: Sequence[Tensor], items: Sequence[int]) -> float:
    if not values:
        return float("nan")
    weights = torch.tensor(items, dtype=torch.float64)
    return float((torch.stack(list(values)).cpu().double() * weights).sum() / weights.sum())
