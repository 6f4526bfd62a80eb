"""Pressure for figures (ODD: pressure)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.crime import KILLING, NOBODY, PATROL, PROSECUTOR, ROBBERY, STATION, TELEPHONE, VEHICLE_THEFT, Incident
from oracle.people import Resident
from oracle.service import CASES, experience

if TYPE_CHECKING:
    from oracle.town import PlainTown

SERIOUS = (ROBBERY, VEHICLE_THEFT, 4, 5, KILLING, 7)


@dataclass(eq=False)
class Figure:
    """The figure for which the chief of a facility answers, and what the chief does about it."""

    month: float = 0.0
    base: float = 0.0
    gap: float = 0.0
    refuse: float = 0.0
    downgrade: float = 0.0
    easy: float = 0.0


def send_away(town: "PlainTown", incident: Incident, teller: Resident) -> None:
    """Send a victim away, perhaps."""
    p, figure = town.numbers("pressure"), town.figures[incident.cell.facility]
    if incident.reported_to not in (PATROL, TELEPHONE, STATION):
        return
    if town.uniform("turned away", incident.number, 0) < figure.refuse * (1.0 - incident.severity):
        goes_on = town.uniform("turned away", incident.number, 1) < p.then_prosecutor
        incident.refused, incident.reported_to = True, PROSECUTOR if goes_on else NOBODY
        town.live(teller, "turned_away", p.weight)
        experience(teller, CASES, 0.0)


def answer_for_figures(town: "PlainTown") -> None:
    """Downgrade and count what was written down; at a month's end answer for it."""
    p = town.numbers("pressure")
    for incident in town.incidents:
        figure = town.figures[incident.cell.facility]
        if not incident.written:
            continue
        lesser = incident.kind in (ROBBERY, VEHICLE_THEFT)
        incident.downgraded = lesser and town.uniform("downgraded", incident.number, 0) < figure.downgrade
        figure.month += not incident.downgraded and incident.kind in SERIOUS
    for figure in town.figures if town.month_ends else []:
        figure.base = figure.month if figure.base == 0.0 else figure.base + (figure.month - figure.base) / p.base_months
        target = figure.base * (1.0 - p.goal)
        figure.gap = min(1.0, max(0.0, figure.month / target - 1.0)) if target > 0.0 else 0.0
        strain = p.level * figure.gap * (1.0 - p.control) * (1.0 - p.channel)
        figure.refuse, figure.downgrade, figure.easy = p.refuse * strain, p.downgrade * strain, p.arrests * strain
        figure.month = 0.0
