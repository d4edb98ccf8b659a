"""The models of a spec as PyTorch modules.

Takes: an architecture of the spec and the shape of one item.
Gives: a module with initial weights, and the shape after each layer.
May import: data, spec, disk.
"""
