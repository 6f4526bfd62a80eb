"""The command `export`: write results as CSV, as maps of cells and places, or as figures."""

from collections.abc import Mapping
from pathlib import Path

from experiments.cli.plot import draw_record
from experiments.cli.streams import write_bytes
from experiments.execution.execution_layers import layers_file
from experiments.figures.plot_command import draw_folder
from experiments.storage.disk_space import check_target
from experiments.storage.progress import report_slow
from experiments.storage.reading import csv_of
from experiments.storage.writing import write_requested
from experiments.words.console import console_text

ENDINGS = {"--csv": (".csv",), "--gpkg": (".gpkg",), "--geojson": (".geojson", ".json")}
STANDARD_OUTPUT = Path("-")


def export(folder: Path, targets: Mapping[str, Path], fresh: bool) -> None:
    """Write the files of a folder to the target of each option; replace other files only if ``fresh``."""
    for option, target in targets.items():
        if (option, target) != ("--csv", STANDARD_OUTPUT):
            check_target(option, target, ENDINGS[option])
    with report_slow("exporting"):
        files = {
            target: csv_of(folder) if option == "--csv" else layers_file(folder, option)
            for option, target in targets.items()
        }
        printed = files.pop(STANDARD_OUTPUT, None)
        write_requested(files, fresh)
    if printed is not None:
        write_bytes(printed)


def export_figures(place: Path, target: Path, measures: str, lang: str, fresh: bool) -> None:
    """Draw the figures of a folder or a recorded table into a folder or a file; print the paths written."""
    with report_slow(console_text("label.drawing")):
        draw = draw_record if place.suffix == ".csv" else draw_folder
        paths = draw(place, measures, target, lang, fresh)
    for path in paths:
        print(path)
