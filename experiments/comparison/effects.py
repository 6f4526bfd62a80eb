"""The table of effects: every arm against the first of its site, in every headline measure."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.comparison.arms import Arm, by_site
from experiments.comparison.comparison_jobs import draw_of, draws_in, seed_of
from experiments.comparison.decision_effects import Values, shares_of
from experiments.comparison.headline_measures import HEADLINES, present
from experiments.comparison.practice_effects import PRACTICE
from experiments.statistics.annual_aggregation import Expression
from experiments.statistics.paired_effects import Effect, paired, placed, quantile, smallest, typically, unpaired

GROUPS = ("women", "men", "young", "indigenous", "not_indigenous", "council", "victims", "near", "far")
"""Groups whose gain or loss the comparison tells, where the model has them."""
BY_GROUP = ("trust", "fear")


@dataclass(frozen=True)
class Pair:
    """Two arms that are set against each other, as twins or, for the reason given, not."""

    base: Arm
    arm: Arm
    seeds: tuple[int, ...]
    why_unpaired: str = ""

    def effect(self, base: Values, arm: Values) -> Effect:
        """Return the effect in one number; where parameters were drawn, seeds and draws both count."""
        if self.why_unpaired:
            return unpaired(list(base.values()), list(arm.values()))
        shared = [seed for seed in self.seeds if seed in base and seed in arm]
        whole = paired([base[seed] for seed in shared], [arm[seed] for seed in shared])
        return whole if len(draws_in(shared)) < 2 else crossed(whole, base, arm, shared)


def crossed(whole: Effect, base: Values, arm: Values, worlds: Sequence[int]) -> Effect:
    """Return an effect as sure as draws of parameters and seeds allow, which are the same seeds in every draw.

    The errors of the means over draws and over seeds are put together, with the freedom of the fewer.
    """
    sides = [
        paired(*(list(means_by(kind, values, worlds).values()) for values in (base, arm)))
        for kind in (draw_of, seed_of)
    ]
    errors: dict[str, Any] = {
        name: math.hypot(*(getattr(one, name) for one in sides)) for name in ("base_error", "arm_error", "error")
    }
    n = min(one.n for one in sides)
    reach = quantile(n - 1) * errors["error"] if n > 1 else math.nan
    by_mean = whole.effect, whole.effect - reach, whole.effect + reach
    ends = placed(by_mean) | typically(by_mean)
    return dataclasses.replace(whole, **errors | ends, smallest=smallest(errors["error"] * math.sqrt(n), n))


def means_by(kind: Callable[[int], int], values: Values, worlds: Sequence[int]) -> Values:
    """Return the mean of all worlds of every draw, or of every seed."""
    groups: dict[int, list[float]] = {}
    for world in worlds:
        groups.setdefault(kind(world), []).append(values[world])
    return {number: sum(own) / len(own) for number, own in groups.items()}


def pairs_of(arms: Sequence[Arm]) -> list[Pair]:
    """Return what is compared: arms with the first of their site; then the first arms of the sites."""
    sites = by_site(arms)
    pairs = [pair(own[0], arm) for own in sites for arm in own[1:]]
    first, *others = [own[0] for own in sites]
    return pairs + [Pair(first, other, (), "sites") for other in others]


def pair(base: Arm, arm: Arm) -> Pair:
    """Return two arms of one site as twins, or not, if their luck is not the same."""
    shared = tuple(seed for seed in base.seeds if seed in arm.seeds)
    if arm.fingerprint != base.fingerprint:
        return Pair(base, arm, (), "code")
    if town_of(arm) != town_of(base):
        return Pair(base, arm, (), "town")
    if not shared:
        return Pair(base, arm, (), "seeds")
    return Pair(base, arm, shared)


def town_of(arm: Arm) -> tuple[Any, ...]:
    """Return what decides who lives where: twins must share it."""
    parameters = arm.base["parameters"]
    return arm.base["outline"], parameters["population"], parameters.get("daily_rhythm"), arm.base["settlements"]


def effects_table(pairs: Sequence[Pair], residents: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a row for each pair and number: headlines, practice, groups, causes, decisions, residents who differ."""
    rows = []
    for one in pairs:
        rows += [*headline_rows(one), *group_rows(one), *cause_rows(one), *decision_rows(one)]
        if residents is not None and not one.why_unpaired:
            rows += resident_rows(one, residents)
    return pd.DataFrame(rows)


def row_of(one: Pair, section: str, measure: str, how: str, effect: Effect) -> dict[str, Any]:
    """Return one row of the table."""
    return {
        "site": one.arm.scenario,
        "base_site": one.base.scenario,
        "base_arm": one.base.name,
        "against": one.arm.name,
        "why_unpaired": one.why_unpaired,
        "section": section,
        "measure": measure,
        "how": how,
        **dataclasses.asdict(effect),
    }


def headline_rows(one: Pair) -> Iterator[dict[str, Any]]:
    """Yield a row for every headline measure, then for what is told of the practice."""
    base, arm = one.base.table("measures"), one.arm.table("measures")
    for section, some in {"headline": HEADLINES, **PRACTICE}.items():
        for headline in present(base.columns.intersection(arm.columns), some):
            effect = one.effect(by_seed(base, headline.of), by_seed(arm, headline.of))
            yield row_of(one, section, headline.name, headline.how, effect)


def by_seed(months: pd.DataFrame, read: Callable[[pd.DataFrame], float]) -> Values:
    """Return a number of every run of a table of months."""
    runs: Any = months.groupby("seed")
    return {int(seed): read(run.sort_values("month")) for seed, run in runs}


def group_rows(one: Pair) -> Iterator[dict[str, Any]]:
    """Yield a row for trust and for fear of every group, at the end of the last month."""
    if not (one.base.has("groups") and one.arm.has("groups")):
        return
    base, arm = (side.table("groups") for side in (one.base, one.arm))
    for group in [name for name in GROUPS if name in set(base["group"])]:
        for column in BY_GROUP:
            read = Expression(last=column, scale=100.0)
            sides = [by_seed(side[side["group"] == group], read.of) for side in (base, arm)]
            if any(math.isnan(value) for side in sides for value in side.values()):
                continue
            yield row_of(one, "group", f"{column}_{group}", "last", one.effect(*sides))


def cause_rows(one: Pair) -> Iterator[dict[str, Any]]:
    """Yield a row for every cause of the ledger: points of mean trust that it brought over the whole time."""
    if not (one.base.has("ledger") and one.arm.has("ledger")):
        return
    sides = [causes_of(side) for side in (one.base, one.arm)]
    for cause in dict.fromkeys([*sides[0], *sides[1]]):
        yield row_of(one, "cause", cause, "sum", one.effect(*(side.get(cause, {}) for side in sides)))


def decision_rows(one: Pair) -> Iterator[dict[str, Any]]:
    """Yield a row for every option of every matter: of a hundred choices of the whole time, how many took it."""
    if not (one.base.has("decisions") and one.arm.has("decisions")):
        return
    sides = [shares_of(side.table("decisions")) for side in (one.base, one.arm)]
    for taken in dict.fromkeys([*sides[0], *sides[1]]):
        base, arm = (side.get(taken, {}) for side in sides)
        if base and arm and (one.why_unpaired or base.keys() & arm.keys()):
            yield row_of(one, "decision", taken, "share", one.effect(base, arm))


def resident_rows(one: Pair, residents: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield how many residents did or suffered something in the arm's world only, and in the first arm's only."""
    own = residents[(residents["site"] == one.arm.scenario) & (residents["against"] == one.arm.name)]
    for what in dict.fromkeys(own["what"]):
        for side in ("only_arm", "only_base"):
            counts: Any = own[own["what"] == what].set_index("seed")[side]
            nothing = dict.fromkeys(map(int, counts.index), 0.0)
            found = {int(seed): float(count) for seed, count in counts.items()}
            yield row_of(one, side, what, "count", one.effect(nothing, found))


def causes_of(arm: Arm) -> dict[str, Values]:
    """Return, by cause and seed, how far it moved the mean trust of all residents (0-100)."""
    ledger: Any = arm.table("ledger").groupby(["cause", "seed"])["change"].sum()
    people = arm.table("measures").groupby("seed")["residents"].mean()
    moved: dict[str, Values] = {}
    for (cause, seed), change in ledger.items():
        moved.setdefault(str(cause), {})[int(seed)] = 100.0 * float(change) / float(people[seed])
    return moved
