"""What surveys measure of lasting differences: repeats against the same target, trust of victims and of settlements."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from model.engine.calendar import DAYS_A_YEAR, SHIFTS, YEAR
from model.simulation.model import TrustModel
from model.town.crime_kinds import BURGLARY, THEFT_FROM_VEHICLE, VEHICLE_THEFT
from model.town.crime_kinds import NAMES as KINDS
from model.town.residents import ADULT_AGE

AGAINST_HOUSEHOLDS = (VEHICLE_THEFT, THEFT_FROM_VEHICLE, BURGLARY)
TRUSTING = 50.0
"""Points of 100 above which an adult counts among those who trust."""
FEWEST = 30
"""Adults that a settlement needs to count in the intraclass correlation."""


def targets_table(world: TrustModel, incidents: NDArray[np.void]) -> pa.Table:
    """Return the crimes of the last year by kind and target: a household for vehicles and homes, else a person."""
    recent = incidents[incidents["tick"] > world.tick - YEAR]
    household = world.town.people["household"]
    at_home = np.isin(recent["kind"], AGAINST_HOUSEHOLDS)
    target = np.where(at_home, household[recent["victim"]], recent["victim"])
    keys, crimes = np.unique(np.stack([recent["kind"], target]), axis=1, return_counts=True)
    names = pa.array([KINDS[int(kind)] for kind in keys[0]], pa.string())
    return pa.table({"kind": names, "target": pa.array(keys[1]), "crimes": pa.array(crimes)})


def differences_table(world: TrustModel) -> pa.Table:
    """Return differences of trust among adults who are here: victims of a year beside others, and settlements.

    ``victims`` and ``victims_trusting`` are differences in points and in the share above `TRUSTING`, in per cent;
    ``controlled`` ones come from a linear regression on sex, age, business, vehicle and settlement.  ``settlements`` is
    the intraclass correlation of trust.
    """
    minds, people = world.state.minds, world.town.people
    age = (world.tick // SHIFTS - people["born"]) / DAYS_A_YEAR
    adult = (minds["gone"] < 0) & (age >= ADULT_AGE)
    harmed = np.maximum(minds["harmed"], minds["harmed_outside"])[adult]
    victim = (harmed >= 0) & (harmed > world.tick - YEAR)
    trust, settlement = 100.0 * world.trust()[adult], people["settlement"][adult]
    answers = {"victims": trust, "victims_trusting": 100.0 * (trust > TRUSTING)}
    decades = age[adult] / 10.0
    controls = [decades, decades**2, *(people[name][adult] for name in ("female", "business", "vehicle"))]
    places = settlement[:, None] == np.unique(settlement)
    design = np.column_stack([victim, *controls, places]).astype(float)
    values = {"settlements": intraclass_correlation(trust, settlement)}
    for name, answer in answers.items():
        values[name] = float(answer[victim].mean() - answer[~victim].mean())
        values[f"{name}_controlled"] = float(np.linalg.lstsq(design, answer, rcond=None)[0][0])
    return pa.table({name: [value] for name, value in values.items()})


def intraclass_correlation(answers: NDArray[np.float64], groups: NDArray[np.integer]) -> float:
    """Return the share of the variance that lies between groups, by analysis of variance; small groups are left out.

    >>> two = np.repeat([0, 1], 40)
    >>> round(intraclass_correlation(np.tile([-1.0, 1.0], 40) + 2.0 * two, two), 2)
    0.66
    """
    names, sizes = np.unique(groups, return_counts=True)
    some = [answers[groups == name] for name in names[sizes >= FEWEST]]
    if len(some) < 2:
        return float("nan")
    n = np.array([len(one) for one in some], float)
    centre = np.concatenate(some).mean()
    between = sum(len(one) * (one.mean() - centre) ** 2 for one in some) / (len(some) - 1)
    within = sum(float(((one - one.mean()) ** 2).sum()) for one in some) / (n.sum() - len(some))
    size = (n.sum() - (n**2).sum() / n.sum()) / (len(some) - 1)
    return float((between - within) / (between + (size - 1.0) * within))
