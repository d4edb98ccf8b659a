"""Look: what is in a data set, measured and counted. Nothing is trained here, and what was measured is remembered.

One file for each thing that is looked at; :mod:`repro.data.profile.build_profile` puts them together.
"""
