"""M17, information: circumstance reports of each shift, and losses on the way to headquarters.

A crime known to the police becomes a form, a form with content and a record at headquarters, each with a probability.
Switched off, everything arrives, at once, and comes back.
"""

from __future__ import annotations

from model.crime.crime_counts.rules import is_reported_to_state
from model.crime.crime_counts.schema import RECORDED
from model.engine.calendar import LAST_SHIFTS, SHIFTS
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.ratios import ratio_or_nan
from model.engine.rows import IntArray, Rows
from model.police.adoption.rules import form_care_at
from model.police.plans import rules as plans
from model.police.plans.rules import PlanTables
from model.police.plans.schema import PLAN_CELLS, PLANNED_HERE
from model.reporting.information.schema import (
    FEEDBACK_STREAM,
    HOARDS_STREAM,
    MAIL,
    RECORD_STREAM,
    WRITTEN_COLUMNS,
    Information,
    InformationCounts,
    RecordInTransit,
)
from model.town.crime_kinds import DETERRED_BY_CERTAINTY, PROBLEM_OF
from model.town.police import FacilityRow
from model.world.binding import count_of
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import ANONYMOUS, DEMI, INCIDENTS, PROSECUTOR, Incident
from model.world.state import PLANS, FacilityResources, Plan
from model.world.steps import KernelArguments, Room, in_order, kernel_step, python_step, rows_of


@kernel
def reporting_stages(kind: int, linked: float, care: float, p: Information) -> tuple[float, float, float]:
    """Return the shares of known crimes of a kind with a form, with content in it, and with a record.

    ``linked`` is the share typed for want of internet, ``care`` the care for forms by adoption (0-1).
    """
    certain = DETERRED_BY_CERTAINTY[kind] == 1
    form = 1.0 if certain else p.written
    content = 1.0 if certain else p.written * p.conviction
    form, content = form + (1.0 - form) * care, content + (1.0 - content) * care
    typed = 1.0 if certain else content * p.typed * linked
    return form, content, typed * p.consolidated * p.georeferenced * p.entered


class InformationTables(TableBundle):
    """Tables between stations and headquarters: records on their way, memories of crime by cell, plans."""

    means: Rows[FacilityResources]
    memory: PlanTables
    mail: Rows[RecordInTransit]
    mail_count: IntArray = count_of(MAIL)
    information: Rows[Information]
    plans: Rows[Plan]
    facilities: Rows[FacilityRow]


@kernel
def report_shift(shift: ShiftContext, tables: InformationTables) -> None:
    """Write the forms of the shift's crimes, and send records to headquarters.

    Updates `known`, `happened`, `told`, `incidents.written`, `incidents.recorded` and the counts; appends to `mail`.
    """
    day, cells, tick = shift.day, shift.ground.cells, shift.tick
    tally, memory = shift.tally, tables.memory
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        cell, number, problem, severity = row.cell, row.number, PROBLEM_OF[row.kind], row.severity
        memory.happened[cell, problem] += severity
        reported = is_reported_to_state(row)
        if reported:
            memory.told[cell] += severity
        if row.found == 0 and (not reported or row.told in (PROSECUTOR, DEMI)):
            continue
        f = cells[cell].facility
        p = tables.information[max(cells[cell].settlement, 0)]
        linked = 1.0 if tables.means[f].internet == 1 else p.offline
        form, content, record = reporting_stages(row.kind, linked, form_care_at(tables.means, f), p)
        # One uniform number for all three stages: a crime with a record has a form, too.
        u = keyed_uniform(shift.seed, RECORD_STREAM, tick, number, 0)
        tally[0].known += 1.0
        if u < form:
            tally[0].forms += 1.0
            row.written = 1
        if u < content and (row.found == 1 or row.told != ANONYMOUS):
            tally[0].forms_with_content += 1.0
            memory.known[cell, problem, tick % SHIFTS] += severity
        if u < record and keyed_uniform(shift.seed, HOARDS_STREAM, shift.month, f, 0) >= p.hoarding:
            row.recorded = 1
            send_record(shift, tables, row, linked)


@kernel
def send_record(shift: ShiftContext, tables: InformationTables, row: Incident, linked: float) -> None:
    """Send the record of an incident to headquarters, after half to one and a half times the mean delay.

    Appends to `mail`.
    """
    tick, p = shift.tick, tables.information[max(shift.ground.cells[row.cell].settlement, 0)]
    spread = 0.5 + keyed_uniform(shift.seed, RECORD_STREAM, tick, row.number, 1)
    sent = tables.mail[tables.mail_count[0]]
    sent.due = tick + int(SHIFTS * p.delay * spread / linked)
    sent.born, sent.cell, sent.problem, sent.severity = tick, row.cell, PROBLEM_OF[row.kind], row.severity
    tables.mail_count[0] += 1


@kernel
def enter_records(shift: ShiftContext, tables: InformationTables) -> None:
    """Enter the records that are due by the end of a month on headquarters' map.

    Updates `atlas` and the counts; removes the records from `mail`.
    """
    left = 0
    for k in range(tables.mail_count[0]):
        sent = tables.mail[k]
        if sent.due > shift.tick:
            tables.mail[left] = sent
            left += 1
            continue
        tables.memory.atlas[sent.cell, sent.problem] += sent.severity
        shift.tally[0].records_arrived += 1.0
        shift.tally[0].record_days += (sent.due - sent.born) / SHIFTS
    tables.mail_count[0] = left


@kernel
def return_products(shift: ShiftContext, tables: InformationTables) -> None:
    """Return a product of headquarters' analysts to some stations; updates `plans.product` and the counts."""
    for f in range(len(tables.facilities)):
        p = tables.information[tables.facilities[f].settlement]
        if keyed_uniform(shift.seed, FEEDBACK_STREAM, shift.month, f, 0) < p.feedback:
            tables.plans[f].product = shift.tick
            shift.tally[0].products_returned += 1.0


def room_for_records(world: World) -> Room:
    """Return the rows that the records of all incidents need."""
    return {MAIL: rows_of(INCIDENTS)}


@kernel_step(report_shift, room_for_records)
def report_crimes(world: World) -> KernelArguments:
    """Return the arguments of `report_shift`."""
    return world.shift_context(), world.view(InformationTables)


@kernel_step(plans.count_planned_visits)
def count_visits(world: World) -> KernelArguments:
    """Return the arguments of `count_planned_visits`."""
    state = world.state
    return world.shift_context(), world.plant, state[PLANS], state[PLAN_CELLS], state[PLANNED_HERE]


@python_step(flags=LAST_SHIFTS)
def close_month(world: World) -> None:
    """Enter records, return products and count months of plans."""
    enter_records(world.shift_context(), world.view(InformationTables))
    return_products(world.shift_context(), world.view(InformationTables))
    plans.count_plan_months(world)


step = in_order(report_crimes, count_visits, close_month)
"""Report the shift upwards; at the end of a month enter records, return products and count months of plans."""


def recorded_by_headquarters_share(month: MonthSnapshot) -> float:
    """Return the share of crimes known to the police that headquarters records."""
    return ratio_or_nan(month.crime_counts[RECORDED].sum(), month.tally.known)


MECHANISM = Mechanism(
    group=Information,
    tables=(MAIL,),
    counts=InformationCounts,
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("survival", "record_days_mean")),
    measures={
        "survival": Measure("share", recorded_by_headquarters_share),
        "record_days_mean": Measure(
            "days", lambda month: ratio_or_nan(month.tally.record_days, month.tally.records_arrived)
        ),
        "known": Measure("crimes"),
        "forms": Measure("forms"),
        "forms_with_content": Measure("forms"),
        "record_days": Measure("days"),
        "products_returned": Measure("products"),
    },
)
