"""The version of our numerics. Imports nothing, so that planning and tables can read it at once."""

NUMERICS = 1
"""Raised with every change of this project that changes a number which a run gives.

Examples: another start of a layer, another order of batches, another way to seed dropout. It is part of the identity
of each run, so that runs made before and after are never mixed.
"""
