"""The command `compare`: run paired worlds, then write the requested report and figures."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from experiments.comparison.arms import parse_arm_argument
from experiments.comparison.comparison import EffectSize, Request, arms_of
from experiments.narrative.messages import counted_message, figure_message
from experiments.report.compare_command import compare
from experiments.report.prices import NO_PRICES, Prices
from experiments.storage.comparison_options import option_of
from experiments.storage.disk_space import check_disk_space, check_ending, check_target
from experiments.storage.manifest import COMPARISON, kind_of, read_manifest
from experiments.storage.progress import report_slow
from experiments.words.bilingual import FigureTexts
from experiments.words.console import console_text
from model.engine.errors import InputError

MAX_OUTPUT_BYTES = 20e6
"""Largest size in bytes of a report, or of all figures of a comparison."""
FIGURE_ENDINGS, REPORT_ENDINGS = (".svg", ".png"), (".html", ".htm")


@dataclass(frozen=True)
class ComparisonOutput:
    """Output of a comparison besides its tables: a report with prices of units, figures, and their languages.

    ``text`` is the language of the terminal output.
    """

    report: Path | None
    figures: Path | None
    lang: str
    prices: Prices = NO_PRICES
    text: str = "en"

    def check(self, request: Request, out: Path | None, fresh: bool) -> None:
        """Raise InputError if report or figures cannot be written; called before hours of computing."""
        if self.prices.by_cost and self.report is None:
            raise InputError("--price tells costs in quetzales in a report: add --report FILE.")
        if self.report is not None:
            if self.report.parent != out or self.report.parent.is_dir():
                check_target("--report", self.report, REPORT_ENDINGS)
            check_ending("--report", self.report, REPORT_ENDINGS)
            check_disk_space({"--report": (self.report.parent, MAX_OUTPUT_BYTES)})
            if self.report.exists():
                self.check_replaced(request, fresh)
        if self.figures is not None:
            from experiments.figures.report_figures import FILE_ENDINGS, check_figure_name

            check_figure_name(self.figures)
            if self.figures.suffix in FILE_ENDINGS and self.figures.parent.is_dir():
                check_target("--figures", self.figures)
            check_disk_space(
                {
                    "--figures": (
                        self.figures.parent if self.figures.suffix in FIGURE_ENDINGS else self.figures,
                        MAX_OUTPUT_BYTES,
                    )
                }
            )
            if not fresh:
                self.check_redrawn(request)

    def check_replaced(self, request: Request, fresh: bool) -> None:
        """Raise InputError if the file to be replaced is no report, or the report of another comparison."""
        from experiments.storage.manifest import report_manifest_or_none

        manifest = report_manifest_or_none(self.report) if self.report is not None and self.report.is_file() else None
        if manifest is None:
            raise InputError(f"--report {self.report} is there and is no report of this program: choose another file")
        if not fresh and manifest.get("command") != command_of(request):
            raise InputError(
                f"--report {self.report} holds the report of another comparison ({manifest.get('command')}): choose"
                " another file, or replace it with --fresh"
            )

    def check_redrawn(self, request: Request) -> None:
        """Raise InputError if a file to be replaced is a figure of another comparison or not from this program."""
        from experiments.figures.report_figures import is_figure_name
        from experiments.figures.svg import source_of

        place = self.figures or Path()
        drawn = {file: source_of(file) for kind in FIGURE_ENDINGS for file in sorted(place.glob(f"*{kind}"))}
        named = {file: text for file, text in drawn.items() if text or is_figure_name(file.stem)}
        sources = {place: source_of(place)} if place.is_file() else named
        for file, text in sources.items():
            if text is None or not text.startswith(f"{command_of(request)} --figures "):
                raise InputError(
                    f"--figures {file} is there and not of this comparison ({text or 'no command in it'}): choose"
                    " another place, or replace it with --fresh"
                )

    def write(self, folder: Path) -> None:
        """Write the requested report and figures of the comparison in a folder."""
        if self.report is not None:
            from experiments.report import build
            from experiments.storage.writing import write_atomically

            with report_slow(console_text("label.report")):
                write_atomically(self.report, build(folder, self.lang, self.prices))
            print(figure_message("comparison.report", FigureTexts(self.text), file=self.report))
        if self.figures is not None:
            from experiments.figures.report_figures import write_figures

            with report_slow(console_text("label.figures")):
                written = write_figures(folder, self.figures, self.lang)
            place = written[0].parent
            print(counted_message("comparison.figures", FigureTexts(self.text), len(written), place=place))


def effect_size(size: float | None, measure: str | None, power: float | None) -> EffectSize | None:
    """Return the effect for which pairs are planned; raise if its measure or power is given without its size."""
    given: dict[str, Any] = {"measure": measure, "power": power}
    given = {name: value for name, value in given.items() if value is not None}
    if size is not None:
        return EffectSize(size=size, **given)
    for name in given:
        raise InputError(f"--{name} belongs to --plan: give both")
    return None


def command_of(request: Request) -> str:
    """Return the command of a request, or of the stored comparison if the request names its folder."""
    of_folder = len(request.arms) == 1 and kind_of(Path(request.arms[0])) == COMPARISON
    return (Request.read(read_manifest(Path(request.arms[0]))["request"]) if of_folder else request).command


def add_draws(request: Request, output: ComparisonOutput, out: Path | None, make: Callable[[], Path]) -> Request:
    """Return the request with draws; ``make``, which takes long, creates their file after all other checks."""
    output.check(request, out, fresh=True)
    _, found = arms_of(request)
    if found:
        raise InputError("--draws runs worlds: it has no meaning for folders of results")
    return replace(request, draws=str(make()))


def check_folders(request: Request) -> None:
    """Raise if options say what to run although the arms are folders, where it has been run."""
    if not all(parse_arm_argument(text).folder for text in request.arms):
        return
    changed = [option_of(one) for one in fields(Request)[1:] if getattr(request, one.name) != one.default]
    if options := [option for option in changed if option != "--delta"]:
        raise InputError(f"leave out {', '.join(options)}: folders of results hold what has been run")


def run_comparison(
    request: Request, workers: int, out: Path | None, target: EffectSize | None, output: ComparisonOutput, fresh: bool
) -> bool:
    """Run a comparison and write its output; return whether it was interrupted."""
    check_folders(request)
    output.check(request, out, fresh)
    folder, interrupted = compare(request, workers, out, target, fresh, output.text)
    output.write(folder)
    return interrupted
