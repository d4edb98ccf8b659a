"""Are there recordings whose channels cancel each other, so that one channel made of them is silence?"""

from typing import Any

import numpy as np

from repro.data.items import Items
from repro.data.near_duplicates.find import NearDuplicates
from repro.data.near_duplicates.preprocess import CANCELLED_DB
from repro.data.splits import Split

EXAMPLES = 5
"""How many recordings are named."""


def channels_cancel(items: Items, split: Split, twins: NearDuplicates) -> dict[str, Any] | None:
    """Recordings of any part whose mean over channels is far quieter than they are; None where there are none.

    ``found``, as only a feature that takes the mean of channels makes silence of them. One channel with its sign turned
    round, as a cable or an editor does it, is enough.

    Args:
        items: the data set.
        split: what was drawn.
        twins: of the items, found by listening to all of them.

    """
    used = np.unique(np.concatenate(list(split.parts.values())))
    rows = [row for row in twins.cancelled if row in used]
    if not rows:
        return None
    names = items.file_names
    shown = ", ".join(f"item {row}" if names is None else names[row] for row in rows[:EXAMPLES])
    are = "the channels of 1 recording cancel" if len(rows) == 1 else f"the channels of {len(rows)} recordings cancel"
    text = (
        f"{are} each other: their mean, which ToMono takes, lies {CANCELLED_DB:g} dB or more below them and is silence "
        f"or nearly so: {shown}{', ...' if len(rows) > EXAMPLES else ''}"
    )
    return {"state": "found", "text": text, "count": len(rows), "rows": rows}
