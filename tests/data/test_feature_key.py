from pathlib import Path

import numpy as np
import pytest
import torch

from repro.data import feature_key as room
from repro.data.feature_key import cache_key
from repro.data.features.chain import Chain, build_chain
from repro.data.items import Items
from repro.spec.part import Entry
from repro.spec.shape import Shape

SHAPE = Shape.of("C T", 1, 8)
OWN = "class Half:\n    def __call__(self, batch):\n        return batch / 2\n"


def items(value=0.0) -> Items:
    return Items("made", np.full((5, 1, 8), value, dtype=np.float32), SHAPE, {})


def key(folder: Path, *entries: Entry, given=None, rows=(0, 1, 2), fitted_on="a", chain=None) -> str:
    chain = chain or build_chain(entries, SHAPE, rate=None, folder=folder)
    return cache_key(given or items(), chain, np.array(rows), fitted_on=fitted_on, folder=folder)


def test_all_that_decides_the_values_changes_the_key(tmp_path, monkeypatch):
    rescale = Entry(name="Rescale", args={"low": 0, "high": 2})
    own = Entry(name="model.py:Half")
    (tmp_path / "model.py").write_text(OWN)
    keys = [
        key(tmp_path, rescale),
        key(tmp_path, rescale, given=items(1.0)),
        key(tmp_path, rescale, rows=(0, 1, 3)),
        key(tmp_path, Entry(name="Rescale", args={"low": 0, "high": 3})),
        key(tmp_path, rescale, Entry(name="ShufflePositions", args={"seed": 0})),
        key(tmp_path, rescale, Entry(name="ShufflePositions", args={"seed": 1})),
        key(tmp_path, own),
    ]
    (tmp_path / "model.py").write_text(OWN.replace("2", "3"))
    keys.append(key(tmp_path, own))
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    keys.append(key(tmp_path, rescale))
    torch.set_num_threads(threads)
    for name, value in (("cpu_name", "another CPU"), ("_torchaudio", "9.9"), ("code_sha256", "other code")):
        with monkeypatch.context() as patched:
            patched.setattr(room, name, lambda *_, value=value: value)
            keys.append(key(tmp_path, rescale))
    assert len(set(keys)) == len(keys) == 12
    assert key(tmp_path, rescale) == keys[0]


def test_what_was_fitted_on_counts_only_where_something_learns(tmp_path):
    learns = Entry(name="Standardize")
    alone = Entry(name="Standardize", args={"per": "item"})
    assert key(tmp_path, learns, fitted_on="a") != key(tmp_path, learns, fitted_on="b")
    assert key(tmp_path, alone, fitted_on="a") == key(tmp_path, alone, fitted_on="b")


@pytest.mark.parametrize("position", [0, 1])
def test_the_head_of_a_chain_knows_its_own_entries(position, tmp_path):
    entries = (Entry(name="Rescale", args={"low": 0, "high": 2}), Entry(name="Standardize"))
    chain: Chain = build_chain(entries, SHAPE, rate=None, folder=tmp_path)
    assert chain.entries == entries
    assert chain.upto(position).entries == entries[:position]
