"""Communal authorities: hearings and meetings; and hearsay (ODD: communal_authority, hearsay)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa

from oracle.board_memory import Remembered
from oracle.people import (
    ABSENCE,
    ABUSE,
    AT_HOME,
    HARM,
    HEARSAY,
    INFORMED,
    PAYMENT,
    PROBLEM_IN_VAIN,
    PROBLEM_SOLVED,
    PUBLIC_EVENT,
    SCANDAL,
    TOLD_OF_REQUEST,
    Impression,
    Resident,
)
from oracle.random_draws import logistic, logit

if TYPE_CHECKING:
    from oracle.town import PlainTown

DOMESTIC = 8
CLOSED, HANDED_OVER, WITHOUT_REMEDY, PUT_OFF, RULED, TO_HIGHER_BOARD = range(6)
MOST_AT_HOME = 12
LATELY = 93
"""Shifts for which police count as going out after a couple was on duty."""
HEARING_STEP, COMPLIANCE_STEP, HIGHER_STEP = range(3)


class Authority(mesa.Agent):
    """The board of a settlement."""

    def __init__(self, town: "PlainTown", number: int, row: Any, settlement: Any) -> None:
        super().__init__(town)
        self.number = number
        self.settlement = int(row["settlement"])
        self.cell = town.cells[int(row["cell"])]
        self.communal = bool(row["communal"])
        closed = town.uniform("invites", number, 0, tick=0) < town.numbers("boards").share_not_inviting
        self.invites = settlement.kind == "town" or not closed
        self.organised = drawn_organised(town, number, float(settlement.organised))
        self.remembers = Remembered(drawn_disposition(town, number))
        self.protocol = self.watches = False
        self.nights = self.usual = self.load = 0.0
        self.tired = 0
        self.legitimacy = town.numbers("communal_authority").legitimacy
        self.last_meeting = self.last_request = self.last_answer = self.problem = -1
        self.explained = self.silent_until = self.withdrawn_until = self.disputes = 0
        self.links = self.watch = self.mark = 0.0
        self.consents = False
        self.of_canton = self.communal and settlement.kind != "town"
        self.agrees_to_patrol, self.agreed_to_operation, self.operation_asked = True, False, -1
        self.asked_this_month = False
        self.phones = town.numbers("consultation").phones
        self.shown: list[float] = []
        self.standing = 0.0
        self.suffered = [0.0] * 9
        self.results = [0, 0, 0]
        self.residents = [one for one in town.residents if one.settlement == self.settlement]
        self.n_residents = sum(one.alive for one in self.residents)

    def see(self, what: float) -> None:
        """Move legitimacy towards what people have seen and the standing of the authority besides."""
        self.shown.append(what)
        learning = self.model.numbers("communal_authority").learning
        self.legitimacy += learning * 1000.0 / self.n_residents * (what + self.standing - logistic(self.legitimacy))

    @property
    def agreed(self) -> float:
        """How far a protocol is agreed, 0 to 1."""
        decides = self.model.numbers("deliberation").protocols
        return float(self.protocol) if decides else float(self.model.numbers("communal_authority").protocol)

    @property
    def officer(self) -> Any:
        """First officer of the facility of the authority's cell, if there is one."""
        facility = self.cell.facility
        return next((one for one in self.model.officers if one.facility.number == facility), None)


def logistic_noise(u: float) -> float:
    """Return a number around 0 for the uniform number u."""
    return 0.5513 * logit(u)


def drawn_organised(town: "PlainTown", number: int, usual: float) -> float:
    """Draw how organised the people of a board are, around what is usual."""
    spread = town.numbers("deliberation").spread
    if spread <= 0.0:
        return usual
    drawn = usual + spread * logistic_noise(town.uniform("organised", number, 0, tick=0))
    return float(min(0.98, max(0.05, drawn)))


def drawn_disposition(town: "PlainTown", number: int) -> float:
    """Draw what a board thinks of the police before it knows them."""
    p = town.numbers("deliberation")
    return logistic(
        p.disposed + p.disposed_spread * logistic_noise(town.uniform("disposition of a board", number, 0, tick=0))
    )


def police_go_out(town: "PlainTown") -> bool:
    """Tell whether a couple of the municipality was on duty lately, where that counts."""
    return not town.numbers("deliberation").couples or town.tick - town.last_out < LATELY


def settle_standing(town: "PlainTown") -> None:
    """Let authorities begin at the legitimacy of the site, with the standing that holds it there."""
    shown = [what for authority in town.authorities for what in authority.shown]
    legitimacy = town.numbers("communal_authority").legitimacy
    for authority in town.authorities if shown else []:
        authority.legitimacy = legitimacy
        authority.standing = logistic(legitimacy) - math.fsum(shown) / len(shown)


UNTOLD = (PAYMENT, PUBLIC_EVENT, SCANDAL, INFORMED, ABSENCE, TOLD_OF_REQUEST, PROBLEM_SOLVED, PROBLEM_IN_VAIN)


@dataclass(eq=False)
class Case:
    """A case before an authority, to be heard in the shift that it is due."""

    due: int
    born: int
    number: int
    authority: Authority
    complainant: Resident
    kind: int
    step: int = HEARING_STEP
    late: int = 0
    just: bool = False


@dataclass(frozen=True)
class Hearing:
    """A step of a case, and what it ended with."""

    born: int
    number: int
    outcome: int


def hear_cases(town: "PlainTown") -> None:
    """Let boards decide for a month; take the cases that are due one step further."""
    if town.shift == 0 and town.date.day == 1:
        for authority in town.authorities:
            begin_month(town, authority)
    open_cases = []
    for case in town.cases:
        if case.due <= town.tick:
            outcome = take_step(town, case)
            town.hearings.append(Hearing(case.born, case.number, outcome))
            if outcome == CLOSED and case.kind == DOMESTIC:
                case.complainant.ruled_until = town.tick + 1095
            if outcome in (CLOSED, HANDED_OVER, WITHOUT_REMEDY):
                continue
        open_cases.append(case)
    town.cases = open_cases
    town.apply_impressions()


def begin_month(town: "PlainTown", authority: Authority) -> None:
    """Let a board consent to joint patrols or not, and keep watch."""
    p = town.numbers("communal_authority")
    if town.date.month == 1 and authority.communal:
        authority.links *= 0.5 * authority.agreed
    wish = logistic(p.consent + p.consent_links * authority.links)
    consents = town.uniform("consents", authority.number, 0, tick=town.month) < wish
    authority.consents = authority.invites and consents
    q = town.numbers("deliberation")
    watch = (q.watch_effect if authority.watches else 0.0) if q.watches else p.watch
    authority.watch = watch * authority.organised * (1.0 + p.watch_joint * authority.consents)


def take_step(town: "PlainTown", case: Case) -> int:
    """Take one step of a case."""
    p = town.numbers("communal_authority")

    def u(name: str) -> float:
        return town.uniform(name, case.number, 0, tick=case.born)

    if case.step == HEARING_STEP:
        return hold_hearing(town, case)
    if case.step == HIGHER_STEP:
        return CLOSED if u("higher board settles") < p.higher_settles else fail(town, case)
    if u("comply") < p.comply:
        case.authority.see(1.0 if case.just else 0.0)
        return CLOSED
    return fail(town, case)


def hold_hearing(town: "PlainTown", case: Case) -> int:
    """Hold the public hearing of a case."""
    p, authority = town.numbers("communal_authority"), case.authority

    def u(name: str, nth: int = 0) -> float:
        return town.uniform(name, case.number, nth, tick=case.born)

    respect = p.deference * authority.legitimacy
    if u("summoned", case.late) >= logistic(p.comes + respect):
        case.late += 1
        authority.see(p.delayed)
        if case.late == 3:
            return fail(town, case)
        case.due += 21
        return PUT_OFF
    keeps = town.numbers("deliberation").keeps * authority.agreed
    presence = p.presence + (1.0 - p.presence) * keeps
    present = authority.invites and police_go_out(town) and u("police present") < presence
    waits = present and u("police wait") < p.waits + (1.0 - p.waits) * authority.agreed
    if authority.invites and authority.protocol:
        authority.remembers.promise(kept=waits)
    if present:
        authority.remembers.watch_police(waited=waits, worse=town.numbers("deliberation").stepped_in)
        trust = town.numbers("trust")
        if waits:
            town.live(case.complainant, "hearing_waited", trust.hearing)
        else:
            town.live(case.complainant, "hearing_stepped_in", trust.stepped_in)
        if case.complainant.alive:
            case.complainant.last_contact = town.tick
    months = town.date.month - 1 if authority.communal else 12
    case.just = u("just") < logistic(p.just + p.experience * months / 12.0)
    if u("accept") >= logistic(p.accept + respect + p.public * authority.organised):
        return fail(town, case)
    case.step = COMPLIANCE_STEP
    case.due += 3 * int(p.comply_days)
    return RULED


def fail(town: "PlainTown", case: Case) -> int:
    """Take a failed case to the higher board, the state, or nowhere."""
    p = town.numbers("communal_authority")
    case.authority.see(0.5 if case.just else 0.0)
    higher = town.uniform("higher board", case.number, 0, tick=case.born) < p.higher
    if case.authority.communal and case.step != HIGHER_STEP and higher:
        case.step = HIGHER_STEP
        case.due += 42
        return TO_HIGHER_BOARD
    return HANDED_OVER if town.uniform("hand over", case.number, 0, tick=case.born) < p.hand_over else WITHOUT_REMEDY


def spread_news(town: "PlainTown") -> None:
    """Let ties hear of what residents experienced in this shift (ODD: hearsay)."""
    p = town.numbers("hearsay")
    news = [said for said in town.impressions if said.cause not in UNTOLD]
    for said in news:
        bad = said.weight_f * (said.quality_f - 0.5) + said.weight_e * (said.quality_e - 0.5) < 0.0
        chance = p.tell_bad if bad else p.tell_good
        for k, tie in enumerate(said.who.ties):
            if town.uniform("hearsay", said.who.number, 8 * said.cause + k) < chance:
                hear(town, tie, HEARSAY, said, p.weight)
    for said in news:
        if said.cause in (HARM, ABUSE):
            for other in household(town, said.who)[:MOST_AT_HOME]:
                if other is not said.who and other.age >= 12:
                    hear(town, other, AT_HOME, said, p.at_home)
    town.apply_impressions()


def hear(town: "PlainTown", one: Resident, cause: int, said: Impression, share: float) -> None:
    """Let somebody hear of what another experienced."""
    fairness = (said.quality_f, said.weight_f * share)
    effectiveness = (said.quality_e, said.weight_e * share)
    town.record_impression(one, cause, fairness=fairness, effectiveness=effectiveness, fast=said.fast, heard_from=said)


def household(town: "PlainTown", one: Resident) -> list[Resident]:
    """Return the unbroken run of rows around a resident with the same household."""
    first = last = one.number
    while first > 0 and town.residents[first - 1].household == one.household:
        first -= 1
    while last + 1 < len(town.residents) and town.residents[last + 1].household == one.household:
        last += 1
    return town.residents[first : last + 1]
