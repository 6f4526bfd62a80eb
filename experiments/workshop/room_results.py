"""Paired runs of the room's questions and packages, by the workers and rules of the decision view."""

import threading
from collections.abc import Callable
from typing import Any

from experiments.comparison.decision_measures import ChosenSteps, decision_measure, measures
from experiments.comparison.decision_outcomes import TRUST, effect_on
from experiments.comparison.policy_choice import MAX_PAIRS, Choice, runs_of
from experiments.comparison.twin_results import PairedWorlds, WorldResult
from experiments.page import sites
from experiments.page.background_worker import background_workers
from experiments.page.decision_answer import decision_sentence
from experiments.page.page_state import PageState, number, signed, spans
from experiments.page.table_rows import outcome_rows
from experiments.workshop.room import bin_of

YEARS = 2


class PairedRuns:
    """Finished worlds of every choice of the room; choices are simulated in the order of their requests."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.lock = threading.Lock()
        self.worlds: dict[ChosenSteps, PairedWorlds] = {}
        self.composed_cache: dict[tuple[ChosenSteps, str, str], dict[str, Any]] = {}

    def request_pairs(self, chosen: ChosenSteps) -> None:
        """Request the pairs of a choice, unless they were requested before."""
        with self.lock:
            if not chosen or chosen in self.worlds:
                return
            background = background_workers[-1]
            arms = runs_of(Choice(self.site, chosen, years=YEARS), background.folder)
            worlds = self.worlds[chosen] = PairedWorlds(*arms)

        def on_world(result: WorldResult | str, run: str) -> None:
            with self.lock:
                worlds.add(result, run)

        background.request_worlds(background.register_client(), worlds.specs, on_world)

    def state_of(self, chosen: ChosenSteps, language: str) -> PageState:
        """Return the present state of a choice as in the decision view."""
        with self.lock:
            worlds = self.worlds.get(chosen, PairedWorlds())
            sides, faults = worlds.sides, worlds.faults
        choice = Choice(self.site, chosen, years=YEARS)
        return PageState(choice, sites.load_scenario(self.site), language, *sides, faults)

    def composed_data(
        self, chosen: ChosenSteps, language: str, compose: Callable[[PageState], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return data composed of the state of a choice; cached once all pairs are finished, since screens poll it."""
        state, key = self.state_of(chosen, language), (chosen, language, compose.__name__)
        if state.running:
            return compose(state)
        if key not in self.composed_cache:
            self.composed_cache[key] = compose(state)
        return self.composed_cache[key]


def reveal_data(state: PageState) -> dict[str, Any]:
    """Return the answer to a question: the sentence, harms first, and the effect on trust in every pair (points)."""
    data: dict[str, Any] = {
        "done": state.n_finished,
        "all": MAX_PAIRS,
        "running": state.running,
        "faults": list(state.faults),
    }
    if state.running or not state.twins:
        return data
    effect = effect_on(TRUST.headline, state.twins)
    pair_effects = [effect_on(TRUST.headline, [pair]).effect for pair in state.twins]
    return data | {
        "answer": spans(decision_sentence(state)),
        "pairs": pair_effects,
        "bin": bin_of(effect.effect),
        "mean": signed(effect.effect, 2),
        "low": signed(min(pair_effects), 2),
        "high": signed(max(pair_effects), 2),
        "today": number(effect.base, 1),
    }


def verdict_with_size(verdict: str, size: str) -> str:
    """Return a verdict with its size inserted after the verb.

    >>> verdict_with_size("rises, by less than matters", "0.2 points"), verdict_with_size("practically nothing", "")
    ('rises 0.2 points, by less than matters', 'practically nothing')
    """
    verb, comma, rest = verdict.partition(",")
    return f"{verb} {size}{comma}{rest}" if size else verdict


def package_column(state: PageState) -> dict[str, Any]:
    """Return the column of a package: verdict and size of every outcome by name, as in the decision view."""
    rows = {
        row["name"]: {
            "said": verdict_with_size(row["verdict"], row.get("size", "")),
            "sign": row.get("sign", ""),
            "kind": row["kind"],
        }
        for row in outcome_rows(state)
    }
    return {"done": state.n_finished, "all": MAX_PAIRS, "running": state.running, "rows": rows}


def package_names(chosen: ChosenSteps, site: str, language: str) -> str:
    """Return the measures of a package in words."""
    scenario = sites.load_scenario(site)
    parts = []
    for name, step in chosen:
        measure = decision_measure(name)
        short = measure.text_with_value(measure.steps[step].short, measure.steps[step], scenario, language)
        parts.append(f"{measure.title[language]}: {short}")
    return "; ".join(parts)


def measure_choices(site: str, language: str) -> list[dict[str, Any]]:
    """Return the measures that a package may have, with their steps in words."""
    scenario = sites.load_scenario(site)
    return [
        {
            "name": measure.name,
            "title": measure.title[language],
            "steps": [measure.text_with_value(step.say, step, scenario, language) for step in measure.steps],
            "today": measure.today,
            "harm": measure.harm,
        }
        for measure in measures()
    ]
