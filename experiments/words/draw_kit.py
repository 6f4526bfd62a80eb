"""The drawing functions that all screens share, as a module and as the beginning of a script."""

from pathlib import Path

DRAW_MODULE = Path(__file__).with_name("draw.js").read_text(encoding="utf-8")
DRAW_FUNCTIONS = DRAW_MODULE.partition("\nexport {")[0] + "\n"
"""The functions without the list of exports, to stand before a script that is sent as one file."""
