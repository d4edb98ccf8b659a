"""Imported by the fork server, once, so that each worker starts with everything imported.

It only imports: no tensor is made and nothing is asked of a GPU, since either would be broken in the children. What
cannot be imported is left to the worker, which says so where it is heard.
"""

import atexit
import contextlib
import importlib
import os
import warnings

_nothing = os.open(os.devnull, os.O_RDWR)
os.dup2(_nothing, 1)
os.dup2(_nothing, 2)
os.close(_nothing)

atexit.register(os._exit, 0)  # to take all these modules down again costs the server seconds, and nobody needs it

with warnings.catch_warnings(), contextlib.suppress(ImportError):
    warnings.simplefilter("ignore")
    for _name in ("prepare_task", "run_task"):
        importlib.import_module(f"repro.runs.engine.{_name}")
