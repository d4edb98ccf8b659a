"""Write repro/spec/schema/paper.json, the JSON Schema that the first line of a shipped spec names.

python scripts/make_schema.py
"""

import json
import sys
from pathlib import Path

from repro.spec.schema import json_schema

FILE = Path(__file__).resolve().parent.parent / "repro" / "spec" / "schema" / "paper.json"


def text() -> str:
    """The file's text: one line for each definition, so that a difference reads well."""
    schema = json_schema()
    short = {key: value for key, value in schema.items() if key not in ("definitions", "properties")}
    parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in short.items()]
    for key in ("properties", "definitions"):
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in schema[key].items())
        parts.append(f"{json.dumps(key)}: {{\n{lines}\n}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"written: {FILE.name}, {len(text()) // 1024} kB\n")
