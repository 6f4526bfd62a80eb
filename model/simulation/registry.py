"""Registry of mechanisms: tables, schedules, counts and measures collected from their records.

A new mechanism needs an import here and an entry in `MECHANISMS`, and an entry in `SHIFT_SCHEDULE` or `MONTH_SCHEDULE`
for its step.  Columns that it adds to residents or to the monthly counts join `ResidentState` and `MonthlyCounts` in
`model.world.columns`.  An inconsistency raises an error at import.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from model.community.collective_violence import rules as collective_violence
from model.community.communal_authority import rules as communal_authority
from model.community.consent import rules as consent
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
from model.crime.season import rules as season
from model.engine import causes
from model.engine.domains import UNDECLARED
from model.engine.errors import suggest_nearest
from model.engine.fingerprint import PACKAGE
from model.engine.parameters import check_tables
from model.engine.tables import RowTableSpec, TableSpec
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
from model.trust.events.schema import EVENT_KINDS, EventKind, create_event_parameters
from model.trust.fear import rules as fear
from model.trust.hearsay import rules as hearsay
from model.trust.ledger import rules as ledger
from model.world import shift_events
from model.world.columns import MINDS, TALLY, MonthlyCounts, ResidentState
from model.world.discrete_choice import rules as deciding
from model.world.mechanism import Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.state import CENTRAL_TABLES
from model.world.steps import StepFunction

MECHANISMS: tuple[Mechanism, ...] = (
    ledger.MECHANISM,
    crime_counts.MECHANISM,
    deciding.MECHANISM,
    fear.MECHANISM,
    population_change.MECHANISM,
    start.MECHANISM,
    daily_rhythm.MECHANISM,
    officers.MECHANISM,
    practices.MECHANISM,
    adoption.MECHANISM,
    resources.MECHANISM,
    roster.MECHANISM,
    minutes.MECHANISM,
    communal_authority.MECHANISM,
    deliberation.MECHANISM,
    consent.MECHANISM,
    plans.MECHANISM,
    patrol.MECHANISM,
    gangs.MECHANISM,
    narcos.MECHANISM,
    mayor.MECHANISM,
    chief.MECHANISM,
    capture.MECHANISM,
    offenders.MECHANISM,
    certainty.MECHANISM,
    near_repeat.MECHANISM,
    guards.MECHANISM,
    deterrence.MECHANISM,
    political_calendar.MECHANISM,
    safe_schools.MECHANISM,
    season.MECHANISM,
    problems.MECHANISM,
    problem_work.MECHANISM,
    crime.MECHANISM,
    extortion.MECHANISM,
    heavy_hand.MECHANISM,
    cliques.MECHANISM,
    domestic_violence.MECHANISM,
    seeking_help.MECHANISM,
    land_conflicts.MECHANISM,
    reporting.MECHANISM,
    calls.MECHANISM,
    response.MECHANISM,
    collective_violence.MECHANISM,
    contacts.MECHANISM,
    misconduct.MECHANISM,
    consultation.MECHANISM,
    information.MECHANISM,
    pressure.MECHANISM,
    justice.MECHANISM,
    investigation.MECHANISM,
    crises.MECHANISM,
    hearsay.MECHANISM,
    traces.MECHANISM,
)
"""All mechanisms, in the order of their initialisation, tables, counts and measures."""
TABLES: tuple[TableSpec, ...] = (MINDS, TALLY, *CENTRAL_TABLES, *(table for one in MECHANISMS for table in one.tables))
ROW_OF_TABLE = {
    table.name: table.row for table in TABLES if isinstance(table, RowTableSpec)
} | shift_events.EVENT_TABLES
TABLE_PLACES = (
    *(f"{name}.{column}" for name, row in ROW_OF_TABLE.items() for column in row.columns),
    *(table.name for table in TABLES if not isinstance(table, RowTableSpec)),
    *shift_events.EVENT_TABLES,
)
"""Places that `Mechanism.writes` may name: a column, an array, or the rows of a growing table."""
COUNT_NAMES = tuple(MonthlyCounts.columns)
CAUSES = tuple(causes.CAUSES.get(number, "") for number in range(max(causes.CAUSES) + 1))
"""Names of the causes of the ledger by number; empty for retired numbers."""
SHIFT_SCHEDULE: Mapping[str, StepFunction] = {
    "change_population": population_change.step_with(step for one in MECHANISMS for step in one.initialise_arrivals),
    "brief_officers": officers.before_step,
    "maintain": resources.step,
    "relieve_couples": roster.step,
    "plan": plans.step,
    "patrol": patrol.step,
    "stay_away": collective_violence.enforce_withdrawals,
    "ask_consent": consent.step,
    "renew_offenders": offenders.step,
    "clamp_down": heavy_hand.step,
    "raid": cliques.step,
    "turn_season": season.step,
    "offend": crime.step,
    "keep_thieves_away": narcos.step,
    "extort": extortion.step,
    "hurt_at_home": domestic_violence.step,
    "dispute": land_conflicts.step,
    "report": reporting.step,
    "seek_help": seeking_help.step,
    "call": calls.step,
    "respond": response.step,
    "wait_in_vain": seeking_help.after_calls,
    "gather": collective_violence.step,
    "meet": contacts.step,
    "answer_for_bribes": misconduct.step,
    "deter": certainty.step,
    "deliberate": deliberation.step,
    "hear_cases": communal_authority.step,
    "consult": consultation.step,
    "report_up": information.step,
    "note_problems": problem_work.step,
    "answer_for_figures": pressure.step,
    "judge": investigation.step,
    "take_word": chief.step,
    "govern": mayor.step,
    "take_notice": political_calendar.step,
    "break_out": crises.step,
    "spread_news": hearsay.step,
    "take_fright": fear.step,
    "live_through": officers.step,
    "book_minutes": minutes.step,
    "leave_traces": traces.step,
    "enter_books": crime_counts.step,
}
"""Steps of a shift, in order; the ODD describes them."""
MONTH_SCHEDULE: Mapping[str, StepFunction] = {
    "renew_states": officers.close_month,
    "let_cases_out": misconduct.close_month,
    "be_bought": capture.close_month,
    "renew_officers": adoption.close_month,
    "take_up": practices.close_month,
    "solve_problems": problem_work.close_month,
    "set_hours": chief.close_month,
    "let_fear_sink_in": fear.close_month,
    "take_stock": cliques.close_month,
    "close_traces": traces.close_month,
}
"""Steps at the end of a month, in order, before residents are brought up to date."""


def check_registry() -> None:
    """Check that all columns, places written and tables are declared; raise ValueError otherwise."""
    for one in MECHANISMS:
        for row, of in ((one.mind, ResidentState), (one.counts, MonthlyCounts)):
            if row is not None and not issubclass(of, row):
                added = f"{row.__module__.rpartition('.')[2]}.{row.__qualname__}"
                raise ValueError(f"{one.name} brings columns that {of.__name__} lacks: add {added} to it")
        for name in one.writes:
            if name not in TABLE_PLACES:
                raise ValueError(f"{one.name} writes '{name}', which no table has{suggest_nearest(name, TABLE_PLACES)}")
    for table in TABLES:
        if without := [name for name, domain in table.domains.items() if domain is UNDECLARED]:
            raise ValueError(
                f"integers of table '{table.name}' have no domain: {', '.join(without) or 'its elements'}. Declare the"
                ' values that they may have with `model.engine.domains`, such as row_of("cell") or COUNT'
            )
    names = [table.name for table in TABLES]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"tables declared twice: {', '.join(sorted(twice))}")


check_registry()
Events = create_event_parameters(__name__)
"""Parameters of all kinds of events; every mechanism has declared its own by now."""
check_tables(PACKAGE)
EVENT_KIND_NAMED: Mapping[str, EventKind] = {kind.name: kind for kind in EVENT_KINDS.values()}
"""Kinds of events by their name."""


def collect_measures() -> dict[str, Measure]:
    """Return all measures: the central ones, those of each mechanism with its counts, and the criteria."""
    found = dict(CENTRAL_MEASURES)
    for one in MECHANISMS:
        counts = () if one.counts is None else one.counts.columns
        found |= dict(one.measures) | {name: Measure("count") for name in counts if name not in one.measures}
    return found | CRITERIA_MEASURES


MEASURES: Mapping[str, Measure] = collect_measures()
"""All monthly measures, in order; their descriptions stand in the `words.toml` files beside the code."""


def measure_row(month: MonthSnapshot, wanted: Collection[str]) -> dict[str, float]:
    """Return the wanted measures of a month that has just ended, by name."""
    counted = dict(zip(COUNT_NAMES, month.world.state[TALLY].item(), strict=True))  # ten times as fast as by column
    return {
        name: float(counted[name]) if measure.read is None else measure.read(month)
        for name, measure in MEASURES.items()
        if name in wanted
    }
