"""Data sets: download, items, splits, the leakage gate, features and batches.

Takes: the data words of a spec, and files in the cache folder or the study's folder.
Gives: frozen splits, feature arrays and the batches of each part.
May import: spec, disk.
"""
