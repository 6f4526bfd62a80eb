"""Take the pictures of a report in Chromium without network: `python tests/support/report_pictures.py FOLDER`.

FOLDER holds `informe.html`; the pictures are put beside it: the first screens on a desk and on a phone, and the pages
as they print.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from chromium import chromium
from PIL import Image

SCREENS = {"desktop_es": (1280, 1700, "es"), "phone_es": (390, 1500, "es"), "phone_en": (390, 1500, "en")}
ACROSS, SHOWN, DOTS = 4, 8, 55


def screens(browser: Any, report: Path) -> None:
    """Take the first screens, in both languages, without scripts."""
    for name, (width, height, language) in SCREENS.items():
        size = {"width": width, "height": height}
        tab = browser.new_context(viewport=size, offline=True, java_script_enabled=False).new_page()
        tab.goto(report.as_uri())
        tab.locator(f"label[for=to-{language}]").click()
        tab.screenshot(path=report.with_name(f"{name}.png"))


def pages(browser: Any, report: Path) -> None:
    """Print, and show the first pages on one sheet."""
    tab = browser.new_context(offline=True).new_page()
    tab.goto(report.as_uri())
    with tempfile.TemporaryDirectory() as place:
        paper = Path(place) / "report.pdf"
        tab.pdf(path=paper, prefer_css_page_size=True)
        subprocess.run(["pdftoppm", "-r", str(DOTS), "-l", str(SHOWN), "-png", paper, Path(place) / "page"], check=True)
        sheets = [Image.open(path) for path in sorted(Path(place).glob("page*.png"))]
        width, height = sheets[0].size
        rows = -(-len(sheets) // ACROSS)
        whole = Image.new("RGB", (ACROSS * (width + 8), rows * (height + 8)), "gray")
        for k, sheet in enumerate(sheets):
            whole.paste(sheet, (k % ACROSS * (width + 8) + 4, k // ACROSS * (height + 8) + 4))
        whole.save(report.with_name("pages_es.png"), optimize=True)


def main(folder: Path) -> None:
    """Take all pictures of the report in a folder."""
    report = (folder / "informe.html").resolve()
    with chromium() as browser:
        screens(browser, report)
        pages(browser, report)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
