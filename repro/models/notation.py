"""One shape, written twice: as the course writes it (``N x T x F x C``) and as PyTorch orders it (``(N, C, F, T)``)."""

from repro.spec.shape import Shape

_COURSE_ORDER = "TFHWC"


def course_order(shape: Shape) -> list[int]:
    """Positions of the item's axes in the course's order: time, frequency, height, width, channels; others last.

    >>> course_order(Shape.of("C F T", 2, 60, 41))
    [2, 1, 0]
    """
    known = [shape.axes.index(letter) for letter in _COURSE_ORDER if letter in shape.axes]
    return known + [i for i in range(len(shape.axes)) if i not in known]


def course_letters(shape: Shape) -> str:
    """Axis letters in the course's order, batch first.

    >>> course_letters(Shape.of("C F T", 2, 60, 41))
    'N x T x F x C'
    """
    return " x ".join(["N", *(shape.axes[i] for i in course_order(shape))])


def course_sizes(shape: Shape) -> str:
    """Sizes in the course's order, batch first.

    >>> course_sizes(Shape.of("C F T", 2, 60, 41))
    'N x 41 x 60 x 2'
    >>> course_sizes(Shape.of("C T", 1, 0))
    'N x any x 1'
    """
    return " x ".join(["N", *(str(shape.sizes[i] or "any") for i in course_order(shape))])


def torch_letters(shape: Shape) -> str:
    """Axis letters as PyTorch orders them.

    >>> torch_letters(Shape.of("C F T", 2, 60, 41))
    '(N, C, F, T)'
    """
    return f"({', '.join(['N', *shape.axes])})"


def torch_sizes(shape: Shape) -> str:
    """Sizes as PyTorch orders them.

    >>> torch_sizes(Shape.of("C F T", 2, 60, 41))
    '(N, 2, 60, 41)'
    """
    return f"({', '.join(['N', *(str(size or 'any') for size in shape.sizes)])})"


def both(shape: Shape) -> str:
    """The shape in both notations, for messages.

    >>> both(Shape.of("C T", 1, 40))
    'N x T x C = N x 40 x 1, in PyTorch (N, C, T) = (N, 1, 40)'
    """
    return f"{course_letters(shape)} = {course_sizes(shape)}, in PyTorch {torch_letters(shape)} = {torch_sizes(shape)}"
