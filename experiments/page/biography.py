"""Describe one life in sentences: the resident and the events."""

from experiments.comparison.life_recorder import LifeEvent, LifeStory
from experiments.page.page_texts import capitalized, page_text
from experiments.page.why_view import part_name
from experiments.words import catalogue


def introduction(language: str, life: LifeStory) -> str:
    """Describe a resident in one sentence, without name and place."""
    child = life.age < 15
    noun = ("girl" if child else "woman") if life.woman else ("boy" if child else "man")
    return page_text(language, f"life.{noun}", age=life.age, work=page_text(language, f"work.{life.work}"))


def event_sentence(language: str, event: LifeEvent) -> str:
    """Describe an event in a sentence."""
    if event.name in ("suffered", "saw"):
        reported = page_text(language, f"event.{event.values['told']}") if event.values["told"] else ""
        kind = page_text(language, f"kind.{event.values['kind']}")
        return page_text(language, f"event.{event.name}", kind=kind, reported=reported)
    if "cause" not in event.values:
        return page_text(language, f"event.{event.name}", **event.values)
    cause = str(event.values["cause"])
    for name in (event.name, cause):
        if text := catalogue.event(name, language):
            return text
    key = "other_good" if event.change >= 0.0 else "other_bad"
    return page_text(language, f"event.{key}", cause=capitalized(part_name(language, cause)))
