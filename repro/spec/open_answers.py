"""What a spec still asks its writer: answers and summaries that are ``...``."""

from repro.spec.problem import Problem
from repro.spec.spec import Answer, Spec


def open_answers(spec: Spec) -> list[Problem]:
    """A note for each answer (and summary of related work) that is still open, in the order of the file."""
    answers = {f"answers.{name}": answer for name, answer in spec.answers.items()}
    summaries = {
        f"related_work.{key}.summary": Answer(text=work.summary, place=work.place)
        for key, work in spec.related_work.items()
    }
    waiting = [
        Problem(one.place, key, "still to be answered") for key, one in (summaries | answers).items() if one.is_open
    ]
    return sorted(waiting, key=lambda note: (note.place.line, note.place.column))
