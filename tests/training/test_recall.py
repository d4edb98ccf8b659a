"""A net that knows items by heart falls when they hardly change; one that learnt something does not."""

import pytest
import torch

from repro.data.prepared import Target
from repro.training.evaluator import nudge
from repro.training.recall import recall

CLASS = {"word": Target("word", "class", classes=("a", "b", "c", "d"))}
NUMBER = {"level": Target("level", "number", sizes=(1,))}


def passes(outputs: dict[str, torch.Tensor], label: str) -> dict[str, object]:
    return {part: ({label: output}, 0.0, {}) for part, output in outputs.items()}


def scores(items: int, seed: int) -> torch.Tensor:
    return torch.randn(items, 4, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("seen", ["validation", "train"])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_test_items_that_fall_alone_are_named(seen: str, share: float) -> None:
    test, other = scores(400, 0), scores(300, 1)
    fallen = test.clone()
    fallen[: int(400 * share)] = test[: int(400 * share)].roll(1, dims=1)
    found = recall(passes({"test": test, seen: other}, "word"), passes({"test": fallen, seen: other}, "word"), CLASS)
    assert found["state"] == "failed"
    assert f"{100 * share:.1f} % of the test items" in found["text"]
    assert f"0.0 % of {seen}" in found["text"]


def test_numbers_known_by_heart_are_named_too() -> None:
    test, other = scores(400, 0)[:, :1], scores(300, 1)[:, :1]
    found = recall(
        passes({"test": test, "train": other}, "level"),
        passes({"test": test.flip(0), "train": other + 1e-3}, "level"),
        NUMBER,
    )
    assert found["state"] == "failed"


@pytest.mark.parametrize(("test", "other"), [(0.0, 0.0), (0.01, 0.0), (0.06, 0.05), (0.3, 0.25), (0.02, 0.2)])
def test_a_net_that_is_unsteady_everywhere_is_not_accused(test: float, other: float) -> None:
    def fallen(outputs: torch.Tensor, share: float) -> torch.Tensor:
        changed = outputs.clone()
        changed[: round(len(outputs) * share)] = outputs[: round(len(outputs) * share)].roll(1, dims=1)
        return changed

    one, two = scores(1000, 0), scores(1000, 1)
    found = recall(
        passes({"test": one, "validation": two}, "word"),
        passes({"test": fallen(one, test), "validation": fallen(two, other)}, "word"),
        CLASS,
    )
    assert found["state"] == "ok"


def test_few_items_are_not_accused_by_one_of_them() -> None:
    test, other = scores(12, 0), scores(12, 1)
    fallen = test.clone()
    fallen[0] = test[0].roll(1)
    found = recall(
        passes({"test": test, "train": other}, "word"), passes({"test": fallen, "train": other}, "word"), CLASS
    )
    assert found["state"] == "ok"


def test_the_noise_is_60_db_below_each_item_and_the_same_each_time() -> None:
    inputs = {"input": torch.stack([torch.ones(1, 500), 100 * torch.ones(1, 500), torch.zeros(1, 500)])}
    one, two = nudge(inputs)["input"], nudge(inputs)["input"]
    assert torch.equal(one, two)
    noise = (one - inputs["input"]).square().mean((1, 2)).sqrt()
    assert noise.tolist() == pytest.approx([1e-3, 0.1, 0.0], rel=0.2)
    assert not torch.equal(one[0], inputs["input"][0])
