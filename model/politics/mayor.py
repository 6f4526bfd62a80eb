"""The mayor (M40): a gift for security or none each quarter, and the budget once a year.

The mayor knows the petitions of communities, the homicides that are known, and whether past gifts are used; a new mayor
knows none of these.  Switched off, one draw per term decides whether municipal police join patrols.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.community.consultation import COUNCIL_BODY, TABLE_BODY, is_held_today
from model.community.requests import ANSWER_SHIFTS
from model.engine.calendar import (
    EVENINGS,
    LAST_SHIFTS,
    MONTH,
    MONTHS_A_YEAR,
    MORNINGS,
    SHIFTS,
    YEAR,
    month_of,
    tick_of,
)
from model.engine.choices import declare_choice
from model.engine.domains import COUNT, LARGEST_COUNT, LARGEST_REAL, PAST, POSITIVE, SHARE, TICK, Domain, code_of
from model.engine.elementary import LN_2, exp, log
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Column, Row, int64_constant, zero_rows
from model.engine.tables import ArraySpec, RowTableSpec
from model.police.resources import REELECTED_STREAM, mayoral_term
from model.town.authorities import DISMISSED
from model.town.crime_kinds import BY_QUARREL, BY_STREET, BY_VEHICLE, DOMESTIC, EXPOSURE, HOMICIDE, PROBLEM_OF, PROBLEMS
from model.town.territory import UNCLAIMED
from model.world.discrete_choice import clear_terms, decide_and_record, share_with_prior
from model.world.hazard import HAZARD_MARKET_NIGHT, HAZARD_NIGHT
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.places import group_holding_cells
from model.world.shift_events import INCIDENTS, MEETINGS, SPARED
from model.world.steps import in_order, python_step, step

if TYPE_CHECKING:
    from model.engine.rows import BoolArray, FloatArray
    from model.engine.tables import ArraySpec
    from model.simulation.world import Simulation, World

MAYORS_CARE_STREAM, MAYORS_INTEGRITY_STREAM, COMES_TO_THE_COUNCIL_STREAM = (
    stream_id("mayor's care"),
    stream_id("mayor's integrity"),
    stream_id("comes to the council"),
)
GIFT_OPTIONS = ("nothing", "motorcycles", "light", "municipal_police", "cameras")
GIVE_NOTHING, GIVE_MOTORCYCLES, GIVE_LIGHT, GIVE_COMPANY, GIVE_CAMERAS = (
    int64_constant(option) for option in range(len(GIFT_OPTIONS))
)
GiftTerm = IntEnum("GiftTerm", "HABIT CARE ASKED KILLINGS USED ELECTION COST", start=0)
GIFT_CHOICE = declare_choice("what the mayor gives", "mayor", GIFT_OPTIONS, GiftTerm)
CUT_BUDGET, KEEP_BUDGET, RAISE_BUDGET = range(3)
BudgetTerm = IntEnum("BudgetTerm", "HABIT CARE ASKED KILLINGS ELECTION ROOM", start=0)
BUDGET_CHOICE = declare_choice("mayor's budget", "mayor", ("cut", "keep", "raise"), BudgetTerm, ordered=True)
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
    ``budget_left`` in the budget, 1 usual; ``dead``: known homicides of the quarter; ``usual``: those of a usual
    quarter, -1 if unknown.
    """

    term: Annotated[int, Column("", first=-1), Domain(-1, LARGEST_COUNT)]
    nth: Annotated[int, COUNT]
    captor: Annotated[int, Column("", first=-1), Domain(-2, rows_of="group")]
    care: Annotated[float, SHARE]
    integrity: Annotated[float, SHARE]
    budget_left: Annotated[float, Column("", first=1.0), POSITIVE]
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


MAYOR = RowTableSpec(name="mayor", row=MayorState, per="one", about="The mayor in office.")
GIFTS = RowTableSpec(
    name="gifts",
    row=GiftRecord,
    per="one",
    start=lambda town: zero_rows(GiftRecord, len(GIFT_OPTIONS)),
    about="What the mayor gave.",
)
PETITIONS = RowTableSpec(name="petitions", row=PetitionRow, per="authority", about="What waits for the mayor.")
LOANS = RowTableSpec(name="loans", row=VehicleLoan, per="facility", about="Motorcycles on loan, and how many are used.")
LIT = ArraySpec(name="lit", of=np.int64, shape=("cell",), about="Until when a cell is lit.", domain=TICK)
FILMED = ArraySpec(name="filmed", of=np.int64, shape=("cell",), about="Until when cameras watch a cell.", domain=TICK)


class MayorCounts(Row):
    """Monthly counts of petitions, gifts and crimes kept away."""

    petitions: float
    gifts_motorcycles: float
    gifts_light: float
    gifts_company: float
    gifts_cameras: float
    kept_by_mayor: float


def install_mayor(sim: Simulation, nth: int) -> None:
    """Install the ``nth`` mayor of a term, without memory of petitions and gifts; end the loans."""
    mayor = sim.w.mayor[0]
    mayor.nth, mayor.budget_left, mayor.usual, mayor.captor = nth, 1.0, -1.0, UNCLAIMED
    mayor.care = keyed_uniform(sim.seed, MAYORS_CARE_STREAM, mayor.term, 0, nth)
    mayor.integrity = keyed_uniform(sim.seed, MAYORS_INTEGRITY_STREAM, mayor.term, 0, nth)
    sim.w.petitions["asked"] = -1
    gifts = sim.w.gifts
    gifts["used"] = gifts["idle"] = 0.0
    gifts["until"][[GIVE_MOTORCYCLES, GIVE_COMPANY]] = 0
    sim.w.loans["motorcycles"] = 0
    if sim.p.mayor[0].gives == 1:
        sim.w.mayor_terms[0].willing = 0


def begin_term(sim: Simulation) -> None:
    """Begin a term, with the same mayor or a new one."""
    mayor, term = sim.w.mayor[0], mayoral_term(sim.date)
    stays = mayor.term >= 0 and keyed_uniform(sim.seed, REELECTED_STREAM, term, 0, 0) < sim.p.resources[0].incumbency
    mayor.term = term
    if not stays:
        install_mayor(sim, 0)


def meeting_rates(sim: Simulation) -> tuple[tuple[int, float], ...]:
    """Return the bodies before which petitions are made, and their meetings a year."""
    p = sim.p.consultation[0]
    return (TABLE_BODY, p.rhythm * p.table), (COUNCIL_BODY, p.rhythm * p.council)


def attends_table(sim: Simulation) -> BoolArray:
    """Return a flag for each authority that attends the municipal table now."""
    meetings, present = sim.shift_events.rows_of(MEETINGS), np.zeros(len(sim.w.boards), bool)
    present[meetings["authority"][meetings["at_table"] == 1]] = True
    return present


def attends_council(sim: Simulation) -> BoolArray:
    """Return a flag for each authority that attends the municipal council, if that meets today."""
    p, boards, seed = sim.p.consultation[0], sim.w.boards, sim.seed
    if not is_held_today(sim.w, p.rhythm * p.council, COUNCIL_BODY, sim.month, sim.date.day):
        return np.zeros(len(boards), bool)
    draws = [keyed_uniform(seed, COMES_TO_THE_COUNCIL_STREAM, sim.tick, a, 0) for a in range(len(boards))]
    return (np.array(draws) < boards["organised"]) & (sim.tick >= boards["silent_until"])


def hear_petitions(sim: Simulation, present: BoolArray) -> None:
    """Record the petitions of the authorities present: requests that the police left unanswered."""
    boards, petitions = sim.w.boards, sim.w.petitions
    unheard = (boards["heard"] < boards["asked"]) | (boards["heard"] == sim.tick)
    waits = unheard & (boards["asked"] >= 0) & (sim.tick - boards["asked"] >= ANSWER_SHIFTS)
    petitioning = present & waits & (boards["problem"] >= 0) & (boards["problem"] != DOMESTIC)
    lends = sim.p.mayor[0].lends == 1
    # A petition lapses after a year, unless it is made again.
    for a in np.flatnonzero(petitioning):
        wanted = GIFT_FOR_PROBLEM[PROBLEM_OF[boards[a].problem]]
        lapsed = petitions[a].asked < 0 or sim.tick - petitions[a].asked > YEAR
        petitions[a].asked = sim.tick if lapsed else petitions[a].asked
        petitions[a].wanted = wanted if lends else GIFT_WITHOUT_LOANS[wanted]
        sim.tally[0].petitions += 1.0


def open_petitions(sim: Simulation) -> BoolArray:
    """Return a flag for each open petition; a captured mayor ignores those from the captor's territory."""
    petitions, captor = sim.w.petitions, sim.w.mayor[0].captor
    waits = (petitions["asked"] >= 0) & (sim.tick - petitions["asked"] <= YEAR)
    if captor != UNCLAIMED:
        waits = waits & (group_holding_cells(sim.w)[sim.town.authorities["cell"]] != captor)
    return waits


def fill_gift_terms(sim: Simulation) -> None:
    """Fill the terms of the utility of each gift, in log-odds."""
    p, mayor, gifts = sim.p.mayor[0], sim.w.mayor[0], sim.w.gifts
    wanted = sim.w.petitions["wanted"][open_petitions(sim)]
    costs = (0.0, p.cost_motorcycles, p.cost_light, p.cost_company, p.cost_cameras)
    clear_terms(sim.w)
    for o in range(1, len(GIFT_OPTIONS)):
        asked = int(np.count_nonzero(wanted == o))
        barred = (p.lends == 0 and o in (GIVE_MOTORCYCLES, GIVE_CAMERAS)) or (p.accompanies == 0 and o == GIVE_COMPANY)
        terms = sim.w.choice_terms[o]
        terms[GiftTerm.HABIT] = EXCLUDED_GIFT_UTILITY if barred else p.habit
        terms[GiftTerm.CARE] = p.care * mayor.care
        terms[GiftTerm.ASKED] = p.asked * min(asked, p.asked_most) + (
            EXCLUDED_GIFT_UTILITY if asked == 0 and p.only_asked == 1 else 0.0
        )
        terms[GiftTerm.KILLINGS] = p.killings * killings_log_ratio(sim)
        terms[GiftTerm.USED] = p.used * (2.0 * share_with_prior(gifts[o].used, gifts[o].idle, p.prior, 0.5) - 1.0)
        terms[GiftTerm.ELECTION] = p.election * is_last_year_of_term(sim)
        terms[GiftTerm.COST] = -costs[o] / mayor.budget_left


def killings_log_ratio(sim: Simulation) -> float:
    """Return the log ratio of this quarter's known homicides to the usual; 0 if none are usual yet."""
    mayor = sim.w.mayor[0]
    return log((mayor.dead + 1.0) / (mayor.usual + 1.0)) if mayor.usual >= 0.0 else 0.0


def is_last_year_of_term(sim: Simulation) -> float:
    """Return 1 in the last calendar year of a term, else 0."""
    # Terms begin in January of leap years.
    return 1.0 if sim.date.year % TERM_YEARS == TERM_YEARS - 1 else 0.0


def fill_budget_terms(sim: Simulation) -> None:
    """Fill the terms of the utility of cutting and of raising the budget, in log-odds."""
    p, mayor = sim.p.mayor[0], sim.w.mayor[0]
    asked = min(int(np.count_nonzero(open_petitions(sim))), 2 * int(p.asked_most))
    more = (
        p.care * (mayor.care - 0.5),
        p.asked_budget * p.asked * asked,
        p.killings * killings_log_ratio(sim),
        p.election * is_last_year_of_term(sim),
        -2.0 * p.regress * (mayor.budget_left - 1.0),
    )
    clear_terms(sim.w)
    terms = sim.w.choice_terms
    terms[KEEP_BUDGET, BudgetTerm.HABIT] = p.keep
    for k, term in enumerate(more):
        terms[RAISE_BUDGET, 1 + k], terms[CUT_BUDGET, 1 + k] = term, -term


def authority_to_serve(sim: Simulation, gift: int) -> int:
    """Return the authority that has waited longest for a gift, else for any; -1 if none waits."""
    petitions, waits = sim.w.petitions, open_petitions(sim)
    for fits in (waits & (petitions["wanted"] == gift), waits):
        if fits.any():
            rows = np.flatnonzero(fits)
            return int(rows[np.argmin(petitions["asked"][rows])])
    return -1


def give_gift(sim: Simulation, gift: int) -> None:
    """Put a gift into effect and grant the petitions that it meets."""
    p, tick = sim.p.mayor[0], sim.tick
    months = (0, p.loan_months, p.light_months, p.company_months, p.camera_months)[gift]
    a, until = authority_to_serve(sim, gift), tick + int(months) * MONTH
    cell = sim.town.authorities[max(a, 0)].cell
    served = sim.w.petitions["wanted"] == gift
    sim.w.gifts[gift].until = until
    if gift == GIVE_COMPANY:
        sim.w.mayor_terms[0].willing = 1
    elif gift == GIVE_MOTORCYCLES:
        f = max(int(sim.town.cells[cell].facility), 0)
        lend_motorcycles(sim, f, until)
        served &= sim.town.cells["facility"][sim.town.authorities["cell"]] == f
    else:
        equip_cells(sim, LIT if gift == GIVE_LIGHT else FILMED, int(cell), until)
        served &= np.arange(len(served)) == a
    granted = served & (sim.w.petitions["asked"] >= 0)
    sim.w.petitions["granted"][granted] = tick
    sim.w.petitions["asked"][granted] = -1


def lend_motorcycles(sim: Simulation, f: int, until: int) -> None:
    """Lend motorcycles to a facility until a tick, with fuel for them."""
    p, loan = sim.p.mayor[0], sim.w.loans[f]
    loan.motorcycles, loan.until = p.motorcycles, until
    sim.w.facility_resources[f].purse += p.fuel_km


def equip_cells(sim: Simulation, field: ArraySpec[np.int64], cell: int, until: int) -> None:
    """Light the cells around a place, or watch them by camera, until a tick.

    ``field`` is `LIT` or `FILMED`.  The territory of a captor of the mayor is spared.
    """
    cells, captor = sim.town.cells, sim.w.mayor[0].captor
    dx, dy = cells["x"] - cells[cell].x, cells["y"] - cells[cell].y
    reach = sim.p.mayor[0].reach
    near = dx * dx + dy * dy <= reach * reach
    if captor != UNCLAIMED:
        near = near & (group_holding_cells(sim.w) != captor)
    sim.state[field][near] = until
    sim.hazard_factors.write_guard(sim, MECHANISM.name)


def update_gift_use(sim: Simulation) -> None:
    """Update the memory of the use of gifts by this month; end the loans and equipment that ran out."""
    gifts, loans, tick = sim.w.gifts, sim.w.loans, sim.tick
    gifts["used"] *= exp(-LN_2 / sim.p.mayor[0].memory)
    gifts["idle"] *= exp(-LN_2 / sim.p.mayor[0].memory)
    uses = {
        GIVE_MOTORCYCLES: bool((loans["taken"][loans["motorcycles"] > 0] > 0).any()),
        GIVE_LIGHT: bool((sim.w.seen_here[sim.w.lit > tick] > 0).any()),
        GIVE_COMPANY: bool(sim.tally[0].joint_patrols > 0.0),
        GIVE_CAMERAS: bool((sim.w.seen_here[sim.w.filmed > tick] > 0).any()),
    }
    for gift, used in uses.items():
        if gifts[gift].until > tick:
            # A quarter of months counts as one experience.
            gifts[gift].used += 1.0 / MONTHS_A_QUARTER if used else 0.0
            gifts[gift].idle += 0.0 if used else 1.0 / MONTHS_A_QUARTER
    loans["taken"] = 0
    loans["motorcycles"][loans["until"] <= tick] = 0
    since = tick - SHIFTS * sim.days_of_month
    if any(((until > since) & (until <= tick)).any() for until in (sim.w.lit, sim.w.filmed)):
        sim.hazard_factors.write_guard(sim, MECHANISM.name)


def close_quarter(sim: Simulation) -> None:
    """Choose the budget of the coming year in December, and a gift; update the usual homicides."""
    state, p, mayor, tick = sim.state, sim.p.mayor[0], sim.w.mayor[0], sim.tick
    state.choices.reserve(2)
    if p.budgets == 1 and sim.date.month == MONTHS_A_YEAR:
        fill_budget_terms(sim)
        option = decide_and_record(sim.w, 3, len(BudgetTerm), BUDGET_CHOICE, True, tick, 0)
        mayor.budget_left = min(p.most, max(p.least, mayor.budget_left + p.step * (option - KEEP_BUDGET)))
    if p.gives == 1:
        fill_gift_terms(sim)
        gift = decide_and_record(sim.w, len(GIFT_OPTIONS), len(GiftTerm), GIFT_CHOICE, False, tick, 0)
        row = sim.tally[0]
        row.gifts_motorcycles += float(gift == GIVE_MOTORCYCLES)
        row.gifts_light += float(gift == GIVE_LIGHT)
        row.gifts_company += float(gift == GIVE_COMPANY)
        row.gifts_cameras += float(gift == GIVE_CAMERAS)
        if gift != GIVE_NOTHING:
            give_gift(sim, gift)
    mayor.usual = mayor.dead if mayor.usual < 0.0 else mayor.usual + (mayor.dead - mayor.usual) / p.usual_quarters
    mayor.dead = 0.0


def initialise(sim: Simulation) -> None:
    """Begin the term at the start of the run."""
    begin_term(sim)


@step
def record_known_killings(w: World) -> None:
    """Count the known homicides of the shift, and the crimes that light and cameras kept away.

    ``guard`` is the number of this mechanism among those that keep crimes away.
    """
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        if row.kind == HOMICIDE and (row.found == 1 or row.written == 1):
            w.mayor[0].dead += 1.0
    for k in range(w.counts[SPARED]):
        if w.spared[k].guard == w.guard.mayor:
            w.tally[0].kept_by_mayor += 1.0


def may_change_mayor(sim: Simulation, date: datetime.date) -> bool:
    """Return whether another term may begin on a date, or the mayor have been dismissed at the end of a month."""
    return date.day == 1 or mayoral_term(date) != sim.w.mayor[0].term


@python_step(flags=MORNINGS, on=may_change_mayor)
def change_mayor(sim: Simulation) -> None:
    """Begin the term of the present date, if another one was in force; replace a mayor who was dismissed."""
    mayor = sim.w.mayor[0]
    if mayoral_term(sim.date) != mayor.term:
        begin_term(sim)
    if mayor.captor == DISMISSED:
        install_mayor(sim, int(mayor.nth) + 1)


def is_meeting_day(sim: Simulation, date: datetime.date) -> bool:
    """Return whether a body meets on a date before which petitions are made."""
    month = month_of(tick_of(date))
    return any(is_held_today(sim.w, rate, who, month, date.day) for who, rate in sim.cached_view(meeting_rates))


@python_step(flags=EVENINGS, on=is_meeting_day)
def hear_at_meetings(sim: Simulation) -> None:
    """Record the petitions of the authorities that attend a meeting today."""
    hear_petitions(sim, attends_table(sim) | attends_council(sim))


@python_step(flags=LAST_SHIFTS)
def close_month(sim: Simulation) -> None:
    """Update the use of gifts; at a quarter's end choose."""
    update_gift_use(sim)
    if sim.p.mayor[0].gives == 1:
        sim.w.mayor_terms[0].willing = int(sim.w.gifts[GIVE_COMPANY].until > sim.tick)
    if sim.date.month % MONTHS_A_QUARTER == 0:
        close_quarter(sim)


govern = in_order(record_known_killings, change_mayor, hear_at_meetings, close_month)
"""Record homicides and petitions; at a month's end the use of gifts; at a quarter's end choose."""


def apply_light_and_cameras(sim: Simulation, place: FloatArray) -> None:
    """Multiply the hazards of street crime by night where it is lit, and of vehicle crime under cameras."""
    p, tick = sim.p.mayor[0], sim.tick
    lit, filmed = np.where(sim.w.lit > tick, 1.0 - p.light, 1.0), sim.w.filmed > tick
    for when in (HAZARD_NIGHT, HAZARD_MARKET_NIGHT):
        place[when, IS_OUTDOOR_KIND] *= lit
    place[:, EXPOSURE == BY_VEHICLE] *= np.where(filmed, 1.0 - p.cameras, 1.0)


MECHANISM = Mechanism(
    group=Government,
    tables=(MAYOR, GIFTS, PETITIONS, LOANS, LIT, FILMED),
    counts=MayorCounts,
    hazard=HazardModifier(place=apply_light_and_cameras, spared=True),
    initialise=initialise,
    knockout=Knockout(("gifts_light", "gifts_company", "joint_patrols")),
    measures={
        "petitions": Measure("petitions"),
        "gifts_motorcycles": Measure("gifts"),
        "gifts_light": Measure("gifts"),
        "gifts_company": Measure("gifts"),
        "gifts_cameras": Measure("gifts"),
        "kept_by_mayor": Measure("crimes"),
    },
)
