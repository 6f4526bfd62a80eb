"""Measure the page with every resident of Villa Canales and take its pictures.

Run it as `python tests/support/pictures.py [measure]`.

Writes results/reference/page/; nothing there is typed in by hand.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from chromium import LIFE, ROOT, Tab, chromium, free_port, program, served

FOLDER = ROOT / "results" / "reference" / "page"
PICTURES = {
    "projector_en.png": "1280 × 720, English: every resident of Villa Canales after 18 months",
    "twins_es.png": "1280 × 720, Spanish: twins of two policies, with the sentence that says in what they differ",
    "levers_en_dark.png": "1280 × 720, English, dark: levers, one of them moved",
    "totonicapan_es_dark.png": "1280 × 720, Spanish, dark: Totonicapán after one month, every resident",
    "difference_en.png": "1280 × 720, English: where trust differs between the twins, and why",
    "why_es.png": "1280 × 720, Spanish: what moved trust",
    "phone_es.png": "390 × 844, Spanish",
    "phone_en_dark.png": "390 × 844, English, dark",
}


def resident_mib(server: Any) -> float:
    """Return the memory of the server."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024.0


def heap_mib(tab: Tab) -> float:
    """Return the memory of the page's script."""
    return float(tab.page.evaluate("performance.memory.usedJSHeapSize")) / 2**20


def frames_a_second(tab: Tab, seconds: float = 3.0) -> float:
    """Return how many frames are drawn in a second, over some seconds: a run ends after ten years, in five or more."""
    first, begun = tab.frame(), time.monotonic()
    tab.page.wait_for_timeout(1000.0 * seconds)
    return (tab.frame() - first) / (time.monotonic() - begun)


def stillness(tab: Tab) -> float:
    """Pause; return the seconds until the last frame was drawn."""
    pressed = tab.page.evaluate(
        "(() => { document.querySelector('[aria-label=Pause]').click(); return performance.now(); })()"
    )
    tab.page.get_by_role("button", name="Play", exact=True).wait_for()
    tab.page.wait_for_timeout(1000)
    return max(0.0, float(tab.page.evaluate("window.confianza.at")) - float(pressed)) / 1000.0


def go_to(tab: Tab, date: str, label: str) -> None:
    """Jump to a date."""
    field = tab.page.get_by_label(label)
    field.fill(date)
    field.press("Enter")
    tab.until(lambda: tab.date() == date)
    tab.still()
    tab.page.wait_for_timeout(1500)


def measured(browser: Any, url: str, server: Any) -> dict[str, str]:
    """Return what is to be known of the page in numbers."""
    begun = time.monotonic()
    tab = Tab(browser, url + LIFE)
    tab.page.wait_for_selector(".cf-board[data-frame]")
    told = {"time to the first map, rules compiled": f"{time.monotonic() - begun:.1f} s"}
    tab.still()
    tab.choose("Speed", "As fast")
    tab.press("Play")
    tab.page.wait_for_timeout(1000)
    told["frames a second, 155,422 residents, as fast as it goes"] = f"{frames_a_second(tab):.0f}"
    told["load of the machine meanwhile"] = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    told["from pause to stillness"] = f"{stillness(tab):.2f} s"
    tab.press("Restart")
    tab.until(lambda: tab.date() == "2017-01-01")
    tab.press("Twins")
    tab.until(lambda: tab.page.locator(".cf-canvas").count() == 2)
    tab.still()
    tab.press("Play")
    tab.page.wait_for_timeout(1000)
    told["frames a second, twins side by side"] = f"{frames_a_second(tab):.0f}"
    tab.choose("Maps", "Difference")
    tab.page.wait_for_timeout(1000)
    told["frames a second, difference of twins"] = f"{frames_a_second(tab):.0f}"
    tab.choose("Maps", "Side by side")
    marks = ("2017-07-01", "2018-07-01", "2019-07-01", "2020-05-01")
    for date in marks:
        tab.until(lambda date=date: tab.date() >= date, 900.0)
        told[f"memory of server and of the page's script, twins, {date}"] = (
            f"{resident_mib(server):.0f} and {heap_mib(tab):.0f} MiB"
        )
    told["from pause to stillness, twins"] = f"{stillness(tab):.2f} s"
    tab.close()
    assert tab.wrong == [], tab.wrong
    return told


def pictures(browser: Any, url: str) -> None:
    """Take the pictures, one after the other in one tab."""
    tab = Tab(browser, url + LIFE)
    tab.ready()
    go_to(tab, "2018-07-01", "Go to date")
    of_one_world(tab)
    of_twins(tab)
    of_levers(tab)
    of_the_other_site(tab)
    tab.close()
    assert tab.wrong == [], tab.wrong


def of_one_world(tab: Tab) -> None:
    """The map at a projector, why, and over time on a phone."""
    tab.page.screenshot(path=FOLDER / "projector_en.png")
    tab.press("Español")
    tab.press("¿Por qué?")
    tab.page.get_by_text("Qué movió la confianza").wait_for()
    tab.page.wait_for_timeout(1500)
    tab.page.screenshot(path=FOLDER / "why_es.png")
    tab.press("En el tiempo")
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.page.wait_for_timeout(2500)
    tab.page.screenshot(path=FOLDER / "phone_es.png")
    tab.page.set_viewport_size({"width": 1280, "height": 720})


def of_twins(tab: Tab) -> None:
    """Twins side by side, then their difference and what it comes from; one world is left."""
    tab.press("Mundos gemelos")
    tab.until(lambda: tab.page.locator(".cf-canvas").count() == 2)
    tab.still()
    tab.choose("Política de B", "Apoyo a la denuncia")
    tab.page.get_by_text("Hasta ahora B").wait_for()
    tab.page.wait_for_timeout(2500)
    tab.page.screenshot(path=FOLDER / "twins_es.png")
    tab.press("English")
    tab.choose("Maps", "Difference")
    tab.choose("Layer", "Trust, mean by cell")
    tab.press("Why?")
    tab.press("B − A")
    tab.page.get_by_text("points from A").wait_for()
    tab.page.wait_for_timeout(1500)
    tab.page.screenshot(path=FOLDER / "difference_en.png")
    tab.press("Twins")
    tab.page.get_by_text("Policy of B").wait_for(state="detached")
    tab.still()


def of_levers(tab: Tab) -> None:
    """A lever moved in the dark, at a projector and on a phone."""
    tab.choose("Layer", "Every resident")
    tab.press("Light or dark")
    tab.press("Levers")
    moved = tab.page.locator(".cf-waits")
    thumb = tab.page.get_by_role("slider", name="Broken vehicles repaired in a week")
    tab.until(lambda: moved.count() or thumb.press("ArrowRight") or tab.page.wait_for_timeout(500))
    tab.press("One month")
    tab.until(lambda: tab.date() == "2018-08-01")
    tab.still()
    tab.page.wait_for_timeout(2500)
    tab.page.screenshot(path=FOLDER / "levers_en_dark.png")
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.page.wait_for_timeout(2500)
    tab.page.screenshot(path=FOLDER / "phone_en_dark.png")
    tab.page.set_viewport_size({"width": 1280, "height": 720})


def of_the_other_site(tab: Tab) -> None:
    """A month of Totonicapán in the dark."""
    tab.press("Español")
    tab.press("En el tiempo")
    tab.choose("Municipio", "Totonicapán")
    tab.until(lambda: tab.date() == "2017-01-01", 400.0)
    tab.still()
    tab.press("Un mes")
    tab.until(lambda: tab.date() == "2017-02-01")
    tab.still()
    tab.page.wait_for_timeout(2500)
    tab.page.screenshot(path=FOLDER / "totonicapan_es_dark.png")


def readme(told: dict[str, str]) -> str:
    """Return the text that stands beside the pictures."""
    lines = ["# The page", "", "Taken and measured by `python tests/support/pictures.py measure` in Chromium", ""]
    lines[2] += " without a graphics card."
    lines += ["| measured | |", "|---|---|", *(f"| {name} | {value} |" for name, value in told.items()), ""]
    for name, text in PICTURES.items():
        lines += [f"![{text}]({name})", "", f"{text}.", ""]
    return "\n".join(lines)


def main(measure: bool) -> None:
    """Serve Villa Canales; measure if asked to, then take the pictures."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with (
        tempfile.TemporaryDirectory() as folder,
        served(program("view", "villa_canales", "--port", str(port)), port, Path(folder)) as server,
        chromium() as browser,
    ):
        warm = Tab(browser, url + LIFE)  # the first visitor waits for the compiler
        warm.ready()
        warm.close()
        if measure:
            told = measured(browser, url, server)
            (FOLDER / "README.md").write_text(readme(told), encoding="utf-8")
            print(told)
        pictures(browser, url)


if __name__ == "__main__":
    main("measure" in sys.argv[1:])
