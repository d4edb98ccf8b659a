"""The leakage gate: does anything of the test or validation items reach training? Asked before training starts.

One file a check; ``checks`` holds them all.
"""

from repro.data.gate.checks import check, failures, mending
from repro.data.gate.gate_error import GateError

__all__ = ["GateError", "check", "failures", "mending"]
