"""The command `export`: write the table of a results folder as CSV, and its cells and places as maps."""

from collections.abc import Mapping
from pathlib import Path

from experiments.cli.streams import write_bytes
from experiments.execution.execution_layers import layers_file
from experiments.storage.disk_space import check_target
from experiments.storage.progress import report_slow
from experiments.storage.reading import csv_of
from experiments.storage.writing import write_requested

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
