"""What becomes of the minutes of a shift (ODD: practices, Minutes)."""

from typing import TYPE_CHECKING

from oracle.chief import ARRESTS, to_visits
from oracle.practices import AREA
from oracle.random_draws import pick_by_reach

if TYPE_CHECKING:
    from oracle.places import Cell
    from oracle.police import Couple, Facility, Officer
    from oracle.town import PlainTown

SHIFT_MINUTES = 480.0
FOR_MEETINGS, FOR_REQUESTS, FOR_PROBLEMS = range(3)
TO_HOMES = 3
HOMES, AT_MEETING, ON_REQUEST, ON_PROBLEM = 6, 7, 8, 9
NIGHT = 2
VEHICLE = 2
HALF_YEAR = 546
LITRES = 3.785
BY_MOTORISED, BY_FIXED_DUTIES, BY_ADDED_HOURS = 1, 2, 3


class Owed:
    """What a facility was asked for and has given, in minutes, for one purpose."""

    def __init__(self) -> None:
        self.asked = self.given = 0.0
        self.planned = 0.0

    def ask(self, minutes: float) -> float:
        """Ask for minutes; return the mark at which they have been given."""
        self.asked += minutes
        return self.asked

    def has_given(self, mark: float) -> bool:
        """Tell whether a mark is reached."""
        return self.given >= mark - 1e-6

    def drop(self, mark: float) -> None:
        """Drop what is left up to a mark."""
        self.given = max(self.given, mark)


def stretch_of(town: "PlainTown", n: int) -> float:
    """Return the minutes of one of n stretches."""
    return float((SHIFT_MINUTES - town.numbers("practices").brief) / n)


def is_planned(town: "PlainTown", couple: "Couple", slot: int) -> bool:
    """Tell whether a stretch is planned."""
    assert couple.lead is not None
    share = to_visits(couple) * share_given(town, couple, couple.lead.habits[AREA])
    return town.uniform("hours planned", couple.number, slot) < min(1.0, share)


def share_planned(town: "PlainTown", facility: "Facility", habit: float) -> float:
    """Return the share of its free stretches that a couple plans."""
    allowed = town.chiefs[facility.number].work
    return float(allowed * town.numbers("practices").planned * town.numbers("adoption").link_plan * habit)


def share_given(town: "PlainTown", couple: "Couple", habit: float) -> float:
    """Return the share that a couple gives to planned work, if motorised patrol gives for those on foot."""
    p, facility = town.numbers("practices"), couple.facility
    share = share_planned(town, facility, habit)
    here = [other.has_motor for other in town.couples_on_duty() if other.facility is facility]
    if p.paid_by != BY_MOTORISED or all(here) or not any(here):
        return share
    n_foot, n_motor = here.count(False), here.count(True)
    over = min(share * (n_foot / n_motor), 1.0 - share)
    return share + over if couple.has_motor else share - over / (n_foot / n_motor)


def growth(town: "PlainTown", facility: "Facility", lead: "Officer", payer: int) -> float:
    """Return by what time grows that is to leave patrol as it was."""
    p = town.numbers("practices")
    now, usual = (share_planned(town, facility, habit) for habit in (lead.habits[AREA], p.usual_area))
    return max(1.0, (1.0 - usual) / (1.0 - now)) if p.paid_by == payer and now < 1.0 else 1.0


def use_of_stretch(town: "PlainTown", couple: "Couple", slot: int) -> int | None:
    """Return what a stretch is planned for; None is nothing else than usual."""
    if not is_planned(town, couple, slot):
        return None
    by_night = town.shift == NIGHT
    for purpose in (FOR_PROBLEMS,) if by_night else (FOR_MEETINGS, FOR_REQUESTS, FOR_PROBLEMS):
        owed = couple.facility.owed[purpose]
        if owed.asked - owed.given - owed.planned > 0.0:
            return purpose
    return None if by_night else TO_HOMES


def stop_at_home(town: "PlainTown", couple: "Couple", slot: int) -> "tuple[Cell, int, int]":
    """Return where a couple visits homes, as kind of visit and whether it is written."""
    return pick_by_reach(couple.sector.route, town.uniform("visit place", couple.number, slot)), HOMES, 1


def stop_at_work(town: "PlainTown", couple: "Couple", slot: int, purpose: int) -> "tuple[Cell, int, int]":
    """Return where a couple works off what its facility owes."""
    facility, owed = couple.facility, couple.facility.owed[purpose]
    done = owed.given + owed.planned
    places: list[tuple[float, Cell]] = []
    if purpose == FOR_MEETINGS:
        places = [(one.mark, one.cell) for one in town.authorities if one.cell.facility == facility.number]
    elif purpose == FOR_REQUESTS:
        cells = [(one.mark, one.authority.cell) for one in town.requests]
        places = [(mark, cell) for mark, cell in cells if cell.facility == facility.number]
    else:
        return problem_at_work(town, couple, slot), ON_PROBLEM, 0
    waiting = [(mark, cell) for mark, cell in places if mark > done]
    _, cell = min(waiting, key=lambda one: one[0]) if waiting else (0.0, facility.cell)
    return cell, (AT_MEETING, ON_REQUEST)[purpose], 0


def problem_at_work(town: "PlainTown", couple: "Couple", slot: int) -> "Cell":
    """Return the cell of the problem on which a couple works, by the minutes asked for each."""
    own = [one for one in town.problems.slots if one.sector is not None and one.sector.facility is couple.facility]
    reach, place = town.uniform("visit place", couple.number, slot) * sum(one.owed for one in own), couple.facility.cell
    for one in own:
        if one.owed > 0.0:
            assert one.cell is not None
            place = one.cell
            if reach < one.owed:
                break
            reach -= one.owed
    return place


def keep_busy(couple: "Couple", start: float, end: float) -> None:
    """Book a call or an arrest, up to the end of the shift and besides the fixed duty."""
    end = min(end, SHIFT_MINUTES)
    both = max(0.0, min(end, couple.duty_end) - max(start, couple.duty_start))
    couple.busy += max(0.0, end - start) - both


def book_minutes(town: "PlainTown") -> None:
    """Book the minutes and litres of every couple on duty."""
    for couple in town.couples_on_duty():
        book_shift(town, couple)
        book_sector(town, couple)
        burn(town, couple)


def book_shift(town: "PlainTown", couple: "Couple") -> None:
    """Share what calls and duties left of a shift over its stretches, and work off what is owed."""
    p, spent = town.numbers("practices"), town.spent
    visits = [visit for visit in town.visits if visit.couple is couple]
    fixed = couple.duty_end - couple.duty_start
    calls = min(couple.busy, SHIFT_MINUTES - p.brief - fixed)
    free = SHIFT_MINUTES - p.brief - fixed - calls
    for purpose, kind in enumerate((AT_MEETING, ON_REQUEST, ON_PROBLEM)):
        couple.stretches[purpose] = sum(visit.alive and visit.kind == kind for visit in visits)
    work = sum(couple.stretches)
    homes = sum(visit.alive and visit.kind == HOMES for visit in visits)
    street = max(0, couple.n_slots - work - homes - sum(not visit.alive for visit in visits))
    each = free / max(1, work + homes + street)
    ordered = street if couple.block == ARRESTS else min(street, couple.n_on_cases)
    spent.minutes_brief += p.brief
    spent.minutes_fixed += fixed
    spent.minutes_calls += calls
    spent.minutes_orders += each * ordered
    spent.minutes_meetings += each * couple.stretches[FOR_MEETINGS]
    spent.minutes_requests += each * couple.stretches[FOR_REQUESTS]
    spent.minutes_problems += each * couple.stretches[FOR_PROBLEMS]
    spent.minutes_visits += each * homes * p.split
    spent.minutes_talks += each * homes * (1.0 - p.split)
    spent.minutes_patrol += free - each * (work + homes + ordered)
    for owed, n in zip(couple.facility.owed, couple.stretches, strict=True):
        owed.given = min(owed.asked, owed.given + each * n)


def book_sector(town: "PlainTown", couple: "Couple") -> None:
    """Count a shift in the lead's own sector, and whether the lead has been there for half a year."""
    assert couple.lead is not None
    if couple.sector is couple.lead.sector:
        fixed = couple.duty_end - couple.duty_start
        town.spent.shifts_own += 1.0
        town.spent.minutes_own += SHIFT_MINUTES - town.numbers("practices").brief - fixed
        town.spent.shifts_led += town.tick - couple.lead.sector_since >= HALF_YEAR


def burn(town: "PlainTown", couple: "Couple") -> None:
    """Count the litres burnt on calls and visits."""
    p = town.numbers("roster")
    if couple.has_motor:
        gallon = p.km_per_gallon if couple.mode == VEHICLE else p.km_per_gallon_motorcycle
        driven = couple.tank - couple.kilometres + sum(visit.km for visit in couple.kept_visits)
        town.spent.litres += LITRES * driven / gallon
