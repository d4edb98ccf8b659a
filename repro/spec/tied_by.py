"""The column whose values tie test items together, so that a verdict does not take them as independent."""

from repro.spec.experiment import Splits


def tied_by(splits: Splits) -> str | None:
    """The column that the spec itself divides items by as whole groups; None where it names none."""
    if splits.group is not None:
        return splits.group
    return None if splits.folds is None else splits.folds.column
