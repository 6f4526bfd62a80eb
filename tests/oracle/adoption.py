"""MOPSIC adoption: officers hear, learn, leave and are replaced (ODD: adoption)."""

from typing import TYPE_CHECKING, Any

from oracle.practices import ANALYSIS, AREA, FOUNDED, begin_as_newcomer, monthly

if TYPE_CHECKING:
    from oracle.police import Officer
    from oracle.town import PlainTown


def trained_in_pool(town: "PlainTown") -> float:
    """Share trained in the national pool this month."""
    p = town.numbers("adoption")
    return min(p.pool_cap, max(0.0, p.pool + p.pool_growth * (town.month / 12.0 - 2017.0)))


def uptake(officer: "Officer") -> float:
    """How likely an officer takes a place, relative to others."""
    p = officer.model.numbers("adoption")
    weight = p.prevention if officer.prevention else 1.0
    weight *= p.champion if officer.champion else 1.0
    weight *= p.leaders if officer.leads else 1.0
    return weight * (p.old_guard if officer.cohort < FOUNDED else 1.0)


def renew_positions(town: "PlainTown") -> None:
    """Let officers learn of MOPSIC, leave and be followed by others."""
    teach(town)
    turn_over(town)
    note_care(town)


def note_care(town: "PlainTown") -> None:
    """Note with how much more care each facility fills forms."""
    p = town.numbers("adoption")
    for facility in town.facilities:
        staff = [one for one in town.officers if one.facility is facility]
        facility.care = p.link_forms * p.forms * sum(one.habits[ANALYSIS] for one in staff) / max(1, len(staff))


def teach(town: "PlainTown") -> None:
    """Let officers hear of MOPSIC, and give the places of courses away."""
    p = town.numbers("adoption")
    share_aware = {}
    for facility in town.facilities:
        staff = [one for one in town.officers if one.facility is facility]
        share_aware[facility.number] = sum(one.aware for one in staff) / max(1, len(staff))
    wish = sum(uptake(one) for one in town.officers if not one.trained)
    for one in town.officers:
        programme = p.programme_places if one.facility.supported else 0.0
        places = (p.places + p.donor_places + programme) * (1.0 - p.overlap) / 1200.0 * len(town.officers)
        hazard = p.outside + p.peers * share_aware[one.facility.number]
        if not one.aware and town.uniform("hears", one.number, 0) < hazard:
            one.aware = 1
        if not one.trained and town.uniform("course", one.number, 0) * wish < places * uptake(one):
            one.trained = one.aware = 1
            one.taught_at = town.tick


def turn_over(town: "PlainTown") -> None:
    """Let officers retire or move away."""
    p = town.numbers("adoption")
    for one in town.officers:
        if one.suspended:
            succeed(one)
            continue
        old = town.date.year - one.cohort >= p.service
        retires = old and town.uniform("retires", one.number, 0) < monthly(p.retire)
        if retires or town.uniform("moves", one.number, 0) < monthly(p.rotation * (1.0 - p.permanence)):
            succeed(one)


def succeed(officer: "Officer") -> None:
    """Put the next person into a position."""
    town: Any = officer.model
    p, plant = town.numbers("adoption"), town.numbers("plant")
    officer.person += 1

    def u(nth: int) -> float:
        return float(town.uniform("newcomer", officer.number, nth, tick=officer.person))

    from_academy = u(0) < p.academy
    officer.since = town.tick
    officer.asked = -1
    officer.suspended = False
    officer.faith = officer.motivation = officer.safety = officer.stress = 0.0
    officer.cohort = town.date.year if from_academy else town.date.year - 1 - int(25.0 * u(1))
    officer.trained = int(u(2) < (p.academy_trained if from_academy else trained_in_pool(town)))
    officer.aware = int(officer.trained or u(3) < p.pool_aware)
    officer.female = u(4) < plant.share_women
    officer.kiche = int(u(5) < plant.share_kiche)
    officer.champion = u(6) < plant.share_champions
    integrity = plant.integrity_mean + plant.integrity_spread * (2.0 * u(7) - 1.0)
    officer.integrity = min(1.0, max(0.0, integrity))
    officer.manner = plant.manner_spread * (sum(u(8 + nth) for nth in range(12)) - 6.0)
    begin_as_newcomer(officer, u(21), u(20), from_academy=from_academy)


def explains(officer: "Officer", born: int, number: int) -> bool:
    """Tell whether a lead who comes late to a call explains why."""
    p = officer.model.numbers("adoption")
    chance = p.link_explain * p.explain * officer.skill
    return bool(officer.model.uniform("explains", number, 0, tick=born) < chance)


def planned_share(officer: "Officer") -> float:
    """Share of visits that a lead plans for institutions."""
    p, plan_share = officer.model.numbers("adoption"), officer.model.numbers("patrol").plan_share
    more = p.link_plan * (p.planning - 1.0) * officer.habits[AREA]
    return float(min(1.0, plan_share * (1.0 + more)))
