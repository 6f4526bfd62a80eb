"""The program `confianza`: what can be done from the shell."""

import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from model.errors import InputError, nearest

DONE, OUR_FAULT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
WIDTH = 80
LANGUAGES = ("es", "en", "both")

app = typer.Typer(
    name="confianza",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
    help="Simulates trust between police and community in two Guatemalan municipalities.",
    epilog="Exit codes: 0 done, 2 the input is wrong, 1 our own fault, 130 interrupted.",
)

if TYPE_CHECKING:
    from experiments.sweeps.command import Hands

Study = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study: a TOML file, or the name of a ready one.", show_default=False)
]
Workers = Annotated[int, typer.Option(metavar="N", help="Processes that share the runs.")]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster that computes.", show_default=False),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin anew instead of going on.")]
Scenario = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or a TOML file.", show_default=False)
]


@app.command()
def run(
    scenario: Scenario,
    policy: Annotated[
        list[str], typer.Option(metavar="NAME[@DATE]", help="A policy and when it begins; repeatable.")
    ] = [],  # noqa: B006
    set_: Annotated[list[str], typer.Option("--set", metavar="KEY=VALUE", help="Change a parameter; repeatable.")] = [],  # noqa: B006
    start: Annotated[str | None, typer.Option(metavar="DATE", help="First reported day.", show_default=False)] = None,
    years: Annotated[float | None, typer.Option(metavar="N", help="Length of the run.  [default: 3]")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day on which the run ends, instead of --years.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the first run.")] = 1,
    replicates: Annotated[int, typer.Option(metavar="N", help="Number of runs, with seeds seed, seed+1, …")] = 1,
    workers: Annotated[int, typer.Option(metavar="N", help="Processes that share the runs.")] = 1,
    keep: Annotated[
        str, typer.Option(metavar="incidents,cells", help="Keep all incidents, cells of every month.")
    ] = "",
    save: Annotated[Path | None, typer.Option(metavar="DIR", help="Save the state at the end, to go on from.")] = None,
    from_: Annotated[Path | None, typer.Option("--from", metavar="DIR", help="Go on from a saved state.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write.  [default: results/SCENARIO-POLICIES-SEED]"),
    ] = None,
) -> None:
    """Simulate a municipality, write tables, print a summary."""
    from experiments.runs.asked import asked
    from experiments.runs.folder import folder_of

    if workers < 1:
        raise InputError(f"--workers must be at least 1, got {workers}")
    if save is not None and from_ is not None:
        raise InputError("--save and --from exclude each other: give one of them")
    specs = asked(
        scenario,
        policies=policy,
        sets=set_,
        start=start,
        years=years,
        until=until,
        seed=seed,
        replicates=replicates,
        keep=keep,
        branch=from_,
    )
    folder = folder_of(specs[0], out)
    from experiments.cli.run import carry_out

    raise typer.Exit(INTERRUPTED if carry_out(specs, workers, save, folder, time.monotonic()) else DONE)


@app.command()
def compare(
    arms: Annotated[
        list[str],
        typer.Argument(metavar="ARM ARM…", help="[SITE:]POLICY[+POLICY…][@DATE], or a folder.", show_default=False),
    ],
    scenario: Annotated[
        list[str], typer.Option(metavar="S", help="Site of arms that name none; repeatable.  [default: villa_canales]")
    ] = [],  # noqa: B006
    set_: Annotated[list[str], typer.Option("--set", metavar="KEY=VALUE", help="Change a parameter; repeatable.")] = [],  # noqa: B006
    start: Annotated[str | None, typer.Option(metavar="DATE", help="First reported day.", show_default=False)] = None,
    years: Annotated[float | None, typer.Option(metavar="N", help="Length of the runs.  [default: 3]")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day on which runs end, instead of --years.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the first twins.")] = 1,
    replicates: Annotated[int, typer.Option(metavar="N", help="Number of twin worlds, with seeds seed, seed+1, …")] = 8,
    independent: Annotated[
        bool, typer.Option("--independent", help="Also run arms on other seeds: what do twins save?")
    ] = False,
    memory: Annotated[
        int, typer.Option(metavar="N", help="Also N twins for each of 20 laws of memory and asymmetry.")
    ] = 0,
    plan: Annotated[
        float | None, typer.Option(metavar="SIZE", help="How many twins an effect of this size needs.")
    ] = None,
    measure: Annotated[str, typer.Option(metavar="NAME", help="Of which measure, for --plan.")] = "trust_mean",
    power: Annotated[float, typer.Option(metavar="P", help="With which power, for --plan.")] = 0.8,
    workers: Annotated[int, typer.Option(metavar="N", help="Processes that share the worlds.")] = 1,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the report as one HTML file.")] = None,
    figures: Annotated[Path | None, typer.Option(metavar="DIR", help="Also write each figure as SVG and PNG.")] = None,
    lang: Annotated[str, typer.Option(metavar="es|en|both", help="Language of the report and figures.")] = "es",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write.  [default: results/compare-…]")
    ] = None,
) -> None:
    """Compare policies in twin worlds: same luck, one change."""
    from experiments.compare.command import compare as carry_out
    from experiments.compare.request import EffectSize, Request

    if workers < 1:
        raise InputError(f"--workers must be at least 1, got {workers}")
    if lang not in LANGUAGES:
        raise InputError(f"--lang knows {', '.join(LANGUAGES)}; got '{lang}'")
    options = {"start": start, "years": years, "until": until, "seed": seed, "replicates": replicates}
    request = Request(
        arms=tuple(arms),
        scenarios=tuple(scenario),
        sets=tuple(set_),
        independent=independent,
        memory=memory,
        **options,  # type: ignore[arg-type]
    )
    wish = EffectSize(size=plan, measure=measure, power=power) if plan is not None else None
    if report is not None and report.parent != out and not report.parent.is_dir():
        raise InputError(f"--report {report}: no folder '{report.parent}'")
    folder, interrupted = carry_out(request, workers, out, wish)
    if report is not None:
        from experiments.report import build
        from experiments.runs.folder import write_whole

        write_whole(report, build(folder, lang))
        print(f"Report: {report}")
    if figures is not None:
        from experiments.report.alone import write_figures

        written = write_figures(folder, figures, lang)
        print(f"Figures: {len(written)} files in {written[0].parent}/")
    raise typer.Exit(INTERRUPTED if interrupted else DONE)


@app.command()
def check(
    scenario: Scenario,
    years: Annotated[int, typer.Option(metavar="N", help="Years after the warm-up.")] = 3,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the first run.")] = 1,
    replicates: Annotated[int, typer.Option(metavar="N", help="Number of runs.")] = 1,
) -> None:
    """Set a year of the status quo beside orders of magnitude."""
    from experiments.runs.asked import asked

    specs = asked(scenario, years=years, seed=seed, replicates=replicates)
    from experiments.validation.check import show_check

    show_check(specs)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `run` or `sweep` wrote.")],
    csv: Annotated[Path, typer.Option(metavar="FILE", help="The file to write; - is standard output.")],
) -> None:
    """Write the whole table as CSV, always the same bytes."""
    from experiments.sweeps.export import csv_of
    from experiments.sweeps.export import export as write_csv

    if str(csv) == "-":
        sys.stdout.buffer.write(csv_of(folder))
        sys.stdout.buffer.flush()
    else:
        write_csv(folder, csv)


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A report, or a folder of results.")],
    workers: Annotated[int, typer.Option(metavar="N", help="Processes that share the runs.")] = 1,
) -> None:
    """Run again what made a report or results: equal or not?"""
    from experiments.report.verify import verify as differences

    found = differences(path, workers)
    print("\n".join([f"not equal: {line}" for line in found] or [f"equal: {path}"]))
    raise typer.Exit(OUR_FAULT if found else DONE)


@app.command()
def scenarios() -> None:
    """List the municipalities."""
    from experiments.cli.listings import scenario_lines, show

    show(scenario_lines())


@app.command()
def policies() -> None:
    """List the policies and what they change."""
    from experiments.cli.listings import policy_lines, show

    show(policy_lines())


@app.command()
def parameters(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A parameter, a group, or a part of a name.", show_default=False),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="S", help="Show the values and sources of this scenario.")
    ] = None,
) -> None:
    """List parameters with unit, range, role and source."""
    from experiments.cli.listings import parameter_lines, show
    from scenarios import load

    show(parameter_lines(name, load(scenario) if scenario else None))


@app.command()
def measures(
    lang: Annotated[str, typer.Option(metavar="en|es", help="Language of the meanings.")] = "en",
) -> None:
    """List the monthly measures with unit and meaning."""
    from experiments.cli.listings import measure_lines, show

    show(measure_lines(lang))


@app.command()
def view(
    scenario: Annotated[str, typer.Argument(metavar="[SCENARIO]", help="Name of a scenario, or a TOML file.")] = (
        "villa_canales"
    ),
    port: Annotated[int, typer.Option(metavar="N", help="Port on 127.0.0.1.")] = 8765,
    lang: Annotated[str, typer.Option(metavar="es|en", help="Language with which the page opens.")] = "en",
) -> None:
    """Open the page: a town, its twin, and why things happen."""
    from experiments.viewer.serve import view as serve

    serve(scenario, port, lang)


@app.command()
def bench(
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the numbers as JSON.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Shorter runs, rougher numbers.")] = False,
    against: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Instead: another checkout and this one in turn.")
    ] = None,
    floor: Annotated[
        bool, typer.Option("--floor", help="Instead: a decade in bare loops, beside that on record.")
    ] = False,
    store: Annotated[
        str | None, typer.Option(metavar="REASON", help="With --floor: put the new figure on record.")
    ] = None,
) -> None:
    """Measure speed and memory beside the goals (minutes)."""
    if store is not None and not floor:
        raise InputError("--store belongs to --floor: give both")
    if floor and (against is not None or quick or json is not None):
        raise InputError("--floor goes with no other option than --store")
    if json is not None and not json.parent.is_dir():
        raise InputError(f"--json {json}: no folder '{json.parent}'")
    if floor:
        from experiments.bench.floor import check_floor

        raise typer.Exit(DONE if check_floor(store) else OUR_FAULT)
    if against is not None:
        from experiments.bench.paired import against as measure_both

        measure_both(against, json, quick)
        return
    from experiments.bench.command import measure

    measure(json, quick)


@app.command()
def validate(
    knockouts: Annotated[
        bool, typer.Option("--knockouts", help="Switch each mechanism off and say what it does.")
    ] = False,
    criteria: Annotated[
        bool, typer.Option("--criteria", help="Frühling's criteria at both sites, over draws.")
    ] = False,
    only: Annotated[list[str], typer.Option(metavar="MECHANISM", help="Only this mechanism; repeatable.")] = [],  # noqa: B006
    replicates: Annotated[int, typer.Option(metavar="N", help="Twins, or seeds.")] = 8,
    years: Annotated[float, typer.Option(metavar="N", help="Years after the warm-up.")] = 2.0,
    scale: Annotated[float, typer.Option(metavar="SHARE", help="Size of the towns of the knock-outs.")] = 0.25,
    workers: Annotated[int, typer.Option(metavar="N", help="Processes that share the runs.")] = 1,
) -> None:
    """Examine the model: knock-outs, criteria over draws."""
    if not knockouts and not criteria:
        raise InputError("say what to validate: --knockouts, --criteria")
    good = True
    if knockouts:
        from experiments.validation.knockouts import show_knockouts

        good = show_knockouts(only, scale=scale, years=years, replicates=replicates, workers=workers)
    if criteria:
        from experiments.compare.criteria import show_draws

        show_draws(years=years, replicates=replicates, workers=workers)
    raise typer.Exit(DONE if good else OUR_FAULT)


@app.command()
def sweep(
    study: Study,
    workers: Workers = 1,
    dask: Dask = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write.  [default: results/STUDY]", show_default=False)
    ] = None,
    fresh: Fresh = False,
) -> None:
    """Compute all runs of a study, or those that are missing."""
    from experiments.sweeps.command import sweep as carry_out

    raise typer.Exit(carry_out(study, hands_of(workers, dask), out, fresh))


@app.command()
def sensitivity(
    study: Study,
    method: Annotated[str, typer.Option(metavar="morris|sobol|pawn", help="How the factors are weighed.")] = "morris",
    budget: Annotated[
        str | None,
        typer.Option(metavar="30m", help="Plan the design to fit this time.  [default: as the study says]"),
    ] = None,
    workers: Workers = 1,
    dask: Dask = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write.  [default: results/STUDY-METHOD]", show_default=False),
    ] = None,
    fresh: Fresh = False,
) -> None:
    """Tell which parameters matter, and how much of it is luck."""
    known = ("morris", "sobol", "pawn")
    if method not in known:
        raise InputError(f"--method knows {', '.join(known)}, got '{method}'{nearest(method, known)}")
    hands = hands_of(workers, dask)
    from experiments.sensitivity.command import sensitivity as carry_out

    raise typer.Exit(carry_out(study, method, budget, hands, out, fresh))


@app.command()
def plot(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of results.")]) -> None:
    """Draw the figures of a run, a sweep or a sensitivity analysis."""
    from experiments.figures.plot import draw

    for path in draw(folder):
        print(path)


@app.command()
def repeat(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run: identity, command, or file in quarantine/.")],
    within: Annotated[
        Path | None,
        typer.Option("--in", metavar="DIR", help="The folder that names it.  [default: all in results/]"),
    ] = None,
) -> None:
    """Compute one run again, in this process, and compare."""
    from experiments.sweeps.repeat import repeat as once_more

    raise typer.Exit(once_more(run, within))


def hands_of(workers: int, dask: str | None) -> "Hands":
    """Return who computes, as options say."""
    from experiments.sweeps.command import Hands

    if workers < 1:
        raise InputError(f"--workers must be at least 1, got {workers}")
    return Hands(workers, dask)


def main() -> None:
    """Run the program and leave with its exit code."""
    sys.exit(code_of(sys.argv[1:]))


def code_of(words: list[str]) -> int:
    """Run the program with these words; return the exit code and never a traceback for a wrong input."""
    try:
        return app(words or ["--help"], prog_name="confianza", standalone_mode=False) or DONE
    except InputError as wrong:
        return complain(str(wrong), WRONG_INPUT)
    except TyperException as wrong:
        return complain(wrong.format_message(), WRONG_INPUT)
    except typer.Exit as left:
        return left.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    except Exception:
        traceback.print_exc()
        return complain("our own fault, not yours: please report the lines above", OUR_FAULT)


def complain(message: str, code: int) -> int:
    """Say in one line what is wrong; return the exit code."""
    print(f"confianza: {' '.join(message.split())}", file=sys.stderr)
    return code
