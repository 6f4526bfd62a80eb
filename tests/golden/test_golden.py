"""Sentences for readers are the recorded ones, word for word."""

import pytest

from golden.record import recorded
from golden.told import told


@pytest.fixture(scope="module")
def said() -> dict[str, list[str]]:
    return told()


@pytest.mark.thorough
def test_every_generator_is_recorded(said: dict[str, list[str]]) -> None:
    assert said.keys() == recorded().keys()


def test_sentences_are_the_recorded_ones(said: dict[str, list[str]], subtests: pytest.Subtests) -> None:
    for generator, sentences in recorded().items():
        with subtests.test(generator=generator):
            assert said[generator] == sentences, "meant to change? python -m tests.golden.record"
