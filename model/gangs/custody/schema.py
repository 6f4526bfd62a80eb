"""Declarations of custody: the table of prisoners."""

from __future__ import annotations

from typing import Annotated

from model.engine.domains import TICK, row_of
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec


class Prisoner(Row):
    """A resident held until a tick; ``clique`` is that of a member, else -1."""

    until: Annotated[int, TICK]
    who: Annotated[int, row_of("resident")]
    clique: Annotated[int, row_of("clique", none=True)]


PRISON = GrowingTableSpec(name="prison", row=Prisoner, about="Who is held: filled and emptied by the heavy hand.")
