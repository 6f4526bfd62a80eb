"""Tables of lasting differences as surveys measure them: repeats against a target, victims, settlements."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from model.engine.calendar import DAYS_A_YEAR, SHIFTS, YEAR
from model.engine.random_streams import UNIT_LOGISTIC_SCALE
from model.measures.measures import SURVEY_INSTRUMENTS
from model.simulation.model import TrustModel
from model.town.crime_kinds import BURGLARY, THEFT_FROM_VEHICLE, VEHICLE_THEFT
from model.town.crime_kinds import NAMES as KINDS
from model.town.residents import ADULT_AGE

N_ANSWERS, LOWEST_TRUSTING = SURVEY_INSTRUMENTS["lapop"]
AGAINST_HOUSEHOLDS = (VEHICLE_THEFT, THEFT_FROM_VEHICLE, BURGLARY)
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
    """Return differences in a survey of all adults who are here: victims of a year beside others, and settlements.

    ``victims`` is the difference in the share who trust, in points; ``victims_controlled`` comes from a linear
    regression on sex, age, business, vehicle and settlement.  ``settlements`` is the share of the variance of answers
    that lies between settlements, in per cent.
    """
    minds, people = world.minds, world.town.people
    age = (world.tick // SHIFTS - people["born"]) / DAYS_A_YEAR
    adult = (minds["gone"] < 0) & (age >= ADULT_AGE)
    harmed = np.maximum(minds["harmed"], minds["harmed_outside"])[adult]
    victim = (harmed >= 0) & (harmed > world.tick - YEAR)
    answers, settlement = survey_answers(world, adult), people["settlement"][adult]
    trusts = 100.0 * (answers >= LOWEST_TRUSTING)
    decades = age[adult] / 10.0
    controls = [decades, decades**2, *(people[name][adult] for name in ("female", "business", "vehicle"))]
    places = settlement[:, None] == np.unique(settlement)
    design = np.column_stack([victim, *controls, places]).astype(float)
    values = {
        "settlements": 100.0 * intraclass_correlation(answers.astype(float), settlement),
        "victims": float(trusts[victim].mean() - trusts[~victim].mean()),
        "victims_controlled": float(np.linalg.lstsq(design, trusts, rcond=None)[0][0]),
    }
    return pa.table({name: [value] for name, value in values.items()})


def survey_answers(world: TrustModel, asked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return what the residents who are asked answer to AmericasBarometer (1 to 7), drawn as in `model.measures`."""
    p, trust = world.p.survey[0], world.trust()[asked]
    noise = UNIT_LOGISTIC_SCALE * np.random.default_rng(world.seed).logistic(size=len(trust))
    thresholds = float(p.lapop) * (np.arange(1, N_ANSWERS) - N_ANSWERS / 2.0)
    return 1 + np.searchsorted(thresholds, np.log(trust / (1.0 - trust)) + float(p.noise) * noise)


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
