"""The items of a data set as they are stored, with their labels and official parts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from repro.data.array_chunks import iter_chunks, memory_bytes
from repro.data.arrays import AnyArray, IntArray
from repro.data.audio.clips import DIFFERS, Clips
from repro.data.data_error import DataError
from repro.spec.shape import Shape


@dataclass(frozen=True, eq=False)
class Items:
    """All items of one data set, in the order of its files; an item is named by its row, 0 .. N - 1.

    ``values`` is ``(N, *shape.sizes)``: uint8 pictures as stored, else float32; or :class:`Clips`, recordings that are
    decoded when they are wanted (a size of 0 in ``shape`` then means that clips differ along that axis). ``columns``
    hold N values each (labels and whatever else is known of an item). ``parts`` are the official ones, name to rows;
    empty when there are none. ``rate`` is in Hz, None where nothing is sampled in time or clips differ. ``sha256``
    covers values, columns and parts; it is made here when not given. ``skipped`` are files or rows that could not be
    read and were left out, as the spec allows, each in words; ``groups`` are columns of which own code says that they
    tie items together; ``names`` are the files of N pictures, relative to their folder; ``notes`` say what is odd of
    files that were read all the same. All four are in no hash.
    """

    name: str
    values: AnyArray | Clips
    shape: Shape
    columns: Mapping[str, AnyArray]
    parts: Mapping[str, IntArray] = field(default_factory=dict)
    rate: float | None = None
    sha256: str = ""
    skipped: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that everything fits together; DataError names what does not."""
        if isinstance(self.values, Clips):
            if self.shape.axes != ("C", "T") or any(
                declared not in (DIFFERS, actual)
                for declared, actual in zip(self.shape.sizes, self.values.shape.sizes, strict=True)
            ):
                raise DataError(f"{self.name}: clips are {self.values.shape}; expected {self.shape}")
        elif self.values.ndim == 0 or self.values.shape[1:] != self.shape.sizes:
            raise DataError(f"{self.name}: values are {self.values.shape}; expected (N, *{self.shape.sizes})")
        if not len(self.values):
            raise DataError(f"{self.name}: there are no items")
        for column, cells in self.columns.items():
            if len(cells) != len(self.values):
                raise DataError(f"{self.name}: column {column!r} has {len(cells)} cells for {len(self.values)} items")
        if self.names and len(self.names) != len(self.values):
            raise DataError(f"{self.name}: {len(self.names)} names for {len(self.values)} items")
        if strange := [column for column in self.groups if column not in self.columns]:
            raise DataError(f"{self.name}: groups name {strange[0]!r}; the columns are {', '.join(self.columns)}")
        for part, rows in self.parts.items():
            if len(rows) and (rows.min() < 0 or rows.max() >= len(self.values)):
                raise DataError(f"{self.name}: part {part!r} names rows outside 0 .. {len(self.values) - 1}")
        if not self.sha256:
            object.__setattr__(self, "sha256", items_sha256(self))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def clips(self) -> Clips | None:
        """The recordings, None where the values are an array."""
        return self.values if isinstance(self.values, Clips) else None

    @property
    def array(self) -> AnyArray:
        """The values of items that are no recordings. TypeError where they are."""
        if isinstance(self.values, Clips):
            raise TypeError(f"{self.name} holds recordings, which have to be decoded")
        return self.values

    @property
    def file_names(self) -> tuple[str, ...] | None:
        """The file of each item, relative to its folder; None where items are no files."""
        return self.names or (None if self.clips is None else self.clips.names)

    @property
    def memory_bytes(self) -> int:
        """Memory that keeping the values takes."""
        return 0 if isinstance(self.values, Clips) else memory_bytes(self.values)

    def content(self, row: int) -> bytes:
        """Equal for two items with exactly the same values, 32 bytes."""
        if isinstance(self.values, Clips):
            return self.values.content(row)
        return hashlib.sha256(np.ascontiguousarray(self.values[row]).data).digest()


def items_sha256(items: Items) -> str:
    """The sha256 of shape, values, columns and parts, byte order and memory layout left out."""
    digest = hashlib.sha256(f"items 1\0{items.shape}\0{items.rate}\0".encode())
    if isinstance(items.values, Clips):
        digest.update(f"clips\0{items.values.sha256}\0".encode())
    else:
        add_array(digest, "values", items.values)
    for kind, arrays in (("column", items.columns), ("part", items.parts)):
        for name in sorted(arrays):
            add_array(digest, f"{kind} {name}", arrays[name])
    return digest.hexdigest()


def add_array(digest: "hashlib._Hash", name: str, array: AnyArray) -> None:
    """Put an array's name, kind, shape and values into a hash; a large one is never copied as a whole."""
    digest.update(f"{name}\0{array.dtype.kind}\0{array.shape}\0".encode())
    if array.dtype.kind in "OUS":
        for cell in array.ravel():
            text = str(cell).encode()
            digest.update(f"{len(text)}\0".encode() + text)
        return
    digest.update(f"{array.dtype.itemsize}\0".encode())
    for some in iter_chunks(array):
        plain = np.ascontiguousarray(some.astype(some.dtype.newbyteorder("<"), copy=False))
        digest.update(plain.reshape(-1).view(np.uint8).data)
