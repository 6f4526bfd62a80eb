"""The mayor (M40): a gift for security or none each quarter, and the budget once a year.

The mayor knows the petitions of communities, the homicides that are known, and whether past gifts are used; a new mayor
knows none of these.  Switched off, one draw per term decides whether municipal police join patrols.
"""

from __future__ import annotations

import datetime

import numpy as np

from model.community.consultation.rules import is_held_today
from model.community.consultation.schema import COUNCIL_BODY, TABLE_BODY, Consultation
from model.community.requests.schema import ANSWER_SHIFTS
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
from model.engine.elementary import LN_2, exp, log
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import BoolArray, FloatArray, Rows
from model.engine.tables import ArraySpec
from model.gangs.gangs.schema import UNCLAIMED
from model.police.resources.rules import mayoral_term
from model.police.resources.schema import MAYOR_TERM, REELECTED_STREAM, Resources
from model.politics.mayor.schema import (
    BUDGET_CHOICE,
    BUDGET_TERMS,
    BY_ASKED,
    BY_CARE,
    BY_COST,
    BY_ELECTION,
    BY_KILLINGS,
    BY_USE,
    COMES_TO_THE_COUNCIL_STREAM,
    CUT_BUDGET,
    DISMISSED,
    EXCLUDED_GIFT_UTILITY,
    FILMED,
    GIFT_CHOICE,
    GIFT_FOR_PROBLEM,
    GIFT_OPTIONS,
    GIFT_TERMS,
    GIFT_WITHOUT_LOANS,
    GIFTS,
    GIVE_CAMERAS,
    GIVE_COMPANY,
    GIVE_LIGHT,
    GIVE_MOTORCYCLES,
    GIVE_NOTHING,
    HABIT_TERM,
    HALL,
    IS_OUTDOOR_KIND,
    KEEP_BUDGET,
    LIT,
    LOANS,
    MAYORS_CARE_STREAM,
    MAYORS_INTEGRITY_STREAM,
    MONTHS_A_QUARTER,
    PETITIONS,
    RAISE_BUDGET,
    TERM_YEARS,
    WRITTEN_COLUMNS,
    Government,
    MayorCounts,
    MayorState,
)
from model.town.crime_kinds import BY_VEHICLE, DOMESTIC, EXPOSURE, HOMICIDE, PROBLEM_OF
from model.world.discrete_choice.rules import ChoiceTables, clear_terms, decide_and_record, share_with_prior
from model.world.discrete_choice.schema import CHOICES
from model.world.hazard import HAZARD_MARKET_NIGHT, HAZARD_NIGHT
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.places import group_holding_cells
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import INCIDENTS, MEETINGS, SPARED
from model.world.state import BOARDS, MEANS, SEEN_HERE
from model.world.steps import KernelArguments, in_order, kernel_step, python_step


@kernel
def record_known_killings(shift: ShiftContext, hall: Rows[MayorState], guard: int) -> None:
    """Count the known homicides of the shift, and the crimes that light and cameras kept away.

    ``guard`` is the number of this mechanism among those that keep crimes away.
    """
    day = shift.day
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if row.kind == HOMICIDE and (row.found == 1 or row.written == 1):
            hall[0].dead += 1.0
    for k in range(day.counts[SPARED]):
        if day.spared[k].guard == guard:
            shift.tally[0].kept_by_mayor += 1.0


def install_mayor(world: World, nth: int) -> None:
    """Install the ``nth`` mayor of a term, without memory of petitions and gifts; end the loans."""
    state, hall = world.state, world.state[HALL][0]
    hall.nth, hall.room, hall.usual, hall.captor = nth, 1.0, -1.0, UNCLAIMED
    hall.care = keyed_uniform(world.seed, MAYORS_CARE_STREAM, hall.term, 0, nth)
    hall.integrity = keyed_uniform(world.seed, MAYORS_INTEGRITY_STREAM, hall.term, 0, nth)
    state[PETITIONS]["asked"] = -1
    gifts = state[GIFTS]
    gifts["used"] = gifts["idle"] = 0.0
    gifts["until"][[GIVE_MOTORCYCLES, GIVE_COMPANY]] = 0
    state[LOANS]["motorcycles"] = 0
    if world.parameters[Government][0].gives == 1:
        state[MAYOR_TERM][0].willing = 0


def begin_term(world: World) -> None:
    """Begin a term, with the same mayor or a new one."""
    hall, term = world.state[HALL][0], mayoral_term(world.date)
    stays = (
        hall.term >= 0
        and keyed_uniform(world.seed, REELECTED_STREAM, term, 0, 0) < world.parameters[Resources][0].incumbency
    )
    hall.term = term
    if not stays:
        install_mayor(world, 0)


def meeting_rates(world: World) -> tuple[tuple[int, float], ...]:
    """Return the bodies before which petitions are made, and their meetings a year."""
    p = world.parameters[Consultation][0]
    return (TABLE_BODY, p.rhythm * p.table), (COUNCIL_BODY, p.rhythm * p.council)


def attends_table(world: World) -> BoolArray:
    """Return a flag for each authority that attends the municipal table now."""
    meetings, present = world.shift_events.rows_of(MEETINGS), np.zeros(len(world.state[BOARDS]), bool)
    present[meetings["authority"][meetings["at_table"] == 1]] = True
    return present


def attends_council(world: World) -> BoolArray:
    """Return a flag for each authority that attends the municipal council, if that meets today."""
    p, boards, seed = world.parameters[Consultation][0], world.state[BOARDS], world.seed
    if not is_held_today(p.rhythm * p.council, COUNCIL_BODY, world.month, world.date.day, seed):
        return np.zeros(len(boards), bool)
    draws = [keyed_uniform(seed, COMES_TO_THE_COUNCIL_STREAM, world.tick, a, 0) for a in range(len(boards))]
    return (np.array(draws) < boards["organised"]) & (world.tick >= boards["silent_until"])


def hear_petitions(world: World, present: BoolArray) -> None:
    """Record the petitions of the authorities present: requests that the police left unanswered."""
    boards, petitions = world.state[BOARDS], world.state[PETITIONS]
    unheard = (boards["heard"] < boards["asked"]) | (boards["heard"] == world.tick)
    waits = unheard & (boards["asked"] >= 0) & (world.tick - boards["asked"] >= ANSWER_SHIFTS)
    petitioning = present & waits & (boards["problem"] >= 0) & (boards["problem"] != DOMESTIC)
    lends = world.parameters[Government][0].lends == 1
    # A petition lapses after a year, unless it is made again.
    for a in np.flatnonzero(petitioning):
        wanted = GIFT_FOR_PROBLEM[PROBLEM_OF[boards[a].problem]]
        lapsed = petitions[a].asked < 0 or world.tick - petitions[a].asked > YEAR
        petitions[a].asked = world.tick if lapsed else petitions[a].asked
        petitions[a].wanted = wanted if lends else GIFT_WITHOUT_LOANS[wanted]
        world.tally[0].petitions += 1.0


def open_petitions(world: World) -> BoolArray:
    """Return a flag for each open petition; a captured mayor ignores those from the captor's territory."""
    petitions, captor = world.state[PETITIONS], world.state[HALL][0].captor
    waits = (petitions["asked"] >= 0) & (world.tick - petitions["asked"] <= YEAR)
    if captor != UNCLAIMED:
        waits = waits & (group_holding_cells(world.state)[world.town.authorities["cell"]] != captor)
    return waits


def fill_gift_terms(world: World, choice: ChoiceTables) -> None:
    """Fill the terms of the utility of each gift, in log-odds."""
    p, hall, gifts = world.parameters[Government][0], world.state[HALL][0], world.state[GIFTS]
    wanted = world.state[PETITIONS]["wanted"][open_petitions(world)]
    costs = (0.0, p.cost_motorcycles, p.cost_light, p.cost_company, p.cost_cameras)
    clear_terms(choice)
    for o in range(1, len(GIFT_OPTIONS)):
        asked = int(np.count_nonzero(wanted == o))
        barred = (p.lends == 0 and o in (GIVE_MOTORCYCLES, GIVE_CAMERAS)) or (p.accompanies == 0 and o == GIVE_COMPANY)
        terms = choice.terms[o]
        terms[HABIT_TERM] = EXCLUDED_GIFT_UTILITY if barred else p.habit
        terms[BY_CARE] = p.care * hall.care
        terms[BY_ASKED] = p.asked * min(asked, p.asked_most) + (
            EXCLUDED_GIFT_UTILITY if asked == 0 and p.only_asked == 1 else 0.0
        )
        terms[BY_KILLINGS] = p.killings * killings_log_ratio(world)
        terms[BY_USE] = p.used * (2.0 * share_with_prior(gifts[o].used, gifts[o].idle, p.prior, 0.5) - 1.0)
        terms[BY_ELECTION] = p.election * is_last_year_of_term(world)
        terms[BY_COST] = -costs[o] / hall.room


def killings_log_ratio(world: World) -> float:
    """Return the log ratio of this quarter's known homicides to the usual; 0 if none are usual yet."""
    hall = world.state[HALL][0]
    return log((hall.dead + 1.0) / (hall.usual + 1.0)) if hall.usual >= 0.0 else 0.0


def is_last_year_of_term(world: World) -> float:
    """Return 1 in the last calendar year of a term, else 0."""
    # Terms begin in January of leap years.
    return 1.0 if world.date.year % TERM_YEARS == TERM_YEARS - 1 else 0.0


def fill_budget_terms(world: World, choice: ChoiceTables) -> None:
    """Fill the terms of the utility of cutting and of raising the budget, in log-odds."""
    p, hall = world.parameters[Government][0], world.state[HALL][0]
    asked = min(int(np.count_nonzero(open_petitions(world))), 2 * int(p.asked_most))
    more = (
        p.care * (hall.care - 0.5),
        p.asked_budget * p.asked * asked,
        p.killings * killings_log_ratio(world),
        p.election * is_last_year_of_term(world),
        -2.0 * p.regress * (hall.room - 1.0),
    )
    clear_terms(choice)
    choice.terms[KEEP_BUDGET, 0] = p.keep
    for k, term in enumerate(more):
        choice.terms[RAISE_BUDGET, 1 + k], choice.terms[CUT_BUDGET, 1 + k] = term, -term


def authority_to_serve(world: World, gift: int) -> int:
    """Return the authority that has waited longest for a gift, else for any; -1 if none waits."""
    petitions, waits = world.state[PETITIONS], open_petitions(world)
    for fits in (waits & (petitions["wanted"] == gift), waits):
        if fits.any():
            rows = np.flatnonzero(fits)
            return int(rows[np.argmin(petitions["asked"][rows])])
    return -1


def give_gift(world: World, gift: int) -> None:
    """Put a gift into effect and grant the petitions that it meets."""
    state, p, tick = world.state, world.parameters[Government][0], world.tick
    months = (0, p.loan_months, p.light_months, p.company_months, p.camera_months)[gift]
    a, until = authority_to_serve(world, gift), tick + int(months) * MONTH
    cell = world.town.authorities[max(a, 0)].cell
    served = state[PETITIONS]["wanted"] == gift
    state[GIFTS][gift].until = until
    if gift == GIVE_COMPANY:
        state[MAYOR_TERM][0].willing = 1
    elif gift == GIVE_MOTORCYCLES:
        f = max(int(world.town.cells[cell].facility), 0)
        lend_motorcycles(world, f, until)
        served &= world.town.cells["facility"][world.town.authorities["cell"]] == f
    else:
        equip_cells(world, LIT if gift == GIVE_LIGHT else FILMED, int(cell), until)
        served &= np.arange(len(served)) == a
    granted = served & (state[PETITIONS]["asked"] >= 0)
    state[PETITIONS]["granted"][granted] = tick
    state[PETITIONS]["asked"][granted] = -1


def lend_motorcycles(world: World, f: int, until: int) -> None:
    """Lend motorcycles to a facility until a tick, with fuel for them."""
    p, loan = world.parameters[Government][0], world.state[LOANS][f]
    loan.motorcycles, loan.until = p.motorcycles, until
    world.state[MEANS][f].purse += p.fuel_km


def equip_cells(world: World, field: ArraySpec[np.int64], cell: int, until: int) -> None:
    """Light the cells around a place, or watch them by camera, until a tick.

    ``field`` is `LIT` or `FILMED`.  The territory of a captor of the mayor is spared.
    """
    cells, captor = world.town.cells, world.state[HALL][0].captor
    reach = world.parameters[Government][0].reach
    dx, dy = cells["x"] - cells[cell].x, cells["y"] - cells[cell].y
    near = dx * dx + dy * dy <= reach * reach
    if captor != UNCLAIMED:
        near = near & (group_holding_cells(world.state) != captor)
    world.state[field][near] = until
    world.hazard_factors.write_guard(world, MECHANISM.name)


def update_gift_use(world: World) -> None:
    """Update the memory of the use of gifts by this month; end the loans and equipment that ran out."""
    state, gifts, loans, tick = world.state, world.state[GIFTS], world.state[LOANS], world.tick
    gifts["used"] *= exp(-LN_2 / world.parameters[Government][0].memory)
    gifts["idle"] *= exp(-LN_2 / world.parameters[Government][0].memory)
    uses = {
        GIVE_MOTORCYCLES: bool((loans["taken"][loans["motorcycles"] > 0] > 0).any()),
        GIVE_LIGHT: bool((state[SEEN_HERE][state[LIT] > tick] > 0).any()),
        GIVE_COMPANY: bool(world.tally[0].joint_patrols > 0.0),
        GIVE_CAMERAS: bool((state[SEEN_HERE][state[FILMED] > tick] > 0).any()),
    }
    for gift, used in uses.items():
        if gifts[gift].until > tick:
            # A quarter of months counts as one experience.
            gifts[gift].used += 1.0 / MONTHS_A_QUARTER if used else 0.0
            gifts[gift].idle += 0.0 if used else 1.0 / MONTHS_A_QUARTER
    loans["taken"] = 0
    loans["motorcycles"][loans["until"] <= tick] = 0
    since = tick - SHIFTS * world.days_of_month
    if any(((until > since) & (until <= tick)).any() for until in (state[LIT], state[FILMED])):
        world.hazard_factors.write_guard(world, MECHANISM.name)


def close_quarter(world: World) -> None:
    """Choose the budget of the coming year in December, and a gift; update the usual homicides."""
    state, p, hall, tick = world.state, world.parameters[Government][0], world.state[HALL][0], world.tick
    state[CHOICES].reserve(2)
    choice = world.view(ChoiceTables)
    if p.budgets == 1 and world.date.month == MONTHS_A_YEAR:
        fill_budget_terms(world, choice)
        option = decide_and_record(choice, 3, 1 + len(BUDGET_TERMS), BUDGET_CHOICE, True, tick, 0)
        hall.room = min(p.most, max(p.least, hall.room + p.step * (option - KEEP_BUDGET)))
    if p.gives == 1:
        fill_gift_terms(world, choice)
        gift = decide_and_record(choice, len(GIFT_OPTIONS), 1 + len(GIFT_TERMS), GIFT_CHOICE, False, tick, 0)
        row = world.tally[0]
        row.gifts_motorcycles += float(gift == GIVE_MOTORCYCLES)
        row.gifts_light += float(gift == GIVE_LIGHT)
        row.gifts_company += float(gift == GIVE_COMPANY)
        row.gifts_cameras += float(gift == GIVE_CAMERAS)
        if gift != GIVE_NOTHING:
            give_gift(world, gift)
    hall.usual = hall.dead if hall.usual < 0.0 else hall.usual + (hall.dead - hall.usual) / p.usual_quarters
    hall.dead = 0.0


def initialise(world: World) -> None:
    """Begin the term at the start of the run."""
    begin_term(world)


@kernel_step(record_known_killings)
def record_killings(world: World) -> KernelArguments:
    """Return the arguments of `record_known_killings`."""
    return world.shift_context(), world.state[HALL], world.hazard_factors.guard_numbers[MECHANISM.name]


def may_change_mayor(world: World, date: datetime.date) -> bool:
    """Return whether another term may begin on a date, or the mayor have been dismissed at the end of a month."""
    return date.day == 1 or mayoral_term(date) != world.state[HALL][0].term


@python_step(flags=MORNINGS, on=may_change_mayor)
def change_mayor(world: World) -> None:
    """Begin the term of the present date, if another one was in force; replace a mayor who was dismissed."""
    hall = world.state[HALL][0]
    if mayoral_term(world.date) != hall.term:
        begin_term(world)
    if hall.captor == DISMISSED:
        install_mayor(world, int(hall.nth) + 1)


def is_meeting_day(world: World, date: datetime.date) -> bool:
    """Return whether a body meets on a date before which petitions are made."""
    month = month_of(tick_of(date))
    return any(is_held_today(rate, who, month, date.day, world.seed) for who, rate in world.cached_view(meeting_rates))


@python_step(flags=EVENINGS, on=is_meeting_day)
def hear_at_meetings(world: World) -> None:
    """Record the petitions of the authorities that attend a meeting today."""
    hear_petitions(world, attends_table(world) | attends_council(world))


@python_step(flags=LAST_SHIFTS)
def close_month(world: World) -> None:
    """Update the use of gifts; at a quarter's end choose."""
    state = world.state
    update_gift_use(world)
    if world.parameters[Government][0].gives == 1:
        state[MAYOR_TERM][0].willing = int(state[GIFTS][GIVE_COMPANY].until > world.tick)
    if world.date.month % MONTHS_A_QUARTER == 0:
        close_quarter(world)


step = in_order(record_killings, change_mayor, hear_at_meetings, close_month)
"""Record homicides and petitions; at a month's end the use of gifts; at a quarter's end choose."""


def apply_light_and_cameras(world: World, place: FloatArray) -> None:
    """Multiply the hazards of street crime by night where it is lit, and of vehicle crime under cameras."""
    p, state, tick = world.parameters[Government][0], world.state, world.tick
    lit, filmed = np.where(state[LIT] > tick, 1.0 - p.light, 1.0), state[FILMED] > tick
    for when in (HAZARD_NIGHT, HAZARD_MARKET_NIGHT):
        place[when, IS_OUTDOOR_KIND] *= lit
    place[:, EXPOSURE == BY_VEHICLE] *= np.where(filmed, 1.0 - p.cameras, 1.0)


MECHANISM = Mechanism(
    group=Government,
    tables=(HALL, GIFTS, PETITIONS, LOANS, LIT, FILMED),
    counts=MayorCounts,
    writes=WRITTEN_COLUMNS,
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
