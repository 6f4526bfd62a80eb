"""The address of an assignment: its settings, the changes it allows, and the answers of a student."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from experiments.classroom import lesson
from experiments.page import sites
from experiments.words.catalogue import LANGUAGES
from model.engine.errors import InputError, suggest_nearest
from scenarios import accounts
from scenarios.groups import find_parameter

TEXTS = ("predict", "why", "student")
"""Texts written by the student."""
ANSWERS = ("guess", "size", "claims", *TEXTS)
"""Answers of a student: predicted direction and size, chosen claims, and texts."""
SETTINGS = ("town", "account", "seed", "policy", "levers", "off", "since")
"""Settings that determine a run."""
KEYS = ("exercise", "lock", "lang", *SETTINGS, "step", "months", *ANSWERS)
STEP_UNITS = ("month", "day", "shift")
SINCE = ("today", "start")
"""Begin of a mechanism that is off: the present month, or the start of the world with its warm-up."""
GUESSES = ("", "falls", "nothing", "rises")
MAX_ANSWER_LENGTH = 600
MAX_SEED = 2**31 - 1
MAX_SIZE = 1e6
POLICY_NAME = "student"
"""Policy of the levers and switches; the last by name, so that a lever moved by hand holds under a ready policy."""
POLICY_FILE = f"{POLICY_NAME}.toml"


def town_names() -> dict[str, str]:
    """Return the source of each municipality by its name; a file of one's own has the name of the file."""
    return {Path(source).stem: source for source in reversed(sites.site_names())}


def first_town() -> str:
    """Return the name of the municipality with which the classroom opens."""
    return Path(sites.start_options.scenario).stem


@dataclass(frozen=True)
class Assignment:
    """Settings of a world, with their exercise and the answers of a student.

    Attributes
    ----------
    exercise
        Number of the exercise from 1, 0 for none.
    lock
        True if only the settings of the exercise may be changed.
    town
        Name of the municipality.
    account
        Name of the account of trust or of crime, empty for the present one.
    levers, off
        Values of the levers that were moved, and the mechanisms that are switched off.
    since
        One of `SINCE`: the begin of mechanisms that are off.
    guess, size
        Predicted direction and size, empty until they are predicted.
    claims
        Chosen claims of the exercise, by number from 1.
    predict, why, student
        Texts written by the student.
    """

    exercise: int = 0
    lock: bool = False
    lang: str = "en"
    town: str = field(default_factory=first_town)
    account: str = ""
    seed: int = 7
    policy: str = "status_quo"
    levers: Mapping[str, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    since: str = "today"
    step: str = "month"
    guess: str = ""
    size: str = ""
    claims: frozenset[int] = frozenset()
    predict: str = ""
    why: str = ""
    student: str = ""

    @property
    def address(self) -> str:
        """Query string of the address that restores the assignment."""
        values: dict[str, Any] = {
            "exercise": self.exercise or "",
            "lock": "1" if self.lock else "",
            "lang": self.lang,
            "town": "" if self.town == first_town() else self.town,
            "account": self.account,
            "seed": self.seed,
            "policy": "" if self.policy == "status_quo" else self.policy,
            "levers": ",".join(f"{name}:{value:g}" for name, value in sorted(self.levers.items())),
            "off": ",".join(sorted(self.off)),
            "since": "" if self.since == SINCE[0] else self.since,
            "step": "" if self.step == "month" else self.step,
            "claims": ",".join(map(str, sorted(self.claims))),
        } | {key: getattr(self, key) for key in ("guess", "size", *TEXTS)}
        return urlencode({key: value for key, value in values.items() if value != ""}, safe=",.:")

    @property
    def link_address(self) -> str:
        """Query string of the address that a teacher hands out: the assignment without anybody's answers."""
        return self.without_answers.address

    @property
    def without_answers(self) -> "Assignment":
        """The assignment as it is handed out."""
        return replace(self, guess="", size="", claims=frozenset(), predict="", why="", student="")

    @property
    def world_settings(self) -> tuple[Any, ...]:
        """Settings that determine a run."""
        return (*self.start_settings, self.policy, self.levers, self.off)

    @property
    def start_settings(self) -> tuple[Any, ...]:
        """Settings that determine the start of a run: a change of them needs another world."""
        return self.town, self.account, self.seed, self.off_from_start

    @property
    def off_from_start(self) -> frozenset[str]:
        """Mechanisms that are off from the start of the world."""
        return self.off if self.since == "start" else frozenset()

    @property
    def off_from_today(self) -> frozenset[str]:
        """Mechanisms that are off from the present month."""
        return self.off - self.off_from_start

    @property
    def differs(self) -> bool:
        """Tell whether anything differs from today, the account apart: it holds for both worlds of a pair."""
        return bool(self.policy_arguments() or self.off)

    def as_json(self) -> dict[str, Any]:
        """Return all settings and answers as JSON data."""
        lists = {"off": sorted(self.off), "claims": sorted(self.claims)}
        return asdict(self) | {"levers": dict(self.levers)} | lists

    @property
    def policy_file(self) -> str:
        """Levers and switches of today as a policy file, empty if nothing was moved."""
        parts = []
        if self.off_from_today:
            parts += ["[mechanisms]", *(f"{name} = false" for name in sorted(self.off_from_today)), ""]
        if self.levers:
            parts += ["[set]", *(f'"{name}" = {value}' for name, value in sorted(self.levers.items())), ""]
        head = ['title = { en = "Classroom", es = "Clase" }', 'about = { en = "By hand.", es = "A mano." }', ""]
        return "\n".join(head + parts) if parts else ""

    def policy_arguments(self, file: str = f"./{POLICY_FILE}") -> list[str]:
        """Return the policies as arguments of the shell and of `load`; ``file`` is the path of `policy_file`."""
        ready = [] if self.policy == "status_quo" else [self.policy]
        return ready + ([file] if self.policy_file else [])

    def may_change(self, setting: str) -> bool:
        """Tell whether a lever, a switch, the policy, the town, the account or the seed may be changed."""
        if not self.lock or not self.exercise:
            return True
        changeable = set(lesson.exercises()[self.exercise - 1]["free"])
        kind = (
            "levers" if setting in lesson.lever_names() else "switches" if setting in lesson.switch_names() else setting
        )
        return bool({setting, kind} & changeable)


def parse_assignment(address: Mapping[str, str]) -> Assignment:
    """Parse an address; raise an `InputError` that names the invalid part."""
    for key in address:
        if key not in KEYS:
            raise InputError(f"an address of the classroom has no '{key}'{suggest_nearest(key, KEYS)}")
    switches, exercise = lesson.switch_names(), address.get("exercise", "0")
    return Assignment(
        exercise=parse_whole_number("exercise", exercise, len(lesson.exercises())),
        lock=address.get("lock", "") == "1",
        lang=known_value("lang", address.get("lang", "en"), LANGUAGES),
        town=known_value("town", address.get("town", first_town()), tuple(town_names())),
        account=known_value("account", address.get("account", ""), ("", *accounts.names())),
        seed=parse_whole_number("seed", address.get("seed", "7"), MAX_SEED),
        policy=known_value("policy", address.get("policy", "status_quo"), lesson.POLICIES),
        levers=dict(parse_lever(word) for word in address.get("levers", "").split(",") if word),
        off=frozenset(known_value("off", word, switches) for word in address.get("off", "").split(",") if word),
        since=known_value("since", address.get("since", SINCE[0]), SINCE),
        step=known_value("step", address.get("step", "month"), STEP_UNITS),
        guess=known_value("guess", address.get("guess", ""), GUESSES),
        size=parse_size(address.get("size", "")),
        claims=parse_claims(address.get("claims", ""), int(exercise)),
        **{key: address.get(key, "")[:MAX_ANSWER_LENGTH] for key in TEXTS},
    )


def parse_whole_number(key: str, word: str, maximum: int) -> int:
    """Parse a whole number from 0 to ``maximum``."""
    if not word.isdecimal() or int(word) > maximum:
        raise InputError(f"{key} must be a whole number from 0 to {maximum}, got '{word[:40]}'")
    return int(word)


def parse_size(word: str) -> str:
    """Return a predicted size as it was typed, if it is a number from 0; empty if nothing is predicted.

    >>> parse_size(" 1,5 ")
    '1.5'
    """
    word = word.strip().replace(",", ".")
    try:
        valid = not word or 0.0 <= float(word) <= MAX_SIZE
    except ValueError:
        valid = False
    if not valid:
        raise InputError(f"size must be a number from 0 to {MAX_SIZE:,.0f}, got '{word[:40]}'")
    return word


def parse_claims(words: str, exercise: int) -> frozenset[int]:
    """Parse the numbers of chosen claims of an exercise."""
    n_claims = len(lesson.exercises()[exercise - 1].get("claim", ())) if exercise else 0
    return frozenset(parse_whole_number("claims", word, n_claims) for word in words.split(",") if word)


def known_value(key: str, word: str, known: tuple[str, ...]) -> str:
    """Return a word of an address; raise an `InputError` unless it is known."""
    if word not in known:
        raise InputError(f"{key} must be one of {', '.join(known)}; got '{word[:40]}'{suggest_nearest(word, known)}")
    return word


def parse_lever(word: str) -> tuple[str, float]:
    """Parse a lever and its value.

    >>> parse_lever("contacts.fair:0.9")
    ('contacts.fair', 0.9)
    """
    name, _, number = word.partition(":")
    group, key = find_parameter(known_value("levers", name, lesson.lever_names()))
    spec = group.parameter_specs()[key]
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not spec.low <= value <= spec.high:
        raise InputError(f"{name} must be a number from {spec.low:g} to {spec.high:g}, got '{number[:40]}'")
    return name, value
