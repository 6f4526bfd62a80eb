"""Readings of the panels, and variants of memory: calibrate the weights of each and store them in a file."""

from dataclasses import dataclass, field
from pathlib import Path

from experiments.execution import trust_accounts
from experiments.storage.writing import write_atomically
from experiments.validation.calibration import Calibrated, calibrate, reference_town
from experiments.validation.event_weights import UNSOLVABLE_ERRORS
from experiments.validation.impression_replay import Numbers, Tape
from experiments.validation.panel import SELECTION
from experiments.validation.sizes import EVENTS

FILE = Path(trust_accounts.__file__).with_name("readings.toml")
CALIBRATED_PARAMETERS = (
    *(one.parameter for one in EVENTS),
    "consultation.door",
    "trust.fast_friendly",
    "trust.fast_panel",
    "misconduct.fades",
)
SURVEY_PARAMETERS = ("survey.lapop", "survey.noise", "survey.latinobarometro", "survey.reserve", "trust.women")
CENTRAL_READING = "panel"


@dataclass(frozen=True)
class Reading:
    """Interpretation of the rows of the panels, with its parameters of trust."""

    name: str
    sets: Numbers = field(default_factory=dict)
    single: bool = False
    selection: float = SELECTION


MEMORIES = (0.5, 1.0, 4.0, 8.0)
READINGS = (
    Reading(CENTRAL_READING),
    Reading("single", single=True),
    Reading("panel, s 0", selection=0.0),
    Reading("panel, s .6", selection=0.6),
    Reading("panel, fast .3", {"trust.fast_panel": 0.3}),
    *(Reading(f"panel, memory {years:g}", {"trust.memory_years": years}) for years in MEMORIES),
    *(Reading(f"single, memory {years:g}", {"trust.memory_years": years}, single=True) for years in MEMORIES),
)
"""All but the first keep the survey parameters of the first."""


def calibrate_readings(tape: Tape, numbers: Numbers) -> tuple[Calibrated, dict[str, Calibrated | str]]:
    """Calibrate every reading; return the first, and all by name: the error message of one that fails."""
    centre = calibrate(tape, numbers)
    results: dict[str, Calibrated | str] = {CENTRAL_READING: centre}
    for reading in READINGS[1:]:
        start = {**centre.numbers, **reading.sets}
        try:
            results[reading.name] = calibrate(
                tape, start, single=reading.single, selection=reading.selection, survey=False
            )
        except UNSOLVABLE_ERRORS as reason:
            results[reading.name] = str(reason)
    return centre, results


def readings_as_text(centre: Calibrated, results: dict[str, Calibrated | str]) -> str:
    """Return the file of readings: for each the parameters that differ from the first."""
    lines = ["# Made by `python -m experiments.dev.examinations.readings`: weights under each reading and memory."]
    for reading in READINGS:
        result = results[reading.name]
        lines.append(f'\n["{reading.name}"]')
        if isinstance(result, str):
            lines.append(f'unsolved = "{result}"')
            continue
        base: dict[str, str] = {}
        names = (*reading.sets, *CALIBRATED_PARAMETERS)
        if reading.name == CENTRAL_READING:
            names = (*names, *SURVEY_PARAMETERS)
        else:
            base = {name: f"{centre.numbers[name]:.3g}" for name in CALIBRATED_PARAMETERS}
        values = {name: f"{result.numbers[name]:.3g}" for name in names}
        lines += [f'"{name}" = {value}' for name, value in values.items() if base.get(name) != value]
    return "\n".join(lines) + "\n"


def readings() -> dict[str, dict[str, float]]:
    """Return the parameters of each stored reading, without those that were not solved."""
    solved = {name: table for name, table in trust_accounts.READINGS.items() if "unsolved" not in table}
    return {name: {key: float(value) for key, value in table.items()} for name, table in solved.items()}


def before_and_after(numbers: Numbers, centre: Calibrated) -> str:
    """Return a table of the parameters before and after the calibration."""
    rows = [
        f"{name:38}{numbers[name]:>10.4g}{centre.numbers[name]:>10.3g}"
        for name in dict.fromkeys((*CALIBRATED_PARAMETERS, *SURVEY_PARAMETERS))
    ]
    return "\n".join((f"{'parameter':38}{'before':>10}{'found':>10}", *rows))


def main() -> None:
    """Calibrate all readings in the reference town, write the file and print the results."""
    tape, numbers = reference_town()
    centre, results = calibrate_readings(tape, numbers)
    write_atomically(FILE, readings_as_text(centre, results).encode())
    for name, result in results.items():
        if isinstance(result, str):
            print(f"{name}: {result}")
            continue
        slopes = ", ".join(f"{key} {value:.2f}" for key, value in result.panel.coefficients.items())
        panel = result.panel
        print(f"{name}: {slopes}; Q07 {panel.correlation:.3f}; Q06 {panel.gap_left:.2f}; {result.rounds} rounds")
    print(before_and_after(numbers, centre))


if __name__ == "__main__":
    main()
