"""M17 in part, information: what survives on the way from the street to headquarters' record (ODD 6.8).

Switched off, everything arrives.  Plans, analysis and feedback come with the full mechanism.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from numba import njit

from model.daybook import HOMICIDE, VEHICLE_THEFT
from model.luck import decision, luck
from model.parameters import Group, share

RECORD = decision("record")


@dataclass(frozen=True, kw_only=True)
class Information(Group):
    """Chance that a report survives each stage; headquarters' record holds the product."""

    name: ClassVar[str] = "information"
    evidence: ClassVar[tuple[str, ...]] = ("D04", "D05", "D06", "D07", "D09", "D11", "V17", "I02")

    written: float = share(0.60, "D11: without conviction; calibrated: V17", "told crimes written down", off=1.0)
    typed: float = share(0.70, "D04; calibrated: V17", "written crimes typed", role="site", off=1.0)
    consolidated: float = share(0.70, "D05, D09; calibrated: V17", "typed crimes in the daily report", off=1.0)
    georeferenced: float = share(0.60, "D06; calibrated: V17", "consolidated crimes with a place", role="site", off=1.0)
    entered: float = share(0.80, "D07; calibrated: V17", "placed crimes entered at headquarters", off=1.0)


KNOCKOUT = ("crimes_recorded",)
"""Measures of its own process, which change when it is switched off."""


@njit(cache=True)
def reaches_headquarters(kind: Any, p: Any, care: Any, tick: Any, number: Any, seed: Any) -> Any:
    """Whether a crime known to a station that fills forms with this care arrives in headquarters' record."""
    chance = p["consolidated"] * p["georeferenced"] * p["entered"]
    if kind != HOMICIDE and kind != VEHICLE_THEFT:
        chance *= (p["written"] + (1.0 - p["written"]) * care) * p["typed"]
    return luck(seed, RECORD, tick, number, 0) < chance
