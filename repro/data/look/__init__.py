"""Look: what is in a data set, measured and counted. Nothing here is trained, and nothing is written but a memory of it.

One file for each thing that is looked at; :mod:`repro.data.look.look` puts them together.
"""
