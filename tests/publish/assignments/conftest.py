"""Tests here share a spec in which words are set."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
