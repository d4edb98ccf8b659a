"""Looking at results: a whole pass over a part in evaluation mode, and the sealed look at the test items."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import torch
from lightning.pytorch.plugins import Precision
from torch import Tensor

from repro.data.device_cache import on_device
from repro.data.eval_batches import EVAL_ITEMS, evaluation_batches
from repro.data.prepared import Data
from repro.data.seeds import derive
from repro.training.module import Module
from repro.training.outcome import EvalPoint, Predictions, Score, Values
from repro.training.ranks import ALONE, Ranks
from repro.training.scorer import Scorer, ViewResult

LARGE_BYTES = 2**28
"""A net is given so many items of a batch at a time that no layer's output is larger: 256 MB."""


NUDGE = 1e-3
"""Noise of -60 dB, as a share of an item's root mean square."""


@dataclass(frozen=True)
class Pass:
    """A net's outputs for all rows of a part in order, ``{label: (N, *sizes)}``, and its penalty.

    ``state`` are the tensors that the loss of each label has learnt, where it is own code.
    """

    outputs: Mapping[str, Tensor]
    penalty: float = 0.0
    state: Mapping[str, Mapping[str, Tensor]] = field(default_factory=dict)


class Evaluator:
    """Takes every metric of a module on whole views, in the precision that training uses.

    Nothing of it depends on, or changes, any random state. Several ranks look together: each does some of the batches
    in which one process would go through a view, and all put the outputs together in order, so the same weights get
    the same scores, of every item once.
    """

    def __init__(self, module: Module, data: Data, precision: Precision | None = None, ranks: Ranks = ALONE) -> None:
        self._module = module
        self._data = replace(data, parts={n: on_device(part, module.device) for n, part in data.parts.items()})
        self._precision = precision or Precision()
        self._ranks = ranks
        self._scorer = Scorer(module.experiment, self._data, module.metrics, module)
        self._at_once = _items_at_once(module)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the views."""
        return tuple(self._scorer.ways)

    def look(self, name: str) -> dict[str, Score]:
        """``{label: Score}`` of a view."""
        return self.look_at((name,))[name]

    def look_at(self, names: Iterable[str]) -> dict[str, dict[str, Score]]:
        """``{view: {label: Score}}``; the net goes once through what several views look at."""
        return {name: scores for name, scores, _ in self._looks(tuple(names), keeping=False)}

    def look_and_keep(self, name: str) -> tuple[dict[str, Score], dict[str, Predictions]]:
        """``{label: Score}`` and ``{label: Predictions}`` of a view."""
        return next((scores, predictions) for _, scores, predictions in self._looks((name,), keeping=True))

    def look_at_all(self) -> Iterator[ViewResult]:
        """Every view with its scores and, of those that training never sees, what is kept of their predictions."""
        yield from self._looks(self.names, keeping=True)

    def _looks(self, names: tuple[str, ...], *, keeping: bool) -> Iterator[ViewResult]:
        for part in self._scorer.parts_of(names):
            with self._evaluating():
                outputs, penalty = self._pass(part)
                targets = {label: v.to(self._module.device) for label, v in self._data.parts[part].targets.items()}
                results = self._scorer.results(part, names, outputs, targets, penalty, keeping=keeping)
            yield from results

    def parts_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The parts that these views look at, each once."""
        return self._scorer.parts_of(names)

    def outputs(self, part: str, *, nudged: bool = False) -> Pass:
        """The outputs for a part, on the CPU; ``nudged`` for inputs that differ by noise of -60 dB."""
        with self._evaluating():
            outputs, penalty = self._pass(part, nudge if nudged else None)
        state = {label: dict(loss.state_dict()) for label, loss in self._module.own_losses().items()}
        return Pass({label: output.cpu() for label, output in outputs.items()}, penalty, state)

    @contextlib.contextmanager
    def _evaluating(self) -> Iterator[None]:
        """Net and losses in evaluation mode: a loss that learns from what it sees must know that this is a look."""
        was_training = self._module.training
        self._module.eval()
        try:
            with torch.inference_mode():
                yield
        finally:
            self._module.train(was_training)

    def _pass(
        self, name: str, change: Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]] | None = None
    ) -> tuple[dict[str, Tensor], float]:
        module, convert = self._module, self._precision.convert_input
        self._ranks.level(module)
        with self._precision.forward_context():
            outputs = self._outputs(name, lambda inputs: module(convert(change(inputs) if change else inputs)))
            penalty = 0.0
            if module.network.has_penalty:  # rank 0 has had a batch; another rank may have had none
                penalty = self._ranks.agree(float(module.network.penalty()) if self._ranks.is_first else 0.0)
        return outputs, penalty

    def _outputs(self, name: str, of: Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """Outputs of all items in order; each rank works out its share of the batches."""
        part = self._data.parts[name]
        batches = evaluation_batches(self._data, name, self._module.device, self._ranks.share)
        if self._ranks.count > 1:
            parts: dict[str, list[Tensor]] = {}
            for batch in batches:
                some = [of(inputs) for inputs in self._cut(batch["inputs"])]
                for label in some[0]:
                    parts.setdefault(label, []).append(torch.cat([_wide(outputs[label]) for outputs in some]))
            return {label: torch.cat(outputs) for label, outputs in self._ranks.in_turn(parts).items()}
        collected: dict[str, Tensor] = {}
        done = 0
        for inputs in (some for batch in batches for some in self._cut(batch["inputs"])):
            end = done + len(next(iter(inputs.values())))
            for label, output in of(inputs).items():
                widened = _wide(output)
                if label not in collected:
                    collected[label] = widened.new_empty((len(part), *widened.shape[1:]))
                _fill(collected[label][done:end], widened, label)
            done = end
        return collected

    def _cut(self, inputs: Mapping[str, Tensor]) -> Iterator[Mapping[str, Tensor]]:
        """A batch, or one after the other as many of its items as a net may be given at a time."""
        for start in range(0, len(next(iter(inputs.values()))), self._at_once):
            yield {name: values[start : start + self._at_once] for name, values in inputs.items()}


def _items_at_once(module: Module) -> int:
    """Own layers whose penalty looks at the last batch are given whole ones."""
    network = module.network
    if network.applied.penalties:
        return EVAL_ITEMS
    outs = [step.out for step in network.steps]
    shapes = [
        shape for out in outs for shape in (out.values() if isinstance(out, dict) else (out,)) if shape is not None
    ]
    largest = max((shape.numel for shape in (*network.shapes.values(), *shapes)), default=1)
    return max(1, min(EVAL_ITEMS, LARGE_BYTES // (4 * max(1, largest))))


def nudge(inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Inputs ``(N, *sizes)`` with noise 60 dB below each item's own level, the same for every call of this shape."""
    nudged = {}
    for name, values in inputs.items():
        generator = torch.Generator().manual_seed(derive(0, "nudge", name, *values.shape) % 2**63)
        noise = torch.randn(values.shape, generator=generator).to(values.device, values.dtype)
        level = values.flatten(1).float().square().mean(1).sqrt().to(values.dtype)
        nudged[name] = values + NUDGE * level.view(-1, *(1 for _ in values.shape[1:])) * noise
    return nudged


def _wide(output: Tensor) -> Tensor:
    return output if output.dtype == torch.float64 else output.float()


def _fill(room: Tensor, output: Tensor, label: str) -> None:
    """Put a batch's outputs where they belong in those of the whole part, which are one tensor from the start.

    Small tensors that are kept while large batches come and go split the free memory, so that a pass would take as
    much of it as the part is large.
    """
    if room.shape != output.shape:
        raise ValueError(f"{label}: outputs are {tuple(output.shape)}; expected {tuple(room.shape)} for this batch")
    room.copy_(output)


class HeldOutEvaluator:
    """The look at test items. Training code can ask for a look and is told nothing; what was seen is opened at the end.

    Only the run's own code (:mod:`repro.training.fit`) holds it; the module, the data module and every callback
    that chooses or stops get no reference to it or to the test items.
    """

    def __init__(self, evaluator: Evaluator, names: Iterable[str]) -> None:
        self._evaluator = evaluator
        self._names = tuple(names)
        self._seen: list[EvalPoint] = []

    def look(self, step: int, epoch: float) -> None:
        """Look at the test views and keep what was seen."""
        values: Values = {}
        for name, scores in self._evaluator.look_at(self._names).items():
            values |= flat(name, scores)
        self._seen.append(EvalPoint(step, epoch, values))

    def seen_before(self, looks: Iterable[EvalPoint]) -> None:
        """Put back what was seen before a checkpoint was written."""
        self._seen = list(looks)

    def open(self) -> tuple[EvalPoint, ...]:
        """Everything that was seen. Called once training is over."""
        return tuple(self._seen)

    def begin(self) -> None:
        """Training begins; nobody else has to know."""


def flat(view: str, scores: Mapping[str, Score]) -> Values:
    """``{VIEW/METRIC: value}`` of a view's scores."""
    return {f"{view}/{name}": value for score in scores.values() for name, value in score.values.items()}
