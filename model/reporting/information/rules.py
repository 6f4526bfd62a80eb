"""M17, information: circumstance reports three times a day, and what survives on the way to headquarters (ODD 6.19).

Switched off, everything arrives, at once, and comes back.
"""

from __future__ import annotations

from model.crime.crime_counts.rules import is_reported_to_state
from model.crime.crime_counts.schema import RECORDED
from model.engine.calendar import is_last_shift_of_month, month_of
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows
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
from model.world.columns import TALLY, MonthlyCounts
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import ANONYMOUS, DEMI, INCIDENTS, PROSECUTOR
from model.world.state import MEANS, PLANS, FacilityResources, Plan


@kernel
def reporting_stages(kind: int, linked: float, care: float, p: Information) -> tuple[float, float, float]:
    """Shares of known crimes of this kind with a form, with content in it, and with a record in the end."""
    sure = DETERRED_BY_CERTAINTY[kind] == 1
    form = 1.0 if sure else p.written
    content = 1.0 if sure else p.written * p.conviction
    form, content = form + (1.0 - form) * care, content + (1.0 - content) * care
    typed = 1.0 if sure else content * p.typed * linked
    return form, content, typed * p.consolidated * p.georeferenced * p.entered


@kernel
def report_shift(
    stage: ShiftContext,
    means: Rows[FacilityResources],
    wall: PlanTables,
    mail: Rows[RecordInTransit],
    mail_count: IntArray,
    numbers: Rows[Information],
    month: int,
) -> None:
    """Let stations write down what they know, and send the circumstance report of the shift on its way."""
    day, cells, tally, tick, seed = stage.day, stage.ground.cells, stage.tally, stage.tick, stage.seed
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        cell, number, problem, severity = row.cell, row.number, PROBLEM_OF[row.kind], row.severity
        wall.happened[cell, problem] += severity
        told = is_reported_to_state(row)
        if told:
            wall.told[cell] += severity
        if row.found == 0 and (not told or row.told in (PROSECUTOR, DEMI)):
            continue
        f = cells[cell].facility
        p = numbers[max(cells[cell].settlement, 0)]
        linked = 1.0 if means[f].internet == 1 else p.offline
        form, content, record = reporting_stages(row.kind, linked, form_care_at(means, f), p)
        u = keyed_uniform(seed, RECORD_STREAM, tick, number, 0)
        tally[0].known += 1.0
        if u < form:
            tally[0].forms += 1.0
            row.written = 1
        if u < content and (row.found == 1 or row.told != ANONYMOUS):
            tally[0].forms_with_content += 1.0
            wall.known[cell, problem, tick % 3] += severity
        if u < record and keyed_uniform(seed, HOARDS_STREAM, month, f, 0) >= p.hoarding:
            row.recorded = 1
            sent = mail[mail_count[0]]
            sent.due = tick + int(3.0 * p.delay * (0.5 + keyed_uniform(seed, RECORD_STREAM, tick, number, 1)) / linked)
            sent.born, sent.cell, sent.problem, sent.severity = tick, cell, problem, severity
            mail_count[0] += 1


@kernel
def enter_records(
    mail: Rows[RecordInTransit], count: IntArray, atlas: FloatArray, tally: Rows[MonthlyCounts], tick: int
) -> None:
    """Let headquarters enter what has come by the end of a month."""
    left = 0
    for k in range(count[0]):
        sent = mail[k]
        if sent.due > tick:
            mail[left] = sent
            left += 1
            continue
        atlas[sent.cell, sent.problem] += sent.severity
        tally[0].records_arrived += 1.0
        tally[0].record_days += (sent.due - sent.born) / 3.0
    count[0] = left


@kernel
def return_products(
    plan_rows: Rows[Plan],
    facilities: Rows[FacilityRow],
    numbers: Rows[Information],
    tally: Rows[MonthlyCounts],
    month: int,
    tick: int,
    seed: int,
) -> None:
    """Let a product of headquarters' analysts come back to some stations."""
    for f in range(len(facilities)):
        if keyed_uniform(seed, FEEDBACK_STREAM, month, f, 0) < numbers[facilities[f].settlement].feedback:
            plan_rows[f].product = tick
            tally[0].products_returned += 1.0


def step(world: World) -> None:
    """Report the shift upwards; at a month's end let headquarters answer and stations take stock of their plans."""
    state, tick, month = world.state, world.tick, month_of(world.tick)
    facilities, numbers, tally = world.plant.facilities, world.parameters[Information], state[TALLY]
    wall = world.view(PlanTables)
    state[MAIL].reserve(world.shift_events.counts.item(INCIDENTS))
    mail, count = state[MAIL].rows, state[MAIL].count
    world.run_kernel(report_shift, lambda: (world.shift_context(), state[MEANS], wall, mail, count, numbers), month)
    world.run_kernel(
        plans.count_planned_visits,
        lambda: (world.shift_context(), world.plant, state[PLANS], state[PLAN_CELLS], state[PLANNED_HERE]),
    )
    if is_last_shift_of_month(tick):
        enter_records(mail, count, wall.atlas, tally, tick)
        return_products(state[PLANS], facilities, numbers, tally, month, tick, world.seed)
        plans.count_plan_months(world)


def recorded_by_headquarters_share(month: MonthSnapshot) -> float:
    """Share of the crimes known to the police that headquarters records."""
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
