"""Settings of every test run, made before Django reads its own: data apart from a running site's."""

import os
from pathlib import Path

_DATA = Path(__file__).resolve().parents[1] / "var" / "test"

os.environ.setdefault("GRAVIDA_DATA", str(_DATA))
os.environ.setdefault("GRAVIDA_PLAIN_STATIC", "1")
# Shown where a template names a variable that does not exist; a test looks for it on every page.
os.environ.setdefault("GRAVIDA_INVALID_VARIABLE", "MISSING-VARIABLE")
