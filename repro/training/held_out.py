"""Looks at test items whose labels are elsewhere: this process gives outputs away and hears no score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, cast

import numpy as np
import torch
from torch import LongTensor

from repro.data.arrays import permutation
from repro.data.prepared import Data, Part
from repro.data.seeds import derive
from repro.training.evaluator import Evaluator, Pass
from repro.training.outcome import EvalPoint


class HeldOutScorer(Protocol):
    """Takes outputs for items whose labels this process does not have, and has them scored."""

    def begin(self, steps: Sequence[int]) -> None:
        """Training begins, or goes on from a checkpoint, after looks at these steps."""

    def look(self, step: int, epoch: float, passes: Mapping[str, Pass]) -> None:
        """A look during training, ``{part: Pass}``. Returns when it is kept."""

    def final(self, passes: Mapping[str, Pass], some: Mapping[str, Pass], nudged: Mapping[str, Pass]) -> None:
        """The last look, at the chosen weights, at all parts that training does not see.

        ``some`` are outputs for some rows of ``test`` and of a part that training sees, ``nudged`` those for the same
        rows with minimally changed inputs.
        """


def some_rows(data: Data) -> Data:
    """The data with some rows of ``test`` and of ``validation`` (``train`` where there is none), and no other part."""
    parts = {}
    for name in ("test", "validation" if "validation" in data.parts else "train"):
        part = data.parts[name]
        drawn = permutation(len(part), derive(0, "recall", name))[:MOST_ROWS]
        at = torch.from_numpy(np.sort(drawn))
        parts[name] = Part(
            inputs={key: values.index_select(0, at) for key, values in part.inputs.items()},
            targets={key: values.index_select(0, at) for key, values in part.targets.items()},
            items=cast(LongTensor, part.items.index_select(0, at)),
        )
    return replace(data, parts=parts, views={})


MOST_ROWS = 1000
"""So many rows of a part are enough to see whether a net knows them by heart."""


class ForwardingEvaluator:
    """A :class:`repro.training.evaluator.HeldOutEvaluator` that hands the outputs to a :class:`HeldOutScorer`."""

    def __init__(self, evaluator: Evaluator, names: Iterable[str], held_out: HeldOutScorer) -> None:
        self._evaluator = evaluator
        self._parts = evaluator.parts_of(names)
        self._held_out = held_out
        self._looks: list[EvalPoint] = []

    def begin(self) -> None:
        """Training begins, with the looks of a checkpoint where there was one."""
        self._held_out.begin([look.step for look in self._looks])

    def look(self, step: int, epoch: float) -> None:
        """Look at the parts of the test views."""
        self._held_out.look(step, epoch, {part: self._evaluator.outputs(part) for part in self._parts})
        self._looks.append(EvalPoint(step, epoch, {}))

    def seen_before(self, looks: Iterable[EvalPoint]) -> None:
        """Put back at which steps there were looks before a checkpoint was written."""
        self._looks = list(looks)

    def open(self) -> tuple[EvalPoint, ...]:
        """The looks, without what was seen."""
        return tuple(self._looks)
