"""The discussion of guests' papers: all questions in their order, each with the earlier one it is like, and answers.

Who is still to ask or to answer is for the teacher alone (``repro discuss``): it is not on the page of a class.
"""

from collections.abc import Sequence
from html import escape

from repro.publish.discuss.discussion import Discussion
from repro.publish.discuss.posts import StudentAnswer, StudentQuestion
from repro.results.wording import several

LIKE = (
    "A question that shares words with an earlier one names it, with how alike they are: a hint to read both, never a "
    "verdict."
)


def discussion_main(found: Sequence[Discussion]) -> str:
    """What stands in ``<main>``."""
    if not found:
        made = '<p class="panel">Nobody has asked a guest anything yet.</p>\n'
    else:
        made = f'<p class="soft">{LIKE}</p>\n{"".join(map(_discussion, range(len(found)), found))}'
    return f"<h1>Discussion of guests’ papers</h1>\n{made}"


def _discussion(number: int, one: Discussion) -> str:
    papers = "".join(map(_paper, one.assignment.papers.items()))
    counts = f"{several(len(one.asked), 'question')}, {several(len(one.answered), 'answer')}; earlier by {one.order}"
    asked = "".join(_question(number, at, one) for at in range(len(one.asked)))
    answers = "".join(map(_answer, one.answered))
    return (
        f'<section class="panel"><h2>{escape(one.assignment.title)}</h2>'
        f'{f"<ul>{papers}</ul>" if papers else ""}<p class="soft">{escape(counts)}</p>'
        + (f'<ol class="talk">{asked}</ol>' if asked else "")
        + (f'<h3>Answers</h3><ul class="talk">{answers}</ul>' if answers else "")
        + "</section>\n"
    )


def _question(number: int, at: int, one: Discussion) -> str:
    asked, repeat = one.asked[at], one.repeats[at]
    like = ""
    if repeat is not None:
        to = repeat.earlier + 1
        like = (
            f'<p class="soft"><a href="#q{number}-{to}">Question {to}</a> is {escape(repeat.sure)} '
            f"({repeat.cosine:.2f})</p>"
        )
    return f'<li id="q{number}-{at + 1}">{_by(asked)}<p class="said"><bdi>{escape(asked.text)}</bdi></p>{like}</li>'


def _by(asked: StudentQuestion) -> str:
    on = f" on <bdi>{escape(asked.on)}</bdi>" if asked.on else ""
    when = f", {asked.when:%Y-%m-%d}" if asked.when is not None else ""
    return f'<p class="soft"><b><bdi>{escape(asked.who or "the thread")}</bdi></b>{on}{when}</p>'


def _answer(one: StudentAnswer) -> str:
    return (
        f'<li><p class="soft"><b><bdi>{escape(one.who)}</bdi></b> to <b><bdi>{escape(one.to)}</bdi></b></p>'
        f'<p class="said"><bdi>{escape(one.text)}</bdi></p></li>'
    )


def _paper(one: tuple[str, str]) -> str:
    return f"<li><b><bdi>{escape(one[0])}</bdi></b> <bdi>{escape(one[1])}</bdi></li>"
