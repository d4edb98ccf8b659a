from pathlib import Path

import pytest

from repro.cli.refusal import CommandRefused
from repro.cli.request import read_request, read_seeds


def test_words_are_split_into_folders_and_changes(tmp_path: Path) -> None:
    odd = tmp_path / "a=b"
    odd.mkdir()
    request = read_request([odd, Path("training.steps=10")], "smoke", "cnn, mlp", "0,4")
    assert request.paths == (odd,)
    assert request.changes == ("training.steps=10",)
    assert request.only == ("cnn", "mlp")
    assert request.seeds == (0, 4)


def test_no_folder_is_refused() -> None:
    with pytest.raises(CommandRefused, match="no folder given"):
        read_request([Path("a.b=1")], "full", "", "")


@pytest.mark.parametrize("text", ["x", "1.5", "-1", ",", "1,x", "٣"])
def test_seeds_that_are_no_numbers_are_refused(text: str) -> None:
    with pytest.raises(CommandRefused, match="--seeds"):
        read_seeds(text)


def test_zero_seeds_are_refused() -> None:
    with pytest.raises(CommandRefused, match="at least 1"):
        read_seeds("0")
