"""M9, where a woman who was hurt at home looks for help, and what she gets (ODD 6.22).

What counts is what institutions can do: a woman officer, somebody who speaks her language, the way to them.  Nothing
here reads who she is.  Conciliation is never counted as a remedy: violence against women is a crime of public action.
She learns from what came of it when she, or one of her ties, told somebody before; with ``learning`` 0 she does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.community.board_memory.rules import board_of_call
from model.community.board_memory.schema import NIGHT
from model.community.communal_authority.schema import CommunalAuthority
from model.community.deliberation.rules import Bench, bench_of, decide_case
from model.crime.domestic_violence.rules import Households, households_view, near_ties
from model.crime.domestic_violence.schema import ALONE_AFTER, PROTECTION, TO
from model.crime.domestic_violence.schema import NAME as OF_HOME
from model.engine.calendar import MONTH
from model.engine.kernels import Tables, kernel
from model.engine.random_streams import logistic, luck
from model.engine.rows import Ints, Reals, Rows, wide
from model.reporting.remedies.rules import Memory, hurt_again, make_room, memory_of, note_outcome, recall
from model.reporting.remedies.schema import N_ASKED, NO_ROW, OF_WOMAN, OUTCOMES, POLICE, WOMEN
from model.reporting.reporting.rules import call, choose, complain, lose_call, open_case
from model.reporting.reporting.schema import LINE, RATIFY, TELL, Reporting
from model.reporting.response.schema import Response
from model.reporting.seeking_help.schema import (
    BY_ATTENTION,
    BY_AUTHORITY,
    BY_FEAR,
    BY_LUCK,
    BY_OWN,
    BY_TIES,
    BY_TRUST,
    BY_WAY,
    CHOSEN_BY,
    LANGUAGE_ON_RELAY,
    MEASURES,
    N_PULLS,
    N_REASONS,
    PLACE,
    REASONS,
    SPEAKS_ONLY,
    WOMAN_ON_RELAY,
    WRITES,
    Counts,
    SeekingHelp,
)
from model.town.crime_kinds import DOMESTIC
from model.trust.ledger.rules import impress, trust_now
from model.world.deciding.rules import belief
from model.world.deciding.schema import CHOICES
from model.world.mechanism import Given, Measure, Mechanism, carries_out
from model.world.month import Month
from model.world.protocol import World
from model.world.shift_context import Plant, Stage
from model.world.shift_events import (
    AT_STATION,
    BY_PHONE,
    CALLS,
    COMMUNAL,
    DEMI,
    IMPRESSIONS,
    INCIDENTS,
    NO_LINE,
    NOBODY,
    PROSECUTOR,
    REFUGE,
    TO_KIN,
    UNSERVEDS,
    Incident,
)
from model.world.state import Board, Case, Couple


class Weighing(Tables):
    """Where a choice is weighed: the pull of each channel, the terms that may be its reason, pulls without one."""

    pull: Reals
    why: Reals
    without: Reals


class Help(Tables):
    """The institutions that a woman may turn to, and by what numbers."""

    help: Rows[SeekingHelp]
    boards: Rows[Board]
    cases: Rows[Case]
    case_count: Ints
    reporting: Rows[Reporting]
    authority: Rows[CommunalAuthority]
    response: Rows[Response]
    on_duty: Ints
    bench: Bench
    memory: Memory
    weighing: Weighing
    chosen_by: Reals


@kernel
def who_attends(stage: Stage, found: Ints, couples: Rows[Couple], plant: Plant, numbers: Rows[SeekingHelp]) -> None:
    """Find for every facility whether a woman is on duty and whether somebody speaks the other language."""
    facilities, officers, tick, seed = plant.facilities, plant.officers, stage.tick, stage.seed
    for facility in range(len(facilities)):
        p = numbers[facilities[facility].settlement]
        found[facility, 0] = luck(seed, WOMAN_ON_RELAY, tick, facility, 0) < p.women_on_relay
        found[facility, 1] = luck(seed, LANGUAGE_ON_RELAY, tick, facility, 0) < p.language_on_relay
    for post in range(len(couples)):
        if couples[post].on == 0:
            continue
        for k in (couples[post].lead, couples[post].mate):
            facility = officers[k].facility
            found[facility, 0] |= officers[k].female
            found[facility, 1] |= officers[k].kiche


@kernel
def understood(i: int, facility: int, on_duty: Ints, p: SeekingHelp, seed: int) -> float:
    """What the police lack to attend this woman (log-odds): a woman officer, her language."""
    woman, speaker = (on_duty[facility, 0], on_duty[facility, 1]) if facility >= 0 else (0, 0)
    lack = 0.0 if woman else p.no_woman
    other = luck(seed, SPEAKS_ONLY, 0, i, 0) < p.other_language
    return lack + p.language if other and not speaker else lack


@kernel
def pulls_at_home(row: Incident, i: int, stage: Stage, aid: Help, p: SeekingHelp) -> None:
    """Write the pull (exp of utility) of everything a woman may turn to; 0 where it is not open."""
    people, mind, out = stage.ground.people, stage.minds[i], aid.weighing.pull
    z = people[i].settlement
    home, authority, board = stage.ground.cells[people[i].home], aid.authority[z], aid.boards[z]
    common = p.intercept + p.severity * row.severity
    seen = common - p.fear * mind.fear
    over = p.over * authority.reach * logistic(board.legitimacy)
    faith = p.trust * (trust_now(mind, stage.tick, stage.trust[z]) - 0.5)
    lack = understood(i, home.facility, aid.on_duty, p, stage.seed)
    police = seen - p.shame - over + faith - lack
    seat = p.minutes * home.seat_minutes / 60.0
    way = p.minutes * home.minutes / 60.0
    out[:] = 0.0
    out[BY_PHONE] = math.exp(police)
    out[AT_STATION] = math.exp(police - way)
    respect = authority.deference * board.legitimacy
    out[COMMUNAL] = authority.reach * math.exp(seen - p.shame + (p.near + respect))
    out[PROSECUTOR] = math.exp(seen - p.over_prosecutor * over + p.prosecutor - seat)
    near = near_ties(stage, i)
    out[TO_KIN] = math.exp(common + p.kin * near / 3.0) if near > 0 else 0.0
    out[DEMI] = p.demi * math.exp(seen + p.demi_pull - seat)
    out[REFUGE] = p.refuge * math.exp(common + p.refuge_pull - seat)
    give_reasons(aid.weighing.why, p.fear * mind.fear, faith, lack, way, seat, over, respect)
    aid.weighing.why[BY_AUTHORITY, PROSECUTOR] = -p.over_prosecutor * over


@kernel
def give_reasons(
    why: Reals, fear: float, faith: float, lack: float, way: float, seat: float, over: float, respect: float
) -> None:
    """Write the terms that may be the reason of a choice, in log-odds, apart from what was lived."""
    why[:, :] = 0.0
    for channel in (BY_PHONE, AT_STATION):
        why[BY_TRUST, channel], why[BY_ATTENTION, channel], why[BY_AUTHORITY, channel] = faith, -lack, -over
    for channel in (BY_PHONE, AT_STATION, COMMUNAL, PROSECUTOR, DEMI):
        why[BY_FEAR, channel] = -fear
    why[BY_WAY, AT_STATION] = -way
    for channel in (PROSECUTOR, DEMI, REFUGE):
        why[BY_WAY, channel] = -seat
    why[BY_AUTHORITY, COMMUNAL] = respect


@kernel
def lesson(good: float, bad: float, p: SeekingHelp) -> float:
    """What experience with a place adds to its utility (log-odds): 0 without any."""
    added: float = p.learning * (2.0 * belief(good, bad, p.prior, 0.5) - 1.0)
    return added


@kernel
def knows_others(stage: Stage, memory: Memory, i: int) -> bool:
    """Whether any of her ties was hurt too."""
    others = False
    for tie in stage.ground.ties[i]:
        others |= tie >= 0 and memory.of_woman[tie] != NO_ROW
    return others


@kernel
def heard_of(stage: Stage, memory: Memory, i: int, place: int, years: float) -> tuple[float, float]:
    """Good and bad that came to her living ties of telling a place."""
    good = bad = 0.0
    for tie in stage.ground.ties[i]:
        if tie >= 0 and memory.of_woman[tie] != NO_ROW and stage.minds[tie].gone < 0:
            more = recall(memory, wide(memory.of_woman[tie]), place, stage.tick, years)
            good += more[0]
            bad += more[1]
    return good, bad


@kernel
def learn_from(place: int, own: tuple[float, float], ties: tuple[float, float], w: Weighing, p: SeekingHelp) -> None:
    """Let the pull of a place follow from what came of telling it, to her and to her ties."""
    good, bad = p.heard * ties[0], p.heard * ties[1]
    both = lesson(own[0] + good, own[1] + bad, p)
    for channel in range(N_PULLS):
        if PLACE[channel] == place:
            w.pull[channel] *= math.exp(both)
            w.why[BY_OWN, channel] = both - lesson(good, bad, p)
            w.why[BY_TIES, channel] = both - lesson(own[0], own[1], p)


@kernel
def place_of(told: int) -> int:
    """Place in `PLACES` of a channel."""
    place: int = PLACE[told] if told != NOBODY else 0
    return place


@kernel
def push(w: Weighing, reason: int, told: int) -> float:
    """How far a term speaks for where she went, against the mean of what else was open, nobody included."""
    others, n = 0.0, 0
    for channel in range(N_PULLS):
        if channel != told and w.pull[channel] > 0.0:
            others += w.why[reason, channel]
            n += 1
    if told == NOBODY:
        return -others / max(n, 1)
    own: float = w.why[reason, told]
    return own - others / (n + 1)


@kernel
def leave_out(w: Weighing, reason: int) -> bool:
    """Write the pulls without a term; return whether it makes any difference to them."""
    differs = False
    for channel in range(N_PULLS):
        w.without[channel] = w.pull[channel]
        if w.why[reason, channel] != 0.0 and w.pull[channel] > 0.0:
            w.without[channel] *= math.exp(-w.why[reason, channel])
            differs = True
    return differs


@kernel
def reason_of(w: Weighing, told: int, u: float) -> int:
    """Term without which she had gone to another place at the same luck, the strongest if there are several."""
    reason, most = BY_LUCK, -math.inf
    for k in range(1, N_REASONS):
        if not leave_out(w, k):
            continue
        if place_of(choose(w.without, u)) != place_of(told):
            force = push(w, k, told)
            if force > most:
                reason, most = k, force
    return reason


@kernel
def look_for(stage: Stage, row: Incident, i: int, aid: Help, p: SeekingHelp) -> int:
    """Choose where she looks for help, by what is there and by what came of it before."""
    memory, w = aid.memory, aid.weighing
    hurt_again(memory, i, stage.tick, p.memory)
    pulls_at_home(row, i, stage, aid, p)
    others = knows_others(stage, memory, i)
    for place in range(1, N_ASKED + 1):
        kept = memory.outcomes[N_ASKED * memory.of_woman[i] + place - 1]
        ties = heard_of(stage, memory, i, place, p.memory) if others else (0.0, 0.0)
        if kept.good + kept.bad + ties[0] + ties[1] > 0.0:
            learn_from(place, (kept.good, kept.bad), ties, w, p)
    u = luck(stage.seed, TELL, stage.tick, row.number, 0)
    told = choose(w.pull, u)
    aid.chosen_by[reason_of(w, told, u)] += 1.0
    memory.women[memory.of_woman[i]].place = place_of(told)
    return told


@kernel
def follow_up(stage: Stage, k: int, i: int, aid: Help, p: SeekingHelp) -> None:
    """Make the call and the formal complaint that follow from where she went."""
    row, tick, seed = stage.day.incidents[k], stage.tick, stage.seed
    told, number, z = row.told, row.number, stage.ground.people[i].settlement
    if told in (NOBODY, TO_KIN, REFUGE) or (told == COMMUNAL and row.handed == 0):
        return
    person, here = stage.ground.people[i], stage.ground.cells[row.cell]
    part = board_of_call(person, here, aid.boards[z], tick % 3 == NIGHT, row.handed == 1)
    if row.handed == 1 and row.complaint == 0:
        call(stage.day, k, part, tick, seed)
    elif told == BY_PHONE:
        if luck(seed, LINE, tick, number, 0) < aid.response[z].line_answered:
            call(stage.day, k, part, tick, seed)
        else:
            lose_call(stage.day, stage.minds, stage.trust[z], i, tick, number, NO_LINE, part)
    r, mind = aid.reporting[z], stage.minds[i]
    wish = p.follow + r.follow_severity * row.severity + r.useful * mind.useful + r.accompaniment
    wish -= r.trip * stage.ground.cells[stage.ground.people[i].home].seat_minutes / 60.0
    wish += p.company if told == DEMI else -p.fear * mind.fear
    if row.complaint == 1 or told == PROSECUTOR or luck(seed, RATIFY, tick, number, 0) < logistic(wish):
        complain(row, tick, seed)
    if row.complaint == 1:
        at_police = told in (BY_PHONE, AT_STATION)
        stage.tally[0].domestic_complaints_prosecutor += 1.0
        stage.tally[0].domestic_complaints_police += 1.0 if at_police else 0.0


@kernel
def protect(
    stage: Stage, row: Incident, i: int, place: int, households: Households, memory: Memory, p: SeekingHelp
) -> None:
    """Protect her by a measure or in a refuge, or leave her alone; she remembers what came of it if she asked."""
    drawn = luck(stage.seed, MEASURES, stage.tick, row.number, 0)
    asked = row.told == REFUGE or row.complaint == 1
    chance = p.shelter if row.told == REFUGE else p.measures * row.complaint
    if drawn >= chance:
        households.helped[ALONE_AFTER, place] += 1.0
        if asked:
            note_outcome(memory, i, place, 0.0, 1.0, stage.tick, p.memory)
        return
    note_outcome(memory, i, place, 1.0, 0.0, stage.tick, p.memory)
    households.homes[i].safe = stage.tick + int(p.months * MONTH)
    stage.tally[0].domestic_protected += 1.0
    if row.complaint == 1:
        fast = stage.trust[stage.ground.people[i].settlement].fast
        impress(stage.day, stage.minds, i, PROTECTION, 0.5, 0.0, 0.95, p.relief, fast)


@kernel
def seek_help(stage: Stage, households: Households, aid: Help) -> None:
    """Let every woman who was hurt at home in this shift turn to somebody, or to nobody."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        if row.kind != DOMESTIC:
            continue
        i = row.victim
        z = stage.ground.people[i].settlement
        p = aid.help[z]
        told = look_for(stage, row, i, aid, p)
        place = place_of(told)
        row.told, households.homes[i].channel = told, place
        households.helped[TO, place] += 1.0
        if told == COMMUNAL:
            days = decide_case(stage, aid.bench, row, i, z)
            if days >= 0:
                open_case(aid.cases, aid.case_count, row, z, aid.authority[z].days + days, stage.tick, stage.seed)
        follow_up(stage, k, i, aid, p)
        protect(stage, row, i, place, households, aid.memory, p)


@kernel
def wait_in_vain(stage: Stage, aid: Help) -> None:
    """Let women remember that nobody came when the police were called."""
    for k in range(stage.day.counts[UNSERVEDS]):
        i = stage.day.unserved[k].number - OF_HOME
        if not 0 <= i < len(stage.minds) or stage.minds[i].gone >= 0 or aid.memory.of_woman[i] == NO_ROW:
            continue
        years = aid.help[stage.ground.people[i].settlement].memory
        note_outcome(aid.memory, i, POLICE, 0.0, 1.0, stage.tick, years)


def attending_of(world: World) -> Ints:
    """Return room for whether a woman, and a speaker of the other language, is on duty at each facility this shift."""
    return np.zeros((len(world.town.facilities), 2), np.int64)


def weighing_of(world: World) -> Weighing:
    """Return room to weigh a choice."""
    return Weighing(np.zeros(N_PULLS), np.zeros((N_REASONS, N_PULLS)), np.zeros(N_PULLS))


def aid_of(world: World) -> Help:
    """Lay out where help can be sought."""
    state, numbers = world.state, world.numbers
    return Help(
        numbers["seeking_help"],
        state.boards,
        state.cases.rows,
        state.cases.count,
        numbers["reporting"],
        numbers["communal_authority"],
        numbers["response"],
        world.once(attending_of),
        world.laid(bench_of),
        world.laid(memory_of),
        world.once(weighing_of),
        state[CHOSEN_BY],
    )


def act(world: World) -> None:
    """Let women who were hurt at home look for help."""
    most = 2 * world.book.counts.item(INCIDENTS)
    for table in (CALLS, UNSERVEDS, IMPRESSIONS):
        world.book.reserve(table, most)
    world.state.cases.reserve(most)
    world.state[CHOICES].reserve(most)
    make_room(world, most)
    world.carry_out(
        who_attends,
        lambda: (
            world.stage(),
            world.once(attending_of),
            world.state.couples,
            world.plant,
            world.numbers["seeking_help"],
        ),
    )
    world.carry_out(seek_help, lambda: (world.stage(), world.laid(households_view), world.laid(aid_of)))


@carries_out(wait_in_vain)
def after_calls(world: World) -> Given:
    """Let women who called and to whom nobody came remember it."""
    return world.stage(), world.laid(aid_of)


def reasons() -> dict[str, Measure]:
    """Return the measures of why women looked for help where they did."""

    def reader(reason: int) -> Callable[[Month], float]:
        return lambda month: float(month.world.state[CHOSEN_BY][reason])

    return {f"help_by_{name}": Measure("acts", reader(k)) for k, name in enumerate(REASONS)}


IT = Mechanism(
    group=SeekingHelp,
    tables=(WOMEN, OUTCOMES, OF_WOMAN, CHOSEN_BY),
    counts=Counts,
    writes=WRITES,
    measures=reasons(),
)
