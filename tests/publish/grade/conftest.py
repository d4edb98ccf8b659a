"""The folders that strangers hand in are made by a file of their own, which the benchmark uses too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
