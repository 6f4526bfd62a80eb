"""What has changed in the slow reference model, as rows of the fast model's tables."""

import math
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from oracle.board_memory import AT_TABLE
from oracle.consultation import NOT_YET
from oracle.crime import Incident
from oracle.deciding import rows_of_choices
from oracle.gangs import members
from oracle.misconduct import gap_to_case
from oracle.offenders import all_slots, slot_named
from oracle.people import Felt, Traced
from oracle.practices import PRACTICES
from oracle.random_draws import logistic

if TYPE_CHECKING:
    from oracle.investigation import File
    from oracle.town import PlainTown

Rows = list[dict[str, float] | None]
"""Rows of a table in order; nothing is said of a row that is None."""
REQUEST = 90
MOST_CAUSES = 64
FAIRNESS = ("fair_fast", "fair_slow", "unfair_fast", "unfair_slow")
EVENTS = {
    "calls": ("calls_answered", "calls_lost"),
    "conduct": ("waited", "stepped_in"),
    "requests": ("requests_kept", "requests_broken"),
    "cases": ("cases_taken", "cases_returned"),
    "climbs": ("climbs_kept", "climbs_broken"),
    "promises": ("promises_kept", "promises_broken"),
}
"""What boards remember, and the columns of good and bad."""
REMEMBERED = (
    *("alive", "inside", "disputed", "heir_at", "generation", "strategy", "stance", "attack_at", "free_until"),
    *(
        "demand_effort",
        "members_by_phone",
        "pull",
        "caught",
        "exposed",
        "risk_felt",
        "paid",
        "unpaid",
        "seen",
        "lost",
        "member_months",
    ),
    *("deaths_owed", "income"),
)
OF_THE_MONTH = ("held_now", "freed_now", "leader_now", "killed_now", "takings")
EFFECTIVENESS = ("solved_fast", "solved_slow", "failed_fast", "failed_slow")


def number_of(one: Any) -> int:
    """Number of a resident, clique, …; −1 is none."""
    return -1 if one is None else int(one.number)


def named(one: Any, *names: str) -> dict[str, float]:
    """Return what a thing and a table call by the same names."""
    return {name: getattr(one, name) for name in names}


# Tables with one row for each resident, officer, …


def minds(town: "PlainTown") -> Rows:
    """What residents believe, remember and pay; nothing of those who are gone."""
    return [
        {
            "disposed_fairness": logistic(one.dispositions[0]),
            "disposed_effectiveness": logistic(one.dispositions[1]),
            **dict(zip(FAIRNESS, one.on_fairness.columns(), strict=True)),
            **dict(zip(EFFECTIVENESS, one.on_effectiveness.columns(), strict=True)),
            "calm": math.exp(-one.mood),
            "trust": one.as_stored,
            "touched": one.touched,
            "base_fear": one.home_fear,
            "caution": one.caution,
            "fear": one.fear,
            "calls_good": one.own_calls.good,
            "calls_bad": one.own_calls.bad,
            "cases_good": one.own_cases.good,
            "cases_bad": one.own_cases.bad,
            "service_at": one.service_at,
            "pays": number_of(one.pays),
            "member": number_of(one.clique),
            "met": one.last_contact,
            "knows": one.knows,
            "harmed": one.last_harm,
            "harmed_outside": one.last_harm_outside,
            "spoke": one.reported_openly,
            "gave_in": one.gave_in,
            "alarm": one.alarm,
            "careful": one.careful,
        }
        if one.alive
        else None
        for one in town.residents
    ]


def homes(town: "PlainTown") -> Rows:
    """Violence at home."""
    return [
        {
            "hurt": one.last_hurt,
            "channel": one.looked_for_help,
            "safe": one.safe_until,
            "ruled": one.ruled_until,
        }
        for one in town.residents
    ]


def officers(town: "PlainTown") -> Rows:
    """Who holds the positions."""
    same = ("person", "cohort", "trained", "aware", "kiche", "manner", "integrity", "tone", "asked")
    states = ("faith", "motivation", "safety", "stress", "leads", "led", "schooling", "skill")
    return [
        named(one, *same, *states)
        | {"tick_since": one.since, "tick_sector": one.sector_since, "tick_trained": one.taught_at}
        | {"sector": number_of(one.sector), "female": int(one.female), "champion": int(one.champion)}
        | {f"habit_{name}": one.habits[k] for k, name in enumerate(PRACTICES)}
        for one in town.officers
    ]


def duty(town: "PlainTown") -> Rows:
    """The month of every officer."""
    return [
        {
            "nights": one.n_nights,
            "calls": one.n_calls,
            "friendly": one.n_friendly,
            "attacks": one.n_attacks,
            "meetings": one.n_meetings,
            "warmth": one.warmth,
        }
        for one in town.officers
    ]


def boards(town: "PlainTown") -> Rows:
    """Communal authorities."""
    same = (
        "legitimacy",
        "problem",
        "explained",
        "invites",
        "silent_until",
        "disputes",
        "consents",
        "links",
        "phones",
        "mark",
    )
    decided = ("organised", "protocol", "nights", "usual", "tired", "load")
    remembered = ("disposition", "unmet", "rung", "climbing")
    return [
        named(one, *same, *decided, "watch")
        | named(one.remembers, *remembered)
        | {
            name: getattr(getattr(one.remembers, kind), side)
            for kind, columns in EVENTS.items()
            for name, side in zip(columns, ("good", "bad"), strict=True)
        }
        | {
            "watching": one.watches,
            "met": one.last_meeting,
            "asked": one.last_request,
            "heard": one.last_answer,
            "withdrawn": one.withdrawn_until,
            "standing": one.standing,
            "shown": math.fsum(one.shown),
            "showings": len(one.shown),
        }
        for one in town.authorities
    ]


def plans(town: "PlainTown") -> Rows:
    """Plans of stations."""
    same = ("mode", "kind", "hour", "founded", "holds", "changed", "made", "product", "months")
    return [named(one, *same, "visits") for one in town.plans]


def chiefs(town: "PlainTown") -> Rows:
    """Chiefs of stations."""
    same = ("person", "order", "captor", "made", "open", "load")
    counts = ("welcomed", "ignored", "held", "released", "fell", "rose", "eased", "worse")
    counts += ("served", "lost", "crimes", "usual", "work")
    return [named(one, *same, *counts) for one in town.chiefs]


def cliques(town: "PlainTown") -> Rows:
    """Cliques and how many members they have."""
    return [
        named(one, "gang", "rent", "dread", "founding", "refused", *REMEMBERED, *OF_THE_MONTH)
        | {"centre": one.centre.number, "asked": one.demanded, "members": len(members(town, one))}
        | {"rivals": len(one.rivals), "foe": number_of(one.foe), "leader": number_of(one.leader)}
        for one in town.cliques
    ]


def local(town: "PlainTown") -> Rows:
    """What settlements noticed of crime and of police on foot."""
    return [
        {
            "crime": one.crime,
            "seen": one.on_foot,
            "begun": one.months,
            "insecurity": one.insecurity,
            "crime_recent": one.recent[0],
            "seen_recent": one.recent[1],
            "crime_usual": one.usual[0],
            "seen_usual": one.usual[1],
        }
        for one in town.local
    ]


def local_service(town: "PlainTown") -> Rows:
    """What came of calls and complaints in settlements."""
    return [
        {f"{kind}_{side}": getattr(getattr(one, kind), side) for kind in one.belief for side in ("good", "bad")}
        | one.belief
        for one in town.service
    ]


def couples(town: "PlainTown") -> Rows:
    """Couples on duty; of posts and reinforcements that are not, only that they are not."""
    return [
        named(one, "mode", "free", "duty_start", "duty_end", "block", "busy", "tank")
        | {"on": 1, "lead": number_of(one.lead), "mate": number_of(one.mate)}
        | {"cell": one.cell.number, "km": one.kilometres, "calls": one.n_calls, "sector": one.sector.number}
        | {"slots": one.n_slots, "for_orders": one.n_on_cases}
        | {f"for_{name}": one.stretches[k] for k, name in enumerate(("meetings", "requests", "problems"))}
        if one.on_duty
        else {"on": 0}
        for one in town.couples
    ]


def offenders(town: "PlainTown") -> Rows:
    """Slots of offenders."""
    same = ("group", "rate", "until", "since", "ends", "generation", "crimes")
    return [named(one, *same) | {"home": one.home.number} for one in all_slots(town)]


def consent(town: "PlainTown") -> Rows:
    """What authorities decided on patrol and operations."""
    return [
        {"asked": one.asked_this_month, "patrol": one.agrees_to_patrol}
        | {"operation": one.agreed_to_operation, "operation_tick": one.operation_asked}
        for one in town.authorities
    ]


PER: dict[str, Callable[["PlainTown"], Rows]] = {
    "minds": minds,
    "homes": homes,
    "officers": officers,
    "duty": duty,
    "boards": boards,
    "consent": consent,
    "plans": plans,
    "cliques": cliques,
    "couples": couples,
    "local": local,
    "local_service": local_service,
    "vehicles": lambda town: [{"works": int(one.works)} for one in town.garage.vehicles],
    "facility_resources": lambda town: [
        named(one, "late", "internet", "phone", "purse", "custom", "care") for one in town.facilities
    ],
    "sector_record": lambda town: [named(one, "found", "tried", "better") for one in town.problems.records],
    "stations": lambda town: [
        {"tick_ordered": one.ordered_at, "until": one.supported_until, "supported": int(one.supported)}
        for one in town.facilities
    ],
    "mayor_terms": lambda town: [named(town.garage.mayor, "term", "willing")],
    "mayor": lambda town: [
        named(town.hall, "term", "nth", "captor", "care", "integrity", "budget_left", "dead", "usual"),
    ],
    "gifts": lambda town: [named(one, "used", "idle", "until") for one in town.hall.gifts],
    "petitions": lambda town: [named(one, "asked", "wanted", "granted") for one in town.hall.petitions],
    "loans": lambda town: [named(one, "motorcycles", "until", "taken") for one in town.hall.loans],
    "chiefs": chiefs,
    "figures": lambda town: [named(one, "month", "base", "gap", "refuse", "downgrade", "easy") for one in town.figures],
}


# Tables that grow and shrink


def files(town: "PlainTown") -> Rows:
    """Files at the prosecutor."""
    same = ("filed", "number", "kind", "gravity", "zone", "served", "warrant", "charged", "passes", "tries", "doubt")
    return [
        named(one, *same)
        | {
            "teller": number_of(one.teller),
            "offender": row_of(town, one),
            "generation": -1 if one.suspect is None else one.suspect.generation,
            "member": number_of(one.member),
            "other": int(one.other),
            "board": number_of(one.board),
        }
        for one in town.files
    ]


def cases(town: "PlainTown") -> Rows:
    """Cases before communal authorities."""
    return [
        named(one, "born", "number", "due", "kind", "step", "late", "just") | {"victim": one.complainant.number}
        for one in town.cases
    ]


def repeats(town: "PlainTown") -> Rows:
    """Near repeats to come."""
    return [
        named(one, "number", "kind") | {"tick": one.due, "cell": one.cell.number, "victim": number_of(one.victim)}
        for one in town.repeats
        if one.due >= town.tick
    ]


def threats(town: "PlainTown") -> Rows:
    """Threats that are due later."""
    return [
        {"due": one.due, "born": one.demanded, "victim": one.target.number, "clique": one.clique.number}
        for one in town.threats
        if one.due >= town.tick
    ]


def requests(town: "PlainTown") -> Rows:
    """Requests that wait for an answer."""
    return [
        named(one, "asked", "nth", "followed", "problem", "climbed")
        | {"by_police": one.called}
        | {"due": one.asked + REQUEST, "authority": one.authority.number}
        | {"owner": -2 if one.owner is NOT_YET else number_of(one.owner), "person": one.person, "mark": one.mark}
        for one in town.requests
    ]


def problems(town: "PlainTown") -> Rows:
    """Slots, and the problems in them."""
    same = ("gen", "kind", "cause", "noted", "named", "shared", "shown", "response", "person", "begun", "kept")
    of_month, lasting = ("seen", "reported", "written", "talked", "refused", "owed", "load"), ("filed", "talks")
    return [
        named(one, *same, "size", "more", "eff", *of_month, *lasting)
        | {"cell": number_of(one.cell), "sector": number_of(one.sector), "owner": number_of(one.owner)}
        | {"facility": -1 if one.sector is None else one.sector.facility.number}
        for one in town.problems.slots
    ]


def present(town: "PlainTown") -> Rows:
    """Who was at the meetings that wait for an answer."""
    return [
        {"due": request.asked + REQUEST, "authority": request.authority.number, "who": one.number}
        | {"at_table": int(request.nth == AT_TABLE)}
        for request in town.requests
        if request.nth in (0, AT_TABLE)
        for one in request.present
    ]


GROWING: dict[str, Callable[["PlainTown"], Rows]] = {
    "choices": lambda town: [*rows_of_choices(town.choices)],
    "offenders": offenders,
    "problems": problems,
    "files": files,
    "cases": cases,
    "repeats": repeats,
    "threats": threats,
    "requests": requests,
    "present": present,
    "women": lambda town: [{"woman": one.woman.number, "last": one.last, "place": one.place} for one in town.women],
    "outcomes": lambda town: [
        named(what, "good", "bad", "tick") for one in town.women for what in one.outcomes.values()
    ],
    "prison": lambda town: [
        {"until": one.until, "who": one.who.number, "clique": number_of(one.clique)} for one in town.prison
    ],
    "pending": lambda town: [{"due": due, "woman": woman.number} for due, woman in town.waiting_women],
    "mail": lambda town: [named(one, "due", "problem", "severity") | {"cell": one.cell.number} for one in town.mail],
    "waiting": lambda town: [
        {"born": one.incident.tick, "number": one.incident.number, "teller": one.teller.number}
        | {"cell": one.incident.cell.number, "severity": one.incident.severity, "board": number_of(one.board)}
        for one in town.carried
    ],
    "carried": lambda town: [
        named(one.incident, "tick", "number", "kind", "minute", "arrested", "reported_to", "complaint")
        for one in (*town.taken_up, *town.carried)
        if isinstance(one.incident, Incident)
    ],
}


def row_of(town: "PlainTown", file: "File") -> int:
    """Row of the slot that a file names, whoever fills it now; −1 without one."""
    slot = slot_named(town, file.suspect)
    return -1 if slot is None else slot.row


# Numbers of one type


def felt(town: "PlainTown", name: str) -> list[list[float]]:
    """One sum of what is felt, by cause and settlement."""
    nothing, sums = Felt(), town.ledger.felt
    return [
        [getattr(sums.get((cause, z), nothing), name) for z in range(town.n_settlements)]
        for cause in range(MOST_CAUSES)
    ]


FIELDS: dict[str, Callable[["PlainTown"], Any]] = {
    "bosses": lambda town: [number_of(one.boss) for one in town.officers],
    "minutes_owed": lambda town: [[(owed.asked, owed.given) for owed in one.owed] for one in town.facilities],
    "killings": lambda town: town.killings,
    "last_seen": lambda town: [cell.last_seen for cell in town.cells],
    "usual_here": lambda town: [row + [0.0] * 3 for row in town.problems.usual],
    "room_here": lambda town: [row + [0.0] * 3 for row in town.problems.room],
    "problem_at": lambda town: [
        [-1 if (one := town.problems.at(cell, kind)) is None else one.slot for kind in range(9)] for cell in town.cells
    ],
    "problem_mark": lambda town: town.problems.marks,
    "forms_to_verify": lambda town: town.problems.to_verify,
    "problem_months": lambda town: [town.problems.months],
    "meeting_mark": lambda town: [one.meeting_mark for one in town.facilities],
    "last_out": lambda town: [town.last_out],
    "slots_made_for": lambda town: [town.slots_in_force],
    "custody_pace": lambda town: [[*pace.values()] for pace in town.pace],
    "arrested_lately": lambda town: town.certainty.arrests,
    "offended_lately": lambda town: town.certainty.offences,
    "seen_lately": lambda town: town.certainty.seen,
    "zone_hazard": lambda town: town.certainty.factor,
    "mood": lambda town: [town.mood],
    "intercept": lambda town: [town.intercept],
    "usual_service": lambda town: [-1.0 if usual is None else usual for usual in town.usual_service.values()],
    "results_to_tell": lambda town: [one.results for one in town.authorities],
    "fear_shift": lambda town: [town.fear_shift],
    "still_felt": lambda town: [felt(town, "fast"), felt(town, "slow")],
    "remembered": lambda town: felt(town, "remembered"),
    "origins": lambda town: [
        [town.ledger.traced.get((origin, z), Traced()).columns() for z in range(town.n_settlements)]
        for origin in range(MOST_CAUSES)
    ],
    "cases_hidden": lambda town: [town.hidden],
    "cases_due": lambda town: [
        town.cases_expected,
        sum(gap_to_case(town, nth) for nth in range(town.n_cases + 1)),
        town.n_cases,
    ],
    "arrived": lambda town: [len(town.residents) - len(town.to_come)],
    "settlement_harm": lambda town: [one.suffered for one in town.authorities],
    "crimes_known": lambda town: [one.known for one in town.memories],
    "crimes_happened": lambda town: [one.happened for one in town.memories],
    "crimes_reported": lambda town: [one.reported for one in town.memories],
    "crimes_mapped": lambda town: [one.mapped for one in town.memories],
    "crowd": lambda town: [[sum(not one.left for one in cell.present[day]) for cell in town.cells] for day in range(9)],
    "protected": lambda town: [cell.protectors for cell in town.cells],
    "lit": lambda town: [cell.lit for cell in town.cells],
    "filmed": lambda town: [cell.filmed for cell in town.cells],
    "blocks": lambda town: [one.blocks for one in town.chiefs],
    "mode_outcomes": lambda town: [one.lived for one in town.chiefs],
    "target_start": lambda town: [0, *accumulate(len(clique.targets) for clique in town.cliques)],
    "suspected": lambda town: [
        town.share_of_members,
        max(12 * town.members_counted[0] + town.members_counted[1] - 1, 0),
    ],
    "held_by": lambda town: [number_of(cell.held_by) for cell in town.cells],
    "plan_cells": lambda town: [
        [cell.number for cell in one.places] + [-1] * (5 - len(one.places)) for one in town.plans
    ],
    "trust_total": lambda town: town.ledger.before,
}
