"""Text in Spanish and English: all texts for workshops are in both languages."""

import datetime
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup, escape

LANGUAGES = ("es", "en")


@dataclass(frozen=True)
class BilingualText:
    """One text in Spanish and in English, as safe markup."""

    es: Markup
    en: Markup

    def shown(self, languages: Iterable[str] = LANGUAGES) -> Markup:
        """Return the text in the languages of a report; if there are two, with language attributes."""
        chosen = tuple(languages)
        if len(chosen) == 1 or self.es == self.en:
            return Markup(getattr(self, chosen[0]))
        return Markup("").join(Markup('<span lang="{}">{}</span>').format(one, getattr(self, one)) for one in chosen)

    def text(self, language: str) -> str:
        """Return the text in one language, without markup."""
        return str(getattr(self, language).striptags())

    def __add__(self, other: "BilingualText") -> "BilingualText":
        return BilingualText(self.es + other.es, self.en + other.en)


def bilingual(es: str, en: str, **parts: object) -> BilingualText:
    """Return a text in both languages; ``{name}`` is replaced by that part, which may be a `BilingualText`."""
    return BilingualText(insert_parts(es, parts, "es"), insert_parts(en, parts, "en"))


def insert_parts(text: str, parts: dict[str, object], language: str) -> Markup:
    """Return the text of one language with its parts inserted."""
    texts = {key: getattr(part, language) if isinstance(part, BilingualText) else part for key, part in parts.items()}
    return Markup(escape(text)).format(**texts)


def join_texts(parts: Iterable[BilingualText], es: str = " ", en: str | None = None) -> BilingualText:
    """Join texts; ``es`` and ``en`` are the separators."""
    texts = list(parts)
    separator = es if en is None else en
    return BilingualText(Markup(es).join(one.es for one in texts), Markup(separator).join(one.en for one in texts))


def join_as_list(parts: list[BilingualText]) -> BilingualText:
    """Join texts as a list in a sentence.

    >>> join_as_list([bilingual("uno", "one"), bilingual("dos", "two"), bilingual("tres", "three")]).es
    Markup('uno, dos y tres')
    """
    if len(parts) < 2:
        return join_texts(parts)
    return join_texts([join_texts(parts[:-1], ", "), parts[-1]], " y ", " and ")


@dataclass
class FigureTexts:
    """Texts of a figure in one language; records the English text of each Spanish one."""

    language: str
    pairs: dict[str, str] = field(default_factory=dict)

    def __call__(self, es: str, en: str) -> str:
        """Return a text in the language of the figure."""
        self.pairs[es] = en
        return es if self.language == "es" else en

    def of(self, text: BilingualText) -> str:
        """Return a bilingual text in the language of the figure, without markup."""
        return self(text.text("es"), text.text("en"))

    def wrap(self, text: str, width: int) -> list[str]:
        """Return the lines of a text of this figure; record the other language of each line."""
        if not text:
            return [""]
        lines, translated = (textwrap.wrap(one, max(10, width)) for one in (text, self.pairs.get(text, text)))
        translated += [""] * (len(lines) - len(translated))
        translated = [*translated[: len(lines) - 1], " ".join(translated[len(lines) - 1 :])]
        self.pairs |= dict(zip(lines, translated, strict=True))
        return lines


def languages_of(lang: str) -> tuple[str, ...]:
    """Return the languages of the value of an option."""
    return LANGUAGES if lang == "both" else (lang,)


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
