"""Officers, couples, the roster and patrol (ODD: roster, patrol)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mesa

from oracle.adoption import planned_share
from oracle.chief import NO_BLOCK, block_of, to_visits
from oracle.means import fuel, is_accompanied, on_the_road
from oracle.minutes import (
    AT_MEETING,
    BY_ADDED_HOURS,
    BY_FIXED_DUTIES,
    HOMES,
    TO_HOMES,
    Owed,
    growth,
    stop_at_home,
    stop_at_work,
    stretch_of,
    use_of_stretch,
)
from oracle.places import Cell, Places
from oracle.plans import CHECKPOINT, INVESTIGATIVE, POST, PREVENTIVE, PROBLEM, eagerness, has_post
from oracle.practices import send_to_sector
from oracle.random_draws import logistic, pick, pick_by_reach

if TYPE_CHECKING:
    from oracle.town import PlainTown

FOOT, MOTORCYCLE, VEHICLE, BICYCLE = range(4)
DESK = -1
COPIES = 4
SHIFT_MINUTES = 480.0
SOLDIERS = 5
NO_LIMIT = 1e9
HOLDERS = 4096


@dataclass(eq=False)
class Facility:
    """A station or substation."""

    number: int
    cell: Cell
    vehicles: int
    motorcycles: int
    station: bool
    late: bool = False
    internet: bool = True
    phone: bool = True
    purse: float = 0.0
    custom: float = 0.0
    care: float = 0.0
    ordered_at: int = -1
    supported_until: int = -1
    supported: bool = False
    owed: list[Owed] = field(default_factory=lambda: [Owed() for _ in range(3)])
    meeting_mark: float = 0.0


@dataclass(frozen=True, eq=False)
class Sector:
    """A sector: its written route, and the institutions of its weekly plan."""

    number: int
    facility: Facility
    foot: bool
    route: Places
    plan: Places


class Officer(mesa.Agent):
    """An officer with a standing seat."""

    def __init__(self, town: "PlainTown", number: int, row: Any) -> None:
        super().__init__(town)
        self.number = number
        self.facility = town.facilities[int(row["facility"])]
        self.group = int(row["group"])
        self.post = int(row["post"])
        self.seat = int(row["seat"])
        self.prevention = bool(row["branch"])
        self.champion = bool(row["champion"])
        self.trained = int(row["trained"])
        self.aware = int(row["aware"])
        self.kiche = int(row["kiche"])
        self.female = bool(row["female"])
        self.person = 0
        self.since = town.tick - int(91 * 48.0 * town.uniform("tenure", number, 0, tick=0))
        self.cohort = town.date.year - int(25.0 * town.uniform("service", number, 0, tick=0))
        self.sector = None if self.post == DESK else town.couples[self.post].sector
        self.sector_since = self.since
        self.boss: Officer | None = None
        self.leads = self.led = self.taught_at = 0
        self.schooling = self.skill = 0.0
        self.habits: list[float] = []
        self.tone = 0.0
        self.asked = -1
        self.suspended = False
        self.faith = self.motivation = self.safety = self.stress = 0.0
        self.begin_month()
        self.manner = float(row["manner"])
        self.integrity = float(row["integrity"])

    def begin_month(self) -> None:
        """Begin a new month of duty (ODD: officers)."""
        self.n_nights = self.n_calls = self.n_friendly = self.n_attacks = self.n_meetings = 0
        self.warmth = 0.0

    def is_present(self, strength: float) -> bool:
        """Tell whether the officer of a group on duty comes to work (ODD: roster)."""
        absence = self.model.numbers("roster").absence
        return self.model.uniform("absence", self.number, 0) >= 1.0 - (1.0 - absence) * strength

    @property
    def chance_of_going(self) -> float:
        """Chance of making a planned visit (ODD: officers)."""
        p = self.model.numbers("officers")
        return logistic(p.kept + p.keen * self.motivation + p.bold * self.safety)

    @property
    def chance_of_fairness(self) -> float:
        """P_fair (ODD: contacts)."""
        return self.chance_of_fairness_with(0.0)

    def chance_of_fairness_with(self, more: float) -> float:
        """P_fair where something more speaks for it."""
        numbers = self.model.numbers("contacts")
        return logistic(numbers.fair + numbers.manner * self.manner + self.tone + more)

    @property
    def name(self) -> int:
        """The number by which residents know the person."""
        return HOLDERS * self.number + self.person % HOLDERS


class Couple(mesa.Agent):
    """The couple that serves a post, or a copy of it (a reinforcement), when it is on duty."""

    def __init__(self, town: "PlainTown", number: int, row: Any) -> None:
        super().__init__(town)
        self.number = number
        self.facility = town.facilities[int(row["facility"])]
        self.group = int(row["group"])
        self.copy = int(row["copy"])
        self.sector = town.sectors[int(row["sector"])]
        self.lead: Officer | None = None
        self.mate: Officer | None = None
        self.mode = FOOT
        self.free = 0.0
        self.cell = self.facility.cell
        self.kilometres = self.tank = self.patrol_kilometres = NO_LIMIT
        self.n_calls = self.n_slots = self.n_on_cases = 0
        self.stretches = [0, 0, 0]
        self.busy = 0.0
        self.duty_start = self.duty_end = 0.0
        self.block = NO_BLOCK

    @property
    def reinforces(self) -> bool:
        """Whether this is a reinforcement for experiments."""
        return self.copy > 0

    @property
    def crew(self) -> list[Officer]:
        """The two officers whom the shift of this post moves; a reinforcement moves nobody (ODD: officers)."""
        return [one for one in (self.lead, self.mate) if one is not None and not self.reinforces]

    @property
    def kept_visits(self) -> "list[Visit]":
        """The visits of this couple that are not cancelled, slot by slot."""
        return [visit for visit in self.model.visits if visit.couple is self and visit.alive]

    @property
    def on_duty(self) -> bool:
        """Whether somebody leads this post in this shift."""
        return self.lead is not None

    @property
    def has_motor(self) -> bool:
        """Whether this couple goes by motorcycle or vehicle."""
        return self.mode in (MOTORCYCLE, VEHICLE)

    def has_fixed_duty_at(self, minute: float) -> bool:
        """Tell whether a minute falls in the fixed duty."""
        return self.duty_start <= minute < self.duty_end

    def begin(self, mode: int) -> None:
        """Begin a shift at the facility (ODD: roster)."""
        town, numbers = self.model, self.model.numbers("roster")
        length = SHIFT_MINUTES * numbers.fixed_duties * (0.5 + town.uniform("fixed duty", self.number, 0))
        brief = town.numbers("practices").brief
        length = min(length, SHIFT_MINUTES - brief)
        assert self.lead is not None
        more = growth(town, self.facility, self.lead, BY_FIXED_DUTIES)
        if more > 1.0:
            length = max(0.0, SHIFT_MINUTES - brief - more * (SHIFT_MINUTES - brief - length))
        self.duty_start = brief + (SHIFT_MINUTES - brief - length) * town.uniform("fixed duty", self.number, 1)
        self.duty_end = self.duty_start + length
        self.mode = mode
        self.free = 0.0
        self.cell = self.facility.cell
        self.n_calls = self.n_slots = self.n_on_cases = 0
        self.stretches = [0, 0, 0]
        self.busy = 0.0
        self.kilometres = NO_LIMIT
        if mode == VEHICLE:
            self.kilometres = fuel(town, self.facility, numbers.gallons * numbers.km_per_gallon / 3.0)
        elif mode == MOTORCYCLE:
            km = numbers.gallons_motorcycle * numbers.km_per_gallon_motorcycle / 3.0
            self.kilometres = fuel(town, self.facility, km)
        self.tank = self.kilometres
        self.patrol_kilometres = town.numbers("patrol").fuel_share * self.kilometres

    def place_at(self, minute: float) -> Cell:
        """Return the cell of the last visit since this couple was last busy, else where it was then (ODD: response)."""
        since = [visit.cell for visit in self.kept_visits if self.free <= visit.minute <= minute]
        return since[-1] if since else self.cell

    def kilometres_at(self, minute: float) -> float:
        """Return the kilometres left by earlier calls and by the visits made before a minute (ODD: patrol)."""
        return self.kilometres - sum(visit.km for visit in self.kept_visits if visit.minute < minute)

    def can_walk_to(self, cell: Cell) -> bool:
        """Tell whether a cell is in reach; it always is for those with a motor."""
        p = self.model.numbers("patrol")
        reach = p.foot_km * p.bicycle if self.mode == BICYCLE else p.foot_km
        return self.has_motor or self.model.straight_km(cell, self.facility.cell) <= reach

    def cancel_visits(self, start: float, end: float) -> None:
        """Cancel the visits of this couple that begin in a stretch of time."""
        for visit in self.model.visits:
            if visit.couple is self and start <= visit.minute < end:
                visit.alive = False

    def save_litres(self, minute: float) -> None:
        """Cancel, slot by slot, the later visits for which no litres are left (ODD: response)."""
        left = self.kilometres_at(minute)
        for visit in self.kept_visits:
            if visit.minute >= minute:
                visit.alive = visit.km <= left
                left -= visit.km if visit.alive else 0.0


@dataclass(eq=False)
class Visit:
    """A visit of a couple (or of soldiers: None) to a cell; a routed visit is written down."""

    couple: Couple | None
    cell: Cell
    minute: float
    kind: int
    routed: int
    stay: float
    km: float = 0.0
    alive: bool = True


# roster


def relieve_couples(town: "PlainTown") -> None:
    """Put the couples of this shift on duty."""
    group, n_active = group_on_duty(town)
    strength = 1.0 if n_active >= 2 else town.numbers("roster").single_strength
    for couple in town.couples:
        couple.lead = couple.mate = None
    for facility in town.facilities:
        officers = [one for one in town.officers if one.facility is facility and one.group == group]
        fill_seats(town, officers, {officer for officer in officers if officer.is_present(strength)})
    field_couples(town)
    for facility in town.facilities:
        give_means(town, facility)


def group_on_duty(town: "PlainTown") -> tuple[int | None, int]:
    """Return the group on duty and the number of active groups."""
    numbers = town.numbers("roster")
    cycle = numbers.days_on + numbers.days_off
    active = [g for g in range(3) if (town.day - (g * cycle + 1) // 3) % cycle < numbers.days_on]
    return (active[town.tick % len(active)] if active else None), len(active)


def fill_seats(town: "PlainTown", officers: list[Officer], present: set[Officer]) -> None:
    """Choose who leads which post of one facility and group."""
    singles = []
    for post in sorted({officer.post for officer in officers if officer.post != DESK}):
        here = [officer for officer in officers if officer.post == post and officer in present]
        here.sort(key=lambda officer: officer.seat)
        if len(here) == 2:
            town.couples[post].lead, town.couples[post].mate = here
        else:
            singles += here
    missing_desks = [officer for officer in officers if officer.post == DESK and officer not in present]
    singles = singles[len(missing_desks) :]
    for first, second in zip(singles[0::2], singles[1::2], strict=False):
        town.couples[first.post].lead, town.couples[first.post].mate = first, second


def field_couples(town: "PlainTown") -> None:
    """Field as many couples of every post that is manned as experiments ask for: the post itself, then its copies."""
    n_posts = len(town.couples) // COPIES
    manned = [(post.lead, post.mate) for post in town.couples[:n_posts]]
    for couple in town.couples:
        lead = manned[couple.number % n_posts][0]
        more = 1.0 if lead is None else growth(town, couple.facility, lead, BY_ADDED_HOURS)
        wanted = town.numbers("roster").couples * more - couple.copy
        goes = wanted >= 1.0 or (wanted > 0.0 and town.uniform("reinforcement", couple.number, 0) < wanted)
        couple.lead, couple.mate = manned[couple.number % n_posts] if goes else (None, None)


def give_means(town: "PlainTown", facility: Facility) -> None:
    """Give vehicles, then motorcycles, to the couples that do not walk a foot beat."""
    vehicles = on_the_road(town, facility, motorcycle=False)
    loan = town.hall.loans[facility.number]
    motorcycles = on_the_road(town, facility, motorcycle=True) + loan.motorcycles
    for couple in town.couples_on_duty():
        if couple.facility is not facility:
            continue
        mode = FOOT
        send_to_sector(town, couple)
        walks = couple.sector.foot and town.uniform("foot beat", couple.number, 0) < town.numbers("population").scale
        if walks and town.uniform("cycles", couple.number, 0) < town.numbers("roster").bicycles:
            mode = BICYCLE
        elif not walks and vehicles > 0:
            mode, vehicles = VEHICLE, vehicles - 1
        elif not walks and (motorcycles > 0 or is_accompanied(town, couple, walks=walks)):
            mode, motorcycles = MOTORCYCLE, max(0, motorcycles - 1)
        couple.begin(mode)
        town.spent.begin(couple)
        if is_accompanied(town, couple, walks=walks):
            assert couple.lead is not None
            couple.lead.tone += town.numbers("resources").joint_tone
            town.n_joint += 1
    loan.taken += max(0, loan.motorcycles - motorcycles)


# patrol


def patrol(town: "PlainTown") -> None:
    """Let every couple on duty make its visits, post by post."""
    numbers = town.numbers("patrol")
    held: dict[int, int] = {}
    for facility in town.facilities:
        for owed in facility.owed:
            owed.planned = 0.0
    for couple in town.couples_on_duty():
        couple.block = block_of(town, couple)
        n_slots = stretches_of(couple)
        before = couple.facility.cell
        post, eager = has_post(town, couple, held), eagerness(town, couple)
        length = 60.0 * town.numbers("plans").post_hours
        begins = (SHIFT_MINUTES - length) * town.uniform("post hour", couple.number, 0)
        for slot in range(n_slots):
            minute = minute_of(town, couple, slot)
            assert couple.lead is not None
            if couple.has_fixed_duty_at(minute):
                continue
            couple.n_slots += 1
            if post is not None and begins <= minute < begins + length:
                stop: tuple[Cell, int, int] | None = (post, POST, 1)
            else:
                stop = stop_of_stretch(town, couple, slot, eager)
                couple.n_on_cases += stop is None
            goes = town.uniform("visit kept", couple.number, slot) < couple.lead.chance_of_going
            if goes and stop is not None and town.uniform("visit on paper", couple.number, slot) >= numbers.on_paper:
                before = make_visit(town, couple, stop, slot, before)


def minute_of(town: "PlainTown", couple: Couple, slot: int) -> float:
    """Minute of the visit in a slot."""
    free = stretch_of(town, stretches_of(couple))
    return float(town.numbers("practices").brief + (slot + town.uniform("visit minute", couple.number, slot)) * free)


def stop_of_stretch(town: "PlainTown", couple: Couple, slot: int, eager: float) -> tuple[Cell, int, int] | None:
    """Choose where a couple that holds no post goes in this slot, if anywhere."""
    use = use_of_stretch(town, couple, slot)
    if use is None:
        return next_stop(town, couple, slot, eager)
    return stop_at_home(town, couple, slot) if use == TO_HOMES else stop_at_work(town, couple, slot, use)


def stretches_of(couple: Couple) -> int:
    """Return into how many stretches a couple's shift is divided."""
    numbers = couple.model.numbers("patrol")
    return int(numbers.visits_motor if couple.has_motor else numbers.visits_foot)


def next_stop(town: "PlainTown", couple: Couple, slot: int, eager: float) -> tuple[Cell, int, int] | None:
    """Choose where the couple goes in this slot: the cell, the kind of visit, whether it is written; or it stays in."""
    numbers, plan = town.numbers("patrol"), town.plans[couple.facility.number]
    u = town.uniform("visit place", couple.number, slot)
    if plan.places and town.uniform("visit by plan", couple.number, slot) < eager:
        if plan.mode == INVESTIGATIVE:
            return None
        return pick(plan.places, u), PROBLEM if plan.mode == PREVENTIVE else CHECKPOINT, 1
    market = [cell for cell in town.cells if cell.market and town.is_market_day and town.shift < 2]
    if market and town.uniform("visit at market", couple.number, slot) < numbers.market:
        stall = pick(market, u)
        if stall.facility == couple.facility.number:
            return stall, 0, 1
    b = town.uniform("visit kind", couple.number, slot)
    assert couple.lead is not None
    planned = min(1.0, planned_share(couple.lead) * to_visits(couple))
    if b < planned:
        places, kind, routed = couple.sector.plan, 1, 1
    elif b < planned + (1.0 - planned) * numbers.route_share:
        places, kind, routed = couple.sector.route, 0, 1
    else:
        places, kind, routed = town.everywhere, 0, 0
    return pick_by_reach(places, u), kind, routed


def make_visit(town: "PlainTown", couple: Couple, stop: tuple[Cell, int, int], slot: int, before: Cell) -> Cell:
    """Go there from where the couple was before if means allow, and return where it is then."""
    numbers, (cell, kind, routed) = town.numbers("patrol"), stop
    km = 0.0
    if not couple.has_motor:
        goes = couple.can_walk_to(cell)
    else:
        km = numbers.detour * town.straight_km(cell, before) + numbers.cruise
        goes = km <= couple.patrol_kilometres
        km = km if goes else 0.0
        couple.patrol_kilometres -= km
    there = cell if goes else before
    if kind >= AT_MEETING and there is not cell:
        kind, routed = 0, 0
    if kind >= AT_MEETING:
        couple.facility.owed[kind - AT_MEETING].planned += stretch_of(town, stretches_of(couple))
    stay = stay_of(town, couple, kind, slot)
    town.visits.append(Visit(couple, there, minute_of(town, couple, slot), kind, routed, stay, km))
    return there


def stay_of(town: "PlainTown", couple: Couple, kind: int, slot: int) -> float:
    """How long a visit of a kind lasts."""
    usual, n = float(town.numbers("patrol").stay), stretches_of(couple)
    if kind == POST:
        return max(usual, SHIFT_MINUTES / n)
    if kind < HOMES:
        return usual
    minute = minute_of(town, couple, slot)
    ends = [SHIFT_MINUTES, minute_of(town, couple, slot + 1), minute + stretch_of(town, n)]
    if minute < couple.duty_start:
        ends.append(couple.duty_start)
    return min(ends) - minute


def covering_visit(town: "PlainTown", cell: Cell, minute: float, *, by_couple: bool = False) -> Visit | None:
    """Return the first visit that covers a minute in a cell; of all, or of couples alone (ODD: deterrence)."""
    for visit in covering_visits(town, cell, minute):
        if visit.couple is not None or not by_couple:
            return visit
    return None


def covering_visits(town: "PlainTown", cell: Cell, minute: float) -> list[Visit]:
    """Return the visits, not cancelled, that cover a minute in a cell (ODD: deterrence)."""
    residual = town.numbers("deterrence").residual
    return [
        visit
        for visit in town.visits
        if visit.alive and visit.cell is cell and visit.minute <= minute < visit.minute + visit.stay + residual
    ]


def how_visible(town: "PlainTown", visit: Visit) -> float:
    """How far offenders see a visit, 1 for a couple that passes on the street (ODD: deterrence)."""
    if visit.kind == POST:
        p = town.numbers("deterrence")
        return float(min(1.0, p.concentration * (p.block / town.cell_m) ** 2))
    if visit.kind in (HOMES, AT_MEETING):
        return float(town.numbers("certainty").inside)
    return float(town.numbers("heavy_hand").presence) if visit.kind == SOLDIERS else 1.0
