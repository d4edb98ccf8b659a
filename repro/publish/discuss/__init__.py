"""A discussion of guests' papers across a folder of students: who asked what, what came before, who is still to ask.

Only the words ``questions`` and ``answers_to_peers`` of a spec are read, so a spec that has problems elsewhere takes
part all the same. Nothing of a folder is run; scikit-learn is imported only where questions are compared.
"""
