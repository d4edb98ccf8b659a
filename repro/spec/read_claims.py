"""`claims`: what the paper is really about, method against method."""

from collections.abc import Mapping
from typing import Any

from repro.spec.experiment import Experiment
from repro.spec.keywords import CLAIM_KEYS
from repro.spec.metric_key import metric_key
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.spec import Claim
from repro.spec.tree import ListNode, Node, TextNode

_FORMS = "{method: A, other: B, by: 5}, {order: [best, ..., worst], by: 0} or {same: [A, B], within: 2}"


def read_claims(node: Node | None, experiments: Mapping[str, Experiment | None], reading: Reading) -> tuple[Claim, ...]:
    """All claims, in the order of the file.

    Args:
        node: what stands under ``claims``.
        experiments: every experiment by name, None for one that could not be read.
        reading: where problems go.

    """
    if is_none(node):
        return ()
    assert node is not None
    claims = [_claim(item, experiments, reading) for item in listed(node)]
    return tuple(claim for claim in claims if claim is not None)


def _claim(node: Node, experiments: Mapping[str, Experiment | None], reading: Reading) -> Claim | None:
    fields = reading.block(node, "claims", CLAIM_KEYS, example=_FORMS)
    if fields is None:
        return None
    forms = [form for form in ("method", "order", "same") if form in fields]
    if len(forms) != 1:
        if set(fields) & {"other", "by", "within"} or not fields or len(forms) > 1 or not forms:
            reading.say(node, "claims", f"a claim is one of {_FORMS}")
        return None
    before = len(reading.problems)
    form = forms[0]
    words: dict[str, Any] = {"place": node.place}
    if "other" in fields and form != "method":
        reading.say(fields["other"], "claims.other", f"belongs to `method`, not to `{form}`")
    amount, stray = ("within", "by") if form == "same" else ("by", "within")
    if stray in fields:
        reading.say(fields[stray], f"claims.{stray}", f"`{form}` goes with `{amount}`")
    if amount in fields:
        words[amount] = reading.number(fields[amount], f"claims.{amount}", least=0)
    else:
        reading.say(
            node,
            f"claims.{amount}",
            "is missing: say by how much" if amount == "by" else "is missing: say how near is the same",
        )
    if form == "method":
        if "other" not in fields:
            reading.say(node, "claims.other", "is missing: better than which experiment?")
        names = tuple(
            name
            for part in ("method", "other")
            if part in fields
            for name in [reading.one_of(fields[part], f"claims.{part}", "experiment", experiments)]
            if name is not None
        )
        if len(names) == 2 and names[0] == names[1]:
            reading.say(fields["other"], "claims.other", f"{names[0]!r} is compared with itself")
        words["kind"] = "beats"
    else:
        names = reading.some_of(fields[form], f"claims.{form}", "experiment", experiments)
        count = len(fields[form]) if isinstance(fields[form], ListNode) else 1
        if count < 2:
            reading.say(fields[form], f"claims.{form}", f"expected at least two experiments, got {count}")
        elif form == "same" and count > 2:
            reading.say(fields[form], "claims.same", f"compares two experiments, got {count}: write one claim a pair")
        words["kind"] = form
    for name in names:
        experiment = experiments[name]
        if experiment is not None and experiment.not_run is not None:
            reading.say(node, "claims", f"{name!r} is not run, so nothing can be claimed about it")
    words["experiments"] = names
    words["metric"] = _metric(fields.get("metric"), names, experiments, reading)
    for name in ("where", "why"):
        if name in fields:
            words[name] = reading.text(fields[name], f"claims.{name}")
    if "at" in fields:
        words["at"] = tuple(
            at for item in listed(fields["at"]) if (at := reading.duration(item, "claims.at")) is not None
        )
    if len(reading.problems) > before or words["metric"] is None:
        return None
    return Claim(**words)


def _metric(
    node: Node | None, names: tuple[str, ...], experiments: Mapping[str, Experiment | None], reading: Reading
) -> str | None:
    """The claim's metric in full: the main one where nothing is said; every experiment of the claim must have it."""
    full = None
    for name in names:
        experiment = experiments[name]
        if experiment is None:
            continue
        if node is None:
            full = full or f"test/{experiment.main_metric}"
            continue
        if not isinstance(node, TextNode):
            reading.say(node, "claims.metric", f"expected one metric, got {kind(node)}")
            return None
        try:
            full = metric_key(node, experiment.metrics, experiment.views)
        except ValueError as error:
            reading.say(node, "claims.metric", str(error))
            return None
    return full
