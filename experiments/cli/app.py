"""Commands of the program `confianza`.

Each command imports its implementation when it is called, so that help appears at once.
"""

import errno
import os
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer
from typer.exceptions import TyperException

from experiments.cli import options
from experiments.cli.streams import prepare_streams
from experiments.execution import interruption
from experiments.execution.process import collect_garbage_rarely
from experiments.storage.comparison_options import ComparisonOptions
from experiments.words.console import set_console_language
from model.engine.errors import InputError, WorkStopped

DONE, OUR_FAULT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
YEARS_OF_CHECK = 3
DRAWS_OF_ACCOUNTS = "plausible:8"
DRAW_PREFIXES = ("plausible:", "calibrated:")
HELP_WIDTH = 80
MAX_ERROR_CHARACTERS = 800
INVALID_PATH_ERRORS = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ELOOP)
"""System errors for invalid paths; they are reported as wrong input."""

app = typer.Typer(
    name="confianza",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": HELP_WIDTH},
    help="Simulates trust between police and community in two Guatemalan municipalities.",
    epilog=(
        "Exit codes: 0 done, 2 the input is wrong or a file cannot be written, 1 our own fault, 130 interrupted by"
        " Ctrl-C, 143 by SIGTERM."
    ),
)


def refuse_together(given: Mapping[str, bool], reason: str) -> None:
    """Raise InputError if all of some mutually exclusive options are given."""
    if all(given.values()):
        raise InputError(f"{' and '.join(given)} exclude each other: {reason}")


def maintainers_module(command: str, name: str) -> Any:
    """Return a module of `experiments.dev`, which is in a clone of the project but not in its wheel."""
    if find_spec("experiments.dev") is None:
        from scenarios.extras import clone_advice

        raise InputError(f"{command} needs a clone of the project: {clone_advice()}")
    return import_module(f"experiments.dev.{name}")


@app.command()
def run(
    scenario: options.Scenario,
    policy: options.Policies = [],
    set_: options.Sets = [],
    start: options.Start = None,
    years: options.Years = None,
    until: options.Until = None,
    seed: options.Seed = 1,
    replicates: options.Replicates = 1,
    town: options.TownOfSeed = "",
    workers: options.Workers = 1,
    keep: options.Keep = "",
    measures: options.Measures = "",
    save: options.Save = None,
    from_: options.From = None,
    draws: options.Draws = "",
    lang: options.LanguageOfText = "en",
    out: options.OutOfRun = None,
    fresh: options.Fresh = False,
) -> None:
    """Simulate a municipality, write tables, print a summary."""
    from experiments.execution.parameter_draws import read_draws
    from experiments.execution.run_requests import plan_runs

    refuse_together({"--save": save is not None, "--from": from_ is not None}, "give one of them")
    refuse_together({"--save": save is not None, "--town": bool(town)}, "saved states share one town")
    refuse_together({"--draws": bool(draws), "--from": from_ is not None}, "a saved state has one set of values")
    specs = plan_runs(
        scenario, policies=policy, sets=set_, start=start, years=years, until=until, seed=seed, replicates=replicates,
        keep=keep, measures=measures, branch=from_, town=town,
    )  # fmt: skip
    from experiments.cli.run import run_and_save
    from experiments.words.bilingual import FigureTexts

    check_draws(draws)
    out, interrupted = run_and_save(specs, workers, save, out, fresh=fresh, wording=FigureTexts(lang))
    if draws and not interrupted:
        from experiments.cli.over_draws import report_levels

        interrupted = report_levels(specs[0], read_draws(file_of_draws(draws)), workers, out, FigureTexts(lang))
    raise typer.Exit(INTERRUPTED if interrupted else DONE)


@app.command()
@options.fields_as_options
def compare(
    stated: ComparisonOptions,
    accounts: options.Accounts = False,
    plan: options.PlannedEffect = None,
    measure: options.Measure = None,
    power: options.Power = None,
    workers: options.Workers = 1,
    report: options.Report = None,
    price: options.Prices = [],
    figures: options.Figures = None,
    lang: options.Languages = None,
    out: options.OutOfComparison = None,
    fresh: options.Fresh = False,
) -> None:
    """Compare policies in pairs of runs with the same random draws."""
    from experiments.cli.compare import ComparisonOutput, add_draws, effect_size, run_comparison
    from experiments.comparison.comparison import Request
    from experiments.report.prices import read_prices

    output = ComparisonOutput(report, figures, lang or "es", read_prices(price), "es" if lang == "es" else "en")
    draws = stated.draws or (DRAWS_OF_ACCOUNTS if accounts else "")
    check_draws(draws)
    request = Request.read(vars(stated) | {"draws": ""})  # making draws of a kind takes long: `add_draws`
    target = effect_size(plan, measure, power)
    if draws:
        request = add_draws(request, output, out, lambda: file_of_draws(draws))
    raise typer.Exit(INTERRUPTED if run_comparison(request, workers, out, target, output, fresh) else DONE)


def check_draws(word: str) -> None:
    """Raise InputError if `--draws` names no draws."""
    from experiments.execution.parameter_draws import read_draws

    if word.startswith(DRAW_PREFIXES):
        from experiments.validation.plausible_draws import count_of_kind  # imports the model, which takes long

        count_of_kind(word)
    elif word:
        read_draws(Path(word))


def file_of_draws(word: str) -> Path:
    """Return the file of draws for a value of `--draws`; draws of a kind are generated if missing."""
    if not word.startswith(DRAW_PREFIXES):
        return Path(word)
    from experiments.validation.plausible_draws import file_of_kind  # imports the model, which takes long

    return file_of_kind(word)


@app.command()
def check(
    scenario: options.Scenario,
    years: options.FullYears = None,
    start: options.Start = None,
    seed: options.Seed = 1,
    replicates: options.RunsOfCheck = None,
    workers: options.Workers = 1,
    against: options.SeriesFile = None,
    lang: options.LanguageOfText = "en",
) -> None:
    """Set the status quo beside orders of magnitude, or your data."""
    if against is None:
        from experiments.execution.run_requests import plan_runs

        length = YEARS_OF_CHECK if years is None else years
        specs = plan_runs(
            scenario, start=start, years=length, seed=seed, replicates=1 if replicates is None else replicates
        )
        from experiments.validation.check import show_check

        show_check(specs, workers, lang)
        return
    refuse_together({"--years": years is not None, "--against": True}, "runs last as long as the file")
    from experiments.validation.against import DEFAULT_RUNS, read_series, requested_specs, show_against

    series = read_series(against)
    runs = DEFAULT_RUNS if replicates is None else replicates
    show_against(series, requested_specs(series, scenario, start=start, seed=seed, replicates=runs), workers, lang)


@app.command()
def export(
    folder: options.ExportedFolder,
    csv: options.Csv = None,
    gpkg: options.Gpkg = None,
    geojson: options.GeoJson = None,
    fresh: options.Replace = False,
) -> None:
    """Write the whole table as CSV, or maps of cells and places."""
    from experiments.cli.export import export as write_files

    targets = {"--gpkg": gpkg, "--geojson": geojson, "--csv": csv}
    if not any(targets.values()):
        raise InputError("export needs --csv FILE, --gpkg FILE or --geojson FILE")
    write_files(folder, {option: target for option, target in targets.items() if target is not None}, fresh)


@app.command()
def verify(path: options.VerifiedPath, workers: options.Workers = 1) -> None:
    """Run again what made a report or results: equal or not?"""
    from experiments.storage.manifest import checked_manifest

    checked_manifest(path)  # before the model is loaded
    from experiments.report.verify import verify as differences

    differing = differences(path, workers)
    print("\n".join([f"not equal: {line}" for line in differing] or [f"equal: {path}"]))
    raise typer.Exit(OUR_FAULT if differing else DONE)


@app.command()
def scenarios(lang: options.LanguageOfList = "en") -> None:
    """List the municipalities."""
    from experiments.cli.listings import print_lines, scenario_lines

    print_lines(scenario_lines(lang))


@app.command()
def policies(lang: options.LanguageOfList = "en") -> None:
    """List the policies; apart from them, worlds for experiments."""
    from itertools import chain

    from experiments.cli.listings import policy_lines, print_lines, world_lines

    print_lines(chain(policy_lines(lang), world_lines(lang)))


@app.command()
def accounts(lang: options.LanguageOfList = "en") -> None:
    """List rival accounts of trust and of crime."""
    from experiments.cli.listings import account_lines, print_lines

    print_lines(account_lines(lang))


@app.command()
def parameters(
    name: options.ParameterName = None,
    scenario: options.ShownScenario = None,
    lang: options.LanguageOfList = "en",
    json: options.AsJson = False,
) -> None:
    """List parameters with unit, range, role and source."""
    from experiments.cli.listings import parameter_json, parameter_lines, print_lines
    from scenarios import load

    shown_scenario = load(scenario) if scenario else None
    print_lines([parameter_json(name, shown_scenario)] if json else parameter_lines(name, shown_scenario, lang))


@app.command()
def measures(lang: options.LanguageOfMeanings = "en", csv: options.AsCsv = False) -> None:
    """List the monthly measures with unit and meaning."""
    from experiments.cli.listings import measure_lines, measure_table, print_lines

    print_lines([measure_table()] if csv else measure_lines(lang))


@app.command()
def view(
    scenario: options.ShownTown = "villa_canales",
    port: options.Port = 8765,
    lang: options.LanguageOfPage = "en",
    draws: options.DrawsOfPage = [],
    mesa: options.Mesa = False,
    room: options.RoomOfWorkshop = False,
    phones: options.Phones = None,
) -> None:
    """Open the page: a town with and without a policy, and why."""
    from scenarios.extras import require_extra

    require_extra("mesa" if mesa else "page", "view --mesa" if mesa else "view")
    refuse_together({"--mesa": mesa, "--room": room}, "give one of them")
    if phones is not None and not room:
        raise InputError("--phones belongs to --room: give both")
    if draws and (mesa or room):
        raise InputError("--draws belongs to the page of a town: leave out --mesa and --room")
    from experiments.page.serve import serve_page as serve

    if mesa:
        serve(scenario, port, lang, mesa)
        return
    from experiments.workshop.opening import GroupScreens
    from experiments.workshop.room_server import serve_room

    routes = GroupScreens().routes
    if room:
        serve_room(scenario, port, lang, phones, routes)
    else:
        serve(scenario, port, lang, draws=tuple(draws), more=routes)


@app.command()
def workshop(
    out: options.OutOfWorkshop = Path("workshop"),
    lang: options.LanguagesOfWorkshop = "es",
    collect: options.StudentFolder = None,
    fresh: options.Replace = False,
) -> None:
    """Write a guide for 90 minutes, handouts, a teacher's sheet."""
    from experiments.words.bilingual import languages_of
    from experiments.workshop.materials import collect_work, write_materials

    languages = languages_of(lang)
    for path in write_materials(out, languages, fresh) if collect is None else [collect_work(collect, fresh)]:
        print(path)


@app.command()
def bench(
    json: options.Json = None,
    quick: options.Quick = False,
    against: options.OtherCheckout = None,
    floor: options.Floor = False,
    growth: options.Growth = None,
    store: options.FloorReason = None,
    fresh: options.Replace = False,
) -> None:
    """Measure speed and memory beside the goals; in a clone."""
    command = maintainers_module("bench", "bench.bench_command")
    fast_enough = command.bench(
        json_file=json, quick=quick, against=against, floor=floor, growth=growth, reason=store, fresh=fresh
    )
    raise typer.Exit(DONE if fast_enough else OUR_FAULT)


@app.command(context_settings={"ignore_unknown_options": True})
def validate(
    names: options.Examinations = [],
    only: options.Only = [],
    replicates: options.PairsOrSeeds = None,
    years: options.YearsOfTowns = None,
    scale: options.Scale = None,
    workers: options.Workers = 1,
    quick: options.Quick = False,
    out: options.OutOfValidation = None,
) -> None:
    """Examine the model; in a clone of the project.

    \b
    knockouts  switch each mechanism off and say what it does
    audit      take out what carries each row of evidence: what changes
    criteria   Frühling's criteria at both sites, and what moves them
    ranges     these criteria over the ranges of what nobody has measured
    effects    repeat in pairs of runs what studies have measured
    ceiling    what the model could show at most, at both sites
    panel      what single events do to trust, by simulated panel
    doses      points of trust by dose of fairness, visits, meetings
    closed     whether trust stands still where nothing changes
    decisions  what cliques, boards, mayor and chiefs decided
    practice   doses of practices, and what came of them
    mediation  by which way practices act on trust, telling, crime
    reach      what each measure of the page does alone
    laws       whether it does the same under other accounts of trust
    coverage   how often intervals and verdicts of effects are right
    scorecard  what can be tested beside the model and a trivial forecast
    hindcast   2009-2019, with and without the series that are scored
    still      whether the status quo stands still for ten years
    worlds     the same over draws of everything assumed, under accounts
    facts      numbers of a year that a specialist knows, beside the model
    lessons    eight pairs of every switch and exercise of the classroom
    """
    command = maintainers_module("validate", "examinations.command")
    request = command.ValidationRequest(
        names=command.requested_names(names), only=tuple(only), replicates=replicates, years=years, scale=scale,
        workers=workers, quick=quick, out=out,
    )  # fmt: skip
    raise typer.Exit(DONE if command.run_examinations(request) else OUR_FAULT)


@app.command()
def calibrate(
    points: options.CalibrationPoints = 120,
    waves: options.Waves = 3,
    seeds: options.SeedsOfNoise = 20,
    years: options.YearsOfCalibration = 2.0,
    truths: options.Truths = 50,
    policy: options.PolicyOfEffects = "",
    against: options.SeriesToFit = None,
    scenario: options.ScenarioOfSeries = None,
    discrepancy: options.Discrepancy = None,
    scale: options.ScaleOfCalibration = 1.0,
    workers: options.Workers = 1,
    out: options.OutOfCalibration = None,
) -> None:
    """Fit parameters to data by history matching; write draws."""
    from experiments.validation.calibrate_command import CalibrationRequest
    from experiments.validation.calibrate_command import calibrate as run_command
    from scenarios.extras import require_extra

    require_extra("emulation", "calibrate")
    from experiments.validation.against import read_series
    from experiments.validation.targets import OwnSeries

    place = out or Path("results") / "calibrate"
    for option, given in {"--scenario": scenario, "--discrepancy": discrepancy}.items():
        if given is not None and against is None:
            raise InputError(f"{option} belongs to --against: give both")
    missed_share = 0.1 if discrepancy is None else discrepancy
    series = None if against is None else OwnSeries(read_series(against), scenario or "villa_canales", missed_share)
    run_command(
        CalibrationRequest(points, waves, seeds, years, truths, scale, workers, place, policy, own_series=series)
    )


@app.command()
def sweep(
    study: options.Study,
    workers: options.Workers = 1,
    dask: options.Dask = None,
    out: options.OutOfStudy = None,
    lang: options.LanguageOfText = "en",
    fresh: options.Fresh = False,
    yes: options.Yes = False,
) -> None:
    """Compute all runs of a study, or those that are missing."""
    from experiments.studies.sweep_command import StudyWorkers
    from experiments.studies.sweep_command import sweep as run_command
    from experiments.words.bilingual import FigureTexts

    raise typer.Exit(run_command(study, StudyWorkers(workers, dask, yes), out, fresh, FigureTexts(lang)))


@app.command()
def sensitivity(
    study: options.StudyOrNone = None,
    method: options.Method = None,
    everything: options.Everything = False,
    budget: options.Budget = None,
    workers: options.Workers = 1,
    dask: options.Dask = None,
    out: options.OutOfMethod = None,
    fresh: options.Fresh = False,
    yes: options.Yes = False,
) -> None:
    """Tell which parameters matter, beside random variation."""
    from experiments.studies.sensitivity_command import sensitivity as run_command
    from experiments.studies.sensitivity_methods import DRAWS
    from experiments.studies.sweep_command import StudyWorkers

    if not everything and study is None:
        raise InputError("name a study, or give --everything")
    if everything and study is not None:
        raise InputError(f"--everything is a study of its own: leave out '{study}'")
    if everything and method not in (None, DRAWS):
        raise InputError(f"--everything goes with --method {DRAWS} only, got '{method}'")
    study, method = study or "everything", DRAWS if everything else method or "morris"
    raise typer.Exit(run_command(study, method, budget, StudyWorkers(workers, dask, yes), out, fresh))


@app.command()
def reproduce(
    quick: options.QuickAnswer = False,
    trial: options.Trial = False,
    repeat: options.RepeatedPair = None,
    so_far: options.SoFar = False,
    source: options.FromAnswer = None,
    workers: options.Workers = 1,
    out: options.OutOfAnswer = None,
    fresh: options.Fresh = False,
) -> None:
    """Answer the question of the paper, with all its uncertainty.

    \b
    Runs MOPSIC, reporting support, resources and steps of eight levers in
    both municipalities, each block of runs with its own draw of everything
    that nobody has measured, its own town and one of the rival accounts.
    Draws that do not fit what is measured are left out. Writes tables,
    figures, sentences in both languages and the offline page of each town.
    """
    refuse_together({"--quick": quick, "--trial": trial}, "give one of them")
    from scenarios.extras import require_extra

    require_extra("emulation", "reproduce")
    size = "quick" if quick else "trial" if trial else "whole"
    if repeat is not None:
        from experiments.reproduce.design import design_of

        design_of(size).find_pair(repeat)  # raises for a wrong name before the model is loaded
    from experiments.cli.reproduce import repeat as repeat_pair
    from experiments.cli.reproduce import reproduce as answer

    if repeat is not None:
        repeat_pair(size, repeat, workers, out)
        return
    raise typer.Exit(answer(size, workers, out, fresh=fresh, so_far=so_far, source=source))


@app.command()
def voi(
    source: options.FromPairs = None,
    weights: options.WeightsOfGains = "trust=0.5,crime=0.5",
    cost: options.CostsOfPackages = "",
    packages: options.PackagesOfChoice = "",
    trial: options.ValuedTrials = [],
    years: options.YearsOfChoice = None,
    top: options.TopOfList = 10,
    lang: options.LanguageOfText = "en",
    out: options.OutOfVoi = None,
    fresh: options.Replace = False,
) -> None:
    """Tell what to measure first before a choice of policies.

    \b
    Values what could be known by how much better the choice would become:
    which account holds, questions, groups of numbers, single numbers where
    they exceed chance, and surveys by size. Uses the pairs of `reproduce`
    and runs nothing. Weights and costs are yours, in the smallest effect
    that matters; without costs knowing changes no choice.
    """
    from experiments.cli.voi import VoiRequest
    from experiments.cli.voi import voi as value
    from experiments.voi.choice import PackageChoice
    from experiments.voi.effect_trial import EffectTrial

    choice = PackageChoice.read(packages, weights, cost)
    trials = [found for one in trial for found in EffectTrial.read_all(one)]
    value(VoiRequest(choice, trials, source, years, top), out, lang, fresh=fresh)


@app.command()
def trial(
    trial: options.TrialToDiagnose,
    workers: options.Workers = 1,
    lang: options.LanguageOfText = "en",
    out: options.OutOfTrial = None,
    fresh: options.Fresh = False,
) -> None:
    """Plan a field trial by lot: what would it find?

    \b
    Runs the design in simulated towns, by many lots and surveys, beside a
    twin without the policy, and analyses it as a field researcher would.
    Tells power, bias against the true effects, coverage, false positives,
    spill-over into controls, the smallest effect found, and costs. Begin
    with `confianza new trial NAME`. Goes on if it was interrupted.
    """
    from experiments.cli.trial import trial as run_trial

    raise typer.Exit(run_trial(trial, workers, out, lang, fresh=fresh))


@app.command()
def page(
    folder: options.FinishedAnswer,
    workers: options.Workers = 1,
    out: options.OutOfPages = None,
    fresh: options.Replace = False,
) -> None:
    """Write the page of each town from an answer.

    \b
    The page answers for eight levers at once, over all worlds that fit what
    is known, on any phone. `confianza reproduce` writes it into its folder.
    """
    from scenarios.extras import require_extra

    require_extra("emulation", "page")
    from experiments.cli.page import write_town_pages

    write_town_pages(folder, workers, out, fresh)


@app.command()
def plot(
    folder: options.DrawnPath,
    measures: options.MeasuresDrawn = "",
    out: options.OutOfFigures = None,
    lang: options.LanguageOfFigures = "en",
    fresh: options.Replace = False,
) -> None:
    """Draw the figures of a run, a sweep, an analysis, a table."""
    from experiments.cli.plot import plot as draw

    draw(folder, measures, out, lang, fresh)


@app.command()
def contrasts(
    study: options.SweptStudy,
    measures: options.MeasuresDrawn = "",
    draws: options.Draws = "",
    workers: options.Workers = 1,
    out: options.OutOfFigures = None,
    lang: options.LanguageOfFigures = "en",
    fresh: options.Replace = False,
) -> None:
    """Tell what changes do alone and together."""
    from experiments.execution.parameter_draws import read_draws
    from experiments.figures.answers import write_contrasts
    from experiments.narrative.messages import figure_message
    from experiments.storage.progress import print_note
    from experiments.words.bilingual import FigureTexts

    check_draws(draws)
    for path in write_contrasts(study, measures, out, lang, fresh):
        print(path)
    if not draws:
        print_note(figure_message("over_draws.at_defaults", FigureTexts(lang)))
        return
    from experiments.cli.over_draws import report_contrasts

    drawn = read_draws(file_of_draws(draws))
    interrupted = report_contrasts(study, drawn, measures, workers, FigureTexts(lang), fresh)
    raise typer.Exit(INTERRUPTED if interrupted else DONE)


@app.command()
def repeat(run: options.Run, within: options.SearchedFolder = None) -> None:
    """Compute one run again, in this process, and compare."""
    from experiments.studies.repeat import find_run

    run_and_source = find_run(run, within)  # before the model is loaded
    from experiments.studies.repeat import repeat as once_more

    raise typer.Exit(once_more(*run_and_source))


@app.command()
def new(kind: options.Kind, name: options.Name) -> None:
    """Write a commented file of your own that runs as it is."""
    from experiments.setup.new_municipality import new as write_draft

    for path in write_draft(kind, name):
        print(path)


@app.command()
def doctor(store: options.FiguresReason = None, clear_starts: options.ClearStarts = False) -> None:
    """Say whether this machine is fit, and what to do if not."""
    if clear_starts:
        from experiments.execution.start_store import MB, clear_store

        print(f"Removed {clear_store() / MB:,.0f} MB of towns and worlds at their start")
        return
    if store is not None:
        from experiments.setup.tiny_run import store_record as write_figures

        print(f"Written to {write_figures(store)}")
        return
    from experiments.setup.doctor import run_checks

    raise typer.Exit(DONE if run_checks() else OUR_FAULT)


@app.command()
def bundle(folder: options.BundleFolder, systems: options.Systems = []) -> None:
    """Fill a folder for workshops without internet."""
    maintainers_module("bundle", "bundle.bundle").bundle(folder, systems)


@app.callback()
def program(version: options.Version = False) -> None:
    """Simulates trust between police and community in two Guatemalan municipalities."""


def main() -> None:
    """Run the program and exit with its exit code."""
    collect_garbage_rarely()
    prepare_streams()
    interruption.exit_program(run_program(sys.argv[1:]))


def run_program(words: list[str]) -> int:
    """Run the program with command-line arguments; return the exit code, without a traceback for wrong input."""
    if unusable := os.environ.get("CONFIANZA_NO_CACHE"):
        print_error(f"nothing can be kept in {unusable}: compiling into a temporary folder, at each start anew", DONE)
    interruption.SignalState.signals.clear()
    with interruption.handle_signals():
        code = run_and_catch_errors(words or ["--help"])
    set_console_language()
    stopped = code == INTERRUPTED or (code == DONE and interruption.SignalState.signals)
    return interruption.exit_code() if stopped else code


def run_and_catch_errors(words: list[str]) -> int:
    """Run a command; return its exit code, 130 after every interruption."""
    try:
        code = app(words, prog_name="confianza", standalone_mode=False) or DONE
        print(end="", flush=True)
        return code
    except InputError as wrong:
        return print_error(str(wrong), WRONG_INPUT)
    except WorkStopped as reason:
        return print_error(str(reason), OUR_FAULT)
    except TyperException as wrong:
        return print_error(message_with_value(wrong), WRONG_INPUT)
    except typer.Exit as left:
        return left.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except OSError as wrong:
        from experiments.storage.writing import CAUSES_BY_ERRNO

        if wrong.errno in CAUSES_BY_ERRNO or (wrong.errno in INVALID_PATH_ERRORS and wrong.filename is not None):
            named = wrong.filename or "a file"
            return print_error(f"{named}: cannot be read or written: {wrong.strerror}", WRONG_INPUT)
        traceback.print_exc()
    except Exception:
        if interruption.SignalState.signals:  # interrupted code may fail with another exception
            return INTERRUPTED
        traceback.print_exc()
    return print_error("our own fault, not yours: please report the lines above", OUR_FAULT)


def message_with_value(wrong: TyperException) -> str:
    """Return what Typer says is wrong; a value of another type is named, which Typer leaves out."""
    from pydantic import ValidationError

    reason = wrong.__cause__
    value_text = f", got '{reason.errors()[0]['input']}'" if isinstance(reason, ValidationError) else ""
    return wrong.format_message() + value_text


def print_error(message: str, code: int) -> int:
    """Print an error message in one line; return the exit code."""
    line = " ".join(message.split())
    shown = line if len(line) <= MAX_ERROR_CHARACTERS else line[:MAX_ERROR_CHARACTERS] + "…"
    print(f"confianza: {shown}", file=sys.stderr)
    return code
