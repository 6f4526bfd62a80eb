"""Declarations of problems: parameters, causes, tables and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np

from model.engine.domains import COUNT, FLAG, LARGEST_COUNT, PAST, POSITIVE, SHARE, Domain, code_of, row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
class Problems(ParameterGroup):
    """Parameters of problems, of the diagnosis of their causes, of responses and of their effect."""

    name: ClassVar[str] = "problems"
    evidence: ClassVar[tuple[str, ...]] = ("A19", "B13", "B15", "D03", "D10", "D12", "D13", "Q19", "Q21")

    gathered: float = share_parameter(
        0.3, "assumed; swept .15-.5", "crimes that concentrate at problems", high=0.6, off=0.0
    )
    size: float = parameter(
        20.0,
        "a year",
        1.0,
        200.0,
        "assumed; swept 10-40",
        "offences of a problem before its size is adjusted to the total",
    )
    spread: float = parameter(1.0, "log", 0.0, 2.0, "assumed", "standard deviation of the log of sizes")
    steepest: float = parameter(
        4.0, "ratio", 0.1, 20.0, "assumed", "greatest additional hazard of a problem in its cell"
    )
    life: float = parameter(48.0, "months", 6.0, 600.0, "assumed; swept 18-96", "mean life of a problem")
    lighting: float = parameter(0.2, "weight", 0.0, 1.0, "assumed", "frequency of problems from a lack of light")
    bar: float = parameter(0.2, "weight", 0.0, 1.0, "assumed", "frequency of problems around a bar")
    bus_stop: float = parameter(
        0.15, "weight", 0.01, 1.0, "assumed", "frequency of problems at a bus stop that nobody watches"
    )
    fence: float = parameter(
        0.1, "weight", 0.0, 1.0, "assumed", "frequency of problems from somebody who buys stolen goods"
    )
    family: float = parameter(0.15, "weight", 0.01, 1.0, "assumed", "frequency of problems of a family")
    plot: float = parameter(0.2, "weight", 0.0, 1.0, "assumed", "frequency of problems at an empty plot")
    by_report: float = parameter(0.5, "a form", 0.0, 5.0, "assumed; swept", "effect of a form with content on noticing")
    by_talk: float = parameter(
        0.5, "a stretch", 0.0, 5.0, "assumed; swept", "effect of a planned stretch in homes nearby on noticing"
    )
    talk_least: float = share_parameter(0.1, "assumed", "part of that effect without a habit of analysis")
    talk_habit: float = share_parameter(0.5, "assumed", "additional part with a full habit of analysis")
    analysts: float = parameter(
        0.0,
        "analysts a facility",
        0.0,
        10.0,
        "D12, D13: none at stations",
        "analysts who only analyse problems",
        role="lever",
        off=0.0,
    )
    posted: float = parameter(
        0.0,
        "analysts a station",
        0.0,
        4.0,
        "A19: at least two at each station; not at substations",
        "analysts who compile and verify data at stations",
        role="site",
        off=0.0,
    )
    per_analyst: float = parameter(1.5, "a month", 0.0, 10.0, "assumed", "problems that an analyst looks into")
    per_chief: float = parameter(
        0.75, "a month", 0.0, 10.0, "assumed", "problems that a chief with a full habit of analysis looks into"
    )
    analyst_forms: float = share_parameter(0.5, "assumed", "forms that an analyst makes use of")
    offline: float = share_parameter(0.5, "assumed", "work of an analyst in a month without internet, relative")
    blind: float = share_parameter(
        0.8, "assumed", "causes named wrongly without any information: five of six would be pure guessing"
    )
    by_data: float = share_parameter(0.2, "assumed; swept 0-.4", "wrong causes that data correct")
    by_net: float = share_parameter(0.1, "assumed; swept 0-.2", "wrong causes then left that internet access corrects")
    by_analyst: float = share_parameter(0.35, "assumed; swept 0-.7", "wrong causes then left that an analyst corrects")
    by_word: float = share_parameter(0.45, "assumed; swept 0-.9", "wrong causes then left that residents correct")
    item: float = parameter(
        1.0,
        "stretches",
        0.0,
        10.0,
        "assumed",
        "information in an item of a meeting that somebody follows up, in planned stretches",
    )
    evidence_months: float = parameter(6.0, "months", 1.0, 60.0, "assumed", "half-life of information on a problem")
    again: float = share_parameter(0.3, "assumed", "wrong causes reviewed in a month, with all forms in use")
    begins: float = share_parameter(
        0.4, "assumed", "responses begun in a month with a full habit of follow-up, once a cause is named"
    )
    presence: float = share_parameter(
        0.012, "assumed; swept", "problems without a named cause where police presence begins in a month"
    )
    partner: float = share_parameter(
        0.15, "assumed", "months in which a prosecutor takes part, or a mayor who does not care about security"
    )
    partner_willing: float = share_parameter(
        0.45, "B15; assumed", "months in which a mayor who cares about security takes part"
    )
    lapse: float = share_parameter(0.12, "B13; assumed", "responses that lapse in a month without follow-up")
    lapse_pressing: float = share_parameter(
        0.1, "B20; assumed", "additional responses that lapse under full pressure for arrests beyond the usual"
    )
    lapse_minutes: float = share_parameter(
        0.3, "assumed", "additional responses that lapse where none of their minutes are given"
    )
    upkeep_lighting: float = parameter(
        120.0, "minutes", 0.0, 5000.0, "assumed: letters, a look at the place; swept 30-480",
        "couples' minutes a month for requests for light",
    )  # fmt: skip
    upkeep_bar: float = parameter(
        480.0,
        "minutes",
        0.0,
        5000.0,
        "assumed: an inspection a week; swept 120-1900",
        "couples' minutes a month for inspecting a bar",
    )
    upkeep_bus_stop: float = parameter(
        1000.0, "minutes", 0.0, 5000.0, "assumed: three quarters of an hour on working days; swept 250-4000",
        "couples' minutes a month for watching a bus stop",
    )  # fmt: skip
    upkeep_fence: float = parameter(
        480.0,
        "minutes",
        0.0,
        5000.0,
        "assumed: a shift on the case; swept 120-1900",
        "couples' minutes a month for pursuing a buyer of stolen goods",
    )
    upkeep_family: float = parameter(
        400.0,
        "minutes",
        0.0,
        5000.0,
        "assumed: two visits a week; swept 100-1600",
        "couples' minutes a month for visits to a family",
    )
    upkeep_plot: float = parameter(
        400.0, "minutes", 0.0, 5000.0, "assumed: a morning with neighbours every two weeks; swept 100-1600",
        "couples' minutes a month for keeping a plot clean",
    )  # fmt: skip
    looking_street: float = parameter(
        240.0, "minutes", 0.0, 5000.0, "assumed: the place at its hours, five stretches; swept 60-960",
        "couples' minutes for looking into a problem of robbery or theft",
    )  # fmt: skip
    looking_vehicles: float = parameter(
        180.0,
        "minutes",
        0.0,
        5000.0,
        "assumed: where they are parked; swept 45-720",
        "couples' minutes for looking into a problem of vehicle crime",
    )
    looking_homes: float = parameter(
        240.0, "minutes", 0.0, 5000.0, "assumed: the homes hit and their neighbours; swept 60-960",
        "couples' minutes for looking into a problem of burglary",
    )  # fmt: skip
    looking_violence: float = parameter(
        300.0, "minutes", 0.0, 5000.0, "assumed: who quarrels with whom, and where; swept 75-1200",
        "couples' minutes for looking into a problem of assault",
    )  # fmt: skip
    effect: float = share_parameter(0.34, "Q19", "offences of a problem that a suitable response prevents", off=0.0)
    rise: float = share_parameter(
        0.6, "assumed: in a month or two", "part of the effect still missing that a month of the response adds"
    )
    wear: float = parameter(
        3.0, "months", 0.5, 24.0, "assumed; swept 1-6", "half-life of the effect after the response lapsed"
    )


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
