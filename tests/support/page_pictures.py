"""Measure the page with all of Villa Canales and take its pictures.

Run it as `python tests/support/page_pictures.py`.

Writes results/pictures/; nothing there is typed in by hand.  With `pictures` only these are taken anew, with
`frames` only the frames a second are measured anew.  With `sheets` every view of two small towns is taken at three
sizes, in light and in dark, in Spanish and in English: one contact sheet for each view.
"""

import io
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from chromium import COMPILE_SECONDS, ROOT, Tab, chromium, free_port, keep, program, served, small_town
from PIL import Image

FOLDER = ROOT / "results" / "pictures"
CHOICE = "measures=training.2,reporting.2,visits.2"
PICTURES = {
    "why_es.png": ("lang=es&view=why", 1280, 720),
    "why_totonicapan_en_dark.png": ("lang=en&dark=1&view=why&town=totonicapan", 1920, 1080),
    "why_phone_es.png": ("lang=es&view=why", 390, 844),
    "map_es.png": ("lang=es&view=map", 1280, 720),
    "map_en_dark.png": ("lang=en&dark=1&view=map", 1920, 1080),
    "map_totonicapan_es.png": ("lang=es&view=map&town=totonicapan", 1280, 720),
    "map_phone_es.png": ("lang=es&view=map", 390, 844),
    "life_es.png": ("lang=es&view=life", 1280, 720),
    "life_phone_es.png": ("lang=es&view=life", 390, 844),
    "criteria_es.png": ("lang=es&view=criteria", 1280, 720),
    "criteria_totonicapan_en_dark.png": ("lang=en&dark=1&view=criteria&town=totonicapan&show=c2", 1920, 1080),
}
VIEWS = ("why", "map", "life", "criteria", "room")
SITES = ("villa_canales", "totonicapan")
LOOKS = ("lang=es", "lang=en&dark=1")
SIZES = ((1280, 720), (1920, 1080), (390, 844))
TALL, APART, COLOURS = 340, 6, 96
"""Pixels of a picture's height in a contact sheet and between two; colours of a sheet."""
FRAMES = """() => new Promise((done) => {
  let frames = 0;
  const begun = performance.now(), turn = () => {
    const passed = performance.now() - begun;
    frames += 1;
    if (passed < 4000) requestAnimationFrame(turn);
    else done((1000 * frames) / passed);
  };
  document.querySelector('.play button').click();
  requestAnimationFrame(turn);
})"""
"""Presses play and counts the frames of four seconds."""
STAMPED = "#source:is([data-stamp=checked], [data-stamp=corrected], [data-stamp=alone], [data-stamp=none])"
"""Answer that eight pairs have stamped."""


def lived(tab: Tab) -> None:
    """Wait until all worlds have been simulated and something is drawn of them."""
    tab.lived()
    tab.page.wait_for_selector("#view svg", timeout=1000.0 * COMPILE_SECONDS)


def checked(browser: Any, url: str, years: int) -> dict[str, float]:
    """Check a setting with eight pairs; return the seconds until the first has ended, and all."""
    tab = Tab(browser, f"{url}#years={years}&measures=training.2")
    tab.page.wait_for_selector("body.ready")
    begun, told = time.monotonic(), {}
    tab.page.click("#check")
    for what, selector in (("first", ".marks .ended"), ("all", STAMPED)):
        tab.page.wait_for_selector(selector, timeout=1000.0 * COMPILE_SECONDS)
        told[what] = time.monotonic() - begun
    tab.close()
    assert tab.wrong == []
    return told


def measured(browser: Any, url: str) -> dict[str, str]:
    """Return how long a visitor waits: for the first answer, for the first pair, and for all of them."""
    checked(browser, url, 1)
    begun = time.monotonic()
    tab = Tab(browser, url)
    tab.page.wait_for_selector("body.ready")
    told = {"first answer, the server running": f"{time.monotonic() - begun:.1f} s"}
    tab.close()
    assert tab.wrong == []
    for years, named in ((3, "three"), (5, "five")):
        seconds = checked(browser, url, years)
        told[f"from Check to the first of eight pairs of {named} years"] = f"{seconds['first']:.1f} s"
        told[f"from Check to all eight pairs of {named} years"] = f"{seconds['all']:.1f} s"
    told["load of the machine meanwhile"] = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    return told


def map_rates(browser: Any, url: str) -> dict[str, str]:
    """Return how many frames a second the browser draws while months play on the map of all residents."""
    tab = Tab(browser, f"{url}towns?{CHOICE}&lang=en&view=map")
    lived(tab)
    tab.page.locator(".play button").wait_for()
    told = {"frames a second while months play on the map": f"{tab.page.evaluate(FRAMES):.0f}"}
    told["load of the machine while maps were measured"] = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    tab.close()
    assert tab.wrong == []
    return told


def kept() -> dict[str, str]:
    """Return what was measured before."""
    told = FOLDER / "page.md"
    text = told.read_text(encoding="utf-8") if told.is_file() else ""
    return dict(re.findall(r"^\| (.+?) \| (.+) \|$", text, re.MULTILINE))


def picture(browser: Any, url: str, name: str) -> None:
    """Take one picture."""
    address, width, height = PICTURES[name]
    tab = Tab(browser, f"{url}towns?{CHOICE}&{address}", width, height)
    lived(tab)
    tab.page.wait_for_timeout(2500)
    keep(tab.page.screenshot(), FOLDER / name)
    tab.close()
    assert tab.wrong == [], tab.wrong


def looks_of(tab: Any, url: str, view: str) -> list[Image.Image]:
    """Return a view at all sizes, in light and Spanish and in dark and English, each as high as a row of a sheet."""
    found = []
    for look in LOOKS:
        for width, height in SIZES:
            tab.page.set_viewport_size({"width": width, "height": height})
            tab.page.goto(f"{url}towns?{CHOICE}&{look}&view={view}")
            tab.lived()
            tab.page.wait_for_selector("#view > *", timeout=1000.0 * COMPILE_SECONDS)
            tab.page.wait_for_timeout(500)
            taken = Image.open(io.BytesIO(tab.page.screenshot())).convert("RGB")
            found.append(taken.resize((round(width * TALL / height), TALL), Image.Resampling.LANCZOS))
    return found


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """Return pictures in rows of one look each, on one sheet of few colours."""
    across = len(SIZES)
    wide = sum(one.width + APART for one in pictures[:across])
    whole = Image.new("RGB", (wide, len(pictures) // across * (TALL + APART)), "gray")
    for row in range(len(pictures) // across):
        at = 0
        for one in pictures[row * across : (row + 1) * across]:
            whole.paste(one, (at, row * (TALL + APART)))
            at += one.width + APART
    return whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE)


def sheets() -> None:
    """Take every view of two small towns: a contact sheet for each view, two rows for each town."""
    taken: dict[str, list[Image.Image]] = {view: [] for view in VIEWS}
    for site in SITES:
        with tempfile.TemporaryDirectory() as folder, small_town(Path(folder), site) as url, chromium() as browser:
            tab = Tab(browser, f"{url}towns?{CHOICE}")
            for view in VIEWS:
                taken[view] += looks_of(tab, url, view)
            assert tab.wrong == [], tab.wrong
    for view, pictures in taken.items():
        sheet(pictures).save(FOLDER / f"sheet_{view}.png", optimize=True)


def readme(told: dict[str, str]) -> str:
    """Return the text that stands beside the pictures."""
    lines = ["# The page", "", "Taken and measured by `python tests/support/page_pictures.py`.", ""]
    lines += ["| measured | |", "|---|---|", *(f"| {name} | {value} |" for name, value in told.items()), ""]
    for name, (address, width, height) in PICTURES.items():
        if (FOLDER / name).is_file():
            lines += [f"![{width} × {height}: ?{CHOICE}&{address}]({name})", ""]
    sheets = [name for view in VIEWS if (FOLDER / (name := f"sheet_{view}.png")).is_file()]
    if sheets:
        sizes = ", ".join(f"{width} × {height}" for width, height in SIZES)
        rows = "; ".join(f"{site} in Spanish, light, and in English, dark" for site in SITES)
        lines += [f"Contact sheets of small towns. Columns: {sizes}.", f"Rows: {rows}.", ""]
        lines += [line for name in sheets for line in (f"![{name}]({name})", "")]
    return "\n".join(lines)


def main(what: str) -> None:
    """Serve Villa Canales, measure, then take the pictures; or one of these alone."""
    if what == "sheets":
        sheets()
        (FOLDER / "page.md").write_text(readme(kept()), encoding="utf-8")
        return
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with (
        tempfile.TemporaryDirectory() as folder,
        served(program("view", "villa_canales", "--port", str(port)), port, Path(folder)),
        chromium() as browser,
    ):
        told = kept() if what else measured(browser, url)
        told |= map_rates(browser, url) if what != "pictures" else {}
        (FOLDER / "page.md").write_text(readme(told), encoding="utf-8")
        for name in PICTURES if what != "frames" else ():
            picture(browser, url, name)


if __name__ == "__main__":
    main(*(sys.argv[1:2] or [""]))
