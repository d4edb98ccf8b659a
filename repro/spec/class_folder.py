"""A folder with a sub-folder for each class: its files, and what would make a class vanish.

Links are followed inside the data folder. What leads out of it, holds nothing that is read here or has no name that can
be written is named, so that no class and no part of one disappears in silence.
"""

import os
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

SOUNDS: frozenset[str] = frozenset(
    [
        ".wav",
        ".wave",
        ".bwf",
        ".rf64",
        ".w64",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".mp3",
        ".mp2",
        ".mp1",
        ".mpga",
        ".aif",
        ".aiff",
        ".aifc",
        ".au",
        ".snd",
        ".caf",
        ".sph",
        ".nist",
        ".voc",
        ".8svx",
        ".svx",
        ".avr",
        ".wve",
    ]
)
PICTURES: frozenset[str] = frozenset(
    ".png .jpg .jpeg .jpe .jfif .bmp .gif .tif .tiff .webp .pgm .ppm .pbm .pnm .tga".split()  # noqa: SIM905
)
UNREAD: frozenset[str] = frozenset(
    [
        ".m4a",
        ".m4b",
        ".m4r",
        ".aac",
        ".ac3",
        ".eac3",
        ".wma",
        ".amr",
        ".awb",
        ".3gp",
        ".3gpp",
        ".3g2",
        ".ra",
        ".rm",
        ".ape",
        ".wv",
        ".tta",
        ".tak",
        ".mpc",
        ".spx",
        ".dts",
        ".dsf",
        ".dff",
        ".shn",
        ".dss",
        ".gsm",
        ".g722",
        ".vox",
        ".pcm",
        ".raw",
        ".mka",
        ".alac",
        ".mp4",
        ".m4v",
        ".mov",
        ".mkv",
        ".webm",
        ".avi",
        ".wmv",
        ".flv",
        ".mpg",
        ".mpeg",
        ".ogv",
        ".mid",
        ".midi",
        ".sf",
        ".ircam",
        ".paf",
        ".pvf",
        ".htk",
        ".sds",
        ".xi",
        ".heic",
        ".heif",
        ".avif",
        ".jxl",
        ".jp2",
        ".j2k",
        ".svg",
        ".eps",
        ".psd",
        ".xcf",
        ".exr",
        ".hdr",
        ".dng",
        ".cr2",
        ".nef",
        ".arw",
        ".dcm",
        ".nii",
        ".pdf",
    ]
)
"""Endings of recordings and pictures that are not read here; such a file is an error and is not passed over."""
BESIDE: frozenset[str] = frozenset(
    [
        ".txt",
        ".md",
        ".rst",
        ".csv",
        ".tsv",
        ".json",
        ".jsonl",
        ".yaml",
        ".yml",
        ".xml",
        ".html",
        ".htm",
        ".log",
        ".ini",
        ".toml",
        ".lab",
        ".textgrid",
        ".jams",
        ".py",
        ".ipynb",
        ".sh",
        ".md5",
        ".sha1",
        ".sha256",
        ".m3u",
        ".cue",
        ".asd",
        ".pkf",
        ".reapeaks",
        ".db",
        ".bak",
        ".tmp",
        ".url",
        ".licence",
        ".license",
        ".docx",
        ".doc",
        ".odt",
        ".xlsx",
    ]
)
"""Endings of what people keep beside their recordings: passed over."""


@dataclass(slots=True)
class ClassFolder:
    """``files``: class ("" for a file in no sub-folder) and name (relative, forward slashes) of each recording and
    picture. ``problems``: what would lose a class, by the name of the folder or file; ``notes``: what was passed over.
    """

    files: list[tuple[str, str]] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def class_folder(folder: Path) -> ClassFolder:
    """What lies below a folder, sub-folder by sub-folder in the order of their names; each folder's own files first.

    Hidden files and folders are left out. OSError for a folder that cannot be read.
    """
    home = os.path.realpath(folder)
    listing = ClassFolder()
    other: dict[str, Counter[str]] = {}
    empty: dict[str, None] = {}
    stack: list[tuple[str, tuple[str, ...]]] = [("", (home,))]
    while stack:
        inside, above = stack.pop()
        with os.scandir(folder / inside) as scan:
            entries = sorted((e for e in scan if not e.name.startswith(".")), key=lambda entry: entry.name)
        below = []
        for entry in entries:
            name = f"{inside}/{entry.name}" if inside else entry.name
            real = os.path.realpath(entry.path) if entry.is_symlink() else ""
            if problem := _of_link(real, home, above) if real else _of_name(name):
                listing.problems[name.encode(errors="replace").decode()] = problem
            elif entry.is_dir():
                below.append((name, (*above, real or f"{above[-1]}{os.sep}{entry.name}")))
                if not inside:
                    empty[name] = None
            else:
                _take(listing, other, inside, name)
        stack += reversed(below)
    _say_others(listing, other, empty)
    return listing


def _take(listing: ClassFolder, other: dict[str, Counter[str]], inside: str, name: str) -> None:
    top = inside.split("/")[0]
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 (ten thousand of them, at every start)
    if ending in SOUNDS or ending in PICTURES or ending in UNREAD:
        listing.files.append((unicodedata.normalize("NFC", top), name))
    elif top:
        other.setdefault(top, Counter())[ending or "no ending"] += 1


def _of_link(real: str, home: str, above: tuple[str, ...]) -> str:
    """What is wrong with a link; links to files are judged where files are opened."""
    if not os.path.exists(real):  # noqa: PTH110
        return "is a link to nothing; mend it or take it away"
    if not os.path.isdir(real):  # noqa: PTH112
        return ""
    if real != home and not real.startswith(home + os.sep):
        return "is a link that leads out of the data folder; copy the folder in, or link the data folder as a whole"
    if real in above:
        return "is a link to a folder that it lies in; take it away"
    return ""


def _of_name(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "the name is not UTF-8, so no table can hold it; rename it"
    return ""


def _say_others(listing: ClassFolder, other: dict[str, Counter[str]], empty: dict[str, None]) -> None:
    """What lies there and is not read: a problem where a folder holds nothing else, a note where it does."""
    used = {name.split("/")[0] for _, name in listing.files}
    for top, endings in other.items():
        many = sum(endings.values())
        kinds = ", ".join(f"{count} {ending}" for ending, count in endings.most_common(5))
        files = f"{many} file{'s' * (many > 1)}"
        if top not in used and not set(endings) <= BESIDE:
            listing.problems[top] = (
                f"holds {files} ({kinds}) and none that is read here, so its class would be lost; "
                "convert them to .wav or .flac (pictures to .png), or take the folder away"
            )
        elif top not in used:
            listing.notes.append(f"{top} holds {files} ({kinds}) and none that is read here: it is no class")
        elif unknown := {ending: count for ending, count in endings.items() if ending not in BESIDE}:
            kinds = ", ".join(f"{count} {ending}" for ending, count in unknown.items())
            listing.notes.append(f"{top} holds files of no kind that is read here, which are passed over: {kinds}")
    lost = {name.split("/")[0] for name in listing.problems}
    listing.notes.extend(
        f"{top} is a folder without any file: it is no class"
        for top in empty
        if top not in used and top not in other and top not in lost
    )
