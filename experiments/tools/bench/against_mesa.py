"""`confianza bench --mesa`: compare the model with a small plain Mesa model of as many residents and couples."""

import statistics
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from experiments.storage.manifest import machine, machine_text
from experiments.storage.progress import print_note
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from experiments.tools.bench.fresh import SHIFTS_PER_YEAR, SITE, measure_in_fresh_process
from experiments.tools.bench.plain_mesa import rule_texts
from model.engine.fingerprint import fingerprint
from model.simulation.registry import MECHANISMS

TURNS, QUICK_TURNS = 3, 1
PLAIN_SHIFTS = 12
SIZES = ("residents", "couples", "cells")
LEFT_WIDTH, RIGHT_WIDTH = 37, 41
"""Widths of the columns of rules: 80 characters with the space between them."""


def compare(json_file: Path | None, quick: bool) -> None:
    """Measure both models in turn; print results and rules, and write them as JSON if ``json_file`` is given."""
    print_note("measuring the model and plain Mesa in turn")
    measure_in_fresh_process("compiling")
    turns = [measure_both() for _ in range(QUICK_TURNS if quick else TURNS)]
    result = summary(turns)
    print("\n".join([*result_lines(result), "", *side_by_side(list(rule_texts()), [one.name for one in MECHANISMS])]))
    if json_file is not None:
        write_atomically(json_file, json_of({"machine": machine(), "fingerprint": fingerprint(), **result}))


def measure_both() -> tuple[dict[str, Any], dict[str, Any]]:
    """Measure the model, then plain Mesa of the same size, each in a fresh process; return both results."""
    ours = measure_in_fresh_process("grown", "census", "1", "2")
    return ours, measure_in_fresh_process(
        "mesa_plain", *(str(n) for n in (PLAIN_SHIFTS, *(ours[name] for name in SIZES)))
    )


def summary(turns: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    """Return the medians of both models in processor seconds, and the ratio of each turn."""
    ours = [result["ends"][1] - result["ends"][0] for result, _ in turns]  # the second year: the first loads kernels
    plain = [SHIFTS_PER_YEAR * result["shift"] for _, result in turns]
    return {
        **{name: turns[0][0][name] for name in SIZES},
        "year_of_model": statistics.median(ours),
        "year_of_plain_mesa": statistics.median(plain),
        "shifts_of_plain_mesa": PLAIN_SHIFTS,
        "ratios": [a / b for a, b in zip(plain, ours, strict=True)],
        "megabytes_of_model": max(result["megabytes"] for result, _ in turns),
        "megabytes_of_plain_mesa": max(result["megabytes"] for _, result in turns),
    }


def result_lines(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of times, memory and ratio."""
    least, most = min(result["ratios"]), max(result["ratios"])
    yield f"{machine_text()}, code {fingerprint()}"
    yield f"{SITE}: {result['residents']:,} residents, {result['couples']} couples, {result['cells']:,} populated cells"
    yield ""
    yield f"{'':30}{'plain Mesa':>14}{'this model':>14}"
    yield f"{'a year, s of the processor':30}{result['year_of_plain_mesa']:14.1f}{result['year_of_model']:14.2f}"
    yield f"{'peak memory, MB':30}{result['megabytes_of_plain_mesa']:14.0f}{result['megabytes_of_model']:14.0f}"
    yield f"plain Mesa takes {statistics.median(result['ratios']):.0f} times as long ({least:.0f} to {most:.0f})"
    yield f"for the few rules on the left; its year follows from {result['shifts_of_plain_mesa']} shifts"


def side_by_side(plain: Sequence[str], ours: Sequence[str]) -> Iterator[str]:
    """Yield the rules of plain Mesa on the left and the mechanisms of the model on the right, in 80 columns."""
    left = [line for rule in plain for line in textwrap.wrap(rule, LEFT_WIDTH, subsequent_indent="  ")]
    right = textwrap.wrap(", ".join(ours), RIGHT_WIDTH)
    heads = f"plain Mesa, {len(plain)} rules", f"this model, {len(ours)} mechanisms"
    for left_line, right_line in zip_longest([heads[0], *left], [heads[1], *right], fillvalue=""):
        yield f"{left_line:{LEFT_WIDTH + 2}}{right_line}".rstrip()
