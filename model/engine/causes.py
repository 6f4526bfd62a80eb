"""Causes of changes in trust: names and permanent numbers.

Each mechanism declares its causes.  The number of a cause is its account in the trust ledger and a key of random
streams, so it must never change or be used again.
"""

from __future__ import annotations

from model.engine.rows import int64_constant

CAUSES: dict[int, str] = {}
"""Name of every cause by its number."""
MOST_CAUSES = 64
"""Accounts in the trust ledger; numbers lie below it."""


def declare_cause(name: str, number: int) -> int:
    """Declare a cause; return its number.

    Raises
    ------
    ValueError
        If the number is out of range or belongs to another cause.
    """
    if not 0 <= number < MOST_CAUSES or CAUSES.setdefault(number, name) != name:
        raise ValueError(
            f"cause '{name}': number {number} is taken or not below {MOST_CAUSES}."
            " Give it a number that no cause has or had."
        )
    return int64_constant(number)
