"""Declare the options and arguments of the commands with their help; `ComparisonOptions` has those of a comparison."""

import os
from collections.abc import Callable, Collection
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from typer import Argument, Exit, Option

from experiments.storage import comparison_options
from experiments.storage.comparison_options import given_once
from experiments.words.console import set_console_language
from model.engine.errors import InputError, suggest_nearest

LANGUAGES = ("es", "en", "both")
WORKERS_PER_PROCESSOR = 4


def checked_workers(workers: int) -> int:
    """Return the number of workers; raise InputError if it is below 1 or would overload the machine."""
    processors = os.cpu_count() or 1
    most = max(8, WORKERS_PER_PROCESSOR * processors)
    if not 1 <= workers <= most:
        raise InputError(
            f"--workers must lie between 1 and {most} on this machine ({processors} processors), got {workers}"
        )
    return workers


def one_of(option: str, known: Collection[str]) -> Callable[[str | None], str | None]:
    """Return a callback that checks that an option, if given, has one of the known values."""

    def check(word: str | None) -> str | None:
        if word is not None and word not in known:
            raise InputError(f"{option} knows {', '.join(known)}, got '{word}'{suggest_nearest(word, known)}")
        return word

    return check


def language_among(known: Collection[str]) -> Callable[[str | None], str | None]:
    """Return a callback that checks a language and sets that of progress and notes on standard error."""
    check = one_of("--lang", known)

    def check_and_set(word: str | None) -> str | None:
        set_console_language(check(word))
        return word

    return check_and_set


def fields_as_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command to which typer gives the fields of its first parameter, a dataclass, as options."""
    stated, *others = signature(command).parameters.values()
    declared = signature(stated.annotation).parameters

    @wraps(command)
    def command_of_options(**given: Any) -> None:
        values = {name: given.pop(name) for name in declared}
        command(stated.annotation.read(values), **given)

    by_name = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in others]
    parameters = [*map(listed_parameter, declared.values()), *by_name]
    command_of_options.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return command_of_options


def listed_parameter(one: Parameter) -> Parameter:
    """Return a parameter with lists in place of tuples, which typer does not read."""
    kind, option = get_args(one.annotation)
    return one.replace(annotation=Annotated[list[str], option]) if get_origin(kind) is tuple else one


ONE_LANGUAGE = language_among(("en", "es"))

# What is run

Scenario = Annotated[str, Argument(metavar="SCENARIO", help="Name of a scenario, or a TOML file.", show_default=False)]
Policies = Annotated[
    list[str], Option(metavar="NAME[@DATE]", help="A policy (or world) and when it begins; repeatable.")
]
Sets = Annotated[list[str], comparison_options.SETS]
Start = comparison_options.Start
Years = comparison_options.Years
Until = comparison_options.Until
Draws = comparison_options.Draws
Seed = Annotated[int, Option(metavar="N", help="Seed of the first run.")]
Replicates = Annotated[int, Option(metavar="N", help="Number of runs, with seeds seed, seed+1, …")]
RunsOfCheck = Annotated[int | None, Option(metavar="N", help="Number of runs.  [default: 1; with --against 8]")]
FullYears = Annotated[int | None, Option(metavar="N", help="Years after the warm-up.  [default: 3]")]
SeriesFile = Annotated[
    Path | None, Option("--against", metavar="FILE", help="Instead: beside a monthly series in a CSV file.")
]
Keep = Annotated[str, Option(metavar="NAME,NAME", help="Further tables: incidents, impressions, cells of every month.")]
Measures = Annotated[str, Option(metavar="NAME,NAME", help="Write these measures only.  [default: all]")]
Save = Annotated[Path | None, Option(metavar="DIR", help="Save the state at the end, to go on from.")]
From = Annotated[Path | None, Option("--from", metavar="DIR", help="Go on from a saved state.")]
OutOfRun = Annotated[
    Path | None, Option(metavar="DIR", help="Where to write.  [default: results/SCENARIO-POLICIES-SEED]")
]
Workers = Annotated[int, Option(metavar="N", help="Processes that share the runs.", callback=checked_workers)]
TownOfSeed = Annotated[
    str, Option(metavar="own", help="own: each seed in a town of its own.  [default: one town]", show_default=False)
]

# Pairs of runs with the same random draws

Prices = Annotated[
    list[str],
    Option(
        "--price",
        metavar="COST=Q",
        help="Quetzales a unit, for --report; repeatable.",
        show_default=False,
        callback=given_once,
    ),
]
LanguageOfText = Annotated[str, Option("--lang", metavar="en|es", help="Language of the text.", callback=ONE_LANGUAGE)]
Accounts = Annotated[bool, Option("--accounts", help="Also under rival accounts, in a few draws.")]
CalibrationPoints = Annotated[int, Option("--points", metavar="N", help="Points of the screening and of each wave.")]
Waves = Annotated[int, Option(metavar="N", help="Most waves; they stop when nothing shrinks.")]
SeedsOfNoise = Annotated[int, Option("--seeds", metavar="N", help="Seeds that tell random variation.")]
YearsOfCalibration = Annotated[float, Option("--years", metavar="N", help="Length of each run; its last year counts.")]
Truths = Annotated[int, Option(metavar="N", help="Simulated truths over which coverage is measured.")]
PolicyOfEffects = Annotated[
    str, Option("--policy", metavar="NAME", help="Measure coverage of its effects, too.", show_default=False)
]
SeriesToFit = Annotated[
    Path | None, Option("--against", metavar="FILE", help="Fit to a monthly series in a CSV file, too.")
]
ScenarioOfSeries = Annotated[
    str | None,
    Option("--scenario", metavar="NAME", help="To which --against belongs.  [default: villa_canales]"),
]
Discrepancy = Annotated[
    float | None,
    Option(
        metavar="SHARE",
        help="Of each number of --against: what the best values would miss (sd).  [default: 0.1]",
    ),
]
ScaleOfCalibration = Annotated[
    float, Option("--scale", metavar="X", help="Size of the towns, for trials; not with --against.")
]
OutOfCalibration = Annotated[
    Path | None, Option("--out", metavar="DIR", help="Where to write.  [default: results/calibrate]")
]
PlannedEffect = Annotated[
    float | None, Option("--plan", metavar="SIZE", help="How many pairs an effect of this size needs.")
]
Measure = Annotated[str | None, Option(metavar="NAME", help="Of which measure, for --plan.  [default: trust_mean]")]
Power = Annotated[float | None, Option(metavar="P", help="With which power, for --plan.  [default: 0.8]")]
Report = Annotated[Path | None, Option(metavar="FILE", help="Also write the report as one HTML file.")]
Figures = Annotated[Path | None, Option(metavar="DIR", help="Also write each figure as SVG and PNG.")]
Languages = Annotated[
    str | None,
    Option(
        "--lang",
        metavar="es|en|both",
        help="Language.  [default: es; of the printed text: en]",
        callback=language_among(LANGUAGES),
        show_default=False,
    ),
]
OutOfComparison = Annotated[Path | None, Option(metavar="DIR", help="Where to write.  [default: results/compare-…]")]

# Studies of many runs

STUDY = Argument(metavar="STUDY", help="A study: a TOML file, or the name of a ready one.", show_default=False)
Study = Annotated[str, STUDY]
StudyOrNone = Annotated[str | None, STUDY]
Dask = Annotated[
    str | None,
    Option(
        metavar="ADDRESS",
        help="Scheduler of a Dask cluster that computes. Whoever controls it, or can reach its port, runs code as you:"
        " name your own; beyond this machine use TLS (experiments/studies/README.md).",
        show_default=False,
    ),
]
Fresh = Annotated[bool, Option("--fresh", help="Begin anew instead of going on.")]
Replace = Annotated[bool, Option("--fresh", help="Replace files that are there.")]
Yes = Annotated[bool, Option("--yes", help="Do not ask, however long the study takes.")]
Method = Annotated[
    str | None, Option(metavar="morris|sobol|pawn|draws", help="How the factors are weighed.  [default: morris]")
]
Everything = Annotated[
    bool, Option("--everything", help="All assumed values at once: the study `everything` by --method draws.")
]
Budget = Annotated[
    str | None, Option(metavar="30m", help="Plan the design to fit this time.  [default: as the study says]")
]
OutOfStudy = Annotated[
    Path | None, Option(metavar="DIR", help="Where to write.  [default: results/STUDY]", show_default=False)
]
OutOfMethod = Annotated[
    Path | None, Option(metavar="DIR", help="Where to write.  [default: results/STUDY-METHOD]", show_default=False)
]

# The answer to the question of the paper

QuickAnswer = Annotated[bool, Option("--quick", help="Fewer draws: about 30 minutes on two cores instead of 3 hours.")]
Trial = Annotated[bool, Option("--trial", help="Small towns, one year: shows that it works, answers nothing.")]
RepeatedPair = Annotated[
    str | None, Option("--repeat", metavar="BLOCK:ARM", help="Instead: one pair again, by the name of its runs.")
]
SoFar = Annotated[bool, Option("--so-far", help="Run nothing; tell what has finished.")]
FromAnswer = Annotated[
    Path | None,
    Option("--from", metavar="DIR", help="Begin with the pairs of another folder; some are run again first."),
]
OutOfAnswer = Annotated[
    Path | None, Option(metavar="DIR", help="Where to write.  [default: results/reproduce…]", show_default=False)
]
FinishedAnswer = Annotated[Path, Argument(metavar="DIR", help="A folder that `reproduce` wrote.")]
OutOfPages = Annotated[
    Path | None, Option(metavar="DIR", help="Where to write.  [default: results/page]", show_default=False)
]

# What to measure first

FromPairs = Annotated[
    Path | None,
    Option("--from", metavar="DIR", help="A folder of reproduce.  [default: results/reproduce]", show_default=False),
]
WeightsOfGains = Annotated[
    str, Option(metavar="GAIN=X,…", help="Weights of trust, crime and harm; they are scaled to 1.")
]
CostsOfPackages = Annotated[
    str,
    Option(
        metavar="PACKAGE=X,…",
        help="Costs of packages in smallest effects that matter, as mopsic=0.75,reporting=0.5,resources=1.",
        show_default=False,
    ),
]
PackagesOfChoice = Annotated[
    str,
    Option(
        metavar="PACKAGE,…",
        help="Packages to choose from.  [default: mopsic, reporting, resources, all]",
        show_default=False,
    ),
]
ValuedTrials = Annotated[
    list[str],
    Option(
        "--trial",
        metavar="NUMBERS|DIR",
        help="Also value a trial of MOPSIC: units=50,persons=100,share=0.46,icc=0.02, or a trial's folder; repeatable.",
        show_default=False,
    ),
]
YearsOfChoice = Annotated[
    int | None, Option(metavar="N", help="After how many years effects count.  [default: that of most pairs]")
]
TopOfList = Annotated[int, Option(metavar="N", help="Length of the list.", min=1)]
OutOfVoi = Annotated[Path | None, Option(metavar="DIR", help="Where to write.  [default: results/voi]")]

# A field trial

TrialToDiagnose = Annotated[
    str,
    Argument(metavar="TRIAL", help="A design, as my_trial.toml; or small_town, which is built in.", show_default=False),
]
OutOfTrial = Annotated[
    Path | None, Option(metavar="DIR", help="Where to write.  [default: results/trial/TRIAL]", show_default=False)
]

# What lies in folders

DrawnPath = Annotated[Path, Argument(metavar="DIR|FILE", help="A folder of results, or a table of `validate`.")]
ExportedFolder = Annotated[Path, Argument(metavar="DIR", help="A folder that `run` or `sweep` wrote.")]
Csv = Annotated[Path | None, Option(metavar="FILE", help="The whole table; - is standard output.")]
Gpkg = Annotated[Path | None, Option(metavar="FILE", help="Cells and settlements as a GeoPackage.")]
GeoJson = Annotated[Path | None, Option("--geojson", metavar="FILE", help="The same as GeoJSON.")]
VerifiedPath = Annotated[Path, Argument(metavar="FILE|DIR", help="A report, or a folder of results.")]
Run = Annotated[str, Argument(metavar="RUN", help="A run: identity, command, or file in quarantine/.")]
SearchedFolder = Annotated[
    Path | None, Option("--in", metavar="DIR", help="The folder that names it.  [default: all in results/]")
]

SweptStudy = Annotated[
    str, Argument(metavar="STUDY", help="A study that was swept, or the folder of its results.", show_default=False)
]
MeasuresDrawn = Annotated[str, Option("--measures", metavar="NAME,NAME", help="Show these measures of a sweep.")]
OutOfFigures = Annotated[
    Path | None, Option("--out", metavar="FILE", help="Where figures go: x.png, x.svg or x.pdf.", show_default=False)
]
LanguageOfFigures = Annotated[
    str, Option("--lang", metavar="en|es", help="Language of figures and texts.", callback=ONE_LANGUAGE)
]

# What there is

ParameterName = Annotated[
    str | None, Argument(metavar="[NAME]", help="A parameter, a group, or a part of a name.", show_default=False)
]
ShownScenario = Annotated[str | None, Option(metavar="S", help="Show the values and sources of this scenario.")]
AsJson = Annotated[bool, Option("--json", help="As JSON, with all that is known of each.")]
AsCsv = Annotated[bool, Option("--csv", help="As CSV, in both languages.")]
LanguageOfList = Annotated[str, Option("--lang", metavar="en|es", help="Language of the list.", callback=ONE_LANGUAGE)]
LanguageOfMeanings = Annotated[str, Option(metavar="en|es", help="Language of the meanings.", callback=ONE_LANGUAGE)]

# The page

ShownTown = Annotated[str, Argument(metavar="[SCENARIO]", help="Name of a scenario, or a TOML file.")]
Port = Annotated[int, Option(metavar="N", help="Port on 127.0.0.1.")]
DrawsOfPage = Annotated[
    list[Path],
    Option(
        "--draws", metavar="DIR", help="Folder of an answer, or of compare --draws; repeatable.", show_default=False
    ),
]
LanguageOfPage = Annotated[
    str, Option(metavar="es|en", help="Language with which the page opens.", callback=ONE_LANGUAGE)
]
Mesa = Annotated[bool, Option("--mesa", help="Instead: the classroom, Mesa's page for students.")]

RoomOfWorkshop = Annotated[bool, Option("--room", help="Instead: the screen of a workshop's room.")]
Phones = Annotated[
    str | None,
    Option(
        metavar="auto|ADDRESS",
        help="With --room: let phones of the local network in at this address, to vote only, at the next port.",
    ),
]
LanguagesOfWorkshop = Annotated[
    str,
    Option("--lang", metavar="es|en|both", help="Language of the pages.", callback=language_among(LANGUAGES)),
]
OutOfWorkshop = Annotated[Path, Option("--out", metavar="DIR", help="Where to write the pages.")]
StudentFolder = Annotated[
    Path | None, Option(metavar="DIR", help="Instead: put the work of students in a folder into one table there.")
]

# Speed

Json = Annotated[Path | None, Option(metavar="FILE", help="Also write the numbers as JSON.")]
Quick = Annotated[bool, Option("--quick", help="Shorter runs, rougher numbers.")]
OtherCheckout = Annotated[Path | None, Option(metavar="FOLDER", help="Instead: another checkout and this one in turn.")]
Floor = Annotated[bool, Option("--floor", help="Instead: a decade in bare loops, beside that on record.")]
Growth = Annotated[Path | None, Option(metavar="FILE", help="Instead: a figure of time by residents, couples, years.")]
FloorReason = Annotated[str | None, Option(metavar="REASON", help="With --floor: put the new figure on record.")]

# Validation

Examinations = Annotated[
    list[str], Argument(metavar="NAME...", help="Examinations to run, see above.", show_default=False)
]
Only = Annotated[list[str], Option(metavar="NAME", help="Only this mechanism, row or experiment; repeatable.")]
PairsOrSeeds = Annotated[
    int | None,
    Option(
        metavar="N",
        help="Pairs, or seeds; effects of rare harms need 24.  "
        "[default: 8; audit, ceiling 5; criteria, ranges, effects 12; doses 1; decisions 20; coverage 96]",
    ),
]
YearsOfTowns = Annotated[
    float | None,
    Option(
        metavar="N",
        help="Years after the warm-up.  [default: 2; audit 1; ceiling, doses, closed, practice: 10; else 3]",
    ),
]
Scale = Annotated[
    float | None,
    Option(
        metavar="SHARE",
        help="Size of the towns.  [default: 1; audit 0.2; knockouts, closed, decisions, laws, coverage 0.25]",
    ),
]
OutOfValidation = Annotated[
    Path | None,
    Option(metavar="DIR", help="Where all but the first three go.  [default: results/validate]"),
]

# Setting up


def print_version(wanted: bool) -> None:
    """Print the version and exit, if requested."""
    if wanted:
        from importlib.metadata import version

        print(f"confianza {version('confianza')}")
        raise Exit


Version = Annotated[bool, Option("--version", help="Print the version and end.", callback=print_version, is_eager=True)]
KINDS = ("municipality", "policy", "study", "trial")
Kind = Annotated[
    str,
    Argument(
        metavar="municipality|policy|study|trial",
        help="What to begin.",
        callback=one_of("new", KINDS),
        show_default=False,
    ),
]
Name = Annotated[str, Argument(metavar="NAME", help="Its name; NAME.toml is written here.", show_default=False)]
FiguresReason = Annotated[
    str | None, Option("--store", metavar="REASON", help="Instead: put new figures of the tiny run on record.")
]
ClearStarts = Annotated[
    bool,
    Option(
        "--clear-starts",
        help="Instead: remove the stored towns and worlds at their start. CONFIANZA_STARTS_MB limits their size"
        " (2000; 0 stores none).",
    ),
]
BundleFolder = Annotated[Path, Argument(metavar="FOLDER", help="The folder to fill; it is made if need be.")]
Systems = Annotated[
    list[str], Option("--for", metavar="windows|macos|linux", help="For which system; repeatable.  [default: this one]")
]
