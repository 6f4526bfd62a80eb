"""M9, seeking help: where victims of domestic violence turn, and the help that they get.

A multinomial logit among places and nobody.  Utilities depend on what institutions offer: a woman officer, a speaker of
her language, the way to them; no rule reads her ethnicity.  Conciliation is never counted as a remedy: violence against
women is a crime of public action.  She learns from the outcomes when she or one of her ties reported before; with
``learning`` 0 she does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from model.community.board_memory import board_informed_of_call
from model.community.deliberation import decide_case
from model.crime.domestic_violence import ACT_ID_OFFSET as OF_HOME
from model.crime.domestic_violence import LEFT_ALONE_ROW, PROTECTION, REPORTED_ROW, count_near_ties
from model.engine.calendar import MINUTES_AN_HOUR, MONTH, NIGHT, SHIFTS
from model.engine.domains import POSITIVE
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, stream_id
from model.engine.rows import Row, to_int64
from model.engine.tables import COUNTED_MONTHLY, ArraySpec
from model.reporting.remedies import (
    N_HELP_PLACES,
    NO_ROW,
    OF_WOMAN,
    OUTCOMES,
    POLICE_PLACE,
    WOMEN,
    record_help_outcome,
    remembered_outcomes,
    room_for_victim_records,
    update_victim_record,
)
from model.reporting.reporting import (
    LINE_STREAM,
    RATIFY_STREAM,
    TELL_STREAM,
    append_call,
    append_unserved_call,
    choose_channel,
    file_complaint,
    open_communal_case,
)
from model.town.crime_kinds import DOMESTIC
from model.trust.events import declare_event, record_event
from model.trust.ledger import trust_now
from model.trust.service import COMPLAINING, service_utility
from model.world.derived import constant
from model.world.discrete_choice import share_with_prior
from model.world.mechanism import Measure, Mechanism
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
)
from model.world.steps import in_order, rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, IntArray
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.shift_events import (
        Incident,
    )
    from model.world.steps import Room

SPEAKS_ONLY, WOMAN_ON_RELAY, LANGUAGE_ON_RELAY, MEASURES_STREAM = (
    stream_id("speaks another language"),
    stream_id("woman on relay"),
    stream_id("language on relay"),
    stream_id("measures"),
)
PLACE_OF_CHANNEL = np.array([3, 3, 3, 3, 2, 4, 3, 1, 5, 6])
"""Place of each channel in `HELP_PLACES`: nobody, kin, authority, police, prosecutor, DEMI, refuge."""
N_HELP_CHANNELS = 10
HELP_REASONS = ("luck", "own", "ties", "trust", "attention", "fear", "way", "authority")
"""Reasons that decide where a woman seeks help: no single one, own outcomes, those of ties, terms of utility."""
REASON_NONE, REASON_OWN, REASON_TIES, REASON_TRUST, REASON_ATTENTION, REASON_FEAR, REASON_WAY, REASON_AUTHORITY = range(
    8
)
N_REASONS = len(HELP_REASONS)
HALF_OF_TIES = 3.0
"""Ties near a woman for which `seeking_help.kin` is stated: half of `N_TIES`."""
PROTECTED = declare_event("protected", 75, cause=PROTECTION)
CHOSEN_BY = ArraySpec(
    name="chosen_by",
    of=np.float64,
    shape=(N_REASONS,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Acts by the reason that decided where she sought help.",
    domain=POSITIVE,
)


@dataclass(frozen=True, init=False)
class SeekingHelp(ParameterGroup):
    """Parameters of seeking help: utilities by place, protection, and learning from outcomes."""

    name: ClassVar[str] = "seeking_help"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("C12", "F05", "F08", "F24", "F26", "F27", "H02", "V11", "V12", "V13", "S10")

    intercept: float
    severity: float
    fear: float
    shame: float
    kin: float
    near: float
    over: float
    over_prosecutor: float
    trust: float
    minutes: float
    no_woman: float
    language: float
    other_language: float
    women_on_relay: float
    language_on_relay: float
    prosecutor: float
    demi: float
    demi_pull: float
    refuge: float
    refuge_pull: float
    follow: float
    company: float
    measures: float
    months: float
    shelter: float
    relief: float
    learning: float
    prior: float
    heard: float
    memory: float


class SeekingHelpCounts(Row):
    """Counts of a month."""

    domestic_complaints_police: float
    domestic_complaints_prosecutor: float
    domestic_protected: float


@constant
def attending(sim: Simulation) -> IntArray:
    """Return an array by facility for whether a woman, and a speaker of the other language, is on duty."""
    return np.zeros((len(sim.town.facilities), 2), np.int64)


@constant
def help_reason_terms(sim: Simulation) -> FloatArray:
    """Return room for the terms of utility of each channel by reason."""
    return np.zeros((N_REASONS, N_HELP_CHANNELS))


@constant
def help_pull(sim: Simulation) -> FloatArray:
    """Return room for exp(utility) of each channel."""
    return np.zeros(N_HELP_CHANNELS)


@constant
def help_without(sim: Simulation) -> FloatArray:
    """Return room for exp(utility) of each channel without one reason."""
    return np.zeros(N_HELP_CHANNELS)


@kernel
def attention_gap(w: World, i: int, facility: int, p: SeekingHelp) -> float:
    """Return the disutility (log-odds) of police without a woman officer or a speaker of her language."""
    woman, speaker = (w.attending[facility, 0], w.attending[facility, 1]) if facility >= 0 else (0, 0)
    lack = 0.0 if woman else p.no_woman
    other = keyed_uniform(w.seed, SPEAKS_ONLY, 0, i, 0) < p.other_language
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
def help_terms(w: World, i: int, p: SeekingHelp) -> HelpTerms:
    """Return the terms of utility of woman i: trust, attention, fear, ways to police and seat, and the authority."""
    person, mind = w.people[i], w.minds[i]
    z, home = person.settlement, w.cells[person.home]
    authority, board = w.p.communal_authority[z], w.boards[z]
    return HelpTerms(
        trust=p.trust * (trust_now(mind, w.tick, w.p.trust[z]) - 0.5),
        attention=attention_gap(w, i, home.facility, p),
        fear=p.fear * mind.fear,
        way=p.minutes * home.minutes / MINUTES_AN_HOUR,
        seat=p.minutes * home.seat_minutes / MINUTES_AN_HOUR,
        passing_over=p.over * authority.reach * logistic(board.legitimacy),
        deference=authority.deference * board.legitimacy,
    )


@kernel
def help_utilities(w: World, row: Incident, i: int, p: SeekingHelp) -> None:
    """Write exp(utility) of every channel of woman i to `help_pull`, 0 where it is closed, and the terms."""
    t, pull = help_terms(w, i, p), w.help_pull
    common = p.intercept + p.severity * row.severity
    seen = common - t.fear
    police = seen - p.shame - t.passing_over + t.trust - t.attention
    pull[:] = 0.0
    pull[BY_PHONE] = exp(police)
    pull[AT_STATION] = exp(police - t.way)
    reach = w.p.communal_authority[w.people[i].settlement].reach
    pull[COMMUNAL] = reach * exp(seen - p.shame + (p.near + t.deference))
    pull[PROSECUTOR] = exp(seen - p.over_prosecutor * t.passing_over + p.prosecutor - t.seat)
    near = count_near_ties(w, i)
    pull[TO_KIN] = exp(common + p.kin * near / HALF_OF_TIES) if near > 0 else 0.0
    pull[DEMI] = p.demi * exp(seen + p.demi_pull - t.seat)
    pull[REFUGE] = p.refuge * exp(common + p.refuge_pull - t.seat)
    write_reason_terms(w, t)
    w.help_reason_terms[REASON_AUTHORITY, PROSECUTOR] = -p.over_prosecutor * t.passing_over


@kernel
def write_reason_terms(w: World, t: HelpTerms) -> None:
    """Write the terms of utility (log-odds) by reason and channel to ``terms``, those of experience excepted."""
    terms = w.help_reason_terms
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
def knows_other_victim(w: World, i: int) -> bool:
    """Return whether any of her ties is a victim too."""
    others = False
    for tie in w.ties[i]:
        others |= tie >= 0 and w.of_woman[tie] != NO_ROW
    return others


@kernel
def outcomes_of_ties(w: World, i: int, place: int, years: float) -> tuple[float, float]:
    """Return the good and the bad outcomes (events, decayed) of reporting to a place among her living ties."""
    good = bad = 0.0
    for tie in w.ties[i]:
        if tie >= 0 and w.of_woman[tie] != NO_ROW and w.minds[tie].gone < 0:
            more = remembered_outcomes(w, to_int64(w.of_woman[tie]), place, years)
            good += more[0]
            bad += more[1]
    return good, bad


@kernel
def add_experience(w: World, place: int, own: tuple[float, float], ties: tuple[float, float], p: SeekingHelp) -> None:
    """Add the utility of her own outcomes and those of her ties to the channels of a place.

    Updates `help_pull` and the terms of the reasons own and ties: each is what the utility would lose without it.
    """
    good, bad = p.heard * ties[0], p.heard * ties[1]
    both = experience_utility(own[0] + good, own[1] + bad, p)
    for channel in range(N_HELP_CHANNELS):
        if PLACE_OF_CHANNEL[channel] == place:
            w.help_pull[channel] *= exp(both)
            w.help_reason_terms[REASON_OWN, channel] = both - experience_utility(good, bad, p)
            w.help_reason_terms[REASON_TIES, channel] = both - experience_utility(own[0], own[1], p)


@kernel
def place_of_channel(channel: int) -> int:
    """Return the place of a channel, an index of `HELP_PLACES`."""
    place: int = PLACE_OF_CHANNEL[channel] if channel != NOBODY else 0
    return place


@kernel
def relative_help_utility(w: World, reason: int, chosen: int) -> float:
    """Return how far a term favours her channel over the mean of the other open ones, nobody included."""
    others, n = 0.0, 0
    for channel in range(N_HELP_CHANNELS):
        if channel != chosen and w.help_pull[channel] > 0.0:
            others += w.help_reason_terms[reason, channel]
            n += 1
    if chosen == NOBODY:
        return -others / max(n, 1)
    own: float = w.help_reason_terms[reason, chosen]
    return own - others / (n + 1)


@kernel
def utilities_without_term(w: World, reason: int) -> bool:
    """Write exp(utility) without a term to `choice.without`; return whether it differs."""
    differs = False
    for channel in range(N_HELP_CHANNELS):
        w.help_without[channel] = w.help_pull[channel]
        if w.help_reason_terms[reason, channel] != 0.0 and w.help_pull[channel] > 0.0:
            w.help_without[channel] *= exp(-w.help_reason_terms[reason, channel])
            differs = True
    return differs


@kernel
def decisive_reason(w: World, chosen: int, u: float) -> int:
    """Return the strongest term without which she would report to another place, `REASON_NONE` if there is none."""
    # Counterfactuals with the same uniform number, as between twin worlds.
    reason, most = REASON_NONE, -math.inf
    for k in range(1, N_REASONS):
        if not utilities_without_term(w, k):
            continue
        if place_of_channel(choose_channel(w.help_without, u)) != place_of_channel(chosen):
            strength = relative_help_utility(w, k, chosen)
            if strength > most:
                reason, most = k, strength
    return reason


@kernel
def choose_help(w: World, row: Incident, i: int, p: SeekingHelp) -> int:
    """Return the channel by which woman i seeks help; updates her record and the count of reasons."""
    update_victim_record(w, i, p.memory)
    help_utilities(w, row, i, p)
    others = knows_other_victim(w, i)
    for place in range(1, N_HELP_PLACES + 1):
        own = w.outcomes[N_HELP_PLACES * w.of_woman[i] + place - 1]
        ties = outcomes_of_ties(w, i, place, p.memory) if others else (0.0, 0.0)
        if own.good + own.bad + ties[0] + ties[1] > 0.0:
            add_experience(w, place, (own.good, own.bad), ties, p)
    u = keyed_uniform(w.seed, TELL_STREAM, w.tick, row.number, 0)
    channel = choose_channel(w.help_pull, u)
    w.chosen_by[decisive_reason(w, channel, u)] += 1.0
    w.women[w.of_woman[i]].place = place_of_channel(channel)
    return channel


@kernel
def follow_up_help(w: World, k: int, i: int, p: SeekingHelp) -> None:
    """Make the call and the formal complaint that follow from the channel of incident k.

    Updates the incident and the counts; appends to `calls`, `unserved` and `impressions`.
    """
    row, tick, seed = w.incidents[k], w.tick, w.seed
    channel, number, z = row.reported_to, row.number, w.people[i].settlement
    if channel in (NOBODY, TO_KIN, REFUGE) or (channel == COMMUNAL and row.handed == 0):
        return
    person, here = w.people[i], w.cells[row.cell]
    r, mind = w.p.reporting[z], w.minds[i]
    board = board_informed_of_call(person, here, w.boards[z], tick % SHIFTS == NIGHT, row.handed == 1)
    if row.handed == 1 and row.complaint == 0:
        append_call(w, k, board, r)
    elif channel == BY_PHONE:
        if keyed_uniform(seed, LINE_STREAM, tick, number, 0) < w.p.response[z].line_answered:
            append_call(w, k, board, r)
        else:
            append_unserved_call(w, i, tick, number, NO_LINE, board)
    utility = p.follow + r.follow_severity * row.severity + service_utility(w, i, COMPLAINING) + r.accompaniment
    utility -= r.trip * w.cells[w.people[i].home].seat_minutes / MINUTES_AN_HOUR
    utility += p.company if channel == DEMI else -p.fear * mind.fear
    if (
        row.complaint == 1
        or channel == PROSECUTOR
        or keyed_uniform(seed, RATIFY_STREAM, tick, number, 0) < logistic(utility)
    ):
        file_complaint(w, row, r)
    if row.complaint == 1:
        at_police = channel in (BY_PHONE, AT_STATION)
        w.tally[0].domestic_complaints_prosecutor += 1.0
        w.tally[0].domestic_complaints_police += 1.0 if at_police else 0.0


@kernel
def protect_victim(w: World, row: Incident, place: int, p: SeekingHelp) -> None:
    """Protect a victim by a measure or in a refuge, or leave her without a remedy.

    Updates `homes.safe`, the counts and, if she asked, her record; appends to `impressions`.
    """
    i = row.victim
    drawn = keyed_uniform(w.seed, MEASURES_STREAM, w.tick, row.number, 0)
    asked = row.reported_to == REFUGE or row.complaint == 1
    chance = p.shelter if row.reported_to == REFUGE else p.measures * row.complaint
    if drawn >= chance:
        w.helped[LEFT_ALONE_ROW, place] += 1.0
        if asked:
            record_help_outcome(w, i, place, False, p.memory)
        return
    record_help_outcome(w, i, place, True, p.memory)
    w.homes[i].safe = w.tick + int(p.months * MONTH)
    w.tally[0].domestic_protected += 1.0
    if row.complaint == 1:
        record_event(w, i, PROTECTED, p.relief)


@step
def update_attending_officers(w: World) -> None:
    """Write for every facility whether a woman, and a speaker of the other language, is on duty to ``found``."""
    found, couples = w.attending, w.couples
    facilities, officers, tick, seed = w.facilities, w.officers, w.tick, w.seed
    for facility in range(len(facilities)):
        p = w.p.seeking_help[facilities[facility].settlement]
        found[facility, 0] = keyed_uniform(seed, WOMAN_ON_RELAY, tick, facility, 0) < p.women_on_relay
        found[facility, 1] = keyed_uniform(seed, LANGUAGE_ON_RELAY, tick, facility, 0) < p.language_on_relay
    for post in range(len(couples)):
        if couples[post].on == 0:
            continue
        for k in (couples[post].lead, couples[post].mate):
            facility = officers[k].facility
            found[facility, 0] |= officers[k].female
            found[facility, 1] |= officers[k].kiche


def room_for_help(sim: Simulation) -> Room:
    """Return the rows that help may need: two of each table for every incident, and memories of first-time victims."""
    most = 2 * rows_of(INCIDENTS)
    tables: Room = dict.fromkeys((CALLS, UNSERVEDS, IMPRESSIONS, "cases", "choices"), most)
    return {**tables, **room_for_victim_records(most)}


@step(room=room_for_help)
def seek_help_for_all(w: World) -> None:
    """Choose help for every victim of domestic violence of the shift; calls, complaints and protection follow."""
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        if row.kind != DOMESTIC:
            continue
        i = row.victim
        z = w.people[i].settlement
        p = w.p.seeking_help[z]
        channel = choose_help(w, row, i, p)
        place = place_of_channel(channel)
        row.reported_to, w.homes[i].channel = channel, place
        w.helped[REPORTED_ROW, place] += 1.0
        if channel == COMMUNAL:
            put_off = decide_case(w, row, i, z)
            if put_off >= 0:
                open_communal_case(w, row, z, put_off)
        follow_up_help(w, k, i, p)
        protect_victim(w, row, place, p)


seek_help = in_order(update_attending_officers, seek_help_for_all)
"""Choose and give help for the victims of domestic violence of the shift."""


@step
def wait_in_vain(w: World) -> None:
    """Record a bad outcome at the police for women whose call nobody answered; updates `outcomes`."""
    for k in range(w.counts[UNSERVEDS]):
        i = w.unserved[k].number - OF_HOME
        if not 0 <= i < len(w.minds) or w.minds[i].gone >= 0 or w.of_woman[i] == NO_ROW:
            continue
        years = w.p.seeking_help[w.people[i].settlement].memory
        record_help_outcome(w, i, POLICE_PLACE, False, years)


def count_reasons() -> dict[str, Measure]:
    """Return the measures of acts by the reason that decided where help was sought."""

    def reader(reason: int) -> Callable[[MonthSnapshot], float]:
        return lambda month: float(month.world.w.chosen_by[reason])

    return {f"help_by_{name}": Measure("acts", reader(k)) for k, name in enumerate(HELP_REASONS)}


MECHANISM = Mechanism(
    group=SeekingHelp,
    tables=(WOMEN, OUTCOMES, OF_WOMAN, CHOSEN_BY),
    counts=SeekingHelpCounts,
    measures=count_reasons(),
)
