"""Questions that were asked before in other words: how alike two questions are, by the words that they share."""

from collections.abc import Sequence
from dataclasses import dataclass

from repro.publish.discuss.thread import same_words
from repro.publish.discuss.tokens import tokens

ALIKE = 0.3
"""From this cosine on a question is shown beside the earlier one.

On made questions (``tests/publish/discuss/made_questions.py``), of which some were set aside while it was chosen, it
finds 8 of 10 rewordings and accuses one pair in 280. Rewordings that share no word ("noisy" for "background noise") it
cannot find, and "the number of mel bands" in two questions may be two questions: it is a hint to read both.
"""


@dataclass(frozen=True)
class Repeat:
    """The question at ``earlier`` is like this one; ``cosine`` is from 0 (no word in common) to 1 (the same words)."""

    earlier: int
    cosine: float

    @property
    def sure(self) -> str:
        """How sure it is that both ask the same, in words."""
        if self.cosine > 0.999:
            return "the same words"
        return (
            "nearly the same words"
            if self.cosine >= 0.75
            else "much alike"
            if self.cosine >= 0.5
            else "alike, read both"
        )


def repeats(texts: Sequence[str], *, alike: float = ALIKE) -> list[Repeat | None]:
    """For each question the one before it that is most like it, where one is at least ``alike``.

    TF-IDF over the words and pairs of words that are left without what frames any question (:mod:`.tokens`), with
    sublinear counts; the cosine of two questions. Weights come from the questions given, so it is the rare words of
    this discussion that count.
    """
    found: list[Repeat | None] = [None] * len(texts)
    first: dict[str, int] = {}
    for at, text in enumerate(texts):
        key = same_words(text)
        if key in first:
            found[at] = Repeat(first[key], 1.0)
        first.setdefault(key, at)
    if sum(bool(tokens(text)) for text in texts) < 2:
        return found
    from sklearn.feature_extraction.text import TfidfVectorizer

    made = TfidfVectorizer(
        tokenizer=tokens, token_pattern=None, lowercase=False, ngram_range=(1, 2), sublinear_tf=True
    ).fit_transform(texts)
    for at in range(1, len(texts)):
        if found[at] is not None:
            continue
        likeness = (made[:at] @ made[at].T).toarray().ravel()
        best = int(likeness.argmax())
        if likeness[best] >= alike:
            found[at] = Repeat(best, min(1.0, float(likeness[best])))
    return found
