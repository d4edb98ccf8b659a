"""What is said of libraries of other versions than the index was made from."""

import re
from pathlib import Path

import pytest

from repro.spec import other_versions
from repro.spec.index import index
from repro.spec.load import load_spec
from repro.spec.other_versions import version_notes

ROOT = Path(__file__).parents[2]
STUDIES = ["papers/mnist1d", "papers/esc-cnn", "papers/raw-waveform", "papers/lenet5"]


@pytest.fixture
def later(monkeypatch):
    """All libraries are installed in a later version."""
    monkeypatch.setattr(other_versions, "version", lambda package: f"{index().versions[package]}9+cpu")


@pytest.mark.parametrize("study", STUDIES)
def test_a_later_version_with_the_same_names_is_no_news(later, study):
    assert version_notes(load_spec(ROOT / study)) == []


@pytest.mark.parametrize(
    ("study", "word", "note"),
    [
        ("papers/mnist1d", "Conv1d", r"torch 2\S*9, which is installed, has no Conv1d; names were checked against 2"),
        ("papers/mnist1d", "kernel_size", r"torch 2\S*9, which is installed, has no Conv1d\(kernel_size\); names"),
        ("papers/esc-cnn", "MelSpectrogram", r"torchaudio 2\S*9, which is installed, has no MelSpectrogram; names"),
    ],
)
def test_a_name_that_is_used_and_gone_is_named(later, monkeypatch, study, word, note):
    real = other_versions._words
    monkeypatch.setattr(other_versions, "_words", lambda module: real(module) - {word})
    notes = version_notes(load_spec(ROOT / study))
    assert any(re.match(note, one) for one in notes), notes


def test_where_versions_are_those_of_the_index_no_file_is_read(monkeypatch):
    monkeypatch.setattr(other_versions, "version", lambda package: index().versions[package])
    monkeypatch.setattr(other_versions, "_words", None)
    assert version_notes(load_spec(ROOT / STUDIES[0])) == []
