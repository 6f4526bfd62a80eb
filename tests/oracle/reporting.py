"""Whom a victim tells, and what reaches the books (ODD: reporting)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.boards import decide_case, hears_of_call
from oracle.capture import is_told
from oracle.community import Authority, Case
from oracle.crime import (
    ANONYMOUS,
    AUTHORITY,
    DOMESTIC,
    EXTORTION,
    EXTORTION_MOTIVE,
    GANG,
    KILLING,
    NOBODY,
    OWN_PHONE,
    PATROL,
    PROSECUTOR,
    PUNISHMENT,
    STATION,
    TELEPHONE,
    Incident,
)
from oracle.people import Resident
from oracle.police import covering_visit
from oracle.pressure import send_away
from oracle.random_draws import logistic
from oracle.service import CALLS, CASES, experience, worth

if TYPE_CHECKING:
    from oracle.calls import Errand
    from oracle.places import Cell
    from oracle.town import PlainTown

KINDS_REPORTED = {1: "theft", 2: "vehicle_theft", 3: "theft_from_vehicle", 5: "assault", 7: "extortion"}
"""Kinds reported more or less readily than a robbery."""
LINE, HOURS, FUEL, VEHICLES, PAPER, DECLINED = range(6)
"""Reasons why a call is not served."""


@dataclass(eq=False)
class Call:
    """A call for help, and the board that hears what becomes of it; ``minute`` is that of the shift of its birth."""

    incident: "Incident | Errand"
    teller: Resident
    minute: float
    board: Authority | None


@dataclass(frozen=True)
class Unserved:
    """A call that nobody served, why, and where it would have been if it reached the police."""

    born: int
    number: int
    reason: int
    board: Authority | None
    cell: "Cell | None"


def tell(town: "PlainTown") -> None:
    """Let the teller of each incident choose whom to tell; without a teller it can only be found."""
    for incident in town.incidents:
        if incident.kind == DOMESTIC:
            continue
        if incident.teller is not None:
            tell_of(town, incident, incident.teller)
        else:
            find(town, incident)


def find(town: "PlainTown", incident: Incident) -> None:
    """Let a couple find, or not, what happens under its eyes and nobody reports to a state body."""
    if not incident.reported_to_state and covering_visit(town, incident.cell, incident.minute) is not None:
        incident.found = town.uniform("found", incident.number, 0) < town.numbers("reporting").found


def tell_of(town: "PlainTown", incident: Incident, teller: Resident) -> None:
    """Tell one incident, or not, with all that follows in this shift."""
    incident.reported_to = TELEPHONE if incident.kind == KILLING else choose_channel(town, incident, teller)
    think_again(town, incident)
    send_away(town, incident, teller)
    if incident.kind == EXTORTION and becomes_known(town, incident):
        teller.reported_openly = town.tick
    if incident.reported_to == AUTHORITY:
        bring_to_board(town, incident, teller)
    find(town, incident)
    if calls(town, incident):
        call(town, incident, teller)
    complain(town, incident, teller)


def think_again(town: "PlainTown", incident: Incident) -> None:
    """Let nobody tell the state, or let everybody telephone, if that is what is asked for."""
    p, m = town.numbers("reporting"), incident.number
    if incident.reported_to == NOBODY:
        if town.uniform("all tell", m, 0) < p.all_tell:
            incident.reported_to, incident.reluctant = TELEPHONE, True
    elif incident.reported_to != AUTHORITY and town.uniform("none tell", m, 0) < p.none_tell:
        incident.reported_to = NOBODY


def becomes_known(town: "PlainTown", incident: Incident) -> bool:
    """Tell whether those who extort learn that they were reported."""
    p, facility = town.numbers("reporting"), incident.cell.facility
    if incident.reported_to != ANONYMOUS:
        return incident.reported_to in (PATROL, TELEPHONE, STATION, OWN_PHONE, PROSECUTOR)
    captured = facility >= 0 and town.uniform("captured", facility, 0, tick=0) < p.captured
    return (captured and town.uniform("leak", incident.number, 0) < p.leak) or is_told(town, incident)


def calls(town: "PlainTown", incident: Incident) -> bool:
    """Tell whether an incident makes a call."""
    willing = not incident.reluctant
    willing = willing or town.uniform("reluctant", incident.number, 0) < town.numbers("reporting").newcomers
    return (incident.reported_to in (PATROL, TELEPHONE, OWN_PHONE) and willing) or incident.called_by_board


def choose_channel(town: "PlainTown", incident: Incident, teller: Resident) -> int:
    """Choose among the channels and nobody, by their utilities."""
    return choose(utilities_of(town, incident, teller), town.uniform("tell", incident.number, 0))


def choose(utilities: dict[int, float], u: float) -> int:
    """Return the channel for the uniform number u: nobody first, then the channels in order."""
    total = 1.0 + sum(math.exp(utility) for utility in utilities.values())
    reached = 1.0 / total
    if u < reached:
        return NOBODY
    for channel, utility in utilities.items():
        reached += math.exp(utility) / total
        if u < reached:
            return channel
    return max(utilities)


def utilities_of(town: "PlainTown", incident: Incident, teller: Resident) -> dict[int, float]:
    """Return the utility of each channel that is open to the teller, in order of number."""
    p, communal = town.numbers("reporting"), town.numbers("communal_authority")
    readier = getattr(p, KINDS_REPORTED[incident.kind]) if incident.kind in KINDS_REPORTED else 0.0
    common = (
        p.intercept
        - (town.numbers("narcos").silence if teller.home.protected else 0.0)
        + p.by_kind * readier
        + p.severity * incident.severity
        + p.loss * math.log(1.0 + incident.loss / 100.0)
    )
    believed = p.trust * (trust_in_police(town, teller) - 0.5)
    fear = fear_of_telling(town, incident, teller)
    extorted = incident.kind == EXTORTION
    authority = town.authority_of(teller.settlement)
    utilities = {}
    if covering_visit(town, incident.cell, incident.minute) is not None:
        utilities[PATROL] = common + p.patrol + believed - fear
    calling, complaining = worth(teller, CALLS), worth(teller, CASES)
    utilities[TELEPHONE] = common + believed - fear / 2.0 + calling
    utilities[STATION] = common + p.station + believed - p.minutes * teller.home.minutes / 60.0 - fear + complaining
    has_number = authority is not None and town.uniform("has a number", teller.number, 0, tick=0) < authority.phones
    if (teller.council and has_number) or knows_number(town, teller):
        utilities[OWN_PHONE] = common + p.own_phone + believed - fear / 2.0 + calling
    if authority is not None and communal.reach > 0.0 and not extorted:
        respect = communal.deference * authority.legitimacy
        utilities[AUTHORITY] = common + communal.near + respect + math.log(communal.reach)
    utilities[PROSECUTOR] = common + p.prosecutor - p.minutes * teller.home.seat_minutes / 60.0 - fear + complaining
    if extorted:
        utilities[ANONYMOUS] = common + p.anonymous + believed
    look_ahead(town, incident, teller, utilities)
    return utilities


def knows_number(town: "PlainTown", teller: Resident) -> bool:
    """Tell whether a teller has the number of an officer whom he knows and who still serves where he lives."""
    own = [one.name for one in town.officers if one.facility.number == teller.home.facility]
    drawn = town.uniform("known number", teller.number, 0, tick=0)
    return teller.knows in own and drawn < town.numbers("reporting").known_number


def trust_in_police(town: "PlainTown", teller: Resident) -> float:
    """Trust of a teller now, with what telling is lifted by."""
    return float(teller.trust + town.numbers("reporting").lift)


def fear_of_telling(town: "PlainTown", incident: Incident, teller: Resident) -> float:
    """Return what fear counts: only of offenders who can learn of it and have a hold."""
    hold = incident.kind == EXTORTION or incident.motive in (GANG, EXTORTION_MOTIVE, PUNISHMENT)
    return town.numbers("reporting").fear * teller.fear if hold else 0.0


def bring_to_board(town: "PlainTown", incident: Incident, teller: Resident) -> None:
    """Let the communal authority hear a case, or hand it to the state."""
    option = decide_case(town, incident, teller)
    incident.handed = option in ("call", "prosecutor")
    incident.prosecuted = option == "prosecutor"
    if not incident.handed:
        open_case(town, incident, teller, town.numbers("deliberation").put_off if option == "wait" else 0)


def open_case(town: "PlainTown", incident: Incident, teller: Resident, put_off: int) -> None:
    """Bring a case before the communal authority of the teller's settlement; it is heard days later."""
    authority = town.authority_of(teller.settlement)
    assert authority is not None
    bring_case(town, incident, teller, authority, put_off)


def hand_to_authority(town: "PlainTown", incident: Incident) -> None:
    """Bring an act that somebody reported before the authority that withheld its consent to the arrest."""
    if incident.teller is not None and incident.reported_to != AUTHORITY:
        bring_case(town, incident, incident.teller, town.authorities[incident.cell.zone], 0)


def bring_case(town: "PlainTown", incident: Incident, teller: Resident, authority: Authority, put_off: int) -> None:
    """Append a case before an authority."""
    waits = put_off + int(town.numbers("communal_authority").days) + wait_for_summons(town, incident)
    due = 3 * (town.day + waits) + 1
    town.cases.append(Case(due, town.tick, incident.number, authority, teller, incident.kind))


def wait_for_summons(town: "PlainTown", incident: Incident) -> int:
    """Return the days until a hearing beyond those that the authority needs."""
    return int(town.numbers("reporting").summons_days * town.uniform("summons", incident.number, 0))


def call(town: "PlainTown", incident: Incident, teller: Resident) -> None:
    """Call the police; on the telephone the line may fail."""
    number = incident.number
    delay = town.numbers("reporting").call_delay * town.uniform("call delay", number, 0)
    minute = min(479.0, incident.minute + delay)
    lost = (
        incident.reported_to == TELEPHONE and town.uniform("line", number, 0) >= town.numbers("response").line_answered
    )
    if incident.reported_to == OWN_PHONE and teller.home.facility >= 0:
        lost = not town.facilities[teller.home.facility].phone
    made = Call(incident, teller, minute, hears_of_call(town, teller, incident.cell, handed=incident.handed))
    if lost:
        give_up(town, made, LINE)
    else:
        town.calls.append(made)


def give_up(town: "PlainTown", call: Call, reason: int) -> None:
    """Note that a call is not served for good, and what the caller thinks of it (ODD: response)."""
    cell = None if reason == LINE else call.incident.cell
    town.unserved.append(Unserved(call.incident.tick, call.incident.number, reason, call.board, cell))
    town.live(call.teller, "unanswered_call", town.numbers("trust").unanswered)
    experience(call.teller, CALLS, 0.0)


def complain(town: "PlainTown", incident: Incident, teller: Resident) -> None:
    """Make a formal complaint, or not."""
    if incident.kind == KILLING or incident.reported_to == PROSECUTOR or incident.prosecuted:
        incident.complaint = incident.in_time = True
    elif incident.reported_to_state:
        p = town.numbers("reporting")
        chance = logistic(score_of_complaint(town, incident, teller)) * (p.newcomers if incident.reluctant else 1.0)
        incident.complaint = town.uniform("ratify", incident.number, 0) < chance
        late = 2.0 + (p.ratify_within - 2.0) * town.uniform("ratify", incident.number, 1)
        incident.in_time = incident.complaint and late < 24.0


def score_of_complaint(town: "PlainTown", incident: Incident, teller: Resident) -> float:
    """Log-odds of a complaint to a state body."""
    p = town.numbers("reporting")
    return float(
        p.follow
        + p.follow_severity * incident.severity
        + worth(teller, CASES)
        + p.follow_trust * (trust_in_police(town, teller) - 0.5)
        + p.accompaniment
        - p.trip * teller.home.seat_minutes / 60.0
        - fear_of_telling(town, incident, teller)
    )


def look_ahead(town: "PlainTown", incident: Incident, teller: Resident, utilities: dict[int, float]) -> None:
    """Add to the channels what help with the complaint is worth to a teller who thinks of it."""
    p, score = town.numbers("reporting"), score_of_complaint(town, incident, teller)
    help_given = p.accompaniment + (p.trip_usual - p.trip) * teller.home.seat_minutes / 60.0
    worth = math.log(1.0 + math.exp(score)) - math.log(1.0 + math.exp(score - help_given))
    for channel in utilities:
        if channel in (PATROL, TELEPHONE, STATION, OWN_PHONE):
            utilities[channel] += p.foresight * worth
    utilities[PROSECUTOR] += p.foresight * help_given


def care_at(town: "PlainTown", incident: Incident) -> float:
    """Care with which the facility of a place fills forms."""
    facility = incident.cell.facility
    return town.facilities[facility].care if facility >= 0 else 0.0
