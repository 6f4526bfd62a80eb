"""Tables of the site that explain the answer."""

import pytest

from experiments.dev.documents.answer_details import accounts_table
from experiments.words.catalogue import LANGUAGES
from scenarios import accounts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_account_has_its_claim_and_a_row(language: str) -> None:
    told = accounts_table(language)
    for name, title in accounts.names().items():
        assert accounts.account(name).claim[language] in told
        assert f"| {title[language]} | " in told
    assert told.count("\n| ") == len(accounts.names()) + 2, "a head, its rule and the rows"
