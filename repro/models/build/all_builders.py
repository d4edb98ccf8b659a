"""Importing this module fills the registry: it imports every module that lies beside it."""

import importlib
import pkgutil

from repro.models import build

for _module in pkgutil.iter_modules(build.__path__):
    importlib.import_module(f"{build.__name__}.{_module.name}")
