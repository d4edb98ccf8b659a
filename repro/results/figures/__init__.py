"""Figures: each function takes values and returns a matplotlib Figure; nothing here opens a file."""
