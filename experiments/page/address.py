"""Read the address of the decision view: a choice, or one line about a mistake in it."""

import datetime
import difflib
from collections.abc import Collection, Mapping

from experiments.comparison.decision_measures import measures, moved
from experiments.comparison.policy_choice import HORIZONS, TWINS, Choice
from experiments.page import sites
from experiments.page.page_texts import say
from model.engine.errors import InputError

VIEWS = ("why", "life", "map", "criteria")
KEYS = ("town", "measures", "from", "years", "seed", "lang", "dark", "view")
MOST_SEED = 2**32 - TWINS
LONGEST = 40
"""Letters of a wrong value that are repeated."""


class AddressError(InputError):
    """Something in an address is wrong: the name of the text that says so, and its values."""

    def __init__(self, text: str, value: str, known: Collection[str] = (), **values: object) -> None:
        self.text, self.known = text, known
        self.value = value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
        self.values = values
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """Return it in one line, with the nearest valid name."""
        close = difflib.get_close_matches(self.value, list(self.known), n=1, cutoff=0.5)
        near = say(language, "wrong.near", close=close[0]) if close else ""
        values = {"value": self.value, "near": near, "known": ", ".join(self.known)} | self.values
        return say(language, f"wrong.{self.text}", **values)


def choice_of(address: Mapping[str, str], now: Choice) -> Choice:
    """Return the choice that an address says; what it does not say stays as it is."""
    for key in address:
        if key not in KEYS:
            raise AddressError("key", key, KEYS)
    one_of("dark", address, "", ("", "0", "1"))
    one_of("view", address, "", ("", *VIEWS))
    site = one_of("town", address, now.site, sites.choices())
    years = int(one_of("years", address, str(now.years), [str(one) for one in HORIZONS]))
    seed = whole("seed", address.get("seed", str(now.seed)), MOST_SEED)
    start = sites.load_scenario(site).start
    begins = date_of(address.get("from") or start.isoformat(), start, years)
    chosen = moved(steps_of(address.get("measures", "")))
    return Choice(site, chosen, begins if begins != start else None, years, seed)


def one_of(name: str, address: Mapping[str, str], now: str, known: Collection[str]) -> str:
    """Return what an address says of something, if it is one of those known."""
    value = address.get(name, now)
    if value not in known:
        raise AddressError("one_of", value, [one for one in known if one], what=name)
    return value


def whole(name: str, text: str, most: int) -> int:
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
        found[name] = whole(name, step, len(known[name].steps) - 1)
    return found
