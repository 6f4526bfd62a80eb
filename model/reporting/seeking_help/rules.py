"""M9, seeking help: where victims of domestic violence turn, and the help that they get.

A multinomial logit among places and nobody.  Utilities depend on what institutions offer: a woman officer, a speaker of
her language, the way to them; no rule reads her ethnicity.  Conciliation is never counted as a remedy: violence against
women is a crime of public action.  She learns from the outcomes when she or one of her ties told somebody before; with
``learning`` 0 she does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from model.community.board_memory.rules import board_informed_of_call
from model.community.communal_authority.schema import CommunalAuthority
from model.community.deliberation.rules import DeliberationTables, decide_case
from model.crime.domestic_violence.rules import HouseholdTables, count_near_ties
from model.crime.domestic_violence.schema import ACT_ID_OFFSET as OF_HOME
from model.crime.domestic_violence.schema import LEFT_ALONE_ROW, TOLD_ROW
from model.engine.calendar import MINUTES_AN_HOUR, MONTH, NIGHT, SHIFTS
from model.engine.elementary import exp
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.rows import FloatArray, IntArray, Rows, to_int64
from model.reporting.remedies.rules import (
    RemedyMemory,
    record_help_outcome,
    remembered_outcomes,
    room_for_victim_records,
    update_victim_record,
)
from model.reporting.remedies.schema import N_HELP_PLACES, NO_ROW, OF_WOMAN, OUTCOMES, POLICE_PLACE, WOMEN
from model.reporting.reporting.rules import (
    CaseTables,
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
    HALF_OF_TIES,
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
    REASON_NONE,
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
from model.world.binding import computed, constant, of
from model.world.discrete_choice.rules import share_with_prior
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Measure, Mechanism
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
from model.world.state import CASES, COUPLES, Board, CoupleRow
from model.world.steps import KernelArguments, Room, in_order, kernel_step, rows_of


class HelpChoiceTables(TableBundle):
    """Room for one choice: exp(utility) of each channel, terms of utility by reason, and exp(utility) without one."""

    pull: FloatArray = computed(lambda world: np.zeros(N_HELP_CHANNELS))
    terms: FloatArray = computed(lambda world: np.zeros((N_REASONS, N_HELP_CHANNELS)))
    without: FloatArray = computed(lambda world: np.zeros(N_HELP_CHANNELS))


def attending_table(world: World) -> IntArray:
    """Return an array by facility for whether a woman, and a speaker of the other language, is on duty."""
    return np.zeros((len(world.town.facilities), 2), np.int64)


class HelpSeekingTables(TableBundle):
    """Tables of the institutions that a woman may turn to, and parameters of the choice."""

    help: Rows[SeekingHelp]
    boards: Rows[Board]
    cases: CaseTables
    reporting: Rows[Reporting]
    authority: Rows[CommunalAuthority]
    response: Rows[Response]
    on_duty: IntArray = constant(attending_table)
    deliberation: DeliberationTables
    memory: RemedyMemory
    choice: HelpChoiceTables
    chosen_by: FloatArray = of(CHOSEN_BY)


@kernel
def update_attending_officers(
    shift: ShiftContext, found: IntArray, couples: Rows[CoupleRow], plant: PoliceTables, parameters: Rows[SeekingHelp]
) -> None:
    """Write for every facility whether a woman, and a speaker of the other language, is on duty to ``found``."""
    facilities, officers, tick, seed = plant.facilities, plant.officers, shift.tick, shift.seed
    for facility in range(len(facilities)):
        p = parameters[facilities[facility].settlement]
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
    """Return the disutility (log-odds) of police without a woman officer or a speaker of her language."""
    woman, speaker = (on_duty[facility, 0], on_duty[facility, 1]) if facility >= 0 else (0, 0)
    lack = 0.0 if woman else p.no_woman
    other = keyed_uniform(seed, SPEAKS_ONLY, 0, i, 0) < p.other_language
    return lack + p.language if other and not speaker else lack


class HelpTerms(NamedTuple):
    """Terms of utility (log-odds) that can decide where a woman seeks help; costs are positive."""

    trust: float
    attention: float
    fear: float
    way: float
    seat: float
    passing_over: float
    deference: float


@kernel
def help_terms(shift: ShiftContext, i: int, tables: HelpSeekingTables, p: SeekingHelp) -> HelpTerms:
    """Return the terms of utility of woman i: trust, attention, fear, ways to police and seat, and the authority."""
    person, mind = shift.ground.people[i], shift.minds[i]
    z, home = person.settlement, shift.ground.cells[person.home]
    authority, board = tables.authority[z], tables.boards[z]
    return HelpTerms(
        trust=p.trust * (trust_now(mind, shift.tick, shift.trust[z]) - 0.5),
        attention=attention_gap(i, home.facility, tables.on_duty, p, shift.seed),
        fear=p.fear * mind.fear,
        way=p.minutes * home.minutes / MINUTES_AN_HOUR,
        seat=p.minutes * home.seat_minutes / MINUTES_AN_HOUR,
        passing_over=p.over * authority.reach * logistic(board.legitimacy),
        deference=authority.deference * board.legitimacy,
    )


@kernel
def help_utilities(row: Incident, i: int, shift: ShiftContext, tables: HelpSeekingTables, p: SeekingHelp) -> None:
    """Write exp(utility) of every channel of woman i to `choice.pull`, 0 where it is closed, and the terms."""
    t, pull = help_terms(shift, i, tables, p), tables.choice.pull
    common = p.intercept + p.severity * row.severity
    seen = common - t.fear
    police = seen - p.shame - t.passing_over + t.trust - t.attention
    pull[:] = 0.0
    pull[BY_PHONE] = exp(police)
    pull[AT_STATION] = exp(police - t.way)
    reach = tables.authority[shift.ground.people[i].settlement].reach
    pull[COMMUNAL] = reach * exp(seen - p.shame + (p.near + t.deference))
    pull[PROSECUTOR] = exp(seen - p.over_prosecutor * t.passing_over + p.prosecutor - t.seat)
    near = count_near_ties(shift, i)
    pull[TO_KIN] = exp(common + p.kin * near / HALF_OF_TIES) if near > 0 else 0.0
    pull[DEMI] = p.demi * exp(seen + p.demi_pull - t.seat)
    pull[REFUGE] = p.refuge * exp(common + p.refuge_pull - t.seat)
    write_reason_terms(tables.choice.terms, t)
    tables.choice.terms[REASON_AUTHORITY, PROSECUTOR] = -p.over_prosecutor * t.passing_over


@kernel
def write_reason_terms(terms: FloatArray, t: HelpTerms) -> None:
    """Write the terms of utility (log-odds) by reason and channel to ``terms``, those of experience excepted."""
    terms[:, :] = 0.0
    for channel in (BY_PHONE, AT_STATION):
        terms[REASON_TRUST, channel], terms[REASON_ATTENTION, channel] = t.trust, -t.attention
        terms[REASON_AUTHORITY, channel] = -t.passing_over
    for channel in (BY_PHONE, AT_STATION, COMMUNAL, PROSECUTOR, DEMI):
        terms[REASON_FEAR, channel] = -t.fear
    terms[REASON_WAY, AT_STATION] = -t.way
    for channel in (PROSECUTOR, DEMI, REFUGE):
        terms[REASON_WAY, channel] = -t.seat
    terms[REASON_AUTHORITY, COMMUNAL] = t.deference


@kernel
def experience_utility(good: float, bad: float, p: SeekingHelp) -> float:
    """Return the utility (log-odds) of good and bad outcomes at a place, 0 without any."""
    added: float = p.learning * (2.0 * share_with_prior(good, bad, p.prior, 0.5) - 1.0)
    return added


@kernel
def knows_other_victim(shift: ShiftContext, memory: RemedyMemory, i: int) -> bool:
    """Return whether any of her ties is a victim too."""
    others = False
    for tie in shift.ground.ties[i]:
        others |= tie >= 0 and memory.of_woman[tie] != NO_ROW
    return others


@kernel
def outcomes_of_ties(
    shift: ShiftContext, memory: RemedyMemory, i: int, place: int, years: float
) -> tuple[float, float]:
    """Return the good and the bad outcomes (events, decayed) of telling a place among her living ties."""
    good = bad = 0.0
    for tie in shift.ground.ties[i]:
        if tie >= 0 and memory.of_woman[tie] != NO_ROW and shift.minds[tie].gone < 0:
            more = remembered_outcomes(memory, to_int64(memory.of_woman[tie]), place, shift.tick, years)
            good += more[0]
            bad += more[1]
    return good, bad


@kernel
def add_experience(
    place: int, own: tuple[float, float], ties: tuple[float, float], choice: HelpChoiceTables, p: SeekingHelp
) -> None:
    """Add the utility of her own outcomes and those of her ties to the channels of a place.

    Updates `choice.pull` and the terms of the reasons own and ties: each is what the utility would lose without it.
    """
    good, bad = p.heard * ties[0], p.heard * ties[1]
    both = experience_utility(own[0] + good, own[1] + bad, p)
    for channel in range(N_HELP_CHANNELS):
        if PLACE_OF_CHANNEL[channel] == place:
            choice.pull[channel] *= exp(both)
            choice.terms[REASON_OWN, channel] = both - experience_utility(good, bad, p)
            choice.terms[REASON_TIES, channel] = both - experience_utility(own[0], own[1], p)


@kernel
def place_of_channel(told: int) -> int:
    """Return the place of a channel, an index of `HELP_PLACES`."""
    place: int = PLACE_OF_CHANNEL[told] if told != NOBODY else 0
    return place


@kernel
def relative_utility(choice: HelpChoiceTables, reason: int, told: int) -> float:
    """Return how far a term favours her channel over the mean of the other open ones, nobody included."""
    others, n = 0.0, 0
    for channel in range(N_HELP_CHANNELS):
        if channel != told and choice.pull[channel] > 0.0:
            others += choice.terms[reason, channel]
            n += 1
    if told == NOBODY:
        return -others / max(n, 1)
    own: float = choice.terms[reason, told]
    return own - others / (n + 1)


@kernel
def utilities_without_term(choice: HelpChoiceTables, reason: int) -> bool:
    """Write exp(utility) without a term to `choice.without`; return whether it differs."""
    differs = False
    for channel in range(N_HELP_CHANNELS):
        choice.without[channel] = choice.pull[channel]
        if choice.terms[reason, channel] != 0.0 and choice.pull[channel] > 0.0:
            choice.without[channel] *= exp(-choice.terms[reason, channel])
            differs = True
    return differs


@kernel
def decisive_reason(choice: HelpChoiceTables, told: int, u: float) -> int:
    """Return the strongest term without which she would tell another place, `REASON_NONE` if there is none."""
    # Counterfactuals with the same uniform number, as between twin worlds.
    reason, most = REASON_NONE, -math.inf
    for k in range(1, N_REASONS):
        if not utilities_without_term(choice, k):
            continue
        if place_of_channel(choose_channel(choice.without, u)) != place_of_channel(told):
            strength = relative_utility(choice, k, told)
            if strength > most:
                reason, most = k, strength
    return reason


@kernel
def choose_help(shift: ShiftContext, row: Incident, i: int, tables: HelpSeekingTables, p: SeekingHelp) -> int:
    """Return the channel by which woman i seeks help; updates her record and the count of reasons."""
    memory, choice = tables.memory, tables.choice
    update_victim_record(memory, i, shift.tick, p.memory)
    help_utilities(row, i, shift, tables, p)
    others = knows_other_victim(shift, memory, i)
    for place in range(1, N_HELP_PLACES + 1):
        own = memory.outcomes[N_HELP_PLACES * memory.of_woman[i] + place - 1]
        ties = outcomes_of_ties(shift, memory, i, place, p.memory) if others else (0.0, 0.0)
        if own.good + own.bad + ties[0] + ties[1] > 0.0:
            add_experience(place, (own.good, own.bad), ties, choice, p)
    u = keyed_uniform(shift.seed, TELL_STREAM, shift.tick, row.number, 0)
    told = choose_channel(choice.pull, u)
    tables.chosen_by[decisive_reason(choice, told, u)] += 1.0
    memory.women[memory.of_woman[i]].place = place_of_channel(told)
    return told


@kernel
def follow_up_help(shift: ShiftContext, k: int, i: int, tables: HelpSeekingTables, p: SeekingHelp) -> None:
    """Make the call and the formal complaint that follow from the channel of incident k.

    Updates the incident and the counts; appends to `day.calls`, `day.unserved` and `day.impressions`.
    """
    row, tick, seed = shift.day.incidents[k], shift.tick, shift.seed
    told, number, z = row.told, row.number, shift.ground.people[i].settlement
    if told in (NOBODY, TO_KIN, REFUGE) or (told == COMMUNAL and row.handed == 0):
        return
    person, here = shift.ground.people[i], shift.ground.cells[row.cell]
    r, mind = tables.reporting[z], shift.minds[i]
    board = board_informed_of_call(person, here, tables.boards[z], tick % SHIFTS == NIGHT, row.handed == 1)
    if row.handed == 1 and row.complaint == 0:
        append_call(shift, k, board, r)
    elif told == BY_PHONE:
        if keyed_uniform(seed, LINE_STREAM, tick, number, 0) < tables.response[z].line_answered:
            append_call(shift, k, board, r)
        else:
            append_unserved_call(shift, i, tick, number, NO_LINE, board)
    utility = p.follow + r.follow_severity * row.severity + r.useful * mind.useful + r.accompaniment
    utility -= r.trip * shift.ground.cells[shift.ground.people[i].home].seat_minutes / MINUTES_AN_HOUR
    utility += p.company if told == DEMI else -p.fear * mind.fear
    if (
        row.complaint == 1
        or told == PROSECUTOR
        or keyed_uniform(seed, RATIFY_STREAM, tick, number, 0) < logistic(utility)
    ):
        file_complaint(shift, row, r)
    if row.complaint == 1:
        at_police = told in (BY_PHONE, AT_STATION)
        shift.tally[0].domestic_complaints_prosecutor += 1.0
        shift.tally[0].domestic_complaints_police += 1.0 if at_police else 0.0


@kernel
def protect_victim(
    shift: ShiftContext, row: Incident, place: int, households: HouseholdTables, memory: RemedyMemory, p: SeekingHelp
) -> None:
    """Protect a victim by a measure or in a refuge, or leave her without a remedy.

    Updates `homes.safe`, the counts and, if she asked, her record; appends to `day.impressions`.
    """
    i = row.victim
    drawn = keyed_uniform(shift.seed, MEASURES_STREAM, shift.tick, row.number, 0)
    asked = row.told == REFUGE or row.complaint == 1
    chance = p.shelter if row.told == REFUGE else p.measures * row.complaint
    if drawn >= chance:
        households.helped[LEFT_ALONE_ROW, place] += 1.0
        if asked:
            record_help_outcome(memory, i, place, False, shift.tick, p.memory)
        return
    record_help_outcome(memory, i, place, True, shift.tick, p.memory)
    households.homes[i].safe = shift.tick + int(p.months * MONTH)
    shift.tally[0].domestic_protected += 1.0
    if row.complaint == 1:
        record_event(shift, i, PROTECTED, p.relief)


@kernel
def seek_help_for_all(shift: ShiftContext, households: HouseholdTables, tables: HelpSeekingTables) -> None:
    """Choose help for every victim of domestic violence of the shift; calls, complaints and protection follow."""
    for k in range(shift.day.counts[INCIDENTS]):
        row = shift.day.incidents[k]
        if row.kind != DOMESTIC:
            continue
        i = row.victim
        z = shift.ground.people[i].settlement
        p = tables.help[z]
        told = choose_help(shift, row, i, tables, p)
        place = place_of_channel(told)
        row.told, households.homes[i].channel = told, place
        households.helped[TOLD_ROW, place] += 1.0
        if told == COMMUNAL:
            put_off = decide_case(shift, tables.deliberation, row, i, z)
            if put_off >= 0:
                open_communal_case(shift, tables.cases, row, z, put_off)
        follow_up_help(shift, k, i, tables, p)
        protect_victim(shift, row, place, households, tables.memory, p)


@kernel
def record_unanswered_calls(shift: ShiftContext, tables: HelpSeekingTables) -> None:
    """Record a bad outcome at the police for women whose call nobody answered; updates `outcomes`."""
    for k in range(shift.day.counts[UNSERVEDS]):
        i = shift.day.unserved[k].number - OF_HOME
        if not 0 <= i < len(shift.minds) or shift.minds[i].gone >= 0 or tables.memory.of_woman[i] == NO_ROW:
            continue
        years = tables.help[shift.ground.people[i].settlement].memory
        record_help_outcome(tables.memory, i, POLICE_PLACE, False, shift.tick, years)


@kernel_step(update_attending_officers)
def renew_attending_officers(world: World) -> KernelArguments:
    """Return the arguments of `update_attending_officers`."""
    attending, couples = world.cached(attending_table), world.state[COUPLES]
    return world.shift_context(), attending, couples, world.plant, world.parameters[SeekingHelp]


def room_for_help(world: World) -> Room:
    """Return the rows that help may need: two of each table for every incident, and memories of first-time victims."""
    most = 2 * rows_of(INCIDENTS)
    tables: Room = dict.fromkeys((CALLS, UNSERVEDS, IMPRESSIONS, CASES, CHOICES), most)
    return {**tables, **room_for_victim_records(most)}


@kernel_step(seek_help_for_all, room_for_help)
def help_victims(world: World) -> KernelArguments:
    """Return the arguments of `seek_help_for_all`."""
    return world.shift_context(), world.view(HouseholdTables), world.view(HelpSeekingTables)


step = in_order(renew_attending_officers, help_victims)
"""Choose and give help for the victims of domestic violence of the shift."""


@kernel_step(record_unanswered_calls)
def after_calls(world: World) -> KernelArguments:
    """Record unanswered calls in the records of the women who called."""
    return world.shift_context(), world.view(HelpSeekingTables)


def count_reasons() -> dict[str, Measure]:
    """Return the measures of acts by the reason that decided where help was sought."""

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
