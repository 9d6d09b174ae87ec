"""Lets the tests here, and those of the whole kiosk, import the module beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
