"""`training` and `scheduler` against the rest: what is watched must be there, and test data must not feed back."""

from typing import Any

from repro.spec.experiment import Scheduler, Training, View
from repro.spec.metric_key import metric_key, parts_of
from repro.spec.overrides import find
from repro.spec.part import Entry
from repro.spec.place import Place
from repro.spec.reading import Reading
from repro.spec.tree import ListNode, MapNode, Node, TextNode


def check_training(
    training: Training,
    written: dict[str, Node],
    metrics: dict[str, Entry],
    views: dict[str, View],
    *,
    validation: bool,
    tree: MapNode,
    reading: Reading,
) -> Training | None:
    """The training with `watch` written out in full, or None when it cannot be.

    Args:
        training: as read.
        written: its words as written, for their places.
        metrics: the experiment's metrics.
        views: its further views.
        validation: whether there is a validation part.
        tree: the experiment's tree, for `sources`.
        reading: where problems go.

    """
    before = len(reading.problems)
    watch = training.watch
    if training.select == "best_validation" and not validation:
        reading.say(
            written["select"],
            "training.select",
            "there is no validation part to choose on; add one under `splits`, or write select: last",
        )
    if training.select == "best_test":
        if not declared(tree, "training.select"):
            text = (
                "choosing on test needs a source that says the paper did so: sources: {paper: {training.select: where}}"
            )
            reading.say(written["select"], "training.select", text)
        if training.stop_patience is not None:
            reading.say(
                written["stop_patience"],
                "training.stop_patience",
                "a paper that chose on test is run to its full length; take this out",
            )
    needs = training.select == "best_validation" or training.stop_patience is not None
    if watch is not None:
        place = written["watch"].place
        watch = _watched(
            watch, "training.watch", place, metrics, views, validation=validation, default="validation", reading=reading
        )
        if not needs and training.select == "last":
            reading.say(
                place, "training.watch", "nothing watches it; it is for select: best_validation and stop_patience"
            )
    elif needs and metrics:
        watch = f"validation/{next(iter(metrics))}"
        if training.stop_patience is not None and not validation and training.select != "best_test":
            reading.say(
                written["stop_patience"],
                "training.stop_patience",
                "there is no validation part to watch; add one under `splits`",
            )
    if len(reading.problems) > before:
        return None
    return training.model_copy(update={"watch": watch})


def check_scheduler(
    scheduler: Scheduler, metrics: dict[str, Entry], views: dict[str, View], *, validation: bool, reading: Reading
) -> Scheduler | None:
    """The schedule with `watch` written out in full, or None when it cannot be."""
    if scheduler.watch is None:
        return scheduler
    before = len(reading.problems)
    key = f"scheduler.{scheduler.entry.short}.watch"
    watch = _watched(
        scheduler.watch,
        key,
        scheduler.place,
        metrics,
        views,
        validation=validation,
        default="validation",
        reading=reading,
    )
    return scheduler.model_copy(update={"watch": watch}) if len(reading.problems) == before else None


def _watched(
    text: str,
    key: str,
    place: Place,
    metrics: dict[str, Entry],
    views: dict[str, View],
    *,
    validation: bool,
    default: str,
    reading: Reading,
) -> str | None:
    try:
        full = metric_key(text if "/" in text else f"{default}/{text}", metrics, views)
    except ValueError as error:
        reading.say(place, key, str(error))
        return None
    view, metric = parts_of(full)
    of = views[view].of if view in views else view
    if of == "test":
        reading.say(
            place, key, f"test data never feeds back into training; watch validation/{metric} or train/{metric}"
        )
    elif view in views and views[view].has_own_data:
        text = f"training looks at its own items as they are, and {view!r} has others; watch {of}/{metric}"
        reading.say(place, key, text)
    elif of == "validation" and not validation:
        reading.say(place, key, "there is no validation part; add one under `splits`")
    return full


def declared(tree: MapNode, path: str) -> bool:
    """True when `sources` says that the paper, or its authors' code, has this path so (and not we)."""
    sources = tree.get(TextNode("sources"))
    if not isinstance(sources, MapNode):
        return False
    best, by = "", ""
    for source, paths in sources.items():
        names: Any = list(paths) if isinstance(paths, MapNode | ListNode) else [paths]
        for name in names:
            if isinstance(name, TextNode) and (path == name or path.startswith(f"{name}.")) and len(name) > len(best):
                best, by = str(name), str(source)
    return by not in ("", "guess", "different") and find(tree, path) is not None
