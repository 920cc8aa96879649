"""Where the bundled record stands that these tests read."""

from pathlib import Path

FALCO_FILE = Path(__file__).resolve().parents[3] / "studies" / "falco" / "record.json"
