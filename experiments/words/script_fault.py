"""The script that every page includes before its own: it shows one sentence when another script fails."""

from pathlib import Path

SCRIPT_FAULT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
