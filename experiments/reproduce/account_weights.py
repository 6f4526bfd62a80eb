"""Weights of the rival accounts, by how they reproduce measured effect sizes."""

from functools import cache
from pathlib import Path

from experiments.words.toml_files import toml_beside
from scenarios import accounts

WEIGHTS_FILE = Path(__file__).with_suffix(".toml")
"""Written by `python -m experiments.dev validate account_weights`."""


@cache
def account_weights() -> dict[str, float]:
    """Return the weight of each account; they sum to 1."""
    stated = toml_beside(__file__)
    total = sum(stated[account] for account in accounts.names())
    return {account: stated[account] / total for account in accounts.names()}
