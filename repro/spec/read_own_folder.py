"""`dataset: {folder: ..., manifest: ...}`: a folder of one's own; and sets that other libraries know."""

from pathlib import Path

from repro.spec.class_folder import class_folder
from repro.spec.data_links import may_be_read
from repro.spec.experiment import Dataset
from repro.spec.keywords import FOLDER_KEYS
from repro.spec.own_folder import folder_facts, folder_name, left_out, manifest_file, near_manifest, own_manifest
from repro.spec.problem import unknown
from repro.spec.reading import Reading, listed
from repro.spec.tree import MapNode, TextNode


def read_own_folder(node: MapNode, key: str, reading: Reading) -> Dataset | None:
    """The data set of a ``folder``. Everything that its manifest has wrong is noted too, at the manifest's own lines.

    Data that are not here are no problem: a study can be checked, and its results read, without them.
    """
    before = len(reading.problems)
    for word in node:
        if word not in FOLDER_KEYS:
            reading.say(word, f"{key}.{word}", unknown("key", word, FOLDER_KEYS))
    words: dict[str, object] = {}
    for text_word in ("why", "licence"):
        if text_word in node:
            words[text_word] = reading.text(node[TextNode(text_word)], f"{key}.{text_word}") or ""
    if "items" in node:
        words["items"] = reading.whole(node[TextNode("items")], f"{key}.items", least=1)
    args: dict[str, object] = {}
    if "manifest" in node:
        args["manifest"] = reading.text(node[TextNode("manifest")], f"{key}.manifest")
    if "skip_unreadable" in node and reading.truth(node[TextNode("skip_unreadable")], f"{key}.skip_unreadable"):
        args["skip_unreadable"] = True
    if "exclude" in node:
        args["exclude"] = list(reading.texts(node[TextNode("exclude")], f"{key}.exclude"))
    text = reading.text(node[TextNode("folder")], f"{key}.folder")
    if text is None or len(reading.problems) > before:
        return None
    try:
        name = folder_name(text)
        if "manifest" in args:
            folder_name(str(args["manifest"]))
    except ValueError as error:
        reading.say(node[TextNode("folder")], f"{key}.folder", str(error))
        return None
    dataset = Dataset(place=node.place, name=name, args=args, **words)
    _look(dataset, node, key, reading)
    return dataset if len(reading.problems) == before else None


def _look(dataset: Dataset, node: MapNode, key: str, reading: Reading) -> None:
    """What can be seen of the data without opening a recording."""
    data = reading.folder / dataset.name
    if not may_be_read(data, reading.folder):
        return
    if data.exists() and not data.is_dir():
        reading.say(node[TextNode("folder")], f"{key}.folder", f"{data} is a file; write the folder that it lies in")
        return
    if "manifest" not in dataset.args:
        if data.is_dir():
            _look_at_classes(dataset, data, node, key, reading)
        return
    at = node[TextNode("manifest")]
    try:
        file = manifest_file(reading.folder, dataset)
    except ValueError as error:
        reading.say(at, f"{key}.manifest", str(error))
        return
    if file is None:
        if data.is_dir():
            text = (
                f"there is no {dataset.args['manifest']} in {data}, nor beside the spec{near_manifest(dataset, data)}"
            )
            reading.say(at, f"{key}.manifest", text)
        return
    manifest, problems = own_manifest(file, reading.folder)
    reading.problems.extend(problems)
    _need_excluded(dataset, [row.path for row in manifest.rows] if manifest else [], node, key, reading)
    facts = folder_facts(reading.folder, dataset)
    if facts is not None and not facts.labels:
        reading.say(at, f"{key}.manifest", f"{file} has no column that could be a label")


def _look_at_classes(dataset: Dataset, data: Path, node: MapNode, key: str, reading: Reading) -> None:
    """Sub-folders, one for each class, of which none may be lost."""
    listing = class_folder(data)
    out = left_out(dataset)
    if lost := {name: text for name, text in listing.problems.items() if not out(name)}:
        for name, text in lost.items():
            reading.say(node[TextNode("folder")], f"{key}.folder", f"{data / name}: {text}")
    elif not any(cls for cls, _ in listing.files):
        text = f"{data} has no sub-folder with recordings, one for each class; or name a manifest: items.csv"
        reading.say(node[TextNode("folder")], f"{key}.folder", text)
    if "exclude" in node:
        _need_excluded(dataset, [*(name for _, name in listing.files), *listing.problems], node, key, reading)


def _need_excluded(dataset: Dataset, names: list[str], node: MapNode, key: str, reading: Reading) -> None:
    """What ``exclude`` names is there, and something is left."""
    if "exclude" not in node or not names:
        return
    for item in listed(node[TextNode("exclude")]):
        out = left_out(dataset.model_copy(update={"args": {"exclude": [str(item)]}}))
        if not any(map(out, names)):
            reading.say(item, f"{key}.exclude", unknown("file", str(item), names))
    if all(map(left_out(dataset), names)):
        reading.say(node[TextNode("exclude")], f"{key}.exclude", "nothing of the data would be left")
