"""M41, station chiefs: hours of the month, planned hours that take place, the mode of a plan and its request.

A chief knows the orders from above, the station's books, the requests of communities, and the outcomes of hours, plans
and work on problems since taking the position; a successor begins without this experience.  Each decision is a discrete
choice.  Switched off, all couples spend their hours alike, all planned hours take place, and modes and requests are by
chance.
"""

from __future__ import annotations

import numpy as np

from model.community.requests.schema import REQUESTS
from model.engine.elementary import LN_2, exp, log, log1p
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray, Rows, int64_constant
from model.gangs.gangs.schema import UNCLAIMED
from model.police.chief.schema import (
    BLOCK_OF_HOURS_STREAM,
    BLOCKS,
    BY_ASKED,
    BY_CHAMPION,
    BY_EXPERIENCE,
    BY_FIGURES,
    BY_ORDER,
    BY_TRAINING,
    CHIEFS,
    HOUR_TERMS,
    HOUR_USES,
    HOURS_CHOICE,
    LIVED,
    MODE_CHOICE,
    MODE_TERMS,
    MOST_CANDIDATES,
    N_BLOCKS,
    NO_ORDER,
    ORDER_FROM_ABOVE_STREAM,
    PLAN_MODES,
    REQUEST_CHOICE,
    REQUEST_TERMS,
    SMALLEST_CHANCE,
    TO_ARREST,
    TO_PREVENT,
    WORK_CHOICE,
    WORK_OPTIONS,
    WORK_SHARES,
    WORK_TERMS,
    ChiefCounts,
    ChiefRow,
    Chiefs,
)
from model.police.plans.schema import KNOWN, PLAN_CELLS, Plans
from model.police.practices.schema import STATIONS
from model.police.pressure.schema import FIGURES, Pressure
from model.politics.mayor.schema import PETITIONS
from model.town.police import Post
from model.world.discrete_choice.rules import ChoiceTables, clear_terms, decide_and_record, share_with_prior
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import ARRESTS, INCIDENTS, MEETINGS, NO_ARRIVAL, OWN_PHONE, RESPONSES, UNSERVEDS
from model.world.state import BOARDS, OFFICERS, PLANS
from model.world.steps import KernelArguments, kernel_step

NO_BLOCK, (USE_HABIT, USE_VISITS, USE_QUICK_ARRESTS, USE_PLACES) = (
    int64_constant(-1),
    (int64_constant(use) for use in range(len(HOUR_USES))),
)


@kernel
def block_emphasis(block: int, use: int, usual: float, focus: float) -> float:
    """Return the factor of one activity in a block of hours, so that its mean is 1 at the usual hours.

    Parameters
    ----------
    block
        Use for which the hours are set; -1 where chiefs set none.
    use
        Use that the activity belongs to.
    usual
        Usual share of hours set for this use, below 1.
    focus
        Factor in hours set for this use.
    """
    if block < 0:
        return 1.0
    return focus if block == use else max(0.0, (1.0 - usual * focus) / (1.0 - usual))


@kernel
def hour_block_use(blocks: IntArray, p: Chiefs, f: int, post: int, tick: int, seed: int) -> int:
    """Return the use of a couple's hours in this shift, that of a random block of the month."""
    if p.sets_hours == 0:
        return NO_BLOCK
    use: int = blocks[f, int(N_BLOCKS * keyed_uniform(seed, BLOCK_OF_HOURS_STREAM, tick, post, 0))]
    return use


def chief_positions(world: World) -> IntArray:
    """Return the position of the chief of each facility: its first officer, or -1."""
    of = world.town.officers["facility"]
    found = [np.flatnonzero(of == f) for f in range(len(world.town.facilities))]
    return np.array([own[0] if len(own) else -1 for own in found], np.int64)


def serving_facilities(world: World) -> IntArray:
    """Return the facility that serves each authority, or -1."""
    home: IntArray = world.town.cells["facility"][world.town.authorities["cell"]]
    return home


@kernel
def record_chief_experience(
    shift: ShiftContext, chiefs: Rows[ChiefRow], posts: Rows[Post], homes: IntArray, numbers: Rows[Chiefs]
) -> None:
    """Add the outcomes of arrests, meetings and calls of leaders in this shift to the chiefs' experience.

    ``homes`` are the facilities by communal authority.  Updates `chiefs.held`, `chiefs.released`, `chiefs.welcomed` and
    `chiefs.ignored`.
    """
    day, p = shift.day, numbers[0]
    for k in range(day.counts[ARRESTS]):
        arrest = day.arrests[k]
        if arrest.post >= 0:
            chief = chiefs[posts[arrest.post].facility]
            chief.held += 1.0 if arrest.held == 1 else 0.0
            chief.released += 1.0 if arrest.held == 0 else 0.0
    for k in range(day.counts[MEETINGS]):
        if day.meetings[k].at_table == 1:
            continue  # who comes to the table is no sign of whether the station's own meetings are wanted
        chief = chiefs[homes[day.meetings[k].authority]]
        chief.welcomed += 1.0 if day.meetings[k].came >= p.attended else 0.0
        chief.ignored += 1.0 if day.meetings[k].came < p.attended else 0.0
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        f = shift.ground.cells[row.cell].facility
        if row.told == OWN_PHONE and f >= 0:
            chiefs[f].welcomed += p.told


@kernel
def keep_station_books(shift: ShiftContext, chiefs: Rows[ChiefRow]) -> None:
    """Add the calls and the crimes on record in its area to the books of each station.

    A call that was served on paper is no lost call there.  Updates `chiefs.served`, `chiefs.lost`, `chiefs.crimes`.
    """
    day, cells = shift.day, shift.ground.cells
    for k in range(day.counts[RESPONSES]):
        f = cells[day.responses[k].cell].facility
        if f >= 0:
            chiefs[f].served += 1.0
    for k in range(day.counts[UNSERVEDS]):
        row = day.unserved[k]
        if row.cell >= 0 and row.reason != NO_ARRIVAL and cells[row.cell].facility >= 0:
            chiefs[cells[row.cell].facility].lost += 1.0
    for k in range(day.counts[INCIDENTS]):
        f = cells[day.incidents[k].cell].facility
        if f >= 0:
            chiefs[f].crimes += day.incidents[k].recorded


@kernel
def take_word(
    shift: ShiftContext, chiefs: Rows[ChiefRow], posts: Rows[Post], homes: IntArray, numbers: Rows[Chiefs]
) -> None:
    """Let chiefs learn of the shift: what came of arrests, meetings and calls, and what their books say."""
    record_chief_experience(shift, chiefs, posts, homes, numbers)
    keep_station_books(shift, chiefs)


def compare_with_last_month(world: World, f: int) -> None:
    """Compare the known load at the places of the plan with a month ago, if the same plan was carried out.

    Updates `chiefs.fell`, `chiefs.rose`, `chiefs.made`, `chiefs.load` and `lived`.
    """
    chief, plan = world.state[CHIEFS][f], world.state[PLANS][f]
    numbers = world.parameters[Plans][world.town.facilities[f].settlement]
    places = world.state[PLAN_CELLS][f][: plan.n]
    load = float(world.state[KNOWN][places, plan.kind].sum())
    ran = plan.visits >= numbers.alive or plan.mode == PLAN_MODES.index("investigative")
    if chief.made == plan.made and ran:
        better, worse = float(load < chief.load), float(load > chief.load)
        chief.fell += better
        chief.rose += worse
        world.state[LIVED][f, plan.mode] += (better, worse)
    chief.made, chief.load = plan.made, load


def decay_chief_memory(chief: ChiefRow, lived: FloatArray, retained: float) -> None:
    """Decay a chief's experience of hours, plans and problems to a retained share, 0 to 1."""
    for column in ("welcomed", "ignored", "held", "released", "fell", "rose", "eased", "worse"):
        chief[column] *= retained
    lived *= retained


def count_open_requests(world: World) -> IntArray:
    """Return the open requests of each community to police or mayor; those followed up count twice."""
    requests, waiting = world.state[REQUESTS].used_rows(), world.state[PETITIONS]["asked"] >= 0
    n = len(world.state[BOARDS])
    asked = np.bincount(requests["authority"], weights=1.0 + requests["followed"], minlength=n)
    total: IntArray = (asked + waiting).astype(np.int64)
    return total


def order_from_above(world: World, month: int) -> int:
    """Return the order from above for the quarter of a month: to prevent, to arrest, or none."""
    p, u = world.parameters[Chiefs][0], keyed_uniform(world.seed, ORDER_FROM_ABOVE_STREAM, month // 3, 0, 0)
    if u >= 1.0 - p.order_prevent:
        return TO_PREVENT
    return TO_ARREST if u < p.order_arrests else NO_ORDER


def experience_log_odds(good: float, bad: float, p: Chiefs) -> float:
    """Return the utility (log-odds) of experience by its good and bad outcomes."""
    return p.experience * (2.0 * share_with_prior(good, bad, p.prior, 0.5) - 1.0)


def fill_hour_terms(world: World, choice: ChoiceTables, f: int) -> None:
    """Fill the terms of the utility of each use of hours at a facility; updates ``choice.terms``."""
    settlement = world.town.facilities[f].settlement
    p, pressure = world.parameters[Chiefs][settlement], world.parameters[Pressure][settlement]
    chief, officer = world.state[CHIEFS][f], world.state[OFFICERS][world.cached(chief_positions)[f]]
    waiting = log1p(chief.open)
    clear_terms(choice)
    visits, arrests, places = choice.terms[USE_VISITS], choice.terms[USE_QUICK_ARRESTS], choice.terms[USE_PLACES]
    visits[0], arrests[0], places[0] = p.visits, p.arrests, p.places
    visits[BY_EXPERIENCE] = experience_log_odds(chief.welcomed, chief.ignored, p)
    arrests[BY_EXPERIENCE] = experience_log_odds(chief.held, chief.released, p)
    places[BY_EXPERIENCE] = experience_log_odds(chief.fell, chief.rose, p)
    arrests[BY_FIGURES] = p.figures * pressure.level * world.state[FIGURES][f]["gap"]
    arrests[BY_ORDER] = p.order if chief.order == TO_ARREST else 0.0
    places[BY_ORDER] = p.order if chief.order == TO_PREVENT else 0.0
    visits[BY_ASKED], places[BY_ASKED] = p.asked * waiting, p.asked_places * waiting
    visits[BY_TRAINING] = p.training * officer.trained
    places[BY_TRAINING] = p.training_places * officer.trained
    visits[BY_CHAMPION] = p.champion * officer.champion
    places[BY_CHAMPION] = p.champion_places * officer.champion


def choose_hours(world: World, f: int) -> None:
    """Choose the uses of the coming month's blocks of hours at a facility; updates `blocks` and counts."""
    choice, row = world.view(ChoiceTables), world.tally[0]
    fill_hour_terms(world, choice, f)
    uses = [
        decide_and_record(choice, len(HOUR_USES), 1 + len(HOUR_TERMS), HOURS_CHOICE, False, world.tick + block, f)
        for block in range(N_BLOCKS)
    ]
    world.state[BLOCKS][f] = uses
    row.blocks_habit += uses.count(USE_HABIT)
    row.blocks_visits += uses.count(USE_VISITS)
    row.blocks_arrests += uses.count(USE_QUICK_ARRESTS)
    row.blocks_places += uses.count(USE_PLACES)


def work_reasons(world: World, f: int) -> tuple[float, ...]:
    """Return what speaks for all planned hours over none at a facility, in log-odds, in the order of `WORK_TERMS`."""
    p, chief = world.parameters[Chiefs][world.town.facilities[f].settlement], world.state[CHIEFS][f]
    crimes = log((chief.crimes + p.prior) / (chief.usual + p.prior)) if chief.usual >= 0.0 else 0.0
    order = float(chief.order == TO_PREVENT) - float(chief.order == TO_ARREST) + world.state[STATIONS][f].supported
    return (
        -p.work_unserved * chief.lost / (chief.served + chief.lost + p.prior),
        -p.work_crimes * crimes,
        p.work_asked * log1p(chief.open),
        p.order * order,
        experience_log_odds(chief.welcomed, chief.ignored, p),
        experience_log_odds(chief.eased, chief.worse, p),
    )


def choose_work(world: World, f: int) -> None:
    """Choose how much of the coming month's planned hours takes place at a facility; updates `chiefs.work`, counts."""
    choice, row = world.view(ChoiceTables), world.tally[0]
    usual = world.parameters[Chiefs][world.town.facilities[f].settlement].work
    clear_terms(choice)
    for option, share in enumerate(WORK_SHARES):
        choice.terms[option, : 1 + len(WORK_TERMS)] = (
            share * usual,
            *(share * term for term in work_reasons(world, f)),
        )
    taken = decide_and_record(choice, len(WORK_OPTIONS), 1 + len(WORK_TERMS), WORK_CHOICE, True, world.tick, f)
    world.state[CHIEFS][f].work = WORK_SHARES[taken]
    row.work_none += taken == 0
    row.work_half += taken == 1
    row.work_all += taken == 2


def close_station_books(chief: ChiefRow, retained: float) -> None:
    """Close the books of a month: crimes on record enter the usual ones, of which a share is retained; all begin anew.

    Updates `chiefs.usual`, `chiefs.served`, `chiefs.lost` and `chiefs.crimes`.
    """
    before = chief.crimes if chief.usual < 0.0 else chief.usual
    chief.usual = retained * before + (1.0 - retained) * chief.crimes
    chief.served = chief.lost = chief.crimes = 0.0


def choose_plan_mode(world: World, f: int, trained: float, p: Plans) -> int:
    """Return the mode that a chief chooses for a plan, by trained officers, diagnosis and experience."""
    choice, plan, lived = world.view(ChoiceTables), world.state[PLANS][f], world.state[LIVED][f]
    numbers = world.parameters[Chiefs][world.town.facilities[f].settlement]
    clear_terms(choice)
    choice.terms[1, 0], choice.terms[2, 0] = p.bust, p.investigative
    choice.terms[0, 1], choice.terms[0, 2] = p.trained * trained, p.founded * plan.founded
    for mode in range(len(PLAN_MODES)):
        choice.terms[mode, 3] = experience_log_odds(lived[mode, 0], lived[mode, 1], numbers)
    return decide_and_record(choice, len(PLAN_MODES), 1 + len(MODE_TERMS), MODE_CHOICE, False, world.tick, f)


def choose_request(world: World, f: int, candidates: IntArray, p: Plans) -> int:
    """Return the community whose request a chief takes up in the plan, or -1; requests to the mayor come first."""
    state, numbers = world.state, world.parameters[Chiefs][world.town.facilities[f].settlement]
    climbed = state[PETITIONS]["asked"] >= 0
    order = np.lexsort((candidates, state[BOARDS]["asked"][candidates], ~climbed[candidates]))
    rows = candidates[order][:MOST_CANDIDATES]
    if len(rows) == 0:
        return -1
    choice, chief, asked = world.view(ChoiceTables), state[CHIEFS][f], count_open_requests(world)
    usual = min(1.0 - SMALLEST_CHANCE, max(SMALLEST_CHANCE, p.takes_request))
    clear_terms(choice)
    for o, a in enumerate(rows, start=1):
        choice.terms[o, 0] = log(usual / (1.0 - usual))
        choice.terms[o, 1] = numbers.climbed * climbed[a]
        choice.terms[o, 2] = numbers.urged * max(0, min(int(asked[a]), int(numbers.urged_most)) - 1)
        choice.terms[o, 3] = experience_log_odds(chief.welcomed, chief.ignored, numbers)
    taken = decide_and_record(choice, 1 + len(rows), 1 + len(REQUEST_TERMS), REQUEST_CHOICE, False, world.tick, f)
    return int(rows[taken - 1]) if taken > 0 else -1


def update_commands(world: World, month: int) -> None:
    """Update every chief's experience and order, and choose the hours of a month and the planned ones among them.

    A new chief begins without experience and without captor.
    """
    state, chiefs, at = world.state, world.state[CHIEFS], world.cached(chief_positions)
    state[CHOICES].reserve((N_BLOCKS + 1) * len(chiefs))
    home, asked = world.cached(serving_facilities), count_open_requests(world)
    for f, chief in enumerate(chiefs):
        if at[f] < 0:
            continue
        numbers = world.parameters[Chiefs][world.town.facilities[f].settlement]
        if chief.person != state[OFFICERS][at[f]].person:
            chief.person, chief.captor = state[OFFICERS][at[f]].person, UNCLAIMED
            decay_chief_memory(chief, state[LIVED][f], 0.0)
        decay_chief_memory(chief, state[LIVED][f], exp(-LN_2 / numbers.memory))
        chief.open, chief.order = float(asked[home == f].sum()), order_from_above(world, month)
        compare_with_last_month(world, f)
        if numbers.sets_hours == 1:
            choose_hours(world, f)
        if numbers.weighs_work == 1:
            choose_work(world, f)


def initialise(world: World) -> None:
    """Set the hours of the first month."""
    update_commands(world, world.month)


@kernel_step(take_word)
def step(world: World) -> KernelArguments:
    """Let chiefs learn of the shift."""
    return (
        world.shift_context(),
        world.state[CHIEFS],
        world.town.posts,
        world.cached(serving_facilities),
        world.parameters[Chiefs],
    )


def close_month(world: World) -> None:
    """Set the hours of the coming month, and close the books of this one."""
    update_commands(world, world.month + 1)
    for f, chief in enumerate(world.state[CHIEFS]):
        memory = world.parameters[Chiefs][world.town.facilities[f].settlement].memory
        close_station_books(chief, exp(-LN_2 / memory))


MECHANISM = Mechanism(
    group=Chiefs,
    tables=(CHIEFS, BLOCKS, LIVED),
    counts=ChiefCounts,
    writes=("choices",),
    initialise=initialise,
    knockout=Knockout(("blocks_visits", "blocks_arrests", "blocks_places", "work_half")),
    measures={
        "blocks_habit": Measure("blocks"),
        "blocks_visits": Measure("blocks"),
        "blocks_arrests": Measure("blocks"),
        "blocks_places": Measure("blocks"),
        "work_none": Measure("stations"),
        "work_half": Measure("stations"),
        "work_all": Measure("stations"),
    },
)
