"""The parts a study is built of: a class by name with its arguments, and a layer of a model."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from repro.spec.place import NOWHERE, Place


class SpecModel(BaseModel):
    """What every typed piece of a spec is: frozen, closed to unknown keys, with its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    place: Place = Field(default=NOWHERE, exclude=True, repr=False)


class Entry(SpecModel):
    """A class of a fixed namespace, or own code, with its keyword arguments.

    ``name`` is one identifier (``Adam``) or ``FILE.py:ClassName``. ``args`` hold int, float, bool, str, None,
    tuples and dicts of these, already of the type which the class wants; nothing that the harness infers.
    ``places`` gives the place of each argument, for messages.
    """

    name: str
    args: dict[str, Any] = {}
    places: dict[str, Place] = Field(default={}, exclude=True, repr=False)

    @property
    def own(self) -> tuple[str, str] | None:
        """``(file, class)`` when the entry is own code, else None."""
        file, colon, cls = self.name.partition(":")
        return (file, cls) if colon else None

    @property
    def short(self) -> str:
        """The class alone: ``ScaledTanh`` for ``model.py:ScaledTanh``."""
        return self.name.rpartition(":")[2]


class Layer(Entry):
    """One layer of a model.

    ``label`` is what the spec calls it (``name: c3``); ``lists`` are the named lists it stands in, from outside in
    (the model's own name first), so that ``weights`` can select by any of them. ``layers`` are the inner layers of
    ``Residual`` and ``Repeat``; ``shortcut`` those of a Residual's other path. ``path`` is what a change would
    write to reach it, such as ``architecture.cnn.c3``. The argument value ``"classes"`` of ``out_features`` and
    ``out_channels`` stands for the label's number of classes.
    """

    label: str | None = None
    lists: tuple[str, ...] = ()
    layers: tuple["Layer", ...] = ()
    shortcut: tuple["Layer", ...] = ()
    path: str = Field(default="", exclude=True)
