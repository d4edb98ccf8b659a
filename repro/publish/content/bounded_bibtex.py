"""BibTeX read with bounds: macros that stand for one another, and fields of any length, are a way to fill a memory."""

from typing import Any

from pybtex.database.input.bibtex import Parser, month_names
from pybtex.utils import CaseInsensitiveDict

MOST_FIELD = 20_000
"""Signs of one field, its macros put in."""

MOST_PUT_IN = 1_000_000
"""Signs that all macros of one text put in, together."""


class BoundError(Exception):
    """A text that would be larger than any list of references."""


class _Macros(CaseInsensitiveDict):  # type: ignore[misc]
    """Macros that count what they put in."""

    def __init__(self, known: Any) -> None:
        self.put_in = 0
        super().__init__(known)

    def __getitem__(self, name: str) -> str:
        value: str = super().__getitem__(name)
        self.put_in += len(value)
        if self.put_in > MOST_PUT_IN:
            raise BoundError(f"its macros (@string) put in more than {MOST_PUT_IN:,} signs")
        return value


class BoundedParser(Parser):  # type: ignore[misc]
    """pybtex's parser of BibTeX. Raises BoundError where a text goes beyond the bounds."""

    def __init__(self) -> None:
        super().__init__()
        self.macros: Any = _Macros(month_names)

    def process_entry(self, entry_type: str, key: str | None, fields: Any) -> None:
        """Take an entry, unless one of its fields is too long."""
        for name, parts in fields:
            if sum(map(len, parts)) > MOST_FIELD:
                raise BoundError(f"{name} of {key} is longer than {MOST_FIELD:,} signs")
        super().process_entry(entry_type, key, fields)
