"""Trackers: Weights & Biases, TensorBoard and CSV files, fed from our own history and records by a process of its own.

That process (:mod:`repro.publish.tracking.publisher`) reads what lies under ``runs/`` and writes under
``runs/tracking/``. The processes that train know nothing of it, so a tracker may be slow, killed or absent and no
number changes. What it sends is a function of journals and records alone, so whatever did not arrive can be sent again.
"""
