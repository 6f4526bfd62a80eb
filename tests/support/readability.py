"""Readability of texts: INFLESZ (Szigriszt-Pazos; Barrio-Cantalejo et al. 2008) and Flesch's reading ease (1948)."""

import re

WORD = re.compile(r"[^\W\d_]+")
SENTENCE = re.compile(r"[.!?:;…]+(?:\s|$)")
STRONG, VOWELS = "aeoáéíóú", "aeiouáéíóúü"


def spanish_syllables(word: str) -> int:
    """Count the syllables of a Spanish word: groups of vowels, two strong ones apart.

    >>> [spanish_syllables(word) for word in ("confianza", "policía", "denuncia", "que", "leer")]
    [3, 4, 3, 1, 2]
    """
    plain = re.sub(r"([gq])u(?=[eiéí])", r"\1", word.lower())
    plain = re.sub(r"y$", "i", plain)
    found, before = 0, ""
    for letter in plain:
        if letter in VOWELS and (before not in VOWELS or not before or (letter in STRONG and before in STRONG)):
            found += 1
        before = letter
    return max(1, found)


def english_syllables(word: str) -> int:
    """Count the syllables of an English word, nearly: groups of vowels, without a silent e.

    >>> [english_syllables(word) for word in ("measure", "complaints", "trust", "people", "simulated")]
    [2, 2, 1, 2, 4]
    """
    plain = word.lower()
    plain = re.sub(r"(?:(?<=[^l])e|(?<=[aeiou]l)e|(?<![td])ed|(?<![sxzcg])es)$", "", plain) or plain
    return max(1, len(re.findall(r"[aeiouy]+", plain)))


def shares(text: str, syllables: object) -> tuple[float, float]:
    """Return syllables for each word, and words for each sentence."""
    words = WORD.findall(text)
    sentences = max(1, len([one for one in SENTENCE.split(text) if WORD.search(one)]))
    return sum(syllables(word) for word in words) / len(words), len(words) / sentences  # type: ignore[operator]


def inflesz(text: str) -> float:
    """Return the readability of a Spanish text; from 55 it is normal, from 65 rather easy."""
    each, length = shares(text, spanish_syllables)
    return 206.835 - 62.3 * each - length


def flesch(text: str) -> float:
    """Return the reading ease of an English text; from 50 it is fairly difficult, from 60 plain."""
    each, length = shares(text, english_syllables)
    return 206.835 - 84.6 * each - 1.015 * length
