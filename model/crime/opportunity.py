"""M49, opportunity: each kind of crime needs a daily life of its own kind.

Somebody at home keeps burglars away; a vehicle is stolen where it stands, and is safer at home; quarrels need company.
Robbery and theft from the person read who is on the street (`crime.at_home`).  The exposure comes from the daily
rhythm: where people stay at home, all of these fall (Nivette et al. 2021, doi 10.1038/s41562-021-01139-z).
Switched off, burglary, vehicle theft and assault do not depend on who is where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import to_int64
from model.town.crime_kinds import AT_HOME, BY_HOME, BY_QUARREL, BY_VEHICLE, EXPOSURE, KINDS, N_KINDS, VEHICLE_THEFT
from model.world.derived import derived
from model.world.mechanism import Knockout, Mechanism
from model.world.sampling import household_rows

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.world import Simulation, World

DRIVEN_STREAM = stream_id("vehicle driven")


@dataclass(frozen=True, init=False)
class Opportunity(ParameterGroup):
    """Relative hazards of burglary, vehicle crime and assault by who is where, and their usual means."""

    name: ClassVar[str] = "opportunity"
    evidence: ClassVar[tuple[str, ...]] = ("B07", "J06")

    occupied: float
    driven: float
    vehicles_at_home: float
    quarrels_at_home: float
    usual_vehicle_theft: float
    usual_theft_from_vehicle: float
    usual_burglary: float
    usual_assault: float


@kernel
def cell_of_crime(w: World, kind: int, i: int) -> int:
    """Return the cell where resident i would suffer a crime in this shift, -1 for outside the municipality.

    It is where the resident is, for burglary the home, and for vehicle theft where the vehicle stands.
    """
    person, here = w.people[i], to_int64(w.places[w.where, i])
    if AT_HOME[kind] == 0:
        return here
    driven = w.p.opportunity[person.settlement].driven if kind == VEHICLE_THEFT else 0.0
    if driven > 0.0 and keyed_uniform(w.seed, DRIVEN_STREAM, w.tick, i, 0) < driven:
        return here
    return to_int64(person.home)


@kernel
def is_anybody_home(w: World, i: int) -> bool:
    """Return whether a member of resident i's initial household is at home in this shift."""
    first, end = household_rows(w, i)
    inside = 0
    for j in range(first, end):
        inside += int(w.minds[j].gone < 0) & int(w.places[w.where, j] == w.people[j].home)
    return inside > 0


@derived
def usual_opportunity(sim: Simulation) -> FloatArray:
    """Return the mean factor in the status quo by settlement and kind, 1 for kinds that do not depend on it."""
    p = sim.p.opportunity
    usual = np.ones((len(p), N_KINDS))
    for number, kind in enumerate(KINDS):
        if f"usual_{kind.name}" in Opportunity.parameter_specs():
            usual[:, number] = p[f"usual_{kind.name}"]
    return usual


@kernel
def opportunity_factor(w: World, kind: int, i: int, cell: int, z: int) -> float:
    """Return the factor of a hazard in settlement ``z`` by who is where, relative to its usual mean.

    It is highest where a home is empty, a vehicle away from home, or a person out.
    """
    p, at_home, factor = w.p.opportunity[z], cell == w.people[i].home, 1.0
    if EXPOSURE[kind] == BY_HOME and p.occupied < 1.0 and is_anybody_home(w, i):
        factor = p.occupied
    elif EXPOSURE[kind] == BY_VEHICLE and at_home:
        factor = p.vehicles_at_home
    elif EXPOSURE[kind] == BY_QUARREL and at_home:
        factor = p.quarrels_at_home
    relative: float = factor / w.usual_opportunity[z, kind]
    return relative


@kernel
def greatest_opportunity(w: World, kind: int, z: int) -> float:
    """Return an upper bound of `opportunity_factor`."""
    most: float = 1.0 / w.usual_opportunity[z, kind]
    return most


MECHANISM = Mechanism(group=Opportunity, knockout=Knockout(("crimes_occurred_burglary", "crimes_occurred_assault")))
