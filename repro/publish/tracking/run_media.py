"""Tables and pictures of a run: whom it took for whom, and its worst mistakes. Each record's are made once."""

from repro.publish.tracking.attachments import Attachment, Attachments
from repro.publish.tracking.mistakes import Arrays, Museum, confusion, worst
from repro.publish.tracking.seen import Seen
from repro.runs.ledger import Ledger


class RunMedia:
    """Makes and remembers them."""

    def __init__(self, museum: Museum) -> None:
        self.museum = museum
        self._made: dict[str, Attachments] = {}

    def of(self, seen: Seen, ledger: Ledger) -> Attachments:
        """Those of a run; nothing where it is not done, or kept no predictions."""
        record = seen.record
        if record is None or record.state != "done":
            return Attachments()
        if record.sha256 not in self._made:
            arrays = ledger.predictions(record)
            whole = arrays is not None and {"items", "target", "predicted"} <= set(arrays)
            self._made[record.sha256] = self._make(seen, arrays) if arrays is not None and whole else Attachments()
        return self._made[record.sha256]

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
