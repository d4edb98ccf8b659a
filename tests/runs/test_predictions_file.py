"""A file of predictions may be a stranger's: it is read within bounds, and its faults are said in a line."""

import io
import json
import pickle
import shutil
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from repro.cli.refusal import refusal
from repro.runs.ledger import Ledger
from repro.runs.predictions_file import PredictionsError, arrays_sha256, pack, unpack
from repro.runs.record import Record

PAPERS = Path(__file__).parents[2] / "papers"


def npy(shape, kind="<f4", data=b""):
    """A file of one array, with a header that may lie."""
    made = io.BytesIO()
    np.lib.format.write_array_header_1_0(made, {"descr": kind, "fortran_order": False, "shape": shape})
    return made.getvalue() + data


def zipped(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return made.getvalue()


def pickled():
    made = io.BytesIO()
    np.save(made, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return made.getvalue()


BOMBS = {
    "zeros": lambda: zipped(x=npy((300 * 2**20,), "|u1", b"\0" * (300 * 2**20))),
    "many of zeros": lambda: zipped(**{f"x{n}": npy((2**23,), "|u1", b"\0" * 2**23) for n in range(20)}),
    "a header that lies": lambda: zipped(x=npy((2**40,))),
    "a header of many axes": lambda: zipped(x=npy((2**20,) * 10)),
    "a negative size": lambda: zipped(x=npy((-5,))),
    "objects": lambda: zipped(x=pickled()),
    "a plain pickle": lambda: pickle.dumps({"a": 1}),
    "one in a zip": lambda: zipped(x=pickle.dumps({"a": 1})),
    "no zip": lambda: b"nothing of the kind",
    "half a zip": lambda: zipped(x=npy((4,), "<f4", b"\0" * 16))[:60],
    "a plain array": lambda: npy((4,), "<f4", b"\0" * 16),
    "structures": lambda: zipped(x=npy((1,), [("a", "<f4")], b"\0" * 4)),
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_is_unpacked(name):
    content = BOMBS[name]()
    tracemalloc.start()
    with pytest.raises((ValueError, zipfile.BadZipFile)):
        unpack(content)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 40 * 2**20


def test_predictions_are_read_as_they_were_packed():
    rng = np.random.default_rng(0)
    arrays = {
        "a.test.predicted": rng.standard_normal((500, 10)).astype(np.float32),
        "a.test.target": np.zeros(200_000, dtype=np.int64),
        "a.test.items": np.arange(500),
        "a.test.names": np.array(["a", "é"]),
    }
    read = unpack(pack(arrays))
    assert read.keys() == arrays.keys()
    assert all(np.array_equal(read[name], arrays[name]) for name in arrays)


@pytest.mark.parametrize("name", ["a plain pickle", "objects", "zeros"])
def test_a_command_says_which_file_it_is(name, tmp_path):
    records = tmp_path / "results" / "records"
    records.mkdir(parents=True)
    first = min((PAPERS / "mnist1d" / "results" / "records").glob("cnn-seed0*.json"))
    fields = json.loads(first.read_text()) | {"predictions_sha256": "0" * 64}
    (records / first.name).write_text(Record.from_json(json.dumps(fields)).sealed_with_hash().to_json())
    (records / first.name).with_suffix(".npz").write_bytes(BOMBS[name]())
    ledger = Ledger(tmp_path, "results")
    with pytest.raises(PredictionsError, match=r"\.npz: not a file of predictions") as raised:
        ledger.predictions(ledger.records[0])
    said = refusal(raised.value)
    assert said is not None
    assert said.code == 1


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_predictions_behind_a_link_are_not_there(tmp_path):
    records = tmp_path / "study" / "results" / "records"
    records.mkdir(parents=True)
    first = min((PAPERS / "mnist1d" / "results" / "records").glob("cnn-seed0*.json"))
    shutil.copy(first, records)
    (tmp_path / "private.npz").write_bytes(pack({"digit.test.predicted": np.zeros(3)}))
    (records / first.name).with_suffix(".npz").symlink_to(tmp_path / "private.npz")
    ledger = Ledger(tmp_path / "study", "results")
    assert not ledger.has_predictions(ledger.records[0])
    assert ledger.predictions(ledger.records[0]) is None


def test_predictions_beside_a_run_that_failed_are_of_no_label(tmp_path):
    records = tmp_path / "results" / "records"
    records.mkdir(parents=True)
    first = min((PAPERS / "mnist1d" / "results" / "records").glob("cnn-seed0*.json"))
    arrays = {"digit.test.predicted": np.zeros(3)}
    failed = {"state": "failed", "reason": "diverged", "metrics": {}, "chosen": None}
    fields = json.loads(first.read_text()) | failed | {"predictions_sha256": arrays_sha256(arrays)}
    (records / first.name).write_text(Record.from_json(json.dumps(fields)).sealed_with_hash().to_json())
    (records / first.name).with_suffix(".npz").write_bytes(pack(arrays))
    ledger = Ledger(tmp_path, "results")
    assert ledger.predictions(ledger.records[0]) is None
    assert ledger.damaged_predictions(ledger.records) == ()
