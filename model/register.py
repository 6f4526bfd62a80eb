"""The register: every mechanism, in order, and everything that is collected from their records.

A new mechanism is one file, its import here and its line in `ORDER`; what it does in a shift is a line in `SHIFT`.
Columns that it adds to residents or to the month's tally join `Mind` and `Tally`; a record that brings what the
register lacks is an error at import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model import books, daybook, deciding, gangs, ledger
from model.errors import nearest
from model.mechanisms import (
    adoption,
    calls,
    capture,
    certainty,
    chief,
    cliques,
    collective_violence,
    communal_authority,
    consultation,
    contacts,
    crime,
    crises,
    daily_rhythm,
    deliberation,
    deterrence,
    domestic_violence,
    extortion,
    fear,
    guards,
    hearsay,
    heavy_hand,
    information,
    investigation,
    justice,
    land_conflicts,
    mayor,
    minutes,
    misconduct,
    narcos,
    near_repeat,
    offenders,
    officers,
    patrol,
    plans,
    political_calendar,
    population_change,
    practices,
    pressure,
    problem_work,
    problems,
    reporting,
    resources,
    response,
    roster,
    safe_schools,
    seeking_help,
    start,
    traces,
)
from model.state import CENTRAL
from model.tables import COUNTED, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.mechanism import Mechanism, Verb
    from model.tables import Declared

ORDER: tuple[Mechanism, ...] = (
    ledger.IT,
    books.IT,
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


class Mind(
    ledger.Belief,
    ledger.Memory,
    fear.Caution,
    population_change.Outside,
    justice.Lesson,
    gangs.Belonging,
    extortion.Purse,
    reporting.Word,
    contacts.Acquaintance,
):
    """What changes in a resident: the columns of every mechanism, those of trust first."""


class Tally(
    books.Counts,
    population_change.Counts,
    practices.Counts,
    adoption.Counts,
    resources.Counts,
    roster.Counts,
    minutes.Counts,
    communal_authority.Counts,
    deliberation.Counts,
    plans.Counts,
    patrol.Counts,
    narcos.Counts,
    mayor.Counts,
    chief.Counts,
    capture.Counts,
    offenders.Counts,
    near_repeat.Counts,
    guards.Counts,
    deterrence.Counts,
    problem_work.Counts,
    crime.Counts,
    extortion.Counts,
    heavy_hand.Counts,
    cliques.Counts,
    domestic_violence.Counts,
    seeking_help.Counts,
    land_conflicts.Counts,
    calls.Counts,
    response.Counts,
    collective_violence.Counts,
    contacts.Counts,
    misconduct.Counts,
    consultation.Counts,
    information.Counts,
    pressure.Counts,
    justice.Counts,
    investigation.Counts,
    crises.Counts,
):
    """Counts since the month began; kilometres, hours and days are sums."""


MINDS = Table(name="minds", row=Mind, per="resident", about="What changes in residents: each mechanism its columns.")
TALLY = Table(
    name="tally",
    row=Tally,
    per="one",
    monthly=True,
    exempt=COUNTED,
    about="Counts of the month: each mechanism its own.",
)
TABLES: tuple[Declared, ...] = (MINDS, TALLY, *CENTRAL, *(table for one in ORDER for table in one.tables))
ROWS = {table.name: table.row for table in TABLES if isinstance(table, Table)} | daybook.TABLES
PLACES = (
    *(f"{name}.{column}" for name, row in ROWS.items() for column in row.columns),
    *(table.name for table in TABLES if not isinstance(table, Table)),
    *daybook.TABLES,
)
"""What a mechanism may say that it writes: a column, numbers, or rows of a table that grows."""
COUNTS = tuple(Tally.columns)
CAUSES = tuple(ledger.CAUSES.get(number, "") for number in range(max(ledger.CAUSES) + 1))
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
    "enter_books": books.act,
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
