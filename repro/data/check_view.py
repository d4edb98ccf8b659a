"""The words of a view against the data: columns and classes that only the data set knows."""

from collections.abc import Mapping

from repro.data.arrays import AnyArray
from repro.data.prepared import Target
from repro.spec.experiment import View
from repro.spec.problem import Problem, SpecError, unknown


def check_view(view: View, columns: Mapping[str, AnyArray], targets: Mapping[str, Target]) -> None:
    """Raise SpecError where ``mean_over`` is no column of one cell an item, or ``only`` names no class of its label."""
    key = f"evaluation.{view.name}"
    problems: list[Problem] = []
    if view.mean_over is not None:
        if view.mean_over not in columns:
            problems.append(Problem(view.place, f"{key}.mean_over", unknown("column", view.mean_over, columns)))
        elif columns[view.mean_over].ndim != 1:
            text = f"column {view.mean_over!r} has more than one value an item"
            problems.append(Problem(view.place, f"{key}.mean_over", text))
    if view.only is not None:
        classes = targets[view.only.label].classes or ()
        for name in view.only.classes:
            if name not in classes:
                at = f"{key}.only.{view.only.label}"
                problems.append(Problem(view.only.place, at, unknown("class", name, classes)))
    if problems:
        raise SpecError(problems)
