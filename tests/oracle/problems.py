"""Problems with causes: where crime gathers, and what the police make of it (ODD: problems)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from oracle.crime import (
    BURGLARY,
    CEILINGS,
    HOME_KINDS,
    plain_hazard,
    youngest_victim,
)
from oracle.information import is_known_to_police
from oracle.minutes import FOR_PROBLEMS, HOMES
from oracle.practices import ANALYSIS, FOLLOW, habit_of_chief, leader_of, staff_of

if TYPE_CHECKING:
    from oracle.consultation import Request
    from oracle.places import Cell
    from oracle.police import Facility, Officer, Sector
    from oracle.town import PlainTown

N_KINDS, N_ALL = 6, 9
WEEK, FRIDAY = 21, 4
CAUSES = ("lighting", "bar", "bus_stop", "fence", "family", "plot")
LIGHTING, BAR, BUS_STOP, FENCE, FAMILY, PLOT = range(6)
NONE = -1
CLASS_OF = (0, 0, 1, 1, 2, 3)
PLACES = 8
MOST_TAKEN, MARGIN = 0.6, 0.5
PAVED, DIRT = 0, 1
EVENING_OF_WORKING_DAY = 1


@dataclass(eq=False)
class Problem:
    """A slot, and the problem in it, if there is one."""

    slot: int
    gen: int = 0
    cell: "Cell | None" = None
    sector: "Sector | None" = None
    kind: int = NONE
    cause: int = NONE
    noted: int = NONE
    named: int = NONE
    shared: bool = False
    shown: int = 0
    response: int = NONE
    owner: "Officer | None" = None
    person: int = NONE
    begun: int = NONE
    kept: int = 0
    size: float = 0.0
    more: float = 0.0
    eff: float = 0.0
    seen: float = 0.0
    reported: float = 0.0
    written: float = 0.0
    filed: float = 0.0
    talked: float = 0.0
    talks: float = 0.0
    refused: float = 0.0
    owed: float = 0.0
    load: float = 0.0

    def is_named_wrong(self) -> bool:
        """Tell whether the cause on record is not the true one."""
        return self.named not in (NONE, self.cause)


@dataclass
class Record:
    """What a sector has done about its problems."""

    found: int = 0
    tried: int = 0
    better: int = 0


@dataclass
class Problems:
    """All problems, what is usual where, and what sectors have done."""

    usual: list[list[float]]
    room: list[list[float]]
    sector_of: "dict[Cell, Sector]"
    records: list[Record]
    marks: list[float]
    to_verify: list[float]
    months: int = 0
    slots: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    rest: list[float] = field(default_factory=lambda: [1.0] * N_ALL)

    def of_kind(self, kind: int) -> list[Problem]:
        """Return the problems of a kind."""
        return [one for one in self.slots if one.cell is not None and one.kind == kind]

    def at(self, cell: "Cell", kind: int) -> Problem | None:
        """Return the problem of a cell and kind."""
        return next((one for one in self.slots if one.cell is cell and one.kind == kind), None)

    def gathers(self, kind: int, cell: "Cell") -> float:
        """Return by what the hazard of a kind is multiplied in a cell."""
        problem = self.at(cell, kind)
        return self.rest[kind] + (0.0 if problem is None else problem.more)

    def left_by_response(self, kind: int, cell: "Cell", effect: float) -> float:
        """Share of the hazard of a kind that a response leaves in a cell."""
        problem = self.at(cell, kind)
        return 1.0 if problem is None else 1.0 - effect * problem.eff * problem.more / self.gathers(kind, cell)

    def note_refused(self, kind: int, cell: "Cell") -> None:
        """Note a crime that a response kept away."""
        self.refused += [one for one in self.slots if one.cell is cell and one.kind == kind]

    def usual_of(self, kind: int) -> float:
        """Crimes a year of a kind in the whole town."""
        return math.fsum(row[kind] for row in self.usual)

    def lay(self) -> None:
        """Find the share of the hazard of each kind that problems leave everywhere."""
        for kind in range(N_KINDS):
            usual, taken = self.usual_of(kind), math.fsum(one.size for one in self.of_kind(kind))
            self.rest[kind] = 1.0 - taken / usual if usual > 0.0 else 1.0


# At the start


def begin_problems(town: "PlainTown") -> None:
    """Find what is usual where, and fill slots until enough crime gathers."""
    sector_of = {cell: sector for sector in town.sectors for cell, _ in sector.route}
    p, nothing = town.numbers("problems"), [[0.0] * N_KINDS for _ in town.cells]
    usual, greatest = usual_crime(town) if p.gathered > 0.0 else (nothing, nothing)
    room = [[CEILINGS[k] / high if high > 0.0 else 0.0 for k, high in enumerate(row)] for row in greatest]
    records, none_yet = [Record() for _ in town.sectors], [0.0] * len(town.facilities)
    town.problems = Problems(usual, room, sector_of, records, none_yet[:], none_yet[:])
    wanted = p.gathered * math.fsum(map(math.fsum, usual))
    while wanted > sum(one.size for one in town.problems.slots):
        if len(town.problems.slots) >= 4 * math.ceil(wanted / p.size):
            break
        town.problems.slots.append(Problem(len(town.problems.slots)))
        arise(town, town.problems.slots[-1])
    town.problems.lay()


def usual_crime(town: "PlainTown") -> tuple[list[list[float]], list[list[float]]]:
    """Return crimes a year, and the greatest hazard of anybody on a plain day, by cell and kind, without problems."""
    first = town.tick - town.tick % 3
    week = [
        (tick, town.list_of(tick), not town.has_market(tick) and town.weekday_of(tick) < FRIDAY)
        for tick in range(first, first + WEEK)
    ]
    usual = [[0.0] * N_KINDS for _ in town.cells]
    greatest = [[0.0] * N_KINDS for _ in town.cells]
    for one in town.residents:
        for kind in range(N_KINDS) if one.alive else ():
            if one.age_at(first) < youngest_victim(kind):
                continue
            for tick, places, is_plain in week:
                cell = one.home if kind in HOME_KINDS else one.places[places]
                if cell is not None:
                    hazard = plain_hazard(town, kind, cell, one, tick)
                    usual[cell.number][kind] += hazard / WEEK
                    if is_plain:
                        greatest[cell.number][kind] = max(greatest[cell.number][kind], hazard)
    return usual, greatest


# A problem arises


def arise(town: "PlainTown", slot: Problem) -> None:
    """Let a problem arise in an empty slot, if it finds a place."""
    found = town.problems
    served = [cell for cell in town.cells if cell in found.sector_of]

    def u(name: str, tick: int) -> float:
        return town.uniform(name, slot.slot, slot.gen, tick=tick)

    by_kind = [math.fsum(found.usual[cell.number][k] for cell in served) for k in range(N_KINDS)]
    kind = weighted(by_kind, u("problem kind", 0))
    if kind is None:
        return
    best, taken = None, sum(one.size for one in found.of_kind(kind))
    for r in range(PLACES):
        place = weighted([found.usual[cell.number][kind] for cell in served], u("problem place", r))
        assert place is not None
        cell = served[place]
        size = fitting_size(town, cell, kind, taken, lambda j: u("problem size", j))
        if found.at(cell, kind) is None and size > slot.size:
            best, slot.size = cell, size
    if best is not None:
        slot.cell, slot.kind, slot.sector = best, kind, found.sector_of[best]
        slot.more = slot.size / found.usual[best.number][kind]
        slot.cause = weighted(weights_of_causes(town, best, kind), u("problem cause", 0)) or LIGHTING


def weighted(weights: Sequence[float], u: float) -> int | None:
    """Return the place for the uniform number u, by weights; None without any."""
    total = sum(weights)
    if total <= 0.0:
        return None
    reached = list(accumulate(weights))
    with_weight = [k for k, weight in enumerate(weights) if weight > 0.0]
    return next((k for k, reach in enumerate(reached) if reach > u * total), with_weight[-1])


def fitting_size(town: "PlainTown", cell: "Cell", kind: int, taken: float, uniform: Callable[[int], float]) -> float:
    """Return the size of a problem that fits into a cell."""
    p, found = town.numbers("problems"), town.problems
    z = sum(uniform(j) for j in range(12)) - 6.0
    wished = p.size * math.exp(p.spread * z - p.spread**2 / 2.0)
    steepest = min(p.steepest, MARGIN * found.room[cell.number][kind] - (1.0 - p.gathered))
    left = MOST_TAKEN * found.usual_of(kind) - taken
    return float(min(wished, left, steepest * found.usual[cell.number][kind]))


def weights_of_causes(town: "PlainTown", cell: "Cell", kind: int) -> list[float]:
    """Return how likely each cause is at a place."""
    p = town.numbers("problems")
    fits = {
        "lighting": kind != BURGLARY and cell.lit <= town.tick,
        "bar": cell.bars > 0,
        "bus_stop": kind in (0, 1, 5) and cell.road in (PAVED, DIRT),
        "fence": kind <= BURGLARY,
        "family": True,
        "plot": not cell.core and not cell.market,
    }
    return [getattr(p, cause) if fits[cause] else 0.0 for cause in CAUSES]


# Every shift


def note_problems(town: "PlainTown") -> None:
    """Note what happened at problems, and what did not."""
    found = town.problems
    for incident in town.incidents if found.slots else ():
        found.to_verify[incident.cell.facility] += incident.written
        problem = found.at(incident.cell, incident.kind)
        if problem is not None:
            problem.seen += 1.0
            problem.reported += is_known_to_police(incident)
            problem.written += incident.written
    for problem in found.refused:
        problem.refused += 1.0
        record_of(town, problem).better += 1
    found.refused = []
    for visit in town.visits:
        if visit.alive and visit.kind == HOMES:
            near = (visit.cell, *visit.cell.neighbours)
            for problem in found.slots:
                problem.talked += problem.cell is not None and problem.cell in near


def record_of(town: "PlainTown", problem: Problem) -> Record:
    """Return the record of the sector of a problem."""
    assert problem.sector is not None
    return town.problems.records[problem.sector.number]


# At a month's end


def solve_problems(town: "PlainTown") -> None:
    """Let problems end and arise, be noticed, be looked into and be met; before the start, twelve times a month."""
    if not town.problems.slots:
        return
    had, asked, now = [take_minutes(town, facility) for facility in town.facilities], [0.0], town.tick
    passes = 12 if town.tick < town.start_tick else 1
    town.problems.months += 1
    for town.tick in range(now - passes + 1, now + 1):
        asked = work_a_month(town, had)
    warm_up_lasts = town.tick + 1 < town.start_tick
    for problem in town.problems.slots:
        problem.seen = 0.0
        if not warm_up_lasts:
            problem.reported = problem.written = problem.talked = 0.0
    town.problems.months *= warm_up_lasts
    for facility, minutes in zip(town.facilities, asked, strict=True):
        owed = facility.owed[FOR_PROBLEMS]
        town.problems.marks[facility.number] = owed.asked
        owed.ask(minutes)
        town.problems.to_verify[facility.number] = 0.0
    town.problems.lay()


def show_problems(town: "PlainTown") -> None:
    """Let people see at places where they often are that a problem is solved, or worked on in vain (ODD: solved)."""
    p = town.numbers("solved_problems")
    for problem in town.problems.slots if p.noticed > 0.0 else ():
        looks = 0 if problem.cell is None else looks_like(problem, p.visible, p.vain)
        if looks == 0:
            continue
        problem.shown = looks
        assert problem.cell is not None
        kind, weight = (("problem_solved", p.weight_solved), ("problem_in_vain", p.weight_in_vain))[looks - 1]
        weight /= 12 if town.tick < town.start_tick else 1
        for one in problem.cell.present[EVENING_OF_WORKING_DAY]:
            hurt = one.last_harm >= 0 and town.tick - one.last_harm < 1095
            chance = p.noticed * (1.0 if hurt else p.bystanders)
            if one.alive and one.age >= 12 and town.uniform("notices problem", one.number, problem.slot) < chance:
                town.live(one, kind, weight)
    town.apply_impressions()


def looks_like(problem: Problem, visible: float, vain: float) -> int:
    """Return what has become visible at a problem: nothing, that it is solved, or that work on it is in vain."""
    if problem.shown == 0 and problem.eff >= visible:
        return 1
    misses = problem.response not in (NONE, problem.cause) and problem.kept >= vain
    lost = problem.shown == 1 and problem.eff < visible / 2.0
    return 2 if (problem.shown == 0 and misses) or lost else 0


def work_a_month(town: "PlainTown", had: list[float]) -> list[float]:
    """Do what police do about problems in a month; return the minutes that it will take, by facility."""
    for slot in town.problems.slots:
        end(town, slot)
    there = [slot for slot in town.problems.slots if slot.cell is not None]
    for problem in there:
        problem.owed = 0.0
        notice(town, problem)
    for request in town.requests:
        take_item(town, request)
    for problem in there:
        look_again(town, problem)
        problem.talks += problem.talked / town.problems.months
        problem.filed += problem.written / town.problems.months
    asked = [look_into(town, facility) for facility in town.facilities]
    for problem in there:
        f = facility_of(problem).number
        take_stock_of(town, problem)
        if problem.noted >= 0:
            asked[f] += meet(town, problem, had[f])
        wear(town, problem)
    return asked


def boss_of(town: "PlainTown", problem: Problem) -> "Officer | None":
    """Return who answers for a problem."""
    assert problem.sector is not None
    leader = leader_of(town, problem.sector)
    if leader is not None:
        return leader
    staff = staff_of(town, facility_of(problem))
    return staff[0] if staff else None


def facility_of(problem: Problem) -> "Facility":
    """Return the facility that serves a problem."""
    assert problem.sector is not None
    return problem.sector.facility


def u_of(town: "PlainTown", name: str, problem: Problem) -> float:
    """Return the uniform number of a problem in this shift."""
    return town.uniform(name, problem.slot, problem.gen)


def end(town: "PlainTown", slot: Problem) -> None:
    """Let a problem end, perhaps, and another arise."""
    if slot.cell is None or u_of(town, "problem ends", slot) < 1.0 / town.numbers("problems").life:
        size, of_month = slot.size, (slot.reported, slot.written, slot.talked)
        slot.__init__(slot.slot, slot.gen + 1)  # type: ignore[misc]
        arise(town, slot)
        if town.tick < town.start_tick and size > 0.0 and slot.cell is not None:
            reported, written, slot.talked = of_month
            slot.reported, slot.written = reported * slot.size / size, written * slot.size / size


def take_minutes(town: "PlainTown", facility: "Facility") -> float:
    """Return which share of the minutes that were asked for a month ago was given; the rest is dropped."""
    owed, mark = facility.owed[FOR_PROBLEMS], town.problems.marks[facility.number]
    had = max(0.0, (owed.given - mark) / (owed.asked - mark)) if owed.asked > mark else 1.0
    owed.drop(owed.asked)
    return had


def online(town: "PlainTown", facility: "Facility") -> float:
    """Return how much an analyst can do this month."""
    return 1.0 if facility.internet else float(town.numbers("problems").offline)


def analysts_of(town: "PlainTown", facility: "Facility") -> float:
    """Return how many analysts a facility has for problems of the town."""
    p = town.numbers("problems")
    spent = (town.tick + 1 - town.month_began) * p.report_minutes + town.problems.to_verify[
        facility.number
    ] * p.form_minutes
    hours = p.posted * facility.station * p.analyst_hours * online(town, facility)
    if hours == 0.0:
        return float(p.analysts)
    left = max(0.0, 1.0 - spent / 60.0 / hours) * habit_of_chief(town, facility, ANALYSIS)
    return float(p.analysts + p.posted * left)


def real_use(town: "PlainTown", facility: "Facility") -> float:
    """Return in how far forms are used (A)."""
    p = town.numbers("problems")
    by_analyst = p.analyst_forms * min(1.0, analysts_of(town, facility)) * online(town, facility)
    return float(1.0 - (1.0 - habit_of_chief(town, facility, ANALYSIS)) * (1.0 - by_analyst))


def notice(town: "PlainTown", problem: Problem) -> None:
    """Let a problem be noticed."""
    p, boss = town.numbers("problems"), boss_of(town, problem)
    if problem.noted >= 0 or boss is None:
        return
    heard = problem.talked * p.by_talk * (p.talk_least + p.talk_habit * boss.habits[ANALYSIS])
    by_forms = problem.reported * p.by_report * real_use(town, facility_of(problem))
    if u_of(town, "problem noted", problem) < 1.0 - math.exp(-(by_forms + heard) / town.problems.months):
        problem.noted = town.tick


def take_item(town: "PlainTown", request: "Request") -> None:
    """Let what was asked for in this month, and is worked on, tell of a problem."""
    if request.asked < town.month_began or request.mark < 0.0:
        return
    there = [
        one
        for one in town.problems.of_kind(request.problem)
        if one.cell is not None and one.cell.settlement == request.authority.settlement
    ]
    if there:
        problem = max(there, key=lambda one: one.size)
        problem.talks += town.numbers("problems").item
        problem.noted = town.tick if problem.noted < 0 else problem.noted


def look_again(town: "PlainTown", problem: Problem) -> None:
    """Take a wrong cause off the record, perhaps."""
    chance = town.numbers("problems").again * real_use(town, facility_of(problem))
    if problem.is_named_wrong() and u_of(town, "looked at again", problem) < chance:
        problem.named = problem.response = NONE
        problem.kept, problem.shared = 0, False


def look_into(town: "PlainTown", facility: "Facility") -> float:
    """Look into the causes of some problems; return the minutes that this asks for."""
    p = town.numbers("problems")
    able = p.per_analyst * analysts_of(town, facility) * online(town, facility)
    able += p.per_chief * habit_of_chief(town, facility, ANALYSIS)
    minutes = 0.0
    for _ in range(int(able + town.uniform("problems looked into", facility.number, 0))):
        open_ones = [
            one
            for one in town.problems.slots
            if one.sector is not None and one.sector.facility is facility and one.noted >= 0 and one.named == NONE
        ]
        if not open_ones:
            break
        problem = max(open_ones, key=lambda one: one.filed + one.talks)
        name_cause(town, problem, facility)
        problem.owed += look_of(town, problem)
        minutes += look_of(town, problem)
    return minutes


def look_of(town: "PlainTown", problem: Problem) -> float:
    """Return the minutes that looking into a problem takes."""
    classes = ("street", "vehicles", "homes", "violence")
    return float(getattr(town.numbers("problems"), f"looking_{classes[CLASS_OF[problem.kind]]}"))


def name_cause(town: "PlainTown", problem: Problem, facility: "Facility") -> None:
    """Put a cause on record."""
    p = town.numbers("problems")
    blind = (
        p.blind
        * (1.0 - p.by_data * problem.filed / (1.0 + problem.filed))
        * (1.0 - p.by_net * facility.internet)
        * (1.0 - p.by_analyst * min(1.0, analysts_of(town, facility)))
        * (1.0 - p.by_word * problem.talks / (1.0 + problem.talks))
    )
    if u_of(town, "cause right", problem) < 1.0 - blind:
        problem.named = problem.cause
        record_of(town, problem).found += 1
    else:
        others = [cause for cause in range(len(CAUSES)) if cause != problem.cause]
        problem.named = others[int(5 * u_of(town, "wrong cause", problem))]


def meet(town: "PlainTown", problem: Problem, had: float) -> float:
    """Let a response lapse, residents be told and a response begin; return the minutes that it asks for."""
    boss = boss_of(town, problem)
    if problem.response != NONE and lapses(town, problem, boss, had):
        problem.response, problem.kept = NONE, 0
    if boss is not None:
        tell_cause(town, problem, boss)
        begin_response(town, problem, boss)
    if problem.response == NONE:
        return 0.0
    problem.kept += 1
    upkeep = float(getattr(town.numbers("problems"), f"upkeep_{CAUSES[problem.response]}"))
    problem.owed += upkeep
    return upkeep


def take_stock_of(town: "PlainTown", problem: Problem) -> None:
    """Note what is known of the crime there; with a response, whether it is less or more than a month ago."""
    assert problem.cell is not None
    load = math.fsum(town.memories[problem.cell.number].known[CLASS_OF[problem.kind]])
    if problem.response != NONE:
        chief = town.chiefs[facility_of(problem).number]
        chief.eased += load < problem.load
        chief.worse += load > problem.load
    problem.load = load


def lapses(town: "PlainTown", problem: Problem, boss: "Officer | None", had: float) -> bool:
    """Tell whether a response lapses; who takes it over is noted."""
    p, q, adoption = town.numbers("problems"), town.numbers("practices"), town.numbers("adoption")
    if boss is None:
        return True
    if problem.owner is not boss or problem.person != boss.person:
        kept = q.handover + (1.0 - q.handover) * q.register
        if u_of(town, "response handed over", problem) >= kept:
            return True
        problem.owner, problem.person = boss, boss.person
    pressing = town.numbers("pressure").level * adoption.busts * (1.0 - adoption.returned) - q.usual_pressing
    chance = p.lapse * (1.0 - boss.habits[FOLLOW]) + p.lapse_pressing * max(0.0, pressing)
    return bool(u_of(town, "response lapses", problem) < chance + p.lapse_minutes * (1.0 - had))


def tell_cause(town: "PlainTown", problem: Problem, boss: "Officer") -> None:
    """Tell residents the cause on record, after a meeting."""
    assert problem.cell is not None
    settlement = problem.cell.settlement
    met = any(one.settlement == settlement and one.last_meeting >= town.month_began for one in town.authorities)
    if problem.named != NONE and problem.response == problem.named and not problem.shared and met:
        problem.shared = u_of(town, "cause told", problem) < boss.habits[FOLLOW]


def begin_response(town: "PlainTown", problem: Problem, boss: "Officer") -> None:
    """Begin a response to the cause on record, or be present without one."""
    if u_of(town, "response begins", problem) >= chance_of_response(town, problem, boss):
        return
    problem.response = BUS_STOP if problem.named == NONE else problem.named
    problem.owner, problem.person = boss, boss.person
    problem.begun, problem.kept = town.tick, 0
    record_of(town, problem).tried += problem.response == problem.cause


def chance_of_response(town: "PlainTown", problem: Problem, boss: "Officer") -> float:
    """Return the chance that a response begins."""
    p, partner = town.numbers("problems"), 1.0
    if problem.named == NONE:
        return float(p.presence) if problem.response == NONE else 0.0
    if problem.response == problem.named:
        return 0.0
    if problem.named not in (BUS_STOP, FAMILY):
        willing = town.garage.mayor.willing and problem.named != FENCE
        partner = p.partner_willing if willing else p.partner
    return float(p.begins * boss.habits[FOLLOW] * partner)


def wear(town: "PlainTown", problem: Problem) -> None:
    """Let the effect grow or wear off, and evidence fade; the month begins anew."""
    p = town.numbers("problems")
    if problem.response == problem.cause:
        problem.eff += p.rise * (1.0 - problem.eff)
    else:
        problem.eff *= 2.0 ** (-1.0 / p.wear)
    fade = 2.0 ** (-1.0 / p.evidence_months)
    problem.filed *= fade
    problem.talks *= fade
