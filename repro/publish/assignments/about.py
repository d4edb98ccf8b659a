"""Which of a student's questions and answers are on the papers that a discussion is about."""

from repro.publish.assignments.course import Assignment
from repro.spec.spec import PeerAnswer, PeerQuestion, Spec

DISCUSSED = ("questions", "answers_to_peers")
"""Words of a spec that are on a guest's paper."""


def about(assignment: Assignment, spec: Spec) -> Spec:
    """The spec with those questions and answers alone that are on the assignment's papers."""
    if not assignment.papers:
        return spec

    def on(post: PeerQuestion | PeerAnswer) -> bool:
        return post.paper in assignment.papers if post.paper else assignment.unnamed

    return spec.model_copy(
        update={
            "questions": tuple(filter(on, spec.questions)),
            "answers_to_peers": tuple(filter(on, spec.answers_to_peers)),
        }
    )


def unnamed(assignment: Assignment, spec: Spec, where: str) -> int:
    """How many questions, or answers, count for nothing as they do not say which paper they are on."""
    if assignment.unnamed or where not in DISCUSSED:
        return 0
    posts: tuple[PeerQuestion | PeerAnswer, ...] = getattr(spec, where)
    return sum(not post.paper for post in posts)
