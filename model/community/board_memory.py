"""Memory of communal boards: calls, hearings, requests and cases, as each board has experienced them.

Each board keeps its own record.  It learns the outcome of a call if it handed the case over, if a council member made
the call, or if the call was made by night from a place that its watch keeps.  It learns nothing else about police work.
Beliefs are formed from the record in `model.community.deliberation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.engine.domains import PAST
from model.engine.kernels import kernel
from model.engine.tables import ArraySpec
from model.world.shift_events import RESPONSES, UNSERVEDS

if TYPE_CHECKING:
    from model.community.deliberation import Deliberation
    from model.simulation.world import World
    from model.town.residents import Person
    from model.town.territory import Cell
    from model.world.state import Board

LAST_OUT = ArraySpec(
    name="last_out",
    of=np.int64,
    shape=(1,),
    first=-1.0,
    about="Last shift with a couple on duty.",
    domain=PAST,
)


@kernel
def board_informed_of_call(person: Person, cell: Cell, board: Board, night: bool, handed: bool) -> int:
    """Return the board that will learn the outcome of a call, or -1.

    It is the board of the caller's settlement, if it handed the case over, the caller is a council member, or its own
    watch keeps the place that night.
    """
    z = person.settlement
    if handed or person.council == 1 or (night and board.watching == 1 and cell.settlement == z):
        return int(z)
    return -1


@kernel
def record_call_outcomes(w: World) -> None:
    """Record the answered and the lost calls of the shift in the memory of the boards informed.

    Updates `boards.calls_answered`, `boards.calls_lost` and the monthly counts.
    """
    for k in range(w.counts[RESPONSES]):
        if w.responses[k].board >= 0:
            w.boards[w.responses[k].board].calls_answered += 1.0
            w.tally[0].board_calls_answered += 1.0
    for k in range(w.counts[UNSERVEDS]):
        if w.unserved[k].board >= 0:
            w.boards[w.unserved[k].board].calls_lost += 1.0
            w.tally[0].board_calls_lost += 1.0


@kernel
def protocol_strength(board: Board, offered: float, p: Deliberation) -> float:
    """Return the degree to which a protocol is in force, 0 to 1.

    It is the decision of the board where boards decide on protocols, else the share ``offered``.
    """
    return float(board.protocol) if p.protocols == 1 else offered


@kernel
def record_hearing_conduct(board: Board, waits: bool, p: Deliberation) -> None:
    """Record the conduct of the police at a hearing: updates `board.waited` or `board.stepped_in`."""
    if waits:
        board.waited += 1.0
    else:
        board.stepped_in += p.stepped_in


@kernel
def record_request_outcome(board: Board, met: bool, reason: bool, climbed: int) -> None:
    """Record the outcome of a request; refused with a reason, it counts neither as kept nor as broken.

    Updates the counts of requests, or of requests taken further up if ``climbed`` is 1 (municipal table) or 2
    (prefect).  A refusal by the prefect ends the matter: no request stays unmet.
    """
    if climbed == 0:
        board.requests_kept += 1.0 if met else 0.0
        board.requests_broken += 0.0 if met or reason else 1.0
        board.unmet += 0 if met or reason else 1
    else:
        board.climbs_kept += 1.0 if met else 0.0
        board.climbs_broken += 0.0 if met else 1.0
        board.climbing = 0
    if met or (climbed == 2 and board.climbing == 0):
        board.unmet = board.rung = 0


@kernel
def record_promise(w: World, board: Board, kept: bool) -> None:
    """Record a promise of a protocol as kept or broken, for the board and in the monthly counts."""
    if kept:
        board.promises_kept += 1.0
        w.tally[0].promises_kept += 1.0
    else:
        board.promises_broken += 1.0
        w.tally[0].promises_broken += 1.0


@kernel
def record_state_response(w: World, board: int, taken: bool) -> None:
    """Record the response of the state to a case that a board handed over: taken up, or dropped.

    ``board`` is -1 for a case from no board.
    """
    if board < 0:
        return
    if taken:
        w.boards[board].cases_taken += 1.0
    else:
        w.boards[board].cases_returned += 1.0


@kernel
def decay_board_memory(board: Board, left: float) -> None:
    """Decay the memory of a board to the share ``left``, 0 to 1."""
    # Good and bad decay alike: beliefs move back towards the disposition, which weighs more the less is remembered.
    board.calls_answered *= left
    board.calls_lost *= left
    board.waited *= left
    board.stepped_in *= left
    board.requests_kept *= left
    board.requests_broken *= left
    board.cases_taken *= left
    board.cases_returned *= left
    board.climbs_kept *= left
    board.climbs_broken *= left
