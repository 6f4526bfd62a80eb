"""Declarations of deliberation: choices of boards with their terms, parameters and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.choices import declare_choice
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row, int64_constant

CASE_CHOICE = declare_choice(
    "case before a board", "authority", ("hear", "call", "prosecutor", "wait"),
    ("gravity", "legitimacy", "answered", "conduct", "returned", "load", "reprisal", "way"),
)  # fmt: skip
WATCH_CHOICE = declare_choice(
    "watch of a board", "authority", ("sleep", "watch"), ("organised", "nights", "answered", "tired", "protocol"),
    ordered=True,
)  # fmt: skip
INVITE_CHOICE = declare_choice(
    "police and a board", "authority", ("refuse", "invite"), ("answered", "conduct", "legitimacy", "protocol"),
    ordered=True,
)  # fmt: skip
ASK_CHOICE = declare_choice(
    "request of a board", "authority", ("keep_quiet", "ask"), ("nights", "kept", "organised"), ordered=True
)  # fmt: skip
CLIMB_CHOICE = declare_choice(
    "unmet requests of a board", "authority", ("let_lie", "climb"), ("organised", "climbs"), ordered=True
)
PROTOCOL_CHOICE = declare_choice(
    "protocol with a board", "authority", ("refuse", "agree"),
    ("answered", "kept", "conduct", "promises", "returned"), ordered=True,
)  # fmt: skip
HEAR_CASE, CALL_POLICE, REFER_TO_PROSECUTOR, PUT_OFF_CASE = range(4)
"""Options of a board for a case."""
FOUR_OPTIONS, TWO_OPTIONS = int64_constant(4), int64_constant(2)
CASE_TERMS, WATCH_TERMS, INVITE_TERMS, ASK_TERMS, CLIMB_TERMS, PROTOCOL_TERMS = (
    int64_constant(k) for k in (9, 6, 5, 4, 3, 6)
)
"""Terms of each choice, the habit of an option (term 0) included."""
ALL_TERMS = int64_constant(-1)
"""No term left out."""
LEGITIMACY_TERM, ANSWERS_TERM = int64_constant(2), int64_constant(3)
"""Terms of a case that are left out, or set, to tell respect for the authority from weakness of the police."""
DISPOSITION_OF_A_BOARD_STREAM, ORGANISED_STREAM, OFFERED_STREAM = (
    stream_id("disposition of a board"),
    stream_id("organised"),
    stream_id("offered"),
)
WATCH_ABUSES_STREAM, ABUSED_BY_A_WATCH_STREAM = stream_id("watch abuses"), stream_id("abused by a watch")
MIN_ORGANISED, MAX_ORGANISED = 0.05, 0.98
"""Range of the drawn organisation of a community; assumed."""
HIGHEST_RUNG = 2
"""Furthest that a request is taken: 1 municipal table, 2 prefect."""
PROTOCOL_DAY, PROTOCOL_MONTH = 15, 1
"""Day and month on which boards answer to protocols."""


@dataclass(frozen=True, init=False)
class Deliberation(ParameterGroup):
    """Parameters of the decisions of boards.

    A decision that is switched off takes the option that needs no deliberation.
    """

    name: ClassVar[str] = "deliberation"
    evidence: ClassVar[tuple[str, ...]] = (
        "A11", "A12", "E03", "E04", "E05", "E10", "F01", "F04", "F06", "F07", "F08", "F09", "F10", "F12", "F13", "F18",
        "F19", "F25", "F26", "F28", "F29", "G09", "Y05", "Y06",
    )  # fmt: skip

    cases: int
    watches: int
    invitations: int
    asks: int
    climbs: int
    protocols: int
    couples: int
    half_life: float
    prior: float
    stepped_in: float
    disposed_answers: float
    carried: float
    spread: float
    disposed: float
    disposed_spread: float

    hear: float
    hear_legitimacy: float
    hear_grave: float
    grave_from: float
    hear_load: float
    load_cases: float
    call: float
    call_gravity: float
    call_answered: float
    call_conduct: float
    call_legitimacy: float
    prosecutor: float
    prosecutor_gravity: float
    prosecutor_returned: float
    prosecutor_way: float
    reprisal: float
    wait: float
    put_off: int

    watch: float
    watch_organised: float
    watch_nights: float
    nights_most: float
    usual_months: float
    watch_answered: float
    watch_tired: float
    tired_most: float
    watch_protocol: float
    watch_effect: float
    abuse: float

    invite: float
    invite_answered: float
    invite_conduct: float
    invite_legitimacy: float
    invite_protocol: float

    ask: float
    ask_nights: float
    ask_kept: float
    ask_organised: float
    climb: float
    unmet: int
    climb_organised: float
    climb_kept: float
    climbed: float

    protocol: float
    protocol_answered: float
    protocol_kept: float
    protocol_conduct: float
    protocol_promises: float
    protocol_returned: float
    keeps: float
    agreed: float


class DeliberationCounts(Row):
    """Monthly counts of deliberation."""

    cases_heard: float
    cases_called: float
    cases_prosecuted: float
    cases_put_off: float
    heard_respect: float
    heard_weakness: float
    board_calls_answered: float
    board_calls_lost: float
    watches: float
    watch_abuses: float
    invitations: float
    asks: float
    climbs: float
    protocols_offered: float
    protocols_agreed: float
    promises_kept: float
    promises_broken: float


WRITTEN_COLUMNS = (
    "boards.disposition", "boards.organised", "boards.calls_answered", "boards.calls_lost", "boards.waited",
    "boards.stepped_in", "boards.requests_kept", "boards.requests_broken", "boards.cases_taken",
    "boards.cases_returned", "boards.climbs_kept", "boards.climbs_broken", "boards.promises_kept",
    "boards.promises_broken", "boards.nights", "boards.usual", "boards.tired", "boards.load", "boards.protocol",
    "boards.watching", "boards.invites", "boards.rung", "boards.climbing", "boards.legitimacy", "boards.shown",
    "boards.showings", "minds.harmed", "requests", "suffered", "choices", "tally.requests",
)  # fmt: skip
