"""Count the draws and exponentials of some shifts one by one, without the compiler.

To count within compiled kernels would cost what it counts.  Uncompiled they give the same bits, so that the same draws
are made; each is then an ordinary call that Python can count.
"""

import math
import os
import pickle
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments.tools.bench.phases import watched


def count(site: str, shifts: int, town: Path) -> dict[str, dict[str, dict[str, int]] | dict[str, int]]:
    """Return the draws by phase and decision, and the exponentials by phase, of the first shifts of a site."""
    if "numba" in sys.modules:
        raise RuntimeError("draws can only be counted in a process that has not loaded the compiler")
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    draws: dict[str, Counter[str]] = {}
    exponentials: Counter[str] = Counter()
    current: Counter[str] = Counter()
    listen(current)  # before anything that draws is imported

    def turn(ended: str) -> None:
        exponentials[ended] += current.pop("exp", 0)
        draws.setdefault(ended, Counter()).update(current)
        current.clear()

    load, model = import_module("scenarios").load, import_module("model.simulation.model").TrustModel
    world = model(load(site, set={"calendar.warm_up": 0}), rng=1, town=pickle.loads(town.read_bytes()))
    current.clear()
    with watched(world, turn):
        world.run_for(shifts)
    return {"draws": {phase: dict(made) for phase, made in draws.items() if made}, "exponentials": dict(exponentials)}


def listen(current: "Counter[str]") -> None:
    """Count from now on every draw under the name of its decision, and every exponential as `exp`."""
    streams: Any = import_module("model.engine.random_streams")
    arithmetic: Any = math
    draw, number, exponential = streams.keyed_uniform, streams.stream_id, math.exp
    names: dict[int, str] = {}

    def counting_uniform(seed: int, decision: int, tick: int, who: int, nth: int) -> float:
        current[names.get(int(decision), "unnamed")] += 1
        return float(draw(seed, decision, tick, who, nth))

    def naming_stream(name: str) -> object:
        found = number(name)
        names[int(found)] = name
        return found

    def counting_exponential(x: float) -> float:
        current["exp"] += 1
        return exponential(x)

    streams.keyed_uniform, streams.stream_id = counting_uniform, naming_stream
    arithmetic.exp = counting_exponential
