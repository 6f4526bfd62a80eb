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


def names_of(kind: str) -> Callable[[str], list[str]]:
    """Return a function that completes the name of a built-in scenario or policy."""

    def complete(incomplete: str) -> list[str]:
        import scenarios  # help texts do not need it

        known = scenarios.names() if kind == "scenarios" else scenarios.policies()
        return [name for name in known if name.startswith(incomplete)]

    return complete


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

Scenario = Annotated[
    str,
    Argument(
        metavar="SCENARIO",
        help="Name of a scenario, or a TOML file.",
        show_default=False,
        autocompletion=names_of("scenarios"),
    ),
]
Policies = Annotated[
    list[str],
    Option(
        metavar="NAME[@DATE]",
        help="A policy (or world) and when it begins; repeatable.",
        autocompletion=names_of("policies"),
    ),
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
Contrasts = Annotated[bool, Option("--contrasts", help="Instead: what changes do, from finished runs.")]
FigureOfContrasts = Annotated[
    Path | None,
    Option(
        "--figure", metavar="FILE", help="With --contrasts: its figure, as x.png, x.svg or x.pdf.", show_default=False
    ),
]
FreshSweep = Annotated[
    bool, Option("--fresh", help="Begin anew instead of going on; with --contrasts replace its tables.")
]
OutOfMethod = Annotated[
    Path | None, Option(metavar="DIR", help="Where to write.  [default: results/STUDY-METHOD]", show_default=False)
]

# The answer to the question of the paper

SIZES = ("whole", "quick", "trial")
PARTS = ("pages", "value")
QuickAnswer = Annotated[bool, Option("--quick", help="Fewer draws: about 30 minutes on two cores instead of 3 hours.")]
SizeOfAnswer = Annotated[
    str | None,
    Option(
        metavar="whole|quick|trial",
        help="How many runs; trial: small towns, one year, which shows that it works and answers nothing."
        "  [default: whole]",
        callback=one_of("--size", SIZES),
    ),
]
RepeatedPair = Annotated[
    str | None, Option("--repeat", metavar="BLOCK:ARM", help="Instead: one pair again, by the name of its runs.")
]
SoFar = Annotated[bool, Option("--so-far", help="Run nothing; tell what has finished.")]
FromAnswer = Annotated[
    Path | None,
    Option(
        "--from",
        metavar="DIR",
        help="Begin with the pairs of another folder, some of which are run again first; with --only: the finished"
        " answer.  [default: results/answer]",
        show_default=False,
    ),
]
PartOfAnswer = Annotated[
    str | None,
    Option(
        metavar="pages|value",
        help="Instead, from a finished answer: the page of each town, or the value of measuring.",
        callback=one_of("--only", PARTS),
    ),
]
OutOfAnswer = Annotated[
    Path | None,
    Option(
        metavar="DIR",
        help="Where to write.  [default: results/answer…, results/page, results/value]",
        show_default=False,
    ),
]
WeightsOfGains = Annotated[
    str | None,
    Option(
        metavar="GAIN=X,…",
        help="For value: weights of trust, crime and harm, scaled to 1.  [default: trust=0.5,crime=0.5]",
    ),
]
CostsOfPackages = Annotated[
    str | None,
    Option(
        metavar="PACKAGE=X,…",
        help="For value: costs of packages in smallest effects that matter, as mopsic=0.75,reporting=0.5,resources=1.",
    ),
]
PackagesOfChoice = Annotated[
    str | None,
    Option(
        metavar="PACKAGE,…",
        help="For value: packages to choose from.  [default: mopsic, reporting, resources, all]",
    ),
]
ValuedTrials = Annotated[
    list[str],
    Option(
        "--trial",
        metavar="NUMBERS|DIR",
        help="For value: also a trial of MOPSIC, as units=50,persons=100,share=0.46,icc=0.02, or a trial's folder;"
        " repeatable.",
        show_default=False,
    ),
]
YearsOfChoice = Annotated[
    int | None,
    Option(metavar="N", help="For value: after how many years effects count.  [default: that of most pairs]"),
]
TopOfList = Annotated[int | None, Option(metavar="N", help="For value: length of the list.  [default: 10]", min=1)]

# A field trial

TrialToDiagnose = Annotated[
    str,
    Argument(metavar="TRIAL", help="A design, as my_trial.toml; or small_town, which is built in.", show_default=False),
]
OutOfTrial = Annotated[
    Path | None, Option(metavar="DIR", help="Where to write.  [default: results/trial/TRIAL]", show_default=False)
]

# What lies in folders

ExportedFolder = Annotated[
    Path, Argument(metavar="DIR|FILE", help="A folder of results; for figures also a table of an examination.")
]
Csv = Annotated[Path | None, Option(metavar="FILE", help="The whole table; - is standard output.")]
Gpkg = Annotated[Path | None, Option(metavar="FILE", help="Cells and settlements as a GeoPackage.")]
GeoJson = Annotated[Path | None, Option("--geojson", metavar="FILE", help="The same as GeoJSON.")]
FiguresOfFolder = Annotated[
    Path | None,
    Option(metavar="DIR|FILE", help="Figures as PNG into a folder, or as x.png, x.svg or x.pdf.", show_default=False),
]
MeasuresDrawn = Annotated[str, Option("--measures", metavar="NAME,NAME", help="Show these measures of a sweep.")]
LanguageOfFigures = Annotated[
    str | None,
    Option("--lang", metavar="en|es", help="Language of figures.  [default: en]", callback=ONE_LANGUAGE),
]
Verified = Annotated[
    str, Argument(metavar="FILE|DIR|RUN", help="A report, a folder of results, or a run.", show_default=False)
]
SearchedFolder = Annotated[
    Path | None, Option("--in", metavar="DIR", help="The folder that names a run.  [default: all in results/]")
]

# What there is

LISTS = ("scenarios", "policies", "accounts", "parameters", "measures")
Listed = Annotated[
    str,
    Argument(
        metavar="WHAT",
        help=f"{', '.join(LISTS)}.",
        callback=one_of("list", LISTS),
        show_default=False,
        autocompletion=lambda incomplete: [name for name in LISTS if name.startswith(incomplete)],
    ),
]
ListedName = Annotated[
    str | None,
    Argument(metavar="[NAME]", help="Only this one, or those whose name has this part.", show_default=False),
]
ShownScenario = Annotated[
    str | None, Option(metavar="S", help="Of parameters: show the values and sources of this scenario.")
]
AsJson = Annotated[bool, Option("--json", help="As JSON, with all that is known of each.")]
LanguageOfList = Annotated[str, Option("--lang", metavar="en|es", help="Language of the list.", callback=ONE_LANGUAGE)]

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
    str | None,
    Option(
        metavar="es|en|both",
        help="Language with which the page opens, or of the materials.  [default: en; of materials es]",
        callback=language_among(LANGUAGES),
    ),
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
Materials = Annotated[
    Path | None,
    Option(metavar="DIR", help="Instead: write a guide for 90 minutes, handouts and a teacher's sheet there."),
]
StudentFolder = Annotated[
    Path | None, Option(metavar="DIR", help="Instead: put the work of students in a folder into one table there.")
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
        autocompletion=lambda incomplete: [kind for kind in KINDS if kind.startswith(incomplete)],
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
