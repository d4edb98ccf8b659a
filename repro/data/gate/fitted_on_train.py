"""What have the features that learn from data seen?"""

from collections.abc import Sequence
from typing import Any

from repro.data.splits import Split


def fitted_on_train(split: Split, fitted: Sequence[str]) -> dict[str, Any]:
    """What learns from data has seen the training items only: the code that fits gets no others."""
    if not fitted:
        return {"state": "ok", "text": "no feature learns from data"}
    return {"state": "ok", "text": f"{', '.join(fitted)} fitted on the {len(split.parts['train'])} items of train only"}
