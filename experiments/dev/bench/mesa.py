"""Compare the model with a small one in plain Mesa: `python -m experiments.dev.bench.mesa`.

The plain model has as many residents, couples and cells, with one Python object for each resident and couple.  Its five
rules and their parameters are assumed; only their cost is of interest.  The code follows Mesa's own examples and avoids
slow operations: residents stay at home, so that only couples move.
"""

import json
import statistics
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from mesa import Agent, DataCollector, Model
from mesa.discrete_space import Cell, OrthogonalMooreGrid

from experiments.dev.bench.growth import SHIFTS_PER_YEAR, measured_in_process
from experiments.dev.bench.paired import HERE, SITE, python
from experiments.storage.manifest import machine_text
from experiments.storage.progress import print_note
from model.engine.fingerprint import fingerprint
from model.simulation.registry import MECHANISMS

CHANCE_OF_HARM, GUARDED_FACTOR, CHANCE_OF_TELLING, CONTACTS_PER_SHIFT = 0.001, 0.5, 0.02, 3
"""Chance of harm per shift, its factor in guarded cells, chance of telling a tie, contacts per couple and shift."""
SHARE_FAIR, TRUST_CHANGE, SHARE_OF_FEAR_KEPT = 0.9, 0.02, 0.99
"""Share of fair contacts, change of trust per event, share of fear retained after a shift."""
SHIFTS_A_MONTH = 91
TIES = 6
TURNS, PLAIN_SHIFTS = 3, 12
LEFT_WIDTH, RIGHT_WIDTH = 37, 41
"""Widths of the columns of rules: 80 characters with the space between them."""


class Resident(Agent):
    """A resident at home, with trust, fear and ties."""

    def __init__(self, model: "PlainMesa", home: Cell) -> None:
        super().__init__(model)
        self.home, self.trust, self.fear, self.ties = home, 0.5, 0.2, list[Resident]()

    def step(self) -> None:
        """Simulate one shift."""
        self.suffer_crime()
        self.calm_down()
        self.talk()

    def suffer_crime(self) -> None:
        """Be harmed by chance, less often where a couple is: fear rises, trust falls."""
        chance = CHANCE_OF_HARM * (GUARDED_FACTOR if self.home in self.model.guarded else 1.0)
        if self.random.random() < chance:
            self.fear, self.trust = 1.0, self.trust - TRUST_CHANGE * self.trust
            self.model.crimes += 1

    def calm_down(self) -> None:
        """Lose part of the fear."""
        self.fear *= SHARE_OF_FEAR_KEPT

    def talk(self) -> None:
        """Tell a tie by chance, whose trust comes nearer to one's own."""
        if self.random.random() < CHANCE_OF_TELLING:
            other = self.random.choice(self.ties)
            other.trust += TRUST_CHANGE * (self.trust - other.trust)


class PatrolCouple(Agent):
    """A couple of officers on foot."""

    def __init__(self, model: "PlainMesa", cell: Cell) -> None:
        super().__init__(model)
        self.cell = cell

    def step(self) -> None:
        """Patrol and meet residents."""
        self.patrol()
        self.meet_residents()

    def patrol(self) -> None:
        """Go to a neighbouring cell, which is guarded in the next shift."""
        self.cell = self.cell.neighborhood.select_random_cell()
        self.model.guards.add(self.cell)

    def meet_residents(self) -> None:
        """Meet some residents of the cell, fairly or not: their trust rises or falls."""
        here = self.model.homes[self.cell]
        for resident in self.random.sample(here, min(CONTACTS_PER_SHIFT, len(here))):
            fair = self.random.random() < SHARE_FAIR
            resident.trust += TRUST_CHANGE * ((1.0 if fair else 0.0) - resident.trust)


class PlainMesa(Model):
    """Residents and couples on a square grid of about ``cells`` cells; a step is a shift."""

    def __init__(self, residents: int, couples: int, cells: int, rng: int = 1) -> None:
        super().__init__(rng=rng)
        side = round(cells**0.5)
        self.grid = OrthogonalMooreGrid((side, side), random=self.random)
        places = list(self.grid.all_cells)
        self.homes: dict[Cell, list[Resident]] = {cell: [] for cell in places}
        self.guarded: set[Cell] = set()
        self.guards: set[Cell] = set()
        self.crimes = 0
        people = [Resident(self, self.random.choice(places)) for _ in range(residents)]
        for resident in people:
            self.homes[resident.home].append(resident)
            resident.ties = self.random.choices(people, k=TIES)
        for _ in range(couples):
            PatrolCouple(self, self.random.choice(places))
        self.datacollector = DataCollector({"trust": mean_trust, "crimes": "crimes"})

    def step(self) -> None:
        """Simulate one shift; at the end of a month collect the measures."""
        self.guarded, self.guards = self.guards, set()
        self.agents_by_type[PatrolCouple].shuffle_do("step")
        self.agents_by_type[Resident].do("step")
        if int(self.time) % SHIFTS_A_MONTH == 0:
            self.datacollector.collect(self)
            self.crimes = 0


def mean_trust(model: Any) -> float:
    """Return the mean trust of the residents."""
    people = model.agents_by_type[Resident]
    return sum(resident.trust for resident in people) / len(people)


def rule_texts() -> Iterator[str]:
    """Yield the rules of residents and couples, as their docstrings state them."""
    for kind in (Resident, PatrolCouple):
        for name, rule in vars(kind).items():
            if name not in ("__init__", "step") and callable(rule):
                yield f"{kind.__name__}: {str(rule.__doc__).rstrip('.')}"


def measure_plain(shifts: int, residents: int, couples: int, cells: int) -> float:
    """Return the CPU seconds of a shift of the plain model."""
    plain = PlainMesa(residents, couples, cells)
    plain.run_for(1)
    begun = time.process_time()
    plain.run_for(shifts)
    return (time.process_time() - begun) / shifts


def measure_both() -> tuple[dict[str, Any], float, float]:
    """Return the sizes of the town, and the CPU seconds of a year of the model and of the plain one."""
    grown = measured_in_process("census", 1.0, 2)  # the second year: the first loads kernels
    sizes = [str(grown[name]) for name in ("residents", "couples", "cells")]
    shift = json.loads(python(("-m", "experiments.dev.bench.mesa", str(PLAIN_SHIFTS), *sizes), HERE)[-1])
    return grown, grown["ends"][1] - grown["ends"][0], SHIFTS_PER_YEAR * float(shift)


def comparison_lines(turns: Sequence[tuple[dict[str, Any], float, float]]) -> Iterator[str]:
    """Yield the size of the town, the medians of both models, and the ratio with its least and greatest."""
    sizes, ratios = turns[0][0], [plain / ours for _, ours, plain in turns]
    ours, plain = statistics.median(one for _, one, _ in turns), statistics.median(one for *_, one in turns)
    yield f"{machine_text()}, code {fingerprint()}"
    yield f"{SITE}: {sizes['residents']:,} residents, {sizes['couples']} couples, {sizes['cells']:,} populated cells"
    yield ""
    yield f"{'':30}{'plain Mesa':>14}{'this model':>14}"
    yield f"{'a year, CPU seconds':30}{plain:14.1f}{ours:14.2f}"
    yield f"plain Mesa takes {statistics.median(ratios):.0f} times as long ({min(ratios):.0f} to {max(ratios):.0f})"
    yield f"for the few rules on the left; its year follows from {PLAIN_SHIFTS} shifts"


def side_by_side(plain: Sequence[str], ours: Sequence[str]) -> Iterator[str]:
    """Yield the rules of plain Mesa on the left and the mechanisms of the model on the right, in 80 columns."""
    left = [line for rule in plain for line in textwrap.wrap(rule, LEFT_WIDTH, subsequent_indent="  ")]
    right = textwrap.wrap(", ".join(ours), RIGHT_WIDTH)
    heads = f"plain Mesa, {len(plain)} rules", f"this model, {len(ours)} mechanisms"
    for left_line, right_line in zip_longest([heads[0], *left], [heads[1], *right], fillvalue=""):
        yield f"{left_line:{LEFT_WIDTH + 2}}{right_line}".rstrip()


def main(words: Sequence[str]) -> None:
    """Measure both models in turn and print the comparison; with numbers, the plain model alone."""
    if words:
        shifts, residents, couples, cells = map(int, words)
        print(json.dumps(measure_plain(shifts, residents, couples, cells)))
        return
    print_note("measuring the model and plain Mesa in turn")
    turns = [measure_both() for _ in range(TURNS)]
    print("\n".join([*comparison_lines(turns), "", *side_by_side([*rule_texts()], [one.name for one in MECHANISMS])]))


if __name__ == "__main__":
    main(sys.argv[1:])
