"""What boards decide month by month and year by year (ODD: deliberation)."""

from typing import TYPE_CHECKING

from oracle.board_memory import CLIMBED, HIGHEST_RUNG, OWN, Beliefs, beliefs, either_way
from oracle.community import DOMESTIC, Authority
from oracle.consultation import Request
from oracle.crime import BURGLARY, NIGHT, NOBODY
from oracle.deciding import decide
from oracle.random_draws import pick

if TYPE_CHECKING:
    from oracle.town import PlainTown


def deliberate(town: "PlainTown") -> None:
    """Remember calls, nights and whether police go out; decide on the first of a month, and on 15 January."""
    for served in town.responses:
        if served.board is not None:
            served.board.remembers.hear_of_call(answered=True)
    for lost in town.unserved:
        if lost.board is not None:
            lost.board.remembers.hear_of_call(answered=False)
    if town.couples_on_duty():
        town.last_out = town.tick
    if town.shift == NIGHT:
        for incident in town.incidents:
            if incident.kind <= BURGLARY and incident.reported_to != NOBODY and incident.cell.settlement >= 0:
                town.authorities[incident.cell.settlement].nights += 1.0
    if town.shift != 0:
        return
    if town.date.day == 1:
        for board in town.authorities:
            board.load = sum(case.authority is board for case in town.cases) / town.numbers("deliberation").load_cases
        for board in town.authorities:
            begin_month(town, board)
    if (town.date.month, town.date.day) == (1, 15) and town.numbers("deliberation").protocols:
        for board in town.authorities:
            offer_protocol(town, board)


def begin_month(town: "PlainTown", board: Authority) -> None:
    """Let a board forget, look back on the month, and decide for the next."""
    p = town.numbers("deliberation")
    board.remembers.decay(2.0 ** (-1.0 / p.half_life))
    if town.date.month == 1 and board.communal:
        board.remembers.decay(p.carried + (1.0 - p.carried) * board.organised)
    over = min(p.nights_most, (board.nights + 1.0) / (board.usual + 1.0) - 1.0)
    board.usual += (board.nights - board.usual) / p.usual_months
    board.nights = 0.0
    if board.protocol and town.numbers("communal_authority").protocol == 0.0:
        board.protocol = False
        board.remembers.promise(kept=False)
    if p.watches:
        decide_on_watch(town, board, over)
    if p.invitations:
        decide_on_police(town, board)
    if town.tick < board.silent_until or board.officer is None:
        return
    if p.asks:
        decide_on_asking(town, board, over)
    if p.climbs and board.remembers.unmet >= p.unmet and not board.remembers.climbing:
        decide_on_climbing(town, board)


def decide_on_watch(town: "PlainTown", board: Authority, over: float) -> None:
    """Decide whether to keep watch by night; a watch may abuse somebody."""
    p, think = town.numbers("deliberation"), beliefs(town, board)
    watch = (
        p.watch,
        p.watch_organised * board.organised,
        p.watch_nights * over,
        -p.watch_answered * either_way(think.answered),
        -p.watch_tired * board.tired,
        p.watch_protocol * board.protocol,
    )
    terms = {"sleep": (0.0,) * 6, "watch": watch}
    board.watches = decide(town, "watch of a board", board.number, terms, ordered=True, tick=town.month) == "watch"
    board.tired = min(p.tired_most, board.tired + 1) if board.watches else 0
    if board.watches and town.uniform("watch abuses", board.number, 0, tick=town.month) < p.abuse:
        one = pick(board.residents, town.uniform("abused by a watch", board.number, 0, tick=town.month))
        if one.alive and one.age >= 12:
            one.last_harm = town.tick
            board.see(0.0)


def decide_on_police(town: "PlainTown", board: Authority) -> None:
    """Decide whether the police are wanted."""
    p, think = town.numbers("deliberation"), beliefs(town, board)
    invite = (
        p.invite,
        p.invite_answered * either_way(think.answered),
        p.invite_conduct * either_way(think.conduct),
        -p.invite_legitimacy * board.legitimacy,
        p.invite_protocol * board.protocol,
    )
    terms = {"refuse": (0.0,) * 5, "invite": invite}
    board.invites = decide(town, "police and a board", board.number, terms, ordered=True, tick=town.month) == "invite"


def decide_on_asking(town: "PlainTown", board: Authority, over: float) -> None:
    """Decide whether to ask for something between meetings."""
    p, think = town.numbers("deliberation"), beliefs(town, board)
    ask = (p.ask, p.ask_nights * over, p.ask_kept * either_way(think.kept), p.ask_organised * board.organised)
    terms = {"keep quiet": (0.0,) * 4, "ask": ask}
    if decide(town, "request of a board", board.number, terms, ordered=True, tick=town.month) == "ask":
        bring(town, board, OWN, 0)


def decide_on_climbing(town: "PlainTown", board: Authority) -> None:
    """Decide whether to take unmet requests further up."""
    p, own = town.numbers("deliberation"), board.remembers
    climb = (
        p.climb,
        p.climb_organised * (board.organised - 0.5),
        p.climb_kept * either_way(beliefs(town, board).climbs),
    )
    terms = {"let lie": (0.0,) * 3, "climb": climb}
    if decide(town, "unmet requests of a board", board.number, terms, ordered=True, tick=town.month) == "climb":
        own.rung, own.climbing = min(HIGHEST_RUNG, own.rung + 1), True
        bring(town, board, CLIMBED, own.rung)


def bring(town: "PlainTown", board: Authority, nth: int, rung: int) -> None:
    """Ask for what people suffered most, violence at home apart."""
    weights = [0.0 if kind == DOMESTIC else suffered for kind, suffered in enumerate(board.suffered)]
    problem = weights.index(max(weights))
    board.suffered[problem] *= 0.5
    town.requests.append(Request(town.tick, board, nth, [], problem, rung))


def offer_protocol(town: "PlainTown", board: Authority) -> None:
    """Offer a protocol for a year, or not; promises begin anew."""
    p, own, year = town.numbers("deliberation"), board.remembers, town.date.year
    think: Beliefs = beliefs(town, board)
    offered = town.uniform("offered", board.number, 0, tick=year) < town.numbers("communal_authority").protocol
    kept, broken = own.promises.good, own.promises.bad
    agree = (
        p.protocol,
        p.protocol_answered * either_way(think.answered),
        p.protocol_kept * either_way(think.kept),
        p.protocol_conduct * either_way(think.conduct),
        p.protocol_promises * (kept - broken) / (kept + broken + 1.0),
        -p.protocol_returned * own.cases.bad,
    )
    terms = {"refuse": (0.0,) * 6, "agree": agree}
    matter = "protocol with a board"
    board.protocol = offered and decide(town, matter, board.number, terms, ordered=True, tick=year) == "agree"
    own.promises.good = own.promises.bad = 0.0
