"""An office file without the moment at which it was made, so that the same content gives the same bytes."""

import io
import re
import zipfile

MOMENT = (1980, 1, 1, 0, 0, 0)
"""The first that a zip file can hold."""

_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def reproducible_zip(content: bytes) -> bytes:
    """The same file with all dates set to one, the workbooks behind its charts too."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith(".xlsx"):
                data = reproducible_zip(data)
            elif entry.filename == "docProps/core.xml":
                data = _DATES.sub(rb"\g<1>2000-01-01T00:00:00Z\g<3>", data)
            info = zipfile.ZipInfo(entry.filename, MOMENT)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, data)
    return out.getvalue()
