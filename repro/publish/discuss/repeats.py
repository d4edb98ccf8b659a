"""Questions that were asked before in other words: how alike two questions are, by the words that they share."""

from collections.abc import Sequence
from dataclasses import dataclass

from repro.publish.discuss.thread import same_words
from repro.publish.discuss.tokens import tokens

ALIKE = 0.25
"""From this cosine on a question is shown beside the earlier one.

On made questions (``tests/publish/discuss/made_questions.py``), of which some were set aside while it was chosen, it
finds 8 to 9 of 10 rewordings and accuses one pair in 150. Rewordings that share no word ("noisy" for "background
noise") it cannot find, and "the number of mel bands" in two questions may be two questions: a hint to read both.
"""


@dataclass(frozen=True)
class Repeat:
    """The question at ``earlier`` is like this one; ``cosine`` is from 0 (no word in common) to 1 (the same words)."""

    earlier: int
    cosine: float

    @property
    def sure(self) -> str:
        """How sure it is that both ask the same, in words."""
        levels = ((0.999, "the same words"), (0.75, "nearly the same words"), (0.5, "much alike"), (0.35, "alike"))
        return next((words for least, words in levels if self.cosine >= least), "perhaps alike")


def repeats(texts: Sequence[str], on: Sequence[str] = (), *, alike: float = ALIKE) -> list[Repeat | None]:
    """For each question the one before it that is most like it, where one is at least ``alike``.

    TF-IDF over the words and pairs of words that are left without what frames any question (:mod:`.tokens`), with
    sublinear counts; the cosine of two questions. Weights come from the questions given, so it is the rare words of
    this discussion that count.

    Args:
        texts: the questions, earlier ones first.
        on: the paper of each; questions on two papers are never repeats, one that names none may be one of any.
        alike: the least cosine.

    """
    papers = list(on) or [""] * len(texts)
    nearest: list[Repeat | None] = [None] * len(texts)
    first: dict[tuple[str, str], int] = {}
    for at, (text, paper) in enumerate(zip(texts, papers, strict=True)):
        key = (same_words(text), paper)
        earlier = [first[candidate] for candidate in (key, (key[0], "")) if candidate in first]
        if earlier:
            nearest[at] = Repeat(min(earlier), 1.0)
        first.setdefault(key, at)
    if sum(bool(tokens(text)) for text in texts) < 2:
        return nearest
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        tokenizer=tokens, token_pattern=None, lowercase=False, ngram_range=(1, 2), sublinear_tf=True
    ).fit_transform(texts)
    for at in range(1, len(texts)):
        if nearest[at] is not None:
            continue
        likeness = (vectors[:at] @ vectors[at].T).toarray().ravel()
        for before in range(at):
            if papers[at] and papers[before] and papers[at] != papers[before]:
                likeness[before] = 0.0
        best = int(likeness.argmax())
        if likeness[best] >= alike:
            nearest[at] = Repeat(best, min(1.0, float(likeness[best])))
    return nearest
