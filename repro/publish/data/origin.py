"""Where a data set comes from, in a few words."""

from pathlib import Path

from repro.spec.dataset_facts import facts_with
from repro.spec.experiment import Dataset
from repro.spec.other_libraries import library_of
from repro.spec.own_folder import is_folder


def origin(dataset: Dataset, folder: Path) -> str:
    """What a data set is, or in which folder or file it lies."""
    if is_folder(dataset.name):
        manifest = dataset.args.get("manifest")
        exclude = dataset.args.get("exclude", ())
        sentence = f"own recordings in {folder / dataset.name}" + (f", listed in {manifest}" if manifest else "")
        return sentence + (f", without {', '.join(exclude)}" if exclude else "")
    if dataset.is_code:
        file, _, cls = dataset.name.partition(":")
        return f"own data, made by {cls} of {folder / file}"
    library = library_of(dataset.name)
    if library is not None:
        return f"{library[1]} through {library[0]}"
    return f"built in: {facts_with(dataset.name, dataset.args).summary}"
