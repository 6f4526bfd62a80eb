"""Write `sentences.json` anew: ``python -m tests.golden.record``, only where a text is meant to change.

Read its diff before it is committed: it shows every sentence that readers will find changed.
"""

import json
from pathlib import Path

from .told import told

RECORDED = Path(__file__).with_name("sentences.json")


def recorded() -> dict[str, list[str]]:
    """Return the recorded sentences by their generator."""
    found: dict[str, list[str]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(told(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
