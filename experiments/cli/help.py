"""Help of the program: commands in groups, in English or Spanish, and new names of commands that were removed."""

import locale
import os
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import cleandoc
from typing import Any

from typer.core import TyperCommand, TyperGroup

from experiments.words.toml_files import toml_beside
from model.engine.errors import InputError

GROUPS = {
    "simulate": ("run", "compare", "check"),
    "analyse": ("sweep", "sensitivity", "calibrate", "answer", "trial"),
    "show": ("view", "export"),
    "look_up": ("list", "verify", "new", "doctor"),
}
"""Commands of the program by group, in the order of the help."""
REMOVED = {
    **{kind: f"confianza list {kind}" for kind in ("scenarios", "policies", "accounts", "parameters", "measures")},
    "workshop": "confianza view --materials DIR",
    "plot": "confianza export DIR --figures DIR",
    "repeat": "confianza verify RUN",
    "contrasts": "confianza sweep STUDY --contrasts",
    "reproduce": "confianza answer",
    "voi": "confianza answer --only value",
    "page": "confianza answer --only pages",
    **{name: f"python -m experiments.dev {name}" for name in ("validate", "bench", "bundle")},
}
"""Commands of versions up to 0.3 and what replaces each."""
LANGUAGE_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Environment variables that state the language of programs; the first that is set counts, as in gettext."""
SPANISH = ("es", "spanish")


def help_language() -> str:
    """Return the language of the help, as the system states it: ``es`` or ``en``."""
    stated = next((os.environ[name] for name in LANGUAGE_VARIABLES if os.environ.get(name)), None)
    return "es" if (stated or locale.getlocale()[0] or "").lower().startswith(SPANISH) else "en"


@cache
def spanish_texts() -> Mapping[str, Mapping[str, str]]:
    """Return the Spanish texts: headings, texts of commands by name, and texts of options by their English text."""
    return toml_beside(__file__, "help_es.toml")


def heading(key: str) -> str:
    """Return a heading of the help in its language."""
    english = {"look_up": "Look up"}.get(key, key.capitalize())
    return spanish_texts()["headings"][key] if help_language() == "es" else english


class HelpInLanguage:
    """Usage and text of a command in the language of the system, for a command and for the program."""

    def format_usage(self: Any, ctx: Any, formatter: Any) -> None:
        """Write the line on usage."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), f"{heading('usage')}: ")

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what the command does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(help_of(self))


class LocalisedHelp(HelpInLanguage, TyperCommand):
    """A command whose help is in the language of the system."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options."""
        write_parameters(self, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help."""
        return help_of(self).partition("\n")[0]


class GroupedHelp(HelpInLanguage, TyperGroup):
    """The program: its help lists commands in groups; a removed command is answered with the new one."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write commands by group, then the options of the program."""
        width = max(map(len, self.commands))
        grouped = {name for names in GROUPS.values() for name in names}
        others = tuple(name for name in self.commands if name not in grouped)  # of a copy that adds a command
        for key, names in (GROUPS | {"look_up": GROUPS["look_up"] + others}).items():
            with formatter.section(heading(key)):
                rows = [(name.ljust(width), self.commands[name].get_short_help_str()) for name in names]
                formatter.write_dl(rows)
        write_parameters(self, ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the exit codes."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(texts_of_commands()["epilog"] if help_language() == "es" else self.epilog or "")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the named command; raise InputError with the new name for a removed one."""
        if args[0] in REMOVED and args[0] not in self.commands:
            raise InputError(f"'confianza {args[0]}' is now '{REMOVED[args[0]]}'")
        return super().resolve_command(ctx, args)


def texts_of_commands() -> Mapping[str, str]:
    """Return the Spanish texts of commands by name."""
    return spanish_texts()["commands"]


def help_of(command: Any) -> str:
    """Return the help text of a command in the language of the help."""
    name = "program" if isinstance(command, GroupedHelp) else command.name
    return texts_of_commands()[name] if help_language() == "es" else cleandoc(command.help or "")


def write_parameters(command: Any, ctx: Any, formatter: Any) -> None:
    """Write the arguments and options of a command."""
    rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for kind, row in records(command, ctx):
        rows[kind].append(row)
    for kind, found in rows.items():
        if found:
            with formatter.section(heading(f"{kind}s")):
                formatter.write_dl(found)


def records(command: Any, ctx: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each parameter that the help shows: its kind, its name and its text."""
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            name, text = record
            yield parameter.param_type_name, (name, translated(text, parameter.help or ""))


def translated(text: str, english: str) -> str:
    """Return the text of an option in the language of the help; what Typer adds to ``english`` stands in brackets."""
    if help_language() == "en":
        return text
    spanish = spanish_texts()
    added = text.replace(english, "", 1)
    for word in ("default", "required"):
        added = added.replace(f"[{word}", f"[{spanish['headings'][word]}")
    return spanish["options"][english] + added
