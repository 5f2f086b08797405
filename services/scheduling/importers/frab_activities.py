"""An event of a schedule as an activity: its texts, its track, its type and its persons."""

from collections.abc import Iterator

from services.scheduling.domain.programme import ActivityRecord
from services.scheduling.importers.malformed import (
    LONGEST_DESCRIPTION,
    check_description,
    check_title,
)
from services.scheduling.importers.plain_text import (
    joined_once,
    one_line,
    paragraphs,
    web_address,
)
from services.scheduling.importers.raw_schedule import RawEvent


def activity_of(event: RawEvent) -> ActivityRecord:
    """Return the activity of an event. Raises `Malformed`."""
    texts = event.texts
    title = check_title(one_line(texts.get("title", "")))
    description = check_description(joined_once(_descriptions(event)))
    is_english = texts.get("language", "").lower().partition("-")[0] == "en"
    return ActivityRecord(
        source_id=event.key,
        title_fr=title,
        title_en=title if is_english else None,
        description_fr=description,
        description_en=description if is_english and description else None,
        theme=one_line(texts.get("track", "")) or None,
        format=one_line(texts.get("type", "")) or None,
        presenters=event.persons,
        link=web_address(texts.get("url", "")),
    )


def _descriptions(event: RawEvent) -> Iterator[str]:
    """Give subtitle, abstract and description as plain text."""
    for name in ("subtitle", "abstract", "description"):
        text = event.texts.get(name, "")
        if len(text) > 4 * LONGEST_DESCRIPTION:
            check_description(text)
        yield paragraphs(text)
