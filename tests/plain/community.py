"""Communal authorities: hearings and meetings; and hearsay (ODD 6.12 and 6.13)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa

from plain.luck import logistic
from plain.people import HEARING, HEARSAY, MEETING, Resident

if TYPE_CHECKING:
    from plain.town import PlainTown

DOMESTIC = 8
CLOSED, HANDED_OVER, WITHOUT_REMEDY = range(3)
TABLE = 4095


class Authority(mesa.Agent):
    """The board of a settlement."""

    def __init__(self, town: "PlainTown", number: int, row: Any, settlement: Any) -> None:
        super().__init__(town)
        self.number = number
        self.settlement = int(row["settlement"])
        self.cell = town.cells[int(row["cell"])]
        self.communal = bool(row["communal"])
        closed = town.luck("invites", number, 0, tick=0) < town.numbers("boards").share_not_inviting
        self.invites = settlement.kind == "town" or not closed
        self.organised = float(settlement.organised)
        self.legitimacy = town.numbers("communal_authority").legitimacy
        self.last_meeting = -1
        self.requested = -1
        self.silent_until = 0
        self.n_residents = sum(one.alive and one.settlement == self.settlement for one in town.residents)


@dataclass(frozen=True)
class Case:
    """A case before an authority, to be heard in the shift that it is due."""

    due: int
    born: int
    number: int
    authority: Authority
    complainant: Resident
    kind: int


@dataclass(frozen=True)
class Hearing:
    """A case that was heard, and its outcome."""

    born: int
    number: int
    outcome: int


@dataclass(frozen=True)
class Meeting:
    """A meeting of an authority with its community and the police."""

    authority: int
    met: bool
    called: bool


def hear_cases(town: "PlainTown") -> None:
    """Hear the cases that are due; then the municipal table; then the meetings of authorities."""
    for case in town.cases:
        if case.due <= town.tick:
            hear(town, case)
    town.cases = [case for case in town.cases if case.due > town.tick]
    if town.shift == 1:
        hold_table(town)
        for authority in town.authorities:
            hold_meeting(town, authority)
    town.learn_impressions()


def hear(town: "PlainTown", case: Case) -> None:
    """Hear one case: a ruling, whether it is accepted and kept, and what becomes of it."""
    p, authority = town.numbers("communal_authority"), case.authority

    def u(name: str) -> float:
        return town.luck(name, case.number, 0, tick=case.born)

    with_police = authority.invites and u("police present") < p.presence
    months = town.date.month - 1 if authority.communal else 12
    just = u("just") < logistic(p.just + p.experience * months / 12.0)
    respect = p.accept + p.deference * authority.legitimacy + p.public * authority.organised
    kept = u("accept") < logistic(respect) and u("comply") < p.comply
    handed_over = not kept and u("hand over") < p.hand_over
    outcome = CLOSED if kept else HANDED_OVER if handed_over else WITHOUT_REMEDY
    if kept and case.kind == DOMESTIC:
        case.complainant.ruled_until = town.tick + 1095
    town.hearings.append(Hearing(case.born, case.number, outcome))
    seen = 0.0 if not just else 1.0 if kept else 0.5
    step = 1000.0 / authority.n_residents * (seen - logistic(authority.legitimacy))
    authority.legitimacy += p.learning * step
    if with_police:
        town.impress(case.complainant, HEARING, fairness=(1.0, town.numbers("trust").hearing))
        case.complainant.last_contact = town.tick


def is_held_today(town: "PlainTown", who: int, chance: float) -> bool:
    """Tell whether a meeting is held this month, and today."""
    if town.luck("meeting held", who, 0, tick=town.month) >= chance:
        return False
    return town.date.day == 1 + int(28 * town.luck("meeting day", who, 0, tick=town.month))


def hold_table(town: "PlainTown") -> None:
    """Hold the municipal table, if it is today."""
    if not is_held_today(town, TABLE, town.numbers("communal_authority").table / 12.0):
        return
    for authority in town.authorities:
        meets = town.tick >= authority.silent_until
        if meets and town.luck("takes part", authority.number, 0) < authority.organised:
            authority.last_meeting = town.tick


def hold_meeting(town: "PlainTown", authority: Authority) -> None:
    """Hold an authority's own meeting, if it is today and there is an officer who can come."""
    p, weight = town.numbers("communal_authority"), town.numbers("contacts").weight_meeting
    if not is_held_today(town, authority.number, p.meetings / 12.0 * (0.5 + authority.organised)):
        return
    facility = town.facilities[authority.cell.facility]
    officer = next((one for one in town.officers if one.facility is facility), None)
    if officer is None or town.tick < authority.silent_until:
        return
    authority.last_meeting = town.tick
    met = town.luck("request", authority.number, 0) < p.request_met
    called = town.luck("called by police", authority.number, 0) < p.police_call
    town.meetings.append(Meeting(authority.number, met, called))
    for one in town.residents:
        if not one.council or one.settlement != authority.settlement or not one.alive:
            continue
        if town.luck("attends", one.number, 0) < p.attendance:
            fair = town.luck("meeting tone", one.number, 0) < officer.chance_of_fairness
            town.impress(
                one,
                MEETING,
                fairness=(1.0 if fair else -1.0, weight),
                effectiveness=(0.5 if met else -0.5, weight),
            )
            one.last_contact = town.tick


def spread_news(town: "PlainTown") -> None:
    """Let ties hear of what residents experienced in this shift (ODD 6.13)."""
    p = town.numbers("hearsay")
    for said in list(town.impressions):
        bad = said.weight_f * said.tone_f + said.weight_e * said.tone_e < 0.0
        chance = p.tell_bad if bad else p.tell_good
        for k, tie in enumerate(said.who.ties):
            if town.luck("hearsay", said.who.number, 8 * said.cause + k) < chance:
                town.impress(
                    tie,
                    HEARSAY,
                    fairness=(said.tone_f, said.weight_f * p.weight),
                    effectiveness=(said.tone_e, said.weight_e * p.weight),
                    own=0,
                )
    town.learn_impressions()
