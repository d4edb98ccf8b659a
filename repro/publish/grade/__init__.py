"""Grading: what can be seen of many strangers' folders without running anything of them, for a teacher's afternoon.

Each folder is read by a process of its own that is ended when it takes too long
(:mod:`repro.publish.grade.grade_all`), so that one broken or hostile folder never stops the others. Nothing
of a folder is imported, nothing is written into it.
What could not be judged is None in a :class:`repro.publish.grade.grade_row.GradeRow` and "ungraded" in words, never
zero. Nothing here imports torch.
"""
