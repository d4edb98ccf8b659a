"""Importing this module fills the registry: every module here that has builders is named here (a test compares)."""

from repro.models.build import attention, conv, join, linear, nested, norm, pool, recurrent, reshape

__all__ = ["attention", "conv", "join", "linear", "nested", "norm", "pool", "recurrent", "reshape"]
