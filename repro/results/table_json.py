"""The results as JSON: everything that was reckoned, proportions in percent where the paper prints percent."""

import json
from math import isfinite
from typing import Any

from repro.results.claim import Comparison
from repro.results.results import ClaimResult, Results
from repro.results.row import Interval, Row


def to_json(results: Results) -> str:
    """The results as text: sorted keys, one value a line, no time stamp, a line end at the end.

    ``difference`` is ours minus reported; ``d`` is the same with a plus meaning better. What cannot be had is null.
    """
    return json.dumps(as_data(results), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def as_data(results: Results) -> dict[str, Any]:
    """The same as plain lists and dicts."""
    return {
        "spec": results.spec,
        "title": results.title,
        "rung": results.rung,
        "headline": results.headline,
        "counts": {str(v): n for v, n in results.counts.items()},
        "recipe_differs": list(results.differing),
        "rows": [_row(row) for row in results.rows],
        "claims": [_claim(claim) for claim in results.claims],
        "warnings": list(results.warnings),
        "footnotes": list(results.footnotes),
        "leaks": [
            {
                "check": leak.check,
                "state": leak.state,
                "kinds": list(leak.kinds),
                "texts": list(leak.texts),
                "experiments": list(leak.experiments),
            }
            for leak in results.leaks
        ],
        "environments": list(results.environments),
        "records": {record.run: record.numbers_sha256 for record in results.records},
    }


def _row(row: Row) -> dict[str, Any]:
    number = None if row.reported is None else row.reported.number
    sign = row.extra.get("sign", 0.0)
    return {
        "experiment": row.experiment,
        "title": row.title,
        "metric": row.metric,
        "unit": row.unit,
        "better": {1.0: "more", -1.0: "less"}.get(sign),
        "reported": None if number is None else number.value,
        "reported_text": None if number is None else number.text,
        "reported_spread": None if number is None else number.spread,
        "where": "" if row.reported is None else row.reported.where,
        "selection": None if row.reported is None else row.reported.selection,
        "values": [_finite(v) for v in row.values],
        "seeds": list(row.seeds),
        "failed_seeds": list(row.failed_seeds),
        "mean": _finite(row.mean),
        "sd": _finite(row.sd),
        "ci95": _interval(row.ci95),
        "difference": _finite(row.difference),
        "d": None if row.difference is None or not sign else _finite(sign * row.difference),
        "ci90_difference": _interval(row.ci90_difference),
        "pi95": _interval(row.pi95),
        "margin": _finite(row.margin),
        "margin_rule": row.margin_rule,
        "verdict": None if row.verdict is None else str(row.verdict),
        "verdict_default": None if row.verdict_default is None else str(row.verdict_default),
        "verdict_half_margin": None if row.verdict_half_margin is None else str(row.verdict_half_margin),
        "verdict_twice_margin": None if row.verdict_twice_margin is None else str(row.verdict_twice_margin),
        "sentence": row.sentence,
        "notes": list(row.notes),
        "baseline": row.is_baseline,
        "not_run": row.not_run,
        **({"measures": row.measures} if row.measures else {}),
        **({"widened": list(row.widened)} if row.widened else {}),
        **_folds(row),
        **{k: _finite(v) for k, v in row.extra.items() if k not in ("sign", "exact", "trivial")},
    }


def _folds(row: Row) -> dict[str, Any]:
    """What a row with folds has besides; ``values`` of a fold are in the order of the row's ``seeds``."""
    if not row.folds_planned:
        return {}
    return {
        "sd_over_seeds": _finite(row.sd),
        "sd_over_folds": _finite(row.sd_over_folds),
        "folds_planned": row.folds_planned,
        "folds": [
            {
                "fold": fold.number,
                "name": fold.name,
                "mean": _finite(fold.mean),
                "values": [_finite(v) for v in fold.values],
                "reported": _finite(fold.reported),
            }
            for fold in row.folds
        ],
    }


def _claim(result: ClaimResult) -> dict[str, Any]:
    claim = result.claim
    return {
        **_comparison(result.deciding),
        "kind": claim.kind,
        "experiments": list(claim.experiments),
        "metric": claim.metric,
        "unit": result.unit,
        "by": claim.by,
        "within": claim.within,
        "where": claim.where,
        "text": result.text,
        "verdict": str(result.verdict),
        "sentence": result.sentence,
        "notes": list(result.notes),
        "steps": [_comparison(step) for step in result.steps],
    }


def _comparison(step: Comparison) -> dict[str, Any]:
    return {
        "method": step.method,
        "other": step.other,
        "at": step.at,
        "mean": _finite(step.mean),
        "ci95": _interval(step.ci95),
        "pairs": step.pairs,
        "agree": step.agree,
        "probability": _finite(step.probability),
        "verdict": str(step.verdict),
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _interval(interval: Interval | None) -> list[float | None] | None:
    return None if interval is None else [_finite(interval[0]), _finite(interval[1])]
