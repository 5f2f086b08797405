"""iCalendar as a file: the entries of the feeds, with the activity's own text, and what comes back.

A feed words how to get in and when an exhibition is open, for people; this file has the text alone,
so that it can be read again, and beside each entry in properties of its own (`X-PARVIS-…`) where it
is and what was said of it (`domain/importing/marks.py`).
"""

from collections.abc import Iterator
from dataclasses import replace

from services.scheduling.domain.calendar_entries import calendar_entry
from services.scheduling.domain.importing.marks import one_line
from services.scheduling.domain.programme import ActivityRecord, SessionRecord, VenueRecord
from services.scheduling.exporters.cleaning import UNTITLED, cleaned_activity, cleaned_venue
from services.scheduling.exporters.extract import Extract
from services.scheduling.exporters.marking import activity_mark, session_mark
from services.scheduling.importers.own_calendar import ACTIVITY_STATES, SESSION_STATES
from shared.calendar import CalendarEntry, render_calendar
from shared.i18n import DEFAULT_LOCALE, speaking, translator
from shared.observability import get_logger

_log = get_logger(__name__)


def write_ics(source: Extract) -> bytes:
    """Return the edition as one calendar, in French."""
    edition = source.programme.edition
    with speaking(translator("services.scheduling", DEFAULT_LOCALE)):
        return render_calendar(
            _entries(source),
            name=one_line(edition.name_fr) or edition.slug,
            url=f"{source.public_url}/?edition={edition.slug}",
            language=DEFAULT_LOCALE,
            time_zone=edition.time_zone,
        )


def _entries(source: Extract) -> Iterator[CalendarEntry]:
    """Give the entries; a session that no calendar can carry is left out rather than all lost."""
    programme = source.programme
    zone = programme.edition.time_zone
    activities = {record.source_id: cleaned_activity(record) for record in programme.activities}
    sessions = {record.source_id: record for record in programme.sessions}
    venues = {record.source_id: cleaned_venue(record) for record in programme.venues}
    spaces = {record.source_id: one_line(record.name) or UNTITLED for record in programme.spaces}
    for facts in source.facts:
        record, activity = sessions[facts.id], activities[facts.activity_id]
        if record.starts_at >= record.ends_at:
            continue
        theme = (activity.theme or "")[:200].strip() or None
        said = replace(activity, theme=theme)
        venue, space = venues[record.venue], spaces.get(record.space or "", "")
        worded = replace(
            facts,
            title_fr=said.title_fr,
            theme=theme,
            venue=venue.name,
            address=venue.address,
            postcode=venue.postcode,
            commune=venue.commune_name,
            space=space or None,
        )
        try:
            entry = calendar_entry(worded, public_url=source.public_url, mail_from=source.mail_from)
            extra = _extra(record, said, venue, space, zone)
            yield replace(entry, description=said.description_fr, extra=extra)
        except ValueError:
            _log.error("session does not fit a calendar", session=facts.id)


def _extra(
    record: SessionRecord,
    activity: ActivityRecord,
    venue: VenueRecord,
    space: str,
    edition_zone: str,
) -> tuple[tuple[str, str], ...]:
    marks = (session_mark(record, SESSION_STATES), activity_mark(activity, ACTIVITY_STATES))
    stated = (
        ("VENUE-ID", venue.source_id),
        ("VENUE", venue.name),
        ("ADDRESS", venue.address),
        ("POSTCODE", venue.postcode),
        ("COMMUNE", venue.commune_name),
        ("INSEE", venue.commune_code),
        ("SPACE-ID", record.space),
        ("SPACE", space),
        ("TIMEZONE", venue.time_zone if venue.time_zone != edition_zone else None),
        ("KIND", record.kind if record.kind == "drop_in" else None),
        ("MARK", ".".join(marks)),
    )
    return tuple((f"X-PARVIS-{name}", value) for name, value in stated if value)
