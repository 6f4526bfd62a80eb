"""The command `compare` from twin worlds to the report and figures that were asked for."""

from dataclasses import dataclass
from pathlib import Path

from experiments.compare.command import compare
from experiments.compare.request import EffectSize, Request
from model.errors import InputError


@dataclass(frozen=True)
class Shown:
    """How a comparison is shown beside its tables: a report, figures, and in which languages."""

    report: Path | None
    figures: Path | None
    lang: str

    def check(self, out: Path | None) -> None:
        """Raise where there is no place for the report, before hours are spent on what it shows."""
        if self.report is not None and self.report.parent != out and not self.report.parent.is_dir():
            raise InputError(f"--report {self.report}: no folder '{self.report.parent}'")

    def write(self, folder: Path) -> None:
        """Write what was asked for, from the comparison in a folder."""
        if self.report is not None:
            from experiments.report import build
            from experiments.runs.folder import write_whole

            write_whole(self.report, build(folder, self.lang))
            print(f"Report: {self.report}")
        if self.figures is not None:
            from experiments.report.alone import write_figures

            written = write_figures(folder, self.figures, self.lang)
            print(f"Figures: {len(written)} files in {written[0].parent}/")


def carry_out(
    request: Request, workers: int, out: Path | None, wish: EffectSize | None, shown: Shown, fresh: bool
) -> bool:
    """Run a comparison and show it; return whether it was interrupted."""
    shown.check(out)
    folder, interrupted = compare(request, workers, out, wish, fresh)
    shown.write(folder)
    return interrupted
