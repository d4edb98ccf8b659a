"""`figures`: what the study draws."""

from collections.abc import Collection, Mapping
from typing import Any

from repro.spec.experiment import Experiment
from repro.spec.keywords import FIGURE_KEYS
from repro.spec.metric_key import metric_key
from repro.spec.overrides import CannotChange, check_path, find
from repro.spec.points import points_file, read_points
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.spec import Figure
from repro.spec.tree import ListNode, MapNode, Node, TextNode

KINDS = ("curve", "bars", "sweep", "confusion")
_WANTS: dict[str, tuple[str, ...]] = {"curve": ("x", "y"), "bars": ("y",), "sweep": ("x", "y"), "confusion": ()}
_TAKES_NO: dict[str, tuple[str, ...]] = {
    "bars": ("x",),
    "curve": ("split_by",),
    "sweep": ("split_by",),
    "confusion": ("x", "series", "points", "y_range", "log", "split_by"),
}


class FigureReader:
    """Reads the figures.

    Args:
        experiments: every experiment by name, None for one that could not be read.
        trees: each experiment's tree, in which a sweep looks its x up.
        reading: where problems go.

    """

    def __init__(
        self, experiments: Mapping[str, Experiment | None], trees: Mapping[str, MapNode], reading: Reading
    ) -> None:
        self.experiments = experiments
        self.trees = trees
        self.reading = reading

    def read(self, node: Node | None) -> tuple[Figure, ...]:
        """All figures, in the order of the file."""
        if is_none(node):
            return ()
        assert node is not None
        figures: dict[str, Figure] = {}
        for item in listed(node):
            figure = self._figure(item)
            if figure is None:
                continue
            if figure.name in figures:
                first = figures[figure.name].place.line
                self.reading.say(
                    item, "figures.name", f"two figures are called {figure.name!r}; the first is on line {first}"
                )
            figures[figure.name] = figure
        return tuple(figures.values())

    def _figure(self, node: Node) -> Figure | None:
        reading = self.reading
        before = len(reading.problems)
        example = "{name: test-accuracy, kind: curve, x: step, y: test/Accuracy}"
        fields = reading.block(node, "figures", FIGURE_KEYS, need=("name", "kind"), example=example)
        if fields is None:
            return None
        words: dict[str, Any] = {"place": node.place}
        if "name" in fields:
            words["name"] = reading.name(fields["name"], "figures.name")
        the_kind = reading.word(fields["kind"], "figures.kind", KINDS) if "kind" in fields else None
        words["kind"] = the_kind
        if the_kind is not None:
            for name in _WANTS[the_kind]:
                if name not in fields:
                    reading.say(node, f"figures.{name}", f"is missing; a figure of kind {the_kind} needs it")
            for name in _TAKES_NO.get(the_kind, ()):
                if name in fields:
                    reading.say(fields[name], f"figures.{name}", f"a figure of kind {the_kind} has none")
        names = self._names(fields, words)
        named = "experiments" in fields or "series" in fields
        if "x" in fields and the_kind in ("curve", "sweep"):
            words["x"] = self._x(fields["x"], the_kind, names)
        if "y" in fields:
            words["y"] = tuple(y for item in listed(fields["y"]) if (y := self._y(item, names)) is not None)
        if "points" in fields:
            words["points"] = self._points(fields["points"], the_kind, names if named else self.experiments)
            if "split_by" in fields and the_kind == "bars":
                reading.say(fields["points"], "figures.points", "go with bars of experiments, not of folds (split_by)")
        if "reproduces" in fields:
            words["reproduces"] = reading.text(fields["reproduces"], "figures.reproduces") or ""
        if "y_range" in fields:
            words["y_range"] = self._range(fields["y_range"])
        if "log" in fields:
            words["log"] = bool(reading.truth(fields["log"], "figures.log"))
        if "split_by" in fields and the_kind == "bars":
            words["split_by"] = self._split_by(fields["split_by"], names)
        return Figure(**words) if len(reading.problems) == before else None

    def _split_by(self, node: Node, names: tuple[str, ...]) -> str | None:
        word = self.reading.word(node, "figures.split_by", ("fold",))
        shown = [e for name in names if (e := self.experiments.get(name)) is not None]
        if word is not None and len(shown) == len(names) and not any(e.splits.folds for e in shown):
            self.reading.say(node, "figures.split_by", "no experiment of this figure has folds; see splits.folds")
            return None
        return word

    def _names(self, fields: dict[str, Node], words: dict[str, Any]) -> tuple[str, ...]:
        """The experiments that the figure shows; all that are run where it names none."""
        reading = self.reading
        names: tuple[str, ...] = ()
        if "experiments" in fields:
            names = words["experiments"] = reading.some_of(
                fields["experiments"], "figures.experiments", "experiment", self.experiments
            )
        if "series" in fields:
            node = fields["series"]
            if not isinstance(node, MapNode):
                reading.say(node, "figures.series", f"expected {{NAME: [experiments]}}, got {kind(node)}")
                return names
            words["series"] = {
                str(k): reading.some_of(v, f"figures.series.{k}", "experiment", self.experiments)
                for k, v in node.items()
            }
            names += tuple(n for members in words["series"].values() for n in members)
        return names or tuple(n for n, e in self.experiments.items() if e is None or e.not_run is None)

    def _x(self, node: Node, the_kind: str, names: tuple[str, ...]) -> str | None:
        if the_kind == "curve":
            return self.reading.word(node, "figures.x", ("step", "epoch"))
        path = self.reading.text(node, "figures.x")
        if path is None:
            return None
        try:
            check_path(path)
        except CannotChange as error:
            self.reading.say(node, "figures.x", str(error))
            return None
        missing = next((n for n in names if n in self.trees and find(self.trees[n], path) is None), None)
        if missing is not None:
            self.reading.say(
                node, "figures.x", f"the experiment {missing!r} has no {path}; in a sweep x is looked up in each"
            )
            return None
        return path

    def _y(self, node: Node, names: tuple[str, ...]) -> str | None:
        if not isinstance(node, TextNode):
            self.reading.say(node, "figures.y", f"expected a metric, got {kind(node)}")
            return None
        full = None
        for name in names:
            experiment = self.experiments.get(name)
            if experiment is None:
                continue
            try:
                full = metric_key(node, experiment.metrics, experiment.views)
            except ValueError as error:
                self.reading.say(node, "figures.y", str(error))
                return None
        return full or str(node)

    def _points(self, node: Node, the_kind: str | None, shown: Collection[str]) -> str | None:
        """The file, and everything that it has wrong at its own lines. One that is not there yet is no problem."""
        name = self.reading.text(node, "figures.points")
        if name is None:
            return None
        try:
            file = points_file(self.reading.folder, name)
        except ValueError as error:
            self.reading.say(node, "figures.points", str(error))
            return None
        if file.exists() and the_kind in ("curve", "bars", "sweep"):
            _, problems = read_points(file, self.reading.folder, bars=shown if the_kind == "bars" else None)
            self.reading.problems.extend(problems)
        return name

    def _range(self, node: Node) -> tuple[float, float] | None:
        if not isinstance(node, ListNode) or len(node) != 2:
            self.reading.say(node, "figures.y_range", f"expected [lowest, highest], got {kind(node)}")
            return None
        low, high = (self.reading.number(bound, "figures.y_range") for bound in node)
        if low is None or high is None:
            return None
        if low >= high:
            self.reading.say(node, "figures.y_range", f"expected [lowest, highest], got [{low:g}, {high:g}]")
        return low, high
