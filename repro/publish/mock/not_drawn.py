"""What a mock figure lacks, and why: nothing is made up in its place."""

from repro.results.figures.expectations import Expectations, unit_of_x
from repro.results.figures.requested_figures import main_key, members, title, x_axis_of
from repro.results.metric_info import UnknownMetric, metric_info
from repro.results.wording import listed
from repro.spec.points import points_file
from repro.spec.spec import Figure, Spec


def not_drawn(spec: Spec) -> tuple[str, ...]:
    """One sentence for each thing that a figure asks for and no expectation answers, in the spec's order."""
    source = Expectations(spec)
    sentences = []
    for figure in spec.figures:
        if figure.kind == "confusion":
            sentences.append(
                f"{figure.name}: what is taken for what does not follow from expected scores; a confusion matrix is "
                "drawn once there are runs"
            )
            continue
        sentences += _curves(source, figure) if figure.kind == "curve" else _numbers(source, figure)
        if figure.points is not None and not points_file(spec.folder, figure.points).exists():
            sentences.append(f"{figure.name}: {figure.points} is not there yet, so no points lie under it")
    return tuple(sentences)


def _numbers(source: Expectations, figure: Figure) -> list[str]:
    spec = source.spec
    key = main_key(spec, figure, spec.baseline)
    names = [n for _, n in members(source, figure)]
    missing = [n for n in names if _measures(spec, n, key) and source.shown(n, key) is None]
    sentences = []
    if missing:
        sentences.append(f"{figure.name}: nothing is expected of {_listed(spec, missing)} on {key}")
    if figure.split_by == "fold":
        without = [n for n in names if (shown := source.shown(n, key)) is not None and shown.folds is None]
        if without:
            sentences.append(f"{figure.name}: of {_listed(spec, without)} no single folds are expected")
    return sentences


def _curves(source: Expectations, figure: Figure) -> list[str]:
    spec = source.spec
    x_axis = x_axis_of(figure)
    sentences = []
    for key in figure.y or (main_key(spec, figure, spec.baseline),):
        names = [n for _, n in members(source, figure) if _has_course(spec, n) and _measures(spec, n, key)]
        other = [n for n in names if unit_of_x(spec, n) != x_axis and source.curve("", n, key, unit_of_x(spec, n))]
        missing = [n for n in names if n not in other and source.curve("", n, key, x_axis) is None]
        if missing:
            sentences.append(f"{figure.name}: no curve is expected of {_listed(spec, missing)} on {key}")
        if other:
            sentences.append(
                f"{figure.name}: x counts {x_axis}s, but the expected curves of {_listed(spec, other)} count "
                f"{unit_of_x(spec, other[0])}s, as their training does"
            )
    return sentences


def _has_course(spec: Spec, name: str) -> bool:
    """An estimator is fitted at once and has no learning curve to be expected."""
    model = spec.experiments[name].model
    return model is not None and not model.is_estimator


def _measures(spec: Spec, name: str, key: str) -> bool:
    try:
        metric_info(spec.experiments[name], key, spec.folder)
    except UnknownMetric:
        return False
    return True


def _listed(spec: Spec, names: list[str]) -> str:
    return listed([title(spec, name) for name in names])
