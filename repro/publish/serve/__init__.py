"""The class page on this machine: served to its own browser alone, and built again when a record appears."""
