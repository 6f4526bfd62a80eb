"""Declarations of the mayor: choices, parameters, tables of office, gifts, petitions and loans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.choices import declare_choice
from model.engine.domains import COUNT, LARGEST_COUNT, LARGEST_REAL, PAST, POSITIVE, SHARE, TICK, Domain, code_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row, int64_constant, zero_rows
from model.engine.tables import ArraySpec, RowTableSpec
from model.town.crime_kinds import BY_QUARREL, BY_STREET, EXPOSURE, PROBLEMS

MAYORS_CARE_STREAM, MAYORS_INTEGRITY_STREAM, COMES_TO_THE_COUNCIL_STREAM = (
    stream_id("mayor's care"),
    stream_id("mayor's integrity"),
    stream_id("comes to the council"),
)
GIFT_OPTIONS = ("nothing", "motorcycles", "light", "municipal_police", "cameras")
GIVE_NOTHING, GIVE_MOTORCYCLES, GIVE_LIGHT, GIVE_COMPANY, GIVE_CAMERAS = (
    int64_constant(option) for option in range(len(GIFT_OPTIONS))
)
GIFT_TERMS = ("care", "asked", "killings", "used", "election", "cost")
HABIT_TERM, BY_CARE, BY_ASKED, BY_KILLINGS, BY_USE, BY_ELECTION, BY_COST = range(1 + len(GIFT_TERMS))
GIFT_CHOICE = declare_choice("what the mayor gives", "mayor", GIFT_OPTIONS, GIFT_TERMS)
CUT_BUDGET, KEEP_BUDGET, RAISE_BUDGET = range(3)
BUDGET_TERMS = ("care", "asked", "killings", "election", "room")
BUDGET_CHOICE = declare_choice("mayor's budget", "mayor", ("cut", "keep", "raise"), BUDGET_TERMS, ordered=True)
DISMISSED = -2
"""Captor of a mayor whose capture was exposed and who is replaced at once."""
EXCLUDED_GIFT_UTILITY = -1000.0
"""Utility, in log-odds, of gifts that the mayor cannot give, or not unasked."""
GIFT_FOR_PROBLEM = np.array(
    [
        {"street": GIVE_LIGHT, "vehicles": GIVE_CAMERAS, "homes": GIVE_MOTORCYCLES}.get(one, GIVE_COMPANY)
        for one in PROBLEMS
    ]
)
"""Gift that communities petition for, by problem; assumed."""
GIFT_WITHOUT_LOANS = np.array([GIVE_NOTHING, GIVE_COMPANY, GIVE_LIGHT, GIVE_COMPANY, GIVE_LIGHT])
"""Gift in place of each where the mayor cannot give motorcycles and cameras; assumed."""
MONTHS_A_QUARTER, TERM_YEARS = 3, 4
"""Months between gifts, and years of a mayor's term."""
IS_OUTDOOR_KIND = np.isin(EXPOSURE, (BY_STREET, BY_QUARREL))
"""Kinds of crime that light keeps away."""


@dataclass(frozen=True, kw_only=True)
class Government(ParameterGroup):
    """Weights of the mayor's choices, the gifts that are possible, their duration and effects."""

    name: ClassVar[str] = "mayor"
    evidence: ClassVar[tuple[str, ...]] = ("B08", "B15", "B16", "B17", "E02", "E04", "F02", "F15", "I08", "Z15")

    gives: int = parameter(
        1, "0 or 1", 0, 1, "design", "the mayor decides each quarter; 0: a random draw per term", off=0
    )
    budgets: int = parameter(
        1, "0 or 1", 0, 1, "design", "the mayor decides on the budget; 0: it stays as it is", off=0
    )
    accompanies: int = parameter(
        1, "0 or 1", 0, 1, "B15-B18; B07", "municipal police patrol with couples if the mayor decides so", role="site"
    )
    lends: int = parameter(
        1, "0 or 1", 0, 1, "B16, F15", "motorcycles and cameras are the mayor's to give", role="site"
    )
    only_asked: int = parameter(
        0, "0 or 1", 0, 1, "F15", "the mayor gives only what an authority has asked for", role="site"
    )
    habit: float = parameter(
        -2.6, "log-odds", -8.0, 4.0, "assumed; swept", "readiness to give something, all other effects at zero"
    )
    care: float = parameter(
        2.0, "log-odds", 0.0, 6.0, "B17; assumed", "effect of the mayor's care for security, 0 to 1"
    )
    asked: float = parameter(0.5, "log-odds", 0.0, 3.0, "E04; assumed", "effect of an open petition for a measure")
    asked_most: int = parameter(
        3, "petitions", 0, 50, "assumed", "open petitions for a measure beyond which more have no effect"
    )
    asked_budget: float = parameter(
        0.5, "ratio", 0.0, 3.0, "assumed", "effect of a petition on the budget, relative to a gift"
    )
    killings: float = parameter(
        0.8,
        "log-odds",
        0.0,
        4.0,
        "assumed",
        "effect of killings known in the quarter, by the log of their ratio to the usual",
    )
    usual_quarters: float = parameter(
        8.0, "quarters", 1.0, 80.0, "assumed", "time over which the usual number of killings is averaged"
    )
    used: float = parameter(
        1.2, "log-odds", 0.0, 4.0, "E01; assumed", "effect of the use of what was given before, -1 to 1"
    )
    prior: float = parameter(2.0, "events", 0.1, 30.0, "assumed", "weight of the prior in the mayor's experience")
    election: float = parameter(0.5, "log-odds", 0.0, 3.0, "B17; assumed", "effect of the last year of a term")
    cost_motorcycles: float = parameter(1.0, "log-odds", 0.0, 6.0, "assumed", "cost of lending at the usual budget")
    cost_light: float = parameter(0.5, "log-odds", 0.0, 6.0, "assumed", "cost of light at the usual budget")
    cost_company: float = parameter(
        0.8, "log-odds", 0.0, 6.0, "assumed", "cost of sending municipal police along at the usual budget"
    )
    cost_cameras: float = parameter(2.0, "log-odds", 0.0, 6.0, "assumed", "cost of cameras at the usual budget")
    keep: float = parameter(1.0, "log-odds", 0.0, 6.0, "assumed", "readiness to keep the budget as it is")
    regress: float = parameter(
        1.5, "log-odds", 0.0, 6.0, "assumed", "pull of the budget back to the usual, at half above it"
    )
    step: float = share_parameter(0.25, "assumed", "change of the budget in a year, over the usual")
    least: float = share_parameter(0.5, "assumed", "least budget, over the usual", low=0.1)
    most: float = parameter(1.5, "ratio", 1.0, 5.0, "assumed", "greatest budget, over the usual")
    memory: float = parameter(24.0, "months", 1.0, 120.0, "assumed", "half-life of the mayor's experience")
    company_months: int = parameter(
        12, "months", 1, 48, "assumed: a budget year", "months for which municipal police go along"
    )
    loan_months: int = parameter(12, "months", 1, 48, "assumed: a budget year", "months for which motorcycles are lent")
    light_months: int = parameter(36, "months", 1, 240, "assumed", "months for which a place is lit")
    camera_months: int = parameter(60, "months", 1, 240, "assumed", "months for which cameras watch a place")
    motorcycles: int = parameter(2, "motorcycles", 0, 20, "B16; number assumed", "motorcycles lent to a facility")
    fuel_km: float = parameter(600.0, "km", 0.0, 10000.0, "assumed", "fuel given with the motorcycles")
    reach: float = parameter(1.5, "cells", 0.0, 10.0, "assumed", "radius of a place that is lit or filmed")
    light: float = share_parameter(0.15, "assumed; swept", "crime on the street by night that light prevents", high=0.6)
    cameras: float = share_parameter(0.3, "Z15: 13-37 %", "thefts of and from vehicles that cameras prevent", high=0.6)


class MayorState(Row):
    """The mayor in office.

    ``nth`` mayor of the term ``term``; ``captor`` group or `UNCLAIMED`; ``care`` and ``integrity`` from 0 to 1;
    ``room`` in the budget, 1 usual; ``dead``: known homicides of the quarter; ``usual``: those of a usual
    quarter, -1 if unknown.
    """

    term: Annotated[int, Column("", first=-1), Domain(-1, LARGEST_COUNT)]
    nth: Annotated[int, COUNT]
    captor: Annotated[int, Column("", first=-1), Domain(-2, rows_of="group")]
    care: Annotated[float, SHARE]
    integrity: Annotated[float, SHARE]
    room: Annotated[float, Column("", first=1.0), POSITIVE]
    dead: Annotated[float, POSITIVE]
    usual: Annotated[float, Column("", first=-1.0), Domain(-1.0, LARGEST_REAL)]


class GiftRecord(Row):
    """Memory of a gift: months in which it was used or idle, and the tick until which it lasts."""

    used: Annotated[float, POSITIVE]
    idle: Annotated[float, POSITIVE]
    until: Annotated[int, TICK]


class PetitionRow(Row):
    """Petition of an authority: ticks at which it was made and granted (-1: none), and the gift wanted."""

    asked: Annotated[int, Column("", first=-1), PAST]
    wanted: Annotated[int, code_of(len(GIFT_OPTIONS))]
    granted: Annotated[int, Column("", first=-1), PAST]


class VehicleLoan(Row):
    """Motorcycles on loan to a facility, until which tick, and the number taken out this month."""

    motorcycles: Annotated[int, COUNT]
    until: Annotated[int, TICK]
    taken: Annotated[int, COUNT]


HALL = RowTableSpec(name="hall", row=MayorState, per="one", about="The mayor in office: this; capture too.")
GIFTS = RowTableSpec(
    name="gifts",
    row=GiftRecord,
    per="one",
    start=lambda town: zero_rows(GiftRecord, len(GIFT_OPTIONS)),
    about="What was given: this.",
)
PETITIONS = RowTableSpec(
    name="petitions", row=PetitionRow, per="authority", about="What waits for the mayor: this alone."
)
LOANS = RowTableSpec(
    name="loans", row=VehicleLoan, per="facility", about="Motorcycles on loan: this; roster notes their use."
)
LIT = ArraySpec(name="lit", of=np.int64, shape=("cell",), about="Until when a cell is lit: this alone.", domain=TICK)
FILMED = ArraySpec(
    name="filmed", of=np.int64, shape=("cell",), about="Until when cameras watch a cell: this alone.", domain=TICK
)


class MayorCounts(Row):
    """Monthly counts of petitions, gifts and crimes kept away."""

    petitions: float
    gifts_motorcycles: float
    gifts_light: float
    gifts_company: float
    gifts_cameras: float
    kept_by_mayor: float


WRITTEN_COLUMNS = ("mayor.willing", "means.purse", "choices")
