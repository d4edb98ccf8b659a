"""Write docs/reference/spec/classes.md, the list of all classes that a spec may name, from the index.

python scripts/make_classes_page.py
"""

import sys
from pathlib import Path
from typing import Any

from repro.spec.class_facts import ClassFacts, MetricFacts
from repro.spec.index import NAMESPACES, index

FILE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "spec" / "classes.md"

HEADINGS = {
    "layer": "Layers",
    "optimizer": "Optimizers",
    "scheduler": "Schedules",
    "loss": "Losses",
    "metric": "Metrics",
    "feature": "Features",
    "augment": "Augmentations",
    "estimator": "Estimators",
    "init": "Start values",
}

HEAD = """# All classes

<!-- written by scripts/make_classes_page.py -->

Every class that a spec may name, with its arguments. An argument without a value is required, the others show their
defaults. How they are written is told in {doc}`values`. A class of a library means what it means there. Classes of this
project are described in {doc}`architecture`, {doc}`features`, {doc}`training`, {doc}`metrics` and {doc}`weights`.

```yaml
optimizer: {RMSprop: {lr: 1e-3, alpha: 0.9}}
```
"""


def text() -> str:
    """The whole page."""
    return HEAD + "".join(f"\n## {HEADINGS[name]}\n\n{_table(name)}" for name in NAMESPACES)


def _table(namespace: str) -> str:
    classes = index().namespace(namespace)
    metrics = namespace == "metric"
    head = "| class | source | arguments |" + (" better | in percent |" if metrics else "")
    lines = [head, "|" + "---|" * (5 if metrics else 3)]
    lines += [_row(classes[name]) for name in sorted(classes)]
    return "\n".join(lines) + "\n"


def _row(facts: ClassFacts) -> str:
    source = "this project" if facts.ours else f"`{facts.source}`"
    arguments = [f"`{a.name}`" if a.required else f"`{a.name}: {_shown(a.default)}`" for a in facts.arguments.values()]
    cells = [f"`{facts.name}`", source, ", ".join(arguments)]
    if isinstance(facts, MetricFacts):
        cells += [{"max": "more", "min": "less"}.get(facts.direction, ""), "yes" if facts.proportion else "no"]
    return f"| {' | '.join(cells)} |"


def _shown(value: Any) -> str:
    """A default as a spec writes it."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {_shown(v)}' for k, v in value.items())}}}"
    return f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"written: {FILE.name}, {len(text()) // 1024} kB\n")
