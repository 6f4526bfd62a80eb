"""Design of `confianza reproduce`: blocks of runs that share a parameter draw, a town, a seed and an account."""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.execution.run_requests import date_after
from experiments.reproduce.dosed_policies import dosed_changes, write_policy
from experiments.reproduce.levels import Place, SolvedLevels, levels, moved_values
from experiments.reproduce.plan import (
    ADOPTION,
    EVERYTHING,
    HEAVY_HAND,
    RANDOM_PREFIX,
    SITES,
    STATUS_QUO,
    Doses,
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
"""Folder of the files of partially implemented policies."""
DOSE_DECIMALS = 3
DRAWS, CHECKS, LOOP, LONG, PRIOR, AGAIN = KINDS = ("draws", "checks", "loop", "long", "prior", "again")
"""Kinds of blocks."""
OTHER_SEEDS = 10_000
"""Added to the seed of a block that repeats a draw with another seed."""
STEP_SEED, AIM_SEED, GROUP_SEED = 2, 3, 4
"""Added to the seed of the plan for the random steps of levels, their aims, and the common part of a mechanism."""
PAIR_NAME = re.compile(rf"({'|'.join(SITES)})-({'|'.join(KINDS)})-[0-9]+-[a-z_]+:[a-z0-9_]+")
"""Name of a pair of runs: names of its block and of its arm."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Runs of one site that share a parameter draw, a seed with its town, and an account.

    ``kind`` is one of `KINDS`. ``draw`` is the row in the hypercube of assumed parameters; blocks with the same draw
    also have the same seed, but for those of kind `AGAIN`. ``packages`` are doses by name, without the status quo;
    ``policies`` are run in full.
    """

    site: str
    kind: str
    draw: int
    account: str
    years: int
    packages: Mapping[str, Doses]
    policies: tuple[str, ...] = ()

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
        return (STATUS_QUO, *self.packages, *self.policies)


@dataclass(frozen=True)
class ReproduceDesign:
    """All blocks of a size, and the hypercube of draws (draws × assumed parameters, each 0-1).

    ``solved`` are the levels of its draws; without them all blocks are planned, as they are drawn.
    """

    plan: ReproducePlan
    size: ReproduceSize
    solved: SolvedLevels | None = None

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
    def doses(self) -> np.ndarray:
        """Latin hypercube of doses (packages at random doses × factors, 0-1)."""
        size = self.size
        rows = (size.draws + size.checks) * size.points + size.long * size.long_points
        return np.round(
            design_points(Design(points=max(1, rows), seed=self.plan.seed + 1), len(self.plan.factors)), DOSE_DECIMALS
        )

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
        fitting = self.solved.fitting
        return [block for block in planned if block.kind == PRIOR or block.place in fitting]

    @property
    def pairs(self) -> Iterator[tuple[Block, str]]:
        """All pairs of runs in the order of blocks: a block, and the arm compared with its status quo."""
        return ((block, arm) for block in self.blocks for arm in block.arms[1:])

    def draw_blocks(self, site: str) -> Iterator[Block]:
        """Yield the blocks of all kinds but `LOOP`; their draws take the accounts in turn."""
        size, plan, realistic = self.size, self.plan, tuple(one for one in self.plan.policies if one != HEAVY_HAND)
        block = partial(self.block_of_turn, site)
        for draw in range(size.draws):
            packages = dict(plan.packages) | self.random_packages(draw * size.points, size.points)
            yield block(DRAWS, draw, draw, size.years, packages, tuple(plan.policies))
        for number in range(size.long):
            first = (size.draws + size.checks) * size.points + number * size.long_points
            packages = dict(plan.packages) | self.random_packages(first, size.long_points)
            draw = size.draws + size.loop + number
            yield block(LONG, draw, number, size.long_years, packages, tuple(plan.policies))
        for number in range(size.checks):
            all_factors = {EVERYTHING: plan.packages[EVERYTHING]}
            packages = all_factors | self.random_packages((size.draws + number) * size.points, size.points)
            yield block(CHECKS, size.draws + size.loop + size.long + number, number, size.years, packages, ())
        for kind, number in ((PRIOR, size.prior), (AGAIN, size.again)):
            for draw in range(number):
                yield block(kind, draw, draw, size.years, plan.packages, realistic)

    def block_of_turn(
        self, site: str, kind: str, draw: int, turn: int, years: int, packages: Mapping[str, Doses],
        policies: tuple[str, ...],
    ) -> Block:  # fmt: skip
        """Return a block under the account whose turn it is."""
        names = tuple(accounts.names())
        return Block(
            site=site, kind=kind, draw=draw, account=names[turn % len(names)], years=years, packages=packages,
            policies=policies,
        )  # fmt: skip

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
            raise InputError(f"{source}: a pair is named SITE-KIND-DRAW-ACCOUNT:ARM, as in the explorer, got '{name}'")
        block_name, _, arm = name.partition(":")
        blocks = {block.name: block for block in self.blocks}
        if block_name not in blocks:
            raise InputError(f"{source}: no block '{block_name}'{suggest_nearest(block_name, blocks)}")
        block = blocks[block_name]
        if arm not in block.arms:
            raise InputError(f"{source}: {block_name} has no run '{arm}'{suggest_nearest(arm, block.arms)}")
        return block, arm

    def random_packages(self, first: int, number: int) -> dict[str, Doses]:
        """Return ``number`` packages at random doses, from row ``first`` of the hypercube of doses on."""
        factors = tuple(self.plan.factors)
        rows = range(first, first + number)
        return {f"{RANDOM_PREFIX}_{row}": dict(zip(factors, map(float, self.doses[row]), strict=True)) for row in rows}

    def parameter_values(self, site: str, draw: int) -> dict[str, Any]:
        """Return the parameter values of a draw at a site, by dotted name."""
        ranges, shares = self.ranges[site], dict(zip(self.names, map(float, self.cube[draw]), strict=True))
        return {name: span.value(shares[name]) for name, span in ranges.items()}

    def assumption_shares(self, draw: int) -> dict[str, float]:
        """Return the shares (0-1) of the assumptions that are inputs of the emulators."""
        return {name: float(self.cube[draw, self.names.index(name)]) for name in self.plan.assumptions}

    @cached_property
    def random_steps(self) -> np.ndarray:
        """Random steps of the numbers that are solved for levels (draws × levels)."""
        return (2.0 * self.points(STEP_SEED, len(levels())) - 1.0) * math.log(self.plan.width)

    @cached_property
    def random_errors(self) -> np.ndarray:
        """Random errors of what is measured (draws × levels), in standard deviations."""
        from scipy.special import ndtri

        return np.asarray(ndtri(self.points(AIM_SEED, len(levels()))))

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
        """Return the runs of a block by arm; writes files of partially implemented policies to the folder."""
        chosen = self.levels_drawn if block.kind == PRIOR else self.levels_solved
        steps = list(chosen[block.place]["step"]) if chosen else None
        values = self.values(block.place, steps)
        common = self.status_quo(block.place, values, block.years, block.seed, self.plan.columns)
        return {arm: replace(common, policies=self.policies(block, arm, folder)) for arm in block.arms}

    def policies(self, block: Block, arm: str, folder: Path) -> tuple[str, ...]:
        """Return the policies of an arm: names if all are implemented in full, else the path of a written file."""
        if arm not in block.packages:
            return () if arm == STATUS_QUO else (arm,)
        doses = {self.plan.factors[name]: share for name, share in block.packages[arm].items() if share > 0.0}
        if set(doses.values()) <= {1.0}:
            return tuple(doses)
        make_folder(folder / POLICIES_FOLDER)
        changes = dosed_changes(municipality(block.site), doses)
        return (str(write_policy(folder / POLICIES_FOLDER, f"{arm}_{block.site}", changes)),)


def design_of(size: str) -> ReproduceDesign:
    """Return the design of a size of the plan."""
    return ReproduceDesign(plan(), plan().size(size))


@cache
def municipality(site: str) -> Scenario:
    """Return the scenario of a site with its default values."""
    return load(site)
