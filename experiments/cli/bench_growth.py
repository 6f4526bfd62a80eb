"""`confianza bench --growth FILE`: measure growth, draw it, and write the numbers if asked to."""

from pathlib import Path

from experiments.figures.growth import PANELS, growth_figure
from experiments.figures.svg import ENDINGS, render_figure
from experiments.storage.disk_space import check_target
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_whole
from experiments.tools.bench.growth import measure_growth
from model.engine.errors import InputError


def draw_growth(file: Path, json_file: Path | None, quick: bool) -> None:
    """Measure growth and write the figure, and the numbers as JSON if asked to."""
    if file.suffix not in ENDINGS:
        raise InputError(f"--growth must be a file that ends in {', '.join(ENDINGS)}, got '{file}'")
    check_target("--growth", file)
    found = measure_growth(quick)
    write_whole(file, render_figure(growth_figure(found), file.suffix, "growth"))
    for name, points in found["points"].items():
        print(f"{PANELS[name].doubled:32}" + "".join(f"{x:>12,.0f}" for x, _ in points))
        print(f"  {PANELS[name].up:30}" + "".join(f"{y:12.2f}" for _, y in points))
    print(f"written to {file}")
    if json_file is not None:
        write_whole(json_file, json_of(found))
