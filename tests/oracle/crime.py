"""Crime and its victims (ODD: crime, incident, lasting_risk, opportunity, near_repeat, deterrence, offenders)."""

import bisect
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.certainty import factor_of
from oracle.community import household
from oracle.fear import share_of_hazard
from oracle.narcos import guarded, left_open, thief_killed
from oracle.offenders import GROUP_OF_KIND, Slot, Suspect, who_comes
from oracle.people import Resident
from oracle.places import Cell
from oracle.plans import POST
from oracle.police import SHIFT_MINUTES, Visit, covering_visits, how_visible
from oracle.politics import violence
from oracle.population import outsiders_factor, somebody_here, suffer_outside
from oracle.random_draws import pick, poisson
from oracle.season import in_season

if TYPE_CHECKING:
    from oracle.gangs import Clique
    from oracle.town import PlainTown

(ROBBERY, THEFT, VEHICLE_THEFT, THEFT_FROM_VEHICLE, BURGLARY, ASSAULT, KILLING, EXTORTION) = range(8)
(
    NO_MOTIVE,
    ROBBERY_MOTIVE,
    QUARREL,
    HIRE,
    GANG,
    EXTORTION_MOTIVE,
    TERRITORIAL,
    IMITATOR,
    PUNISHMENT,
    BY_PARTNER,
    BY_KIN,
    NARCO,
    CROWD,
) = range(13)
DOMESTIC = 8
NOBODY = -1
PATROL, TELEPHONE, STATION, OWN_PHONE, AUTHORITY, PROSECUTOR, ANONYMOUS, KIN, DEMI, REFUGE = range(10)
"""Channels by which an incident is reported."""

CEILINGS = (1.0, 0.6, 0.1, 0.3, 0.1, 0.2, 0.003)
LOSSES = ("robbery", "theft", "vehicle", "from_vehicle", "burglary")
RATES = ("robbery", "theft", "vehicle_theft", "theft_from_vehicle", "burglary", "assault", "hire")
POOLS = ("armed", "thieves", "armed", "thieves", "thieves", "alcohol", "armed")
PRESENCE_GROUPS = ("robbery", "theft", "vehicles", "vehicles", "burglary", "assault", "hire")
HOME_KINDS = (VEHICLE_THEFT, BURGLARY)
SOURCE_OF_KIND = {0: 0, 1: 0, 2: 1, 3: 1, 4: 2, 5: 3}
"""Number of the lasting weights by kind: street, vehicle, home, quarrel."""
NIGHT = 2
MOST_REPEATS = 16
FRIDAY = 4


@dataclass(eq=False)
class Incident:
    """What happened, and what became of it in the four books."""

    number: int
    kind: int
    motive: int
    cell: Cell
    victim: Resident
    severity: float
    loss: float = 0.0
    displaced: bool = False
    minute: float | None = None
    """Minute of the shift; drawn where it is not given."""
    tick: int = NOBODY
    teller: Resident | None = None
    offender: Slot | None = None
    clique: "Clique | None" = None
    named: int = NOBODY
    """Last shift in which a member was named for the act."""
    member: Resident | None = None
    reported_to: int = NOBODY
    reluctant: bool = False
    handed: bool = False
    prosecuted: bool = False
    found: bool = False
    complaint: bool = False
    in_time: bool = False
    recorded: bool = False
    arrested: bool = False
    held: bool = False
    other: bool = False
    refused: bool = False
    written: bool = False
    downgraded: bool = False

    @property
    def called_by_board(self) -> bool:
        """Whether a communal authority called the police."""
        return self.handed and not self.prosecuted

    @property
    def reported_to_state(self) -> bool:
        """Whether it was reported to a state body."""
        return self.reported_to not in (NOBODY, AUTHORITY, KIN, REFUGE) or self.handed


@dataclass(eq=False)
class Attempt:
    """An attempt that meets deterrence."""

    number: int
    kind: int
    cell: Cell
    victim: Resident
    offender: Slot | None = None
    displaced: bool = False


@dataclass(eq=False)
class Repeat:
    """A near repeat that is due in a later shift, by who did it before; without a victim it is open."""

    due: int
    number: int
    kind: int
    cell: Cell
    victim: Resident | None
    origin: Suspect | None


def youngest_victim(kind: int) -> int:
    """Age from which somebody can be the victim of a kind of crime."""
    return 12 if kind in (ROBBERY, THEFT, ASSAULT) else 18


# crime


def offend(town: "PlainTown") -> None:
    """Try the candidates of this shift, then the near repeats that are due."""
    n = len(town.residents)
    for kind, ceiling in enumerate(CEILINGS):
        for j in range(poisson(town.uniform("crime count", kind, 0), ceiling * n / 1095.0)):
            consider(town, kind, kind * 2**20 + j)
    due = [repeat for repeat in town.repeats if repeat.due == town.tick]
    for repeat in due:
        repeat_crime(town, repeat)
    for cell, number in town.kept_away:
        punish_thief(town, cell, number)
    town.kept_away.clear()


def consider(town: "PlainTown", kind: int, number: int) -> None:
    """Attempt one candidate if its mark is below its hazard."""
    victim = victim_drawn(town, kind, town.uniform("crime who", number, 0))
    if not victim.alive or victim.age < youngest_victim(kind):
        return
    cell = place_of(town, kind, victim)
    if cell is None:
        suffer_outside(town, kind, number, CEILINGS[kind], victim)
        return
    threshold = min(1.0, hazard(town, kind, cell, victim) / CEILINGS[kind])
    if kind <= BURGLARY and town.shift == NIGHT and cell.settlement >= 0:
        threshold *= 1.0 - town.authorities[cell.settlement].watch
    mark, left = town.uniform("crime mark", number, 0), threshold * left_open(cell, kind, town)
    if left <= mark < threshold:
        town.kept_away.append((cell, number))
    left *= left_by_light(town, kind, cell)
    last = left * town.problems.left_by_response(kind, cell, town.numbers("problems").effect)
    if last <= mark < left:
        town.problems.note_refused(kind, cell)
    if mark < last:
        come(town, Attempt(number, kind, cell, victim), None)


def hazard(town: "PlainTown", kind: int, cell: Cell, victim: Resident) -> float:
    """Yearly hazard of this kind for this victim in this cell now."""
    sheltered = share_of_hazard(victim, kind)
    spared = 1.0 - repeats_of(town, kind) if kind <= ASSAULT else 1.0
    return (
        plain_hazard(town, kind, cell, victim, town.tick)
        * spared
        * sheltered
        * guarded(victim, cell, kind)
        * in_season(town, kind)
        * outsiders_factor(town, kind)
        * town.numbers("certainty").level
        * factor_of(town, kind, cell.zone)
        * town.problems.gathers(kind, cell)
        * occasion(town, kind, cell, victim)
        * by_ties(town, kind, victim)
    )


def plain_hazard(town: "PlainTown", kind: int, cell: Cell, victim: Resident, tick: int) -> float:
    """Yearly hazard in a shift by rate, pool, place, time and victim alone."""
    numbers = town.numbers("crime")
    pool = getattr(numbers, POOLS[kind]) / (1.0 if kind == ASSAULT else 1000.0)
    return float(getattr(numbers, RATES[kind]) * pool * weight(town, kind, cell, victim, tick))


def weight(town: "PlainTown", kind: int, cell: Cell, victim: Resident, tick: int) -> float:
    """Weight of a place, time and victim."""
    shift = tick % 3
    numbers = town.numbers("crime")
    exposed = 1.0 if cell is not victim.home else numbers.at_home
    night = numbers.night if shift == NIGHT else 1.0
    match kind:
        case 0:
            return cell.lure * exposed * night
        case 1:
            return cell.lure * exposed * (numbers.market if cell.market and town.has_market(tick) else 1.0)
        case 2:
            return victim.vehicle * cell.lure * night * (1.0 - numbers.cctv_effect * numbers.cctv)
        case 3:
            return victim.vehicle * cell.lure * (1.0 - numbers.cctv_effect * numbers.cctv)
        case 4:
            return cell.lure * (numbers.burglary_morning if shift == 0 else 1.0)
        case 5:
            by_sex = numbers.women_assaulted if victim.female else 2.0 - numbers.women_assaulted
            is_young = numbers.young_from <= victim.age_at(tick) < numbers.young_to
            by_age = numbers.young_assaulted if is_young else 1.0
            weekend = numbers.weekend_night if shift == NIGHT and town.weekday_of(tick) >= FRIDAY else 1.0
            sober = 1.0 - numbers.hours_effect * numbers.alcohol_hours
            sober *= 1.0 - numbers.tests_effect * numbers.breath_tests
            return cell.lure * by_sex * by_age * weekend * (sober if shift == NIGHT else 1.0)
        case _:
            by_sex = numbers.women_hired if victim.female else 2.0 - numbers.women_hired
            return by_sex * violence(town)


def left_by_light(town: "PlainTown", kind: int, cell: Cell) -> float:
    """Share of the hazard of a kind that light and cameras leave in a cell (ODD: mayor)."""
    p = town.numbers("mayor")
    if cell.is_lit and kind in (ROBBERY, THEFT, ASSAULT) and town.shift == NIGHT:
        return float(1.0 - p.light)
    if cell.is_filmed and kind in (VEHICLE_THEFT, THEFT_FROM_VEHICLE):
        return float(1.0 - p.cameras)
    return 1.0


def repeat_crime(town: "PlainTown", repeat: Repeat) -> None:
    """Attempt a near repeat, on the given victim or on whoever is there."""
    victim = repeat.victim
    if victim is None:
        victim = somebody_here(town, repeat.cell, "crime who", repeat.number, 0)
    if victim is None or not victim.alive or victim.age < youngest_victim(repeat.kind):
        return
    if repeat.kind in (VEHICLE_THEFT, THEFT_FROM_VEHICLE) and not victim.vehicle:
        return
    if town.uniform("kept away", repeat.number, 0) >= left_open(repeat.cell, repeat.kind, town):
        town.kept_away.append((repeat.cell, repeat.number))
        return
    share = factor_of(town, repeat.kind, repeat.cell.zone) / town.numbers("certainty").highest
    if town.uniform("crime mark", repeat.number, 0) < share:
        come(town, Attempt(repeat.number, repeat.kind, repeat.cell, victim), repeat.origin)


def punish_thief(town: "PlainTown", cell: Cell, number: int) -> None:
    """Let protectors punish, perhaps, for a crime that they kept away (ODD: narcos)."""
    victim = thief_killed(town, cell, number)
    if victim is not None:
        minute = minute_of(town, number)
        write_incident(town, Incident(2**27 + number, KILLING, NARCO, cell, victim, 1.0, minute=minute))


# lasting_risk


def victim_drawn(town: "PlainTown", kind: int, u: float) -> Resident:
    """Return the resident drawn for a kind of crime, in proportion to lasting weights."""
    if kind not in SOURCE_OF_KIND:
        return pick(town.residents, u)
    source = SOURCE_OF_KIND[kind]
    p = town.numbers("lasting_risk")
    spread = (p.street, p.vehicles, p.homes, p.quarrels)[source]
    known = (source, spread, p.traders)
    if known not in town.victim_sums:
        weights = [lasting_weight(town, one, source, spread, p.traders) for one in town.residents]
        town.victim_sums[known] = list(itertools.accumulate(weights))
    sums = town.victim_sums[known]
    return town.residents[bisect.bisect_right(sums, u * sums[-1])]


def lasting_weight(town: "PlainTown", one: Resident, source: int, spread: float, traders: float) -> float:
    """Weight of a resident among the victims of a source of exposure."""
    unit = one.household if source in (1, 2) else one.number
    drawn = -math.log(1.0 - town.uniform("lasting risk", unit, source, tick=0))
    return (drawn**spread if spread > 0.0 else 1.0) * (traders if source == 0 and one.business else 1.0)


def by_ties(town: "PlainTown", kind: int, one: Resident) -> float:
    """Factor of assault and killing for hire for who has a tie to a living member of a clique."""
    tied = kind in (ASSAULT, KILLING) and any(tie.clique is not None and tie.alive for tie in one.ties)
    return float(town.numbers("lasting_risk").tied) if tied else 1.0


# opportunity


def place_of(town: "PlainTown", kind: int, one: Resident) -> Cell | None:
    """Cell where a resident would suffer a crime; None outside the municipality."""
    if kind not in HOME_KINDS:
        return one.place
    driven = town.uniform("vehicle driven", one.number, 0) < town.numbers("opportunity").driven
    return one.place if kind == VEHICLE_THEFT and driven else one.home


def occasion(town: "PlainTown", kind: int, cell: Cell, one: Resident) -> float:
    """Factor of burglary, vehicle theft and assault by who is where."""
    p = town.numbers("opportunity")
    match kind:
        case 2:
            return (float(p.vehicles_at_home) if cell is one.home else 1.0) / p.usual_vehicle_theft
        case 3:
            return (float(p.vehicles_at_home) if cell is one.home else 1.0) / p.usual_theft_from_vehicle
        case 4:
            at_home = any(other.alive and other.place is other.home for other in household(town, one))
            return (float(p.occupied) if at_home else 1.0) / p.usual_burglary
        case 5:
            return (float(p.quarrels_at_home) if cell is one.home else 1.0) / p.usual_assault
        case _:
            return 1.0


# offenders


def come(town: "PlainTown", tried: Attempt, origin: Suspect | None) -> None:
    """Name who makes an attempt; it is not made if nobody comes."""
    if is_guarded(town, tried):
        return
    group = GROUP_OF_KIND.get(tried.kind)
    if group is not None and town.offenders[group]:
        tried.offender = who_comes(town, tried.number, group, tried.cell.zone, origin)
        if tried.offender is None:
            return
    attempt(town, tried)


# deterrence


def is_guarded(town: "PlainTown", tried: Attempt) -> bool:
    """Tell whether a private guard keeps an attempt away from a shop."""
    p, victim = town.numbers("guards"), tried.victim
    if tried.kind not in (ROBBERY, THEFT) or not victim.business or tried.cell is victim.home:
        return False
    has_one = town.uniform("has a guard", victim.number, 0, tick=0) < p.shops
    return has_one and town.uniform("guard", tried.number, 0) < p.effect


def attempt(town: "PlainTown", tried: Attempt) -> None:
    """Let an attempt meet deterrence: it goes ahead, is given up, or moves next door."""
    if not is_deterred(town, tried):
        happen(town, tried)
    elif tried.kind in (ROBBERY, THEFT):
        displace(town, tried)


def is_deterred(town: "PlainTown", tried: Attempt) -> bool:
    """Tell whether a visit at that minute deters the attempt."""
    visits = covering_visits(town, tried.cell, minute_of(town, tried.number))
    delta = max((effect_of_visit(town, visit, tried.kind) for visit in visits), default=0.0)
    return town.uniform("frustrated", tried.number, 0) < delta


def effect_of_visit(town: "PlainTown", visit: Visit, kind: int) -> float:
    """Share of the attempts of a kind in its cell that a visit deters."""
    p, group = town.numbers("deterrence"), PRESENCE_GROUPS[kind]
    form = "post" if visit.kind == POST else "visit"
    return float(how_visible(town, visit) * getattr(p, f"{form}_{group}"))


def displace(town: "PlainTown", tried: Attempt) -> None:
    """Move a deterred robbery or theft to a neighbour cell, or off the map."""
    if town.uniform("displaced", tried.number, 0) >= town.numbers("deterrence").displacement:
        return
    cell = pick(tried.cell.neighbours, town.uniform("displaced", tried.number, 1))
    victim = None if cell is None else somebody_here(town, cell, "displaced", tried.number, 2)
    if cell is None or victim is None or not victim.alive or victim.age < 12:
        town.off_map += 1
        return
    happen(town, Attempt(tried.number, tried.kind, cell, victim, tried.offender, displaced=True))


# incident


def minute_of(town: "PlainTown", number: int) -> float:
    """Minute of an incident."""
    return SHIFT_MINUTES * town.uniform("crime minute", number, 0)


def drawn_loss(town: "PlainTown", number: int, mean: float) -> float:
    """Loss in quetzals of an incident."""
    return mean * -math.log(1.0 - town.uniform("loss", number, 0))


def happen(town: "PlainTown", tried: Attempt) -> None:
    """Turn an attempt that goes ahead into an incident."""
    numbers, number, kind = town.numbers("crime"), tried.number, tried.kind
    violent, lethal = town.uniform("violent", number, 0), town.uniform("lethal", number, 0)
    wounded = violent < numbers.grave_share * numbers.firearms
    severity = {
        ROBBERY: numbers.grave_robbery if violent < numbers.violent_share else numbers.severity_robbery,
        THEFT: numbers.severity_theft,
        VEHICLE_THEFT: numbers.severity_vehicle_theft,
        THEFT_FROM_VEHICLE: numbers.severity_theft_from_vehicle,
        BURGLARY: numbers.severity_burglary,
        ASSAULT: numbers.grave_assault if wounded else numbers.severity_assault,
        KILLING: 1.0,
    }[kind]
    motive = HIRE if kind == KILLING else NO_MOTIVE
    outcome = kind
    toll = numbers.firearms * (numbers.women_killed if tried.victim.female else 1.0)
    if kind == ROBBERY and lethal < numbers.lethal_robbery * toll:
        outcome, motive, severity = KILLING, ROBBERY_MOTIVE, 1.0
    elif kind == ASSAULT and lethal < numbers.lethal_assault * toll:
        outcome, motive, severity = KILLING, QUARREL, 1.0
    loss = drawn_loss(town, number, getattr(numbers, f"loss_{LOSSES[kind]}") if kind <= BURGLARY else 0.0)
    what = Incident(number, outcome, motive, tried.cell, tried.victim, severity, loss, displaced=tried.displaced)
    incident = write_incident(town, what)
    incident.offender = tried.offender
    if tried.offender is not None:
        tried.offender.crimes += 1
    if kind <= ASSAULT and not tried.displaced:
        breed_repeats(town, tried)


def write_incident(town: "PlainTown", incident: Incident) -> Incident:
    """Write an incident down: the victim may die, and whoever can tell it is harmed."""
    note(town, incident)
    if incident.teller is not None:
        town.live(incident.teller, "harm", town.numbers("trust").harm * incident.severity)
        incident.teller.last_harm = town.tick
    return incident


def note(town: "PlainTown", incident: Incident) -> None:
    """Write an incident down; the victim may die."""
    victim = incident.victim
    if incident.kind == KILLING:
        victim.die()
    incident.tick = town.tick
    incident.teller = victim if victim.alive else next((tie for tie in victim.ties if tie.alive), None)
    if incident.minute is None:
        incident.minute = minute_of(town, incident.number)
    town.incidents.append(incident)


def repeats_of(town: "PlainTown", kind: int) -> float:
    """Mean number of near repeats of a crime of a kind."""
    numbers = town.numbers("near_repeat")
    by_kind = (numbers.robbery, numbers.theft, numbers.vehicles, numbers.vehicles, numbers.burglary, numbers.assault)
    return float(numbers.kappa * by_kind[kind])


def breed_repeats(town: "PlainTown", tried: Attempt) -> None:
    """Plan the near repeats of an incident."""
    numbers, m = town.numbers("near_repeat"), tried.number
    n = poisson(town.uniform("repeat count", m, 0), repeats_of(town, tried.kind) * town.numbers("certainty").highest)
    for c in range(min(n, MOST_REPEATS)):
        delay = 1 + int(-3.0 * numbers.days * math.log(1.0 - town.uniform("repeat delay", m, c)))
        v = town.uniform("repeat place", m, c)
        cell: Cell | None = tried.cell
        if v >= numbers.same_cell:
            cell = pick(tried.cell.neighbours, (v - numbers.same_cell) / (1.0 - numbers.same_cell))
        if cell is None:
            continue
        same_victim = town.uniform("repeat victim", m, c) < numbers.same_victim
        stays = cell is tried.cell and tried.victim.alive and same_victim
        number = 2**28 + tried.kind * 2**24 + int(town.uniform("repeat name", m, c) * 2**24)
        victim = tried.victim if stays else None
        told = town.uniform("repeat by another", m, c) < numbers.others
        origin = None if told or tried.offender is None else tried.offender.suspect
        town.repeats.append(Repeat(town.tick + delay, number, tried.kind, cell, victim, origin))
