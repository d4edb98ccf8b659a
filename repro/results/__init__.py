"""What the records say: verdicts, claims, tables and figures. Pure functions on values; one module writes files.

Takes: a spec, its plan and the records of its finished runs.
Gives: rows with verdicts, claims, warnings, and the same as tables and figures.
May import: runs, training, models, data, spec, disk.
"""
