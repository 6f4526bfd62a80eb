"""The address of an assignment: its settings, the changes it allows, and the answers of a student."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from experiments.classroom import lesson
from experiments.words.catalogue import LANGUAGES
from model.engine.errors import InputError, suggest_nearest
from scenarios.groups import find_parameter

ANSWERS = ("predict", "why", "student")
"""Texts written by the student."""
KEYS = ("exercise", "lock", "lang", "seed", "policy", "levers", "off", "step", "months", *ANSWERS)
STEP_UNITS = ("month", "day", "shift")
MAX_ANSWER_LENGTH = 600
MAX_SEED = 2**31 - 1
POLICY_NAME = "classroom"
POLICY_FILE = f"{POLICY_NAME}.toml"


@dataclass(frozen=True)
class Assignment:
    """Settings of a world, with their exercise and the answers of a student.

    Attributes
    ----------
    exercise
        Number of the exercise from 1, 0 for none.
    lock
        True if only the settings of the exercise may be changed.
    levers, off
        Values of the levers that were moved, and the mechanisms that are switched off.
    predict, why, student
        Texts written by the student.
    """

    exercise: int = 0
    lock: bool = False
    lang: str = "en"
    seed: int = 7
    policy: str = "status_quo"
    levers: Mapping[str, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    step: str = "month"
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
            "seed": self.seed,
            "policy": "" if self.policy == "status_quo" else self.policy,
            "levers": ",".join(f"{name}:{value:g}" for name, value in sorted(self.levers.items())),
            "off": ",".join(sorted(self.off)),
            "step": "" if self.step == "month" else self.step,
            "predict": self.predict,
            "why": self.why,
            "student": self.student,
        }
        return urlencode({key: value for key, value in values.items() if value != ""}, safe=",.:")

    @property
    def link_address(self) -> str:
        """Query string of the address that a teacher hands out: the assignment without anybody's answers."""
        return replace(self, predict="", why="", student="").address

    @property
    def world_settings(self) -> tuple[Any, ...]:
        """Settings that determine a run."""
        return self.seed, self.policy, self.levers, self.off

    def as_json(self) -> dict[str, Any]:
        """Return all settings and answers as JSON data."""
        return asdict(self) | {"levers": dict(self.levers), "off": sorted(self.off)}

    @property
    def policy_file(self) -> str:
        """Levers and switches as a policy file, empty if nothing was moved."""
        parts = []
        if self.off:
            parts += ["[mechanisms]", *(f"{name} = false" for name in sorted(self.off)), ""]
        if self.levers:
            parts += ["[set]", *(f'"{name}" = {value}' for name, value in sorted(self.levers.items())), ""]
        head = ['title = { en = "Classroom", es = "Clase" }', 'about = { en = "By hand.", es = "A mano." }', ""]
        return "\n".join(head + parts) if parts else ""

    def policy_arguments(self, file: str = f"./{POLICY_FILE}") -> list[str]:
        """Return the policies as arguments of the shell and of `load`; ``file`` is the path of `policy_file`."""
        ready = [] if self.policy == "status_quo" else [self.policy]
        return ready + ([file] if self.policy_file else [])

    def may_change(self, setting: str) -> bool:
        """Tell whether a lever, a switch, the policy or the seed may be changed."""
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
    switches = lesson.switch_names()
    return Assignment(
        exercise=parse_whole_number("exercise", address.get("exercise", "0"), len(lesson.exercises())),
        lock=address.get("lock", "") == "1",
        lang=known_value("lang", address.get("lang", "en"), LANGUAGES),
        seed=parse_whole_number("seed", address.get("seed", "7"), MAX_SEED),
        policy=known_value("policy", address.get("policy", "status_quo"), lesson.POLICIES),
        levers=dict(parse_lever(word) for word in address.get("levers", "").split(",") if word),
        off=frozenset(known_value("off", word, switches) for word in address.get("off", "").split(",") if word),
        step=known_value("step", address.get("step", "month"), STEP_UNITS),
        **{key: address.get(key, "")[:MAX_ANSWER_LENGTH] for key in ANSWERS},
    )


def parse_whole_number(key: str, word: str, maximum: int) -> int:
    """Parse a whole number from 0 to ``maximum``."""
    if not word.isdecimal() or int(word) > maximum:
        raise InputError(f"{key} must be a whole number from 0 to {maximum}, got '{word[:40]}'")
    return int(word)


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
