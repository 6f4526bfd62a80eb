"""Parse the address of the page into a request, or into an error of one line."""

import datetime
import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from experiments.comparison.decision_measures import changed_measures, measures
from experiments.comparison.policy_choice import HORIZONS, MAX_PAIRS, Choice
from experiments.page import sites
from experiments.page.page_texts import page_text
from experiments.words.catalogue import LANGUAGES
from model.engine.errors import InputError

VIEWS = ("why", "map", "life", "criteria", "room")
"""Views in display order; each has a module of its name in `static` and one here."""
KEYS = ("town", "measures", "from", "years", "seed", "lang", "dark", "view", "place", "month", "show", "present")
MAX_SEED = 2**32 - MAX_PAIRS
MAX_VALUE_LENGTH = 40
"""Characters of an invalid value that are repeated in an error, and longest value of ``show``."""


@dataclass(frozen=True)
class AddressRequest:
    """Request in an address: choice of measures, language, view, and within it settlement, month and selection.

    ``place`` and ``month`` are numbers from 1 on, 0 for all; the view defines the values of ``show``.
    """

    choice: Choice
    language: str = "en"
    dark: bool = False
    view: str = VIEWS[0]
    place: int = 0
    month: int = 0
    show: str = ""

    @property
    def query(self) -> str:
        """Query string of the address that restores the request."""
        choice = self.choice
        values = {
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
        }
        return urlencode({key: value for key, value in values.items() if value}, safe=",./")


def first_request() -> AddressRequest:
    """Return the request with which the page opens."""
    return AddressRequest(Choice(sites.start_options.scenario), sites.start_options.language)


class AddressError(InputError):
    """An error in an address: key of its text, invalid value, valid names, and further values of the text."""

    def __init__(self, text: str, value: str, known: Collection[str] = (), **values: object) -> None:
        self.text, self.known, self.values = text, known, values
        self.value = value if len(value) <= MAX_VALUE_LENGTH else f"{value[:MAX_VALUE_LENGTH]}…"
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """Return the error in one line, with the nearest valid name."""
        nearest = difflib.get_close_matches(self.value, list(self.known), n=1, cutoff=0.5)
        suggestion = page_text(language, "wrong.near", close=nearest[0]) if nearest else ""
        values = {"value": self.value, "near": suggestion, "known": ", ".join(self.known)} | self.values
        return page_text(language, f"wrong.{self.text}", **values)


def parse_address(address: Mapping[str, str], current: AddressRequest) -> AddressRequest:
    """Parse an address; town, years, seed, language and theme that it omits keep their present values."""
    language = known_value("lang", address, current.language, LANGUAGES)
    for key in address:
        if key not in KEYS:
            raise AddressError("key", key, KEYS)
    choice = parse_choice(address, current.choice)
    settlements = sites.load_scenario(choice.site).settlements
    return AddressRequest(
        choice,
        language,
        place=parse_whole_number("place", address.get("place") or "0", len(settlements)),
        month=parse_whole_number("month", address.get("month") or "0", 12 * choice.years),
        view=known_value("view", address, "", ("", *VIEWS)) or VIEWS[0],
        dark=known_value("dark", address, "1" if current.dark else "", ("", "0", "1")) == "1",
        show=address.get("show", "")[:MAX_VALUE_LENGTH],
    )


def parse_choice(address: Mapping[str, str], current: Choice) -> Choice:
    """Parse the choice in an address; town, years and seed that it omits keep their present values."""
    site = known_value("town", address, current.site, sites.site_names())
    years = int(known_value("years", address, str(current.years), list(map(str, HORIZONS))))
    seed = parse_whole_number("seed", address.get("seed", str(current.seed)), MAX_SEED)
    start = sites.load_scenario(site).start
    begins = parse_date(address.get("from") or start.isoformat(), start, years)
    chosen = changed_measures(parse_steps(address.get("measures", "")))
    return Choice(site, chosen, begins if begins != start else None, years, seed)


def known_value(name: str, address: Mapping[str, str], default: str, known: Collection[str]) -> str:
    """Return a value of an address, by default the present one; raise `AddressError` unless it is known."""
    value = address.get(name, default)
    if value not in known:
        raise AddressError("one_of", value, list(filter(None, known)), what=name)
    return value


def parse_whole_number(name: str, text: str, maximum: int) -> int:
    """Parse a whole number from 0 to ``maximum``."""
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= maximum):
        raise AddressError("whole", text, what=name, most=maximum)
    return int(text)


def parse_date(text: str, start: datetime.date, years: int) -> datetime.date:
    """Parse the date from which measures apply; it must lie within the horizon."""
    last = start.replace(year=start.year + years) - datetime.timedelta(days=1)
    try:
        date = datetime.date.fromisoformat(text)
    except ValueError:
        date = datetime.date.min
    if not start <= date <= last:
        raise AddressError("date", text, low=start, high=last)
    return date


def parse_steps(text: str) -> dict[str, int]:
    """Parse the steps of measures in an address.

    >>> parse_steps("training.2,heavy_hand.1"), parse_steps("")
    ({'training': 2, 'heavy_hand': 1}, {})
    """
    known_measures, steps = {measure.name: measure for measure in measures()}, {}
    for part in filter(None, text.split(",")):
        name, _, step = part.partition(".")
        if name not in known_measures:
            raise AddressError("measure", name, known_measures)
        steps[name] = parse_whole_number(name, step, len(known_measures[name].steps) - 1)
    return steps
