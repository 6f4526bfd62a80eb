"""Read the address of the page: what is chosen and which view of it, or one line about a mistake in it."""

import datetime
import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from experiments.comparison.decision_measures import measures, moved_measures
from experiments.comparison.policy_choice import HORIZONS, TWINS, Choice
from experiments.page import sites
from experiments.page.page_texts import say
from experiments.words.catalogue import LANGUAGES
from model.engine.errors import InputError

VIEWS = ("decision", "why", "map", "life", "criteria", "room")
"""Views in the order of the row above them; each has a module of its name in `static` and one here."""
KEYS = ("town", "measures", "from", "years", "seed", "lang", "dark", "view", "place", "month", "show", "present")
MOST_SEED = 2**32 - TWINS
LONGEST = 40
"""Letters of a wrong value that are repeated."""


@dataclass(frozen=True)
class Asked:
    """Request of an address: a choice, the language, a view, and in it a settlement, a month, and what to show.

    ``place`` is the number of a settlement from 1 on and ``month`` the number of a month from 1 on, 0 for all; ``show``
    is a word of the view's own.
    """

    choice: Choice
    language: str = "en"
    dark: bool = False
    view: str = VIEWS[0]
    place: int = 0
    month: int = 0
    show: str = ""
    present: bool = False

    @property
    def query(self) -> str:
        """Query of the address that restores all of it."""
        choice = self.choice
        stated = {
            "town": choice.site,
            "measures": ",".join(f"{name}.{step}" for name, step in choice.chosen),
            "from": choice.begins.isoformat() if choice.begins else "",
            "years": str(choice.years),
            "seed": str(choice.seed),
            "lang": self.language,
            "dark": "1" if self.dark else "",
            "view": self.view if self.view != VIEWS[0] else "",
            "place": str(self.place or ""),
            "month": str(self.month or ""),
            "show": self.show,
            "present": "1" if self.present else "",
        }
        return urlencode({key: value for key, value in stated.items() if value}, safe=",./")


class AddressError(InputError):
    """Something in an address is wrong: the name of the text that says so, and its values."""

    def __init__(self, text: str, value: str, known: Collection[str] = (), **values: object) -> None:
        self.text, self.known, self.values = text, known, values
        self.value = value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """Return it in one line, with the nearest valid name."""
        close = difflib.get_close_matches(self.value, list(self.known), n=1, cutoff=0.5)
        near = say(language, "wrong.near", close=close[0]) if close else ""
        values = {"value": self.value, "near": near, "known": ", ".join(self.known)} | self.values
        return say(language, f"wrong.{self.text}", **values)


def asked_by(address: Mapping[str, str], now: Asked) -> Asked:
    """Return what an address asks for; town, years, seed and language that it does not say stay as they are."""
    language = one_of("lang", address, now.language, LANGUAGES)
    for key in address:
        if key not in KEYS:
            raise AddressError("key", key, KEYS)
    choice = choice_of(address, now.choice)
    return Asked(
        choice,
        language,
        place=whole_number("place", address.get("place") or "0", len(sites.load_scenario(choice.site).settlements)),
        month=whole_number("month", address.get("month") or "0", 12 * choice.years),
        view=one_of("view", address, "", ("", *VIEWS)) or VIEWS[0],
        dark=one_of("dark", address, "1" if now.dark else "", ("", "0", "1")) == "1",
        present=one_of("present", address, "", ("", "1")) == "1",
        show=address.get("show", "")[:LONGEST],
    )


def choice_of(address: Mapping[str, str], now: Choice) -> Choice:
    """Return the choice that an address says; town, years and seed that it does not say stay as they are."""
    site = one_of("town", address, now.site, sites.site_names())
    years = int(one_of("years", address, str(now.years), [str(one) for one in HORIZONS]))
    seed = whole_number("seed", address.get("seed", str(now.seed)), MOST_SEED)
    start = sites.load_scenario(site).start
    begins = date_of(address.get("from") or start.isoformat(), start, years)
    chosen = moved_measures(steps_of(address.get("measures", "")))
    return Choice(site, chosen, begins if begins != start else None, years, seed)


def one_of(name: str, address: Mapping[str, str], now: str, known: Collection[str]) -> str:
    """Return what an address says of something, if it is one of those known."""
    value = address.get(name, now)
    if value not in known:
        raise AddressError("one_of", value, [one for one in known if one], what=name)
    return value


def whole_number(name: str, text: str, most: int) -> int:
    """Return a whole number from 0 on."""
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= most):
        raise AddressError("whole", text, what=name, most=most)
    return int(text)


def date_of(text: str, start: datetime.date, years: int) -> datetime.date:
    """Return the date from which measures hold, which lies within the horizon."""
    last = start.replace(year=start.year + years) - datetime.timedelta(days=1)
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        date = datetime.date.min
    if not start <= date <= last:
        raise AddressError("date", text, low=start, high=last)
    return date


def steps_of(text: str) -> dict[str, int]:
    """Return the steps of measures as an address writes them.

    >>> steps_of("training.2,heavy_hand.1"), steps_of("")
    ({'training': 2, 'heavy_hand': 1}, {})
    """
    known, found = {one.name: one for one in measures()}, {}
    for part in filter(None, text.split(",")):
        name, _, step = part.partition(".")
        if name not in known:
            raise AddressError("measure", name, known)
        found[name] = whole_number(name, step, len(known[name].steps) - 1)
    return found
