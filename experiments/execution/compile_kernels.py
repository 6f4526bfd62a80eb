"""Compile the model once before workers start, in two processes if no kernel is cached.

Numba looks for each kernel in its disk cache before it compiles it, and compiles one at a time per process.  A second
process that begins with the last kernel therefore takes over nearly half of the work.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.execution.process import end_with_parent
from experiments.storage.progress import compiled_before
from model.engine.calendar import YEAR
from scenarios import load

if TYPE_CHECKING:
    from model.simulation.model import TrustModel


def small_world() -> "TrustModel":
    """Return the model of a small town with soldiers and prisons, which uses every kernel."""
    from model.simulation.model import TrustModel  # imports Mesa and Numba, which the coordinator does not need

    scenario = load("baseline", policies=["heavy_hand"], set={"population.scale": 0.05, "calendar.warm_up": 0})
    return TrustModel(scenario, rng=1)


def compile_model() -> None:
    """Compile every kernel of the model by simulating a year of a small town."""
    small_world().run_for(YEAR)


def compile_from_end() -> None:
    """Compile the kernels of the schedules from the last to the first."""
    from model.simulation.registry import MONTH_SCHEDULE, SHIFT_SCHEDULE
    from model.world.steps import KernelStep, parts_of

    world = small_world()
    steps = (*SHIFT_SCHEDULE.values(), *MONTH_SCHEDULE.values())
    for part in reversed([part for step in steps for part in parts_of(step)]):
        if isinstance(part, KernelStep):
            part.bind(world)


@contextmanager
def second_compiler() -> Iterator[None]:
    """Compile from the end in a second process meanwhile, if no kernels are cached and there are several cores."""
    if compiled_before() or (os.cpu_count() or 1) == 1:
        yield
        return
    compiler = multiprocessing.get_context("spawn").Process(target=_compile_in_child, daemon=True)
    compiler.start()
    try:
        yield
    finally:
        compiler.terminate()
        compiler.join()


def _compile_in_child() -> None:
    """Compile from the end in this child process, which ignores Ctrl-C and ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    compile_from_end()
