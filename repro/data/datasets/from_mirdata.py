"""Data sets through mirdata (extra ``[mir]``): it names tracks, their files and what is known of them.

mirdata downloads a set, or says how it can be had, into the folder that
:func:`repro.data.datasets.other_folder.other_folder` names; it checks what it downloads. Columns are whatever plain
texts and numbers it tells of a track: annotations that are series (beats, melodies) are not read. No set has official
parts here; where a column says them, ``splits`` can name it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from repro.data.audio.index_clips import index_clips
from repro.data.data_error import DataError
from repro.data.datasets.audio_set import Row, columns_of
from repro.data.datasets.other_folder import other_folder
from repro.data.items import Items
from repro.spec.experiment import Dataset
from repro.spec.other_libraries import library_of
from repro.spec.problem import unknown

PLAIN = (str, int, float, bool, type(None))


def read_mirdata(dataset: Dataset, folder: Path) -> Items:
    """The items of a set of mirdata, one for each track, in the order of their ids.

    Raises:
        DataError: mirdata is not installed, has no such set, cannot get it; or a file cannot be used.

    """
    _, name = library_of(dataset.name) or ("", "")
    home = other_folder(dataset, folder)
    tracks = _tracks(dataset, name, home)
    audio_attribute = str(dataset.args.get("audio", "audio_path"))
    rows: list[Row] = []
    for track_id, track in sorted(tracks.items()):
        path = getattr(track, audio_attribute, None)
        if path is None:
            has = sorted(a for a in vars(track) if "audio" in a and a.endswith("path"))
            hint = f"; write audio: {has[0]}" if has else ""
            raise DataError(f"{dataset.name}: track {track_id} has no {audio_attribute}{hint}")
        rows.append((_below(home, Path(path), dataset), {"track": track_id, **dict(_plain(track))}))
    if not rows:
        raise DataError(f"{dataset.name}: it has no tracks")
    clips = index_clips(dataset.name, home, [name for name, _ in rows])
    return Items(dataset.name, clips, clips.shape, columns_of(_same(rows)), rate=clips.one_rate)


def _tracks(dataset: Dataset, name: str, home: Path) -> dict[str, Any]:
    try:
        import mirdata
    except ImportError as error:
        raise DataError(
            f"{dataset.name}: mirdata is not installed: pip install 'repro-harness[mir]' ({error})"
        ) from error
    known = mirdata.list_datasets()
    if name not in known:
        raise DataError(f"mirdata: {unknown('data set', name, known)}")
    version = str(dataset.args.get("version", "default"))
    try:
        mirdata_set = mirdata.initialize(name, data_home=str(home), version=version)
        if not Path(mirdata_set.index_path).is_file():
            mirdata_set.download(["index"])
        if not home.is_dir() or not any(home.iterdir()):
            mirdata_set.download()
        tracks: dict[str, Any] = mirdata_set.load_tracks()
    except Exception as error:
        raise DataError(
            f"{dataset.name}: mirdata cannot give it: {type(error).__name__}: {error}. Its files belong in {home}; "
            f"mirdata.initialize({name!r}).download() says how they can be had"
        ) from error
    return tracks


def _plain(track: Any) -> Iterator[tuple[str, Any]]:
    """What is plainly known of a track: its public texts and numbers, without paths and without opening its audio."""
    names = {n for n in vars(track) if not n.startswith("_")}
    for cls in type(track).__mro__:
        names |= {n for n, value in vars(cls).items() if isinstance(value, property) and not n.startswith("_")}
    for name in sorted(names):
        if name == "track_id" or "audio" in name or name.endswith("path"):
            continue
        try:
            value = getattr(track, name)
        except Exception:  # noqa: BLE001 (a file of annotations that is not there)
            continue
        if isinstance(value, PLAIN):
            yield name, "" if value is None else value


def _same(rows: list[Row]) -> list[Row]:
    """The rows with the columns that any has; empty where a track does not have one."""
    names = list(dict.fromkeys(name for _, cells in rows for name in cells))
    return [(file, {name: cells.get(name, "") for name in names}) for file, cells in rows]


def _below(home: Path, path: Path, dataset: Dataset) -> str:
    try:
        return path.resolve().relative_to(home.resolve()).as_posix()
    except ValueError:
        raise DataError(f"{dataset.name}: {path} does not lie in {home}") from None
