"""Where the files of another library's data set lie."""

from pathlib import Path

from repro.data.download.cache import cache_folder
from repro.spec.experiment import Dataset


def other_folder(dataset: Dataset, folder: Path) -> Path:
    """The ``folder`` that the spec names below its own, else one of the cache, such as ``mirdata/NAME``."""
    named = dataset.args.get("folder")
    return cache_folder() / dataset.name if named is None else folder / str(named)
