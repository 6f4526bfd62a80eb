"""Record a year of impressions of a town, and compute the evidence that they leave under other weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.validation.sizes import ENTRIES, EVENT_BY_NAME, EVENTS
from model.engine.calendar import SHIFTS, YEAR
from model.engine.causes import CAUSES
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.simulation.registry import EVENT_KIND_NAMED
from model.simulation.start import resident_classes, steady_state_sum
from model.town.town import Town
from model.trust.belief_updating import EVIDENCE_COLUMNS, REFERENCE_ASYMMETRY
from model.trust.events import MEMORY_PARAMETERS
from model.trust.hearsay import Hearsay
from model.world.shift_events import IMPRESSIONS

Reals = NDArray[np.float64]
Numbers = dict[str, float]
"""Parameters by dotted name."""

WEIGHTS_OF_CAUSE: dict[str, tuple[str, str]] = {
    cause: (some[0], some[-1]) for cause, some in ENTRIES["weighed"].items()
}
"""Weight parameters of each cause: for favourable and for unfavourable impressions."""
KIND_OF_WEIGHT = {one.parameter: one.kind for one in EVENTS}
"""Kind of event by its weight parameter."""
PANEL_EVENTS = ("abuse", "bribe", "meeting")
"""Events reported in the simulated panel, where each person has individual rates of them."""
CONTACT_CAUSES = ("greeting", "talk", "long_visit", "stop", "bribe", "rude", "abuse")
HEARSAY_CAUSES = ("hearsay", "at_home")
WEIGHT_PARAMETERS = tuple(dict.fromkeys(name for pair in WEIGHTS_OF_CAUSE.values() for name in pair))
CAUSE_NUMBER = {name: number for number, name in CAUSES.items()}


def fast_share_parameter(parameter: str) -> str:
    """Return the parameter for the share of an event that is forgotten within weeks, given its weight parameter.

    >>> fast_share_parameter("contacts.weight_long"), fast_share_parameter("trust.late")
    ('trust.fast_friendly', 'trust.fast')
    """
    return ".".join(MEMORY_PARAMETERS[EVENT_KIND_NAMED[KIND_OF_WEIGHT[parameter]].memory])


class RecordingModel(TrustModel):
    """A world that records all impressions with their ticks."""

    tape: list[tuple[int, NDArray[np.void]]]

    def _prepare(self, *args: Any) -> None:
        self.tape = []
        super()._prepare(*args)

    def step(self) -> None:
        """Simulate a shift and record its impressions, first-hand and told."""
        tick = self.tick
        super().step()
        hearsay = self.parameters[Hearsay][0]
        weight_shares = float(hearsay.weight), float(hearsay.at_home)
        self.tape.append((tick, mark_hearsay(self.shift_events.rows_of(IMPRESSIONS).copy(), weight_shares)))


def mark_hearsay(rows: NDArray[np.void], weight_shares: tuple[float, float]) -> NDArray[np.void]:
    """Return the impressions of a shift; a told one gets the cause of its original minus 100.

    A told impression has the qualities of a first-hand one of the same shift, and a part of its weight: ``told`` holds
    the parts along ties and at home.
    """
    shares = dict(zip((CAUSE_NUMBER[name] for name in HEARSAY_CAUSES), weight_shares, strict=True))
    is_told = np.isin(rows["cause"], list(shares))
    originals: dict[tuple[str, ...], int] = {}
    for row in rows[~is_told] if is_told.any() else ():
        originals.setdefault(impression_key(row, 1.0), int(row["cause"]))
    for k in np.flatnonzero(is_told):
        rows["cause"][k] = originals[impression_key(rows[k], shares[int(rows["cause"][k])])] - 100
    return rows


def impression_key(row: np.void, share: float) -> tuple[str, ...]:
    """Return the key shared by an impression and its told copies, which have ``share`` of its weight."""
    weight = (row["weight_f"] + row["weight_e"]) / share
    return tuple(f"{x:.9g}" for x in (row["quality_f"], row["quality_e"], row["fast"], weight))


@dataclass(frozen=True)
class Tape:
    """A recorded year of a town's adults in order of class: impressions, and their age (years) at the end.

    Weights are relative to those of the parameters; ``by_f`` and ``by_e`` are indices in `WEIGHT_PARAMETERS`.
    """

    group: NDArray[np.int64]
    female: Reals
    who: NDArray[np.int64]
    cause: NDArray[np.int64]
    first_hand: NDArray[np.bool_]
    age: Reals
    quality_f: Reals
    quality_e: Reals
    share_f: Reals
    share_e: Reals
    by_f: NDArray[np.int64]
    by_e: NDArray[np.int64]

    @property
    def adults(self) -> int:
        """Number of adults."""
        return len(self.group)

    def rate(self, *causes: str) -> Reals:
        """Return the annual rate of first-hand impressions of some causes in each adult's class."""
        selected = self.first_hand & np.isin(self.cause, [CAUSE_NUMBER[name] for name in causes])
        counts = np.bincount(self.who[selected], minlength=self.adults).astype(float)
        class_rate: Reals = (np.bincount(self.group, counts) / np.bincount(self.group))[self.group]
        return class_rate

    def experienced(self, cause: str) -> NDArray[np.bool_]:
        """Return, for each adult, whether they had a first-hand impression of a cause."""
        selected = self.first_hand & (self.cause == CAUSE_NUMBER[cause])
        return np.bincount(self.who[selected], minlength=self.adults) > 0


def adults_present(world: TrustModel) -> NDArray[np.bool_]:
    """Return, for each resident, whether they are an adult who has neither died nor left."""
    adult: NDArray[np.bool_] = world.tick / SHIFTS - world.town.people["born"] >= 18.0 * 365.25
    return adult & (world.minds["gone"] < 0)


def tape_of(scenario: Scenario, seed: int, numbers: Numbers, town: Town | None = None) -> Tape:
    """Record the warm-up of a town with these parameters."""
    world = RecordingModel(scenario, rng=seed, town=town)
    ticks = np.concatenate([np.full(len(rows), tick) for tick, rows in world.tape])
    rows = np.concatenate([rows for _, rows in world.tape])
    people = world.town.people
    adults = np.flatnonzero(adults_present(world))
    order, key = resident_classes(world, adults)
    position = np.full(len(people), -1)
    position[adults[order]] = np.arange(len(order))
    selected = (position[rows["who"]] >= 0) & (world.tick - ticks <= YEAR)
    rows, ticks = rows[selected], ticks[selected]
    cause = rows["cause"].astype(np.int64)
    first_hand = cause >= 0
    cause = np.where(first_hand, cause, cause + 100)
    by_f, by_e = weighing_parameters(rows, cause, numbers)
    weights = np.array([numbers[name] for name in WEIGHT_PARAMETERS])
    return Tape(
        group=np.unique(key, return_inverse=True)[1], female=people["female"][adults[order]].astype(float),
        who=position[rows["who"]], cause=cause, first_hand=first_hand, age=(world.tick - ticks) / YEAR,
        quality_f=rows["quality_f"], quality_e=rows["quality_e"],
        share_f=rows["weight_f"] / weights[by_f], share_e=rows["weight_e"] / weights[by_e], by_f=by_f, by_e=by_e,
    )  # fmt: skip


def weighing_parameters(
    rows: NDArray[np.void], cause: NDArray[np.int64], numbers: Numbers
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the index of the weight parameter of each impression, for fairness and for effectiveness."""
    by_f, by_e = parameters_of(cause, rows["quality_f"]), parameters_of(cause, rows["quality_e"])
    answered = cause == CAUSE_NUMBER["answered_call"]
    by_f[answered] = by_e[answered]
    # Impressions store no kind of event: a late answer of the same quality as a rude one counts as rude.
    rude = answered & (rows["quality_f"] == EVENT_BY_NAME["rude"].number(numbers, "fair"))
    by_f[rude] = WEIGHT_PARAMETERS.index("contacts.weight_rude")
    only_f, only_e = rows["weight_e"] == 0.0, rows["weight_f"] == 0.0
    by_e[only_f], by_f[only_e] = by_f[only_f], by_e[only_e]
    return by_f, by_e


def parameters_of(cause: NDArray[np.int64], quality: Reals) -> NDArray[np.int64]:
    """Return the index of the weight parameter of each impression, from its cause and quality."""
    good, bad = np.zeros(max(CAUSE_NUMBER.values()) + 1, np.int64), np.zeros(max(CAUSE_NUMBER.values()) + 1, np.int64)
    for name, pair in WEIGHTS_OF_CAUSE.items():
        good[CAUSE_NUMBER[name]], bad[CAUSE_NUMBER[name]] = (WEIGHT_PARAMETERS.index(parameter) for parameter in pair)
    return np.where(quality >= 0.5, good[cause], bad[cause])


def evidence_of_year(tape: Tape, numbers: Numbers, *, without: tuple[str, ...] = ()) -> dict[str, Reals]:
    """Return the evidence that the year leaves to each adult, by column; without first-hand causes ``without``."""
    keep = ~(tape.first_hand & np.isin(tape.cause, [CAUSE_NUMBER[name] for name in without]))
    weights = np.array([numbers[name] for name in WEIGHT_PARAMETERS])
    fast = np.array([numbers[fast_share_parameter(name)] for name in WEIGHT_PARAMETERS])[tape.by_f[keep]]
    retained, part = retained_shares(tape.age[keep], numbers), {"fast": fast, "slow": 1.0 - fast}
    evidence: dict[str, Reals] = {}
    for good, bad, suffix in (("fair", "unfair", "f"), ("solved", "failed", "e")):
        quality = getattr(tape, f"quality_{suffix}")[keep]
        weight = getattr(tape, f"share_{suffix}")[keep] * weights[getattr(tape, f"by_{suffix}")[keep]]
        weight = weight * np.where(quality < 0.5, numbers["trust.asymmetry"] / REFERENCE_ASYMMETRY, 1.0)
        for name, share in ((good, quality), (bad, 1.0 - quality)):
            for memory in ("fast", "slow"):
                remaining = weight * share * part[memory] * retained[memory]
                evidence[f"{name}_{memory}"] = np.bincount(tape.who[keep], remaining, minlength=tape.adults)
    return {name: evidence[name] for name in EVIDENCE_COLUMNS}


def steady_state_evidence(tape: Tape, year: dict[str, Reals], numbers: Numbers) -> dict[str, Reals]:
    """Return the steady-state evidence that the town's events sustain, as at the start of the model."""
    retained = retained_shares(1.0, numbers)
    years = int(np.ceil(3.0 * numbers["trust.memory_years"]))
    return {
        name: steady_state_sum(
            column, tape.group, np.full(tape.adults, retained[name[-4:]]), years if name.endswith("slow") else 1
        )
        for name, column in year.items()
    }


def retained_shares[Years: (float, Reals)](years: Years, numbers: Numbers) -> dict[str, Years]:
    """Return the retained share of both memories after some years."""
    return {
        "fast": 0.5 ** (years * 365.0 / numbers["trust.fast_days"]),
        "slow": 0.5 ** (years / numbers["trust.memory_years"]),
    }


def successors_in_class(tape: Tape) -> NDArray[np.int64]:
    """Return the index of the adult whose year each adult has next: the previous one in the class."""
    n = np.bincount(tape.group)
    first = np.concatenate([[0], np.cumsum(n)[:-1]])[tape.group]
    return first + (np.arange(tape.adults) - first - 1) % n[tape.group]
