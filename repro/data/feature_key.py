"""All that decides the values of made inputs, as one text: what a map file is named after."""

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import torch

from repro.data import audio, features
from repro.data.arrays import IntArray
from repro.data.cpu_name import cpu_name
from repro.data.features.chain import Chain
from repro.data.items import Items
from repro.data.own_code import code_sha256
from repro.data.splits import part_sha256

BESIDE = (
    "in_threads.py",
    "feature_array.py",
    "feature_pipeline.py",
    "arrays.py",
    "prepare_inputs.py",
    "seeds.py",
)
"""Our code outside the folder of features that decides made values."""


def cache_key(
    items: Items, chain: Chain, rows: IntArray, *, fitted_on: str, folder: Path, threads: int | None = None
) -> str:
    """The text for the values of ``rows`` after ``chain``.

    Beside data, features and own code it holds the code of our features and all of this machine that a number may
    depend on, so that a cache folder shared by several machines gives each the bytes that it would compute itself.

    Args:
        items: where the values come from.
        chain: the features.
        rows: the items wanted.
        fitted_on: names the data and rows that the chain's features learnt from; not looked at if none learns.
        folder: of the spec, for own code.
        threads: of torch, where they are not those that this process has now.

    """
    code_folders = [Path(features.__path__[0])]
    beside = code_folders[0].parent
    if items.clips is not None:
        code_folders.append(Path(audio.__path__[0]))
    return json.dumps(
        {
            "items": [items.sha256, str(items.shape), items.rate],
            "rows": part_sha256(rows),
            "features": [entry.model_dump_json() for entry in chain.entries],
            "fitted on": fitted_on if any(feature.fitted for feature in chain.features) else None,
            "own code": code_sha256(folder, (entry.own[0] for entry in chain.entries if entry.own)),
            "our code": [
                *(code_sha256(f, (p.name for p in f.glob("*.py"))) for f in code_folders),
                code_sha256(beside, BESIDE),
            ],
            "packages": [torch.__version__, np.__version__, _torchaudio(), *_decoder(items)],
            "machine": [cpu_name(), torch.backends.cpu.get_cpu_capability(), threads or torch.get_num_threads()],
        },
        sort_keys=True,
    )


def _decoder(items: Items) -> list[str]:
    if items.clips is None:
        return []
    import soundfile

    return [soundfile.__version__, soundfile.__libsndfile_version__]


def _torchaudio() -> str | None:
    try:
        return version("torchaudio")
    except PackageNotFoundError:
        return None
