"""Design of `confianza answer`: blocks of runs that share a parameter draw, a town, a seed and an account."""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.decision_measures import measures
from experiments.execution.run_requests import date_after
from experiments.reproduce.levels import Place, SolvedLevels, levels, moved_values
from experiments.reproduce.lever_steps import Steps, random_steps, write_setting
from experiments.reproduce.plan import (
    ADOPTION,
    EVERYTHING,
    HEAVY_HAND,
    SITES,
    STATUS_QUO,
    ReproducePlan,
    ReproduceSize,
    plan,
)
from experiments.storage.run_spec import OWN_TOWN, RunSpec, overrides_of
from experiments.storage.writing import make_folder
from experiments.studies.factors import Range, plausible_ranges, site_ranges
from experiments.studies.study import Design
from experiments.studies.study_jobs import design_points
from model.engine.errors import InputError, suggest_nearest
from model.engine.scenario import Scenario
from scenarios import accounts, load
from scenarios.ranges import dotted_group

FIRST_SEED = 1001
"""Seed of the first block; it differs from the seeds of other results, which begin with 1."""
POLICIES_FOLDER = "policies"
"""Folder of the policy files of random steps of the levers."""
SETTING_PREFIX = "steps"
"""Prefix of the names of random steps of the levers."""
DRAWS, CHECKS, LOOP, LONG, PRIOR, AGAIN = KINDS = ("draws", "checks", "loop", "long", "prior", "again")
"""Kinds of blocks."""
OTHER_SEEDS = 10_000
"""Added to the seed of a block that repeats a draw with another seed."""
LEVER_SEED, STEP_SEED, GROUP_SEED = 1, 2, 3
"""Added to the seed of the plan for steps of levers, for steps of levels, and for parts of a mechanism."""
PAIR_NAME = re.compile(rf"({'|'.join(SITES)})-({'|'.join(KINDS)})-[0-9]+-[a-z_]+:[a-z0-9_]+")
"""Name of a pair of runs: names of its block and of its arm."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Runs of one site that share a parameter draw, a seed with its town, and an account.

    ``kind`` is one of `KINDS`. ``draw`` is the row in the hypercube of assumed parameters; blocks with the same draw
    also have the same seed, but for those of kind `AGAIN`. ``packages`` are policies by name, ``settings`` random steps
    of the levers by name.
    """

    site: str
    kind: str
    draw: int
    account: str
    years: int
    packages: Mapping[str, Sequence[str]]
    settings: Mapping[str, Steps] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """Seed of the random numbers and of the town."""
        return FIRST_SEED + self.draw + (OTHER_SEEDS if self.kind == AGAIN else 0)

    @property
    def place(self) -> Place:
        """Site, draw and account."""
        return self.site, self.draw, self.account

    @property
    def name(self) -> str:
        """Unique name of the block."""
        return f"{self.site}-{self.kind}-{self.draw}-{self.account}"

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the runs, the status quo first."""
        return (STATUS_QUO, *self.packages, *self.settings)


@dataclass(frozen=True)
class ReproduceDesign:
    """All blocks of a size, and the hypercube of draws (draws × assumed parameters, each 0-1).

    ``solved`` are the levels of its draws; without them all blocks are planned, as they are drawn. ``unknowns`` are the
    drawn parameters that are inputs of the emulators, found from its pairs (`surfaces.with_unknowns`).
    """

    plan: ReproducePlan
    size: ReproduceSize
    solved: SolvedLevels | None = None
    unknowns: tuple[str, ...] = ()

    @cached_property
    def ranges(self) -> Mapping[str, Mapping[str, Range]]:
        """Plausible ranges of all unmeasured parameters at each site, by dotted name; those of site facts are last."""
        shared = dict(plausible_ranges("*", self.plan.width))
        return {site: shared | dict(site_ranges(municipality(site), self.plan.width)) for site in SITES}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all drawn parameters, in the order of the columns of `cube`."""
        return tuple(dict.fromkeys(itertools.chain.from_iterable(self.ranges.values())))

    @cached_property
    def cube(self) -> np.ndarray:
        """Latin hypercube of draws (draws × parameters, 0-1), in every second draw correlated within mechanisms."""
        from scipy.special import ndtr, ndtri

        cube = self.points(0, len(self.names))
        groups, group_of = np.unique([dotted_group(name) for name in self.names], return_inverse=True)
        common = ndtri(self.points(GROUP_SEED, len(groups)))[1::2, group_of]
        own, shared = math.sqrt(1.0 - self.plan.correlation), math.sqrt(self.plan.correlation)
        cube[1::2] = ndtr(own * ndtri(cube[1::2]) + shared * common)
        return cube

    def points(self, seed: int, columns: int) -> np.ndarray:
        """Return a Latin hypercube with a row for each draw; ``seed`` is added to that of the plan."""
        return design_points(Design(points=self.size.all_draws, seed=self.plan.seed + seed), columns)

    @cached_property
    def settings(self) -> Sequence[Steps]:
        """Random steps of the levers: `points` settings for each draw of the kinds `DRAWS`, `LONG` and `CHECKS`."""
        rows = max(1, (self.size.draws + self.size.checks) * self.size.points)
        cube = design_points(Design(points=rows, seed=self.plan.seed + LEVER_SEED), len(measures()))
        return random_steps(cube)

    @cached_property
    def blocks(self) -> Sequence[Block]:
        """Blocks in the order in which they are run, with all kinds and both sites interleaved.

        A command that is stopped halfway therefore has about half of the draws for every table.
        """
        site_pairs = zip(*([*self.draw_blocks(site), *self.loop_blocks(site)] for site in SITES), strict=True)
        blocks = list(itertools.chain.from_iterable(site_pairs))
        blocks_by_kind = {kind: [block for block in blocks if block.kind == kind] for kind in KINDS}
        relative_places = [
            (place / len(group), block) for group in blocks_by_kind.values() for place, block in enumerate(group)
        ]
        planned = [block for _, block in sorted(relative_places, key=lambda item: item[0])]
        if self.solved is None:
            return planned
        fitting, drawn = self.solved.fitting, self.solved.run_as_drawn
        return [block for block in planned if block.place in (drawn if block.kind == PRIOR else fitting)]

    @property
    def pairs(self) -> Iterator[tuple[Block, str]]:
        """All pairs of runs in the order of blocks: a block, and the arm compared with its status quo."""
        return ((block, arm) for block in self.blocks for arm in block.arms[1:])

    def draw_blocks(self, site: str) -> Iterator[Block]:
        """Yield the blocks of all kinds but `LOOP`; their draws take the accounts in turn."""
        size, packages = self.size, self.plan.packages
        without_heavy_hand = {name: policies for name, policies in packages.items() if name != HEAVY_HAND}
        block = partial(Block, site=site)
        for draw in range(size.draws):
            kind, years = (LONG, size.long_years) if draw < size.long else (DRAWS, size.years)
            yield block(
                kind=kind, draw=draw, account=account_of_turn(draw), years=years, packages=packages,
                settings=self.settings_of(draw),
            )  # fmt: skip
        for number in range(size.checks):
            yield block(
                kind=CHECKS, draw=size.draws + size.loop + number, account=account_of_turn(number), years=size.years,
                packages={}, settings=self.settings_of(size.draws + number),
            )  # fmt: skip
        for kind, draws in ((PRIOR, size.prior), (AGAIN, size.again)):
            for draw in range(draws):
                yield block(
                    kind=kind, draw=draw, account=account_of_turn(draw), years=size.years, packages=without_heavy_hand
                )

    def loop_blocks(self, site: str) -> Iterator[Block]:
        """Yield the blocks of kind `LOOP`: each draw under every account of the loop."""
        packages = {name: self.plan.packages[name] for name in (EVERYTHING, ADOPTION)}
        for draw in range(self.size.draws, self.size.draws + self.size.loop):
            for account in (self.plan.loop.uncut, *self.plan.loop.cuts[: self.size.cuts]):
                yield Block(site=site, kind=LOOP, draw=draw, account=account, years=self.size.years, packages=packages)

    def find_pair(self, name: str, source: object = "--repeat") -> tuple[Block, str]:
        """Return the block and arm of a name like `villa_canales-draws-3-present_law:everything`.

        Raises `InputError` if there is no such pair; its message begins with ``source``, the source of the name.
        """
        if not PAIR_NAME.fullmatch(name):
            raise InputError(f"{source}: a pair is named SITE-KIND-DRAW-ACCOUNT:ARM, got '{name}'")
        block_name, _, arm = name.partition(":")
        blocks = {block.name: block for block in self.blocks}
        if block_name not in blocks:
            raise InputError(f"{source}: no block '{block_name}'{suggest_nearest(block_name, blocks)}")
        block = blocks[block_name]
        if arm not in block.arms:
            raise InputError(f"{source}: {block_name} has no run '{arm}'{suggest_nearest(arm, block.arms)}")
        return block, arm

    def settings_of(self, turn: int) -> dict[str, Steps]:
        """Return the random steps of the levers in a block, by name."""
        first = turn * self.size.points
        return {f"{SETTING_PREFIX}_{row}": self.settings[row] for row in range(first, first + self.size.points)}

    def parameter_values(self, site: str, draw: int) -> dict[str, Any]:
        """Return the parameter values of a draw at a site, by dotted name."""
        ranges, shares = self.ranges[site], dict(zip(self.names, map(float, self.cube[draw]), strict=True))
        return {name: span.value(shares[name]) for name, span in ranges.items()}

    def unknown_shares(self, draw: int) -> dict[str, float]:
        """Return the shares (0-1) of the drawn parameters that are inputs of the emulators."""
        return {name: float(self.cube[draw, self.names.index(name)]) for name in self.unknowns}

    @cached_property
    def random_steps(self) -> np.ndarray:
        """Random steps of the numbers that are solved for levels (draws × levels)."""
        return (2.0 * self.points(STEP_SEED, len(levels())) - 1.0) * math.log(self.plan.width)

    def values(self, place: Place, steps: Sequence[float] | None) -> dict[str, Any]:
        """Return all parameter values at a place, after steps of the levels if they are given."""
        site, draw, account = place
        values = self.parameter_values(site, draw) | accounts.read(account)
        moved = {} if steps is None else moved_values(municipality(site), values, steps)
        return values | moved | dict(self.size.set)

    @cached_property
    def levels_drawn(self) -> Mapping[Place, pd.DataFrame]:
        """Random steps of all places; empty where levels are not solved."""
        return self.solved.chosen(solved=False) if self.solved else {}

    @cached_property
    def levels_solved(self) -> Mapping[Place, pd.DataFrame]:
        """Solved steps of all places; empty where levels are not solved."""
        return self.solved.chosen(solved=True) if self.solved else {}

    def status_quo(
        self, place: Place, values: Mapping[str, Any], years: int, seed: int, measures: Sequence[str]
    ) -> RunSpec:
        """Return a run of the status quo with parameter values."""
        return RunSpec(
            source=place[0],
            overrides=overrides_of(values),
            until=date_after(municipality(place[0]).start, years),
            seed=seed,
            measures=tuple(measures),
            town=OWN_TOWN,
        )

    def specs(self, block: Block, folder: Path) -> dict[str, RunSpec]:
        """Return the runs of a block by arm; writes policy files of steps of the levers to the folder."""
        chosen = self.levels_drawn if block.kind == PRIOR else self.levels_solved
        steps = list(chosen[block.place]["step"]) if chosen else None
        values = self.values(block.place, steps)
        common = self.status_quo(block.place, values, block.years, block.seed, self.plan.columns)
        return {arm: replace(common, policies=self.policies(block, arm, folder)) for arm in block.arms}

    def policies(self, block: Block, arm: str, folder: Path) -> tuple[str, ...]:
        """Return the policies of an arm: those of a package, or the path of a written file with steps of the levers."""
        if arm not in block.settings:
            return tuple(block.packages.get(arm, ()))
        make_folder(folder / POLICIES_FOLDER)
        return (str(write_setting(folder / POLICIES_FOLDER, arm, block.settings[arm])),)


def account_of_turn(turn: int) -> str:
    """Return the account whose turn it is."""
    names = tuple(accounts.names())
    return names[turn % len(names)]


def design_of(size: str) -> ReproduceDesign:
    """Return the design of a size of the plan."""
    return ReproduceDesign(plan(), plan().size(size))


@cache
def municipality(site: str) -> Scenario:
    """Return the scenario of a site with its default values."""
    return load(site)
