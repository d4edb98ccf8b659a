"""What is said of a recording's container, and the words that judges share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContainerCheck:
    """``fault``: why the sound is not whole. ``note``: what is odd of a file that is read all the same.

    ``patch``: bytes that stand in place of the file's own, each with its offset, for the library that decodes;
    ``lead``: bytes that stand in place of the first ``lead_over`` ones. ``frames``: how many samples of a channel were
    counted, about; 0 where they were not. ``uneven``: MPEG audio whose frames are of several bit rates.
    """

    fault: str = ""
    note: str = ""
    patch: tuple[tuple[int, bytes], ...] = ()
    lead: bytes = b""
    lead_over: int = 0
    frames: int = 0
    uneven: bool = False


WHOLE = ContainerCheck()

MAX_CHUNKS = 10_000
"""So many chunks of a file are looked at; one with more is left to the library."""
STRAY_BYTES = 1024
"""So many bytes that belong to nothing may follow the sound."""

UNFILLED = "was written before its length was known (a stream, or a recorder that was stopped); it is read to its end"
"""Of a file whose header holds no true length."""


def cut_off(missing: int) -> ContainerCheck:
    """The end of the sound is not there."""
    return ContainerCheck(fault=f"is cut off: its last {missing} bytes are missing")


def too_short(promised: int, stray: int) -> ContainerCheck:
    """The header's length would leave sound behind."""
    text = f"its header says {promised} bytes of sound, and {stray} more follow that belong to nothing"
    return ContainerCheck(fault=f"{text}: its length is wrong; write the file anew")


def is_open_ended(length: int, bits: int = 32) -> bool:
    """Whether a length is what writers to a stream put there: near the largest of its kind, or of half of it.

    >>> is_open_ended(0x7FFFF000), is_open_ended(0x80000024), is_open_ended(0xFFFFFFFF), is_open_ended(2**30)
    (True, True, True, False)
    """
    slack = 2**16
    most = 1 << bits
    return length >= most - slack or abs(length - most // 2) <= slack
