"""Options of `confianza compare` that determine its numbers, declared once.

From this declaration follow the options of the command with their help, their types in a manifest, and the command that
repeats a comparison.
"""

import dataclasses
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self, get_args

from typer import Argument, CallbackParam, Option


def given_once(option: CallbackParam, texts: list[str]) -> list[str]:
    """Return the texts KEY=VALUE of a repeatable option; raise InputError if they give a key two values."""
    if len(texts) > 1:
        from scenarios.reading import checked_once  # help texts do not need it

        checked_once(option.opts[0], texts)
    return texts


SETS = Option("--set", metavar="KEY=VALUE", help="Change a parameter; repeatable.", callback=given_once)
Start = Annotated[str | None, Option(metavar="DATE", help="First reported day.", show_default=False)]
Years = Annotated[float | None, Option(metavar="N", help="Length of the run.  [default: 3]")]
Until = Annotated[str | None, Option(metavar="DATE", help="The day on which the run ends, instead of --years.")]
Draws = Annotated[
    str,
    Option(
        metavar="FILE|KIND:N",
        help="Also over draws of assumed parameters: of a file, plausible:N or calibrated:N.",
        show_default=False,
    ),
]


@dataclass(frozen=True, kw_only=True)
class ComparisonOptions:
    """Arms and options of a comparison, in the order of the help.

    A standard dataclass, since importing pydantic, which checks manifests, would double the time of `confianza --help`.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid", "strict": True}

    arms: Annotated[
        tuple[str, ...],
        Argument(metavar="ARM ARM…", help="[SITE:]POLICY[+POLICY…][@DATE], or a folder.", show_default=False),
    ]
    scenarios: Annotated[
        tuple[str, ...],
        Option("--scenario", metavar="S", help="Site of arms that name none; repeatable.  [default: villa_canales]"),
    ] = ()
    sets: Annotated[tuple[str, ...], SETS] = ()
    start: Start = None
    years: Years = None
    until: Until = None
    seed: Annotated[int, Option(metavar="N", help="Seed of the first pair.")] = 1
    replicates: Annotated[int, Option(metavar="N", help="Number of pairs, with seeds seed, seed+1, …")] = 12
    independent: Annotated[
        bool,
        Option("--independent", help="Also run arms on other seeds: what do pairs save?"),
    ] = False
    memory: Annotated[int, Option(metavar="N", help="Also N pairs for each of 17 laws of trust.")] = 0
    delta: Annotated[
        tuple[str, ...],
        Option(
            metavar="MEASURE=X",
            help="Smallest effect that matters; repeatable.",
            show_default=False,
            callback=given_once,
        ),
    ] = ()
    settle: Annotated[
        str, Option(metavar="NAME", help="Stop at 8, 16, 32 … pairs once this effect is clear.", show_default=False)
    ] = ""
    draws: Draws = ""
    """In a manifest the path of a file, also where draws of a kind were asked for."""

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> Self:
        """Return the options stated in a command or manifest, which have lists where fields are tuples."""
        fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in stated.items()}
        return cls(**fields)

    def as_dict(self) -> dict[str, Any]:
        """Return the options as a JSON-compatible dict, in the order in which manifests have them."""
        stated = dataclasses.asdict(self)
        stated["delta"] = stated.pop("delta")
        return stated

    @property
    def command(self) -> str:
        """The command that repeats the comparison; repeatable options come first.

        >>> ComparisonOptions(arms=("status_quo", "resources_only"), years=1.0, replicates=4).command
        'confianza compare status_quo resources_only --years 1 --replicates 4'
        """
        words, others = ["confianza", "compare", *self.arms], []
        for field in dataclasses.fields(self)[1:]:
            option, value = option_of(field), getattr(self, field.name)
            if isinstance(value, tuple):
                words += [word for entry in value for word in (option, entry)]
            elif value is True:
                others += [option]
            elif value != field.default:
                others += [option, f"{value:g}" if isinstance(value, float) else str(value)]
        return shlex.join([*words, *others])


def option_of(field: dataclasses.Field[Any]) -> str:
    """Return the name of the option that states a field."""
    name = get_args(field.type)[1].default  # typer keeps the first name of an option there
    return name if isinstance(name, str) else f"--{field.name}"
