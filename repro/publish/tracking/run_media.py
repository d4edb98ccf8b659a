"""Tables and pictures of a run: whom it took for whom, and its worst mistakes. Each record's are made once."""

from dataclasses import replace

from repro.disk.untrusted_files import is_file_inside
from repro.publish.tracking.attachments import Attachment, Attachments, File
from repro.publish.tracking.run_snapshot import RunSnapshot
from repro.publish.tracking.worst_mistakes import Arrays, ExampleStore, confusion, worst
from repro.runs.ledger import Ledger

MOST_BYTES = 256 * 2**20
"""Of pictures and sounds that are kept until they are sent; further ones are made when they are."""


class RunMedia:
    """Makes them, while others train where there is room to keep them, and gives each once."""

    def __init__(self, museum: ExampleStore) -> None:
        self.museum = museum
        self._made: dict[str, Attachments] = {}
        self._bytes = 0

    def prepare(self, snapshot: RunSnapshot, ledger: Ledger) -> None:
        """Make those of a run that is over, to be had later."""
        if snapshot.record is not None and snapshot.record.sha256 not in self._made and self._bytes < MOST_BYTES:
            attachments = self._of(snapshot, ledger)
            self._made[snapshot.record.sha256] = attachments
            self._bytes += _bytes(attachments)

    def of(self, snapshot: RunSnapshot, ledger: Ledger, rung: str) -> Attachments:
        """Those of a run, its weights among them where they were kept; nothing where it is not done."""
        tables = self._tables(snapshot, ledger)
        path = ledger.weights_path(snapshot.run, rung)
        if snapshot.record is None or snapshot.record.state != "done" or not is_file_inside(path, ledger.folder):
            return tables
        metadata = {"weights_sha256": snapshot.record.weights_sha256}
        return replace(tables, artifacts=(File(f"{snapshot.run.id}-weights", "model", {"weights.pt": path}, metadata),))

    def _tables(self, snapshot: RunSnapshot, ledger: Ledger) -> Attachments:
        prepared = self._made.pop(snapshot.record.sha256, None) if snapshot.record is not None else None
        if prepared is None:
            return self._of(snapshot, ledger)
        self._bytes -= _bytes(prepared)
        return prepared

    def _of(self, snapshot: RunSnapshot, ledger: Ledger) -> Attachments:
        record = snapshot.record
        if record is None or record.state != "done":
            return Attachments()
        arrays = ledger.whole_predictions(record)
        if arrays is None or not {"items", "target", "predicted"} <= set(arrays):
            return Attachments()
        return self._make(snapshot, arrays)

    def _make(self, snapshot: RunSnapshot, arrays: Arrays) -> Attachments:
        experiment = snapshot.run.experiment
        media: dict[str, Attachment] = {}
        matrix = confusion(experiment, arrays)
        if matrix is not None:
            media["confusion"] = matrix
        mistakes = worst(experiment, arrays, self.museum)
        if mistakes:
            media["worst_mistakes"] = mistakes
        return Attachments(media)


def _bytes(attachments: Attachments) -> int:
    mistakes = [mistake for media in attachments.media.values() if isinstance(media, tuple) for mistake in media]
    sounds = [mistake.sound.samples.nbytes for mistake in mistakes if mistake.sound is not None]
    return sum(sounds) + sum(len(mistake.picture or b"") for mistake in mistakes)
