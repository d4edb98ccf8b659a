"""Work on strangers' folders in processes of their own: a job a line in, an answer a line out, ended when it is late.

:class:`repro.publish.aside.child.Child` is one such process, :class:`repro.publish.aside.pool.Pool` several that share
jobs; :mod:`repro.publish.aside.answer` is what such a process does. It can write no file.
"""
