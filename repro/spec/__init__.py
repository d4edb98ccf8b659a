"""The spec: from text to values, or every problem with its line and column.

Takes: the text of a YAML file, a rung and changes.
Gives: a Spec, or a SpecError that holds all problems; and the JSON Schema for editors.
May import: disk. It never imports torch or another numeric library, so checking a spec is fast.
"""
