"""The heavy hand: soldiers, detention on suspicion, release (ODD: heavy_hand)."""

import bisect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.people import ARRIVAL, DEPARTURE, Resident
from oracle.police import SHIFT_MINUTES, SOLDIERS, Visit
from oracle.random_draws import pick, pick_by_reach, poisson

if TYPE_CHECKING:
    from oracle.gangs import Clique
    from oracle.town import PlainTown


MOST_DETAINED = 200.0


@dataclass(eq=False)
class Prisoner:
    """Somebody in prison, with his clique, until when, and since when."""

    who: Resident
    clique: "Clique | None"
    until: int
    since: int


def clique_around(resident: Resident) -> "Clique | None":
    """Return the clique that holds the home of a resident, else the first neighbour held."""
    cells = [resident.home, *(cell for cell in resident.home.neighbours if cell is not None)]
    return next((cell.held_by for cell in cells if cell.held_by is not None), None)


def list_suspects(town: "PlainTown") -> None:
    """List the men who live in or next to a territory."""
    town.suspects = [one for one in town.residents if not one.female and clique_around(one) is not None]


def count_members(town: "PlainTown") -> None:
    """Count the members among the young of them, on the first day of a month on which detention is in force."""
    month = (town.date.year, town.date.month)
    if town.members_counted == month or town.numbers("heavy_hand").detention == 0.0:
        return
    town.members_counted = month
    youngest = town.numbers("heavy_hand").detained_from
    young = [one for one in town.suspects if one.alive and one.is_man_of(youngest, 35)]
    town.share_of_members = sum(one.clique is not None for one in young) / len(young) if young else 0.0


def clamp_down(town: "PlainTown") -> None:
    """Release and detain in the morning; let soldiers march."""
    if town.shift == 0:
        count_members(town)
        over = [one for one in town.prison if one.until <= town.tick]
        town.prison = [one for one in town.prison if one.until > town.tick]
        for prisoner in over:
            release(town, prisoner)
        mean = MOST_DETAINED / 1000.0 / 30.4375 * len(town.suspects)
        for j in range(poisson(town.uniform("detention count", 0, 0), mean)):
            detain(town, pick(town.suspects, town.uniform("detention who", j, 0)), town.uniform("detention mark", j, 0))
    march(town)


def release(town: "PlainTown", prisoner: Prisoner) -> None:
    """Let somebody out, who has forgotten like everybody."""
    p, one = town.numbers("heavy_hand"), prisoner.who
    one.forget(record=False)
    one.alive, one.mood = True, town.mood
    town.ledger.add_change(ARRIVAL, one.settlement, one.trust)
    one.clique = prisoner.clique
    if one.clique is None and town.uniform("prison recruit", one.number, 0) < p.prison_recruit:
        one.clique = clique_around(one)
    town.live(one, "detained", p.weight_detained)


def detain(town: "PlainTown", one: Resident, mark: float) -> None:
    """Detain a young man, if the mark is below his hazard."""
    p, members = town.numbers("heavy_hand"), town.share_of_members
    if not one.alive or not one.is_man_of(p.detained_from, 35):
        return
    known = (1.0 - p.wrongful) / max(members, 1e-9) if one.clique else p.wrongful / max(1.0 - members, 1e-9)
    if mark >= p.detention * known / MOST_DETAINED:
        return
    length = int(91.0 * p.months if one.clique else 21.0 * p.weeks)
    imprison(town, one, town.tick + length)
    hold_slot(town, one, town.tick + length)
    for tie in one.ties:
        town.live(tie, "detained_tie", p.weight_tie)


def hold_slot(town: "PlainTown", one: Resident, until: int) -> None:
    """Hold a slot of offenders with some of the detained, if the one drawn is free."""
    if town.uniform("detention slot", one.number, 0) >= town.numbers("heavy_hand").offenders:
        return
    reached = [(slots, town.drawn_by[group, one.settlement]) for group, slots in enumerate(town.offenders) if slots]
    aim = town.uniform("detention slot", one.number, 1) * sum(sums[-1] for _, sums in reached)
    for slots, sums in reached:
        if aim < sums[-1]:
            slot = slots[bisect.bisect_right(sums, aim)]
            if slot.is_free(town.tick):
                slot.hold(until)
                town.n_detained_offenders += 1
            return
        aim -= sums[-1]


def imprison(town: "PlainTown", one: Resident, until: int) -> None:
    """Take somebody into custody: he leaves the municipality and his clique until a tick."""
    town.prison.append(Prisoner(one, one.clique, until, town.tick))
    one.leave(DEPARTURE)
    one.clique = None


def hold_member(town: "PlainTown", member: Resident, until: int) -> None:
    """Take a member of a clique into custody for an act; his clique feels it."""
    assert member.clique is not None
    member.clique.held_now += 1
    member.clique.leader_now += member is member.clique.leader
    imprison(town, member, until)


def march(town: "PlainTown") -> None:
    """Let soldiers visit places and stop young men there."""
    p, contacts = town.numbers("heavy_hand"), town.numbers("contacts")
    n = int(p.visits)
    army = p.army + town.numbers("political_calendar").army
    for a in range(math.floor(army * town.numbers("population").scale + town.uniform("army patrols", 0, 0))):
        for v in range(n):
            minute = (v + town.uniform("army minute", a, v)) * SHIFT_MINUTES / n
            cell = pick_by_reach(town.everywhere, town.uniform("army place", a, v))
            town.visits.append(Visit(None, cell, minute, SOLDIERS, 0, p.stay))
            present = cell.present[town.place_list]
            n_here = sum(not other.left for other in present)
            mean = p.stops * n_here / (n_here + contacts.crowd) * (contacts.night if town.shift == 2 else 1.0)
            for j in range(min(15, poisson(town.uniform("army meets", a, v), mean))):
                one = pick(present, town.uniform("army who", a, 16 * v + j))
                if one.alive and one.is_man_of(p.stopped_from, 35):
                    harsh = town.uniform("army tone", a, 16 * v + j) < p.harsh
                    if harsh:
                        town.live(one, "army_harsh", p.weight_harsh)
                    else:
                        town.live(one, "army_civil", contacts.weight_stop)
                    one.last_contact = town.tick
