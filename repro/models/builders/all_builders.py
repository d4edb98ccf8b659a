"""Importing this module fills the registry: it imports every module that lies beside it."""

import importlib
import pkgutil

from repro.models import builders

for _module in pkgutil.iter_modules(builders.__path__):
    importlib.import_module(f"{builders.__name__}.{_module.name}")
