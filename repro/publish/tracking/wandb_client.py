"""The one module that imports wandb: opens runs, sends rows, ends them, and asks the server what arrived.

Every call has a deadline. W&B is told nothing of the machine beyond what our records say: no host name, no console, no
code, no list of packages.
"""

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import make_inside
from repro.publish.tracking.attachments import Attachment, Attachments
from repro.publish.tracking.card import Card
from repro.publish.tracking.run_snapshot import Row
from repro.publish.tracking.tracking_options import WandbOptions
from repro.publish.tracking.worst_mistakes import Confusion, Mistake

OPEN_SECONDS = 15.0
FINISH_SECONDS = 60.0
ASK_SECONDS = 20
_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0)

_KEPT = {
    "WANDB_API_KEY", "WANDB_BASE_URL", "WANDB_ENTITY", "WANDB_CONFIG_DIR", "WANDB_IDENTITY_TOKEN_FILE",
    "WANDB_CREDENTIALS_FILE", "WANDB_INSECURE_DISABLE_SSL", "WANDB_MODE",
}  # fmt: skip
"""What of the user's environment W&B is to see; the rest would change which run is meant or where files go."""


class Unreachable(Exception):
    """W&B did not take something in time, or not at all; the message says why in a line."""


class OpenRun:
    """A run of W&B's that rows are sent to. ``there`` is how many rows it has, those that are on their way among them.

    A summary (``job_type`` summary) has no history: each time that it changes one row of tables is added.
    """

    def __init__(self, wandb: ModuleType, run: Any) -> None:
        self._wandb, self._run = wandb, run
        self.there = int(run.starting_step)

    @property
    def url(self) -> str:
        """Where it is to be seen; empty offline."""
        return str(self._run.url or "")

    @property
    def project_url(self) -> str:
        """Where all runs of its project are to be seen."""
        return str(self._run.project_url or "")

    @property
    def path(self) -> str:
        """``ENTITY/PROJECT/ID``."""
        return str(self._run.path)

    def send(self, rows: Sequence[Row]) -> None:
        """Send what it does not have of all its ``rows``; says nothing about when they arrive."""
        for row in rows[self.there :]:
            self._run.log(dict(row))
            self.there += 1

    def define(self, card: Card) -> None:
        """Say what stands on which axis, and which value of a key counts."""
        self._run.define_metric("step", hidden=True)
        self._run.define_metric("epoch", step_metric="step", summary="max")
        for key in ("lr", "ms_per_step"):
            self._run.define_metric(key, step_metric="step", summary="last")
        for key, goal in card.goals.items():
            self._run.define_metric(key, step_metric="step", summary=goal)

    def fits(self, card: Card, attachments: Attachments) -> bool:
        """Whether what it has can be the beginning of what the card says."""
        return card.job_type == "summary" or self.there <= len(card.rows) + bool(attachments.media)

    def complete(self, card: Card, attachments: Attachments) -> None:
        """Send the rest: rows, then one row of tables and pictures, the summary, artifacts. Waits for nothing.

        Raises:
            Unreachable: W&B's own process is not there any more.

        """
        with _reachable():
            self._complete(card, attachments)

    def _complete(self, card: Card, attachments: Attachments) -> None:
        self.send(card.rows)
        if attachments.media and self._lacks_media(card):
            with tempfile.TemporaryDirectory(prefix="repro-media-") as folder:
                shown = {name: self._media(attachment, Path(folder)) for name, attachment in attachments.media.items()}
                self._run.log(shown)
            self.there += 1
        for artifact in attachments.artifacts:
            native = self._wandb.Artifact(artifact.name, artifact.type, metadata=dict(artifact.metadata))
            for name, path in artifact.files.items():
                native.add_file(str(path), name=name)
            self._run.log_artifact(native)
        self._run.tags = card.tags
        if card.notes:
            self._run.notes = card.notes
        self._run.config.update(dict(card.config), allow_val_change=True)
        self._run.summary.update(dict(card.summary))

    def finish(self, *, has_failed: bool = False) -> None:
        """Wait until all of it is sent, or let go of a run that is not over. From any thread.

        Raises:
            Unreachable: it was not sent in time. What is on the disk can be sent again.

        """
        with _reachable():
            self._run.finish(exit_code=int(has_failed))

    def _lacks_media(self, card: Card) -> bool:
        if card.job_type != "summary":
            return self.there == len(card.rows)
        return bool(dict(self._run.summary).get("records_sha256") != card.summary["records_sha256"])

    def _media(self, attachment: Attachment, folder: Path) -> Any:
        wandb = self._wandb
        if isinstance(attachment, Confusion):
            return wandb.plot.confusion_matrix(
                y_true=list(attachment.right),
                preds=list(attachment.said),
                class_names=list(attachment.classes),
                title="test items",
            )
        if isinstance(attachment, bytes):
            return wandb.Image(_png(folder, attachment))
        if isinstance(attachment, tuple):
            return self._mistakes(attachment, folder)
        return wandb.Table(columns=list(attachment.columns), data=[list(row) for row in attachment.rows])

    def _mistakes(self, mistakes: Sequence[Mistake], folder: Path) -> Any:
        wandb = self._wandb
        has = {
            "picture": any(mistake.picture for mistake in mistakes),
            "sound": any(mistake.sound for mistake in mistakes),
            "sure": any(mistake.sure is not None for mistake in mistakes),
        }
        table = wandb.Table(columns=["item", *(n for n in ("picture", "sound") if has[n]), "right", "said", "loss"]
                            + (["sure"] if has["sure"] else []))  # fmt: skip
        for mistake in mistakes:
            row: list[Any] = [mistake.item]
            if has["picture"]:
                row.append(wandb.Image(_png(folder, mistake.picture)) if mistake.picture else None)
            if has["sound"]:
                row.append(
                    wandb.Audio(mistake.sound.samples, sample_rate=mistake.sound.rate) if mistake.sound else None
                )
            table.add_data(*row, mistake.right, mistake.said, mistake.loss, *([mistake.sure] if has["sure"] else []))
        return table


class Client:
    """W&B for one study. ``root`` is where its files go, beside the runs; they can be deleted at any time."""

    def __init__(self, options: WandbOptions, root: Path, *, offline: bool) -> None:
        self.asked, self.root, self.offline = options, root, offline
        for name in [name for name in os.environ if name.startswith("WANDB_") and name not in _KEPT]:
            del os.environ[name]
        own = root / "wandb"
        for name in ("data", "cache", "artifacts"):
            make_inside(own / name, root)
        os.environ |= {
            "WANDB_DIR": str(root),
            "WANDB_DATA_DIR": str(own / "data"),
            "WANDB_CACHE_DIR": str(own / "cache"),
            "WANDB_ARTIFACT_DIR": str(own / "artifacts"),
            "WANDB_SILENT": "true",
            "WANDB_ERROR_REPORTING": "false",
        }
        import wandb

        self._wandb = wandb
        self._api: Any = None
        self._asking = threading.Lock()
        self.offline |= os.environ.pop("WANDB_MODE", "online") != "online"
        self._settings = wandb.Settings(
            console="off",
            silent=True,
            save_code=False,
            disable_git=True,
            disable_code=True,
            disable_job_creation=True,
            host="",
            program="repro",
            init_timeout=OPEN_SECONDS,
            finish_timeout=FINISH_SECONDS,
            finish_timeout_raises=True,
            x_disable_stats=True,
            x_disable_meta=True,
            x_disable_machine_info=True,
            x_save_requirements=False,
        )

    def open(self, card: Card, run_id: str) -> OpenRun:
        """Open a run, or go on with the one of this id.

        Raises:
            Unreachable: no key, no network, no answer in time, or W&B does not want it.

        """
        with _reachable():
            run = self._wandb.init(
                id=run_id,
                project=self.asked.project,
                entity=self.asked.entity or None,
                name=card.name,
                group=card.group,
                job_type=card.job_type,
                tags=list(card.tags),
                notes=card.notes or None,
                config=dict(card.config),
                mode="offline" if self.offline else "online",
                resume=None if self.offline else "allow",
                reinit="create_new",
                dir=str(self.root),
                settings=self._settings,
            )
        opened = OpenRun(self._wandb, run)
        opened.define(card)
        return opened

    @property
    def where(self) -> str:
        """The place that was asked for, to tell one from another."""
        return f"{os.environ.get('WANDB_BASE_URL', 'wandb.ai')} {self.asked.entity}/{self.asked.project}"

    def offline_runs(self, run_id: str) -> list[Path]:
        """The folders of an offline run."""
        return sorted((self.root / "wandb").glob(f"offline-run-*-{run_id}"))

    def lacks(self, opened: OpenRun, card: Card, artifacts: Sequence[str]) -> str:
        """What of a run the server does not have; empty where all of it arrived. It is given some seconds.

        Raises:
            Unreachable: nobody answers.

        """
        reason = ""
        for pause in _PAUSES:
            time.sleep(pause)
            reason = self._lacks(opened, card, artifacts)
            if not reason:
                break
        return reason

    def _lacks(self, opened: OpenRun, card: Card, artifacts: Sequence[str]) -> str:
        with self._asking, _reachable(), _elsewhere():
            self._api = self._api or self._wandb.Api(timeout=ASK_SECONDS)
            self._api.flush()
            run = self._api.run(opened.path)
            rows_sent = int(run.lastHistoryStep) + 1
            summary = dict(run.summary)
            logged = list(run.logged_artifacts()) if artifacts else []
            names = {artifact.name.rpartition(":")[0] for artifact in logged if artifact.state == "COMMITTED"}
        if rows_sent != opened.there:
            return f"{rows_sent} of {opened.there} rows arrived"
        for key, value in card.summary.items():
            if not _same(summary.get(key), value):
                return f"{key} is {summary.get(key)!r} there and {value!r} here"
        missing = [name for name in artifacts if name not in names]
        return f"artifact {missing[0]} did not arrive" if missing else ""


@contextlib.contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise Unreachable(reason[:300]) from error


@contextlib.contextmanager
def _elsewhere() -> Iterator[None]:
    """The client makes a folder for each run that it asks about; not beside ours."""
    before = os.environ["WANDB_DIR"]
    os.environ["WANDB_DIR"] = tempfile.gettempdir()
    try:
        yield
    finally:
        os.environ["WANDB_DIR"] = before


def _same(sent: object, here: object) -> bool:
    if isinstance(here, float) and isinstance(sent, float | int):
        return here == sent or abs(sent - here) <= 1e-9 * max(1.0, abs(here))
    if isinstance(here, float):
        return str(sent).lower() == str(here).lower()  # no finite number: sent as a word
    return sent == here


def _png(folder: Path, content: bytes) -> str:
    path = folder / f"{hashlib.sha256(content).hexdigest()[:16]}.png"
    write_atomically(path, content)
    return str(path)
