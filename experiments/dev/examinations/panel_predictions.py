"""Predict the coefficients of a panel survey of adults under each rival account of trust and crime.

``python -m experiments.dev.examinations.panel_predictions`` writes the table beside `experiments.voi.panel_survey`,
from the simulated panels that `experiments.dev.examinations.account_weights` compares with published ones.
"""

from collections.abc import Iterator

from experiments.storage.progress import print_note
from experiments.storage.writing import write_atomically
from experiments.validation.calibration import reference_town
from experiments.validation.impression_replay import PANEL_EVENTS
from experiments.validation.panel import INTERVIEWED, N_PANELS, SELECTION, panels_of
from experiments.voi.panel_survey import PREDICTIONS_FILE
from scenarios import accounts

EVENTS = (*PANEL_EVENTS, "victim")


def prediction_lines() -> Iterator[str]:
    """Yield the lines of the table: persons interviewed, then coefficients and errors by event under each account."""
    tape, numbers = reference_town()
    yield "# by python -m experiments.dev.examinations.panel_predictions: points of 100, with their standard errors"
    yield f"interviewed = {N_PANELS * INTERVIEWED}"
    for account in accounts.names():
        own = {name: float(value) for name, value in accounts.read(account).items() if name in numbers}
        panel = panels_of(tape, numbers | own, SELECTION)
        print_note(f"{account}: {panel.coefficients}")
        yield f"\n[{account}]"
        yield from (
            f"{event} = {{ coefficient = {panel.coefficients[event]:.4f}, error = {panel.errors[event]:.5f} }}"
            for event in EVENTS
        )


def main() -> None:
    """Simulate the panels and write the table."""
    write_atomically(PREDICTIONS_FILE, ("\n".join(prediction_lines()) + "\n").encode())


if __name__ == "__main__":
    main()
