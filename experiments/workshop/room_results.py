"""Paired runs of the room's questions and packages, and what they say, by the rule of effects."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from experiments.comparison.cause_effects import FORGETTING, MEMORY, NATION, POPULATION, PlaceAndMonth, cause_effects
from experiments.comparison.decision_measures import ChosenSteps, decision_measure, measures
from experiments.comparison.decision_outcomes import PairedOutcome, Twins, all_outcome_effects
from experiments.comparison.policy_choice import MAX_PAIRS, Choice, runs_of
from experiments.comparison.twin_results import PairedWorlds, WorldResult, paired_results
from experiments.narrative.number_format import format_number
from experiments.page import sites
from experiments.page.background_worker import background_workers
from experiments.page.life_view import event_sentence, introduction, showable_lives
from experiments.statistics.verdicts import MIN_RUNS, VERDICTS, direction
from experiments.words import catalogue
from experiments.workshop.room import BINS, bin_of, texts, words

YEARS = 2
N_CAUSES = 3
N_EVENTS = 3
LEAST_ALIKE = 7
"""Pairs of eight in which a cause has to have one sign before it is named."""
SMALLEST_CAUSE = 0.005
"""Points of trust below which a cause would be shown as 0.00."""
NO_CAUSES = (*FORGETTING, MEMORY, POPULATION, NATION)
"""Parts of the account of trust that are no cause of the effect of a measure."""


@dataclass(frozen=True)
class ChoiceState:
    """A choice of measures with its finished worlds, in a language."""

    choice: Choice
    language: str
    base: tuple[WorldResult, ...] = ()
    arm: tuple[WorldResult, ...] = ()
    faults: tuple[str, ...] = ()

    @cached_property
    def twins(self) -> list[Twins]:
        """Pairs of finished worlds."""
        return paired_results(self.base, self.arm)

    @property
    def n_finished(self) -> int:
        """Number of finished pairs."""
        return len(self.twins)

    @property
    def running(self) -> bool:
        """Tell whether worlds are still being simulated."""
        return self.n_finished + len(self.faults) < MAX_PAIRS

    @property
    def ready(self) -> bool:
        """Tell whether all pairs are finished, and enough of them for a verdict."""
        return not self.running and self.n_finished >= MIN_RUNS

    @cached_property
    def outcomes(self) -> tuple[PairedOutcome, ...]:
        """Effects on all outcomes."""
        return all_outcome_effects(self.twins, draws={})

    def word(self, name: str, **values: object) -> str:
        """Return a text of the room."""
        return words(self.language)[name].format(**values)


class PairedRuns:
    """Finished worlds of every choice of the room; choices are simulated in the order of their requests."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.lock = threading.Lock()
        self.worlds: dict[ChosenSteps, PairedWorlds] = {}
        self.clients: list[int] = []
        """Numbers under which worlds were requested."""
        self.composed_cache: dict[tuple[ChosenSteps, str, str], dict[str, Any]] = {}

    def request_pairs(self, chosen: ChosenSteps) -> None:
        """Request the pairs of a choice, unless they were requested before."""
        with self.lock:
            if not chosen or chosen in self.worlds:
                return
            background = background_workers[-1]
            arms = runs_of(Choice(self.site, chosen, years=YEARS), background.folder)
            worlds = self.worlds[chosen] = PairedWorlds(*arms)
            client = background.register_client()
            self.clients.append(client)

        def on_world(result: WorldResult | str, run: str) -> None:
            with self.lock:
                worlds.add(result, run)

        background.request_worlds(client, worlds.specs, on_world)

    def cancel(self) -> None:
        """Cancel all worlds that were requested."""
        with self.lock:
            clients, background = tuple(self.clients), background_workers[-1:]
        for client in clients if background else ():
            background[0].cancel_request(client)

    def state_of(self, chosen: ChosenSteps, language: str) -> ChoiceState:
        """Return the present state of a choice."""
        with self.lock:
            worlds = self.worlds.get(chosen, PairedWorlds())
            sides, faults = worlds.sides, worlds.faults
        return ChoiceState(Choice(self.site, chosen, years=YEARS), language, *sides, faults)

    def composed_data(
        self, chosen: ChosenSteps, language: str, compose: Callable[[ChoiceState], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return data composed of the state of a choice; cached once all pairs are finished, since screens poll it."""
        state, key = self.state_of(chosen, language), (chosen, language, compose.__name__)
        if state.running:
            return compose(state)
        if key not in self.composed_cache:
            self.composed_cache[key] = compose(state)
        return self.composed_cache[key]


def progress_data(state: ChoiceState) -> dict[str, Any]:
    """Return how many pairs are finished, and what failed."""
    return {"done": state.n_finished, "all": MAX_PAIRS, "running": state.running, "faults": list(state.faults)}


def reveal_data(state: ChoiceState) -> dict[str, Any]:
    """Return the answer to a question: the verdict on trust, harms, three causes, and the pairs that agree."""
    data = progress_data(state)
    if not state.ready:
        return data
    trust = state.outcomes[0]
    return data | {
        "bin": bin_of(trust.verdict),
        "verdict": bin_label(trust, state.language),
        "mean": signed(trust.effect.effect, 2),
        "low": signed(trust.effect.low, 2),
        "high": signed(trust.effect.high, 2),
        "rose": trust.effect.rose,
        "fell": trust.effect.fell,
        "today": format_number(trust.effect.base, 1),
        "harms": [harm_line(state, one) for one in state.outcomes if one.harmful and one is not trust],
        "why": why_data(state),
        "life": life_data(state),
    }


def harm_line(state: ChoiceState, result: PairedOutcome) -> dict[str, str]:
    """Return who is harmed, and how many more a year in the mean and the interval of the pairs."""
    who = texts()["harmed"].get(result.outcome.name, {}).get(state.language)
    effect = result.effect
    digits = 0 if abs(effect.effect) >= 3.0 else 1
    sizes = {
        name: signed(value, digits)
        for name, value in (("n", effect.effect), ("low", effect.low), ("high", effect.high))
    }
    return {"who": who or getattr(result.outcome.headline, state.language), "size": state.word("harm_size", **sizes)}


def why_data(state: ChoiceState) -> dict[str, Any]:
    """Return up to three causes that go one way in almost all pairs, the largest first, and how much they explain."""
    every = cause_effects(state.twins, PlaceAndMonth())
    held = [
        one
        for one in every
        if one.name not in NO_CAUSES
        and max(one.effect.rose, one.effect.fell) >= LEAST_ALIKE
        and abs(one.effect.effect) >= SMALLEST_CAUSE
    ][:N_CAUSES]
    named, total = sum(one.effect.effect for one in held), state.outcomes[0].effect.effect
    causes = [
        {
            "title": str(catalogue.cause(one.name, state.language)),
            "effect": signed(one.effect.effect, 2),
            "alike": state.word("alike", n=max(one.effect.rose, one.effect.fell), all=MAX_PAIRS),
            "up": one.effect.effect > 0,
        }
        for one in held
    ]
    key = "explains" if causes else "no_cause"
    return {"causes": causes, "explains": state.word(key, a=signed(named, 2), b=signed(total, 2))}


def life_data(state: ChoiceState) -> dict[str, Any]:
    """Return an invented resident of the first pair, in both worlds; empty if no life may be shown.

    Of the lives that the view "A life" may show, it is the one whose trust differs most nearly by the mean effect.
    """
    records = [world.recorded for world in (state.twins[0] if state.twins else ()) if world.recorded]
    lives = showable_lives((records[0], records[1]), None) if len(records) == 2 else []
    if not lives:
        return {}
    effect = state.outcomes[0].effect.effect
    before, after = min(lives, key=lambda pair: abs(100.0 * (pair[1].trust[-1] - pair[0].trust[-1]) - effect))
    largest = sorted(after.events, key=lambda event: -abs(event.change))[:N_EVENTS]
    levels = {name: format_number(100.0 * life.trust[-1], 1) for name, life in (("a", before), ("b", after))}
    return {
        "who": introduction(state.language, before),
        "trust": state.word("life_trust", start=format_number(100.0 * before.trust[0], 1), **levels),
        "events": [event_sentence(state.language, event) for event in sorted(largest, key=lambda event: event.tick)],
    }


def package_column(state: ChoiceState) -> dict[str, Any]:
    """Return the column of a package: verdict, size and range of every outcome by name."""
    data = progress_data(state)
    return data | {"rows": {one.outcome.name: result_cell(state, one) for one in state.outcomes} if state.ready else {}}


def result_cell(state: ChoiceState, result: PairedOutcome) -> dict[str, Any]:
    """Return an outcome of a package: its verdict in one of five words, and its range for a bar."""
    effect = result.effect
    digits = result.outcome.headline.digits if result.outcome.level else 0 if abs(effect.effect) >= 3.0 else 1
    if result.verdict in ("rare", "missing", "few"):
        return {"said": VERDICTS[result.verdict].label[state.language], "kind": "null", "range": "", "at": []}
    return {
        "said": bin_label(result, state.language),
        "kind": result.colour if direction(result.verdict) else "null",
        "range": state.word("range", low=signed(effect.low, digits), high=signed(effect.high, digits)),
        "at": [float(value) for value in (effect.effect, effect.low, effect.high, effect.delta)],
    }


def bin_label(result: PairedOutcome, language: str) -> str:
    """Return the label of the answer that an outcome is."""
    return VERDICTS[BINS[bin_of(result.verdict)]].label[language]


def signed(value: float, digits: int = 0) -> str:
    """Return a change with its sign."""
    return format_number(value, digits, "+")


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
