"""Is what chooses the weights also what judges them?"""

from typing import Any

import numpy as np

from repro.data.splits import Split


def validation_is_test(split: Split) -> dict[str, Any]:
    """No validation item is a test item: a fold that is used as both makes the choice on the test set."""
    if "validation" not in split.parts:
        return {"state": "ok", "text": "there is no validation part"}
    both = np.intersect1d(split.parts["validation"], split.parts["test"])
    if not len(both):
        return {"state": "ok", "text": "validation and test share nothing"}
    if len(both) == len(split.parts["test"]) == len(split.parts["validation"]):
        return {"state": "failed", "text": f"validation and test are the same {len(both)} items"}
    return {"state": "failed", "text": f"{len(both)} of {len(split.parts['test'])} test items are validation items too"}
