"""The shape of one item, every axis with its letter."""

from math import prod

from pydantic import BaseModel, ConfigDict, model_validator


class Shape(BaseModel):
    """Axis letters and sizes of one item, without the batch axis.

    Letters: ``C`` channels, ``T`` time, ``F`` frequency or features of a table, ``H`` height, ``W`` width.
    A signal is ``C T``, a spectrogram ``C F T``, a picture ``C H W``, a table row or a flattened item ``F``.
    A size of 0 means that items differ along that axis (recordings as they are stored).

    >>> str(Shape(axes=("C", "T"), sizes=(1, 40)))
    'C 1 x T 40'
    >>> str(Shape.of("C T", 1, 0))
    'C 1 x T any'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    axes: tuple[str, ...]
    sizes: tuple[int, ...]

    @model_validator(mode="after")
    def _as_many(self) -> "Shape":
        if len(self.axes) != len(self.sizes):
            raise ValueError(f"{len(self.axes)} axes but {len(self.sizes)} sizes")
        return self

    @classmethod
    def of(cls, axes: str, *sizes: int) -> "Shape":
        """Short form: ``Shape.of("C T", 1, 40)``."""
        return cls(axes=tuple(axes.split()), sizes=tuple(sizes))

    @property
    def numel(self) -> int:
        """Number of values in one item."""
        return prod(self.sizes)

    @property
    def ragged(self) -> bool:
        """Whether items differ in size along an axis."""
        return 0 in self.sizes

    def size(self, axis: str) -> int:
        """Size of the axis with this letter; KeyError when there is none."""
        try:
            return self.sizes[self.axes.index(axis)]
        except ValueError:
            raise KeyError(axis) from None

    def __str__(self) -> str:
        return " x ".join(f"{a} {s or 'any'}" for a, s in zip(self.axes, self.sizes, strict=True))
