"""`python -m experiments.dev bench`: measure speed and memory, alone or beside another checkout."""

from pathlib import Path

from experiments.dev.bench.floor import check_floor
from experiments.dev.bench.growth import draw_growth
from experiments.dev.bench.paired import measure
from experiments.storage.disk_space import check_target
from model.engine.errors import InputError


def bench(
    *,
    json_file: Path | None,
    quick: bool,
    against: Path | None,
    floor: bool,
    growth: Path | None,
    reason: str | None,
    fresh: bool,
) -> bool:
    """Measure in one of three ways; return False where ``floor`` finds that a decade takes longer than on record."""
    if reason is not None and not floor:
        raise InputError("--store belongs to --floor: give both")
    if floor and (against is not None or quick or json_file is not None):
        raise InputError("--floor goes with no other option than --store")
    if [floor, against is not None, growth is not None].count(True) > 1:
        raise InputError("--floor, --against and --growth are measured one at a time: give one")
    if json_file is not None:
        check_target("--json", json_file, (".json",), fresh)
    if floor:
        return check_floor(reason)
    if growth is not None:
        draw_growth(growth, json_file, quick, fresh)
    else:
        measure(json_file, quick, against)
    return True
