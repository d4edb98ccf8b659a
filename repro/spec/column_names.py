"""What the name of a column says of it, however it is spelt: ``Speaker``, ``speaker_id``, ``spk`` and ``SubjectID``.

Case, separators and what stands beside the telling word (``id``, ``nr``, ``name``) are left out of the comparison.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

GROUPS: Mapping[str, str] = {
    "group": "group grp",
    "speaker": "speaker spk spkr talker narrator reader sprecher locuteur hablante",
    "singer": "singer vocalist",
    "subject": "subject subj participant person individual actor actress performer musician user proband "
    "informant respondent volunteer client donor child pid sid",
    "patient": "patient pat",
    "artist": "artist composer author writer",
    "session": "session sess conversation dialogue dialog interview",
    "source": "source src sourcefile srcfile recording rec",
}
"""Words for what ties items together, each with others that mean the same; the most telling first."""

PARTS: Mapping[str, str] = {
    "train": "train training trn",
    "validation": "validation valid val dev development",
    "test": "test testing tst eval evaluation",
}
"""The parts, each with the words by which tables name it."""

_BESIDE = frozenset(
    {"id", "ids", "nr", "no", "num", "number", "name", "names", "code", "label", "idx", "index", "key"}
    | {"uid", "uuid", "guid", "hash", "anon", "anonymous", "the", "of"}
)
_OF_FOLD = frozenset({"cv", "k", "kfold", "test", "cross", "crossval", "crossvalidation", "validation", "official"})
_PART_COLUMNS = frozenset(["split", "splits", "subset", "set", "partition", "part", "usage"])
_TIMES = frozenset(["time", "date", "timestamp", "datetime"])
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def group_columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns whose names say that equal values belong together, the most telling first.

    >>> group_columns(["label", "Speaker", "fold", "SubjectID", "spk", "source-file", "speaker_age"])
    ('Speaker', 'spk', 'SubjectID', 'source-file')
    """
    every = list(names)
    order = [word for words in GROUPS.values() for word in words.split()]
    rank = {name: at for name in every if (at := _rank(name, order)) is not None}
    return tuple(sorted(rank, key=lambda name: (rank[name], every.index(name))))


def fold_column(names: Iterable[str]) -> str | None:
    """The column that says of which fold an item is: ``fold``, or the only one with a name like it.

    >>> fold_column(["label", "Fold"]), fold_column(["fold_nr"]), fold_column(["Fold", "fold"]), fold_column(["folder"])
    ('Fold', 'fold_nr', 'fold', None)
    """
    every = list(names)
    if "fold" in every:
        return "fold"
    candidates = [name for name in every if _rank(name, ["fold"], _BESIDE | _OF_FOLD) is not None]
    return candidates[0] if len(candidates) == 1 else None


def time_column(names: Iterable[str]) -> str | None:
    """The column that says when an item was made: ``time``, or the first with a name like it.

    >>> time_column(["label", "Date"]), time_column(["times_heard"])
    ('Date', None)
    """
    every = list(names)
    candidates = [name for name in every if _rank(name, sorted(_TIMES)) is not None]
    return "time" if "time" in every else next(iter(candidates), None)


def part_column(columns: Mapping[str, Sequence[str]]) -> tuple[str, Mapping[str, str]] | None:
    """The column whose cells name the official part of each item, and what each of its cells means.

    ``split`` where there is one. Else a column with a name like it whose cells are all words for parts (or empty, of
    no part), train and test among them. None where there is none, or there are several.

    >>> part_column({"Subset": ["Train", "dev", "Test"], "label": ["a", "b", "a"]})
    ('Subset', {'Train': 'train', 'dev': 'validation', 'Test': 'test'})
    """
    if "split" in columns:
        return "split", {part: part for part in PARTS}
    meant = {word: part for part, words in PARTS.items() for word in words.split()}
    candidates = []
    for name in columns:
        if _rank(name, sorted(_PART_COLUMNS)) is None:
            continue
        cells = [cell for cell in dict.fromkeys(columns[name]) if cell]
        means = {cell: part for cell in cells if (part := meant.get(cell.strip().casefold()))}
        if len(means) == len(cells) and {"train", "test"} <= set(means.values()):
            candidates.append((name, means))
    return candidates[0] if len(candidates) == 1 else None


def _rank(name: str, words: Sequence[str], beside: frozenset[str] = _BESIDE) -> int | None:
    """Which of the words a name is, with nothing but words of no meaning of their own beside it."""
    parts = _WORD.findall(_CAMEL.sub(" ", unicodedata.normalize("NFKC", name)).casefold())
    telling = [part for part in parts if part not in beside] or parts
    joined = "".join(telling)
    forms = {joined, joined.removesuffix("s")}
    forms |= {joined.removesuffix(word) for word in beside} | {joined.removeprefix(word) for word in beside}
    forms |= {joined.removesuffix("file"), joined.removesuffix("filename")}
    return next((at for at, word in enumerate(words) if word in forms), None)
