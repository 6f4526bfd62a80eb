"""What boards remember of police and state: calls, hearings, requests, cases (ODD, deliberation).

Each board has only its own ledger.  It hears of a call if it handed the case over, if a leader made it, or if it was
made by night from a place that its watch keeps; nothing else of what the police do in the town comes to it.
"""

from __future__ import annotations

from model.community.deliberation.schema import Deliberation
from model.engine.kernels import kernel
from model.engine.rows import Rows
from model.town.residents import Person
from model.town.territory import Cell
from model.world.shift_context import ShiftContext
from model.world.shift_events import RESPONSES, UNSERVEDS
from model.world.state import Board


@kernel
def board_informed_of_call(person: Person, cell: Cell, board: Board, night: bool, handed: bool) -> int:
    """Board that will know what became of a call, or -1: of the caller's settlement, if it has a part in it."""
    z = person.settlement
    if handed or person.council == 1 or (night and board.watching == 1 and cell.settlement == z):
        return int(z)
    return -1


@kernel
def record_call_outcomes(stage: ShiftContext, boards: Rows[Board]) -> None:
    """Let boards remember which calls of theirs a couple came to in this shift, and which were lost."""
    day = stage.day
    for k in range(day.counts[RESPONSES]):
        if day.responses[k].board >= 0:
            boards[day.responses[k].board].calls_answered += 1.0
            stage.tally[0].board_calls_answered += 1.0
    for k in range(day.counts[UNSERVEDS]):
        if day.unserved[k].board >= 0:
            boards[day.unserved[k].board].calls_lost += 1.0
            stage.tally[0].board_calls_lost += 1.0


@kernel
def protocol_strength(board: Board, offered: float, p: Deliberation) -> float:
    """How far a protocol is in force: if the board agreed, or as it is imposed where boards do not decide."""
    return float(board.protocol) if p.protocols == 1 else offered


@kernel
def record_hearing_conduct(board: Board, waits: bool, p: Deliberation) -> None:
    """Remember how police who were at a hearing behaved."""
    if waits:
        board.waited += 1.0
    else:
        board.stepped_in += p.stepped_in


@kernel
def record_request_outcome(board: Board, met: bool, reason: bool, climbed: int) -> None:
    """Remember what became of a request; with a reason that was given it was neither kept nor broken."""
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
def record_promise(stage: ShiftContext, board: Board, kept: bool) -> None:
    """Remember whether police did what a protocol promises."""
    if kept:
        board.promises_kept += 1.0
        stage.tally[0].promises_kept += 1.0
    else:
        board.promises_broken += 1.0
        stage.tally[0].promises_broken += 1.0


@kernel
def record_state_response(boards: Rows[Board], board: int, taken: bool) -> None:
    """Remember whether the state took up a case that a board had handed over, or let it drop."""
    if board < 0:
        return
    if taken:
        boards[board].cases_taken += 1.0
    else:
        boards[board].cases_returned += 1.0


@kernel
def decay_board_memory(board: Board, left: float) -> None:
    """Let a board forget all but a share of what it remembers."""
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
