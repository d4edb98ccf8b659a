"""Where things stand on a slide, and how large: nothing flows over, since all text is measured first."""

from dataclasses import dataclass, replace

from repro.publish.content.document_model import Table, plain, text
from repro.publish.slides.deck import Slide
from repro.publish.slides.measure import LINE, height, lines, width

WIDE, HIGH = 960.0, 540.0
"""A slide of 13.33 by 7.5 inches (16:9), in points."""

LEFT, RIGHT = 54.0, 54.0
TITLE_TOP, TITLE_HIGH = 24.0, 66.0
BODY_TOP, BODY_HIGH = 102.0, 402.0
BODY_WIDE = WIDE - LEFT - RIGHT
LEAD_SIZE, LEAD_MOST = 14.0, 2
TITLE_SIZES = (30.0, 26.0, 22.0, 19.0)
BULLET_SIZES = (24.0, 22.0, 20.0, 18.0, 16.0)
TABLE_SIZES = (20.0, 18.0, 16.0, 14.0, 13.0, 12.0, 11.0, 10.0)
BULLET_GAP = 0.5
"""Room above each bullet but the first, in sizes of its letters."""

BULLET_INDENT = 22.0
CELL_SIDE, CELL_TOP = 6.0, 3.0


@dataclass(frozen=True)
class Grid:
    """A table's measures in points: letters, widths of columns, heights of the head and of the rows."""

    size: float
    columns: tuple[float, ...]
    head: float
    rows: tuple[float, ...]

    @property
    def high(self) -> float:
        """All rows together."""
        return self.head + sum(self.rows)


def title_size(title: str) -> float:
    """The largest size at which a title stands in two lines."""
    return next((s for s in TITLE_SIZES if height(title, s, BODY_WIDE, bold=True) <= TITLE_HIGH), TITLE_SIZES[-1])


def shown_title(title: str) -> str:
    """A title, cut where no size would hold it."""
    most = int(TITLE_HIGH // (TITLE_SIZES[-1] * LINE))
    title_lines = lines(title, TITLE_SIZES[-1], BODY_WIDE - 20, bold=True)
    return title if len(title_lines) <= most else " ".join(title_lines[:most]) + " …"


def bullet_size(slide: Slide) -> float:
    """The largest size at which all bullets fit; the smallest where none does."""
    return next((size for size in BULLET_SIZES if bullets_high(slide, size) <= BODY_HIGH), BULLET_SIZES[-1])


def bullets_high(slide: Slide, size: float) -> float:
    """Height of all bullets at a size."""
    room = BODY_WIDE - BULLET_INDENT - 10
    texts = [plain(bullet) for bullet in slide.bullets]
    return sum(height(bullet, size, room) for bullet in texts) + BULLET_GAP * size * max(0, len(texts) - 1)


def lead_lines(lead: str) -> list[str]:
    """The line above a table, cut to two."""
    wrapped = lines(lead, LEAD_SIZE, BODY_WIDE - 20) if lead else []
    return wrapped if len(wrapped) <= LEAD_MOST else [*wrapped[: LEAD_MOST - 1], wrapped[LEAD_MOST - 1][:-2] + " …"]


def lead_high(lead: str) -> float:
    """Room for it."""
    return len(lead_lines(lead)) * LEAD_SIZE * LINE + (8 if lead else 0)


def grid(table: Table, room: float) -> Grid:
    """A table's measures at the largest size at which it fits into this height; else at the smallest."""
    grids = [_grid(table, size) for size in TABLE_SIZES]
    return next((candidate for candidate in grids if candidate.high <= room), grids[-1])


def _grid(table: Table, size: float) -> Grid:
    texts = [[plain(cell) for cell in row.cells] for row in table.rows]
    count = len(table.head)
    natural = [
        max(
            [width(table.head[at], size, bold=True)]
            + [width(line, size, bold=True) for row in texts for line in row[at].split("\n")]
        )
        + 2 * CELL_SIDE
        + 2
        for at in range(count)
    ]
    least = [
        max(
            [
                width(word, size, bold=True)
                for cell in [table.head[at], *[row[at] for row in texts]]
                for word in cell.split()
            ]
            + [20]
        )
        + 2 * CELL_SIDE
        + 2
        for at in range(count)
    ]
    columns = _shared(natural, [min(a, BODY_WIDE / 2) for a in least])
    inside = [column - 2 * CELL_SIDE - 1 for column in columns]

    def high(cells: list[str], *, bold: bool) -> float:
        most = max(height(cell, size, inside[at], bold=bold) for at, cell in enumerate(cells))
        return most + 2 * CELL_TOP

    bold = [row.kind == "baseline" for row in table.rows]
    rows = tuple(high(row, bold=heavy) for row, heavy in zip(texts, bold, strict=True))
    return Grid(size, tuple(columns), high(list(table.head), bold=True), rows)


def _shared(natural: list[float], least: list[float]) -> list[float]:
    """Widths of columns that fill no more than a slide: wide ones give way first."""
    if sum(natural) <= BODY_WIDE:
        more = min(1.3, BODY_WIDE / sum(natural))
        return [column * more for column in natural]
    columns = list(natural)
    for _ in range(200):
        over = sum(columns) - BODY_WIDE
        if over <= 0.01:
            break
        free = [at for at in range(len(columns)) if columns[at] > least[at] + 0.01]
        if not free:
            shrink = BODY_WIDE / sum(columns)
            return [column * shrink for column in columns]
        widest = max(free, key=lambda at: columns[at])
        columns[widest] = max(least[widest], columns[widest] - min(over, max(4.0, over / 4)))
    return columns


def fitted(slide: Slide) -> tuple[list[Slide], list[str]]:
    """A slide as one or more that hold all of it, and what had to be cut from a single bullet or row."""
    slide = replace(slide, title=shown_title(slide.title))
    if slide.table is not None:
        return _split_table(slide, slide.table), []
    if slide.bullets:
        return _split_bullets(slide)
    return [slide], []


def _split_bullets(slide: Slide) -> tuple[list[Slide], list[str]]:
    size, room = BULLET_SIZES[-1], BODY_WIDE - BULLET_INDENT - 10
    if bullets_high(slide, size) <= BODY_HIGH:
        return [slide], []
    most = int(BODY_HIGH // (size * LINE))
    wrapped: list[str] = []
    bullets = []
    for bullet in slide.bullets:
        bullet_lines = lines(plain(bullet), size, room)
        if len(bullet_lines) > most:
            wrapped.append("a paragraph was cut; the notes hold all of it")
            bullet = text(" ".join(bullet_lines[: most - 1]) + " …")
        bullets.append(bullet)
    pages: list[Slide] = []
    for bullet in bullets:
        longer = replace(slide, bullets=(*pages[-1].bullets, bullet)) if pages else None
        if longer is not None and bullets_high(longer, size) <= BODY_HIGH:
            pages[-1] = replace(pages[-1], bullets=longer.bullets)
        else:
            pages.append(replace(slide, bullets=(bullet,), title=_numbered(slide.title, len(pages))))
    return pages, wrapped


def _split_table(slide: Slide, table: Table) -> list[Slide]:
    room = BODY_HIGH - lead_high(slide.lead)
    if grid(table, room).high <= room:
        return [slide]
    measured = _grid(table, TABLE_SIZES[-1])
    pages: list[Slide] = []
    start = 0
    while start < len(table.rows):
        end, high = start, measured.head
        here = room if not pages else BODY_HIGH
        while end < len(table.rows) and (end == start or high + measured.rows[end] <= here):
            high += measured.rows[end]
            end += 1
        part = replace(table, rows=table.rows[start:end])
        pages.append(
            replace(slide, table=part, title=_numbered(slide.title, len(pages)), lead="" if pages else slide.lead)
        )
        start = end
    return pages


def _numbered(title: str, before: int) -> str:
    return f"{title} ({before + 1})" if before else title
