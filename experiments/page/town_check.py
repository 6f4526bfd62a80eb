"""Check the answer of a town's page with pairs of the whole town, and keep the cases in which they disagree."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.comparison.decision_outcomes import TRUST, Twins, effect_on
from experiments.comparison.headline_measures import Headline
from experiments.comparison.policy_choice import Choice, runs_of
from experiments.comparison.twin_results import PairedWorlds, WorldResult, paired_results
from experiments.page import sites
from experiments.page.address import AddressError, first_request, parse_address
from experiments.page.background_worker import background_workers
from experiments.page.session import Send, Session
from experiments.reproduce.plan import MEASURES, plan
from experiments.storage.writing import csv_bytes, make_folder
from experiments.town_page.town_data import LEAST_PAIRS
from model.engine.fingerprint import fingerprint

KEPT_FILE = Path("results", "page", "disagreements.csv")
"""Table of the cases in which pairs and estimate disagree, for the test of the emulators."""
KEPT_COLUMNS = (
    *("fingerprint", "site", "years", "measures", "pairs", "measure", "effect", "error", "estimate"),
    "estimate_error",
)


class TownCheck(Session):
    """Pairs of a whole town for one setting at a time; results are sent as pairs end."""

    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self.worlds, self.choice, self.number = PairedWorlds(), Choice(""), 0

    def receive(self, request: Mapping[str, Any]) -> None:
        """Carry out a request of the page: check a setting, stop, or keep a case."""
        if request["kind"] == "check":
            self.enqueue(lambda: self.check(request))
        elif request["kind"] == "stop":
            self.enqueue(self.stop)
        else:
            self.enqueue(lambda: self.keep(request["number"], request["estimates"]))

    def close(self) -> None:
        """Cancel the pairs."""
        super().close()
        self.worlds = PairedWorlds()

    def check(self, request: Mapping[str, Any]) -> None:
        """Run the pairs of a setting, in place of those of an earlier one."""
        address = {"town": request["town"], "years": str(request["years"]), "measures": request["measures"]}
        try:
            choice = parse_address(address, first_request()).choice
        except AddressError as error:
            self.send("refused", str(error))
            return
        if not choice.chosen:
            self.send("refused", "no measure is moved")
            return
        background = background_workers[-1]
        worlds = PairedWorlds(*runs_of(choice, background.folder))
        self.worlds, self.choice, self.number = worlds, choice, request["number"]

        def on_world(result: WorldResult | str, run: str) -> None:
            self.enqueue(lambda: self.add(worlds, result, run))

        def on_months(months: pd.DataFrame, _: str) -> None:
            self.enqueue(lambda: self.send("months", len(months)) if self.worlds is worlds else None)

        background.request_worlds(self.client, worlds.specs, on_world, on_months)

    def add(self, worlds: PairedWorlds, result: WorldResult | str, run: str) -> None:
        """Add a finished world, or the reason of its failure, and send the result so far."""
        if self.worlds is worlds:
            worlds.add(result, run)
            self.send("check", pair_effects(worlds) | {"number": self.number, "draws": trust_over_draws(self.choice)})

    def stop(self) -> None:
        """Stop the pairs that run; those that ended are forgotten."""
        self.cancel_worlds()
        self.worlds = PairedWorlds()

    def keep(self, number: int, estimates: Sequence[Mapping[str, Any]]) -> None:
        """Write down the estimates from which the pairs of a finished check differ."""
        found = pair_effects(self.worlds)
        if number != self.number or found["running"] or found["pairs"] < LEAST_PAIRS:
            return
        effects = {effect["measure"]: effect for effect in found["effects"]}
        case = case_of(self.choice, found["pairs"])
        rows = [
            [*case, name, effects[name]["effect"], effects[name]["error"], mean, error]
            for name, mean, error in ((one["measure"], one["mean"], one["error"]) for one in estimates)
            if name in effects
        ]
        add_rows(KEPT_FILE, rows)


def trust_over_draws(choice: Choice) -> dict[str, Any] | None:
    """Return the effect on trust over draws, from the folders of the command line; None if they do not have it."""
    draws = sites.start_options.draws
    found = draws.get(choice.draws_key(sites.load_scenario(choice.site)), {}) if draws else {}
    row = found.get(TRUST.name)
    return None if row is None else {"n": int(row["draws"]), "low": float(row["low"]), "high": float(row["high"])}


def case_of(choice: Choice, pairs: int) -> tuple[str, str, int, str, int]:
    """Return the first columns of a case: version of the model, setting, and number of pairs."""
    steps = ",".join(f"{name}.{step}" for name, step in choice.chosen)
    return fingerprint(), choice.site, choice.years, steps, pairs


def add_rows(file: Path, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows to the table of kept cases."""
    make_folder(file.parent)
    text = csv_bytes(KEPT_COLUMNS, rows)
    with file.open("ab") as table:
        table.write(text.partition(b"\n")[2] if file.stat().st_size else text)


def pair_effects(worlds: PairedWorlds) -> dict[str, Any]:
    """Return the effects of the finished pairs on every measure of the page, and how many have failed."""
    twins, faults = paired_results(*worlds.sides), worlds.faults
    n_pairs = len(worlds.specs) // 2
    return {
        "pairs": len(twins),
        "failed": len(faults),
        "reason": faults[0] if faults else "",
        "running": len(twins) + len(faults) < n_pairs,
        "effects": [effect for name in plan().emulated if (effect := measure_effect(MEASURES[name], twins))],
    }


def measure_effect(headline: Headline, twins: Sequence[Twins]) -> dict[str, Any]:
    """Return the effect on a measure with its error, its 95 % interval and each pair; empty if it is unknown."""
    if len(twins) < 2:
        return {}
    effect = effect_on(headline, twins)
    numbers = {"effect": effect.effect, "error": effect.error, "low": effect.low, "high": effect.high}
    if not all(map(math.isfinite, numbers.values())):
        return {}
    each = [effect_on(headline, [pair]).effect for pair in twins]
    return {"measure": headline.name, "each": [one for one in each if math.isfinite(one)]} | numbers
