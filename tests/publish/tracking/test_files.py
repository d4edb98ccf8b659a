"""TensorBoard and CSV, by Lightning's own loggers: the same rows."""

import csv

import pytest

from repro.publish.tracking.file_sink import FileSink
from repro.publish.tracking.run_snapshot import RunSnapshot, snapshot_of
from repro.runs.ledger import Ledger
from repro.study import load


def seen_of(study):
    loaded = load(study)
    return [snapshot_of(run, Ledger(study, "runs"), "full") for run in loaded.plan.runs]


def in_pieces(seen):
    """As a publisher sees a run that goes on: half of its journal, then its record."""
    half = RunSnapshot(seen.run, None, seen.moments[: len(seen.moments) // 2])
    return [half, half, RunSnapshot(seen.run, None, seen.moments), seen, seen]


def test_csv_has_each_row_once_with_the_records_values(offline_study, tmp_path):
    sink = FileSink("csv", tmp_path, "full")
    for seen in seen_of(offline_study[0]):
        for piece in in_pieces(seen):
            sink.see(piece)
    sink.close()
    for seen in seen_of(offline_study[0]):
        with (tmp_path / "csv/full" / seen.run.id / "metrics.csv").open() as file:
            rows = list(csv.DictReader(file))
        history = seen.record.history
        validated = [(int(row["step"]), float(row["validation/loss"])) for row in rows if row["validation/loss"]]
        assert validated == [(point.step, point.values["validation/loss"]) for point in history]
        tested = [(int(row["step"]), float(row["test/loss"])) for row in rows if row["test/loss"]]
        assert tested == [(point.step, point.values["test/loss"]) for point in seen.record.sealed]
        assert "result/test/Accuracy" in (tmp_path / "csv/full" / seen.run.id / "hparams.yaml").read_text()


def test_tensorboard_too_and_a_new_process_begins_the_folder_anew(offline_study, tmp_path):
    pytest.importorskip("tensorboard", reason="needs the extra [tensorboard]")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    seen = seen_of(offline_study[0])[0]
    for _ in range(2):
        sink = FileSink("tensorboard", tmp_path, "full")
        for piece in in_pieces(seen):
            sink.see(piece)
        sink.close()
    events = EventAccumulator(str(tmp_path / "tensorboard/full" / seen.run.id))
    events.Reload()
    found = [(event.step, event.value) for event in events.Scalars("validation/loss")]
    wanted = [(point.step, point.values["validation/loss"]) for point in seen.record.history]
    assert [step for step, _ in found] == [step for step, _ in wanted]
    assert [value for _, value in found] == pytest.approx([value for _, value in wanted], rel=1e-6)


@pytest.mark.slow
def test_weights_are_kept_and_sent_where_that_is_asked_for(make_study, environment, repro, server):
    import torch

    from repro.training.weights_hash import weights_sha256

    study = make_study(steps=40)
    done = repro("run", study, "--only", "net", "--seeds", "1", "--keep-weights", "--wandb", env=environment(server))
    assert done.returncode == 0, done.stdout + done.stderr
    (record,) = Ledger(study, "runs").records
    (file,) = study.glob("runs/full/net-seed0-*.pt")
    assert weights_sha256(torch.load(file, weights_only=True)) == record.weights_sha256
    (sent,) = [one for one in server.committed().values() if one.type == "model"]
    assert sent.metadata == {"weights_sha256": record.weights_sha256}
    assert sent.files == {"weights.pt": file.read_bytes()}
    assert repro("run", study, "--only", "net", "--seeds", "1", "--force", env=environment()).returncode == 0
    assert not file.exists()
