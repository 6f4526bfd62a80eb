"""Design of `confianza reproduce`: blocks of runs that share a parameter draw, a town, a seed and an account."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from experiments.execution.run_requests import date_after
from experiments.reproduce.dosed_policies import dosed_changes, write_policy
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
from experiments.studies.factors import Range, plausible_ranges
from experiments.studies.study import Design
from experiments.studies.study_jobs import design_points
from model.engine.errors import InputError, suggest_nearest
from model.engine.scenario import Scenario
from scenarios import accounts, load

FIRST_SEED = 1001
"""Seed of the first block; it differs from the seeds of other results, which begin with 1."""
POLICIES_FOLDER = "policies"
"""Folder of the files of partially implemented policies."""
DOSE_DECIMALS = 3
DRAWS, CHECKS, LOOP, LONG = KINDS = ("draws", "checks", "loop", "long")
"""Kinds of blocks."""
PAIR_NAME = re.compile(rf"({'|'.join(SITES)})-({'|'.join(KINDS)})-[0-9]+-[a-z_]+:[a-z0-9_]+")
"""Name of a pair of runs: names of its block and of its arm."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Runs of one site that share a parameter draw, a seed with its town, and an account.

    ``kind`` is one of `KINDS`. ``draw`` is the row in the hypercube of assumed parameters; blocks with the same draw
    also have the same seed. ``packages`` are doses by name, without the status quo; ``heavy`` adds a run of heavy
    hand.
    """

    site: str
    kind: str
    draw: int
    account: str
    years: int
    packages: Mapping[str, Doses]
    heavy: bool

    @property
    def seed(self) -> int:
        """Seed of the random numbers and of the town."""
        return FIRST_SEED + self.draw

    @property
    def name(self) -> str:
        """Unique name of the block."""
        return f"{self.site}-{self.kind}-{self.draw}-{self.account}"

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the runs, the status quo first."""
        return (STATUS_QUO, *self.packages, *([HEAVY_HAND] if self.heavy else []))


@dataclass(frozen=True)
class ReproduceDesign:
    """All blocks of a size, and the hypercube of draws (draws × assumed parameters, each 0-1)."""

    plan: ReproducePlan
    size: ReproduceSize

    @cached_property
    def ranges(self) -> Mapping[str, Range]:
        """Plausible ranges of all unmeasured parameters, by dotted name."""
        return dict(plausible_ranges("*"))

    @cached_property
    def cube(self) -> np.ndarray:
        """Latin hypercube of draws (draws × parameters, 0-1)."""
        return design_points(Design(points=self.size.all_draws, seed=self.plan.seed), len(self.ranges))

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
        return [block for _, block in sorted(relative_places, key=lambda item: item[0])]

    @property
    def pairs(self) -> Iterator[tuple[Block, str]]:
        """All pairs of runs in the order of blocks: a block, and the arm compared with its status quo."""
        return ((block, arm) for block in self.blocks for arm in block.arms[1:])

    def draw_blocks(self, site: str) -> Iterator[Block]:
        """Yield the blocks of kinds `DRAWS`, `LONG` and `CHECKS`; their draws take the accounts in turn."""
        names, size = tuple(accounts.names()), self.size
        all_factors = {EVERYTHING: self.plan.packages[EVERYTHING]}
        for draw in range(size.draws):
            packages = dict(self.plan.packages) | self.random_packages(draw * size.points, size.points)
            yield Block(
                site=site, kind=DRAWS, draw=draw, account=names[draw % len(names)], years=size.years,
                packages=packages, heavy=True,
            )  # fmt: skip
        for number in range(size.long):
            first = (size.draws + size.checks) * size.points + number * size.long_points
            packages = all_factors | self.random_packages(first, size.long_points)
            yield Block(
                site=site, kind=LONG, draw=size.draws + size.loop + number, account=names[number % len(names)],
                years=size.long_years, packages=packages, heavy=True,
            )  # fmt: skip
        for number in range(size.checks):
            packages = all_factors | self.random_packages((size.draws + number) * size.points, size.points)
            yield Block(
                site=site, kind=CHECKS, draw=size.draws + size.loop + size.long + number,
                account=names[number % len(names)], years=size.years, packages=packages, heavy=False,
            )  # fmt: skip

    def loop_blocks(self, site: str) -> Iterator[Block]:
        """Yield the blocks of kind `LOOP`: each draw under every account of the loop."""
        packages = {name: self.plan.packages[name] for name in (EVERYTHING, ADOPTION)}
        for draw in range(self.size.draws, self.size.draws + self.size.loop):
            for account in (self.plan.loop.uncut, *self.plan.loop.cuts[: self.size.cuts]):
                yield Block(
                    site=site, kind=LOOP, draw=draw, account=account, years=self.size.years, packages=packages,
                    heavy=False,
                )  # fmt: skip

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

    def parameter_values(self, draw: int) -> dict[str, Any]:
        """Return the parameter values of a draw, by dotted name."""
        return {
            name: span.value(float(share))
            for (name, span), share in zip(self.ranges.items(), self.cube[draw], strict=True)
        }

    def assumption_shares(self, draw: int) -> dict[str, float]:
        """Return the shares (0-1) of the assumptions that are inputs of the emulators."""
        names = list(self.ranges)
        return {name: float(self.cube[draw, names.index(name)]) for name in self.plan.assumptions}

    def specs(self, block: Block, folder: Path) -> dict[str, RunSpec]:
        """Return the runs of a block by arm; writes files of partially implemented policies to the folder."""
        values = self.parameter_values(block.draw) | accounts.read(block.account) | dict(self.size.set)
        scenario = municipality(block.site)
        common = RunSpec(
            source=block.site,
            overrides=overrides_of(values),
            until=date_after(scenario.start, block.years),
            seed=block.seed,
            measures=self.plan.columns,
            town=OWN_TOWN,
        )
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
