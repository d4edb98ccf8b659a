"""Feeds Weights & Biases with what is seen of the runs, and knows what has arrived there."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from repro.publish.content.subject import Subject
from repro.publish.tracking.arrived import Arrival, Book, sent_sha256
from repro.publish.tracking.attachments import Attachments
from repro.publish.tracking.card import Card, card, chance_cards
from repro.publish.tracking.run_media import RunMedia
from repro.publish.tracking.seen import Seen
from repro.publish.tracking.study_card import study_attachments, study_card
from repro.publish.tracking.told import Told
from repro.publish.tracking.wandb_client import Client, OpenRun, Unreachable
from repro.runs.ledger import Ledger
from repro.runs.record import Record
from repro.spec.spec import Spec

MOST_OPEN = 16
"""Runs that are fed at once while they train; further ones are sent when they are over."""

Tell = Callable[[Told], None]
Attach = Callable[[], AbstractContextManager[Attachments]]


class WandbSink:
    """W&B for one study.

    Runs that go on are sent row by row. When one is over, its record is what counts: the rest of the rows, the
    numbers, tables and pictures follow, and the server is asked whether it has all of it. The first call that is not
    answered ends the talk: everything is then written as offline runs, and what was not sent is pending. This takes
    another process, as W&B's own holds on to a run that it could not open: ``fell_back`` is that process's reason.
    """

    def __init__(self, client: Client, spec: Spec, media: RunMedia, tell: Tell, fell_back: str = "") -> None:
        self._client, self._spec, self._media, self._tell = client, spec, media, tell
        self._path = client.root / "wandb.json"
        self._book = Book.read(self._path)
        self._open: dict[str, OpenRun] = {}
        self._has_said_where = False
        self._reached = True
        self._fell_back = bool(fell_back)
        self.reason = fell_back
        if client.offline and not fell_back:
            tell(Told("where", f"{client.root / 'wandb'} (offline)"))

    def see(self, seen: Seen, ledger: Ledger) -> None:
        """Send what is new of a run that goes on; make the pictures of one that is over and was not sent yet."""
        made = card(self._spec, seen, None)
        if seen.record is not None and self._book.found(made.key) != seen.record.numbers_sha256():
            self._media.prepare(seen, ledger)
        if self._client.offline or not self._reached or not made.rows:
            return
        if made.key not in self._open and (seen.is_over or len(self._open) >= MOST_OPEN):
            return
        try:
            self._opened(made).send(made.rows)
        except Unreachable as error:
            self._reached, self.reason = False, str(error)

    def close(self, subject: Subject, seen: Sequence[Seen]) -> tuple[int, int]:
        """Send all that is over, then the summary; gives how many arrived where they belong, and of how many.

        Raises:
            Unreachable: nobody answers, now or before.

        """
        if not self._reached:
            raise Unreachable(self.reason)
        over = [one for one in seen if one.record is not None]
        steps = max((one.record.steps for one in over if one.record is not None), default=0)
        arrived, total = 0, 0
        chances = chance_cards(self._spec, subject.results, steps)
        total = len(over) + len(chances) + bool(over)
        for one in over:
            made = card(self._spec, one, subject.results)
            self._tell(Told("doing", made.name, arrived, total))
            arrived += self._deliver(made, partial(self._of_run, one, subject.ledger), one.record)
        for made in chances:
            arrived += self._deliver(made, lambda: nullcontext(Attachments()), None)
        if over:
            self._tell(Told("doing", "tables, figures and the report", arrived, total))
            made = study_card(self._spec, subject.results)
            arrived += self._deliver(made, partial(study_attachments, subject, self._note), None)
        for opened in self._open.values():
            self._leave(opened)
        return arrived, total

    def _note(self, text: str) -> None:
        self._tell(Told("note", text))

    def _of_run(self, seen: Seen, ledger: Ledger) -> AbstractContextManager[Attachments]:
        return nullcontext(self._media.of(seen, ledger, self._spec.rung))

    def _deliver(self, made: Card, attach: Attach, record: Record | None) -> bool:
        """Send one whole run unless it is there; whether it is where it belongs."""
        found = "" if record is None else record.numbers_sha256()
        before = self._book.found(made.key)
        if before and found and before != found:
            self._begin_again(made.key)  # it was trained again and came out otherwise
        arrival = Arrival(sent_sha256(made), found, self._client.where)
        if self._book.has(made.key, arrival, offline=False) and (self._fell_back or not self._client.offline):
            return True
        if self._client.offline:
            self._write(made, attach, arrival)
            return not self._fell_back
        with attach() as attachments:
            lacks = self._send(made, attachments)
        if lacks:
            self.reason = self.reason or f"{made.name}: {lacks}"
            return False
        self._keep(self._book.with_arrival(made.key, arrival, offline=False))
        return True

    def _send(self, made: Card, attachments: Attachments) -> str:
        """Send a run; gives what of it did not arrive."""
        opened = self._opened(made)
        if not opened.fits(made, attachments):
            self._leave(opened)
            self._begin_again(made.key)
            opened = self._opened(made)
        del self._open[made.key]
        opened.finish(made, attachments)
        return self._client.lacks(opened, made, [artifact.name for artifact in attachments.artifacts])

    def _write(self, made: Card, attach: Attach, arrival: Arrival) -> None:
        """Write a run as an offline run, in place of an earlier one of it."""
        there = self._client.offline_runs(self._book.id(made.key))
        if there and self._book.has(made.key, arrival, offline=True):
            return
        for folder in there:
            shutil.rmtree(folder, ignore_errors=True)
        with attach() as attachments:
            self._client.open(made, self._book.id(made.key)).finish(made, attachments)
        self._keep(self._book.with_arrival(made.key, arrival, offline=True))

    def _opened(self, made: Card) -> OpenRun:
        if made.key not in self._open:
            self._open[made.key] = self._client.open(made, self._book.id(made.key))
            if not self._has_said_where and self._open[made.key].url:
                self._tell(Told("where", self._open[made.key].project_url))
                self._has_said_where = True
        return self._open[made.key]

    def _begin_again(self, key: str) -> None:
        """Take a new id, as rows cannot be taken back."""
        if key in self._open:
            self._leave(self._open.pop(key))
        self._keep(self._book.again(key))

    def _leave(self, opened: OpenRun) -> None:
        try:
            opened.leave()
        except Unreachable as error:
            self.reason = self.reason or str(error)

    def _keep(self, book: Book) -> None:
        self._book = book
        book.write(self._path)
