"""`dataset: {mirdata: NAME}` and `{torchaudio: NAME}`: sets whose files another library knows how to read."""

from repro.spec.experiment import Dataset
from repro.spec.own_folder import folder_name
from repro.spec.problem import unknown
from repro.spec.reading import Reading
from repro.spec.tree import MapNode, TextNode

LIBRARIES: dict[str, tuple[str, ...]] = {
    "mirdata": ("mirdata", "folder", "version", "audio", "licence", "why"),
    "torchaudio": ("torchaudio", "folder", "subset", "licence", "why"),
}
"""Library -> the keys that may stand beside it."""

TORCHAUDIO: tuple[str, ...] = ("FluentSpeechCommands", "IEMOCAP", "LIBRISPEECH", "Snips", "VoxCeleb1Identification")
"""Data sets of torchaudio whose readers tell file and labels without decoding, for which torchaudio wants FFmpeg."""

BUILT_IN: dict[str, str] = {"SPEECHCOMMANDS": "speech_commands", "GTZAN": "gtzan", "gtzan_genre": "gtzan"}
"""Their names -> ours, for sets that are built in."""


def library_of(name: str) -> tuple[str, str] | None:
    """Library and set of a data set's name.

    >>> library_of("mirdata/orchset"), library_of("recordings/"), library_of("mnist")
    (('mirdata', 'orchset'), None, None)
    """
    library, slash, rest = name.partition("/")
    return (library, rest) if slash and rest and library in LIBRARIES and "/" not in rest else None


def read_other_library(node: MapNode, library: str, key: str, reading: Reading) -> Dataset | None:
    """The data set. Labels and their columns are only known to the data room, which asks the library."""
    before = len(reading.problems)
    keys = LIBRARIES[library]
    for word in node:
        if word not in keys:
            reading.say(word, f"{key}.{word}", unknown("key", word, keys))
    texts = {word: reading.text(value, f"{key}.{word}") for word, value in node.items() if word in keys}
    if len(reading.problems) > before:
        return None
    name = str(texts[TextNode(library)])
    at = node[TextNode(library)]
    if "/" in name or ":" in name:
        reading.say(at, f"{key}.{library}", f"{name!r} is no name of a data set")
    elif name in BUILT_IN and library == "torchaudio":
        reading.say(at, f"{key}.{library}", f"{name} is built in: write dataset: {{name: {BUILT_IN[name]}}}")
    elif library == "torchaudio" and name not in TORCHAUDIO:
        text = unknown("data set", name, TORCHAUDIO)
        if "did you mean" not in text:
            text += ", or one whose reader does not work here without decoding"
        reading.say(at, f"{key}.{library}", text)
    if "folder" in texts:
        try:
            texts[TextNode("folder")] = folder_name(str(texts[TextNode("folder")]))
        except ValueError as error:
            reading.say(node[TextNode("folder")], f"{key}.folder", str(error))
    if len(reading.problems) > before:
        return None
    words = {word: str(texts.pop(TextNode(word), None) or "") for word in ("why", "licence")}
    args = {str(word): str(value) for word, value in texts.items() if word != library}
    return Dataset(place=node.place, name=f"{library}/{name}", args=args, why=words["why"], licence=words["licence"])
