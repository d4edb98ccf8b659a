"""`VIEW/METRIC`: how reported numbers, claims, figures, `watch` and schedulers name what was measured."""

from collections.abc import Iterable

from repro.spec.keywords import ALWAYS_MEASURED, COUNTED, VIEWS
from repro.spec.problem import unknown


def metric_key(text: str, metrics: Iterable[str], views: Iterable[str]) -> str:
    """The full key of a metric; no view means test.

    Args:
        text: what the spec says.
        metrics: names of the experiment's metrics.
        views: names of the further views of `evaluation`.

    Raises:
        ValueError: no such metric or view.

    >>> metric_key("Accuracy", ["Accuracy"], [])
    'test/Accuracy'
    >>> metric_key("parameters", ["Accuracy"], [])
    'parameters'

    """
    if text in COUNTED:
        return text
    view, slash, metric = text.rpartition("/")
    known_views = [*VIEWS, *views]
    known = [*metrics, *ALWAYS_MEASURED]
    if slash and view not in known_views:
        raise ValueError(unknown("view", view, known_views))
    if metric not in known:
        if slash and metric in COUNTED:
            raise ValueError(f"{metric} belongs to no view; write {metric}")
        raise ValueError(unknown("metric", metric, [*known, *(() if slash else COUNTED)]))
    return f"{view or 'test'}/{metric}"


def parts_of(key: str) -> tuple[str, str]:
    """View and metric of a full key; the view is empty for ``parameters`` and its like.

    >>> parts_of("test/Accuracy"), parts_of("parameters")
    (('test', 'Accuracy'), ('', 'parameters'))
    """
    view, _, metric = key.rpartition("/")
    return view, metric
