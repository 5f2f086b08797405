"""Texts of OpenAgenda, which are in several languages: French is shown, English where there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.scheduling.importers.malformed import (
    LONGEST_DESCRIPTION,
    check_description,
    check_title,
)
from services.scheduling.importers.markdown import plain_of_markdown
from services.scheduling.importers.plain_text import joined_once, one_line, paragraphs


@dataclass(frozen=True)
class Texts:
    """An event's title, description and conditions of participation."""

    title_fr: str
    title_en: str | None
    description_fr: str
    description_en: str | None
    conditions_fr: str | None
    conditions_en: str | None


def texts_of(event: Mapping[str, Any]) -> Texts:
    """Return an event's texts. Raises `Malformed`.

    Where there is no French, English stands for it, else the first language of the file.
    """
    title = event.get("title")
    english = _said(title, "en")
    french = check_title(one_line(_said(title, "fr") or english or _first(title)))
    description_en = _description(event, "en")
    return Texts(
        title_fr=french,
        title_en=check_title(one_line(english)) if one_line(english) else None,
        description_fr=_description(event, "fr") or description_en or _description(event, None),
        description_en=description_en or None,
        conditions_fr=_conditions(event, "fr") or _conditions(event, "en"),
        conditions_en=_conditions(event, "en"),
    )


def label(value: Any) -> str | None:
    """Return the French word of an agenda's own field, which has one if it was asked for.

    `{"id": 3, "label": {"fr": "Atelier"}}`, or a list of such, of which the first.
    """
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, Mapping):
        return None
    stated = first.get("label")
    return one_line(_said(stated, "fr") or _said(stated, "en") or _first(stated))[:200] or None


def _description(event: Mapping[str, Any], language: str | None) -> str:
    texts = {}
    for name in ("description", "longDescription"):
        value = event.get(name)
        text = _said(value, language) if language else _first(value)
        if len(text) > 4 * LONGEST_DESCRIPTION:
            check_description(text)
        texts[name] = text
    parts = (paragraphs(texts["description"]), plain_of_markdown(texts["longDescription"]))
    return check_description(joined_once(parts))


def _conditions(event: Mapping[str, Any], language: str) -> str | None:
    text = _said(event.get("conditions"), language)
    if len(text) > 4 * LONGEST_DESCRIPTION:
        check_description(text)
    return check_description(paragraphs(text)) or None


def _said(value: Any, language: str) -> str:
    if isinstance(value, str):
        return value if language == "fr" else ""
    found = value.get(language) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def _first(value: Any) -> str:
    if isinstance(value, str):
        return value
    texts = value.values() if isinstance(value, Mapping) else ()
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")
