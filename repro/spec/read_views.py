"""`evaluation`: further views of the results."""

from repro.spec.experiment import View
from repro.spec.read_dataset import read_dataset
from repro.spec.read_features import read_augment
from repro.spec.reading import Reading, is_none
from repro.spec.tree import Node
from repro.spec.words import VIEW_KEYS, VIEW_KEYS_LATER, VIEWS


def read_views(node: Node | None, *, validation: bool, reading: Reading) -> dict[str, View]:
    """The views by name.

    Args:
        node: what stands under ``evaluation``.
        validation: whether there is a validation part to look at.
        reading: where problems go.

    """
    if is_none(node):
        return {}
    assert node is not None
    given = reading.block(node, "evaluation", None, example="{rotated: {of: test, augment: [...]}}") or {}
    views = {}
    for name, one in given.items():
        key = f"evaluation.{name}"
        if name in VIEWS:
            reading.say(one, key, f"{name!r} is always there; take another name")
            continue
        fields = reading.block(
            one, key, VIEW_KEYS, later=VIEW_KEYS_LATER, need=("of",), example="{of: test, augment: [...]}"
        )
        if fields is None or "of" not in fields:
            continue
        of = reading.word(fields["of"], f"{key}.of", ("train", "validation", "test"))
        if of == "validation" and not validation:
            reading.say(fields["of"], f"{key}.of", "there is no validation part; `splits` has none")
        augment = read_augment(fields.get("augment"), f"{key}.augment", reading)
        dataset = (
            read_dataset(fields["dataset"], f"{key}.dataset", reading) if not is_none(fields.get("dataset")) else None
        )
        if of is not None:
            views[name] = View(place=one.place, name=name, of=of, augment=augment, dataset=dataset)
    return views
