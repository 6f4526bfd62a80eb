"""Commands of the program `confianza`.

Each command imports its implementation when it is called, so that help appears at once.
"""

import errno
import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import typer
from typer.exceptions import TyperException

from experiments.cli import options
from experiments.cli.help import GroupedHelp, LocalisedHelp
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
    cls=GroupedHelp,
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


def command() -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that makes a function a command of the program."""
    return app.command(cls=LocalisedHelp)


@command()
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


@command()
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


def refuse_without(needed: str, given: Mapping[str, object]) -> None:
    """Raise InputError if an option is given without the one that it belongs to."""
    for option in (option for option, value in given.items() if value not in (None, "", [])):
        raise InputError(f"{option} belongs to {needed}: give both")


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


@command()
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


@command()
def export(
    folder: options.ExportedFolder,
    csv: options.Csv = None,
    gpkg: options.Gpkg = None,
    geojson: options.GeoJson = None,
    figures: options.FiguresOfFolder = None,
    measures: options.MeasuresDrawn = "",
    lang: options.LanguageOfFigures = None,
    fresh: options.Replace = False,
) -> None:
    """Write results as CSV table, as maps, or as figures."""
    from experiments.cli.export import export as write_files
    from experiments.cli.export import export_figures

    targets = {"--gpkg": gpkg, "--geojson": geojson, "--csv": csv}
    if figures is None:
        refuse_without("--figures", {"--measures": measures, "--lang": lang})
        if not any(targets.values()):
            raise InputError("export needs --csv FILE, --gpkg FILE, --geojson FILE or --figures DIR")
    if any(targets.values()):
        write_files(folder, {option: target for option, target in targets.items() if target is not None}, fresh)
    if figures is not None:
        export_figures(folder, figures, measures, lang or "en", fresh)


@command()
def verify(what: options.Verified, workers: options.Workers = 1, within: options.SearchedFolder = None) -> None:
    """Run again what made a report or results: equal or not?

    \b
    A run alone is named by its identity, its command or its file in
    quarantine/; it is computed in this process, with its summary.
    """
    if names_a_run(what):
        from experiments.studies.repeat import find_run

        run_and_source = find_run(what, within)  # before the model is loaded
        from experiments.studies.repeat import repeat

        raise typer.Exit(repeat(*run_and_source))
    if within is not None:
        raise InputError(f"--in goes with a run, got '{what}': name a run by 16 hexadecimal digits or its command")
    from experiments.storage.manifest import checked_manifest

    path = Path(what)
    if not path.exists():
        raise InputError(
            f"no file or folder '{what}'; a run is named by 16 hexadecimal digits, its command or its file in"
            " quarantine/"
        )
    checked_manifest(path)  # before the model is loaded
    from experiments.report.verify import verify as differences

    differing = differences(path, workers)
    print("\n".join([f"not equal: {line}" for line in differing] or [f"equal: {path}"]))
    raise typer.Exit(OUR_FAULT if differing else DONE)


def names_a_run(word: str) -> bool:
    """Return whether a word names one run rather than a report or a folder."""
    path = Path(word)
    is_identity = re.fullmatch("[0-9a-f]{16}", word) is not None
    return word.startswith("confianza ") or path.suffix == ".json" or (is_identity and not path.exists())


@app.command("list", cls=LocalisedHelp)
def list_(
    what: options.Listed,
    name: options.ListedName = None,
    scenario: options.ShownScenario = None,
    lang: options.LanguageOfList = "en",
    json: options.AsJson = False,
) -> None:
    """List scenarios, policies, accounts, parameters or measures."""
    from experiments.cli.listings import listed, print_items
    from scenarios import load

    if scenario is not None and what != "parameters":
        raise InputError(f"--scenario goes with 'list parameters', got 'list {what}'")
    print_items(listed(what, name, load(scenario) if scenario else None, lang), json)


@command()
def view(
    scenario: options.ShownTown = "villa_canales",
    port: options.Port = 8765,
    lang: options.LanguageOfPage = None,
    draws: options.DrawsOfPage = [],
    mesa: options.Mesa = False,
    room: options.RoomOfWorkshop = False,
    phones: options.Phones = None,
    materials: options.Materials = None,
    collect: options.StudentFolder = None,
    fresh: options.Replace = False,
) -> None:
    """Open the page of a town, the class or the room; write handouts."""
    if materials is not None or collect is not None:
        serving = {"--draws": bool(draws), "--mesa": mesa, "--room": room, "--phones": phones is not None}
        write_materials_of_workshop(materials, collect, lang or "es", fresh, serving)
        return
    if fresh:
        raise InputError("--fresh goes with --materials or --collect: give one of them")
    if lang == "both":
        raise InputError("--lang both goes with --materials: a page opens in en or es")
    from scenarios.extras import require_extra

    require_extra("mesa" if mesa else "page", "view --mesa" if mesa else "view")
    refuse_together({"--mesa": mesa, "--room": room}, "give one of them")
    if phones is not None and not room:
        raise InputError("--phones belongs to --room: give both")
    if draws and (mesa or room):
        raise InputError("--draws belongs to the page of a town: leave out --mesa and --room")
    from experiments.page.serve import serve_page as serve

    language = lang or "en"
    if mesa:
        serve(scenario, port, language, mesa)
        return
    from experiments.workshop.opening import GroupScreens
    from experiments.workshop.room_server import serve_room

    routes = GroupScreens().routes
    if room:
        serve_room(scenario, port, language, phones, routes)
    else:
        serve(scenario, port, language, draws=tuple(draws), more=routes)


def write_materials_of_workshop(
    out: Path | None, collect: Path | None, lang: str, fresh: bool, serving: Mapping[str, bool]
) -> None:
    """Write the printed materials of a workshop, or collect the work of students; print the paths."""
    refuse_together({"--materials": out is not None, "--collect": collect is not None}, "give one of them")
    for option in (option for option, is_given in serving.items() if is_given):
        raise InputError(f"{option} serves a page, and {'--materials' if out else '--collect'} writes files")
    from experiments.words.bilingual import languages_of
    from experiments.workshop.materials import collect_work, write_materials

    written = [collect_work(collect, fresh)] if collect else write_materials(out or Path(), languages_of(lang), fresh)
    for path in written:
        print(path)


@command()
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


@command()
def sweep(
    study: options.Study,
    workers: options.Workers = 1,
    dask: options.Dask = None,
    out: options.OutOfStudy = None,
    contrasts: options.Contrasts = False,
    figure: options.FigureOfContrasts = None,
    measures: options.MeasuresDrawn = "",
    draws: options.Draws = "",
    lang: options.LanguageOfText = "en",
    fresh: options.FreshSweep = False,
    yes: options.Yes = False,
) -> None:
    """Compute all runs of a study, or tell what its changes do.

    \b
    Without --contrasts: computes the runs that are missing. With --contrasts:
    runs nothing, and tells from finished runs what changes do alone and
    together; STUDY may then be the folder of its results.
    """
    if contrasts:
        running = {"--dask": dask is not None, "--out": out is not None, "--yes": yes}
        for option in (option for option, is_given in running.items() if is_given):
            raise InputError(f"{option} goes with the runs of a study: leave it out with --contrasts")
        raise typer.Exit(tell_contrasts(study, figure, measures, draws, workers, lang, fresh))
    refuse_without("--contrasts", {"--figure": figure, "--measures": measures, "--draws": draws})
    from experiments.studies.sweep_command import StudyWorkers
    from experiments.studies.sweep_command import sweep as run_command
    from experiments.words.bilingual import FigureTexts

    raise typer.Exit(run_command(study, StudyWorkers(workers, dask, yes), out, fresh, FigureTexts(lang)))


def tell_contrasts(
    study: str, figure: Path | None, measures: str, draws: str, workers: int, lang: str, fresh: bool
) -> int:
    """Write and print the contrasts of a finished sweep; return the exit code."""
    from experiments.execution.parameter_draws import read_draws
    from experiments.figures.answers import write_contrasts
    from experiments.narrative.messages import figure_message
    from experiments.storage.progress import print_note
    from experiments.words.bilingual import FigureTexts

    check_draws(draws)
    for path in write_contrasts(study, measures, figure, lang, fresh):
        print(path)
    if not draws:
        print_note(figure_message("over_draws.at_defaults", FigureTexts(lang)))
        return DONE
    from experiments.cli.over_draws import report_contrasts

    drawn = read_draws(file_of_draws(draws))
    interrupted = report_contrasts(study, drawn, measures, workers, FigureTexts(lang), fresh)
    return INTERRUPTED if interrupted else DONE


@command()
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


@command()
def answer(
    quick: options.QuickAnswer = False,
    size: options.SizeOfAnswer = None,
    repeat: options.RepeatedPair = None,
    so_far: options.SoFar = False,
    source: options.FromAnswer = None,
    only: options.PartOfAnswer = None,
    weights: options.WeightsOfGains = None,
    cost: options.CostsOfPackages = None,
    packages: options.PackagesOfChoice = None,
    trial: options.ValuedTrials = [],
    years: options.YearsOfChoice = None,
    top: options.TopOfList = None,
    workers: options.Workers = 1,
    lang: options.LanguageOfText = "en",
    out: options.OutOfAnswer = None,
    fresh: options.Fresh = False,
) -> None:
    """Answer the question of the paper, with all its uncertainty.

    \b
    Runs MOPSIC, reporting support, resources and steps of eight levers in
    both municipalities, each block of runs with its own draw of the assumed
    parameters, its own town and one of the rival accounts. Draws that do not
    fit what is measured are left out. Writes tables, figures, sentences in
    both languages and the offline page of each town.

    \b
    --only value tells from finished pairs what to measure first before a
    choice of policies: by how much better the choice would become. Weights
    and costs are yours, in the smallest effect that matters; without costs
    knowing changes no choice. --only pages writes the page of each town
    again. Both run nothing.
    """
    from scenarios.extras import require_extra

    runs = {"--quick": quick, "--size": size, "--repeat": repeat, "--so-far": so_far}
    choice: dict[str, object] = {"--weights": weights, "--cost": cost, "--packages": packages}
    choice |= {"--trial": trial, "--years": years, "--top": top}
    if only != "value":
        refuse_without("--only value", choice)
    if only is not None:
        for option in (option for option, value in runs.items() if value):
            raise InputError(f"{option} goes with the runs of the answer: leave it out with --only {only}")
    if only == "value":
        from experiments.cli.answer_value import ValueRequest, tell_value

        request = ValueRequest.read(packages, weights, cost, trial)
        tell_value(replace(request, source=source, years=years, top=top or 10), out, lang, fresh=fresh)
        return
    require_extra("emulation", "answer")
    if only == "pages":
        from experiments.cli.answer_pages import write_town_pages

        write_town_pages(source, workers, out, fresh)
        return
    refuse_together({"--quick": quick, "--size": size is not None}, "--quick is --size quick")
    raise typer.Exit(run_answer("quick" if quick else size or "whole", repeat, source, workers, out, fresh, so_far))


def run_answer(
    size: str, repeat: str | None, source: Path | None, workers: int, out: Path | None, fresh: bool, so_far: bool
) -> int:
    """Run the answer, or one pair of it again; return the exit code."""
    if repeat is not None:
        from experiments.reproduce.design import design_of

        design_of(size).find_pair(repeat)  # raises for a wrong name before the model is loaded
    from experiments.cli.answer import answer as answer_question
    from experiments.cli.answer import repeat as repeat_pair

    if repeat is not None:
        repeat_pair(size, repeat, workers, out)
        return DONE
    return answer_question(size, workers, out, fresh=fresh, so_far=so_far, source=source)


@command()
def trial(
    trial: options.TrialToDiagnose,
    workers: options.Workers = 1,
    lang: options.LanguageOfText = "en",
    out: options.OutOfTrial = None,
    fresh: options.Fresh = False,
) -> None:
    """Plan a randomised field trial: what would it find?

    \b
    Runs the design in simulated towns, by many random assignments and
    surveys, beside a twin without the policy, and analyses it as a field
    researcher would. Tells power, bias against the true effects, coverage,
    false positives, spill-over into controls, the smallest effect found, and
    costs. Begin with `confianza new trial NAME`. Goes on if interrupted.
    """
    from experiments.cli.trial import trial as run_trial

    raise typer.Exit(run_trial(trial, workers, out, lang, fresh=fresh))


@command()
def new(kind: options.Kind, name: options.Name) -> None:
    """Write a commented file of your own that runs as it is."""
    from experiments.setup.new_municipality import new as write_draft

    for path in write_draft(kind, name):
        print(path)


@command()
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


@app.callback()
def describe_program(version: options.Version = False) -> None:
    """Simulates trust between police and community in two Guatemalan municipalities."""


def main() -> None:
    """Run the program and exit with its exit code."""
    collect_garbage_rarely()
    prepare_streams()
    interruption.exit_program(run_program(sys.argv[1:]))


def run_program(words: list[str], program: typer.Typer | None = None, name: str = "confianza") -> int:
    """Run a program with command-line arguments; return the exit code, without a traceback for wrong input."""
    if unusable := os.environ.get("CONFIANZA_NO_CACHE"):
        print_error(f"nothing can be kept in {unusable}: compiling into a temporary folder, at each start anew", DONE)
    interruption.SignalState.signals.clear()
    with interruption.handle_signals():
        code = run_and_catch_errors(words or ["--help"], program or app, name)
    set_console_language()
    stopped = code == INTERRUPTED or (code == DONE and interruption.SignalState.signals)
    return interruption.exit_code() if stopped else code


def run_and_catch_errors(words: list[str], program: typer.Typer, name: str) -> int:
    """Run a command; return its exit code, 130 after every interruption."""
    try:
        code = program(words, prog_name=name, standalone_mode=False) or DONE
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
