"""Which views a run looks at while it trains, because a figure or a claim of the spec needs them over time."""

from repro.spec.experiment import Experiment
from repro.spec.spec import Spec


def history_views(spec: Spec, experiment: Experiment) -> tuple[str, ...]:
    """Views beside ``running``, ``validation`` and ``test``, which every run looks at: ``train``, or views of the spec.

    They are those of the curves that show this experiment, of the claims about it that hold ``at`` some time, and,
    where the paper chose on test, of its reported numbers.
    """
    keys: list[str] = []
    for figure in spec.figures:
        shown = {*figure.experiments, *(name for names in figure.series.values() for name in names)}
        if figure.kind == "curve" and (not shown or experiment.name in shown):
            keys.extend(figure.y)
    for claim in spec.claims:
        if claim.at and experiment.name in claim.experiments:
            keys.append(claim.metric)
    if experiment.training.select == "best_test":
        keys.extend(r.metric for r in spec.reported if r.experiment == experiment.name)
    views = {key.partition("/")[0] for key in keys if "/" in key}
    return tuple(sorted(v for v in views if v == "train" or v in experiment.views))
