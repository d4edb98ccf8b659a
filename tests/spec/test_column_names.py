"""What a column's name says of it, however it is spelt."""

import pytest

from repro.spec.column_names import fold_column, group_columns, part_column, time_column

NAMES = """speaker, Speaker, SPEAKER, speaker_id, speakerID, Speaker ID, id-speaker, speakers, spk, spkId, speaker.name,
ｓｐｅａｋｅｒ, subject_id, SubjectID, subjectid, Subject No., patientNr, patient_code, actor, ActorID, Singer,
session 2, participant_number, SESSION_ID, src_file, sourceFile, Group, recording_id, pid, artist_name, Sprecher"""
OTHERS = "speaker_age, speaker_gender, label, id, name, class, room, sessions_before_lunch, grouping"
FOLDS = "fold, Fold, FOLD, folds, fold_nr, foldID, cv_fold, kfold, test-fold"


@pytest.mark.parametrize("name", NAMES.replace(",\n", ", ").split(", "))
def test_a_name_for_what_ties_items_together(name):
    assert group_columns(["label", name, "take"]) == (name,)


@pytest.mark.parametrize("name", OTHERS.split(", "))
def test_a_name_for_something_else(name):
    assert group_columns([name]) == ()


def test_the_most_telling_comes_first_and_equals_as_they_stand():
    assert group_columns(["Session", "subject", "Speaker", "spk_id"]) == ("Speaker", "spk_id", "subject", "Session")


@pytest.mark.parametrize("name", FOLDS.split(", "))
def test_a_name_for_folds(name):
    assert fold_column(["label", name]) == name


@pytest.mark.parametrize("names", [["folder"], ["manifold"], ["Fold", "fold_nr"], ["fold_size"]])
def test_no_name_for_folds_or_several(names):
    assert fold_column(names) is None


def test_the_plain_word_wins():
    assert fold_column(["Fold", "fold"]) == "fold"
    assert time_column(["Date", "time"]) == "time"


@pytest.mark.parametrize(
    ("name", "cells", "means"),
    [
        ("Split", ["Train", "Test"], {"Train": "train", "Test": "test"}),
        (
            "subset",
            ["training", "", "valid", "testing"],
            {"training": "train", "valid": "validation", "testing": "test"},
        ),
        ("SET", ["train", "dev", "eval"], {"train": "train", "dev": "validation", "eval": "test"}),
    ],
)
def test_a_column_of_parts(name, cells, means):
    assert part_column({"label": ["a"] * len(cells), name: cells}) == (name, means)


@pytest.mark.parametrize(
    "columns",
    [{"set": ["a", "b"]}, {"Split": ["train", "train"]}, {"kind": ["train", "test"]}, {"Split": ["train", "x"]}],
)
def test_no_column_of_parts(columns):
    assert part_column(columns) is None
