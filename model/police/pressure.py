"""M27, pressure for figures: chiefs judged by crime figures turn victims away and downgrade crimes.

Switched off, nobody is turned away, nothing is downgraded and no arrest is sought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from model.engine.calendar import LAST_SHIFTS
from model.engine.domains import POSITIVE, SHARE
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.engine.tables import RowTableSpec
from model.town.crime_kinds import IN_POLICE_FIGURES, LESSER_KIND
from model.trust.events import declare_event, record_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_events import AT_STATION, BY_PHONE, INCIDENTS, NOBODY, PROSECUTOR, TO_PATROL
from model.world.steps import in_order, python_step, step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World

SENT_AWAY, DOWNGRADED_STREAM = stream_id("turned away"), stream_id("downgraded")
TURNED_AWAY = declare_event("turned_away", 19)


@dataclass(frozen=True, init=False)
class Pressure(ParameterGroup):
    """Parameters of the pressure for figures, the chiefs' responses, and control."""

    name: ClassVar[str] = "pressure"
    evidence: ClassVar[tuple[str, ...]] = ("B20", "B22", "E13", "I10")

    level: float
    goal: float
    base_months: float
    refuse: float
    downgrade: float
    arrests: float
    control: float
    channel: float
    then_prosecutor: float
    weight: float


class FigureRow(Row):
    """Crime figure of a station: this month, usual, gap to the target, and the shares that follow from it."""

    month: Annotated[float, POSITIVE]
    base: Annotated[float, POSITIVE]
    gap: float
    refuse: Annotated[float, SHARE]
    downgrade: Annotated[float, SHARE]
    easy: Annotated[float, SHARE]


FIGURES = RowTableSpec(name="figures", row=FigureRow, per="facility", about="Figures of stations.")


class PressureCounts(Row):
    """Monthly counts of victims turned away, crimes downgraded, easy arrests and complaints."""

    refused: float
    downgraded: float
    arrests_easy: float
    complaints_outside: float


@kernel
def turn_victim_away(w: World, k: int, f: int, p: Pressure) -> None:
    """Turn a victim who reports to the police away, by chance; some go to the prosecutor instead.

    Updates `incidents.refused` and `incidents.reported_to`; records the event of trust.
    """
    row, tick, seed = w.incidents[k], w.tick, w.seed
    if row.reported_to not in (TO_PATROL, BY_PHONE, AT_STATION):
        return
    if keyed_uniform(seed, SENT_AWAY, tick, row.number, 0) >= w.figures[f].refuse * (1.0 - row.severity):
        return
    row.refused = 1
    row.reported_to = PROSECUTOR if keyed_uniform(seed, SENT_AWAY, tick, row.number, 1) < p.then_prosecutor else NOBODY
    record_event(w, row.teller, TURNED_AWAY, p.weight)


@kernel
def update_pressure(w: World) -> None:
    """Update the gap of each station to its target and the shares refused and downgraded next month."""
    for f in range(len(w.figures)):
        row, p = w.figures[f], w.p.pressure[w.facilities[f].settlement]
        # The usual figure is an exponential moving average, which begins with the first month.
        row.base = row.month if row.base == 0.0 else row.base + (row.month - row.base) / p.base_months
        target = row.base * (1.0 - p.goal)
        row.gap = min(1.0, max(0.0, row.month / target - 1.0)) if target > 0.0 else 0.0
        strain = p.level * row.gap * (1.0 - p.control) * (1.0 - p.channel)
        row.refuse, row.downgrade = p.refuse * strain, p.downgrade * strain
        row.easy, row.month = p.arrests * strain, 0.0


@step
def update_figures(w: World) -> None:
    """Downgrade some recorded crimes and count the serious others by station.

    Updates `incidents.downgraded`, `figures.month` and `tally.complaints_outside`.
    """
    cells, tally, tick, seed = w.cells, w.tally, w.tick, w.seed
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        f, p = cells[row.cell].facility, w.p.pressure[max(cells[row.cell].settlement, 0)]
        if row.refused == 1 and keyed_uniform(seed, SENT_AWAY, tick, row.number, 2) < p.channel:
            tally[0].complaints_outside += 1.0
        if row.written == 0:
            continue
        lesser = LESSER_KIND[row.kind] >= 0
        if lesser and keyed_uniform(seed, DOWNGRADED_STREAM, tick, row.number, 0) < w.figures[f].downgrade:
            row.downgraded = 1
        else:
            w.figures[f].month += IN_POLICE_FIGURES[row.kind]


@python_step(flags=LAST_SHIFTS)
def close_month(sim: Simulation) -> None:
    """Update the pressure on stations."""
    update_pressure(sim.w)


answer_for_figures = in_order(update_figures, close_month)
"""Count the figures of the shift; in the last shift of a month update the pressure on stations."""


MECHANISM = Mechanism(
    group=Pressure,
    tables=(FIGURES,),
    counts=PressureCounts,
    causes=(TURNED_AWAY,),
    knockout=Knockout(("refused", "downgraded", "arrests_easy")),
    measures={
        "refused": Measure("crimes"),
        "downgraded": Measure("crimes"),
        "arrests_easy": Measure("arrests"),
        "complaints_outside": Measure("complaints"),
    },
)
