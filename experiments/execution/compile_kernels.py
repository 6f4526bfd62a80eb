"""Compiling the model before workers start, so that they do not all do it."""

from experiments.execution import shared_towns
from model.engine.calendar import YEAR
from scenarios import load


def compile_model() -> None:
    """Compile every pass of the model by letting a small town live for a year, soldiers and prisons included."""
    from model.simulation.model import TrustModel  # brings Mesa and the compiler, which the coordinator does without

    scenario = load("baseline", policies=["heavy_hand"], set={"population.scale": 0.05, "calendar.warm_up": 0})
    TrustModel(scenario, rng=1).run_for(YEAR)


def compile_first() -> frozenset[str]:
    """Compile the model; return what towns are built from."""
    compile_model()
    return shared_towns.groups_of_towns()
