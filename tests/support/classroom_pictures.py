"""Take pictures of classroom, room and phone with all of Villa Canales.

Run it as `python tests/support/classroom_pictures.py`, with `classroom` or `room` for one of them.

Writes results/pictures/; nothing there is typed in by hand.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from chromium import COMPILE_SECONDS, ROOT, chromium, free_pair, free_port, keep, program, served, told

FOLDER = ROOT / "results" / "pictures"
MONTHS = 24
PICTURES = {
    "classroom_es.png": "Classroom, Spanish, 1280 × 720: hearsay switched off (B) beside the world as today (A).",
    "classroom_resident_es.png": "Classroom, Spanish: one resident weighs whether to report.",
    "classroom_en_dark.png": "Classroom, English, dark, 1920 × 1080.",
    "room_predict_es.png": "Room, Spanish: a question is open; answers are hidden.",
    "room_reveal_es.png": "Room, Spanish: eight pairs on the axis of the answers, harms first.",
    "room_packages_es.png": "Room, Spanish: prices typed by the room, packages of three groups.",
    "room_compare_en_dark.png": "Room, English, dark: packages side by side.",
    "room_printed_en.png": "Room, English: the printed page.",
    "phone_predict_es.png": "Phone, Spanish: a question.",
    "phone_package_es.png": "Phone, Spanish: a package under a cap.",
}


def tab_of(browser: Any, address: str, size: tuple[int, int]) -> Any:
    """Open an address in a window of its own."""
    tab = browser.new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    tab.set_default_timeout(1000 * COMPILE_SECONDS)
    tab.goto(address)
    return tab


def address_in(folder: Path) -> str:
    """Return the address with its token that the program printed."""
    line = next(line for line in told(folder).splitlines() if "token=" in line)
    return line[line.index("http") :].split()[0]


def live(tab: Any, months: int) -> None:
    """Let the classroom live some months, one step each."""
    for _ in range(months):
        before = tab.inner_text("[data-id=clock]")
        tab.click("[data-do=step]")
        tab.locator("[data-id=clock]", has_not_text=before).wait_for()


def classroom() -> None:
    """Take the classroom: hearsay switched off beside the world as today, one resident, Info."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder, port = Path(name), free_port()
        with served(program("view", "--mesa", "--lang", "es", "--port", str(port)), port, folder):
            tab = tab_of(browser, address_in(folder) + "&exercise=3", (1280, 720))
            tab.wait_for_selector("[data-do=play]:not(:disabled)")
            live(tab, MONTHS)
            tab.locator("[data-open=mechanisms]").evaluate("one => one.open = true")
            tab.locator("[data-open=mopsic]").evaluate("one => one.open = false")
            tab.click("[data-switch=hearsay]")
            tab.click("[data-do=reset]")
            tab.locator("[data-id=pair]", has_text="como hoy").wait_for()
            tab.locator("[data-id=clock]", has_text="1 ene 2017").wait_for()
            live(tab, MONTHS)
            keep(tab.screenshot(), FOLDER / "classroom_es.png")
            tab.click("[data-tab=agent]")
            tab.click("[data-id=any]")
            tab.wait_for_selector(".cl-one dl")
            keep(tab.screenshot(), FOLDER / "classroom_resident_es.png")
            tab.set_viewport_size({"width": 1920, "height": 1080})
            tab.click("[data-do=language]")
            tab.locator("h1", has_text="one world").wait_for()
            tab.click("[data-do=theme]")
            tab.click("[data-tab=charts]")
            tab.wait_for_timeout(500)
            keep(tab.screenshot(), FOLDER / "classroom_en_dark.png")


def room() -> None:
    """Take a round of the room: predict, reveal, packages, compare; and its phones."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder, port = Path(name), free_pair()
        options = ["--room", "--phones", "127.0.0.1", "--lang", "es", "--port", str(port)]
        with served(program("view", "villa_canales", *options), port, folder):
            screen, door = tab_of(browser, address_in(folder), (1280, 720)), f"http://127.0.0.1:{port + 1}/u"
            word, number = screen.inner_text(".code").split()
            phones = [enter(tab_of(browser, door, (390, 780)), word, number, k % 3) for k in range(6)]
            screen.click("#next")
            phones[0].wait_for_selector(".options button:nth-child(5)")
            keep(phones[0].screenshot(), FOLDER / "phone_predict_es.png")
            for k, phone in enumerate(phones):
                phone.wait_for_selector(".options button:nth-child(5)")
                phone.click(f".options button:nth-child({1 + k % 5})")
                phone.click("footer .main")
                phone.locator("#note", has_text="Recibida").wait_for()
            screen.locator("#clock", has_text="6 de 6").wait_for()
            keep(screen.screenshot(), FOLDER / "room_predict_es.png")
            screen.click("#next")
            screen.locator(".plot circle[r='7']").nth(7).wait_for(state="attached")
            keep(screen.screenshot(), FOLDER / "room_reveal_es.png")
            for _ in range(5):
                screen.click("#next")
                screen.wait_for_timeout(1500)
            packages(screen, phones)


def enter(phone: Any, word: str, number: str, group: int) -> Any:
    """Let a phone join."""
    phone.fill("#word", word)
    phone.fill("#number", number)
    phone.click(f".options button:nth-child({group + 1})")
    phone.click("footer .main")
    phone.wait_for_selector("#word", state="detached")
    return phone


def packages(screen: Any, phones: list[Any]) -> None:
    """Take packages under a cap, and their comparison in English and in the dark."""
    for name, price in (("", "2000000"), ("training", "400000"), ("visits", "350000"), ("means", "900000")):
        screen.fill(f"[data-measure='{name}']", price)
        screen.press(f"[data-measure='{name}']", "Enter")
    for phone, rows in ((phones[0], (1, 1, 4, 4)), (phones[1], (2,)), (phones[2], (8, 8))):
        phone.wait_for_selector("#rows")
        for row in rows:
            phone.click(f"#rows .row:nth-child({row}) button:last-child")
        phone.click("footer .main")
        phone.locator("#note", has_text="Recibida").wait_for()
    keep(phones[0].screenshot(), FOLDER / "phone_package_es.png")
    screen.wait_for_timeout(1500)
    keep(screen.screenshot(), FOLDER / "room_packages_es.png")
    screen.click("#next")
    screen.locator("h1", has_text="Los paquetes").wait_for()
    screen.locator("main", has_not_text="Calculando").wait_for()
    screen.click("#language")
    screen.click("#theme")
    screen.locator("h1", has_text="The packages").wait_for()
    keep(screen.screenshot(), FOLDER / "room_compare_en_dark.png")
    screen.click("#next")
    screen.locator("h1", has_text="Which package").wait_for()
    screen.emulate_media(media="print")
    screen.set_viewport_size({"width": 794, "height": 1123})
    screen.evaluate("document.documentElement.dataset.dark = false")
    keep(screen.screenshot(), FOLDER / "room_printed_en.png")


def describe() -> None:
    """Write the list of the pictures that were taken."""
    lines = [
        "# Classroom and room",
        "",
        "Taken by `python tests/support/classroom_pictures.py` with all of Villa Canales.",
    ]
    for name, text in PICTURES.items():
        if not (FOLDER / name).is_file():
            continue
        lines += ["", f"![{text}]({name})", "", text]
    (FOLDER / "classroom.md").write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    for one in (classroom, room):
        if one.__name__ in sys.argv[1:] or len(sys.argv) == 1:
            one()
    describe()
