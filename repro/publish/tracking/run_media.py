"""Tables and pictures of a run: whom it took for whom, and its worst mistakes. Each record's are made once."""

from dataclasses import replace

from repro.disk.inside import is_file_inside
from repro.publish.tracking.attachments import Attachment, Attachments, File
from repro.publish.tracking.mistakes import Arrays, Museum, confusion, worst
from repro.publish.tracking.seen import Seen
from repro.runs.ledger import Ledger

MOST_BYTES = 256 * 2**20
"""Of pictures and sounds that are kept until they are sent; further ones are made when they are."""


class RunMedia:
    """Makes them, while others train where there is room to keep them, and gives each once."""

    def __init__(self, museum: Museum) -> None:
        self.museum = museum
        self._made: dict[str, Attachments] = {}
        self._bytes = 0

    def prepare(self, seen: Seen, ledger: Ledger) -> None:
        """Make those of a run that is over, to be had later."""
        if seen.record is not None and seen.record.sha256 not in self._made and self._bytes < MOST_BYTES:
            made = self._of(seen, ledger)
            self._made[seen.record.sha256] = made
            self._bytes += _bytes(made)

    def of(self, seen: Seen, ledger: Ledger, rung: str) -> Attachments:
        """Those of a run, its weights among them where they were kept; nothing where it is not done."""
        tables = self._tables(seen, ledger)
        path = ledger.weights_path(seen.run, rung)
        if seen.record is None or seen.record.state != "done" or not is_file_inside(path, ledger.folder):
            return tables
        said = {"weights_sha256": seen.record.weights_sha256}
        return replace(tables, artifacts=(File(f"{seen.run.id}-weights", "model", {"weights.pt": path}, said),))

    def _tables(self, seen: Seen, ledger: Ledger) -> Attachments:
        made = self._made.pop(seen.record.sha256, None) if seen.record is not None else None
        if made is None:
            return self._of(seen, ledger)
        self._bytes -= _bytes(made)
        return made

    def _of(self, seen: Seen, ledger: Ledger) -> Attachments:
        record = seen.record
        if record is None or record.state != "done":
            return Attachments()
        arrays = ledger.whole_predictions(record)
        if arrays is None or not {"items", "target", "predicted"} <= set(arrays):
            return Attachments()
        return self._make(seen, arrays)

    def _make(self, seen: Seen, arrays: Arrays) -> Attachments:
        experiment = seen.run.experiment
        found: dict[str, Attachment] = {}
        matrix = confusion(experiment, arrays)
        if matrix is not None:
            found["confusion"] = matrix
        mistakes = worst(experiment, arrays, self.museum)
        if mistakes:
            found["worst_mistakes"] = mistakes
        return Attachments(found)


def _bytes(made: Attachments) -> int:
    mistakes = [one for media in made.media.values() if isinstance(media, tuple) for one in media]
    sounds = [one.sound.samples.nbytes for one in mistakes if one.sound is not None]
    return sum(sounds) + sum(len(one.picture or b"") for one in mistakes)
