"""Which data sets a study reads, each once, with every way of dividing it."""

from pathlib import Path

from repro.runs.data_of_plan import data_of_plan
from repro.study import load

PAPERS = Path(__file__).parents[2] / "papers"


def test_each_data_set_is_there_once() -> None:
    first, other = data_of_plan(load(PAPERS / "mnist1d").plan)
    assert first.dataset.args != other.dataset.args
    assert "cnn" in first.wanted[0].names
    assert "cnn-shuffled" in other.wanted[0].names
    assert len(first.wanted) == len(other.wanted) == 1


def test_each_way_of_dividing_is_there_once() -> None:
    (found,) = data_of_plan(load(PAPERS / "spectrogram-channels").plan)
    by_speaker, official = found.wanted
    assert by_speaker.folds == (1, 2, 3, 4, 5, 6)
    assert official.folds == (None,)
    assert official.names == ("logmel-shared",)


def test_a_rung_reads_less() -> None:
    (found,) = data_of_plan(load(PAPERS / "esc-cnn", rung="smoke").plan)
    assert found.dataset.args == {"subset": "esc10"}
    assert {folds for one in found.wanted for folds in one.folds} == {1}
