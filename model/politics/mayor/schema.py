"""Declarations of the mayor: choices, parameters, tables of office, gifts, petitions and loans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.choices import declare_choice
from model.engine.domains import COUNT, LARGEST_COUNT, LARGEST_REAL, PAST, POSITIVE, SHARE, TICK, Domain, code_of
from model.engine.parameters import ParameterGroup
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


@dataclass(frozen=True, init=False)
class Government(ParameterGroup):
    """Weights of the mayor's choices, the gifts that are possible, their duration and effects."""

    name: ClassVar[str] = "mayor"
    evidence: ClassVar[tuple[str, ...]] = ("B08", "B15", "B16", "B17", "E02", "E04", "F02", "F15", "I08", "Z15")

    gives: int
    budgets: int
    accompanies: int
    lends: int
    only_asked: int
    habit: float
    care: float
    asked: float
    asked_most: int
    asked_budget: float
    killings: float
    usual_quarters: float
    used: float
    prior: float
    election: float
    cost_motorcycles: float
    cost_light: float
    cost_company: float
    cost_cameras: float
    keep: float
    regress: float
    step: float
    least: float
    most: float
    memory: float
    company_months: int
    loan_months: int
    light_months: int
    camera_months: int
    motorcycles: int
    fuel_km: float
    reach: float
    light: float
    cameras: float


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
