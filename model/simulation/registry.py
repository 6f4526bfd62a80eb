"""The register: every mechanism, in order, and everything that is collected from their records.

A new mechanism is one file, its import here and its line in `ORDER`; what it does in a shift is a line in `SHIFT`.
Columns that it adds to residents or to the month's tally join `Mind` and `Tally`; a record that brings what the
register lacks is an error at import.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from model.community.collective_violence import rules as collective_violence
from model.community.communal_authority import rules as communal_authority
from model.community.consultation import rules as consultation
from model.community.deliberation import rules as deliberation
from model.community.land_conflicts import rules as land_conflicts
from model.crime.certainty import rules as certainty
from model.crime.crime import rules as crime
from model.crime.crime_counts import rules as crime_counts
from model.crime.deterrence import rules as deterrence
from model.crime.domestic_violence import rules as domestic_violence
from model.crime.guards import rules as guards
from model.crime.near_repeat import rules as near_repeat
from model.crime.offenders import rules as offenders
from model.crime.political_calendar import rules as political_calendar
from model.crime.safe_schools import rules as safe_schools
from model.engine import causes
from model.engine.errors import nearest
from model.engine.tables import Declared, Table
from model.gangs.capture import rules as capture
from model.gangs.cliques import rules as cliques
from model.gangs.extortion import rules as extortion
from model.gangs.gangs import rules as gangs
from model.gangs.narcos import rules as narcos
from model.justice.investigation import rules as investigation
from model.justice.justice import rules as justice
from model.measures.measures import CENTRAL_MEASURES, CRITERIA_MEASURES
from model.police.adoption import rules as adoption
from model.police.chief import rules as chief
from model.police.contacts import rules as contacts
from model.police.minutes import rules as minutes
from model.police.misconduct import rules as misconduct
from model.police.officers import rules as officers
from model.police.patrol import rules as patrol
from model.police.plans import rules as plans
from model.police.practices import rules as practices
from model.police.pressure import rules as pressure
from model.police.resources import rules as resources
from model.police.roster import rules as roster
from model.politics.crises import rules as crises
from model.politics.heavy_hand import rules as heavy_hand
from model.politics.mayor import rules as mayor
from model.problems.problem_work import rules as problem_work
from model.problems.problems import rules as problems
from model.problems.traces import rules as traces
from model.reporting.calls import rules as calls
from model.reporting.information import rules as information
from model.reporting.reporting import rules as reporting
from model.reporting.response import rules as response
from model.reporting.seeking_help import rules as seeking_help
from model.residents.daily_rhythm import rules as daily_rhythm
from model.residents.population_change import rules as population_change
from model.simulation.start import rules as start
from model.trust.fear import rules as fear
from model.trust.hearsay import rules as hearsay
from model.trust.ledger import rules as ledger
from model.world import shift_events
from model.world.columns import MINDS, TALLY, Mind, Tally
from model.world.deciding import rules as deciding
from model.world.mechanism import Measure, Mechanism, Verb
from model.world.month import Month
from model.world.state import CENTRAL

ORDER: tuple[Mechanism, ...] = (
    ledger.IT,
    crime_counts.IT,
    deciding.IT,
    fear.IT,
    population_change.IT,
    start.IT,
    daily_rhythm.IT,
    officers.IT,
    practices.IT,
    adoption.IT,
    resources.IT,
    roster.IT,
    minutes.IT,
    communal_authority.IT,
    deliberation.IT,
    plans.IT,
    patrol.IT,
    gangs.IT,
    narcos.IT,
    mayor.IT,
    chief.IT,
    capture.IT,
    offenders.IT,
    certainty.IT,
    near_repeat.IT,
    guards.IT,
    deterrence.IT,
    political_calendar.IT,
    safe_schools.IT,
    problems.IT,
    problem_work.IT,
    crime.IT,
    extortion.IT,
    heavy_hand.IT,
    cliques.IT,
    domestic_violence.IT,
    seeking_help.IT,
    land_conflicts.IT,
    reporting.IT,
    calls.IT,
    response.IT,
    collective_violence.IT,
    contacts.IT,
    misconduct.IT,
    consultation.IT,
    information.IT,
    pressure.IT,
    justice.IT,
    investigation.IT,
    crises.IT,
    hearsay.IT,
    traces.IT,
)
"""The order in which the world begins, residents are born, and tables, counts and measures stand."""
TABLES: tuple[Declared, ...] = (MINDS, TALLY, *CENTRAL, *(table for one in ORDER for table in one.tables))
ROWS = {table.name: table.row for table in TABLES if isinstance(table, Table)} | shift_events.TABLES
PLACES = (
    *(f"{name}.{column}" for name, row in ROWS.items() for column in row.columns),
    *(table.name for table in TABLES if not isinstance(table, Table)),
    *shift_events.TABLES,
)
"""What a mechanism may say that it writes: a column, numbers, or rows of a table that grows."""
COUNTS = tuple(Tally.columns)
CAUSES = tuple(causes.CAUSES.get(number, "") for number in range(max(causes.CAUSES) + 1))
"""Names of the causes of the ledger by their number; a number that is not used any more has none."""
SHIFT: Mapping[str, Verb] = {
    "change_population": population_change.act,
    "brief_officers": officers.prepare,
    "maintain": resources.act,
    "relieve_couples": roster.act,
    "plan": plans.act,
    "patrol": patrol.act,
    "stay_away": collective_violence.stay_away,
    "renew_offenders": offenders.act,
    "clamp_down": heavy_hand.act,
    "raid": cliques.act,
    "offend": crime.act,
    "keep_thieves_away": narcos.act,
    "extort": extortion.act,
    "hurt_at_home": domestic_violence.act,
    "dispute": land_conflicts.act,
    "report": reporting.act,
    "seek_help": seeking_help.act,
    "call": calls.act,
    "respond": response.act,
    "wait_in_vain": seeking_help.after_calls,
    "gather": collective_violence.act,
    "meet": contacts.act,
    "answer_for_bribes": misconduct.act,
    "deter": certainty.act,
    "deliberate": deliberation.act,
    "hear_cases": communal_authority.act,
    "consult": consultation.act,
    "report_up": information.act,
    "note_problems": problem_work.act,
    "answer_for_figures": pressure.act,
    "judge": investigation.act,
    "take_word": chief.act,
    "govern": mayor.act,
    "take_notice": political_calendar.act,
    "break_out": crises.act,
    "spread_news": hearsay.act,
    "take_fright": fear.act,
    "live_through": officers.act,
    "book_minutes": minutes.act,
    "leave_traces": traces.act,
    "enter_books": crime_counts.act,
}
"""The schedule of a shift, as the ODD tells it."""
MONTH_END: Mapping[str, Verb] = {
    "renew_states": officers.month_end,
    "let_cases_out": misconduct.month_end,
    "be_bought": capture.month_end,
    "renew_officers": adoption.month_end,
    "take_up": practices.month_end,
    "solve_problems": problem_work.month_end,
    "set_hours": chief.month_end,
    "let_fear_sink_in": fear.month_end,
    "take_stock": cliques.month_end,
    "close_traces": traces.month_end,
}
"""What closes a month, before everybody is brought up to date."""


def check() -> None:
    """Raise a ValueError that says what a record brings and the register lacks."""
    for one in ORDER:
        for row, of in ((one.mind, Mind), (one.counts, Tally)):
            if row is not None and not issubclass(of, row):
                added = f"{row.__module__.rpartition('.')[2]}.{row.__qualname__}"
                raise ValueError(f"{one.name} brings columns that {of.__name__} lacks: add {added} to it")
        for name in one.writes:
            if name not in PLACES:
                raise ValueError(f"{one.name} writes '{name}', which no table has{nearest(name, PLACES)}")
    names = [table.name for table in TABLES]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"tables declared twice: {', '.join(sorted(twice))}")


check()


def collected() -> dict[str, Measure]:
    """Return every measure: the central ones, those of each mechanism with its counts, the criteria."""
    found = dict(CENTRAL_MEASURES)
    for one in ORDER:
        counts = () if one.counts is None else one.counts.columns
        found |= dict(one.measures) | {name: Measure("count") for name in counts if name not in one.measures}
    return found | CRITERIA_MEASURES


MEASURES: Mapping[str, Measure] = collected()
"""Every monthly column, in order, with its unit; what it means stands in the words beside the code."""


def row_of(month: Month, wanted: Collection[str]) -> dict[str, float]:
    """Return the measures that are wanted of the month that has just ended."""
    counted = dict(zip(COUNTS, month.world.state[TALLY].item(), strict=True))  # ten times as fast as by name
    return {
        name: float(counted[name]) if measure.read is None else measure.read(month)
        for name, measure in MEASURES.items()
        if name in wanted
    }
