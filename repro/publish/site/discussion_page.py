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


def discussion_main(discussions: Sequence[Discussion]) -> str:
    """What stands in ``<main>``."""
    if not discussions:
        sections = '<p class="panel">Nobody has asked a guest anything yet.</p>\n'
    else:
        sections = f'<p class="soft">{LIKE}</p>\n{"".join(map(_discussion, range(len(discussions)), discussions))}'
    return f"<h1>Discussion of guests’ papers</h1>\n{sections}"


def _discussion(number: int, discussion: Discussion) -> str:
    papers = "".join(map(_paper, discussion.assignment.papers.items()))
    question_count, answered = several(len(discussion.asked), "question"), several(len(discussion.answered), "answer")
    counts = f"{question_count}, {answered}; earlier by {discussion.order}"
    questions = "".join(_question(number, at, discussion) for at in range(len(discussion.asked)))
    answers = "".join(map(_answer, discussion.answered))
    return (
        f'<section class="panel"><h2>{escape(discussion.assignment.title)}</h2>'
        f'{f"<ul>{papers}</ul>" if papers else ""}<p class="soft">{escape(counts)}</p>'
        + (f'<ol class="talk">{questions}</ol>' if questions else "")
        + (f'<h3>Answers</h3><ul class="talk">{answers}</ul>' if answers else "")
        + "</section>\n"
    )


def _question(number: int, at: int, discussion: Discussion) -> str:
    question, repeat = discussion.asked[at], discussion.repeats[at]
    like = ""
    if repeat is not None:
        to = repeat.earlier + 1
        like = (
            f'<p class="soft"><a href="#q{number}-{to}">Question {to}</a> is {escape(repeat.sure)} '
            f"({repeat.cosine:.2f})</p>"
        )
    return (
        f'<li id="q{number}-{at + 1}">{_by(question)}<p class="said"><bdi>{escape(question.text)}</bdi></p>{like}</li>'
    )


def _by(question: StudentQuestion) -> str:
    on = f" on <bdi>{escape(question.on)}</bdi>" if question.on else ""
    when = f", {question.when:%Y-%m-%d}" if question.when is not None else ""
    return f'<p class="soft"><b><bdi>{escape(question.who or "the thread")}</bdi></b>{on}{when}</p>'


def _answer(answer: StudentAnswer) -> str:
    return (
        f'<li><p class="soft"><b><bdi>{escape(answer.who)}</bdi></b> to <b><bdi>{escape(answer.to)}</bdi></b></p>'
        f'<p class="said"><bdi>{escape(answer.text)}</bdi></p></li>'
    )


def _paper(paper: tuple[str, str]) -> str:
    return f"<li><b><bdi>{escape(paper[0])}</bdi></b> <bdi>{escape(paper[1])}</bdi></li>"
