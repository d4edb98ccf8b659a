"""Make repro/spec/facts/*.json from the installed torch, torchmetrics, torchaudio and scikit-learn.

    python scripts/make_index.py            writes the index
    python scripts/make_index.py --check    writes nothing; exits 1 when the index is not what would be written

The index lets a spec be checked without importing any of these libraries. It says which versions it was made from.
"""

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from spec_index.audio_transforms import FUNCTIONS, transforms
from spec_index.estimators import estimators
from spec_index.metrics import metrics
from spec_index.torch_classes import inits, layers, losses, optimizers, schedulers

FOLDER = Path(__file__).resolve().parent.parent / "repro" / "spec" / "facts"
PACKAGES = ("torch", "torchaudio", "torchmetrics", "scikit-learn")


def made() -> dict[str, str]:
    """File name -> text of every file of the index."""
    namespaces = {
        "layer": layers(),
        "optimizer": optimizers(),
        "scheduler": schedulers(),
        "loss": losses(),
        "metric": metrics(),
        "feature": transforms(augment=False),
        "augment": transforms(augment=True),
        "estimator": estimators(),
        "init": inits(),
    }
    docs: dict[str, Any] = {}
    for namespace, found in namespaces.items():
        docs[namespace] = {}
        for name, facts in found["classes"].items():
            docs[namespace][name] = {"": facts.pop("doc"), **facts.pop("argument_docs")}
    about = {"versions": {p: version(p).partition("+")[0] for p in PACKAGES}, "functions": FUNCTIONS}
    files = {f"{name}.json": found for name, found in namespaces.items()}
    return {name: text(value) for name, value in {**files, "docs.json": docs, "about.json": about}.items()}


def text(value: Any, depth: int = 0) -> str:
    """JSON with one line for each argument, so that a new version of a library reads well as a difference."""
    whole = json.dumps(value, ensure_ascii=False, allow_nan=True)
    if not isinstance(value, dict) or not value or "type" in value or (len(whole) < 100 and depth > 2):
        return whole
    pad = " " * (depth + 1)
    inner = ",\n".join(f"{pad}{json.dumps(k)}: {text(v, depth + 1)}" for k, v in value.items())
    return "{\n" + inner + "\n" + " " * depth + "}" + ("" if depth else "\n")


def main() -> int:
    """Write the index, or compare with it."""
    parser = argparse.ArgumentParser(description="Make the index of names that specs are checked against.")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when something differs")
    check = parser.parse_args().check
    stale = []
    for name, content in made().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            stale.append(name)
            if not check:
                path.write_text(content, encoding="utf-8")
    sys.stdout.write(f"{'differ' if check else 'written'}: {', '.join(stale) or 'nothing'}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
