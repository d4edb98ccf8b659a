"""The training loop on PyTorch Lightning: one experiment with one seed.

Takes: an experiment, its seed and its batches.
Gives: final weights, the history of metrics, and predictions of the test items.
May import: models, data, spec, disk.
"""
