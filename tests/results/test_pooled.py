"""Pooling of people's runs: what is the same experiment, what counts once, and what is said."""

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import TypeAdapter

from repro.results.contribution import Contribution
from repro.results.contributions import contributions
from repro.results.pooled import Pooled, pooled
from repro.runs.record import Timings
from repro.spec.experiment import Training
from repro.spec.spec import Spec
from tests.results import made


def share_of(
    who: str, values: Sequence[float], *, seeds: Sequence[int] = (), spec: Spec | None = None, **changes: Any
) -> Contribution:
    """The share of ``cnn`` on its main metric; each person's times differ, as they would."""
    spec = spec or made.spec([made.experiment("cnn", title="CNN")])
    seconds = sum(map(ord, who)) / 100
    fields = {"timings": Timings(data=0.1, fit=seconds, evaluate=0.1, total=seconds + 0.2), **changes}
    records = [made.record("cnn", s, v, **fields) for s, v in zip(seeds or range(len(values)), values, strict=True)]
    return contributions(who, spec, made.plan(spec), records)[0]


def only(found: list[Pooled]) -> Pooled:
    assert len(found) == 1
    return found[0]


def test_two_people_are_one_result() -> None:
    found = only(pooled([share_of("ada", [66, 68, 67]), share_of("ben", [67.5, 69, 70])]))
    assert (found.experiment, found.title, found.metric, found.unit) == ("cnn", "CNN", "test/Accuracy", "percent")
    assert (found.people, found.runs) == (2, 6)
    assert found.mean == pytest.approx((67 + (67.5 + 69 + 70) / 3) / 2)
    assert found.ci95 is not None
    assert found.ci95[0] < found.mean < found.ci95[1]
    assert [part.who for part in found.parts] == ["ada", "ben"]
    assert sum(part.weight for part in found.parts) == pytest.approx(1)
    assert found.sentence.startswith("2 people, 6 runs: 67.9, 95 % interval ")


def test_one_person_alone_is_no_pooled_result() -> None:
    assert pooled([share_of("ada", [66, 68, 67])]) == []
    assert pooled([share_of("ada", [66, 68, 67]), share_of("ada", [67, 69, 70])]) == []


def test_names_titles_and_seeds_may_differ() -> None:
    other = made.spec([made.experiment("cnn", title="My net", seeds=(7, 8))])
    found = only(pooled([share_of("ada", [66, 68]), share_of("ben", [67, 69], seeds=(7, 8), spec=other)]))
    assert found.title == "CNN"
    assert found.parts[1].seeds == (7, 8)


def test_another_recipe_or_other_data_are_another_experiment() -> None:
    longer = made.spec([made.experiment("cnn", training=Training(batch_size=100, steps=9000))])
    assert pooled([share_of("ada", [66, 68]), share_of("ben", [67, 69], spec=longer)]) == []
    assert pooled([share_of("ada", [66, 68]), share_of("ben", [67, 69], data_sha256="other")]) == []


def test_a_copied_record_counts_once_and_is_said() -> None:
    same = {"timings": made.TIMINGS}
    found = only(
        pooled([share_of("ada", [66, 68], **same), share_of("ben", [66, 68], **same), share_of("cy", [60, 61])])
    )
    assert (found.people, found.runs) == (2, 4)
    assert found.parts[1].mean is None
    assert found.parts[1].weight == 0
    said = "ada and ben hold the same 2 records: equal numbers, machine and times; counted once"
    assert found.notes[:2] == (f"ada: {said}", f"ben: {said}")  # nobody is accused


def test_a_copy_under_another_name_is_still_a_copy() -> None:
    same = {"timings": made.TIMINGS}
    found = only(
        pooled([share_of("ada", [66, 68], **same), share_of("ben", [66, 68], spec=None, terms="mine", **same)])
    )
    assert "hold the same 2 records" in found.notes[0]


def test_the_same_to_the_last_bit_trained_again_is_one_sample_and_no_copy() -> None:
    found = only(pooled([share_of("ada", [66, 68]), share_of("ben", [66, 68])]))
    assert (found.people, found.runs) == (1, 2)
    said = "ada and ben have 2 runs equal to the last bit, trained again; one sample, counted once"
    assert found.notes == (f"ada: {said}", f"ben: {said}")
    assert found.sentence == "1 person, 2 runs: 67.0, 95 % interval 54.3 to 79.7, over seeds alone"


def test_a_leak_keeps_runs_out_and_a_failed_seed_is_said() -> None:
    leak = {"gate": {"checks": {"sounds": {"state": "failed", "text": "one sound in two parts"}}}}
    spec = made.spec([made.experiment("cnn", title="CNN")])
    records = [*made.records("cnn", [66.5, 67.5]), made.failed("cnn", 2)]
    cy = contributions("cy", spec, made.plan(spec), records)[0]
    found = only(pooled([share_of("ada", [66, 68]), share_of("ben", [99, 99], **leak), cy]))
    assert found.mean == pytest.approx(67)
    assert found.notes[:2] == (
        "ben: 2 runs not counted: leakage gate failed: one sound in two parts",
        "cy: seed 2 failed",
    )


def test_nothing_that_counts_is_no_result() -> None:
    leak = {"gate": {"checks": {"sounds": {"state": "failed", "text": "one sound in two parts"}}}}
    assert pooled([share_of("ada", [66, 68], **leak), share_of("ben", [67, 69], **leak)]) == []


def test_without_a_random_part_seeds_are_not_shared() -> None:
    found = only(
        pooled([share_of(who, [value], constant=True) for who, value in (("a", 66.0), ("b", 67.0), ("c", 68.0))])
    )
    assert found.ci95 == pytest.approx((67 - 4.302653 / 3**0.5, 67 + 4.302653 / 3**0.5))


def test_sharing_seeds_is_said_where_it_matters() -> None:
    found = only(pooled([share_of("ada", [60, 65, 70]), share_of("ben", [60.1, 65.2, 70.1])]))
    assert any("people share seeds" in note for note in found.notes)


def test_shares_of_reported_metrics_too_and_none_of_counts_or_times() -> None:
    reported = [
        made.reported("cnn", "68", metric="test/loss", unit=""),
        made.reported("cnn", "5210", metric="parameters"),
    ]
    spec = made.spec([made.experiment("cnn")], reported)
    found = contributions("ada", spec, made.plan(spec), made.records("cnn", [66, 68]))
    assert [share.metric for share in found] == ["test/Accuracy", "test/loss"]
    assert found[1].direction == "min"


def test_a_share_goes_through_json_and_comes_back() -> None:
    share = share_of("ada", [66, 68])
    form = TypeAdapter(Contribution)
    assert form.validate_json(form.dump_json(share)) == share
