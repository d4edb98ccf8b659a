"""What of the data set could not be read."""

from typing import Any

from repro.data.items import Items

EXAMPLES = 5
"""How many items are shown."""


def unreadable(items: Items) -> dict[str, Any]:
    """What was left out because it could not be read, as the spec allows."""
    many = f"{len(items.skipped)} item{'s' * (len(items.skipped) > 1)}"
    shown = "; ".join(items.skipped[:EXAMPLES]) + ("; ..." if len(items.skipped) > EXAMPLES else "")
    text = f"{many} of {items.name} could not be read and {'are' if len(items.skipped) > 1 else 'is'} left out: {shown}"
    return {"state": "found", "text": text, "count": len(items.skipped), "skipped": list(items.skipped)}
