"""What a copy of the project says of itself, as JSON: run in the copy, without letting anybody live."""

import contextlib
import io
import json
import sys
from typing import Any

from experiments.cli.app import run_program
from experiments.dev.documents import write
from experiments.dev.examinations.knockouts import knockouts
from experiments.narrative.run_summary import SUMMARY_LINES
from experiments.page import why_view
from experiments.words import catalogue
from model.simulation.columns import MonthlyCounts
from model.simulation.registry import CAUSES, COUNT_NAMES, MEASURES, MECHANISMS, SHIFT_SCHEDULE, TABLES
from model.town.crime_kinds import KINDS, NAMES
from scenarios import load
from scenarios.groups import model_levers


def reply(*call: str) -> str:
    """Return what the program prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = run_program(list(call))
    return out.getvalue() if code == 0 else f"code {code}"


def stated() -> dict[str, Any]:
    """Return everything that a user finds."""
    documents = {path.name: text for path, text in write.released_documents().items()}
    off = load("villa_canales", set={"mechanisms.street_lighting": False}, policies=["lit"])
    return {
        "of the group": reply("list", "parameters", "street_lighting"),
        "of the lever": reply("list", "parameters", "street_lighting.lit"),
        "of the rate": reply("list", "parameters", "crime.livestock_theft"),
        "policies": reply("list", "policies"),
        "off": sorted(off.off),
        "measures": {language: reply("list", "measures", "--lang", language) for language in catalogue.LANGUAGES},
        "units": {name: measure.unit for name, measure in MEASURES.items()},
        "counts": list(COUNT_NAMES),
        "tally": list(MonthlyCounts.columns),
        "tables": [table.name for table in TABLES],
        "order": [one.name for one in MECHANISMS],
        "schedule": list(SHIFT_SCHEDULE),
        "causes": {name: [catalogue.cause(name, one) for one in ("es", "en")] for name in CAUSES if name},
        "causes of the page": {name: why_view.part_name("es", name) for name in CAUSES if name},
        "levers": {name: [catalogue.lever(name, one) for one in catalogue.LANGUAGES] for name, _ in model_levers()},
        "kinds": {name: [catalogue.kind(name, one) for one in ("es", "en")] for name in NAMES},
        "keys of kinds": {kind.name: kind.key for kind in KINDS},
        "summary": [line.label["en"] for line in SUMMARY_LINES],
        "knock-out": [list(one.process) for one in knockouts(["street_lighting"])],
        "ODD": documents["ODD.md"],
        "MAP": documents["MAP.md"],
    }


if __name__ == "__main__":
    json.dump(stated(), sys.stdout)
