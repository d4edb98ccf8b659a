"""What is wrong with data, in words for the person who runs the study."""


class DataError(Exception):
    """Data that cannot be had, read or used as the spec wants. The message says what to do about it."""


class OwnCodeNeeded(DataError):
    """What is asked is only known by running the folder's own code, which nobody has allowed."""
