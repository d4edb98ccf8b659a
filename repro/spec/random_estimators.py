"""Which scikit-learn classes draw random numbers: some have a ``random_state`` that their settings leave unused."""

from collections.abc import Mapping
from typing import Any

from repro.spec.index import index
from repro.spec.part import Entry

DRAWS_WHERE: Mapping[str, tuple[str, Any, tuple[Any, ...]]] = {
    "LogisticRegression": ("solver", "lbfgs", ("sag", "saga", "liblinear")),
    "Ridge": ("solver", "auto", ("sag", "saga")),
    "RidgeClassifier": ("solver", "auto", ("sag", "saga")),
    "Lasso": ("selection", "cyclic", ("random",)),
    "ElasticNet": ("selection", "cyclic", ("random",)),
    "SVC": ("probability", False, (True,)),
    "NuSVC": ("probability", False, (True,)),
}
"""Class -> argument, its default, and the values with which ``random_state`` is used, by scikit-learn's own pages."""


def is_random(entry: Entry) -> bool:
    """Whether an estimator or transformer of scikit-learn draws random numbers. Own code is taken to, as nobody knows.

    >>> is_random(Entry(name="LogisticRegression"))
    False
    >>> is_random(Entry(name="LogisticRegression", args={"solver": "saga"}))
    True
    >>> is_random(Entry(name="RandomForestClassifier")), is_random(Entry(name="KNeighborsClassifier"))
    (True, False)
    """
    if entry.own or not index().estimator(entry.name).random:
        return bool(entry.own)
    if entry.name not in DRAWS_WHERE:
        return True
    argument, default, drawing = DRAWS_WHERE[entry.name]
    return entry.args.get(argument, default) in drawing
