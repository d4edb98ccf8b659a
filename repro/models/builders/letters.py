"""Whether the letters of axes say what the axes are, or were given to them by guess."""

from collections.abc import Iterable

from repro.models.builders.build_context import BuiltLayer
from repro.models.builders.registry import BUILDERS
from repro.spec.shape import Shape

_GUESSES = frozenset({"Unflatten"})
"""Builders that give letters by guess, as nobody can know what the new axes are."""


def fit(shape: Shape, other: Shape, steps: Iterable[BuiltLayer] = ()) -> bool:
    """Whether two shapes may be added or compared value by value: equal sizes, and no axis turned.

    Sizes alone decide where one of ``steps`` gave letters by guess. Where letters are known, one that both have must
    stand at the same place: ``C F T`` and ``C H W`` of equal sizes fit, ``C F T`` and ``C T F`` do not.
    """
    if shape.sizes != other.sizes:
        return False
    both = [letter for letter in shape.axes if letter in other.axes]
    turned = any(shape.axes.index(letter) != other.axes.index(letter) for letter in both)
    return not turned or guessed(steps)


def guessed(steps: Iterable[BuiltLayer]) -> bool:
    """Whether any of these layers gave letters by guess."""
    return any(map(_guesses, steps))


def _guesses(step: BuiltLayer) -> bool:
    layer = step.layer
    if layer.own or layer.name in _GUESSES:
        return True
    same = isinstance(step.out, Shape) and len(step.out.axes) == len(step.inp[0].axes)
    return not same and layer.name not in BUILDERS
