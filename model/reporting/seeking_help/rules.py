"""M9, where a woman who was hurt at home looks for help, and what she gets (ODD 6.22).

What counts is what institutions can do: a woman officer, somebody who speaks her language, the way to them.  Nothing
here reads who she is.  Conciliation is never counted as a remedy: violence against women is a crime of public action.
She learns from what came of it when she, or one of her ties, told somebody before; with ``learning`` 0 she does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.community.board_memory.rules import board_informed_of_call
from model.community.board_memory.schema import NIGHT_SHIFT
from model.community.communal_authority.schema import CommunalAuthority
from model.community.deliberation.rules import DeliberationTables, decide_case
from model.crime.domestic_violence.rules import HouseholdTables, count_near_ties
from model.crime.domestic_violence.schema import ACT_ID_OFFSET as OF_HOME
from model.crime.domestic_violence.schema import LEFT_ALONE_ROW, TOLD_ROW
from model.engine.calendar import MONTH
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.reporting.remedies.rules import (
    RemedyMemory,
    record_help_outcome,
    remembered_outcomes,
    reserve_victim_records,
    update_victim_record,
)
from model.reporting.remedies.schema import N_HELP_PLACES, NO_ROW, OF_WOMAN, OUTCOMES, POLICE_PLACE, WOMEN
from model.reporting.reporting.rules import (
    append_call,
    append_unserved_call,
    choose_channel,
    file_complaint,
    open_communal_case,
)
from model.reporting.reporting.schema import LINE_STREAM, RATIFY_STREAM, TELL_STREAM, Reporting
from model.reporting.response.schema import Response
from model.reporting.seeking_help.schema import (
    CHOSEN_BY,
    HELP_REASONS,
    LANGUAGE_ON_RELAY,
    MEASURES_STREAM,
    N_HELP_CHANNELS,
    N_REASONS,
    PLACE_OF_CHANNEL,
    PROTECTED,
    REASON_ATTENTION,
    REASON_AUTHORITY,
    REASON_FEAR,
    REASON_LUCK,
    REASON_OWN,
    REASON_TIES,
    REASON_TRUST,
    REASON_WAY,
    SPEAKS_ONLY,
    WOMAN_ON_RELAY,
    WRITTEN_COLUMNS,
    SeekingHelp,
    SeekingHelpCounts,
)
from model.town.crime_kinds import DOMESTIC
from model.trust.events.rules import record_event
from model.trust.ledger.rules import trust_now
from model.world.binding import computed, constant, count_of, of
from model.world.discrete_choice.rules import share_with_prior
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import KernelArguments, Measure, Mechanism, kernel_step
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import PoliceTables, ShiftContext
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
from model.world.state import CASES, COUPLES, Board, CommunalCase, CoupleRow


class HelpChoiceTables(TableBundle):
    """Where a choice is weighed: the pull of each channel, the terms that may be its reason, pulls without one."""

    pull: FloatArray = computed(lambda world: np.zeros(N_HELP_CHANNELS))
    why: FloatArray = computed(lambda world: np.zeros((N_REASONS, N_HELP_CHANNELS)))
    without: FloatArray = computed(lambda world: np.zeros(N_HELP_CHANNELS))


def attending_table(world: World) -> IntArray:
    """Return room for whether a woman, and a speaker of the other language, is on duty at each facility this shift."""
    return np.zeros((len(world.town.facilities), 2), np.int64)


class HelpSeekingTables(TableBundle):
    """The institutions that a woman may turn to, and by what numbers."""

    help: Rows[SeekingHelp]
    boards: Rows[Board]
    cases: Rows[CommunalCase]
    cases_count: IntArray = count_of(CASES)
    reporting: Rows[Reporting]
    authority: Rows[CommunalAuthority]
    response: Rows[Response]
    on_duty: IntArray = constant(attending_table)
    bench: DeliberationTables
    memory: RemedyMemory
    weighing: HelpChoiceTables
    chosen_by: FloatArray = of(CHOSEN_BY)


@kernel
def update_attending_officers(
    stage: ShiftContext, found: IntArray, couples: Rows[CoupleRow], plant: PoliceTables, numbers: Rows[SeekingHelp]
) -> None:
    """Find for every facility whether a woman is on duty and whether somebody speaks the other language."""
    facilities, officers, tick, seed = plant.facilities, plant.officers, stage.tick, stage.seed
    for facility in range(len(facilities)):
        p = numbers[facilities[facility].settlement]
        found[facility, 0] = keyed_uniform(seed, WOMAN_ON_RELAY, tick, facility, 0) < p.women_on_relay
        found[facility, 1] = keyed_uniform(seed, LANGUAGE_ON_RELAY, tick, facility, 0) < p.language_on_relay
    for post in range(len(couples)):
        if couples[post].on == 0:
            continue
        for k in (couples[post].lead, couples[post].mate):
            facility = officers[k].facility
            found[facility, 0] |= officers[k].female
            found[facility, 1] |= officers[k].kiche


@kernel
def attention_gap(i: int, facility: int, on_duty: IntArray, p: SeekingHelp, seed: int) -> float:
    """What the police lack to attend this woman (log-odds): a woman officer, her language."""
    woman, speaker = (on_duty[facility, 0], on_duty[facility, 1]) if facility >= 0 else (0, 0)
    lack = 0.0 if woman else p.no_woman
    other = keyed_uniform(seed, SPEAKS_ONLY, 0, i, 0) < p.other_language
    return lack + p.language if other and not speaker else lack


@kernel
def help_utilities(row: Incident, i: int, stage: ShiftContext, aid: HelpSeekingTables, p: SeekingHelp) -> None:
    """Write the pull (exp of utility) of everything a woman may turn to; 0 where it is not open."""
    people, mind, out = stage.ground.people, stage.minds[i], aid.weighing.pull
    z = people[i].settlement
    home, authority, board = stage.ground.cells[people[i].home], aid.authority[z], aid.boards[z]
    common = p.intercept + p.severity * row.severity
    seen = common - p.fear * mind.fear
    over = p.over * authority.reach * logistic(board.legitimacy)
    faith = p.trust * (trust_now(mind, stage.tick, stage.trust[z]) - 0.5)
    lack = attention_gap(i, home.facility, aid.on_duty, p, stage.seed)
    police = seen - p.shame - over + faith - lack
    seat = p.minutes * home.seat_minutes / 60.0
    way = p.minutes * home.minutes / 60.0
    out[:] = 0.0
    out[BY_PHONE] = math.exp(police)
    out[AT_STATION] = math.exp(police - way)
    respect = authority.deference * board.legitimacy
    out[COMMUNAL] = authority.reach * math.exp(seen - p.shame + (p.near + respect))
    out[PROSECUTOR] = math.exp(seen - p.over_prosecutor * over + p.prosecutor - seat)
    near = count_near_ties(stage, i)
    out[TO_KIN] = math.exp(common + p.kin * near / 3.0) if near > 0 else 0.0
    out[DEMI] = p.demi * math.exp(seen + p.demi_pull - seat)
    out[REFUGE] = p.refuge * math.exp(common + p.refuge_pull - seat)
    write_reason_terms(aid.weighing.why, p.fear * mind.fear, faith, lack, way, seat, over, respect)
    aid.weighing.why[REASON_AUTHORITY, PROSECUTOR] = -p.over_prosecutor * over


@kernel
def write_reason_terms(
    why: FloatArray, fear: float, faith: float, lack: float, way: float, seat: float, over: float, respect: float
) -> None:
    """Write the terms that may be the reason of a choice, in log-odds, apart from what was lived."""
    why[:, :] = 0.0
    for channel in (BY_PHONE, AT_STATION):
        why[REASON_TRUST, channel], why[REASON_ATTENTION, channel], why[REASON_AUTHORITY, channel] = faith, -lack, -over
    for channel in (BY_PHONE, AT_STATION, COMMUNAL, PROSECUTOR, DEMI):
        why[REASON_FEAR, channel] = -fear
    why[REASON_WAY, AT_STATION] = -way
    for channel in (PROSECUTOR, DEMI, REFUGE):
        why[REASON_WAY, channel] = -seat
    why[REASON_AUTHORITY, COMMUNAL] = respect


@kernel
def experience_utility(good: float, bad: float, p: SeekingHelp) -> float:
    """What experience with a place adds to its utility (log-odds): 0 without any."""
    added: float = p.learning * (2.0 * share_with_prior(good, bad, p.prior, 0.5) - 1.0)
    return added


@kernel
def knows_other_victim(stage: ShiftContext, memory: RemedyMemory, i: int) -> bool:
    """Whether any of her ties was hurt too."""
    others = False
    for tie in stage.ground.ties[i]:
        others |= tie >= 0 and memory.of_woman[tie] != NO_ROW
    return others


@kernel
def outcomes_of_ties(
    stage: ShiftContext, memory: RemedyMemory, i: int, place: int, years: float
) -> tuple[float, float]:
    """Good and bad that came to her living ties of telling a place."""
    good = bad = 0.0
    for tie in stage.ground.ties[i]:
        if tie >= 0 and memory.of_woman[tie] != NO_ROW and stage.minds[tie].gone < 0:
            more = remembered_outcomes(memory, to_int64(memory.of_woman[tie]), place, stage.tick, years)
            good += more[0]
            bad += more[1]
    return good, bad


@kernel
def add_experience(
    place: int, own: tuple[float, float], ties: tuple[float, float], w: HelpChoiceTables, p: SeekingHelp
) -> None:
    """Let the pull of a place follow from what came of telling it, to her and to her ties."""
    good, bad = p.heard * ties[0], p.heard * ties[1]
    both = experience_utility(own[0] + good, own[1] + bad, p)
    for channel in range(N_HELP_CHANNELS):
        if PLACE_OF_CHANNEL[channel] == place:
            w.pull[channel] *= math.exp(both)
            w.why[REASON_OWN, channel] = both - experience_utility(good, bad, p)
            w.why[REASON_TIES, channel] = both - experience_utility(own[0], own[1], p)


@kernel
def place_of_channel(told: int) -> int:
    """Place in `PLACES` of a channel."""
    place: int = PLACE_OF_CHANNEL[told] if told != NOBODY else 0
    return place


@kernel
def relative_utility(w: HelpChoiceTables, reason: int, told: int) -> float:
    """How far a term speaks for where she went, against the mean of what else was open, nobody included."""
    others, n = 0.0, 0
    for channel in range(N_HELP_CHANNELS):
        if channel != told and w.pull[channel] > 0.0:
            others += w.why[reason, channel]
            n += 1
    if told == NOBODY:
        return -others / max(n, 1)
    own: float = w.why[reason, told]
    return own - others / (n + 1)


@kernel
def utilities_without_term(w: HelpChoiceTables, reason: int) -> bool:
    """Write the pulls without a term; return whether it makes any difference to them."""
    differs = False
    for channel in range(N_HELP_CHANNELS):
        w.without[channel] = w.pull[channel]
        if w.why[reason, channel] != 0.0 and w.pull[channel] > 0.0:
            w.without[channel] *= math.exp(-w.why[reason, channel])
            differs = True
    return differs


@kernel
def decisive_reason(w: HelpChoiceTables, told: int, u: float) -> int:
    """Term without which she had gone to another place at the same luck, the strongest if there are several."""
    reason, most = REASON_LUCK, -math.inf
    for k in range(1, N_REASONS):
        if not utilities_without_term(w, k):
            continue
        if place_of_channel(choose_channel(w.without, u)) != place_of_channel(told):
            force = relative_utility(w, k, told)
            if force > most:
                reason, most = k, force
    return reason


@kernel
def choose_help(stage: ShiftContext, row: Incident, i: int, aid: HelpSeekingTables, p: SeekingHelp) -> int:
    """Choose where she looks for help, by what is there and by what came of it before."""
    memory, w = aid.memory, aid.weighing
    update_victim_record(memory, i, stage.tick, p.memory)
    help_utilities(row, i, stage, aid, p)
    others = knows_other_victim(stage, memory, i)
    for place in range(1, N_HELP_PLACES + 1):
        kept = memory.outcomes[N_HELP_PLACES * memory.of_woman[i] + place - 1]
        ties = outcomes_of_ties(stage, memory, i, place, p.memory) if others else (0.0, 0.0)
        if kept.good + kept.bad + ties[0] + ties[1] > 0.0:
            add_experience(place, (kept.good, kept.bad), ties, w, p)
    u = keyed_uniform(stage.seed, TELL_STREAM, stage.tick, row.number, 0)
    told = choose_channel(w.pull, u)
    aid.chosen_by[decisive_reason(w, told, u)] += 1.0
    memory.women[memory.of_woman[i]].place = place_of_channel(told)
    return told


@kernel
def follow_up_help(stage: ShiftContext, k: int, i: int, aid: HelpSeekingTables, p: SeekingHelp) -> None:
    """Make the call and the formal complaint that follow from where she went."""
    row, tick, seed = stage.day.incidents[k], stage.tick, stage.seed
    told, number, z = row.told, row.number, stage.ground.people[i].settlement
    if told in (NOBODY, TO_KIN, REFUGE) or (told == COMMUNAL and row.handed == 0):
        return
    person, here = stage.ground.people[i], stage.ground.cells[row.cell]
    part = board_informed_of_call(person, here, aid.boards[z], tick % 3 == NIGHT_SHIFT, row.handed == 1)
    if row.handed == 1 and row.complaint == 0:
        append_call(stage.day, k, part, tick, seed)
    elif told == BY_PHONE:
        if keyed_uniform(seed, LINE_STREAM, tick, number, 0) < aid.response[z].line_answered:
            append_call(stage.day, k, part, tick, seed)
        else:
            append_unserved_call(stage, i, tick, number, NO_LINE, part)
    r, mind = aid.reporting[z], stage.minds[i]
    wish = p.follow + r.follow_severity * row.severity + r.useful * mind.useful + r.accompaniment
    wish -= r.trip * stage.ground.cells[stage.ground.people[i].home].seat_minutes / 60.0
    wish += p.company if told == DEMI else -p.fear * mind.fear
    if row.complaint == 1 or told == PROSECUTOR or keyed_uniform(seed, RATIFY_STREAM, tick, number, 0) < logistic(wish):
        file_complaint(row, tick, seed)
    if row.complaint == 1:
        at_police = told in (BY_PHONE, AT_STATION)
        stage.tally[0].domestic_complaints_prosecutor += 1.0
        stage.tally[0].domestic_complaints_police += 1.0 if at_police else 0.0


@kernel
def protect_victim(
    stage: ShiftContext,
    row: Incident,
    i: int,
    place: int,
    households: HouseholdTables,
    memory: RemedyMemory,
    p: SeekingHelp,
) -> None:
    """Protect her by a measure or in a refuge, or leave her alone; she remembers what came of it if she asked."""
    drawn = keyed_uniform(stage.seed, MEASURES_STREAM, stage.tick, row.number, 0)
    asked = row.told == REFUGE or row.complaint == 1
    chance = p.shelter if row.told == REFUGE else p.measures * row.complaint
    if drawn >= chance:
        households.helped[LEFT_ALONE_ROW, place] += 1.0
        if asked:
            record_help_outcome(memory, i, place, 0.0, 1.0, stage.tick, p.memory)
        return
    record_help_outcome(memory, i, place, 1.0, 0.0, stage.tick, p.memory)
    households.homes[i].safe = stage.tick + int(p.months * MONTH)
    stage.tally[0].domestic_protected += 1.0
    if row.complaint == 1:
        record_event(stage, i, PROTECTED, p.relief)


@kernel
def seek_help_for_all(stage: ShiftContext, households: HouseholdTables, aid: HelpSeekingTables) -> None:
    """Let every woman who was hurt at home in this shift turn to somebody, or to nobody."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        if row.kind != DOMESTIC:
            continue
        i = row.victim
        z = stage.ground.people[i].settlement
        p = aid.help[z]
        told = choose_help(stage, row, i, aid, p)
        place = place_of_channel(told)
        row.told, households.homes[i].channel = told, place
        households.helped[TOLD_ROW, place] += 1.0
        if told == COMMUNAL:
            days = decide_case(stage, aid.bench, row, i, z)
            if days >= 0:
                open_communal_case(
                    aid.cases, aid.cases_count, row, z, aid.authority[z].days + days, stage.tick, stage.seed
                )
        follow_up_help(stage, k, i, aid, p)
        protect_victim(stage, row, i, place, households, aid.memory, p)


@kernel
def record_unanswered_calls(stage: ShiftContext, aid: HelpSeekingTables) -> None:
    """Let women remember that nobody came when the police were called."""
    for k in range(stage.day.counts[UNSERVEDS]):
        i = stage.day.unserved[k].number - OF_HOME
        if not 0 <= i < len(stage.minds) or stage.minds[i].gone >= 0 or aid.memory.of_woman[i] == NO_ROW:
            continue
        years = aid.help[stage.ground.people[i].settlement].memory
        record_help_outcome(aid.memory, i, POLICE_PLACE, 0.0, 1.0, stage.tick, years)


def step(world: World) -> None:
    """Let women who were hurt at home look for help."""
    most = 2 * world.shift_events.counts.item(INCIDENTS)
    for table in (CALLS, UNSERVEDS, IMPRESSIONS):
        world.shift_events.reserve(table, most)
    world.state[CASES].reserve(most)
    world.state[CHOICES].reserve(most)
    reserve_victim_records(world, most)
    world.run_kernel(
        update_attending_officers,
        lambda: (
            world.shift_context(),
            world.cached(attending_table),
            world.state[COUPLES],
            world.plant,
            world.parameters[SeekingHelp],
        ),
    )
    world.run_kernel(
        seek_help_for_all,
        lambda: (world.shift_context(), world.view(HouseholdTables), world.view(HelpSeekingTables)),
    )


@kernel_step(record_unanswered_calls)
def after_calls(world: World) -> KernelArguments:
    """Let women who called and to whom nobody came remember it."""
    return world.shift_context(), world.view(HelpSeekingTables)


def count_reasons() -> dict[str, Measure]:
    """Return the measures of why women looked for help where they did."""

    def reader(reason: int) -> Callable[[MonthSnapshot], float]:
        return lambda month: float(month.world.state[CHOSEN_BY][reason])

    return {f"help_by_{name}": Measure("acts", reader(k)) for k, name in enumerate(HELP_REASONS)}


MECHANISM = Mechanism(
    group=SeekingHelp,
    tables=(WOMEN, OUTCOMES, OF_WOMAN, CHOSEN_BY),
    counts=SeekingHelpCounts,
    writes=WRITTEN_COLUMNS,
    measures=count_reasons(),
)
