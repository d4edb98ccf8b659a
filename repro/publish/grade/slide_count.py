"""How many slides a ``.pptx`` has, by the names in its zip: nothing in it is unpacked."""

import re
import zipfile
from pathlib import Path

from repro.disk.untrusted_files import opened_inside
from repro.publish.grade.survey import is_sound

FILE = "handin/slides.pptx"
MOST = 100 * 2**20
_SLIDE = re.compile(r"ppt/slides/slide[0-9]+\.xml")


def slide_count(folder: Path) -> int | None:
    """The slides of ``handin/slides.pptx``; None where there is no such file.

    Raises:
        ValueError: it is too large, no plain file, or no zip.

    """
    path = folder / FILE
    if not path.is_symlink() and not path.exists():
        return None
    if not is_sound(path, MOST):
        raise ValueError(f"{FILE} is no plain file of at most {MOST // 2**20} MB")
    try:
        with opened_inside(path, folder) as opened, zipfile.ZipFile(opened) as file:
            return len({name for name in file.namelist() if _SLIDE.fullmatch(name)})
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ValueError(f"{FILE} cannot be read: {error}") from None
