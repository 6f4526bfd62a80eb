"""Registry of mechanisms: tables, schedules, counts and measures collected from their records.

A new mechanism needs an import here and an entry in `MECHANISMS`, and an entry in `SHIFT_SCHEDULE` or `MONTH_SCHEDULE`
for its step.  Columns that it adds to residents or to the monthly counts join `ResidentState` and `MonthlyCounts` in
`model.simulation.columns`.  An inconsistency raises an error at import.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from model.community import collective_violence, communal_authority, consent, consultation, deliberation, land_conflicts
from model.crime import (
    certainty,
    crime,
    crime_counts,
    deterrence,
    domestic_violence,
    guards,
    lasting_risk,
    near_repeat,
    offenders,
    opportunity,
    political_calendar,
    safe_schools,
    season,
)
from model.engine import causes
from model.engine.domains import UNDECLARED
from model.engine.fingerprint import PACKAGE
from model.engine.parameters import check_tables
from model.engine.tables import RowTableSpec
from model.gangs import capture, cliques, extortion, gangs, narcos
from model.justice import investigation, justice
from model.measures.measures import CENTRAL_MEASURES, CRITERIA_MEASURES
from model.police import (
    absence,
    adoption,
    chief,
    contacts,
    minutes,
    misconduct,
    officers,
    patrol,
    plans,
    practices,
    pressure,
    resources,
    roster,
)
from model.politics import crises, heavy_hand, mayor
from model.problems import problem_work, problems, solved_problems, traces
from model.reporting import calls, information, reporting, response, seeking_help
from model.residents import daily_rhythm, population_change
from model.simulation import start
from model.simulation.columns import MINDS, TALLY, MonthlyCounts, ResidentState
from model.simulation.world import WorldBinder
from model.trust import fear, hearsay, ledger, service
from model.trust.events import EVENT_KINDS, create_event_parameters
from model.world import discrete_choice as deciding
from model.world import shift_events
from model.world.mechanism import Measure
from model.world.state import CENTRAL_TABLES

if TYPE_CHECKING:
    from model.engine.tables import TableSpec
    from model.trust.events import EventKind
    from model.world.mechanism import Mechanism
    from model.world.month import MonthSnapshot
    from model.world.steps import StepFunction

MECHANISMS: tuple[Mechanism, ...] = (
    ledger.MECHANISM,
    crime_counts.MECHANISM,
    deciding.MECHANISM,
    fear.MECHANISM,
    service.MECHANISM,
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
    lasting_risk.MECHANISM,
    opportunity.MECHANISM,
    near_repeat.MECHANISM,
    guards.MECHANISM,
    deterrence.MECHANISM,
    political_calendar.MECHANISM,
    safe_schools.MECHANISM,
    season.MECHANISM,
    problems.MECHANISM,
    problem_work.MECHANISM,
    solved_problems.MECHANISM,
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
    absence.MECHANISM,
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
COUNT_NAMES = tuple(MonthlyCounts.columns)
CAUSES = tuple(causes.CAUSES.get(number, "") for number in range(max(causes.CAUSES) + 1))
"""Names of the causes of the ledger by number; empty for retired numbers."""
SHIFT_SCHEDULE: Mapping[str, StepFunction] = {
    "change_population": population_change.step_with(step for one in MECHANISMS for step in one.initialise_arrivals),
    "brief_officers": officers.brief_officers,
    "maintain": resources.maintain,
    "relieve_couples": roster.relieve_couples,
    "plan": plans.plan,
    "patrol": patrol.patrol,
    "stay_away": collective_violence.stay_away,
    "ask_consent": consent.ask_consent,
    "renew_offenders": offenders.renew_offenders,
    "clamp_down": heavy_hand.clamp_down,
    "raid": cliques.raid,
    "turn_season": season.turn_season,
    "offend": crime.offend,
    "keep_thieves_away": narcos.keep_thieves_away,
    "extort": extortion.extort,
    "hurt_at_home": domestic_violence.hurt_at_home,
    "dispute": land_conflicts.dispute,
    "report": reporting.report,
    "seek_help": seeking_help.seek_help,
    "call": calls.call,
    "respond": response.respond,
    "wait_in_vain": seeking_help.wait_in_vain,
    "gather": collective_violence.gather,
    "meet": contacts.meet,
    "note_presence": absence.note_presence,
    "answer_for_bribes": misconduct.answer_for_bribes,
    "deter": certainty.deter,
    "deliberate": deliberation.deliberate,
    "hear_cases": communal_authority.hear_cases,
    "consult": consultation.consult,
    "report_up": information.report_up,
    "note_problems": problem_work.note_problems,
    "answer_for_figures": pressure.answer_for_figures,
    "judge": investigation.judge,
    "take_word": chief.take_word,
    "govern": mayor.govern,
    "take_notice": political_calendar.take_notice,
    "break_out": crises.break_out,
    "spread_news": hearsay.spread_news,
    "update_fear": fear.update_fear,
    "live_through": officers.live_through,
    "book_minutes": minutes.book_minutes,
    "leave_traces": traces.leave_traces,
    "enter_books": crime_counts.enter_books,
}
"""Steps of a shift, in order; the ODD describes them."""
MONTH_SCHEDULE: Mapping[str, StepFunction] = {
    "renew_states": officers.renew_states,
    "let_cases_out": misconduct.let_cases_out,
    "notice_absence": absence.notice_absence,
    "be_bought": capture.be_bought,
    "renew_officers": adoption.renew_officers,
    "take_up": practices.take_up,
    "solve_problems": problem_work.solve_problems,
    "notice_solved_problems": solved_problems.notice_solved_problems,
    "set_hours": chief.set_hours,
    "let_fear_sink_in": fear.let_fear_sink_in,
    "hear_of_service": service.hear_of_service,
    "take_stock": cliques.take_stock,
    "close_traces": traces.close_traces,
}
"""Steps at the end of a month, in order, before residents are brought up to date."""


def check_registry() -> None:
    """Check that all columns and tables are declared; raise ValueError otherwise."""
    for one in MECHANISMS:
        for row, of in ((one.mind, ResidentState), (one.counts, MonthlyCounts)):
            if row is not None and not issubclass(of, row):
                added = f"{row.__module__.rpartition('.')[2]}.{row.__qualname__}"
                raise ValueError(f"{one.name} brings columns that {of.__name__} lacks: add {added} to it")
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
WORLD = WorldBinder(TABLES, (one.name for one in MECHANISMS if one.hazard is not None and one.hazard.spared))
"""Source of every field of `World`."""


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
