"""Patterns of Rearrange and Reduce, as in einops: ``n c t -> n t c``. Letters are those of the axes, in lower case."""

import re

from repro.spec.shape import Shape


class PatternError(ValueError):
    """A pattern that says nothing that can be done."""


class Pattern:
    """A parsed pattern. The batch axis ``n`` stands first on both sides and stays alone.

    >>> Pattern("n c f t -> n t (c f)").shape(Shape.of("C F T", 2, 60, 41))
    Shape(axes=('T', 'F'), sizes=(41, 120))
    """

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        sides = self.text.split("->")
        if len(sides) != 2:
            raise PatternError(f"a pattern has one arrow, as in 'n c t -> n t c'; this is {text!r}")
        self.left_text = sides[0].strip()
        left = self.left_text.split()
        right = _groups(sides[1])
        self._check(left, right)
        self.left: tuple[str, ...] = tuple(left[1:])
        self.right: tuple[tuple[str, ...], ...] = tuple(right[1:])
        """For each axis on the right the letters it is made of."""

    def _check(self, left: list[str], right: list[tuple[str, ...]]) -> None:
        for letter in [*left, *(axis for group in right for axis in group)]:
            if not re.fullmatch("[a-z]", letter):
                raise PatternError(f"{letter!r} is no axis; axes are single letters, such as c, t and f")
        if left[:1] != ["n"] or right[:1] != [("n",)]:
            raise PatternError("the batch axis n stands first on both sides")
        flat = [letter for group in right for letter in group]
        for side, letters in (("left", left), ("right", flat)):
            twice = sorted({letter for letter in letters if letters.count(letter) > 1})
            if twice:
                raise PatternError(f"{' '.join(twice)} stands twice on the {side}")
        new = sorted(set(flat) - set(left))
        if new:
            raise PatternError(f"{' '.join(new)} is new on the right")
        if any(not group for group in right):
            raise PatternError("() is no axis")

    @property
    def lost(self) -> tuple[str, ...]:
        """Letters of the left that are not on the right."""
        right_letters = {letter for group in self.right for letter in group}
        return tuple(letter for letter in self.left if letter not in right_letters)

    def shape(self, inp: Shape) -> Shape:
        """Shape of one item that leaves; several letters joined are F, features."""
        sizes = dict(zip(self.left, inp.sizes, strict=True))
        axes, out = [], []
        for group in self.right:
            size = 1
            for letter in group:
                size *= sizes[letter]
            axes.append(group[0].upper() if len(group) == 1 else "F")
            out.append(size)
        twice = sorted({axis for axis in axes if axes.count(axis) > 1})
        if twice:
            raise PatternError(f"two axes would be called {' '.join(twice)}")
        return Shape(axes=tuple(axes), sizes=tuple(out))


def _groups(side: str) -> list[tuple[str, ...]]:
    if side.count("(") != side.count(")") or re.search(r"\([^)]*\(|\)[^(]*\)", side):
        raise PatternError("brackets do not match")
    matches = re.findall(r"\(([^()]*)\)|([^\s()]+)", side)
    return [(single,) if single else tuple(group.split()) for group, single in matches]
