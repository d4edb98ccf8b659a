"""Measure what a step costs by hand, by Lightning's tutorial and here; print the table, or write it into the docs."""

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402

from benchmarks import nets  # noqa: E402
from benchmarks.bare_loop import bare_loop  # noqa: E402
from benchmarks.lightning_tutorial import lightning_tutorial  # noqa: E402
from benchmarks.ours import ours  # noqa: E402
from benchmarks.work import work_of  # noqa: E402
from repro.data.cpu_name import cpu_name  # noqa: E402
from repro.study import load  # noqa: E402

BEGIN, END = "<!-- speed table, written by benchmarks/speed.py -->", "<!-- end of the speed table -->"


@dataclass(frozen=True)
class Case:
    """One study; steps of a short and of a long training."""

    title: str
    folder: str
    experiment: str
    changes: tuple[str, ...]
    net: Callable[[], torch.nn.Module]
    short: int
    long: int


CASES = (
    Case(
        "MNIST-1D MLP, batch 100",
        "papers/mnist1d",
        "mlp",
        ("training.checkpoint_every=1000 steps",),
        nets.mlp,
        500,
        4000,
    ),
    Case("LeNet-5, batch 64", "benchmarks/studies/lenet5", "net", (), nets.lenet5, 938, 2 * 938),
    Case(
        "CNN on 40 x 101 spectrograms, batch 32",
        "benchmarks/studies/spectrogram",
        "net",
        (),
        nets.spectrogram_cnn,
        63,
        189,
    ),
)


def measure(case: Case, rounds: int, *, tutorial: bool = True) -> dict[str, list[float]]:
    """CPU milliseconds a step of each way, one value a round."""
    study = load(ROOT / case.folder, changes=case.changes)
    work, data = work_of(study, case.experiment)
    ways: dict[str, Callable[[int], object]] = {
        "bare": lambda steps: bare_loop(work, case.net, steps),
        "ours": lambda steps: ours(study.experiment(case.experiment), data, study.spec.folder, steps),
    }
    if tutorial:
        ways["lightning"] = lambda steps: lightning_tutorial(work, case.net, steps)
    for way in ways.values():
        way(case.short // 4)  # everything is warm before the clock starts
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            short, long = cpu_seconds(way, case.short), cpu_seconds(way, case.long)
            times[name].append(1000 * (long - short) / (case.long - case.short))
    return times


def cpu_seconds(way: Callable[[int], object], steps: int) -> float:
    """CPU time of this process for one training."""
    began = time.process_time()
    way(steps)
    return time.process_time() - began


def ratio(times: dict[str, list[float]], way: str) -> float:
    """The median over rounds of a way's time over the bare loop's in the same round."""
    return statistics.median(one / bare for one, bare in zip(times[way], times["bare"], strict=True))


def table(rounds: int) -> str:
    """The table as Markdown, with what it was measured on."""
    rows = ["| training | by hand, ms a step | repro | Lightning's tutorial |", "|---|---|---|---|"]
    for case in CASES:
        times = measure(case, rounds)
        bare = statistics.median(times["bare"])
        rows.append(f"| {case.title} | {bare:.2f} | {ratio(times, 'ours'):.2f}x | {ratio(times, 'lightning'):.2f}x |")
        print(rows[-1], file=sys.stderr, flush=True)
    where = f"{cpu_name()}, one thread, torch {torch.__version__}, Python {platform.python_version()}"
    command = "`python benchmarks/speed.py --write`"
    rows += [
        "",
        f"CPU time, median of {rounds} rounds in turn, metrics and checkpoints on; {where}; made by {command}.",
    ]
    return "\n".join(rows)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the table into docs/explanation/speed.md")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    made = table(asked.rounds)
    print(made)
    if asked.write:
        page = ROOT / "docs" / "explanation" / "speed.md"
        text = page.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        _, _, tail = rest.partition(END)
        page.write_text(f"{head}{BEGIN}\n{made}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
