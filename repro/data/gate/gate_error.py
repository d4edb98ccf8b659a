"""The error of a leakage gate that failed."""

from collections.abc import Mapping
from typing import Any

from repro.data.data_error import DataError


class GateError(DataError):
    """The gate failed and the spec has no waiver. ``gate`` is its whole result."""

    def __init__(self, text: str, gate: Mapping[str, Any]) -> None:
        super().__init__(text)
        self.gate = gate
