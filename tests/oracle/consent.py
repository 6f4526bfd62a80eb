"""The consent of communal authorities to what police do in their cantons (ODD: consent)."""

from typing import TYPE_CHECKING

from oracle.board_memory import beliefs, either_way
from oracle.crime import PATROL
from oracle.deciding import decide
from oracle.minutes import AT_MEETING, FOR_MEETINGS, ON_REQUEST
from oracle.plans import CHECKPOINT

if TYPE_CHECKING:
    from oracle.community import Authority
    from oracle.crime import Incident
    from oracle.town import PlainTown


def is_asked(town: "PlainTown", settlement: int) -> bool:
    """Tell whether police ask the authority of a settlement before they act there."""
    return settlement >= 0 and town.authorities[settlement].of_canton and town.numbers("consent").asked == 1


def ask_consent(town: "PlainTown") -> None:
    """Ask about patrol on the first of a month; cancel visits to cantons that withhold their consent."""
    if town.shift == 0 and town.date.day == 1:
        for board in town.authorities:
            board.asked_this_month = is_asked(town, board.settlement)
            if board.asked_this_month:
                decide_on_patrol(town, board)
    for visit in town.visits:
        place = visit.cell.settlement
        if not visit.alive or visit.kind in (AT_MEETING, ON_REQUEST) or not is_asked(town, place):
            continue
        board = town.authorities[place]
        visit.alive = agrees_to_operation(town, board) if visit.kind == CHECKPOINT else board.agrees_to_patrol


def decide_on_patrol(town: "PlainTown", board: "Authority") -> None:
    """Let an authority decide on patrol for a month."""
    p, think = town.numbers("consent"), beliefs(town, board)
    give = (
        p.patrol,
        p.patrol_answered * either_way(think.answered),
        p.patrol_conduct * either_way(think.conduct),
        p.patrol_kept * either_way(think.kept),
        p.patrol_protocol * board.protocol,
    )
    matter, kept = "patrol in a canton", len(town.choices)
    for visit in (0.0, p.persuades):
        terms = {"withhold": (0.0,) * 6, "give": (*give, visit)}
        board.agrees_to_patrol = decide(town, matter, board.number, terms, ordered=True, tick=town.month) == "give"
        comes = town.uniform("coordinates", board.number, 0, tick=town.month) < p.coordinates
        if board.agrees_to_patrol or visit > 0.0 or not comes or board.cell.facility < 0:
            break
        del town.choices[kept:]
        owed = town.facilities[board.cell.facility].owed[FOR_MEETINGS]
        board.mark = owed.ask(town.numbers("practices").meeting)


def agrees_to_operation(town: "PlainTown", board: "Authority") -> bool:
    """Tell whether an authority consents to the checkpoints of this shift."""
    if board.operation_asked == town.tick:
        return board.agreed_to_operation
    p, think = town.numbers("consent"), beliefs(town, board)
    give = (
        p.operation,
        p.operation_answered * either_way(think.answered),
        p.operation_conduct * either_way(think.conduct),
        p.operation_protocol * board.protocol,
    )
    terms = {"withhold": (0.0,) * 4, "give": give}
    board.operation_asked = town.tick
    board.agreed_to_operation = decide(town, "operation in a canton", board.number, terms, ordered=True) == "give"
    return board.agreed_to_operation


def needs_none(town: "PlainTown", incident: "Incident") -> bool:
    """Tell whether an arrest needs no consent: in the act, of serious violence, or if a board handed the case over."""
    grave = incident.severity >= town.numbers("communal_authority").grave
    return incident.found or incident.reported_to == PATROL or incident.handed or grave


def agrees_to_arrest(town: "PlainTown", settlement: int, number: int, severity: float) -> bool:
    """Tell whether the authority of a settlement consents to an arrest, or is not asked."""
    if not is_asked(town, settlement):
        return True
    p, board = town.numbers("consent"), town.authorities[settlement]
    think = beliefs(town, board)
    give = (
        p.arrest,
        p.arrest_gravity * severity,
        p.arrest_conduct * either_way(think.conduct),
        p.arrest_returned * either_way(think.returned),
        -p.arrest_legitimacy * board.legitimacy,
    )
    terms = {"withhold": (0.0,) * 5, "give": give}
    return decide(town, "arrest in a canton", number, terms, ordered=True, by=board.number) == "give"
