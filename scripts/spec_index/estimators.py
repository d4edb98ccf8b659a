"""Classifiers, regressors and transformers of scikit-learn."""

import itertools
import numbers
from typing import Any

import numpy as np
from sklearn.utils import all_estimators

from .record import record, signature
from .type_text import from_default, join

KINDS = ("classifier", "regressor", "transformer")
REFUSE = {"random_state": "seeded", "n_jobs": "harness", "verbose": "harness", "memory": "harness", "copy": "harness",
          "copy_X": "harness", "copy_x": "harness"}  # fmt: skip
LEFT_OUT_WORDS = {
    "CountVectorizer": "it takes text",
    "HashingVectorizer": "it takes text",
    "TfidfVectorizer": "it takes text",
    "TfidfTransformer": "it takes counts of words",
    "DictVectorizer": "it takes dictionaries",
    "FeatureHasher": "it takes dictionaries",
    "LabelBinarizer": "it is for labels",
    "LabelEncoder": "it is for labels",
    "MultiLabelBinarizer": "it is for labels",
    "PatchExtractor": "it gives more items than it gets",
    "KernelCenterer": "it takes a kernel matrix, not items",
    "MultiTaskElasticNet": "not supported yet: it fits several labels at once",
    "MultiTaskElasticNetCV": "not supported yet: it fits several labels at once",
    "MultiTaskLasso": "not supported yet: it fits several labels at once",
    "MultiTaskLassoCV": "not supported yet: it fits several labels at once",
    "IsotonicRegression": "it takes one single feature",
    "ColumnTransformer": "it holds other estimators",
    "FeatureUnion": "it holds other estimators",
    "FrozenEstimator": "it holds another estimator",
}


def estimators() -> dict[str, Any]:
    """All that scikit-learn calls a classifier, regressor or transformer, but for those that hold others."""
    classes: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for kind in KINDS:
        for name, cls in all_estimators(type_filter=kind):
            if name in classes or name in left_out:
                continue
            if name in LEFT_OUT_WORDS:
                left_out[name] = LEFT_OUT_WORDS[name]
                continue
            parameters = signature(cls.__init__)
            types = {a: _type(cls, a, p.default) for a, p in parameters.items()}
            refuse = {**REFUSE, **{a: "deprecated" for a, p in parameters.items() if str(p.default) == "deprecated"}}
            try:
                made = record(name, f"{_public(cls)}.{name}", parameters, cls.__doc__ or "", types=types, refuse=refuse)
            except ValueError:
                left_out[name] = "it holds other estimators or objects, which a spec can't say"
                continue
            made["kind"] = kind
            made["random"] = "random_state" in parameters
            classes[name] = made
    return {"classes": dict(sorted(classes.items())), "left_out": dict(sorted(left_out.items()))}


def _public(cls: type) -> str:
    """The module that a user imports it from: what stands before the first private one."""
    return ".".join(itertools.takewhile(lambda part: not part.startswith("_"), cls.__module__.split(".")))


def _type(cls: type, argument: str, default: Any) -> str:
    """The type from scikit-learn's own table of constraints, else from the default."""
    constraints = getattr(cls, "_parameter_constraints", {}).get(argument)
    if argument in ("estimator", "estimators", "base_estimator", "kernel_object", "transformers"):
        return "object"
    if argument in ("feature_range", "quantile_range"):
        return "(float, float)"
    if argument == "hidden_layer_sizes":
        return "[int]"
    if not isinstance(constraints, list):
        return join(from_default(default))
    found = [alternative for constraint in constraints for alternative in _alternatives(constraint)]
    if default is None and "none" not in found:
        found.append("none")
    if isinstance(default, str) and "str" not in found and f"'{default}'" not in found:
        found.append(f"'{default}'")  # a default that scikit-learn warns of and takes all the same
    return join(found) or join(from_default(default))


def _alternatives(constraint: Any) -> list[str]:
    if constraint is None:
        return ["none"]
    kind = type(constraint).__name__
    if kind in ("Interval", "RealNotInt"):
        return ["int" if constraint.type is numbers.Integral else "float"]
    if kind in ("StrOptions", "Options"):
        return [_option(option) for option in sorted(constraint.options, key=str)]
    if kind == "Hidden":
        return []
    if kind == "MissingValues" or constraint == "missing-values":
        return ["float"]
    if kind == "HasMethods":
        return ["object"]
    simple = {"boolean": "bool", "verbose": "int", "array-like": "[any]", "sparse matrix": "[any]",
              "random_state": "int", "cv_object": "int", "nan": "float", "no_validation": "any"}  # fmt: skip
    if isinstance(constraint, str):
        return [simple[constraint]] if constraint in simple else ["any"]
    plain = {bool: "bool", np.bool_: "bool", int: "int", numbers.Integral: "int", float: "float", numbers.Real: "float",
             str: "str", dict: "dict", list: "[any]", tuple: "[any]", np.ndarray: "[any]"}  # fmt: skip
    if constraint in plain:
        return [plain[constraint]]
    return ["function"] if constraint is callable else ["object"]


def _option(option: Any) -> str:
    if option is None:
        return "none"
    return f"'{option}'" if isinstance(option, str) else type(option).__name__
