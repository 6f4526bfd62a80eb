"""Printed materials of a workshop and of a class: a guide, handouts and a teacher's sheet, as HTML pages.

Source of the texts: `guide.toml` beside this module, and the exercises of the classroom.
"""

import json
import re
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from experiments.classroom import lesson
from experiments.classroom.assignment import MAX_ANSWER_LENGTH, Assignment, parse_assignment
from experiments.classroom.lesson import in_language
from experiments.figures.theme import REPORT
from experiments.storage.progress import print_note
from experiments.storage.writing import csv_bytes, make_folder, write_requested
from experiments.words.console import console_text
from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError

MATERIAL_KINDS = ("guide", "handouts", "teacher")
WORDS_A_MINUTE = 110
"""Words per minute of slow reading aloud; conversation has 140 to 160."""
MAX_WORK_BYTES = 2_000_000
"""Largest file of a student's work (bytes)."""
WORK_COLUMNS = (
    *("file", "student", "exercise", "town", "account", "seed", "policy", "levers", "off", "since"),
    *("guess", "size", "claims", "predict", "why", "months"),
)


@cache
def guide() -> dict[str, Any]:
    """Return the texts of the workshop in both languages."""
    return toml_beside(__file__, "guide.toml")


def spoken_minutes(section: dict[str, Any], language: str) -> float:
    """Return the minutes that a section takes to read aloud."""
    return sum(len(text.split()) for text in section["say"][language]) / WORDS_A_MINUTE


def sections(language: str) -> list[dict[str, Any]]:
    """Return the sections of the workshop, with first and last minute."""
    words = in_language(guide()["words"], language)
    ends = list(accumulate(section["minutes"] for section in guide()["section"]))
    return [
        in_language(section, language)
        | {
            "when": words["from_to"].format(a=end - section["minutes"], b=end),
            "length": words["minutes"].format(n=section["minutes"]),
            "meanwhile": words["meanwhile"].format(n=section["do"]),
        }
        for section, end in zip(guide()["section"], ends, strict=True)
    ]


def pace_sentence(language: str) -> str:
    """Return a sentence on the length of the workshop, estimated from the number of words."""
    spoken = sum(spoken_minutes(section, language) for section in guide()["section"])
    work = sum(section["do"] for section in guide()["section"])
    total = sum(section["minutes"] for section in guide()["section"])
    values = {
        "all": total,
        "pace": WORDS_A_MINUTE,
        "spoken": f"{spoken:.0f}",
        "work": work,
        "total": f"{spoken + work:.0f}",
    }
    return str(guide()["words"]["pace"][language].format(**values))


def exercises(language: str) -> list[dict[str, Any]]:
    """Return the exercises of the classroom for the teacher's sheet, each with its locked address."""
    heading, path = guide()["words"]["exercise"][language], in_language(guide()["path"], language)
    return [
        in_language(exercise, language)
        | {
            "number": heading.format(n=number),
            "level": path[exercise["level"]],
            "address": Assignment(exercise=number, lock=True, lang=language).address,
        }
        for number, exercise in enumerate(lesson.exercises(), start=1)
    ]


def with_code(text: str) -> Markup:
    """Return a text as HTML, with parts between backticks as code.

    >>> with_code("run `confianza` <now>")
    Markup('run <code>confianza</code> &lt;now&gt;')
    """
    return Markup(re.sub(r"`(.+?)`", r"<code>\1</code>", str(escape(text))))


def material_page(kind: str, language: str) -> str:
    """Return one of the materials as an HTML page."""
    environment = Environment(
        loader=PackageLoader("experiments.workshop", "."), undefined=StrictUndefined, autoescape=True
    )
    environment.filters["code"] = with_code
    texts = in_language(guide(), language)
    return environment.get_template("sheet.html.j2").render(
        kind=kind,
        lang=language,
        heading=texts["title"]
        if kind == "guide"
        else texts["path"]["title"]
        if kind == "teacher"
        else texts["words"][kind],
        guide=texts,
        words=texts["words"],
        sections=sections(language),
        pace=pace_sentence(language),
        exercises=exercises(language),
        look=REPORT,
    )


def write_materials(folder: Path, languages: tuple[str, ...], fresh: bool = False) -> list[Path]:
    """Write all materials into a folder; return their paths. Other files are replaced only if ``fresh``."""
    if folder.is_file():
        raise InputError(f"--materials {folder} is a file, not a folder")
    make_folder(folder)
    pages = {
        folder / f"{kind}_{lang}.html": material_page(kind, lang).encode()
        for lang in languages
        for kind in MATERIAL_KINDS
    }
    write_requested(pages, fresh)
    return list(pages)


def collect_work(folder: Path, fresh: bool = False) -> Path:
    """Collect the files of students in a folder into one table there; return its path.

    Work in which no month was run is left out, with a line on standard error.

    Raises
    ------
    InputError
        If the folder has no such file, one of them is damaged or of another kind, or nothing was run in any.
    """
    files = sorted(folder.glob("confianza-*.json"))
    if not files:
        raise InputError(f"--collect {folder}: no work of a student there. Files are called confianza-…json.")
    rows = [work_row(file) for file in files]
    works = [row for row in rows if row["months"]]
    if not works:
        raise InputError(
            f"--collect {folder}: no month was run in any of {len(rows)} files. Ask for work with a month."
        )
    for row in rows:
        if not row["months"]:
            print_note(console_text("workshop.left_out", file=row["file"]))
    target = folder / "work.csv"
    table = ([work[name] for name in WORK_COLUMNS] for work in works)
    write_requested({target: csv_bytes(WORK_COLUMNS, table)}, fresh)
    return target


def work_row(file: Path) -> dict[str, Any]:
    """Return the work of a student as a row; its values are validated like those of an address."""
    try:
        if file.stat().st_size > MAX_WORK_BYTES:
            raise ValueError(f"is larger than {MAX_WORK_BYTES:,} bytes")
        work = json.loads(file.read_text(encoding="utf-8"))
        settings = dict(work["task"])
        levers, off = dict(settings.pop("levers")), list(settings.pop("off"))
        # Work of 0.3 has neither; a class's own town is known to the classroom alone.
        claims, town = list(settings.pop("claims", ())), str(settings.pop("town", ""))[:MAX_ANSWER_LENGTH]
        months = str(work["months"]).count("\n") - 1
    except (ValueError, KeyError, TypeError) as reason:
        raise InputError(f"{file}: is no work of a student, as the classroom saves it: {reason}") from None
    words = {key: str(value) for key, value in settings.items()} | {"lock": "1" if settings.get("lock") else ""}
    lists = {"levers": ",".join(f"{name}:{value}" for name, value in levers.items()), "off": ",".join(map(str, off))}
    lists["claims"] = ",".join(map(str, claims))
    return vars(parse_assignment(words | lists)) | lists | {"town": town} | {"file": file.name, "months": months}
