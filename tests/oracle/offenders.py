"""Offenders: unnamed slots that somebody fills (ODD: offenders)."""

import bisect
import itertools
import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from oracle.random_draws import pick_by_reach

if TYPE_CHECKING:
    from oracle.places import Cell
    from oracle.town import PlainTown

STREET, VEHICLES, BURGLARS, HIRED = range(4)
GROUPS = ("street", "vehicles", "burglary", "hire")
GROUP_OF_KIND = {0: STREET, 1: STREET, 2: VEHICLES, 3: VEHICLES, 4: BURGLARS, 6: HIRED}
"""Kinds of crime of which each has offenders; quarrels and other harm have none."""
YEAR = 1095
FURTHER_DRAWS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Suspect:
    """Who filled a slot when something happened: its name, and the how-manieth who filled it."""

    name: int
    generation: int


@dataclass(eq=False)
class Slot:
    """An opening that somebody fills."""

    row: int
    group: int
    place: int
    rate: float
    home: "Cell"
    ends: int
    until: int = 0
    since: int = 0
    generation: int = 0
    crimes: int = 0

    @property
    def name(self) -> int:
        """Name of the slot, the key of its random numbers."""
        return name_of(self.group, self.place)

    @property
    def suspect(self) -> Suspect:
        """Who fills it now."""
        return Suspect(self.name, self.generation)

    def hold(self, until: int) -> None:
        """Hold who fills it at least until a tick."""
        self.until = max(self.until, until)

    def is_free(self, tick: int) -> bool:
        """Tell whether nobody holds who fills it."""
        return self.until <= tick


def name_of(group: int, place: int) -> int:
    """Name of a slot, by its place in its group."""
    return group * 2**20 + place


# The list


def arrest_slot(town: "PlainTown", slot: Slot, until: int, gravity: float, way: str) -> None:
    """Hold who fills a slot; count the arrest if he was free."""
    if slot.is_free(town.tick):
        town.pace[slot.group][way] += 1.0
        town.pace[slot.group]["gravity"] += gravity
        slot.since = town.tick
    slot.hold(until)


def make_list(town: "PlainTown") -> None:
    """Make the list of slots and the weights with which they are drawn."""
    town.offenders = []
    for group in range(len(GROUPS)):
        n = how_many(town, group)
        before = sum(len(slots) for slots in town.offenders)
        town.offenders.append([new_slot(town, before + place, group, place, n) for place in range(n)])
    town.slots_in_force = town.numbers("offenders").slots
    centres = [centre_of(town, zone) for zone in range(town.n_settlements)]
    town.drawn_by = {
        (group, zone): list(itertools.accumulate(weight(town, slot, centre) for slot in town.offenders[group]))
        for group in range(len(GROUPS))
        for zone, centre in enumerate(centres)
    }


def how_many(town: "PlainTown", group: int) -> int:
    """Slots of a group."""
    p, crime = town.numbers("offenders"), town.numbers("crime")
    if p.slots == 0.0:
        return 0
    share = getattr(p, GROUPS[group]) * p.slots * (crime.armed + crime.thieves) / 1000.0
    return max(1, math.floor(share * sum(town.residents_at_start) + 0.5))


def new_slot(town: "PlainTown", row: int, group: int, place: int, n: int) -> Slot:
    """Return a slot as the world begins with it."""
    name = name_of(group, place)
    rate = math.exp(town.numbers("offenders").spread * NormalDist().inv_cdf((place + 0.5) / n))
    home = pick_by_reach(town.everywhere, town.uniform("offender home", name, 0, tick=0))
    ends = career_end(town, group, name, 0, town.tick)
    return Slot(row, group, place, rate, home, ends)


def career_end(town: "PlainTown", group: int, name: int, generation: int, since: int) -> int:
    """Tick at which the career of somebody who fills a slot ends."""
    years = getattr(town.numbers("offenders"), f"career_{GROUPS[group]}")
    u = town.uniform("career", name, generation, tick=0)
    return since + 1 + math.floor(-YEAR * years * math.log(1.0 - u))


def all_slots(town: "PlainTown") -> list[Slot]:
    """Slots of all groups, in order."""
    return [slot for slots in town.offenders for slot in slots]


def centre_of(town: "PlainTown", zone: int) -> tuple[float, float]:
    """Mean place of the residents of a zone, in cells; of all of them if the zone has no populated cell."""
    populated = [cell for cell in town.cells if cell.population > 0]
    own = [cell for cell in populated if cell.zone == zone] or populated
    total = sum(cell.population for cell in own)
    return (
        math.fsum(cell.population * cell.x for cell in own) / total,
        math.fsum(cell.population * cell.y for cell in own) / total,
    )


def weight(town: "PlainTown", slot: Slot, centre: tuple[float, float]) -> float:
    """Weight with which a slot is drawn for an act in the zone of this centre."""
    p = town.numbers("offenders")
    km = math.dist((slot.home.x, slot.home.y), centre) * town.cell_m / 1000.0
    return slot.rate * math.exp(-max(p.own_km, km) / p.reach_km)


# Naming


def slot_named(town: "PlainTown", suspect: Suspect | None) -> Slot | None:
    """Return the slot of a suspect, whoever fills it by now, unless it is gone."""
    if suspect is None:
        return None
    group, place = divmod(suspect.name, 2**20)
    return town.offenders[group][place] if place < len(town.offenders[group]) else None


def slot_of(town: "PlainTown", suspect: Suspect | None) -> Slot | None:
    """Return the slot of a suspect, unless it is gone or somebody else fills it by now."""
    slot = slot_named(town, suspect)
    return slot if slot is not None and slot.suspect == suspect else None


def draw(town: "PlainTown", number: int, nth: int, group: int, zone: int) -> Slot:
    """Draw a slot for an act."""
    reached, slots = town.drawn_by[group, zone], town.offenders[group]
    nth_slot = bisect.bisect_right(reached, town.uniform("offender", number, nth) * reached[-1])
    return slots[min(nth_slot, len(slots) - 1)]


def who_comes(town: "PlainTown", number: int, group: int, zone: int, origin: Suspect | None) -> Slot | None:
    """Name the offender of an act: the slot of its origin or a slot drawn, or who comes in its place; or nobody."""
    first = slot_of(town, origin) or draw(town, number, 0, group, zone)
    if first.is_free(town.tick):
        return first
    if town.uniform("replaced", number, 0) < getattr(town.numbers("offenders"), f"replaced_{GROUPS[group]}"):
        for nth in FURTHER_DRAWS:
            other = draw(town, number, nth, group, zone)
            if other.is_free(town.tick):
                return other
    town.n_prevented += 1
    return None


# Day by day


def renew_offenders(town: "PlainTown") -> None:
    """In the morning: another list, careers that ended, release and round-up."""
    if town.shift != 0:
        return
    p = town.numbers("offenders")
    if p.slots != town.slots_in_force:
        make_anew(town)
    if town.tick % 21 == 0:
        for slot in all_slots(town):
            if slot.is_free(town.tick):
                town.pace[slot.group]["free"] += 21.0 * slot.rate
            if slot.ends <= town.tick:
                follow(town, slot)
    for slot in all_slots(town) if p.amnesty > 0.0 else []:
        if not slot.is_free(town.tick) and town.uniform("amnesty", slot.name, 0) < p.amnesty:
            slot.until = town.tick
    for slots in town.offenders if p.roundup > 0.0 else []:
        for slot in slots[len(slots) - math.floor(p.roundup * len(slots) + 0.5) :]:
            slot.hold(town.tick + YEAR)


def make_anew(town: "PlainTown") -> None:
    """Make the list anew; who filled the old slots fills the new ones, and what named one names nobody."""
    old = town.offenders
    make_list(town)
    for before, after in zip(old, town.offenders, strict=True):
        for slot in after if before else []:
            giver = before[slot.place * len(before) // len(after)]
            slot.until, slot.since = giver.until, giver.since
            slot.ends, slot.generation = giver.ends, giver.generation
    for file in town.files:
        file.suspect = None
    for repeat in town.repeats:
        repeat.origin = None


def follow(town: "PlainTown", slot: Slot) -> None:
    """Let somebody new fill a slot."""
    slot.generation += 1
    slot.until = 0
    slot.ends = career_end(town, slot.group, slot.name, slot.generation, town.tick)
