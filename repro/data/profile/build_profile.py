"""All that is to be seen of one data set of a study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.data.build_progress import BuildProgress
from repro.data.gate.own_data import FEW
from repro.data.items import Items
from repro.data.near_duplicates.cached import cached_near_duplicates
from repro.data.near_duplicates.find import NearDuplicates, is_audio
from repro.data.prepare import read
from repro.data.profile.cached_levels import cached_levels
from repro.data.profile.contents import Contents, Numbers, contents_of, numbers_of
from repro.data.profile.division import Division, DivisionRequest, division_of
from repro.data.profile.duplicates import Duplicate, duplicates_of
from repro.data.profile.examples import examples_of
from repro.data.profile.levels import Levels, have_levels
from repro.spec.experiment import Dataset


@dataclass(frozen=True, eq=False)
class DataProfile:
    """One data set: the ``items`` themselves, and what was counted and measured.

    ``levels`` are those of recordings, ``numbers`` the values of anything else; the other one is None. ``twins`` is
    None for what is no sound. ``examples`` are rows to show, by what they are examples of.
    """

    dataset: Dataset
    items: Items
    contents: Contents
    levels: Levels | None
    numbers: Numbers | None
    twins: NearDuplicates | None
    duplicates: tuple[Duplicate, ...]
    divisions: tuple[Division, ...]
    examples: Mapping[str, tuple[int, ...]]

    @property
    def few(self) -> tuple[tuple[str, str, int], ...]:
        """Label, name and number of items of each class that has fewer than three parts could share."""
        small_classes = {
            (label, name, count): None
            for division in self.divisions
            for label, counts in division.classes.items()
            for name, count in zip(counts.names, counts.all, strict=True)
            if count < FEW
        }
        return tuple(small_classes)


def build_profile(dataset: Dataset, requests: Sequence[DivisionRequest], folder: Path) -> DataProfile:
    """Read a data set, measure its items and divide them in each of the wanted ways.

    Levels and duplicates of recordings are kept in the cache folder; a second look takes a moment. A bar shows how far
    it is, where stderr is a terminal.

    Args:
        dataset: of a study.
        requests: the ways of dividing that its experiments ask for, one at least.
        folder: the spec's folder.

    Raises:
        DataError: data that cannot be had, read or divided; own code that fails.

    """
    items = read(dataset, folder)
    levels = None
    if have_levels(items):
        with BuildProgress("measuring", len(items), None) as progress:
            levels = cached_levels(items, progress.upto)
    twins = None
    if is_audio(items):
        with BuildProgress("looking for duplicates", len(items), None) as progress:
            twins = cached_near_duplicates(items, progress.upto)
    divisions = tuple(division_of(items, request, folder, twins) for request in requests)
    tied = [group.column for division in divisions for group in division.groups]
    return DataProfile(
        dataset=dataset,
        items=items,
        contents=contents_of(items),
        levels=levels,
        numbers=None if items.clips is not None or levels is not None else numbers_of(items),
        twins=twins,
        duplicates=duplicates_of(items, twins, levels),
        divisions=divisions,
        examples=examples_of(items, requests[0].experiment.labels, items.columns[tied[0]] if tied else None),
    )
