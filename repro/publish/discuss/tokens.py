"""A question as the words that tell it from others: without what frames any question on a paper, without endings."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_FRAME_WORDS = """
a about after all also am an and another any are as at author authors be because been before being between both but by
can change changed changes choose choosing chose chosen compare compared could decide decided did do does doing done
during each either else ever every experiment experiments explain for from further get give given had happen happened
happens has have having he her here his how i if in instead into is it its itself just large larger made make makes
many may maybe me method might model models more most much must my network networks no now of on one or other our over
own paper papers per perform performance performed performs please possible rather reason report reported result
results say see she should show since so some still such take taken takes tell than that the their them then there
these they think this those though through to too tried try under up use used uses using very was way we well were
what when where whether which while who whom whose why will with without work worked works would you your
"""
_FRAME = frozenset(_FRAME_WORDS.split())
_ENDINGS = ("ations", "ation", "ings", "ing", "edly", "ied", "ies", "ed", "es", "s", "ly", "e")


def tokens(text: str) -> list[str]:
    """The words, in lower case, in their order.

    >>> tokens("Why did the authors use only a single random seed?")
    ['only', 'singl', 'random', 'seed']
    >>> tokens("Was only one random seed used for training?")
    ['only', 'random', 'seed', 'train']
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))
    return [_stem(word) for word in _WORD.findall(plain) if word not in _FRAME and len(word) > 1]


def _stem(word: str) -> str:
    """A word without its ending, where at least three letters are left."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
