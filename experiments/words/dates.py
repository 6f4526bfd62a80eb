"""Dates in words, in both languages."""

import datetime

from markupsafe import Markup

from experiments.words.bilingual import BilingualText

MONTHS = {
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def day(iso: str) -> BilingualText:
    """Return a date in words, in an HTML ``time`` element with the ISO date.

    >>> day("2018-06-01").es.striptags(), day("2018-06-01").en.striptags()
    ('1 de junio de 2018', '1 June 2018')
    """
    number, its_month = datetime.date.fromisoformat(iso).day, month(iso)
    texts = (f"{number} de {its_month.es}", f"{number} {its_month.en}")
    return BilingualText(*(Markup('<time datetime="{}">{}</time>').format(iso, text) for text in texts))


def month(iso: str) -> BilingualText:
    """Return the month of a date in words.

    >>> month("2018-06-01").es, month("2018-06-01").en
    (Markup('junio de 2018'), Markup('June 2018'))
    """
    date = datetime.date.fromisoformat(iso)
    es, en = (MONTHS[language][date.month - 1] for language in ("es", "en"))
    return BilingualText(Markup(f"{es} de {date.year}"), Markup(f"{en} {date.year}"))
