"""Columns that say from when to when an item lasts in its file, as people spell them."""

from pathlib import Path

import pytest

from repro.spec.manifest import read_manifest


def table(tmp_path: Path, header: str, *rows: str) -> Path:
    file = tmp_path / "items.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


UNDERSTOOD = [
    ("start,end", "0.5,1.5"),
    ("Start,End", "0.5,1.5"),
    ("START,END", "0.5,1.5"),
    ("Start (s),End (s)", "0.5,1.5"),
    ("start_time,end_time", "0.5,1.5"),
    ("StartTime,EndTime", "0.5,1.5"),
    ("Start Time [ms],End Time [ms]", "500,1500"),
    ("start_ms,stop_ms", "500,1500"),
    ("begin,end", "0.5,1.5"),
    ("Begin Time (s),End Time (s)", "0.5,1.5"),
    ("start_seconds,duration_seconds", "0.5,1"),
    ("start,duration", "0.5,1"),
    ("onset,offset", "0.5,1.5"),
    ("event_onset,event_offset", "0.5,1.5"),
    ("onset,duration", "0.5,1"),
    ("offset,duration", "0.5,1"),
    ("t0,t1", "0.5,1.5"),
    ("tmin,tmax", "0.5,1.5"),
    ("from,to", "0.5,1.5"),
    ("in,out", "0.5,1.5"),
    ("Anfang (s),Ende (s)", "0.5,1.5"),
    ("Beginn,Dauer", "0.5,1"),
    ("début,fin", "0.5,1.5"),
    ("inicio,duración", "0.5,1"),
    ("start_sec,length_sec", "0.5,1"),
    ("segment start,segment end", "0.5,1.5"),
]


@pytest.mark.parametrize(("columns", "cells"), UNDERSTOOD)
def test_spellings_of_a_stretch_are_understood(tmp_path, columns, cells):
    manifest, problems = read_manifest(table(tmp_path, f"path,label,{columns}", f"a.wav,x,{cells}", "b.wav,y,,"))
    assert problems == ()
    assert [row.stretch for row in manifest.rows] == [(0.5, 1.5), None]
    assert manifest.columns == ("label",)


def test_a_duration_beside_start_and_end_is_a_column_as_any_other(tmp_path):
    manifest, _ = read_manifest(table(tmp_path, "path,Start,End,Duration", "a.wav,0.5,1.5,1"))
    assert manifest.rows[0].stretch == (0.5, 1.5)
    assert manifest.columns == ("Duration",)


ASKED = [
    ("start_time", "0.5", "start_time: 'start_time' seems to be the start of a stretch, and no column says an end"),
    ("onset", "0.5", "onset: 'onset' seems to be the start of a stretch"),
    ("End (s)", "0.5", "End (s): 'End (s)' seems to be the end of a stretch, and no column says a start"),
    ("end_time,duration", "1.5,1", "end_time: 'end_time' seems to be the end of a stretch"),
    ("offset", "0.5", "offset: 'offset' seems to be the start of a stretch"),
    ("start_sample,end_sample", "0,8000", "'start_sample' seems to count samples or frames; write start and end in"),
    ("start_frame,end_frame", "0,80", "'start_frame' seems to count samples or frames"),
    ("start_ms,end_min", "0,8000", "'start_ms' and 'end_min' seem to be of different units"),
    ("start_time,onset,end", "0,0,1", "'start_time' and 'onset' may each say where a stretch begins; call the right"),
    ("start,duration,length", "0,1,1", "'duration' and 'length' may each say how long a stretch is"),
]


@pytest.mark.parametrize(("columns", "cells", "said"), ASKED)
def test_what_can_mean_several_things_is_asked_about_by_name(tmp_path, columns, cells, said):
    manifest, problems = read_manifest(table(tmp_path, f"path,label,{columns}", f"a.wav,x,{cells}"))
    assert manifest is None
    assert len(problems) == 1
    assert said in str(problems[0])
    assert f"{tmp_path / 'items.csv'}:1:1" in str(problems[0])


def test_cells_that_are_no_times_are_named_with_their_line_and_column(tmp_path):
    rows = ("a.wav,0:10,0:20", "b.wav,5,2", "c.wav,-1,2", "d.wav,1,")
    _, problems = read_manifest(table(tmp_path, "path,Start Time [ms],End Time [ms]", *rows))
    lines = [str(p).removeprefix(f"{tmp_path / 'items.csv'}:") for p in problems]
    assert [line.split(": ")[0] for line in lines] == ["2:1", "3:1", "4:1", "5:1"]
    assert "Start Time [ms] and End Time [ms] are milliseconds: expected a number, got '0:10'" in lines[0]
    assert "the stretch from 0.005 to 0.002 s has no length" in lines[1]


PLAIN = [
    "duration",
    "length",
    "Duration (s)",
    "time",
    "to",
    "from,to",
    "start_date,end_date",
    "Stop",
    "started_by",
    "in",
    "friend",
    "startle,trend",
]


@pytest.mark.parametrize("columns", PLAIN)
def test_other_columns_are_left_alone(tmp_path, columns):
    numbers = columns in ("duration", "length", "Duration (s)", "time", "to", "in", "startle,trend")
    cells = ",".join(["3" if numbers else "2026-01-02" if "date" in columns else "Bern"] * len(columns.split(",")))
    manifest, problems = read_manifest(table(tmp_path, f"path,{columns}", f"a.wav,{cells}", f"b.wav,{cells}"))
    assert problems == ()
    assert manifest.columns == tuple(columns.split(","))
    assert {row.stretch for row in manifest.rows} == {None}


def test_times_of_day_of_whole_recordings_are_left_alone(tmp_path):
    row = "a.wav,2026-01-02 10:00:00,2026-01-02 10:00:10"
    manifest, problems = read_manifest(table(tmp_path, "path,start_time,end_time", row))
    assert problems == ()
    assert manifest.columns == ("start_time", "end_time")
