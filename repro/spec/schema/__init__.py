"""The JSON Schema of a spec, for editors. ``paper.json`` beside this file is the same as a file, which shipped specs
name in their first line; ``scripts/make_schema.py`` writes it.
"""

from repro.spec.schema.spec_schema import json_schema

__all__ = ["json_schema"]
