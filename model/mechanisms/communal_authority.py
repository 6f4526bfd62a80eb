"""M14, communal authorities: a jurisdiction with its own law in Totonicapán, boards by agreement elsewhere (ODD 6.12).

Complaint, summons, public hearing, agreement or ruling, compliance, the higher board, the state: an institution in its
own right, not a modifier of the police.  Switched off, nobody brings cases before an authority and no community keeps
watch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import MONTH, WEEK, YEAR, date_of_tick
from model.daybook import HEARINGS, IMPRESSIONS, SPARED
from model.hazard import MARKET_NIGHT, NIGHT
from model.kernels import Tables, kernel
from model.kinds import DOMESTIC, PROPERTY
from model.ledger import cause, impress
from model.luck import decision, logistic, luck
from model.mechanism import Hazard, Knockout, Measure, Mechanism, over
from model.mechanisms.board_memory import LAST_OUT, agreement, remember_police, remember_promise
from model.parameters import Group, number, share
from model.police import NO_POST
from model.rows import Row
from model.state import BOARDS, CASES

if TYPE_CHECKING:
    from model.authorities import Authority
    from model.measures import Month
    from model.mechanisms.deliberation import Deliberation
    from model.mechanisms.domestic_violence import Home
    from model.model import TrustModel as World
    from model.police import Officer
    from model.residents import Person
    from model.rows import Flags, Ints, Reals, Rows
    from model.stage import Stage
    from model.state import Board, Case

SUMMONED, POLICE_PRESENT, WAITS, JUST, ACCEPT = (
    decision("summoned"),
    decision("police present"),
    decision("police wait"),
    decision("just"),
    decision("accept"),
)
RULING, COMPLY, HIGHER, SETTLES, HAND_OVER = (
    decision("ruling"),
    decision("comply"),
    decision("higher board"),
    decision("higher board settles"),
    decision("hand over"),
)
INVITES, CONSENTS = decision("invites"), decision("consents")
CLOSED, TO_STATE, NO_REMEDY, POSTPONED, RULED, TO_HIGHER = range(6)
"""What a step of a case ends with."""
AT_HEARING, IN_COMPLIANCE, AT_HIGHER = range(3)
"""What a case waits for."""
RULINGS = ("agreement", "apology", "reparation", "work", "fine", "loss_of_services")
MOST_SUMMONS = 3
HEARING = cause("hearing", 12)


@dataclass(frozen=True, kw_only=True)
class CommunalAuthority(Group):
    """How communities bring, hear and settle cases themselves, keep watch, and let the police take part."""

    name: ClassVar[str] = "communal_authority"
    evidence: ClassVar[tuple[str, ...]] = (
        "A12", "F01", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F19", "F27",
        "L07", "Y05", "Y06",
    )  # fmt: skip

    reach: float = share(0.3, "A12, F05; assumed", "places where the authority hears cases", role="site", off=0.0)
    near: float = number(
        0.2, "log-odds", -5.0, 5.0, "assumed", "going to the authority, against telephoning the police"
    )
    legitimacy: float = number(
        0.0, "log-odds", -4.0, 4.0, "F14; assumed", "legitimacy of the boards at the start", role="site"
    )
    deference: float = number(
        0.6,
        "log-odds",
        0.0,
        3.0,
        "F14; assumed",
        "effect of legitimacy on going, on coming when summoned, on accepting",
    )
    grave: float = share(0.75, "F08: rape, injuries", "severity from which a case is handed to the state at once")
    days: int = number(2, "days", 0, 60, "F05; assumed", "shortest time from complaint to hearing")
    comes: float = number(1.2, "log-odds", -4.0, 6.0, "F05, F14; assumed", "who is summoned comes to the hearing")
    presence: float = share(
        0.3, "F06; assumed", "hearings at which police are present, where they are called", role="lever"
    )
    waits: float = share(0.92, "F06, F10; assumed", "police present that wait for the decision of the community")
    protocol: float = share(
        0.0, "policy", "boards that are offered a joint protocol: police come and wait", role="lever"
    )
    just: float = number(1.4, "log-odds", -3.0, 5.0, "F14; assumed", "rulings seen as just")
    experience: float = number(
        0.4, "log-odds a year", 0.0, 3.0, "F13, Y05; assumed", "effect of months served by the board"
    )
    agree: float = share(0.5, "F05, F12; assumed", "accepted cases that end in an agreement, not a ruling")
    accept: float = number(0.6, "log-odds", -4.0, 4.0, "F11, F14; assumed", "rulings accepted")
    public: float = number(
        0.8, "log-odds", 0.0, 3.0, "F05: the assembly decides; assumed", "effect of an organised public"
    )
    comply: float = share(0.88, "F14: over 0.8", "accepted rulings that are kept")
    comply_days: int = number(30, "days", 1, 365, "assumed", "time to keep a ruling")
    higher: float = share(0.5, "F12; assumed", "failed cases that go to the higher board, where boards are communal")
    higher_settles: float = share(0.6, "F12; assumed", "of those, settled there")
    hand_over: float = share(0.3, "F07, F08; assumed", "failed cases that go to the state")
    learning: float = number(
        0.1,
        "log-odds",
        0.0,
        2.0,
        "assumed",
        "weight of one case in the legitimacy of a board of 1,000 residents",
    )
    delayed: float = share(0.25, "assumed", "justice that people see where a hearing is put off")
    consent: float = number(-0.5, "log-odds", -5.0, 5.0, "F01; assumed", "consent to joint patrols and presence")
    consent_links: float = number(2.5, "log-odds", 0.0, 6.0, "F13, F18; assumed", "effect of links on consent, 0 to 1")
    watch: float = share(
        0.0,
        "F04; assumed",
        "crime on the street and burglary by night that members on watch prevent",
        role="site",
        off=0.0,
    )
    watch_joint: float = share(0.2, "F18; assumed", "more, where the authority consents to joint patrols", off=0.0)


class Counts(Row):
    """What is counted in a month."""

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


class Court(Tables):
    """The boards, the cases before them, and the numbers by which they decide."""

    authorities: Rows[Authority]
    boards: Rows[Board]
    chiefs: Ints
    officers: Rows[Officer]
    cases: Rows[Case]
    count: Ints
    homes: Rows[Home]
    numbers: Rows[CommunalAuthority]
    deliberation: Rows[Deliberation]
    go_out: float


@kernel
def move_legitimacy(board: Board, seen: float, p: CommunalAuthority) -> None:
    """Move legitimacy towards what people have seen of a case, 0 to 1, and what the board is worth besides."""
    board.shown += seen
    board.showings += 1.0
    board.legitimacy += p.learning * 1000.0 / board.residents * (seen + board.standing - logistic(board.legitimacy))


@kernel
def receive_police(stage: Stage, court: Court, case: Case, p: CommunalAuthority) -> None:
    """Let police come to a hearing where they are called: they wait, out of respect or weakness, or step in."""
    z, i, born, number = case.settlement, case.victim, case.born, case.number
    board, chief = court.boards[z], court.chiefs[z]
    agreed, keeps = agreement(board, p.protocol, court.deliberation[z]), court.deliberation[z].keeps
    presence = p.presence + (1.0 - p.presence) * keeps * agreed
    if board.invites == 0:
        return
    if court.go_out == 0.0 or luck(stage.seed, POLICE_PRESENT, born, number, 0) >= presence:
        if board.protocol == 1:
            remember_promise(stage, board, False)
        return
    stage.tally[0].police_present += 1.0
    waits = True
    if luck(stage.seed, WAITS, born, number, 0) >= p.waits + (1.0 - p.waits) * agreed:
        waits = False
        stage.tally[0].police_stepped_in += 1.0
    elif agreed > 0.0 or (chief >= 0 and court.officers[chief].trained == 1) or board.links > 0.5:
        stage.tally[0].deference_respect += 1.0
    else:
        stage.tally[0].deference_weakness += 1.0
    remember_police(board, waits, court.deliberation[z])
    if board.protocol == 1:
        remember_promise(stage, board, waits)
    p_trust = stage.trust[stage.ground.people[i].settlement]
    if waits:
        impress(stage.day, stage.minds, i, HEARING, 0.9, 0.5 * p_trust.hearing, 0.95, p_trust.hearing, p_trust.fast)
    else:
        impress(stage.day, stage.minds, i, HEARING, 0.1, p_trust.stepped_in, 0.5, 0.0, p_trust.fast)
    if stage.minds[i].gone < 0:
        stage.minds[i].met = stage.minds[i].met_free = stage.tick


@kernel
def hearing(stage: Stage, court: Court, case: Case, p: CommunalAuthority) -> int:
    """Hold a public hearing, or put it off because the summoned stayed away; return what it ends with."""
    board, born, number = court.boards[case.settlement], case.born, case.number
    respect = p.deference * board.legitimacy
    if luck(stage.seed, SUMMONED, born, number, case.late) >= logistic(p.comes + respect):
        case.late += 1
        move_legitimacy(board, p.delayed, p)
        if case.late == MOST_SUMMONS:
            return fail(stage, court, case, p)
        case.due += WEEK
        return POSTPONED
    receive_police(stage, court, case, p)
    served = float(stage.month % 12) if court.authorities[case.settlement].communal == 1 else 12.0
    just = luck(stage.seed, JUST, born, number, 0) < logistic(p.just + p.experience * served / 12.0)
    case.just = 1 if just else 0
    if luck(stage.seed, ACCEPT, born, number, 0) >= logistic(p.accept + respect + p.public * board.organised):
        return fail(stage, court, case, p)
    rule(stage, case, p)
    case.step = IN_COMPLIANCE
    case.due += 3 * p.comply_days
    return RULED


@kernel
def rule(stage: Stage, case: Case, p: CommunalAuthority) -> None:
    """Count what the case ends in: an agreement, or a ruling of one of five kinds."""
    v, row = luck(stage.seed, RULING, case.born, case.number, 0), stage.tally[0]
    kind = int((v - p.agree) / (1.0 - p.agree) * 5.0) if v >= p.agree else -1
    if kind < 0:
        row.agreements += 1.0
    elif kind == 0:
        row.apologies += 1.0
    elif kind == 1:
        row.reparations += 1.0
    elif kind == 2:
        row.community_work += 1.0
    elif kind == 3:
        row.fines += 1.0
    else:
        row.losses_of_services += 1.0


@kernel
def fail(stage: Stage, court: Court, case: Case, p: CommunalAuthority) -> int:
    """Take a case that failed to the higher board, to the state, or nowhere."""
    z, born, number = case.settlement, case.born, case.number
    move_legitimacy(court.boards[z], 0.5 if case.just == 1 else 0.0, p)
    communal = court.authorities[z].communal == 1 and case.step != AT_HIGHER
    if communal and luck(stage.seed, HIGHER, born, number, 0) < p.higher:
        case.step = AT_HIGHER
        case.due += 2 * WEEK
        stage.tally[0].to_higher_board += 1.0
        return TO_HIGHER
    return TO_STATE if luck(stage.seed, HAND_OVER, born, number, 0) < p.hand_over else NO_REMEDY


@kernel
def next_step(stage: Stage, court: Court, case: Case, p: CommunalAuthority) -> int:
    """Take a case one step further; return what the step ends with."""
    board, born, number = court.boards[case.settlement], case.born, case.number
    if case.step == AT_HEARING:
        return hearing(stage, court, case, p)
    if case.step == IN_COMPLIANCE:
        if luck(stage.seed, COMPLY, born, number, 0) >= p.comply:
            stage.tally[0].rulings_broken += 1.0
            return fail(stage, court, case, p)
        stage.tally[0].rulings_kept += 1.0
        move_legitimacy(board, 1.0 if case.just == 1 else 0.0, p)
        return CLOSED
    if luck(stage.seed, SETTLES, born, number, 0) < p.higher_settles:
        return CLOSED
    return fail(stage, court, case, p)


@kernel
def count_watched(stage: Stage, guard: int) -> None:
    """Count the crimes of the shift that communities' own watch kept away."""
    for k in range(stage.day.counts[SPARED]):
        if stage.day.spared[k].guard == guard:
            stage.tally[0].watched += 1.0


@kernel
def hear(stage: Stage, court: Court) -> None:
    """Take the cases that are due one step further."""
    left = 0
    for k in range(court.count[0]):
        case = court.cases[k]
        if case.due <= stage.tick:
            outcome = next_step(stage, court, case, court.numbers[case.settlement])
            row = stage.day.hearings[stage.day.counts[HEARINGS]]
            row.born, row.number, row.outcome = case.born, case.number, outcome
            stage.day.counts[HEARINGS] += 1
            if outcome in (CLOSED, TO_STATE, NO_REMEDY):
                finish(stage, court, case, outcome)
                continue
        court.cases[left] = case
        left += 1
    court.count[0] = left


@kernel
def finish(stage: Stage, court: Court, case: Case, outcome: int) -> None:
    """Count a case by its outcome; a conciliation is no remedy where a woman was hurt at home."""
    row, i = stage.tally[0], case.victim
    row.cases += 1.0
    if outcome == CLOSED and case.kind == DOMESTIC:
        court.homes[i].ruled = stage.tick + YEAR
        row.domestic_conciliated += 1.0
    elif outcome == CLOSED:
        row.closed += 1.0
    elif outcome == TO_STATE:
        row.handed_over += 1.0
    elif stage.ground.people[i].female == 1:
        row.women_without_remedy += 1.0
    else:
        row.men_without_remedy += 1.0


@kernel
def begin_month(
    boards: Rows[Board],
    authorities: Rows[Authority],
    numbers: Rows[CommunalAuthority],
    deliberation: Rows[Deliberation],
    month: int,
    new_year: bool,
    seed: int,
) -> None:
    """Let boards consent to joint patrols or not, and watch as they decided; communal boards are new on 1 January."""
    for a in range(len(boards)):
        board, p, d = boards[a], numbers[authorities[a].settlement], deliberation[authorities[a].settlement]
        if new_year and authorities[a].communal == 1:
            board.links *= 0.5 * agreement(board, p.protocol, d)
        wish = p.consent + p.consent_links * board.links
        agreed = luck(seed, CONSENTS, month, a, 0) < logistic(wish) * board.invites
        board.consents = 1 if agreed else 0
        joint = p.watch_joint * board.consents
        kept_away = p.watch if d.watches == 0 else d.watch_effect * board.watching
        board.watch = kept_away * board.organised * (1.0 + joint)


def begin(world: World) -> None:
    """Give the boards their standing at the start; which never call the police is drawn anew for every seed."""
    town, numbers, people = world.town, world.numbers, world.town.people
    legitimacy, phones = numbers["communal_authority"]["legitimacy"], numbers["consultation"]["phones"]
    closed = numbers["boards"]["share_not_inviting"]
    for a, (board, settlement) in enumerate(zip(world.state[BOARDS], town.settlements, strict=True)):
        board.met = board.asked = board.heard = board.problem = -1
        board.organised = settlement.organised
        board.residents = int(np.count_nonzero((people["settlement"] == a) & (people["arrives"] < 0)))
        board.legitimacy, board.phones = legitimacy[a], phones[a]
        stays_away = settlement.kind != "town" and luck(world.seed, INVITES, 0, a, 0) < closed[a]
        board.invites = 0 if stays_away else 1


def settle_boards(world: World) -> None:
    """Begin with the legitimacy of the site, and give boards the standing with which their own cases hold it."""
    boards, legitimacy = world.state[BOARDS], world.numbers["communal_authority"]["legitimacy"]
    showings = float(boards["showings"].sum())
    if showings > 0.0:
        boards["legitimacy"] = legitimacy
        boards["standing"] = 1.0 / (1.0 + np.exp(-legitimacy)) - float(boards["shown"].sum()) / showings


def chiefs_of(world: World) -> Ints:
    """Return for each authority the first officer of the facility that serves it, or -1."""
    officers, cells = world.town.officers, world.town.cells
    first = {int(f): int(np.flatnonzero(officers["facility"] == f)[0]) for f in np.unique(officers["facility"])}
    return np.array([first.get(int(cells[a.cell].facility), NO_POST) for a in world.town.authorities], np.int64)


def councils_of(world: World) -> tuple[Ints, Ints]:
    """Return the row at which the council members of each settlement begin, and the members."""
    people = world.town.people
    return by_settlement(people, people["council"] == 1, world.town.n_settlements)


def settled_of(world: World) -> tuple[Ints, Ints]:
    """Return the row at which the residents of each settlement begin, and the residents."""
    return by_settlement(world.town.people, np.ones(world.town.n_people, bool), world.town.n_settlements)


def by_settlement(people: Rows[Person], chosen: Flags, n_settlements: int) -> tuple[Ints, Ints]:
    """Return the chosen residents settlement by settlement, with the row at which each settlement begins."""
    members = np.flatnonzero(chosen)
    order = np.argsort(people["settlement"][members], kind="stable")
    counts = np.bincount(people["settlement"][members], minlength=n_settlements)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members[order].astype(np.int64)


def couples_needed(world: World) -> bool:
    """Whether police come and do what was asked only where couples go out, by the numbers in force."""
    return bool(world.numbers["deliberation"]["couples"][0] == 1)


def go_out(world: World) -> float:
    """Return 1 if any couple was on duty within a month, without which nobody comes or does what was asked; else 0."""
    return 0.0 if world.tick - world.state[LAST_OUT].item(0) > MONTH and world.laid(couples_needed) else 1.0


def court_of(world: World) -> Court:
    """Lay out what hearings go by."""
    state = world.state
    return Court(
        world.town.authorities,
        state.boards,
        world.once(chiefs_of),
        world.plant.officers,
        state.cases.rows,
        state.cases.count,
        state.homes,
        world.numbers["communal_authority"],
        world.numbers["deliberation"],
        0.0,
    )


def act(world: World) -> None:
    """Take the cases that are due a step further; on the first morning of a month boards decide for the month."""
    state, numbers, book = world.state, world.numbers, world.book
    if world.tick % 3 == 0 and (date := date_of_tick(world.tick)).day == 1:
        new_year = date.month == 1
        rows = numbers["communal_authority"]
        month = 12 * date.year + date.month - 1
        watch = state.boards["watch"].copy()
        begin_month(state.boards, world.town.authorities, rows, numbers["deliberation"], month, new_year, world.seed)
        if (watch != state.boards["watch"]).any():
            world.factors.lay_guard(world, IT.name)
    if book.counts.item(SPARED):
        count_watched(world.stage(), world.factors.numbers[IT.name])
    due = len(state.cases)
    book.reserve(HEARINGS, due)
    book.reserve(IMPRESSIONS, due)
    court = world.laid(court_of)
    court.put("go_out", go_out(world))
    world.carry_out(hear, lambda: (world.stage(), court))
    world.learn()


def keep_watch(world: World, place: Reals) -> None:
    """Keep property crimes away by night where communities watch."""
    watch = world.state[BOARDS]["watch"]
    settlement = world.town.cells["settlement"]
    kept = np.where(settlement >= 0, watch[np.maximum(settlement, 0)], 0.0)
    for when in (NIGHT, MARKET_NIGHT):
        place[when, PROPERTY == 1] *= 1.0 - kept


def mean_legitimacy(month: Month) -> float:
    """Mean legitimacy of the boards, 0 to 1; nan where there are none."""
    boards = month.boards
    return float(np.mean(1.0 / (1.0 + np.exp(-boards["legitimacy"])))) if len(boards) else math.nan


def load(month: Month) -> float:
    """Open cases by communal authority."""
    return over(float(len(month.world.state[CASES])), float(len(month.boards)))


WRITES = (
    "boards.waited", "boards.stepped_in", "boards.promises_kept", "boards.promises_broken", "tally.promises_kept",
    "tally.promises_broken", "minds.met", "minds.met_free", "boards.met", "boards.asked", "boards.problem",
    "boards.heard", "boards.invites", "boards.consents", "boards.residents", "boards.legitimacy", "boards.shown",
    "boards.showings", "boards.organised", "boards.links", "boards.phones", "boards.watch", "cases", "homes.ruled",
    "hearings", "impressions",
)  # fmt: skip
IT = Mechanism(
    group=CommunalAuthority,
    counts=Counts,
    causes=(HEARING,),
    writes=WRITES,
    hazard=Hazard(place=keep_watch, spared=True),
    begin=begin,
    knockout=Knockout(("cases", "closed")),
    measures={
        "legitimacy": Measure("0-1", mean_legitimacy),
        "authority_load": Measure("cases", load),
        "cases": Measure("cases"),
        "closed": Measure("cases"),
        "deference_respect": Measure("hearings"),
        "deference_weakness": Measure("hearings"),
        "rulings_kept": Measure("rulings"),
        "rulings_broken": Measure("rulings"),
        "to_higher_board": Measure("cases"),
        "watched": Measure("crimes"),
        "domestic_conciliated": Measure("cases"),
    },
)
