"""Say in our words which rule of a declaration a value breaks."""

from typing import Any

RULES = {
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "dataclass_type": "must be a table",
    "too_short": "must have at least one entry",
}
"""Rules by the type of pydantic's error, where its own words are those of Python."""


def broken_rule(error: Any) -> str:
    """Return the rule that an error of pydantic states, without place and value."""
    stated: str = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return RULES.get(error["type"], stated.replace("String", "it"))
