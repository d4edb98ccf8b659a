"""A sandbox: untrusted folders are read by a pool of worker processes; a job a line in, an answer a line out.

:class:`repro.publish.sandbox.child.WorkerProcess` is one such process, ended when it is late;
:class:`repro.publish.sandbox.pool.WorkerPool` are several that share jobs; :mod:`repro.publish.sandbox.job_loop` is
what such a process does. It can write no file.
"""
