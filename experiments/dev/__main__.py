"""Programs for those who maintain the project: `python -m experiments.dev NAME`.

Others are modules of their own: `experiments.dev.documents` and `experiments.dev.reference`.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from experiments.cli import options
from experiments.cli.app import DONE, HELP_WIDTH, OUR_FAULT, run_program
from experiments.execution import interruption

app = typer.Typer(
    name="python -m experiments.dev",
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": HELP_WIDTH},
    help="Programs for those who maintain the project.",
)
Quick = Annotated[bool, Option("--quick", help="Shorter runs, rougher numbers.")]


@app.command()
def bench(
    json: Annotated[Path | None, Option(metavar="FILE", help="Also write the numbers as JSON.")] = None,
    quick: Quick = False,
    against: Annotated[
        Path | None, Option(metavar="FOLDER", help="Instead: another checkout and this one in turn.")
    ] = None,
    floor: Annotated[bool, Option("--floor", help="Instead: a decade in bare loops, beside that on record.")] = False,
    growth: Annotated[
        Path | None, Option(metavar="FILE", help="Instead: a figure of time by residents, couples, years.")
    ] = None,
    store: Annotated[str | None, Option(metavar="REASON", help="With --floor: put the new figure on record.")] = None,
    fresh: options.Replace = False,
) -> None:
    """Measure speed and memory beside the goals."""
    from experiments.dev.bench import bench_command

    fast_enough = bench_command.bench(
        json_file=json, quick=quick, against=against, floor=floor, growth=growth, reason=store, fresh=fresh
    )
    raise typer.Exit(DONE if fast_enough else OUR_FAULT)


@app.command(context_settings={"ignore_unknown_options": True})
def validate(
    names: Annotated[
        list[str], Argument(metavar="NAME...", help="Examinations to run, see above.", show_default=False)
    ] = [],
    only: Annotated[list[str], Option(metavar="NAME", help="Only this mechanism, row or experiment; repeatable.")] = [],
    replicates: Annotated[
        int | None, Option(metavar="N", help="Pairs, or seeds.  [default: that of each examination]")
    ] = None,
    years: Annotated[
        float | None, Option(metavar="N", help="Years after the warm-up.  [default: that of each examination]")
    ] = None,
    scale: Annotated[
        float | None, Option(metavar="SHARE", help="Size of the towns.  [default: that of each examination]")
    ] = None,
    workers: options.Workers = 1,
    quick: Quick = False,
    out: Annotated[
        Path | None, Option(metavar="DIR", help="Where to write.  [default: results/validate]", show_default=False)
    ] = None,
) -> None:
    """Examine the model; without a name, say which examinations there are."""
    from experiments.dev.examinations import command

    request = command.ValidationRequest(
        names=command.requested_names(names), only=tuple(only), replicates=replicates, years=years, scale=scale,
        workers=workers, quick=quick, out=out,
    )  # fmt: skip
    raise typer.Exit(DONE if command.run_examinations(request) else OUR_FAULT)


@app.command()
def bundle(
    folder: Annotated[Path, Argument(metavar="FOLDER", help="The folder to fill; it is made if need be.")],
    systems: Annotated[
        list[str],
        Option("--for", metavar="windows|macos|linux", help="For which system; repeatable.  [default: this one]"),
    ] = [],
) -> None:
    """Fill a folder for workshops without internet."""
    from experiments.dev.bundle import bundle as program

    program.bundle(folder, systems)


if __name__ == "__main__":
    interruption.install_handlers()
    interruption.exit_program(run_program(sys.argv[1:], app, "python -m experiments.dev"))
