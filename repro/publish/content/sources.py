"""Where a choice of the recipe comes from: the paper, its code, a guess; or nobody says."""

from collections.abc import Iterator

from repro.spec.spec import Spec

SILENT = "nobody says"
DIFFERENT = "different"
GUESS = "guess"


def source_of(spec: Spec, path: str) -> tuple[str, str]:
    """The kind of source of a path such as ``optimizer.Adam.lr``, and the place in it; the longest path given wins.

    ``("nobody says", "")`` for what is under none.
    """
    source = (SILENT, "")
    longest = -1
    for kind, declared, place in _given(spec):
        if (path == declared or path.startswith(f"{declared}.")) and len(declared) > longest:
            source, longest = (kind, place), len(declared)
    return source


def source_text(spec: Spec, path: str) -> str:
    """The same as text: ``paper, Sec. 6.1``."""
    kind, place = source_of(spec, path)
    return f"{kind}, {place}" if place else kind


def below(spec: Spec, word: str) -> list[tuple[str, str, str]]:
    """All that is said of a word and of paths below it: ``(path, kind, place)``."""
    return [(p, kind, place) for kind, p, place in _given(spec) if p == word or p.startswith(f"{word}.")]


def _given(spec: Spec) -> Iterator[tuple[str, str, str]]:
    for kind, paths in spec.sources.items():
        for path, place in paths.items():
            yield kind, path, place
