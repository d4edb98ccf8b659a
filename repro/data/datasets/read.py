"""From the name of a data set to its items."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from repro.data.data_error import DataError
from repro.data.folder_signature import remember
from repro.data.items import Items
from repro.spec.dataset_facts import DATASETS
from repro.spec.experiment import Dataset
from repro.spec.other_libraries import library_of
from repro.spec.own_folder import is_folder
from repro.spec.problem import unknown

MODULES: Mapping[str, str] = {name: f"repro.data.datasets.{name}" for name in DATASETS}
"""Name of each built-in data set -> the module of that name, whose ``read(**args)`` gives its items."""


def read_items(dataset: Dataset, folder: Path) -> Items:
    """The items of a built-in data set, or of own data in ``folder``.

    Raises:
        DataError: no such data set, arguments it does not have, or files that cannot be used.
        DownloadError: its files cannot be had.
        OwnCodeError: own code failed or gave something that is no data set.

    """
    if is_folder(dataset.name):
        from repro.data.datasets.own_folder import read_folder

        folder_items = read_folder(dataset, folder)
        remember(dataset, folder, folder_items.sha256)
        return folder_items
    other = library_of(dataset.name)
    if other is not None and other[0] == "mirdata":
        from repro.data.datasets.from_mirdata import read_mirdata

        return read_mirdata(dataset, folder)
    if other is not None:
        from repro.data.datasets.from_torchaudio import read_torchaudio

        return read_torchaudio(dataset, folder)
    if dataset.is_code:
        from repro.data.datasets.own import read_own

        return read_own(dataset, folder)
    if dataset.name not in MODULES:
        raise DataError(unknown("data set", dataset.name, MODULES))
    read: Callable[..., Items] = import_module(MODULES[dataset.name]).read
    args: dict[str, Any] = dict(dataset.args)
    try:
        items = read(**args)
    except TypeError as error:
        if error.__traceback__ is None or error.__traceback__.tb_next is not None:
            raise
        raise DataError(f"dataset {dataset.name}: {error}") from error
    return items
