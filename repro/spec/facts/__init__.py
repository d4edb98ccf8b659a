"""The generated index as package data: one JSON file for each namespace. Made by ``scripts/make_index.py``."""
