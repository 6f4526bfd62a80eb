"""Causes of changes in trust: their names and lasting numbers."""

from __future__ import annotations

from model.engine.rows import int64_constant

CAUSES: dict[int, str] = {}
"""Names of the causes under which trust changes, by their lasting number: it is their account, and a key of luck."""
MOST_CAUSES = 64


def declare_cause(name: str, number: int) -> int:
    """Return the number of a cause, which no other cause may ever have."""
    if not 0 <= number < MOST_CAUSES or CAUSES.setdefault(number, name) != name:
        raise ValueError(f"cause '{name}': number {number} is taken or not below {MOST_CAUSES}")
    return int64_constant(number)
