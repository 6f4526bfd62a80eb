"""Units of random assignment, settlements or stations with all that they serve, and levers that they cannot confine."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.trial.design import SETTLEMENT_UNIT, STATION_UNIT, TrialDesign
from model.engine.calendar import DAYS_A_YEAR, day_number
from model.engine.errors import InputError
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.scenario import Policy, Scenario
from model.town.residents import ADULT_AGE
from scenarios.lever_places import SEAT, SETTLEMENT, STATION, TOWN, lever_places, station_settlements
from scenarios.policy_files import read_policy

if TYPE_CHECKING:
    from model.town.town import Town

type Codes = NDArray[np.int64]
type Flags = NDArray[np.bool_]

ASSIGNMENT_STREAM = stream_id("lot of a trial")
CONFINABLE: Mapping[str, tuple[str, ...]] = {SETTLEMENT_UNIT: (SETTLEMENT,), STATION_UNIT: (SETTLEMENT, STATION)}
"""Places at which levers may act so that a unit confines them."""
MOST_NAMES = 3
"""Levers that a message names."""


class ActingLever(NamedTuple):
    """Lever of a policy, the place at which it acts, and whether the unit confines it."""

    lever: str
    acts_at: str
    confined: bool


def trial_policy(design: TrialDesign, scenario: Scenario) -> Policy:
    """Return the policy of a trial, which begins with it; raise `InputError` if it cannot be randomised."""
    policy = read_policy(design.policy).policy
    for entry in policy.entries:
        if entry.settlements is not None and set(entry.settlements) != {one.name for one in scenario.settlements}:
            raise InputError(
                f"policy: '{design.policy}' names settlements itself, where random assignment decides: leave them out"
            )
    if policy.off:
        raise InputError(
            f"policy: '{design.policy}' switches {', '.join(sorted(policy.off))} off in the whole town, which no"
            " unit confines: take a policy of levers"
        )
    return replace(policy, start=design.calendar.begins)


def acting_levers(policy: Policy, unit: str) -> list[ActingLever]:
    """Return the levers of a policy with the places at which they act; unseen ones do nothing anywhere."""
    names = dict.fromkeys(entry.parameter for entry in policy.entries)
    places = {name: lever_places().get(name, SETTLEMENT) for name in names}
    away = {SETTLEMENT, STATION, SEAT, TOWN} - set(CONFINABLE[unit])
    return [ActingLever(name, place, place not in away) for name, place in places.items()]


def check_levers(design: TrialDesign, policy: Policy, scenario: Scenario) -> None:
    """Raise `InputError` if the unit cannot confine a lever of the policy, unless run as declared."""
    away = [one for one in acting_levers(policy, design.unit) if not one.confined]
    if design.as_declared or not away:
        return
    kind = next(place for place in (STATION, SEAT, TOWN) if any(one.acts_at == place for one in away))
    levers = [one.lever for one in away if one.acts_at == kind]
    more = f" and {len(levers) - MOST_NAMES} more" if len(levers) > MOST_NAMES else ""
    where = {
        STATION: f"where a police station stands ({', '.join(station_settlements(scenario))})",
        SEAT: f"in the seat of the municipality ({scenario.settlements[0].name})",
        TOWN: "in the whole town",
    }
    advice = 'take unit = "station", or write' if kind == STATION else "leave it out of the policy, or write"
    raise InputError(
        f"unit: no {design.unit} confines {', '.join(levers[:MOST_NAMES])}{more} of '{design.policy}', which acts"
        f" {where[kind]}: {advice} as_declared = true to run it as it acts"
    )


class TrialUnits(NamedTuple):
    """Units of random assignment: the unit of each settlement, and the unit in which its station stands."""

    of_settlement: Codes
    of_station: Codes

    @property
    def n(self) -> int:
        """Number of units."""
        return int(self.of_settlement.max()) + 1


def trial_units(design: TrialDesign, town: "Town") -> TrialUnits:
    """Return the units of a design in a town; each settlement is served by the station of most of its residents."""
    people, cells, facilities = town.people, town.cells, town.facilities
    served = np.zeros((town.n_settlements, town.n_settlements))
    seats = facilities["settlement"][cells["facility"][people["home"]]]
    np.add.at(served, (people["settlement"], seats), 1.0)
    station = served.argmax(axis=1)
    station[np.unique(facilities["settlement"])] = np.unique(facilities["settlement"])
    own = np.arange(town.n_settlements)
    unit = np.unique(station, return_inverse=True)[1] if design.unit == STATION_UNIT else own
    return TrialUnits(unit.astype(np.int64), unit[station].astype(np.int64))


def settlement_names(units: TrialUnits, town: "Town", treated: Flags) -> tuple[str, ...]:
    """Return the names of the settlements in treated units."""
    return tuple(name for name, unit in zip(town.settlement_names, units.of_settlement, strict=True) if treated[unit])


def confined_policy(policy: Policy, names: tuple[str, ...]) -> Policy:
    """Return a policy that is confined to some settlements."""
    return replace(policy, entries=tuple(replace(entry, settlements=names) for entry in policy.entries))


def n_treated(design: TrialDesign, n: int) -> int:
    """Return the number of treated units of n; raise `InputError` if an arm is empty."""
    treated = round(design.share * n)
    if not 0 < treated < n:
        arm = "nothing" if treated == 0 else "everything"
        raise InputError(
            f"share: {design.share:g} of {n} units treats {arm}, so that an arm is empty: it must be from"
            f" {1 / n:.3g} to {1 - 1 / n:.3g}"
        )
    return treated


def random_assignment(seed: int, number: int, n: int, treated: int) -> Flags:
    """Return the units that are treated at random: those with the smallest random numbers, each of its own key."""
    order = np.argsort([keyed_uniform(seed, ASSIGNMENT_STREAM, number, unit, 0) for unit in range(n)], kind="stable")
    treated_units = np.zeros(n, np.bool_)
    treated_units[order[:treated]] = True
    return treated_units


def adults_of_units(units: TrialUnits, town: "Town", design: TrialDesign) -> Codes:
    """Return the number of adults of each unit at the start of the policy, of the residents at the start of the run."""
    people, today = town.people, day_number(design.calendar.begins)
    adult = (people["arrives"] < 0) & (today - people["born"] >= ADULT_AGE * DAYS_A_YEAR)
    counts: Codes = np.bincount(units.of_settlement[people["settlement"][adult]], minlength=units.n)
    return counts


def check_survey(design: TrialDesign, adults: Codes) -> None:
    """Raise `InputError` if more persons are asked than adults live in the smallest unit."""
    most = design.survey.persons[-1]
    if most > adults.min():
        raise InputError(
            f"survey.persons must be at most {adults.min()}, the adults of the smallest {design.unit}, got {most}"
        )


def check_dates(design: TrialDesign, scenario: Scenario) -> None:
    """Raise `InputError` if the baseline begins before the run."""
    first = design.calendar.month_after(-design.calendar.baseline)
    if first < scenario.start:
        raise InputError(
            f"calendar: {design.calendar.baseline} months of baseline before {design.calendar.begins} begin on {first},"
            f" outside the run, which begins on {scenario.start}: begin later, or take fewer months"
        )


def lever_rows(policy: Policy, unit: str) -> Iterator[dict[str, object]]:
    """Yield a row for each lever of the policy: where it acts, and whether the unit confines it."""
    yield from (one._asdict() for one in acting_levers(policy, unit))
