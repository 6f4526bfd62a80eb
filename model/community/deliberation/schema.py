"""Declarations of deliberation: choices of boards with their terms, parameters and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.choices import declare_choice
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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


@dataclass(frozen=True, kw_only=True)
class Deliberation(ParameterGroup):
    """Parameters of the decisions of boards.

    A decision that is switched off takes the option that needs no deliberation.
    """

    name: ClassVar[str] = "deliberation"
    evidence: ClassVar[tuple[str, ...]] = (
        "A11", "A12", "E03", "E04", "E05", "E10", "F01", "F04", "F06", "F07", "F08", "F09", "F10", "F12", "F13", "F18",
        "F19", "F25", "F26", "F28", "F29", "G09", "Y05", "Y06",
    )  # fmt: skip

    cases: int = parameter(1, "0 or 1", 0, 1, "design", "boards decide what becomes of a case", off=0)
    watches: int = parameter(1, "0 or 1", 0, 1, "design", "boards decide when to keep watch", off=0)
    invitations: int = parameter(1, "0 or 1", 0, 1, "design", "boards decide whether they want the police", off=0)
    asks: int = parameter(1, "0 or 1", 0, 1, "design", "boards ask between meetings", off=0)
    climbs: int = parameter(1, "0 or 1", 0, 1, "design", "boards take unmet requests to a higher level", off=0)
    protocols: int = parameter(1, "0 or 1", 0, 1, "design", "boards agree to a protocol or not", off=0)
    couples: int = parameter(1, "0 or 1", 0, 1, "design", "requests and hearings depend on couples that go out", off=0)
    half_life: float = parameter(9.0, "months", 1.0, 60.0, "assumed; swept 2-36", "half-life of what a board remembers")
    prior: float = parameter(
        3.0, "evidence", 0.1, 30.0, "assumed; swept 1-10", "evidence weight of a board's disposition"
    )
    stepped_in: float = parameter(
        2.0, "evidence", 0.0, 20.0, "F10; assumed", "evidence weight of police who step in, relative to police who wait"
    )
    disposed_answers: float = share_parameter(
        0.5, "assumed", "effect of a board's disposition on its belief in answers"
    )
    carried: float = share_parameter(
        0.5, "F13, Y05; assumed", "memory carried over on 1 January where no community is organised"
    )
    spread: float = share_parameter(
        0.14, "E03, A11; size assumed; swept .05-.25", "standard deviation of organisation between boards", off=0.0
    )
    disposed: float = parameter(
        0.5, "log-odds", -3.0, 3.0, "F28, F29; assumed", "mean disposition of boards to the police"
    )
    disposed_spread: float = parameter(
        2.2, "log-odds", 0.0, 5.0, "V19, F09; assumed", "standard deviation of the disposition between boards"
    )

    hear: float = parameter(0.6, "log-odds", -5.0, 5.0, "F12; calibrated: F07, F08", "readiness to hear a case")
    hear_legitimacy: float = parameter(0.8, "log-odds", 0.0, 3.0, "F14; assumed", "effect of legitimacy on hearing")
    hear_grave: float = parameter(
        20.0, "log-odds", 0.0, 50.0, "F08; calibrated: F08", "effect of gravity against hearing"
    )
    grave_from: float = share_parameter(0.6, "F08; assumed", "severity beyond which gravity has an effect")
    hear_load: float = parameter(0.5, "log-odds", 0.0, 3.0, "assumed", "effect of a load of open cases against hearing")
    load_cases: float = parameter(10.0, "cases", 1.0, 100.0, "assumed", "open cases that count as a load of 1")
    call: float = parameter(-1.9, "log-odds", -8.0, 3.0, "F07; calibrated: F07", "readiness to call the police")
    call_gravity: float = parameter(2.2, "log-odds", 0.0, 8.0, "F08; assumed", "effect of gravity on calling")
    call_answered: float = parameter(2.2, "log-odds", 0.0, 8.0, "E05; assumed", "effect of calls answered on calling")
    call_conduct: float = parameter(0.8, "log-odds", 0.0, 5.0, "F10; assumed", "effect of conduct on calling")
    call_legitimacy: float = parameter(
        0.6, "log-odds", 0.0, 3.0, "F07; assumed", "effect of legitimacy against calling"
    )
    prosecutor: float = parameter(
        -2.0, "log-odds", -8.0, 3.0, "F08; calibrated: F07", "readiness to go to the prosecutor"
    )
    prosecutor_gravity: float = parameter(
        3.2, "log-odds", 0.0, 8.0, "F08; assumed", "effect of gravity on going to the prosecutor"
    )
    prosecutor_returned: float = parameter(
        1.2, "log-odds", 0.0, 5.0, "F26; assumed", "effect of cases that the state took up on going to the prosecutor"
    )
    prosecutor_way: float = parameter(
        0.6, "log-odds an hour", 0.0, 4.0, "V12; assumed", "effect of the way against going to the prosecutor"
    )
    reprisal: float = parameter(1.5, "log-odds", 0.0, 5.0, "G09; assumed", "effect of fear of a gang against going on")
    wait: float = parameter(-1.6, "log-odds", -8.0, 3.0, "assumed", "readiness to put a case off")
    put_off: int = parameter(28, "days", 1, 180, "assumed", "days for which a case is put off")

    watch: float = parameter(-1.75, "log-odds", -8.0, 5.0, "F04; assumed", "readiness to keep watch for a month")
    watch_organised: float = parameter(
        2.0, "log-odds", 0.0, 6.0, "F04, Y06; assumed", "effect of an organised community, 0 to 1, on keeping watch"
    )
    watch_nights: float = parameter(
        0.7, "log-odds", 0.0, 4.0, "A12; assumed", "effect of crime by night over the usual on keeping watch"
    )
    nights_most: float = parameter(
        2.0, "ratio", 0.0, 20.0, "assumed", "crime by night over the usual beyond which more has no effect"
    )
    usual_months: float = parameter(
        12.0, "months", 1.0, 120.0, "assumed", "time over which the usual crime by night is averaged"
    )
    watch_answered: float = parameter(
        0.8, "log-odds", 0.0, 4.0, "A12; assumed", "effect of calls answered against keeping watch"
    )
    watch_tired: float = parameter(
        0.25, "log-odds", 0.0, 2.0, "Y06: unpaid; assumed", "effect of each month on watch against another"
    )
    tired_most: float = parameter(
        6.0, "months", 0.0, 60.0, "assumed", "months on watch beyond which more have no effect"
    )
    watch_protocol: float = parameter(
        0.4, "log-odds", 0.0, 3.0, "F18; assumed", "effect of a protocol on keeping watch"
    )
    watch_effect: float = share_parameter(
        0.25, "F04; assumed; swept 0-.5", "crime by night that a watch prevents, if the community is organised"
    )
    abuse: float = share_parameter(
        0.04, "assumed; swept 0-.2", "months on watch in which a watch abuses somebody", off=0.0
    )

    invite: float = parameter(0.2, "log-odds", -5.0, 5.0, "F01; assumed", "readiness to invite the police")
    invite_answered: float = parameter(
        1.6, "log-odds", 0.0, 6.0, "F09; assumed", "effect of calls answered on inviting"
    )
    invite_conduct: float = parameter(
        2.6, "log-odds", 0.0, 6.0, "F10; assumed", "effect of conduct at hearings on inviting"
    )
    invite_legitimacy: float = parameter(
        0.2, "log-odds", 0.0, 3.0, "F09; assumed", "effect of legitimacy against inviting"
    )
    invite_protocol: float = parameter(1.0, "log-odds", 0.0, 4.0, "F18; assumed", "effect of a protocol on inviting")

    ask: float = parameter(
        -1.9,
        "log-odds",
        -8.0,
        3.0,
        "E04; orders of magnitude; assumed",
        "readiness to ask for something between meetings",
    )
    ask_nights: float = parameter(
        0.6, "log-odds", 0.0, 4.0, "E04; assumed", "effect of crime by night over the usual on asking"
    )
    ask_kept: float = parameter(1.5, "log-odds", 0.0, 6.0, "E10; assumed", "effect of requests kept on asking")
    ask_organised: float = parameter(
        1.0, "log-odds", 0.0, 4.0, "E03; assumed", "effect of an organised community, 0 to 1, on asking"
    )
    climb: float = parameter(
        -0.6, "log-odds", -8.0, 5.0, "E04; assumed", "readiness to take unmet requests to a higher level in a month"
    )
    unmet: int = parameter(2, "requests", 1, 20, "E04; assumed", "unmet requests from which a board considers it")
    climb_organised: float = parameter(
        1.5, "log-odds", 0.0, 6.0, "E04; assumed", "effect of organisation over one half on taking requests higher"
    )
    climb_kept: float = parameter(
        1.5, "log-odds", 0.0, 6.0, "E04; assumed", "effect of requests kept after that on taking requests higher"
    )
    climbed: float = share_parameter(
        0.15, "E04; assumed", "additional feasible requests met, at the table; twice that at the prefect"
    )

    protocol: float = parameter(
        -1.2, "log-odds", -8.0, 5.0, "F01; assumed", "readiness to agree to a protocol that is offered"
    )
    protocol_answered: float = parameter(
        3.0, "log-odds", 0.0, 8.0, "F25; assumed", "effect of calls answered on agreeing to a protocol"
    )
    protocol_kept: float = parameter(
        2.0, "log-odds", 0.0, 8.0, "E10; assumed", "effect of requests kept on agreeing to a protocol"
    )
    protocol_conduct: float = parameter(
        1.5, "log-odds", 0.0, 8.0, "F10; assumed", "effect of conduct at hearings on agreeing to a protocol"
    )
    protocol_promises: float = parameter(
        2.0, "log-odds", 0.0, 8.0, "F18; assumed", "effect of promises kept last year on agreeing to a protocol"
    )
    protocol_returned: float = parameter(
        0.2, "log-odds", 0.0, 2.0, "F26; assumed", "effect of each returned case against agreeing to a protocol"
    )
    keeps: float = share_parameter(0.8, "assumed; swept 0-1", "hearings under a protocol to which police come", off=1.0)
    agreed: float = share_parameter(0.25, "F18; assumed", "additional feasible requests met under a protocol", off=0.0)


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
