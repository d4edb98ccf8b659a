"""Whether a record is of what lies in the study's folder now: its data, and the files that its own code reads.

Nothing of a folder is executed here. Imports neither torch nor numpy until data have to be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from repro.data.folder_signature import ids_folder, remembered
from repro.runs.plan import Plan, Run
from repro.runs.record import Record
from repro.spec.experiment import Dataset
from repro.spec.own_folder import is_folder


@dataclass
class Current:
    """What lies in a study's ``folder``; looked at once, when it is first asked for."""

    folder: Path
    _data: dict[str, str | None] = field(default_factory=dict, init=False)

    def answers(self, record: Record, run: Run) -> bool:
        """Whether a record is of the data that are at hand; also where they are not, or not known."""
        return not self.other_data(record, run)

    def other_data(self, record: Record, run: Run) -> bool:
        """Whether the data of a record's run are at hand and are others than it was made from."""
        now = self.data_sha256(run.experiment.dataset) if record.data_sha256 is not None else None
        return now is not None and now != record.data_sha256

    def data_sha256(self, dataset: Dataset) -> str | None:
        """Of a folder of own data as it is now; None where it is not there, or nobody has read it since it changed."""
        if not is_folder(dataset.name):
            return None
        key = dataset.model_dump_json()
        if key not in self._data:
            self._data[key] = remembered(dataset, self.folder)
        return self._data[key]

    def why_not(self, record: Record, run: Run) -> str:
        """What of the folder is not as it was for this record; empty where nothing is known to differ."""
        if not self.other_data(record, run):
            return ""
        return f"its data have changed since: {self._changes(record, run)}"

    def _changes(self, record: Record, run: Run) -> str:
        from repro.data.item_ids import changes, read_ids

        now = self.data_sha256(run.experiment.dataset)
        assert now is not None
        assert record.data_sha256 is not None
        places = (self.folder / "runs" / "splits", self.folder / "results" / "splits", ids_folder())
        before, after = (
            next((ids for place in places if (ids := read_ids(place, sha256)) is not None), None)
            for sha256 in (record.data_sha256, now)
        )
        name = run.experiment.dataset.name
        if before is None or after is None:
            return f"{name} holds sha256 {now[:12]}, the record is of {record.data_sha256[:12]}"
        return f"{name}: {changes(before, after)}"


def look(plan: Plan, records: Sequence[Record]) -> tuple[str, ...]:
    """Read the folders of own data that records of a plan were made from, where they have changed or are not known.

    Returns a sentence for each one that cannot be had, so that nobody knows whether its records are of it.
    """
    by_identity = {record.identity: record for record in records if record.data_sha256 is not None}
    datasets: dict[str, Dataset] = {}
    for run in plan.runs:
        dataset = run.experiment.dataset
        if is_folder(dataset.name) and run.identity in by_identity:
            datasets.setdefault(dataset.model_dump_json(), dataset)
    problems = []
    for dataset in datasets.values():
        if not (plan.spec.folder / dataset.name).is_dir():
            problems.append(
                f"the data in {dataset.name} are not here: whether these records are of them as they stand was not "
                "looked at"
            )
        elif remembered(dataset, plan.spec.folder) is None and (why := _read(dataset, plan.spec.folder)):
            problems.append(f"the data in {dataset.name} cannot be read now, so these records may be of others: {why}")
    return tuple(problems)


def _read(dataset: Dataset, folder: Path) -> str:
    """Read a folder and remember what it holds; why it cannot be, in a line, or nothing."""
    from repro.data.data_error import DataError
    from repro.data.datasets.read import read_items
    from repro.data.item_ids import ids_of, write_ids

    try:
        items = read_items(dataset, folder)
    except (DataError, OSError) as error:
        return str(error).splitlines()[0]
    try:
        write_ids(ids_folder(), ids_of(items))
    except OSError:
        return ""  # only what has changed cannot be named then
    return ""
