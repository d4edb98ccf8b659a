"""Feeds Weights & Biases with what is seen of the runs, and knows what has arrived there."""

import shutil
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from repro.publish.content.report_context import ReportContext
from repro.publish.tracking.attachments import Attachments
from repro.publish.tracking.card import Card, card, chance_cards
from repro.publish.tracking.run_media import RunMedia
from repro.publish.tracking.run_snapshot import RunSnapshot
from repro.publish.tracking.sent_log import Arrival, SentLog, sent_sha256
from repro.publish.tracking.study_card import study_attachments, study_card
from repro.publish.tracking.wandb_client import Client, OpenRun, Unreachable
from repro.publish.tracking.worker_message import WorkerMessage
from repro.runs.ledger import Ledger
from repro.runs.record import Record
from repro.spec.spec import Spec

MOST_OPEN = 16
"""Runs that are fed at once while they train; further ones are sent when they are over."""

AT_ONCE = 8
"""Runs that are on their way at once, when all is over."""

Tell = Callable[[WorkerMessage], None]
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
        self._book = SentLog.read(self._path)
        self._open: dict[str, OpenRun] = {}
        self._has_said_where = False
        self._pool = ThreadPoolExecutor(AT_ONCE, "wandb")
        self._keeping = threading.Lock()
        self._reached = True
        self._fell_back = bool(fell_back)
        self.reason = fell_back
        if client.offline and not fell_back:
            tell(WorkerMessage("where", f"{client.root / 'wandb'} (offline)"))

    def see(self, snapshot: RunSnapshot, ledger: Ledger) -> None:
        """Send what is new of a run that goes on; make the pictures of one that is over and was not sent yet."""
        run_card = card(self._spec, snapshot, None)
        if snapshot.record is not None and self._book.found(run_card.key) != snapshot.record.numbers_sha256():
            self._media.prepare(snapshot, ledger)
        if self._client.offline or not self._reached or not run_card.rows:
            return
        if run_card.key not in self._open and (snapshot.is_over or len(self._open) >= MOST_OPEN):
            return
        try:
            self._opened(run_card).send(run_card.rows)
        except Unreachable as error:
            self._reached, self.reason = False, str(error)

    def close(self, subject: ReportContext, snapshots: Sequence[RunSnapshot]) -> tuple[int, int]:
        """Send all that is over, then the summary; gives how many arrived where they belong, and of how many.

        Raises:
            Unreachable: nobody answers, now or before.

        """
        if not self._reached:
            raise Unreachable(self.reason)
        over = [snapshot for snapshot in snapshots if snapshot.record is not None]
        steps = max((snapshot.record.steps for snapshot in over if snapshot.record is not None), default=0)
        chances = chance_cards(self._spec, subject.results, steps)
        total = len(over) + len(chances) + bool(over)
        sent: list[Future[bool]] = []

        def deliver(run_card: Card, attach: Attach, record: Record | None = None) -> None:
            arrived = sum(future.result() for future in sent if future.done())
            self._tell(WorkerMessage("doing", run_card.name, arrived, total))
            wait_for = [future for future in sent if not future.done()]
            if len(wait_for) >= AT_ONCE:
                wait_for[0].result()
            sent.append(self._deliver(run_card, attach, record))

        for snapshot in over:
            deliver(
                card(self._spec, snapshot, subject.results),
                partial(self._of_run, snapshot, subject.ledger),
                snapshot.record,
            )
        for chance_card in chances:
            deliver(chance_card, lambda: nullcontext(Attachments()))
        if over:
            deliver(study_card(self._spec, subject.results), partial(study_attachments, subject, self._note))
        for opened in list(self._open.values()):
            self._leave(opened)
        return sum(future.result() for future in sent), total

    def _note(self, text: str) -> None:
        self._tell(WorkerMessage("note", text))

    def _of_run(self, snapshot: RunSnapshot, ledger: Ledger) -> AbstractContextManager[Attachments]:
        return nullcontext(self._media.of(snapshot, ledger, self._spec.rung))

    def _deliver(self, run_card: Card, attach: Attach, record: Record | None) -> "Future[bool]":
        """Send one whole run unless it is there; whether it is where it belongs, once that is known."""
        numbers_sha256 = "" if record is None else record.numbers_sha256()
        before = self._book.found(run_card.key)
        if before and numbers_sha256 and before != numbers_sha256:
            self._begin_again(run_card.key)  # it was trained again and came out otherwise
        arrival = Arrival(sent_sha256(run_card), numbers_sha256, self._client.where)
        if self._book.has(run_card.key, arrival, offline=False) and (self._fell_back or not self._client.offline):
            return _known(True)
        if self._client.offline:
            self._write(run_card, attach, arrival)
            return _known(not self._fell_back)
        with attach() as attachments:
            opened = self._completed(run_card, attachments)
        names = [artifact.name for artifact in attachments.artifacts]
        return self._pool.submit(self._arrive, opened, run_card, names, arrival)

    def _completed(self, run_card: Card, attachments: Attachments) -> OpenRun:
        """A run that has been told everything."""
        opened = self._opened(run_card)
        if not opened.fits(run_card, attachments):
            self._begin_again(run_card.key)
            opened = self._opened(run_card)
        del self._open[run_card.key]
        opened.complete(run_card, attachments)
        return opened

    def _arrive(self, opened: OpenRun, run_card: Card, artifacts: Sequence[str], arrival: Arrival) -> bool:
        """Wait until a run is sent, and ask whether it is there; in a thread, as several are on their way at once."""
        opened.finish(has_failed=run_card.summary.get("state") == "failed")
        lacks = self._client.lacks(opened, run_card, artifacts)
        with self._keeping:
            if lacks:
                self.reason = self.reason or f"{run_card.name}: {lacks}"
            else:
                self._keep(self._book.with_arrival(run_card.key, arrival, offline=False))
        return not lacks

    def _write(self, run_card: Card, attach: Attach, arrival: Arrival) -> None:
        """Write a run as an offline run, in place of an earlier one of it."""
        offline_runs = self._client.offline_runs(self._book.id(run_card.key))
        if offline_runs and self._book.has(run_card.key, arrival, offline=True):
            return
        for folder in offline_runs:
            shutil.rmtree(folder, ignore_errors=True)
        with attach() as attachments:
            opened = self._client.open(run_card, self._book.id(run_card.key))
            opened.complete(run_card, attachments)
        opened.finish(has_failed=run_card.summary.get("state") == "failed")
        with self._keeping:
            self._keep(self._book.with_arrival(run_card.key, arrival, offline=True))

    def _opened(self, run_card: Card) -> OpenRun:
        if run_card.key not in self._open:
            self._open[run_card.key] = self._client.open(run_card, self._book.id(run_card.key))
            if not self._has_said_where and self._open[run_card.key].url:
                self._tell(WorkerMessage("where", self._open[run_card.key].project_url))
                self._has_said_where = True
        return self._open[run_card.key]

    def _begin_again(self, key: str) -> None:
        """Take a new id, as rows cannot be taken back."""
        if key in self._open:
            self._leave(self._open.pop(key))
        with self._keeping:
            self._keep(self._book.again(key))

    def _leave(self, opened: OpenRun) -> None:
        try:
            opened.finish()
        except Unreachable as error:
            self.reason = self.reason or str(error)

    def _keep(self, book: SentLog) -> None:
        self._book = book
        book.write(self._path)


def _known(arrived: bool) -> "Future[bool]":
    future: Future[bool] = Future()
    future.set_result(arrived)
    return future
