"""Draw which room imports which: docs/explanation/rooms.svg, from the code and the import contract.

Run after an import between rooms comes or goes: python scripts/make_rooms_picture.py
"""

import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs/explanation/rooms.svg"
CELL, LEFT, TOP, FOOT = 28, 116, 108, 74
INK, MUTED, GRID, FILL, DOT = "#1c2024", "#5b6169", "#c9cdd2", "#eef2f6", "#1f5fa8"


def layers() -> list[list[str]]:
    """The rooms from the top to the bottom, as the import contract has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    return [[name.strip() for name in layer.split("|")] for layer in contract["layers"] if layer != "__main__"]


def imports() -> set[tuple[str, str]]:
    """Each pair of rooms of which the first imports the second, also inside a function or for types alone."""
    graph = grimp.build_graph("repro", cache_dir=None)
    pairs = set()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            if "." in module and "." in imported:
                pairs.add((module.split(".")[1], imported.split(".")[1]))
    return {(one, other) for one, other in pairs if one != other and one != "__main__"}


def draw(layers: list[list[str]], imports: set[tuple[str, str]]) -> str:
    """The matrix as SVG: a row for each room, a dot in the column of each room that it imports."""
    rooms = [room for layer in layers for room in layer]
    level = {room: number for number, layer in enumerate(layers) for room in layer}
    side = CELL * len(rooms)
    width, height = LEFT + side + 16, TOP + side + FOOT
    text = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img" font-family="system-ui, sans-serif" font-size="13">',
        "<title>Which room imports which</title>",
        f"<desc>{'; '.join(_sentence(room, rooms, imports) for room in rooms)}.</desc>",
        f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>',
    ]
    for row, room in enumerate(rooms):
        y = TOP + row * CELL
        text.append(f'<text x="{LEFT - 8}" y="{y + 18}" text-anchor="end" fill="{INK}">{room}</text>')
        x = LEFT + row * CELL + 18
        text.append(f'<text x="{x}" y="{TOP - 8}" transform="rotate(-90 {x} {TOP - 8})" fill="{INK}">{room}</text>')
        for column, other in enumerate(rooms):
            x = LEFT + column * CELL
            fill = MUTED if room == other else FILL if level[other] > level[room] else "none"
            text.append(
                f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{fill}" stroke="{GRID}" stroke-width="1"/>'
            )
            if (room, other) in imports:
                text.append(f'<circle cx="{x + CELL // 2}" cy="{y + CELL // 2}" r="6" fill="{DOT}"/>')
    y = TOP + side + 24
    text += [
        f'<circle cx="{LEFT - 98}" cy="{y - 4}" r="6" fill="{DOT}"/>',
        f'<text x="{LEFT - 86}" y="{y}" fill="{INK}">the room of this row imports the room of this column</text>',
        f'<rect x="{LEFT - 105}" y="{y + 11}" width="14" height="14" fill="{FILL}" stroke="{GRID}"/>',
        f'<text x="{LEFT - 86}" y="{y + 23}" fill="{INK}">it may; in all other cells it may not</text>',
        "</svg>",
    ]
    return "\n".join(text) + "\n"


def _sentence(room: str, rooms: list[str], imports: set[tuple[str, str]]) -> str:
    used = [other for other in rooms if (room, other) in imports]
    return f"{room} imports {', '.join(used) if used else 'no other room'}"


def main() -> None:
    """Write docs/explanation/rooms.svg."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(draw(layers(), imports()), encoding="utf-8")


if __name__ == "__main__":
    main()
