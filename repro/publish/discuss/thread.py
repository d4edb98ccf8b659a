"""Questions in the text of a discussion's page, as it is when one copies the page."""

import re
from pathlib import Path

from repro.publish.discuss.posts import StudentQuestion
from repro.publish.grade.visible import visible

MAX_BYTES = 2 * 2**20
MOST = 2000
"""Questions of a thread that are taken."""

_BEFORE = re.compile(r"^(?:[>*+\-•·]+\s*|\d{1,2}[.)]\s+)+")
_AFTER = "\"'”’»)]*_"


class ThreadError(ValueError):
    """A thread that cannot be read; says why."""


def read_thread(path: Path) -> str:
    """The text. Bytes that are no UTF-8 are shown as such.

    Raises:
        ThreadError: no plain file, or too large.

    """
    if not path.is_file():
        raise ThreadError(f"{path}: no such file")
    if path.stat().st_size > MAX_BYTES:
        raise ThreadError(f"{path}: larger than {MAX_BYTES // 2**20} MB")
    return path.read_bytes().decode("utf-8-sig", "replace")


def questions_of(text: str, name: str) -> list[StudentQuestion]:
    r"""Each line that ends in a question mark, once.

    >>> [(one.text, one.line) for one in questions_of("Hi\n> * Why so?\n> 2) Why not?\"\nWhy so?\nIs it? Yes.", "t")]
    [('Why so?', 2), ('Why not?', 3)]
    """
    questions: dict[str, StudentQuestion] = {}
    for number, line in enumerate(text.splitlines(), 1):
        sentence = _BEFORE.sub("", line.strip()).rstrip(_AFTER).strip()
        if sentence.endswith(("?", "？", "؟")) and len(sentence) > 1:
            shown = visible(sentence)
            questions.setdefault(same_words(shown), StudentQuestion(shown, "", f"{name}:{number}", line=number))
            if len(questions) >= MOST:
                break
    return list(questions.values())


def same_words(text: str) -> str:
    """What two questions have in common that are the same but for capitals, spaces and signs.

    >>> same_words("Why  so?") == same_words('"why so" ')
    True
    """
    return " ".join(re.findall(r"\w+", text.casefold()))
