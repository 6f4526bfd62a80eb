"""M27, pressure for figures: chiefs who answer for a number send victims away and downgrade (ODD 6.20).

Switched off, nobody is turned away, nothing is downgraded and no arrest is sought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.calendar import is_last_shift_of_month
from model.daybook import AT_STATION, BY_PHONE, INCIDENTS, NOBODY, PROSECUTOR, TO_PATROL
from model.kernels import kernel
from model.kinds import FIGURE, LESSER
from model.ledger import cause, impress
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism
from model.parameters import Group, number, share
from model.rows import Row
from model.tables import Table

if TYPE_CHECKING:
    from model.daybook import Day
    from model.model import TrustModel as World
    from model.police import FacilityRow
    from model.register import Mind
    from model.rows import Rows
    from model.stage import Stage

SENT_AWAY, DOWNGRADED = decision("turned away"), decision("downgraded")
TURNED_AWAY = cause("turned_away", 19)


@dataclass(frozen=True, kw_only=True)
class Pressure(Group):
    """How hard chiefs are pressed for their figures, what they do then, and what keeps them from it."""

    name: ClassVar[str] = "pressure"
    evidence: ClassVar[tuple[str, ...]] = ("B20", "B22", "E13", "I10")

    level: float = share(0.3, "B22; assumed", "how far chiefs answer for the figure", role="lever", off=0.0)
    goal: float = share(0.1, "assumed", "fall of the figure that is asked", high=0.5, role="lever")
    refuse: float = share(0.8, "assumed; swept", "victims sent away at full pressure and gap, for the slightest crime")
    downgrade: float = share(0.5, "assumed; swept", "crimes downgraded at full pressure and gap")
    arrests: float = share(0.02, "B20; assumed", "stops that end in an easy arrest at full pressure and gap")
    control: float = share(0.1, "I10; assumed", "internal control of what is written down", role="lever")
    channel: float = share(0.0, "E13; assumed", "a complaint channel outside the police", role="lever")
    then_prosecutor: float = share(0.15, "V06; assumed", "those sent away who go to the prosecutor")
    weight: float = number(
        0.434, "evidence", 0.0, 2.0, "Z01; assumed: -7 points; swept -3 to -14", "weight of being sent away", off=0.0
    )


class Figure(Row):
    """The figure for which a chief answers, and what the gap to what is asked makes of the month."""

    month: float
    base: float
    gap: float
    refuse: float
    downgrade: float
    easy: float


FIGURES = Table(name="figures", row=Figure, per="facility", about="Figures of stations: this alone.")


class Counts(Row):
    """What is counted in a month."""

    refused: float
    downgraded: float
    arrests_easy: float
    complaints_outside: float


@kernel
def send_away(
    day: Day, minds: Rows[Mind], k: int, figures: Rows[Figure], f: int, p: Pressure, fast: float, tick: int, seed: int
) -> None:
    """Send away, perhaps, a victim who came to a couple, the telephone or the desk; some try the prosecutor."""
    row = day.incidents[k]
    if row.told not in (TO_PATROL, BY_PHONE, AT_STATION):
        return
    if luck(seed, SENT_AWAY, tick, row.number, 0) >= figures[f].refuse * (1.0 - row.severity):
        return
    row.refused = 1
    row.told = PROSECUTOR if luck(seed, SENT_AWAY, tick, row.number, 1) < p.then_prosecutor else NOBODY
    impress(day, minds, row.teller, TURNED_AWAY, 0.1, 0.3 * p.weight, 0.0, p.weight, fast)


@kernel
def count_figures(stage: Stage, figures: Rows[Figure], numbers: Rows[Pressure]) -> None:
    """Downgrade some of what was written down; count the rest of what is serious, by station."""
    day, cells, tally, tick, seed = stage.day, stage.ground.cells, stage.tally, stage.tick, stage.seed
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        f, p = cells[row.cell].facility, numbers[max(cells[row.cell].settlement, 0)]
        if row.refused == 1 and luck(seed, SENT_AWAY, tick, row.number, 2) < p.channel:
            tally[0].complaints_outside += 1.0
        if row.written == 0:
            continue
        lesser = LESSER[row.kind] >= 0
        if lesser and luck(seed, DOWNGRADED, tick, row.number, 0) < figures[f].downgrade:
            row.downgraded = 1
        else:
            figures[f].month += FIGURE[row.kind]


@kernel
def press(figures: Rows[Figure], facilities: Rows[FacilityRow], numbers: Rows[Pressure]) -> None:
    """Compare the month's figure with what is asked; the gap presses the next month."""
    for f in range(len(figures)):
        row, p = figures[f], numbers[facilities[f].settlement]
        row.base = row.month if row.base == 0.0 else row.base + (row.month - row.base) / 12.0
        target = row.base * (1.0 - p.goal)
        row.gap = min(1.0, max(0.0, row.month / target - 1.0)) if target > 0.0 else 0.0
        strain = p.level * row.gap * (1.0 - p.control) * (1.0 - p.channel)
        row.refuse, row.downgrade = p.refuse * strain, p.downgrade * strain
        row.easy, row.month = p.arrests * strain, 0.0


def act(world: World) -> None:
    """Count the figures of the shift; at a month's end chiefs answer for them."""
    state, numbers = world.state, world.numbers["pressure"]
    world.carry_out(count_figures, lambda: (world.stage(), state.figures, numbers))
    if is_last_shift_of_month(world.tick):
        press(state.figures, world.plant.facilities, numbers)


IT = Mechanism(
    group=Pressure,
    tables=(FIGURES,),
    counts=Counts,
    causes=(TURNED_AWAY,),
    writes=("incidents.downgraded",),
    knockout=Knockout(("refused", "downgraded", "arrests_easy")),
    measures={
        "refused": Measure("crimes"),
        "downgraded": Measure("crimes"),
        "arrests_easy": Measure("arrests"),
        "complaints_outside": Measure("complaints"),
    },
)
