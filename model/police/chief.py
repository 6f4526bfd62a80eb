"""M41, station chiefs: hours of the month, planned hours that take place, the mode of a plan and its request.

A chief knows the orders from above, the station's books, the requests of communities, and the outcomes of hours, plans
and work on problems since taking the position; a successor begins without this experience.  Each decision is a discrete
choice.  Switched off, all couples spend their hours alike, all planned hours take place, and modes and requests are by
chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.engine.choices import declare_choice
from model.engine.domains import LARGEST_COUNT, LARGEST_REAL, PAST, POSITIVE, SHARE, Domain, code_of, row_of
from model.engine.elementary import LN_2, exp, log, log1p
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Column, Row, int64_constant
from model.engine.tables import ArraySpec, RowTableSpec
from model.town.territory import UNCLAIMED
from model.world.derived import constant
from model.world.discrete_choice import clear_terms, decide_and_record, share_with_prior
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_events import ARRESTS, INCIDENTS, MEETINGS, NO_ARRIVAL, OWN_PHONE, RESPONSES, UNSERVEDS
from model.world.state import HOUR_USES, PLAN_MODES
from model.world.steps import step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.police.plans import Plans
    from model.simulation.world import Simulation, World

ORDER_FROM_ABOVE_STREAM, BLOCK_OF_HOURS_STREAM = stream_id("order from above"), stream_id("block of hours")
N_BLOCKS = 8
"""Blocks of hours in a month, each set for one use."""
HourTerm = IntEnum("HourTerm", "HABIT EXPERIENCE FIGURES ORDER ASKED TRAINING CHAMPION", start=0)
HOURS_CHOICE = declare_choice("hours of the month", "chief", HOUR_USES, HourTerm)
ModeTerm = IntEnum("ModeTerm", "HABIT TRAINING DIAGNOSIS EXPERIENCE", start=0)
MODE_CHOICE = declare_choice("mode of the plan", "chief", PLAN_MODES, ModeTerm)
MOST_CANDIDATES = 4
"""Most requests among which a chief chooses."""
SMALLEST_CHANCE = 1e-6
"""Limit of probabilities before their logit is taken."""
RequestTerm = IntEnum("RequestTerm", "HABIT CLIMBED ASKED EXPERIENCE", start=0)
REQUEST_CHOICE = declare_choice(
    "request taken up", "chief", ("none", "first", "second", "third", "fourth"), RequestTerm
)
WORK_OPTIONS = ("none", "half", "all")
WORK_SHARES = (0.0, 0.5, 1.0)
"""Shares of the planned hours that take place, by option."""
WorkTerm = IntEnum("WorkTerm", "HABIT UNSERVED CRIMES ASKED ORDER MEETINGS PROBLEMS", start=0)
WORK_CHOICE = declare_choice("planned hours that take place", "chief", WORK_OPTIONS, WorkTerm, ordered=True)
NO_ORDER, TO_ARREST, TO_PREVENT = range(3)


@dataclass(frozen=True, init=False)
class Chiefs(ParameterGroup):
    """Parameters of the chiefs' choices, and of the effect of hours on couples."""

    name: ClassVar[str] = "chief"
    evidence: ClassVar[tuple[str, ...]] = ("B13", "B20", "B22", "C18", "C21", "D02", "E04", "E13", "H03", "Q19", "Q21")

    sets_hours: int
    picks_modes: int
    picks_requests: int
    weighs_work: int
    work: float
    work_unserved: float
    work_crimes: float
    work_asked: float
    visits: float
    arrests: float
    places: float
    experience: float
    figures: float
    order: float
    order_arrests: float
    order_prevent: float
    asked: float
    asked_places: float
    training: float
    training_places: float
    champion: float
    champion_places: float
    climbed: float
    urged: float
    urged_most: int
    attended: int
    told: float
    prior: float
    memory: float
    usual_visits: float
    usual_arrests: float
    usual_places: float
    focus: float
    focus_stops: float


class ChiefRow(Row):
    """Chief of a facility: person, order in force, and experience since taking the position.

    ``open`` are open requests; ``load`` is the known crime load at the places of the plan made at tick ``made``;
    ``captor`` the group that has captured the chief.  ``eased`` and ``worse`` are problems under a response of which
    less or more was known after a month.  The station's books count this month's calls ``served`` and ``lost`` and
    crimes on record, ``crimes``; those of a usual month are ``usual``, -1 before the first.  ``work`` is the share of
    planned hours that takes place.
    """

    person: Annotated[int, Column("", first=-1), Domain(-1, LARGEST_COUNT)]
    order: Annotated[int, code_of(TO_PREVENT + 1)]
    captor: Annotated[int, Column("", first=-1), row_of("group", none=True)]
    made: Annotated[int, Column("", first=-2), PAST]
    open: Annotated[float, POSITIVE]
    welcomed: Annotated[float, POSITIVE]
    ignored: Annotated[float, POSITIVE]
    held: Annotated[float, POSITIVE]
    released: Annotated[float, POSITIVE]
    fell: Annotated[float, POSITIVE]
    rose: Annotated[float, POSITIVE]
    load: Annotated[float, POSITIVE]
    eased: Annotated[float, POSITIVE]
    worse: Annotated[float, POSITIVE]
    served: Annotated[float, POSITIVE]
    lost: Annotated[float, POSITIVE]
    crimes: Annotated[float, POSITIVE]
    usual: Annotated[float, Column("", first=-1.0), Domain(-1.0, LARGEST_REAL)]
    work: Annotated[float, Column("", first=1.0), SHARE]


CHIEFS = RowTableSpec(name="chiefs", row=ChiefRow, per="facility", about="Who commands each station.")
BLOCKS = ArraySpec(
    name="blocks",
    of=np.int64,
    shape=("facility", N_BLOCKS),
    first=-1.0,
    about="Uses of hours of the month.",
    domain=code_of(len(HOUR_USES), none=True),
)
MODE_OUTCOMES = ArraySpec(
    name="mode_outcomes",
    of=np.float64,
    shape=("facility", len(PLAN_MODES), 2),
    about="What came of each mode, good and bad.",
    domain=POSITIVE,
)


class ChiefCounts(Row):
    """Monthly counts of blocks of hours by use, and of stations by the planned hours that take place."""

    blocks_habit: float
    blocks_visits: float
    blocks_arrests: float
    blocks_places: float
    work_none: float
    work_half: float
    work_all: float


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
def hour_block_use(w: World, p: Chiefs, f: int, post: int) -> int:
    """Return the use of a couple's hours in this shift, that of a random block of the month."""
    if p.sets_hours == 0:
        return NO_BLOCK
    use: int = w.blocks[f, int(N_BLOCKS * keyed_uniform(w.seed, BLOCK_OF_HOURS_STREAM, w.tick, post, 0))]
    return use


@constant
def chief_positions(sim: Simulation) -> IntArray:
    """Return the position of the chief of each facility: its first officer, or -1."""
    of = sim.town.officers["facility"]
    found = [np.flatnonzero(of == f) for f in range(len(sim.town.facilities))]
    return np.array([own[0] if len(own) else -1 for own in found], np.int64)


@constant
def serving_facilities(sim: Simulation) -> IntArray:
    """Return the facility that serves each authority, or -1."""
    home: IntArray = sim.town.cells["facility"][sim.town.authorities["cell"]]
    return home


@kernel
def record_chief_experience(w: World) -> None:
    """Add the outcomes of arrests, meetings and calls of leaders in this shift to the chiefs' experience.

    Updates `chiefs.held`, `chiefs.released`, `chiefs.welcomed` and `chiefs.ignored`.
    """
    chiefs = w.chiefs
    p = w.p.chief[0]
    for k in range(w.counts[ARRESTS]):
        arrest = w.arrests[k]
        if arrest.post >= 0:
            chief = chiefs[w.posts[arrest.post].facility]
            chief.held += 1.0 if arrest.held == 1 else 0.0
            chief.released += 1.0 if arrest.held == 0 else 0.0
    for k in range(w.counts[MEETINGS]):
        if w.meetings[k].at_table == 1:
            continue  # who comes to the table is no sign of whether the station's own meetings are wanted
        chief = chiefs[w.serving_facilities[w.meetings[k].authority]]
        chief.welcomed += 1.0 if w.meetings[k].came >= p.attended else 0.0
        chief.ignored += 1.0 if w.meetings[k].came < p.attended else 0.0
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        f = w.cells[row.cell].facility
        if row.reported_to == OWN_PHONE and f >= 0:
            chiefs[f].welcomed += p.told


@kernel
def keep_station_books(w: World) -> None:
    """Add the calls and the crimes on record in its area to the books of each station.

    A call that was served on paper is no lost call there.  Updates `chiefs.served`, `chiefs.lost`, `chiefs.crimes`.
    """
    chiefs = w.chiefs
    cells = w.cells
    for k in range(w.counts[RESPONSES]):
        f = cells[w.responses[k].cell].facility
        if f >= 0:
            chiefs[f].served += 1.0
    for k in range(w.counts[UNSERVEDS]):
        row = w.unserved[k]
        if row.cell >= 0 and row.reason != NO_ARRIVAL and cells[row.cell].facility >= 0:
            chiefs[cells[row.cell].facility].lost += 1.0
    for k in range(w.counts[INCIDENTS]):
        f = cells[w.incidents[k].cell].facility
        if f >= 0:
            chiefs[f].crimes += w.incidents[k].recorded


def compare_with_last_month(sim: Simulation, f: int) -> None:
    """Compare the known load at the places of the plan with a month ago, if the same plan was carried out.

    Updates `chiefs.fell`, `chiefs.rose`, `chiefs.made`, `chiefs.load` and `lived`.
    """
    chief, plan = sim.w.chiefs[f], sim.w.plans[f]
    numbers = sim.p.plans[sim.town.facilities[f].settlement]
    places = sim.w.plan_cells[f][: plan.n]
    load = float(sim.w.crimes_known[places, plan.kind].sum())
    ran = plan.visits >= numbers.alive or plan.mode == PLAN_MODES.index("investigative")
    if chief.made == plan.made and ran:
        better, worse = float(load < chief.load), float(load > chief.load)
        chief.fell += better
        chief.rose += worse
        sim.w.mode_outcomes[f, plan.mode] += (better, worse)
    chief.made, chief.load = plan.made, load


def decay_chief_memory(chief: ChiefRow, lived: FloatArray, retained: float) -> None:
    """Decay a chief's experience of hours, plans and problems to a retained share, 0 to 1."""
    for column in ("welcomed", "ignored", "held", "released", "fell", "rose", "eased", "worse"):
        chief[column] *= retained
    lived *= retained


def count_open_requests(sim: Simulation) -> IntArray:
    """Return the open requests of each community to police or mayor; those followed up count twice."""
    requests, waiting = sim.state.requests.used_rows(), sim.w.petitions["asked"] >= 0
    n = len(sim.w.boards)
    asked = np.bincount(requests["authority"], weights=1.0 + requests["followed"], minlength=n)
    total: IntArray = (asked + waiting).astype(np.int64)
    return total


def order_from_above(sim: Simulation, month: int) -> int:
    """Return the order from above for the quarter of a month: to prevent, to arrest, or none."""
    p, u = sim.p.chief[0], keyed_uniform(sim.seed, ORDER_FROM_ABOVE_STREAM, month // 3, 0, 0)
    if u >= 1.0 - p.order_prevent:
        return TO_PREVENT
    return TO_ARREST if u < p.order_arrests else NO_ORDER


def experience_log_odds(good: float, bad: float, p: Chiefs) -> float:
    """Return the utility (log-odds) of experience by its good and bad outcomes."""
    return p.experience * (2.0 * share_with_prior(good, bad, p.prior, 0.5) - 1.0)


def fill_hour_terms(sim: Simulation, f: int) -> None:
    """Fill the terms of the utility of each use of hours at a facility; updates `choice_terms`."""
    settlement = sim.town.facilities[f].settlement
    p, pressure = sim.p.chief[settlement], sim.p.pressure[settlement]
    chief, officer = sim.w.chiefs[f], sim.w.officers[sim.cached(chief_positions)[f]]
    waiting = log1p(chief.open)
    clear_terms(sim.w)
    terms = sim.w.choice_terms
    visits, arrests, places = terms[USE_VISITS], terms[USE_QUICK_ARRESTS], terms[USE_PLACES]
    visits[0], arrests[0], places[0] = p.visits, p.arrests, p.places
    visits[HourTerm.EXPERIENCE] = experience_log_odds(chief.welcomed, chief.ignored, p)
    arrests[HourTerm.EXPERIENCE] = experience_log_odds(chief.held, chief.released, p)
    places[HourTerm.EXPERIENCE] = experience_log_odds(chief.fell, chief.rose, p)
    arrests[HourTerm.FIGURES] = p.figures * pressure.level * sim.w.figures[f]["gap"]
    arrests[HourTerm.ORDER] = p.order if chief.order == TO_ARREST else 0.0
    places[HourTerm.ORDER] = p.order if chief.order == TO_PREVENT else 0.0
    visits[HourTerm.ASKED], places[HourTerm.ASKED] = p.asked * waiting, p.asked_places * waiting
    visits[HourTerm.TRAINING] = p.training * officer.trained
    places[HourTerm.TRAINING] = p.training_places * officer.trained
    visits[HourTerm.CHAMPION] = p.champion * officer.champion
    places[HourTerm.CHAMPION] = p.champion_places * officer.champion


def choose_hours(sim: Simulation, f: int) -> None:
    """Choose the uses of the coming month's blocks of hours at a facility; updates `blocks` and counts."""
    row = sim.tally[0]
    fill_hour_terms(sim, f)
    uses = [
        decide_and_record(sim.w, len(HOUR_USES), len(HourTerm), HOURS_CHOICE, False, sim.tick + block, f)
        for block in range(N_BLOCKS)
    ]
    sim.w.blocks[f] = uses
    row.blocks_habit += uses.count(USE_HABIT)
    row.blocks_visits += uses.count(USE_VISITS)
    row.blocks_arrests += uses.count(USE_QUICK_ARRESTS)
    row.blocks_places += uses.count(USE_PLACES)


def work_reasons(sim: Simulation, f: int) -> tuple[float, ...]:
    """Return what speaks for all planned hours over none at a facility, in log-odds, in the order of `WorkTerm`."""
    p, chief = sim.p.chief[sim.town.facilities[f].settlement], sim.w.chiefs[f]
    crimes = log((chief.crimes + p.prior) / (chief.usual + p.prior)) if chief.usual >= 0.0 else 0.0
    order = float(chief.order == TO_PREVENT) - float(chief.order == TO_ARREST) + sim.w.stations[f].supported
    return (
        -p.work_unserved * chief.lost / (chief.served + chief.lost + p.prior),
        -p.work_crimes * crimes,
        p.work_asked * log1p(chief.open),
        p.order * order,
        experience_log_odds(chief.welcomed, chief.ignored, p),
        experience_log_odds(chief.eased, chief.worse, p),
    )


def choose_work(sim: Simulation, f: int) -> None:
    """Choose how much of the coming month's planned hours takes place at a facility; updates `chiefs.work`, counts."""
    row = sim.tally[0]
    usual = sim.p.chief[sim.town.facilities[f].settlement].work
    clear_terms(sim.w)
    for option, share in enumerate(WORK_SHARES):
        sim.w.choice_terms[option, : len(WorkTerm)] = (
            share * usual,
            *(share * term for term in work_reasons(sim, f)),
        )
    taken = decide_and_record(sim.w, len(WORK_OPTIONS), len(WorkTerm), WORK_CHOICE, True, sim.tick, f)
    sim.w.chiefs[f].work = WORK_SHARES[taken]
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


def choose_plan_mode(sim: Simulation, f: int, trained: float, p: Plans) -> int:
    """Return the mode that a chief chooses for a plan, by trained officers, diagnosis and experience."""
    terms, plan, lived = sim.w.choice_terms, sim.w.plans[f], sim.w.mode_outcomes[f]
    numbers = sim.p.chief[sim.town.facilities[f].settlement]
    clear_terms(sim.w)
    terms[1, ModeTerm.HABIT], terms[2, ModeTerm.HABIT] = p.bust, p.investigative
    terms[0, ModeTerm.TRAINING], terms[0, ModeTerm.DIAGNOSIS] = p.trained * trained, p.founded * plan.founded
    for mode in range(len(PLAN_MODES)):
        terms[mode, ModeTerm.EXPERIENCE] = experience_log_odds(lived[mode, 0], lived[mode, 1], numbers)
    return decide_and_record(sim.w, len(PLAN_MODES), len(ModeTerm), MODE_CHOICE, False, sim.tick, f)


def choose_request(sim: Simulation, f: int, candidates: IntArray, p: Plans) -> int:
    """Return the community whose request a chief takes up in the plan, or -1; requests to the mayor come first."""
    numbers = sim.p.chief[sim.town.facilities[f].settlement]
    climbed = sim.w.petitions["asked"] >= 0
    order = np.lexsort((candidates, sim.w.boards["asked"][candidates], ~climbed[candidates]))
    rows = candidates[order][:MOST_CANDIDATES]
    if len(rows) == 0:
        return -1
    terms, chief, asked = sim.w.choice_terms, sim.w.chiefs[f], count_open_requests(sim)
    usual = min(1.0 - SMALLEST_CHANCE, max(SMALLEST_CHANCE, p.takes_request))
    clear_terms(sim.w)
    for o, a in enumerate(rows, start=1):
        terms[o, RequestTerm.HABIT] = log(usual / (1.0 - usual))
        terms[o, RequestTerm.CLIMBED] = numbers.climbed * climbed[a]
        terms[o, RequestTerm.ASKED] = numbers.urged * max(0, min(int(asked[a]), int(numbers.urged_most)) - 1)
        terms[o, RequestTerm.EXPERIENCE] = experience_log_odds(chief.welcomed, chief.ignored, numbers)
    taken = decide_and_record(sim.w, 1 + len(rows), len(RequestTerm), REQUEST_CHOICE, False, sim.tick, f)
    return int(rows[taken - 1]) if taken > 0 else -1


def update_commands(sim: Simulation, month: int) -> None:
    """Update every chief's experience and order, and choose the hours of a month and the planned ones among them.

    A new chief begins without experience and without captor.
    """
    state, chiefs, at = sim.state, sim.w.chiefs, sim.cached(chief_positions)
    state.choices.reserve((N_BLOCKS + 1) * len(chiefs))
    home, asked = sim.cached(serving_facilities), count_open_requests(sim)
    for f, chief in enumerate(chiefs):
        if at[f] < 0:
            continue
        numbers = sim.p.chief[sim.town.facilities[f].settlement]
        if chief.person != sim.w.officers[at[f]].person:
            chief.person, chief.captor = sim.w.officers[at[f]].person, UNCLAIMED
            decay_chief_memory(chief, sim.w.mode_outcomes[f], 0.0)
        decay_chief_memory(chief, sim.w.mode_outcomes[f], exp(-LN_2 / numbers.memory))
        chief.open, chief.order = float(asked[home == f].sum()), order_from_above(sim, month)
        compare_with_last_month(sim, f)
        if numbers.sets_hours == 1:
            choose_hours(sim, f)
        if numbers.weighs_work == 1:
            choose_work(sim, f)


def initialise(sim: Simulation) -> None:
    """Set the hours of the first month."""
    update_commands(sim, sim.month)


@step
def take_word(w: World) -> None:
    """Let chiefs learn of the shift: what came of arrests, meetings and calls, and what their books say."""
    record_chief_experience(w)
    keep_station_books(w)


def set_hours(sim: Simulation) -> None:
    """Set the hours of the coming month, and close the books of this one."""
    update_commands(sim, sim.month + 1)
    for f, chief in enumerate(sim.w.chiefs):
        memory = sim.p.chief[sim.town.facilities[f].settlement].memory
        close_station_books(chief, exp(-LN_2 / memory))


MECHANISM = Mechanism(
    group=Chiefs,
    tables=(CHIEFS, BLOCKS, MODE_OUTCOMES),
    counts=ChiefCounts,
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
