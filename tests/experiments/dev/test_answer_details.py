"""Tables of the site that explain the answer."""

import pytest

from experiments.dev.documents.answer import ADOPTION, MEASURES, SITES, answer_rows, effect_text
from experiments.dev.documents.answer_details import accounts_table, numbers_table, recorded_numbers
from experiments.words.catalogue import LANGUAGES
from scenarios import accounts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_account_has_its_claim_and_a_row(language: str) -> None:
    told = accounts_table(language)
    for name, title in accounts.names().items():
        assert accounts.account(name).claim[language] in told
        assert f"| {title[language]} | " in told
    assert told.count("\n| ") == len(accounts.names()) + 2, "a head, its rule and the rows"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_number_is_that_of_the_answer(language: str) -> None:
    found = [effect_text(answer_rows()[site, ADOPTION, one], "effect") for site in SITES for one in MEASURES[:2]]
    assert f"| 3 | 270 | {' | '.join(found)} |" in numbers_table(language)


def test_the_numbers_are_of_runs_of_their_own() -> None:
    numbers = [tuple(own) for _, _, own in recorded_numbers({"each_draw": "{n}"})]
    assert len(set(numbers)) == len(numbers) == 5
