"""The steps of a page of docs/contributing: what its code blocks say is to be written, and where."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs/contributing"
FILE = re.compile(
    r"`((?:repro|tests|docs|scripts|papers|proposals|benchmarks|\.ci)/[\w./-]*|[\w.-]+\.(?:md|toml|cff))`"
)
_STEP = re.compile(
    r"^(?P<how>New file|In|At the end of) `(?P<file>[^`]+)`"
    r"(?:, (?P<side>above|below) the line\n```text\n(?P<line>[^\n]+)\n```\nadd)?:\n\n"
    r"```\w+\n(?P<text>.*?)^```$",
    re.M | re.S,
)


@dataclass(frozen=True)
class Step:
    """One code block that a reader writes: a whole new file, an end of a file, or lines beside a known line."""

    how: str
    file: str
    side: str | None
    line: str | None
    text: str

    def apply(self, root: Path) -> None:
        """Do what the step says, below ``root``."""
        path = root / self.file
        if self.how == "New file":
            assert not path.exists(), f"{self.file} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
            return
        old = path.read_text(encoding="utf-8")
        if self.how == "At the end of":
            path.write_text(old + self.text, encoding="utf-8")
            return
        assert self.line is not None
        lines = old.splitlines(keepends=True)
        at = [number for number, line in enumerate(lines) if line.strip() == self.line.strip()]
        assert len(at) == 1, f"{self.file} has the line {self.line.strip()!r} {len(at)} times"
        where = at[0] + (self.side == "below")
        path.write_text("".join([*lines[:where], self.text, *lines[where:]]), encoding="utf-8")


def steps(page: Path) -> list[Step]:
    """The steps of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Step(m["how"], m["file"], m["side"], m["line"], m["text"]) for m in _STEP.finditer(text)]


def named_files(page: Path) -> set[str]:
    """Every path of the repository that a page names, less those that its steps create."""
    text = page.read_text(encoding="utf-8")
    return set(FILE.findall(text)) - {step.file for step in steps(page) if step.how == "New file"}
