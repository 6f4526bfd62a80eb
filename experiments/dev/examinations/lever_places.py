"""Derive the places at which levers act, by confining each lever to settlements of one kind.

``python -m experiments.dev.examinations.lever_places`` writes the table beside `scenarios.lever_places`. A lever acts
at settlements if it changes a bit of any resident although it is confined to settlements without a police facility. If
it needs a settlement with a facility, it acts at stations; if it needs the first settlement, at the seat; and otherwise
in the whole town. It is moved to both of its ends, alone and beside all other levers at either end, since some act only
together with others.
"""

import dataclasses
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from experiments.execution.run_requests import date_after
from experiments.execution.warm_starts import simulated_start
from experiments.storage.progress import announce_compiling, print_note
from experiments.storage.run_spec import RunSpec
from experiments.storage.writing import write_atomically
from model.engine.calendar import SHIFTS
from model.engine.parameters import all_parameters
from model.engine.scenario import Policy, PolicyEntry, Scenario
from model.simulation.checkpoint import Checkpoint
from model.simulation.model import TrustModel
from model.town.town import Town, build_town
from scenarios import load
from scenarios.lever_places import LEVER_PLACES_FILE, PLACES, SEAT, SETTLEMENT, STATION, TOWN, UNSEEN
from scenarios.policy_files import read_policy

SITES = ("totonicapan", "villa_canales")
ENDS = ("all_best", "all_worst")
"""Worlds with every lever at one end."""
MONTHS, DAYS_OF_MONTH = 8, 30
"""Length of a run: a lever that moves no resident within it does not act there."""


def all_levers() -> tuple[str, ...]:
    """Return the dotted names of all levers."""
    load(SITES[0])
    return tuple(name for name, _, about in all_parameters() if about.role == "lever")


@dataclass(frozen=True)
class LeverTrial:
    """Runs of one municipality after a warm-up that all share, each stopped as soon as a resident differs."""

    site: str
    months: int = MONTHS

    @cached_property
    def scenario(self) -> Scenario:
        """Municipality without policies."""
        return load(self.site)

    @cached_property
    def town(self) -> Town:
        """Town of the scenario."""
        return build_town(self.scenario)

    @cached_property
    def start(self) -> Checkpoint:
        """World at the end of its warm-up."""
        return simulated_start(RunSpec(source=self.site, seed=1, until=date_after(self.scenario.start, 1.0)), self.town)

    @cached_property
    def ends(self) -> Mapping[str, Mapping[str, float]]:
        """Values of all levers at both ends."""
        return {end: {one.parameter: one.value for one in read_policy(end).policy.entries} for end in ENDS}

    @cached_property
    def twins(self) -> dict[str, list[bytes]]:
        """Digests of residents after each month without a lever moved, by world beside which it is moved."""
        return {world: list(self.residents(self.entries(world, {}))) for world in ("", *ENDS)}

    @cached_property
    def settlements(self) -> Mapping[str, Collection[str]]:
        """Settlements to which levers are confined, by the place that they show."""
        names = [one.name for one in self.scenario.settlements]
        seat, posts = names[0], {one.settlement for one in self.scenario.facilities}
        return {
            SETTLEMENT: [name for name in names if name not in posts and name != seat],
            STATION: [name for name in names if name in posts and name != seat],
            SEAT: [seat],
            TOWN: names,
        }

    def entries(self, world: str, moved: Mapping[str, tuple[float, Collection[str]]]) -> tuple[PolicyEntry, ...]:
        """Return the entries of a world, in which levers have other values in some settlements."""
        names = [one.name for one in self.scenario.settlements]
        entries = []
        for lever, value in self.ends.get(world, {}).items():
            rest = [name for name in names if name not in moved.get(lever, (0.0, ()))[1]]
            if rest:
                entries.append(PolicyEntry(parameter=lever, how="set", value=value, settlements=tuple(rest)))
        entries += [
            PolicyEntry(parameter=lever, how="set", value=value, settlements=tuple(places))
            for lever, (value, places) in moved.items()
        ]
        return tuple(entries)

    def residents(self, entries: Sequence[PolicyEntry]) -> Iterator[bytes]:
        """Yield a digest of all residents after each month of a run with some entries."""
        policies = (Policy(name="moved", entries=tuple(entries)),) if entries else ()
        world = TrustModel.resumed(dataclasses.replace(self.scenario, policies=policies), self.start, town=self.town)
        try:
            for _ in range(self.months):
                world.run_for(SHIFTS * DAYS_OF_MONTH)
                yield hashlib.blake2b(world.minds.tobytes()).digest()
        finally:
            world.release()

    def acts(self, lever: str, settlements: Collection[str], worlds: Sequence[str]) -> bool:
        """Return whether a lever changes any resident if it is confined to some settlements."""
        for world in worlds:
            today = self.ends[world][lever] if world else None
            for value in {self.ends[end][lever] for end in ENDS} - {today}:
                moved = self.residents(self.entries(world, {lever: (value, settlements)}))
                if any(one != twin for one, twin in zip(moved, self.twins[world], strict=True)):
                    return True
        return False

    def place_of(self, lever: str) -> str:
        """Return the smallest place at which a lever acts, alone or beside the others."""
        worlds = ("", *ENDS)
        return next((place for place, names in self.settlements.items() if self.acts(lever, names, worlds)), UNSEEN)


def main() -> None:
    """Derive the places and write them."""
    announce_compiling()
    trials = [LeverTrial(site) for site in SITES]
    lines = ["# by python -m experiments.dev.examinations.lever_places"]
    for lever in all_levers():
        found = {trial.site: trial.place_of(lever) for trial in trials}
        print_note(f"{lever}: {found}")
        lines.append(f'"{lever}" = "{min(found.values(), key=PLACES.index)}"')
    write_atomically(LEVER_PLACES_FILE, ("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main()
