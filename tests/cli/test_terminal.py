"""`repro run` on a real pseudo-terminal of 80 columns: what stands on the screen while it trains, and after Ctrl-C."""

import os
import re
import select
import struct
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")]

SPEC = """\
paper: {title: Digits, authors: [A. Person], year: 2024}
question: Which digit is it?
dataset: {name: digits, why: Small.}
labels: digit
splits: {train: 0.5, test: 0.5, seed: 0}
architecture: {linear: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-3}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 2, epochs: 2000}
seeds: [0]
baseline: net_with_a_longish_name
experiments: {net_with_a_longish_name: {model: linear, title: A linear net with a rather long title}}
"""
CONTROL = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|\x1b\][^\x07]*\x07|\x1b[()=>].?")


class Screen:
    """As much of a terminal as this needs: lines that wrap, and the signs that move the cursor or erase."""

    def __init__(self, columns: int) -> None:
        self.columns, self.lines, self.row, self.column = columns, [""], 0, 0

    def feed(self, text: str) -> None:
        at = 0
        while at < len(text):
            found = CONTROL.match(text, at)
            if found is not None:
                self._control(found[1] or "", found[2] or "")
                at = found.end()
                continue
            self._sign(text[at])
            at += 1

    def _control(self, numbers: str, letter: str) -> None:
        count = int(numbers) if numbers.isdigit() else 1
        if letter == "A":
            self.row = max(0, self.row - count)
        elif letter == "B":
            self.row += count
        elif letter == "K":
            line = self._line()
            self.lines[self.row] = "" if numbers == "2" else line[: self.column]
        elif letter == "J":
            self.lines[self.row] = self._line()[: self.column]
            del self.lines[self.row + 1 :]

    def _sign(self, sign: str) -> None:
        if sign == "\r":
            self.column = 0
        elif sign == "\n":
            self.row += 1
            self._line()
        elif sign == "\b":
            self.column = max(0, self.column - 1)
        elif sign >= " ":
            if self.column == self.columns:
                self.row, self.column = self.row + 1, 0
            line = self._line().ljust(self.column)
            self.lines[self.row] = line[: self.column] + sign + line[self.column + 1 :]
            self.column += 1

    def _line(self) -> str:
        while len(self.lines) <= self.row:
            self.lines.append("")
        return self.lines[self.row]

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)


def test_run_place_and_loss_are_seen_and_nothing_stale_stays_after_ctrl_c(tmp_path: Path) -> None:
    import fcntl
    import pty
    import termios

    (tmp_path / "paper.yaml").write_text(SPEC)
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="", LINES="", OMP_NUM_THREADS="1")
        os.environ.pop("COLUMNS"), os.environ.pop("LINES")
        os.chdir(tmp_path)
        os.execv(sys.executable, [sys.executable, "-m", "repro", "run", "."])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
    screen = Screen(80)

    def read() -> bool:
        """Feed what has come; False at the end."""
        if not select.select([terminal], [], [], 0.2)[0]:
            return True
        try:
            come = os.read(terminal, 65536)
        except OSError:
            return False
        screen.feed(come.decode("utf-8", "replace"))
        return bool(come)

    ends = time.monotonic() + 300
    live = re.compile(r"step [\d,]+ of [\d,]+, [\w/]*loss [\d.]+")
    while live.search(screen.text) is None and time.monotonic() < ends and read():
        pass
    shown = screen.text
    assert live.search(shown), shown
    line = next(one for one in shown.splitlines() if "step " in one)
    assert line.strip().startswith("net_with_a_longish"), shown
    assert "0 of 1 run" in shown
    assert all(len(one) <= 80 for one in shown.splitlines())
    os.write(terminal, b"\x03")
    while read() and time.monotonic() < ends:
        pass
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (130, 1, 2)
    left = screen.text
    assert "stopped: 0 finished runs kept, 1 left" in left, left
    before = left.partition("stopped:")[0]
    for stale in ("step ", "0 of 1 run", "loss", "━"):
        assert stale not in before, left
    assert left.count("of disk") == 1
