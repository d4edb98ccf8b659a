"""`reported` (and a proposal's `expected`): the numbers that a paper prints, a table at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repro.spec import scalars
from repro.spec.experiment import Experiment
from repro.spec.index import index
from repro.spec.keywords import REPORTED_KEYS
from repro.spec.metric_key import metric_key, parts_of
from repro.spec.problem import unknown
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.spec import Number, Reported, Spread
from repro.spec.tree import ListNode, MapNode, Node, TextNode

SPREAD = (
    "write the numbers behind the values, as in 92 ± 2, and here what they are: {kind: sd, over: seeds} "
    "(kind: sd, se, ci95 or unknown; over: seeds or folds)"
)
SELECTIONS = ("last", "best_validation", "best_test", "best_of_m", "not stated")
_FRACTIONS = ("percent", "fraction")


@dataclass(frozen=True)
class Curve:
    """An expected curve: ``points`` are (x, y)."""

    experiment: str
    metric: str
    points: tuple[tuple[float, float], ...]


class ReportedReader:
    """Reads the tables.

    Args:
        experiments: every experiment by name, None for one that could not be read.
        expected: whether these are a proposal's expectations.
        reading: where problems go.

    """

    def __init__(self, experiments: Mapping[str, Experiment | None], *, expected: bool, reading: Reading) -> None:
        self.experiments = experiments
        self.expected = expected
        self.reading = reading
        self.word = "expected" if expected else "reported"
        self.curves: list[Curve] = []

    def read(self, node: Node | None) -> tuple[Reported, ...]:
        """All reported numbers, in the order of the file."""
        if is_none(node):
            return ()
        assert node is not None
        reported: list[Reported] = []
        for table in listed(node):
            reported += self._table(table)
        return tuple(reported)

    def _table(self, node: Node) -> list[Reported]:
        reading, word = self.reading, self.word
        known = (*REPORTED_KEYS, *(("curves",) if self.expected else ()))
        need = ("metric", "unit") if self.expected else ("where", "metric", "unit", "values")
        fields = reading.block(
            node, word, known, need=need, example="{where: Table 2, metric: Accuracy, unit: percent, values: {...}}"
        )
        if fields is None:
            return []
        fields = {name: value for name, value in fields.items() if not is_none(value)}
        words = self._words(fields)
        unit = reading.text(fields["unit"], f"{word}.unit") if "unit" in fields else None
        metrics = listed(fields["metric"]) if "metric" in fields else []
        if isinstance(fields.get("metric"), ListNode) and not metrics:
            reading.say(fields["metric"], f"{word}.metric", "expected at least one metric")
        if self.expected and "values" not in fields and "curves" not in fields:
            reading.say(node, f"{word}.values", "is missing")
        if "curves" in fields:
            self._read_curves(fields["curves"], metrics)
        values = fields.get("values")
        if values is None:
            return []
        if not isinstance(values, MapNode) or not values:
            reading.say(values, f"{word}.values", f"expected {{EXPERIMENT: number}}, got {kind(values)}")
            return []
        rows: list[Reported] = []
        for name, cells in values.items():
            key = f"{word}.values.{name}"
            if name not in self.experiments:
                reading.say(name, key, unknown("experiment", name, self.experiments))
                continue
            row = self._row(cells, len(metrics), isinstance(fields.get("metric"), ListNode), key)
            for metric, cell in zip(metrics, row, strict=False):
                full = self._metric(metric, str(name))
                number = self._number(cell, key)
                if full is None or unit is None or not self._unit_fits(full, unit, fields["unit"], str(name)):
                    continue
                if number is not None:
                    self._in_range(number, full, unit, cell, key, str(name))
                rows.append(
                    Reported(
                        place=name.place,
                        experiment=str(name),
                        metric=full,
                        unit=unit,
                        number=number,
                        expected=self.expected,
                        **words,
                    )
                )
        return rows

    def _words(self, fields: dict[str, Node]) -> dict[str, Any]:
        reading, word = self.reading, self.word
        words: dict[str, Any] = {}
        for name in ("where", "why", "via"):
            if name in fields:
                words[name] = reading.text(fields[name], f"{word}.{name}") or ""
        for name in ("runs", "items"):
            if name in fields:
                words[name] = reading.whole(fields[name], f"{word}.{name}", least=1)
        for name in ("reading_error", "margin"):
            if name in fields:
                words[name] = reading.number(fields[name], f"{word}.{name}", least=0)
        if "selection" in fields:
            words["selection"] = reading.word(fields["selection"], f"{word}.selection", SELECTIONS) or "not stated"
        if "same_test_items" in fields:
            words["same_test_items"] = bool(reading.truth(fields["same_test_items"], f"{word}.same_test_items"))
        if "spread" in fields:
            words["spread"] = self._spread(fields["spread"])
        if words.get("selection") == "best_of_m" and words.get("runs") is None:
            reading.say(fields["selection"], f"{word}.runs", "is missing: best_of_m needs to know of how many runs")
        return words

    def _spread(self, node: Node) -> Spread | None:
        key = f"{self.word}.spread"
        if isinstance(node, TextNode) and _is_number(node):
            self.reading.say(node, key, f"says what kind of spread it is; {SPREAD}")
            return None
        if isinstance(node, TextNode):
            node = MapNode({TextNode("kind", node.place): node}, node.place)
        if isinstance(node, MapNode) and any(
            _is_number(value) for value in node.values() if isinstance(value, TextNode)
        ):
            self.reading.say(node, key, f"holds no number; {SPREAD}")
            return None
        fields = self.reading.block(node, key, ("kind", "over"), need=("kind",), example="{kind: sd, over: seeds}")
        if fields is None:
            return None
        words: dict[str, Any] = {}
        if "kind" in fields:
            words["kind"] = (
                self.reading.word(fields["kind"], f"{key}.kind", ("sd", "se", "ci95", "unknown")) or "unknown"
            )
        if "over" in fields:
            words["over"] = self.reading.word(fields["over"], f"{key}.over", ("seeds", "folds")) or "seeds"
        return Spread(place=node.place, **words)

    def _row(self, cells: Node, width: int, is_list: bool, key: str) -> Sequence[Node]:
        if not is_list:
            if isinstance(cells, ListNode) and len(cells) != 1:
                self.reading.say(cells, key, f"expected one number, got a list of {len(cells)}; `metric` names one")
                return []
            return [cells[0]] if isinstance(cells, ListNode) else [cells]
        row = listed(cells)
        if len(row) != width:
            self.reading.say(cells, key, f"expected {width} numbers, one for each metric, got {len(row)}")
            return []
        return row

    def _metric(self, node: Node, name: str) -> str | None:
        if not isinstance(node, TextNode):
            self.reading.say(node, f"{self.word}.metric", f"expected a metric or a list of metrics, got {kind(node)}")
            return None
        experiment = self.experiments.get(name)
        if experiment is None:
            return None
        try:
            return metric_key(node, experiment.metrics, experiment.views)
        except ValueError as error:
            self.reading.say(node, f"{self.word}.metric", str(error))
            return None

    def _number(self, node: Node, key: str) -> Number | None:
        if is_none(node):
            return None
        if isinstance(node, MapNode):
            return self._with_folds(node, key)
        if not isinstance(node, TextNode):
            self.reading.say(node, key, f"expected a number, got {kind(node)}")
            return None
        try:
            return scalars.reported_number(node).model_copy(update={"place": node.place})
        except ValueError as error:
            self.reading.say(node, key, str(error))
            return None

    def _with_folds(self, node: MapNode, key: str) -> Number | None:
        fields = self.reading.block(
            node, key, ("value", "folds"), need=("value",), example="{value: 72.7, folds: [57.5, 78.7]}"
        )
        if fields is None or "value" not in fields:
            return None
        value = fields["value"]
        if not isinstance(value, TextNode) or is_none(value):
            self.reading.say(value, f"{key}.value", f"expected a number, got {kind(value)}")
            return None
        number = self._number(value, f"{key}.value")
        folds = tuple(
            fold
            for item in (listed(fields["folds"]) if "folds" in fields else ())
            if (fold := self.reading.number(item, f"{key}.folds")) is not None
        )
        return None if number is None else number.model_copy(update={"folds": folds})

    def _unit_fits(self, full: str, unit: str, at: Node, name: str) -> bool:
        """Percent and fraction are for proportions, and only for these."""
        key = f"{self.word}.unit"
        proportion = self._proportion(full, name)
        _, metric = parts_of(full)
        if proportion is True and unit not in _FRACTIONS:
            self.reading.say(at, key, f"{metric} is a proportion; its unit is percent or fraction, not {unit!r}")
            return False
        if proportion is False and unit in _FRACTIONS:
            right = (
                "count"
                if metric in ("parameters", "multiply_adds")
                else "seconds"
                if metric == "seconds"
                else "a word of its own"
            )
            self.reading.say(at, key, f"{metric} is no proportion; its unit is {right}, not {unit}")
            return False
        return True

    def _proportion(self, full: str, name: str) -> bool | None:
        """Whether the metric is a proportion; None where nobody knows (own code)."""
        view, metric = parts_of(full)
        experiment = self.experiments.get(name)
        if not view or metric in ("loss", "objective"):
            return False
        entry = experiment.metrics.get(metric) if experiment is not None else None
        if entry is None or entry.own is not None:
            return None
        return index().metric(entry.name).proportion

    def _in_range(self, number: Number, full: str, unit: str, at: Node, key: str, name: str) -> None:
        if self._proportion(full, name) is not True:
            return
        most = 1 if unit == "fraction" else 100
        numbers = (number.value, *number.folds)
        wrong = next((n for n in numbers if not 0 <= n <= most), None)
        if wrong is None:
            return
        hint = "; is the unit percent?" if unit == "fraction" and 1 < wrong <= 100 else ""
        self.reading.say(at, key, f"{wrong:g} is no {unit}: it lies outside 0 to {most}{hint}")

    def _read_curves(self, node: Node, metrics: Sequence[Node]) -> None:
        key = f"{self.word}.curves"
        if not isinstance(node, MapNode) or len(metrics) != 1:
            text = f"expected {{EXPERIMENT: [[x, y], ...]}}, got {kind(node)}" if metrics else "needs one metric"
            self.reading.say(node, key, text)
            return
        for name, points_node in node.items():
            if name not in self.experiments:
                self.reading.say(name, f"{key}.{name}", unknown("experiment", name, self.experiments))
                continue
            full = self._metric(metrics[0], str(name))
            points = []
            for point in points_node if isinstance(points_node, ListNode) else [points_node]:
                if not isinstance(point, ListNode) or len(point) != 2:
                    self.reading.say(point, f"{key}.{name}", "expected points [x, y] in a list: [[0, 10], [30, 85]]")
                    break
                x, y = (self.reading.number(coordinate, f"{key}.{name}") for coordinate in point)
                if x is not None and y is not None:
                    points.append((x, y))
            if full is not None:
                self.curves.append(Curve(str(name), full, tuple(points)))


def _is_number(text: TextNode) -> bool:
    try:
        scalars.number(text)
    except ValueError:
        return False
    return True
