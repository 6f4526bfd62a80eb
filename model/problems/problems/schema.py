"""Declarations of problems: parameters, causes, tables and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from model.engine.domains import COUNT, FLAG, LARGEST_COUNT, PAST, POSITIVE, SHARE, Domain, code_of, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import IntArray, Row, int64_constant
from model.engine.tables import ArraySpec, GrowingTableSpec, TableSizes
from model.town.crime_kinds import BY_TARGET, CEILING, EXPOSURE, N_KINDS

PROBLEM_KIND, PROBLEM_PLACE, PROBLEM_SIZE = (
    stream_id("problem kind"),
    stream_id("problem place"),
    stream_id("problem size"),
)
PROBLEM_CAUSE, PROBLEM_ENDS = stream_id("problem cause"), stream_id("problem ends")
PROBLEM_CAUSES = ("lighting", "bar", "bus_stop", "fence", "family", "plot")
N_CAUSES = len(PROBLEM_CAUSES)
LIGHTING, BAR, BUS_STOP, FENCE, FAMILY, PLOT = (int64_constant(cause) for cause in range(N_CAUSES))
NO_CAUSE, NOWHERE = int64_constant(-1), int64_constant(-1)
"""Cause that is unknown, and cell of an empty slot."""
GATHERING_KINDS: IntArray = np.flatnonzero((CEILING > 0.0) & (EXPOSURE != BY_TARGET))
"""Kinds of crime that concentrate at problems."""
CANDIDATE_PLACES = 8
"""Cells drawn for a new problem, of which the one with room for the largest is taken; assumed."""
CANDIDATE_DRAWS = 12
"""Uniforms whose sum, less its mean of six, is nearly standard normal (Irwin-Hall distribution)."""
CEILING_MARGIN = 0.5
"""Share of a ceiling that a problem may reach on a plain day: beliefs may double the hazard (`certainty.highest`)."""
MAX_PROBLEM_SHARE = 0.6
"""Largest share of a kind's crime that problems take; assumed."""
MAX_PROBLEMS = 4
"""Most slots, relative to the number of problems if none had to fit into its cell."""


@dataclass(frozen=True, init=False)
class Problems(ParameterGroup):
    """Parameters of problems, of the diagnosis of their causes, of responses and of their effect."""

    name: ClassVar[str] = "problems"
    evidence: ClassVar[tuple[str, ...]] = ("A19", "B13", "B15", "D03", "D10", "D12", "D13", "Q19", "Q21")

    gathered: float
    size: float
    spread: float
    steepest: float
    life: float
    lighting: float
    bar: float
    bus_stop: float
    fence: float
    family: float
    plot: float
    by_report: float
    by_talk: float
    talk_least: float
    talk_habit: float
    analysts: float
    posted: float
    per_analyst: float
    per_chief: float
    analyst_forms: float
    offline: float
    blind: float
    by_data: float
    by_net: float
    by_analyst: float
    by_word: float
    item: float
    evidence_months: float
    again: float
    begins: float
    presence: float
    partner: float
    partner_willing: float
    lapse: float
    lapse_pressing: float
    lapse_minutes: float
    upkeep_lighting: float
    upkeep_bar: float
    upkeep_bus_stop: float
    upkeep_fence: float
    upkeep_family: float
    upkeep_plot: float
    looking_street: float
    looking_vehicles: float
    looking_homes: float
    looking_violence: float
    effect: float
    rise: float
    wear: float


class ProblemRow(Row):
    """A problem: its attributes, the knowledge of the police, and the response.

    ``cell`` is -1 for an empty slot, ``gen`` the number of problems that the slot has had before.  ``size`` is in
    offences per year and ``more`` relative to usual crime there; ``eff`` is the effect built up, 0 to 1.  ``noted`` is
    the tick of detection, ``named`` the cause on record, ``shared`` 1 if the community was told it.  ``response`` is
    the cause at which the response aims (-1 for none), ``owner`` the position in charge and ``person`` its holder
    then, ``begun`` its tick, ``kept`` the months it has been kept up.  Of the present month are ``seen`` (crimes),
    ``told`` (those known to the police) and ``talked`` (planned stretches in homes near it).  ``filed`` and ``talks``
    decay.  ``refused`` counts crimes prevented by the response.  ``owed`` are the minutes asked of couples for it this
    month, ``load`` the known crime load of its class there when the month began, read while a response is kept up.
    """

    sector: Annotated[int, row_of("sector", none=True)]
    facility: Annotated[int, row_of("facility", none=True)]
    cell: Annotated[int, row_of("cell", none=True)]
    kind: Annotated[int, code_of(N_KINDS, none=True)]
    cause: Annotated[int, code_of(N_CAUSES, none=True)]
    gen: Annotated[int, COUNT]
    noted: Annotated[int, PAST]
    named: Annotated[int, code_of(N_CAUSES, none=True)]
    shared: Annotated[int, FLAG]
    response: Annotated[int, code_of(N_CAUSES, none=True)]
    owner: Annotated[int, row_of("officer", none=True)]
    person: Annotated[int, Domain(-1, LARGEST_COUNT)]
    begun: Annotated[int, PAST]
    kept: Annotated[int, COUNT]
    size: Annotated[float, POSITIVE]
    more: Annotated[float, POSITIVE]
    eff: Annotated[float, SHARE]
    seen: Annotated[float, POSITIVE]
    told: Annotated[float, POSITIVE]
    filed: Annotated[float, POSITIVE]
    talked: Annotated[float, POSITIVE]
    talks: Annotated[float, POSITIVE]
    refused: Annotated[float, POSITIVE]
    owed: Annotated[float, POSITIVE]
    load: Annotated[float, POSITIVE]


PROBLEMS = GrowingTableSpec(
    name="problems", row=ProblemRow, room=256, about="Problems, one a slot: this and problem_work."
)
USUAL_HERE = ArraySpec(
    name="usual_here",
    of=np.float64,
    shape=("cell", N_KINDS),
    about="Crimes a year that a town without problems would have had at the start, by cell and kind: this alone.",
    domain=POSITIVE,
)
ROOM_HERE = ArraySpec(
    name="room_here",
    of=np.float64,
    shape=("cell", N_KINDS),
    about="Ceiling over the greatest hazard of anybody there on a plain day, by cell and kind: this alone.",
    domain=POSITIVE,
)


def slots_are_at_their_cells(state: Any, town: Any, sizes: TableSizes) -> bool:
    """A slot that it names has the problem of that cell and kind."""
    cell, kind = np.nonzero(state[PROBLEM_AT] >= 0)
    rows = state[PROBLEMS].used_rows()[state[PROBLEM_AT][cell, kind]]
    return np.array_equal(rows["cell"], cell) and np.array_equal(rows["kind"], kind)


PROBLEM_AT = ArraySpec(
    name="problem_at",
    of=np.int64,
    shape=("cell", N_KINDS),
    first=-1.0,
    about="Slot of the problem of a cell and kind.",
    domain=row_of("problems", none=True),
    rule=slots_are_at_their_cells,
)
