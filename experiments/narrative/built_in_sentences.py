"""Sentences on effects that a policy sets as inputs, so that they are not findings."""

from experiments.narrative.messages import message
from experiments.storage.built_in_levers import built_in_levers
from experiments.words import catalogue
from experiments.words.bilingual import BilingualText, bilingual


def built_in_sentence(lever: str) -> BilingualText:
    """Return the sentence on what a lever sets as input.

    >>> built_in_sentence("crime.cctv").text("en")
    'Built in, not found: thefts of and from vehicles, by “Cameras”.'
    """
    return message(
        "built_in",
        what=bilingual(**built_in_levers()[lever]["what"]),
        lever=catalogue.bilingual_words(catalogue.lever, lever),
    )
