"""Table of mediation: by which way each practice moves trust, telling and crime, beside the criteria that it moves.

Channels of trust come from the ledger, by the kind of event from which a change of trust comes; what is heard of an
event counts with it, and the parts sum to the effect.  Telling and crime have no ledger: the part of a channel is the
effect with all channels less the effect without this one, in the same pairs.  These parts need not sum to the effect,
since one channel can do in part what another does.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison.origins import NATION, REST, OriginsOfYear
from experiments.dev.examinations.tables import (
    TABLES,
    Row,
    format_interval,
    head_of,
    interval_columns,
    rows_by_columns,
    write_sites,
)
from experiments.dev.examinations.worlds import Horizon, horizons_of, origins_after, year_label
from experiments.validation.experiment import BASE, Experiment, RunTables, Worlds, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize, run_worlds
from model.engine.fingerprint import fingerprint

TABLE: Mapping[str, Any] = TABLES["mediation"]
PRACTICES: tuple[str, ...] = tuple(TABLE["practices"])
ALL = "+".join(PRACTICES)
ARMS = (*PRACTICES, *("+".join(pair) for pair in itertools.combinations(PRACTICES, 2)), ALL)
"""Each practice alone, each pair, and all."""
CHANNELS_OF_TRUST: Mapping[str, Sequence[str]] = TABLE["channels"]
"""Kinds of events by channel; every kind of `experiments.comparison.origins` is in one."""
CUTS: Mapping[str, Sequence[str]] = TABLE["cuts"]
"""Settings without a channel, for telling and crime."""
CRITERIA = ("c1", "c2", "c3", "c4")
DIGITS = 2
UNITS = {"trust": "0-100", "told": "points", "crime": "%", **dict.fromkeys(CRITERIA, "0-100")}
LABEL_WIDTH, CELL_WIDTH = 14, 24


def show_mediation(out: Path, size: ExperimentSize, years: float, runs: Path = RUNS) -> list[Row]:
    """Run all practices at both sites; write and print the table."""
    return write_sites(out, "mediation", TABLE["columns"], lambda site: site_rows(site, size, years, runs), table_lines)


def worlds_of_site() -> dict[str, tuple[str, ...]]:
    """Return the worlds beside the status quo: practices, and for all of them and none each channel cut."""
    policies = {arm: tuple(f"practice_{name}" for name in arm.split("+")) for arm in ARMS}
    cut = {f"{channel} cut": tuple(sets) for channel, sets in CUTS.items()}
    cut_with_all = {f"{channel} cut, {ALL}": (*policies[ALL], *sets) for channel, sets in CUTS.items()}
    return policies | cut | cut_with_all


def site_rows(site: str, size: ExperimentSize, years: float, runs: Path) -> Iterator[Row]:
    """Yield the rows of one site, year by year."""
    experiment = Experiment(f"mediation at {site}", site=site, worlds=worlds_of_site(), years=years)
    twins = run_worlds(experiment, size, runs)
    about = {"site": site, "twins": len(twins), "code": fingerprint()}
    for horizon in horizons_of(TABLE, twins):
        base = [origins_after(worlds[BASE], horizon.year) for worlds in twins]
        for arm in ARMS:
            row = about | {"year": horizon.year, "practice": arm}
            for (outcome, channel), numbers in parts_of_arm(twins, base, arm, horizon).items():
                found = interval_columns("effect", estimate(numbers))
                yield row | {"outcome": outcome, "channel": channel, "unit": UNITS[outcome]} | found


def parts_of_arm(
    twins: Sequence[Worlds], base: Sequence[OriginsOfYear], arm: str, horizon: Horizon
) -> dict[tuple[str, str], list[float]]:
    """Return the effects of an arm by outcome and channel, pair by pair; channel "" is the whole effect."""
    parts: dict[tuple[str, str], list[float]] = {}
    for worlds, before in zip(twins, base, strict=True):
        found = {(name, ""): effect for name, effect in outcome_effects(worlds[BASE], worlds[arm], horizon).items()}
        after = origins_after(worlds[arm], horizon.year)
        found |= {("trust", name): part for name, part in trust_parts(before, after).items()}
        for channel in CUTS if arm == ALL else ():
            without = outcome_effects(worlds[f"{channel} cut"], worlds[f"{channel} cut, {ALL}"], horizon)
            found |= {(name, channel): found[name, ""] - without[name] for name in ("told", "crime")}
        for key, number in found.items():
            parts.setdefault(key, []).append(number)
    return parts


def trust_parts(before: OriginsOfYear, after: OriginsOfYear) -> dict[str, float]:
    """Return the parts of an effect on trust (points of 100) by channel; they sum to it."""

    def points(side: OriginsOfYear, kinds: Sequence[str]) -> float:
        return sum(side.points["trust", kind] for kind in kinds)

    parts = {name: points(after, kinds) - points(before, kinds) for name, kinds in CHANNELS_OF_TRUST.items()}
    parts[NATION] = after.nation - before.nation
    return parts | {REST: after.levels["trust"] - before.levels["trust"] - sum(parts.values())}


def outcome_effects(base: RunTables, arm: RunTables, horizon: Horizon) -> dict[str, float]:
    """Return the effects on trust, the share told (points), crime (%) and the criteria (points) in one year."""
    before, after = (run.months.iloc[slice(*horizon.window)] for run in (base, arm))
    crime = float(after["crimes_occurred"].sum() / before["crimes_occurred"].sum())
    effects = {"told": share_told(after) - share_told(before), "crime": 100.0 * (crime - 1.0)}
    effects["trust"] = 100.0 * float(after["trust_mean"].mean() - before["trust_mean"].mean())
    return effects | {name: 100.0 * float(after[name].iloc[-1] - before[name].iloc[-1]) for name in CRITERIA}


def share_told(months: pd.DataFrame) -> float:
    """Return the share of crimes that are told, in per cent."""
    return 100.0 * float(months["crimes_told"].sum() / months["crimes_occurred"].sum())


def table_lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table: one block for each site and year, one line for each outcome and channel."""
    yield from head_of("mediation", twins=rows[0]["twins"])
    for (site, year), block in rows_by_columns(rows, "site", "year").items():
        for practice, own in rows_by_columns(block, "practice").items():
            yield f"\n{site}, {year_label(year)}: {practice[0]}"
            for (outcome,), parts in rows_by_columns(own, "outcome").items():
                cells = {row["channel"]: format_interval(row, "effect", DIGITS) for row in parts}
                yield f"  {outcome}".ljust(LABEL_WIDTH) + cells.pop("").rjust(CELL_WIDTH)
                yield from (f"    {name}".ljust(LABEL_WIDTH) + cell.rjust(CELL_WIDTH) for name, cell in cells.items())
