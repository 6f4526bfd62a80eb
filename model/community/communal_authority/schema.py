"""Declarations of communal authority: parameters, counts, outcomes and kinds of rulings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.causes import declare_cause
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.trust.events.schema import declare_event

SUMMONED_STREAM, POLICE_PRESENT, POLICE_WAIT_STREAM, JUST_STREAM, ACCEPT_STREAM = (
    stream_id("summoned"),
    stream_id("police present"),
    stream_id("police wait"),
    stream_id("just"),
    stream_id("accept"),
)
RULING_STREAM, COMPLY_STREAM, HIGHER_BOARD_STREAM, HIGHER_BOARD_SETTLES_STREAM, HAND_OVER = (
    stream_id("ruling"),
    stream_id("comply"),
    stream_id("higher board"),
    stream_id("higher board settles"),
    stream_id("hand over"),
)
INVITES_STREAM, CONSENTS_STREAM = stream_id("invites"), stream_id("consents")
CASE_CLOSED, CASE_TO_STATE, CASE_NO_REMEDY, CASE_POSTPONED, CASE_RULED, CASE_TO_HIGHER = range(6)
"""Outcomes of a step of a case."""
AT_HEARING, IN_COMPLIANCE, AT_HIGHER = range(3)
"""Stages of a case: before its hearing, while a ruling is complied with, before the higher board."""
APOLOGY, REPARATION, COMMUNITY_WORK, FINE, LOSS_OF_SERVICES = range(5)
"""Kinds of rulings, drawn with equal probability; an agreement between the parties is none."""
N_RULINGS = 5.0
"""Number of kinds of rulings, as a real number."""
MAX_SUMMONS = 3
"""Summonses after which a case fails; custom (F05)."""
CLOSE_LINKS = 0.5
"""Links between board and police, 0 to 1, above which waiting counts as respect; assumed."""
PER_1000 = 1000.0
"""Rates and weights are stated per 1,000 residents."""
HEARING_CAUSE = declare_cause("hearing", 12)
HEARING_WAITED = declare_event(
    "hearing_waited",
    64,
    "hearing, police wait",
    cause=HEARING_CAUSE,
    fair=0.9,
    fair_weight=0.5,
    effective=0.95,
    effective_weight=1.0,
)
HEARING_STEPPED_IN = declare_event(
    "hearing_stepped_in", 65, "hearing, police step in", cause=HEARING_CAUSE, fair=0.1, fair_weight=1.0
)


@dataclass(frozen=True, kw_only=True)
class CommunalAuthority(ParameterGroup):
    """Parameters of how communities bring, hear and settle cases themselves, and keep watch."""

    name: ClassVar[str] = "communal_authority"
    evidence: ClassVar[tuple[str, ...]] = (
        "A12", "F01", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F19", "F27",
        "L07", "Y05", "Y06",
    )  # fmt: skip

    reach: float = share_parameter(
        0.3, "A12, F05; assumed", "places where the authority hears cases", role="site", off=0.0
    )
    near: float = parameter(
        0.2, "log-odds", -5.0, 5.0, "assumed", "going to the authority, against telephoning the police"
    )
    legitimacy: float = parameter(
        0.0, "log-odds", -4.0, 4.0, "F14; assumed", "legitimacy of the boards at the start", role="site"
    )
    deference: float = parameter(
        0.6,
        "log-odds",
        0.0,
        3.0,
        "F14; assumed",
        "effect of legitimacy on going, on coming when summoned, on accepting",
    )
    grave: float = share_parameter(
        0.75, "F08: rape, injuries", "severity from which a case is handed to the state at once"
    )
    days: int = parameter(2, "days", 0, 60, "F05; assumed", "shortest time from complaint to hearing")
    comes: float = parameter(1.2, "log-odds", -4.0, 6.0, "F05, F14; assumed", "who is summoned comes to the hearing")
    presence: float = share_parameter(
        0.3, "F06; assumed", "hearings at which police are present, where they are called", role="lever"
    )
    waits: float = share_parameter(
        0.92, "F06, F10; assumed", "police present that wait for the decision of the community"
    )
    protocol: float = share_parameter(
        0.0, "policy", "boards that are offered a joint protocol: police come and wait", role="lever"
    )
    just: float = parameter(1.4, "log-odds", -3.0, 5.0, "F14; assumed", "rulings seen as just")
    experience: float = parameter(
        0.4, "log-odds a year", 0.0, 3.0, "F13, Y05; assumed", "effect of months served by the board"
    )
    agree: float = share_parameter(0.5, "F05, F12; assumed", "accepted cases that end in an agreement, not a ruling")
    accept: float = parameter(0.6, "log-odds", -4.0, 4.0, "F11, F14; assumed", "rulings accepted")
    public: float = parameter(
        0.8, "log-odds", 0.0, 3.0, "F05: the assembly decides; assumed", "effect of an organised public"
    )
    comply: float = share_parameter(0.88, "F14: over 0.8", "accepted rulings that are kept")
    comply_days: int = parameter(30, "days", 1, 365, "assumed", "time to keep a ruling")
    higher: float = share_parameter(
        0.5, "F12; assumed", "failed cases that go to the higher board, where boards are communal"
    )
    higher_settles: float = share_parameter(0.6, "F12; assumed", "of those, settled there")
    hand_over: float = share_parameter(0.3, "F07, F08; assumed", "failed cases that go to the state")
    learning: float = parameter(
        0.1,
        "log-odds",
        0.0,
        2.0,
        "assumed",
        "weight of one case in the legitimacy of a board of 1,000 residents",
    )
    delayed: float = share_parameter(0.25, "assumed", "justice that people see where a hearing is put off")
    consent: float = parameter(-0.5, "log-odds", -5.0, 5.0, "F01; assumed", "consent to joint patrols and presence")
    consent_links: float = parameter(
        2.5, "log-odds", 0.0, 6.0, "F13, F18; assumed", "effect of links on consent, 0 to 1"
    )
    watch: float = share_parameter(
        0.0,
        "F04; assumed",
        "crime on the street and burglary by night that members on watch prevent",
        role="site",
        off=0.0,
    )
    watch_joint: float = share_parameter(
        0.2, "F18; assumed", "more, where the authority consents to joint patrols", off=0.0
    )


class CommunalAuthorityCounts(Row):
    """Monthly counts of communal authority."""

    cases: float
    closed: float
    handed_over: float
    women_without_remedy: float
    men_without_remedy: float
    police_present: float
    police_stepped_in: float
    deference_respect: float
    deference_weakness: float
    agreements: float
    apologies: float
    reparations: float
    community_work: float
    fines: float
    losses_of_services: float
    rulings_kept: float
    rulings_broken: float
    to_higher_board: float
    watched: float
    domestic_conciliated: float


WRITTEN_COLUMNS = (
    "boards.waited", "boards.stepped_in", "boards.promises_kept", "boards.promises_broken", "tally.promises_kept",
    "tally.promises_broken", "minds.met", "minds.met_free", "boards.met", "boards.asked", "boards.problem",
    "boards.heard", "boards.invites", "boards.consents", "boards.residents", "boards.legitimacy", "boards.shown",
    "boards.showings", "boards.organised", "boards.links", "boards.phones", "boards.watch", "cases", "homes.ruled",
    "hearings", "impressions",
)  # fmt: skip
