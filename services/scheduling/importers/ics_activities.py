"""A VEVENT as an activity: its texts, its first category, who organises it."""

from services.scheduling.domain.programme import ActivityRecord
from services.scheduling.importers.ics_entry import Entry
from services.scheduling.importers.malformed import (
    LONGEST_DESCRIPTION,
    Malformed,
    check_description,
    check_title,
)
from services.scheduling.importers.plain_text import one_line, paragraphs, web_address
from shared.i18n import lazy_gettext as _l

#: What a program writes where nobody wrote anything.
_PLACEHOLDERS = ("No description",)


def activity_of(uid: str, entry: Entry) -> ActivityRecord:
    """Return the activity of an entry. Raises `Malformed`."""
    if entry.is_private:
        raise Malformed(_l("l’événement est privé"))
    title = check_title(one_line(entry.text("SUMMARY")))
    text = entry.text("DESCRIPTION")
    if len(text) > 4 * LONGEST_DESCRIPTION:
        check_description(text)
    description = check_description(paragraphs(text))
    description = "" if description in _PLACEHOLDERS else description
    is_english = entry.language("SUMMARY").partition("-")[0] == "en"
    organiser = entry.organiser
    return ActivityRecord(
        source_id=uid,
        title_fr=title,
        title_en=title if is_english else None,
        description_fr=description,
        description_en=description if is_english and description else None,
        organisation=organiser[1] or organiser[0] if organiser else None,
        theme=entry.category,
        link=web_address(entry.text("URL").strip()),
    )
