"""A study to write about, with less looked into than a report does."""

from repro.publish.content.subject import Subject
from repro.runs.record import Record


class Lighter(Subject):
    """Of predictions that no number needs, it looks whether they are there, not whether they are whole."""

    def keeps_predictions(self, record: Record) -> bool:
        """Whether the file is there."""
        return self.ledger.has_predictions(record)
