"""Marks that differ in shape, so that colour never stands alone."""

from repro.publish.site.sketch.scale import short

KINDS = 8


def mark(kind: int, x: float, y: float, size: float, css: str) -> str:
    """A mark around a place: dot, square, triangle, diamond and their turned and crossed kin, in this order."""
    s = size
    shape = kind % KINDS
    if shape == 0:
        return f'<circle class="{css}" cx="{short(x)}" cy="{short(y)}" r="{short(s)}"/>'
    if shape == 1:
        return path(css, x, y, ((-s, -s), (s, -s), (s, s), (-s, s)))
    if shape == 2:
        return path(css, x, y, ((0, -1.2 * s), (1.1 * s, s), (-1.1 * s, s)))
    if shape == 3:
        return diamond(x, y, s, css)
    if shape == 4:
        return path(css, x, y, ((0, 1.2 * s), (1.1 * s, -s), (-1.1 * s, -s)))
    if shape == 5:
        return path(css, x, y, ((-1.2 * s, 0), (s, 1.1 * s), (s, -1.1 * s)))
    if shape == 6:
        return path(css, x, y, ((1.2 * s, 0), (-s, 1.1 * s), (-s, -1.1 * s)))
    return path(css, x, y, ((-s, -0.5 * s), (0, -1.2 * s), (s, -0.5 * s), (0.7 * s, s), (-0.7 * s, s)))


def diamond(x: float, y: float, size: float, css: str) -> str:
    """The mark of a number that somebody else printed."""
    s = 1.3 * size
    return path(css, x, y, ((0, -s), (s, 0), (0, s), (-s, 0)))


def cross(x: float, y: float, css: str) -> str:
    """The mark of a value that was read off somebody's figure."""
    return f'<path class="{css}" d="M{short(x - 2.5)} {short(y - 2.5)}l5 5m0-5l-5 5"/>'


def path(css: str, x: float, y: float, corners: tuple[tuple[float, float], ...]) -> str:
    """A closed shape around a place."""
    places = "L".join(f"{short(x + dx)} {short(y + dy)}" for dx, dy in corners)
    return f'<path class="{css}" d="M{places}Z"/>'
