"""Effects of paired runs: headline measures with verdicts, after each of several horizons, and all monthly measures."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison import origins
from experiments.comparison.arms import SEED_LIMIT, Arm, by_site, distinct_draws, seed_of
from experiments.comparison.decision_effects import Values, shares_of
from experiments.comparison.headline_measures import BY_NAME, HEADLINES, PRIMARY_MEASURES, Headline, available_headlines
from experiments.comparison.practice_effects import PRACTICE
from experiments.statistics.annual_aggregation import MONTHS, Expression
from experiments.statistics.paired_effects import Effect, Value, crossed, paired, unpaired
from experiments.statistics.rare_counts import rare_count
from experiments.statistics.thresholds import Scale, monthly_scale
from experiments.statistics.verdicts import corrected, holm
from experiments.storage.run_spec import OWN_TOWN
from experiments.words.dictionary import measure_column

GROUPS = ("women", "men", "young", "indigenous", "not_indigenous", "council", "victims", "near", "far")
"""Groups whose trust and fear the comparison reports, if the model has them."""
GROUP_COLUMNS = ("trust", "fear")
type Runs = dict[int, pd.DataFrame]
"""Monthly measures of runs by seed."""
SECTIONS: Mapping[str, Sequence[Headline]] = {"headline": HEADLINES, **PRACTICE}
"""Measures by section of the table of effects."""
EVENTS = ("events_base", "events_arm", "differ", "differ_low", "differ_high")
"""Columns of rare counts: events on both sides, pairs that differ, and the limits of their share in per cent."""


@dataclass(frozen=True)
class Pair:
    """Two arms to compare, as paired runs or, if ``why_unpaired`` gives a reason, as independent runs.

    ``deltas`` are the smallest effects that matter, by measure, if set before the run.
    """

    base: Arm
    arm: Arm
    seeds: tuple[int, ...]
    why_unpaired: str = ""
    deltas: Mapping[str, float] = field(default_factory=dict)

    def effect(self, base: Values, arm: Values, *, scale: Scale | None) -> Effect:
        """Return the effect on one value; over draws of parameters, both draws and seeds count as random."""
        if self.why_unpaired:
            return unpaired(list(base.values()), list(arm.values()), scale=scale)
        shared = [seed for seed in self.seeds if seed in base and seed in arm]
        if len(distinct_draws(shared)) > 1:
            return crossed(*by_draw_and_seed(base, arm, shared), scale=scale)
        return paired([base[seed] for seed in shared], [arm[seed] for seed in shared], scale=scale)

    def headline_effect(self, headline: Headline, base: Runs, arm: Runs, years: float) -> Effect:
        """Return the effect on a headline measure after ``years``, from the months of both arms by seed."""
        sides = ({seed: headline.value(months) for seed, months in runs.items()} for runs in (base, arm))
        return self.effect(*sides, scale=headline.scale(years, self.deltas.get(headline.name)))

    @property
    def years(self) -> float:
        """Length of the reported period in years."""
        return self.arm.years


def by_draw_and_seed(base: Values, arm: Values, worlds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return both sides as draws × seeds, for draws that have every seed on both sides."""
    seeds = sorted({seed_of(world) for world in worlds})
    sides = np.array(
        [
            [
                [number_of(side.get(draw * SEED_LIMIT + seed, math.nan)) for seed in seeds]
                for draw in distinct_draws(worlds)
            ]
            for side in (base, arm)
        ]
    )
    complete = ~np.isnan(sides).any(axis=(0, 2))
    return sides[0][complete], sides[1][complete]


def number_of(value: Value) -> float:
    """Return a value as one number, ratios divided; nan if the denominator is 0."""
    if isinstance(value, tuple):
        return value[0] / value[1] if value[1] else math.nan
    return value


def pairs_of(arms: Sequence[Arm], deltas: Mapping[str, float] | None = None) -> list[Pair]:
    """Return the pairs to compare: arms with the first of their site, then first arms of different sites."""
    sites, deltas = by_site(arms), deltas or {}
    pairs = [pair_of_arms(site_arms[0], arm, deltas) for site_arms in sites for arm in site_arms[1:]]
    first, *others = [site_arms[0] for site_arms in sites]
    return pairs + [Pair(first, other, (), "sites", deltas) for other in others]


def pair_of_arms(base: Arm, arm: Arm, deltas: Mapping[str, float] | None = None) -> Pair:
    """Pair two arms of one site by seed; as independent runs if they do not share random numbers."""
    shared = tuple(seed for seed in base.seeds if seed in arm.seeds)
    reason = ""
    if arm.fingerprint != base.fingerprint:
        reason = "code"
    elif town_of(arm) != town_of(base):
        reason = "town"
    elif not shared:
        reason = "seeds"
    return Pair(base, arm, () if reason else shared, reason, deltas or {})


def town_of(arm: Arm) -> tuple[Any, ...]:
    """Return the settings that determine the population of the town, which paired runs must share."""
    parameters = arm.base["parameters"]
    seed = {"seed": OWN_TOWN} if arm.base["town"] == OWN_TOWN else {}
    people = parameters["population"] | seed, parameters.get("daily_rhythm")
    return arm.base["outline"], arm.base["settlements"], people


def effects_table(pairs: Sequence[Pair], residents: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a row for each pair and value: headlines, practice, groups, causes, origins, decisions, residents.

    P-values are corrected as in `corrected_effects`.
    """
    rows = []
    for pair in pairs:
        rows += [*headline_rows(pair), *group_rows(pair), *cause_rows(pair), *origin_rows(pair), *decision_rows(pair)]
        if residents is not None and not pair.why_unpaired:
            rows += resident_rows(pair, residents)
    return corrected_effects(pd.DataFrame(rows))


def corrected_effects(table: pd.DataFrame) -> pd.DataFrame:
    """Correct p-values over all rows of a section, and by Holm's method over page one of a report, site by site."""
    if "section" not in table:
        return corrected(table, ["site"])
    table = corrected(table, ["section"])
    page_one = table[(table["section"] == "headline") & table["measure"].isin(PRIMARY_MEASURES)]
    for _, site_rows in page_one.groupby("site") if "site" in page_one else ():
        table.loc[site_rows.index, "adjusted"] = holm(site_rows["p"].tolist())
    return table


def row_of(pair: Pair, section: str, measure: str, how: str, effect: Effect) -> dict[str, Any]:
    """Return one row of the table of effects."""
    return {
        "site": pair.arm.scenario,
        "base_site": pair.base.scenario,
        "base_arm": pair.base.name,
        "against": pair.arm.name,
        "why_unpaired": pair.why_unpaired,
        "section": section,
        "measure": measure,
        "how": how,
        **dataclasses.asdict(effect),
        **events_of(effect, pair.years if how == "year" else math.nan),
    }


def effect_row(pair: Pair, section: str, measure: str, how: str, *sides: Values) -> dict[str, Any]:
    """Return the row of the effect between both sides' values by seed, on the scale of its section."""
    return row_of(pair, section, measure, how, pair.effect(*sides, scale=scale_of(section, measure, pair.years)))


def events_of(effect: Effect, years: float) -> dict[str, float]:
    """Return the columns of a rare count; nan if it is no yearly count or enough pairs differ."""
    is_rare = not math.isnan(years) and Scale("counts").is_rare(effect.base, effect.arm)
    rare = rare_count(effect, years) if is_rare else None
    return dict(zip(EVENTS, rare or [math.nan] * len(EVENTS), strict=True))


def scale_of(section: str, measure: str, years: float) -> Scale | None:
    """Return the scale that effects of a section are judged on; None for events and unknown measures."""
    if section == "origin" and measure.startswith("events."):
        return None
    if section in ("group", "cause", "origin"):
        return Scale("points")
    if section == "decision":
        return Scale("shares")
    if section in ("only_arm", "only_base"):
        return Scale("counts", per_year=1.0 / years, years=years)
    headline = next((candidate for candidate in SECTIONS.get(section, ()) if candidate.name == measure), None)
    return headline.scale(years) if headline else None


def headline_rows(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield a row for every headline measure and every measure of police practice."""
    base, arm = pair.base.table("measures"), pair.arm.table("measures")
    runs = months_by_seed(base), months_by_seed(arm)
    for section, some in SECTIONS.items():
        for headline in available_headlines(base.columns.intersection(arm.columns), tuple(some)):
            yield row_of(pair, section, headline.name, headline.how, pair.headline_effect(headline, *runs, pair.years))


def months_by_seed(months: pd.DataFrame) -> Runs:
    """Return the months of every run by seed, in their order."""
    runs: Any = months.groupby("seed")
    return {int(seed): run.sort_values("month") for seed, run in runs}


def by_seed[V: Value](months: pd.DataFrame, read: Callable[[pd.DataFrame], V]) -> dict[int, V]:
    """Return one value of every run, by seed."""
    return {seed: read(run) for seed, run in months_by_seed(months).items()}


def group_rows(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield a row for trust and for fear of every group, averaged over the last twelve months."""
    if not (pair.base.has_table("groups") and pair.arm.has_table("groups")):
        return
    base, arm = (side.table("groups") for side in (pair.base, pair.arm))
    for group in [name for name in GROUPS if name in set(base["group"])]:
        for column in GROUP_COLUMNS:
            read = Expression(recent=column, scale=100.0)
            sides = [by_seed(side[side["group"] == group], read.of) for side in (base, arm)]
            if any(math.isnan(value) for side in sides for value in side.values()):
                continue
            yield effect_row(pair, "group", f"{column}_{group}", "recent", *sides)


def cause_rows(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield a row for the contribution of every ledger cause to mean trust (`causes_of`)."""
    if not (pair.base.has_table("ledger") and pair.arm.has_table("ledger")):
        return
    sides = [causes_of(side) for side in (pair.base, pair.arm)]
    zeros: list[dict[int, Value]] = [dict.fromkeys(next(iter(side.values()), {}), 0.0) for side in sides]
    for cause in dict.fromkeys([*sides[0], *sides[1]]):
        own = (side.get(cause, zero) for side, zero in zip(sides, zeros, strict=True))
        yield effect_row(pair, "cause", cause, "sum", *own)


def origin_rows(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield the effects on trust and its beliefs by origin, and the changes of events, for paired runs."""
    if pair.why_unpaired or not all(
        side.has_table("origins") and side.has_table("ledger") for side in (pair.base, pair.arm)
    ):
        return
    names = ("measures", "origins", "ledger")
    base, arm = (origins.origins_by_run("seed", *map(side.table, names)) for side in (pair.base, pair.arm))
    parts = {seed: origins.effect_parts(base[seed], arm[seed]) for seed in pair.seeds if seed in base and seed in arm}
    if not parts:  # no month was simulated
        return
    zeros: Values = dict.fromkeys(parts, 0.0)
    for key in next(iter(parts.values())):
        values: Values = {seed: parts_of_seed[key] for seed, parts_of_seed in parts.items()}
        yield effect_row(pair, "origin", origins.origin_key(*key), "recent", zeros, values)
    for kind in (kind for kinds in origins.KINDS.values() for kind in kinds):
        sides: list[Values] = [{seed: side[seed].events[kind] for seed in parts} for side in (base, arm)]
        yield effect_row(pair, "origin", f"events.{kind}", "recent", *sides)


def decision_rows(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield a row for every option of every kind of choice: its share of all choices in per cent."""
    if not (pair.base.has_table("decisions") and pair.arm.has_table("decisions")):
        return
    base_shares, arm_shares = (shares_of(side.table("decisions")) for side in (pair.base, pair.arm))
    for option, base in base_shares.items():
        arm = arm_shares.get(option, {})
        if arm and (pair.why_unpaired or base.keys() & arm.keys()):
            yield effect_row(pair, "decision", option, "share", base, arm)


def resident_rows(pair: Pair, residents: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the numbers of residents with an act or experience in only the arm's or only the first arm's world."""
    arm_rows = residents[(residents["site"] == pair.arm.scenario) & (residents["against"] == pair.arm.name)]
    for act in dict.fromkeys(arm_rows["what"]):
        for side in ("only_arm", "only_base"):
            counts = arm_rows[arm_rows["what"] == act].set_index("seed")[side].astype(float).to_dict()
            yield effect_row(pair, side, act, "count", dict.fromkeys(counts, 0.0), counts)


def causes_of(arm: Arm) -> dict[str, dict[int, Value]]:
    """Return the contribution of each cause to mean trust (points of 100), by seed.

    It is the cumulative change, averaged over the last twelve months like the headline of trust.
    """
    ledger = arm.table("ledger").pivot_table("change", ["seed", "month"], "cause", "sum", fill_value=0.0)
    people = arm.table("measures").set_index(["seed", "month"])["residents"]
    moved: dict[str, dict[int, Value]] = {str(cause): {} for cause in ledger}
    seed: Any
    for seed, months in ledger.groupby("seed"):
        until = months.cumsum().div(people, axis=0, level=None).loc[months.index].tail(MONTHS).mean()
        for cause, share in until.items():
            moved[str(cause)][int(seed)] = 100.0 * float(share)
    return moved


HORIZONS = (1, 3, 10)
"""Years after which effects are reported, if a comparison reaches at least two of them."""
REPORTED_MEASURES = (PRIMARY_MEASURES[0], "crimes_occurred", *PRIMARY_MEASURES[1:3], "homicides", *PRIMARY_MEASURES[3:])
"""Reported measures: those of page one, all crimes and homicides."""


def horizons_table(pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return a row for each pair of arms with paired runs, horizon and measure; none if there is one horizon."""
    rows = [row for pair in pairs if not pair.why_unpaired for row in horizon_rows(pair)]
    return corrected_effects(pd.DataFrame(rows)) if rows else pd.DataFrame()


def horizon_rows(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield the effects of a pair by horizon: means over the last year before it, counts over all years up to it."""
    sides = [side.table("measures") for side in (pair.base, pair.arm)]
    simulated = min((int(n) for months in sides for n in months.groupby("seed").size()), default=0)
    # by months, since years of 365 days are too short
    reached = [years for years in HORIZONS if MONTHS * years <= simulated]
    for years in reached if len(reached) > 1 else ():
        base, arm = (months_until(months, years) for months in sides)
        runs = months_by_seed(base), months_by_seed(arm)
        for headline in (BY_NAME[name] for name in REPORTED_MEASURES):
            if headline.is_in(base) and headline.is_in(arm):
                effect = pair.headline_effect(headline, *runs, years)
                yield row_of(pair, f"year {years}", headline.name, headline.how, effect) | {"years": years}


def months_until(months: pd.DataFrame, years: int) -> pd.DataFrame:
    """Return the months of every run up to a horizon."""
    number = months.sort_values("month").groupby("seed").cumcount()
    return months.loc[number[number < MONTHS * years].sort_index().index]


SECTION, RULE = "all", f"mean of the last {MONTHS} months"


def monthly_effects_table(pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return a row for each pair of arms and each monthly measure that both have, in the measure's own unit."""
    return corrected(pd.DataFrame([row for pair in pairs for row in rows_of(pair)]), ["section"])


def rows_of(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield one row for each monthly measure of a pair of arms."""
    base, arm = (last_months(side.table("measures")) for side in (pair.base, pair.arm))
    for name in [str(name) for name in base.columns.intersection(arm.columns)]:
        entry = measure_column(name)
        labels = {"unit": entry.unit, "meaning_en": entry.en, "meaning_es": entry.es}
        values: Any = (side[name].to_dict() for side in (base, arm))
        effect = pair.effect(*values, scale=monthly_scale(name, entry.unit))
        yield row_of(pair, SECTION, name, RULE, effect) | labels


def last_months(months: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of every measure over the last twelve months of each run, by seed."""
    from model.simulation.registry import MEASURES

    last = months.sort_values("month").groupby("seed").tail(MONTHS)
    return last.groupby("seed")[[name for name in MEASURES if name in months]].mean()
