"""Schedule XML and JSON that Parvis wrote: how such a file is known, and what it says of a row.

It says less than Parvis knows, so that only what it can say is ever taken from it. Each event has
its marks (`domain/importing/marks.py`) behind the address of its origin.
"""

import re

from services.scheduling.domain.importing.marks import long_text, one_line
from services.scheduling.domain.programme import ActivityRecord
from services.scheduling.importers.malformed import check_description, check_title
from services.scheduling.importers.plain_text import web_address
from services.scheduling.importers.raw_schedule import RawEvent

#: What names Parvis as the writer of a file, and the version of what it writes.
GENERATOR = "Parvis"
VERSION = "1"

#: The columns that these formats say, and read again as they were written.
SESSION_STATES = frozenset(("venue_id", "space_id", "starts_at", "ends_at"))
ACTIVITY_STATES = frozenset(("title_fr", "description_fr", "theme", "format", "presenters", "link"))
SAYS = {"sessions": SESSION_STATES, "activities": ACTIVITY_STATES}
_ORIGIN = re.compile(r"#parvis-([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$")


def origin_with(public_url: str, session_id: str, mark: str) -> str:
    """Return the address that an event comes from, with its marks."""
    return f"{public_url}/sessions/{session_id}#parvis-{mark}"


def marks_of(event: RawEvent) -> tuple[str | None, str | None]:
    """Return the marks of an event's session and activity, where it still has them."""
    found = _ORIGIN.search(event.texts.get("origin_url", ""))
    return (found[1], found[2]) if found else (None, None)


def own_activity(event: RawEvent) -> ActivityRecord:
    """Return the activity of an event that Parvis wrote, its texts as they are."""
    texts = event.texts
    title = check_title(one_line(texts.get("title", "")))
    description = check_description(long_text(texts.get("description", "")))
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
        link=next(filter(None, map(web_address, event.links)), None),
        mark=marks_of(event)[1],
    )
