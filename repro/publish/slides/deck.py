"""A deck: slides with titles, before anybody has decided how they are drawn."""

from dataclasses import dataclass

from repro.publish.content.document_model import Chart, Picture, Table, Text


@dataclass(frozen=True)
class Slide:
    """One slide: bullets, or a table, or a picture (with the numbers of a chart, where it is one); notes go with it.

    ``lead`` is a line above a table or picture.
    """

    title: str
    bullets: tuple[Text, ...] = ()
    table: Table | None = None
    picture: Picture | None = None
    lead: str = ""
    notes: str = ""

    @property
    def chart(self) -> Chart | None:
        """The picture's numbers."""
        return None if self.picture is None else self.picture.chart


@dataclass(frozen=True)
class Deck:
    """``facts`` stand under the title of the first slide; ``warnings`` say what was cut."""

    title: str
    facts: tuple[str, ...]
    slides: tuple[Slide, ...]
    warnings: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Slides with the first one."""
        return len(self.slides) + 1
