"""Of which calls a board hears, and what it makes of a case that is brought to it (ODD: deliberation)."""

from typing import TYPE_CHECKING

from oracle.board_memory import beliefs, either_way
from oracle.crime import EXTORTION_MOTIVE, GANG, NIGHT, PUNISHMENT, Incident
from oracle.deciding import Terms, decide, option_of

if TYPE_CHECKING:
    from oracle.community import Authority
    from oracle.people import Resident
    from oracle.places import Cell
    from oracle.town import PlainTown

CASE = "case before a board"


def hears_of_call(town: "PlainTown", caller: "Resident", cell: "Cell", *, handed: bool) -> "Authority | None":
    """Return the board that hears what became of a call, if one does."""
    board = town.authorities[caller.settlement]
    on_watch = town.shift == NIGHT and board.watches and cell.settlement == board.settlement
    return board if handed or caller.council or on_watch else None


def decide_case(town: "PlainTown", incident: Incident, teller: "Resident") -> str:
    """Return what a board does with a case: hear it, call the police, take it to the prosecutor, or let it wait."""
    p, board = town.numbers("deliberation"), town.authorities[teller.settlement]
    if not p.cases:
        return "hear" if incident.severity < town.numbers("communal_authority").grave else "call"
    terms = terms_of_case(town, incident, teller)
    option = decide(town, CASE, incident.number, terms, ordered=False, by=board.number)
    if option == "hear":
        disrespected = {name: [0.0 if k == 2 else x for k, x in enumerate(row)] for name, row in terms.items()}
        answered = dict(terms) | {"call": [p.call_answered if k == 3 else x for k, x in enumerate(terms["call"])]}
        town.counted["heard_respect"] += not hears(town, incident, disrespected)
        town.counted["heard_weakness"] += not hears(town, incident, answered)
    if option == "wait":
        board.see(town.numbers("communal_authority").delayed)
    return option


def hears(town: "PlainTown", incident: Incident, terms: Terms) -> bool:
    """Tell whether a board had heard a case by these terms at the same random number."""
    utilities = [sum(row) for row in terms.values()]
    return option_of(town, CASE, incident.number, utilities, ordered=False, tick=town.tick) == 0


def terms_of_case(town: "PlainTown", incident: Incident, teller: "Resident") -> Terms:
    """Weigh what to do with a case."""
    p, board = town.numbers("deliberation"), town.authorities[teller.settlement]
    grave, legitimacy, think = incident.severity, board.legitimacy, beliefs(town, board)
    fear = teller.fear if incident.motive in (GANG, EXTORTION_MOTIVE, PUNISHMENT) else 0.0
    hours = teller.home.seat_minutes / 60.0
    hear, load = -p.hear_grave * max(0.0, grave - p.grave_from), -p.hear_load * board.load
    answered, conduct = p.call_answered * either_way(think.answered), p.call_conduct * either_way(think.conduct)
    passed_over = -p.call_legitimacy * legitimacy * (1.0 - grave)
    returned = p.prosecutor_returned * either_way(think.returned)
    reprisal, way = -p.reprisal * fear, -p.prosecutor_way * hours
    return {
        "hear": (p.hear, hear, p.hear_legitimacy * legitimacy, 0.0, 0.0, 0.0, load, 0.0, 0.0),
        "call": (p.call, p.call_gravity * grave, passed_over, answered, conduct, 0.0, 0.0, reprisal, 0.0),
        "prosecutor": (p.prosecutor, p.prosecutor_gravity * grave, 0.0, 0.0, 0.0, returned, 0.0, reprisal, way),
        "wait": (p.wait, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    }
