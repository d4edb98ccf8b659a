"""What a command line asks for: which specs, at which rung, with which changes, experiments and seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.cli.refusal import CommandRefused
from repro.runs.identity import own_files
from repro.runs.ledger import Source
from repro.spec.experiment import Experiment
from repro.spec.load import load_spec
from repro.spec.problem import unknown
from repro.spec.spec import Spec
from repro.study import Study


@dataclass(frozen=True)
class Request:
    """The selection that commands share; no ``rung`` where none was said."""

    paths: tuple[Path, ...]
    changes: tuple[str, ...]
    rung: str
    only: tuple[str, ...]
    seeds: int | tuple[int, ...] | None

    def load(self) -> list[Spec]:
        """The specs, each checked. Raises SpecError with every problem."""
        return [load_spec(path, rung=self.rung or "full", changes=self.changes) for path in self.paths]

    def load_kept(self, source: Source | None) -> list[Study]:
        """The studies, each at the rung said; else ``runs/`` at full, and ``results/`` at the rung that they are of.

        Args:
            source: the records wanted. By default ``runs/`` where they have any of full, else ``results/``.

        """
        studies = map(self._study, self.load())
        return [self._kept(study, source) for study in studies]

    def _kept(self, study: Study, source: Source | None) -> Study:
        study.look()
        if self.rung:
            return study
        stored = study.kept(source)
        if stored is not study:
            stored.look()
        return stored

    def _study(self, spec: Spec) -> Study:
        return Study(spec, only=self.only, seeds=self.seeds)


def refuse_own_code(study: Study, command: str) -> None:
    """Refuse to train what needs code of the folder, which its user has not said to trust.

    Raises:
        CommandRefused: names the files, the experiments that need them, and what to say.

    """
    files: set[str] = set()
    names: dict[str, None] = {}
    for run in study.plan.runs:
        if needed := own_files(run.experiment):
            files.update(needed)
            names[run.experiment.name] = None
    if files:
        raise CommandRefused(
            f"{study.spec.path}: {command} would execute {', '.join(sorted(files))}, code of the folder "
            f"({', '.join(names)}), which is not done unless you say --run-own-code (only for code you trust)"
        )


def read_request(words: Sequence[Path], rung: str, only: str, seeds: str) -> Request:
    """Read the words of a command line: ``path=value`` is a change, all else a folder or a spec file.

    >>> read_request([Path("papers/x"), Path("training.steps=10")], "full", "a,b", "3").changes
    ('training.steps=10',)
    """
    texts = [str(word) for word in words]
    changes = tuple(text for text in texts if "=" in text and not Path(text).exists())
    paths = tuple(Path(text) for text in texts if text not in changes)
    if not paths:
        raise CommandRefused("no folder given; say for example: repro run papers/mnist1d")
    return Request(paths, changes, rung, tuple(x.strip() for x in only.split(",") if x.strip()), read_seeds(seeds))


def read_seeds(text: str) -> int | tuple[int, ...] | None:
    """``3`` is the first three of the spec's seeds, ``0,4`` and ``3,`` are lists, nothing is all of them.

    >>> read_seeds("3"), read_seeds("0,4"), read_seeds("3,"), read_seeds("")
    (3, (0, 4), (3,), None)
    """
    if not text:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() for part in parts):
        raise CommandRefused(f"--seeds: {text!r} is neither a number of seeds nor a list such as 0,3,4")
    if "," in text:
        return tuple(int(part) for part in parts)
    if int(text) < 1:
        raise CommandRefused("--seeds: at least 1")
    return int(text)


def chosen(spec: Spec, only: Sequence[str]) -> list[Experiment]:
    """The experiments of ``--only``, or all. Raises CommandRefused for a name that the spec does not have."""
    for name in only:
        if name not in spec.experiments:
            raise CommandRefused(f"--only: {unknown('experiment', name, spec.experiments)}")
    return [experiment for name, experiment in spec.experiments.items() if not only or name in only]
