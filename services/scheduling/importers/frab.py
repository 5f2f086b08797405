"""Schedule XML (frab, pentabarf, pretalx, wafer) understood as a programme.

The format: https://c3voc.de/wiki/schedule. Rooms become spaces, the conference's venue the venue,
tracks themes, types formats, persons presenters. What the file does not say is not invented: no
capacity, no way in, no status, no address.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import time
from pathlib import Path

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    Programme,
    Rejection,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.importers.frab_file import RawEvent, RawSchedule, read_schedule
from services.scheduling.importers.frab_times import (
    Malformed,
    named_zone,
    quoted,
    read_clock,
    read_date,
    read_duration,
    read_instant,
    zone_of_offsets,
)
from services.scheduling.importers.plain_text import one_line, paragraphs
from services.scheduling.importers.safe_xml import Progress
from shared.text import fold

#: The name of the one venue of a file, in its source.
VENUE = "venue"

LONGEST_KEY = 200
LONGEST_TITLE = 500
LONGEST_DESCRIPTION = 100_000


def read_frab(
    path: Path,
    edition_slug: str,
    *,
    known_zone: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Programme:
    """Read a schedule as the programme of the edition `edition_slug`.

    `known_zone` is the time zone of an edition that exists, for a file that names none; `progress`
    is told the bytes read. An event that cannot be taken is a rejection of the programme, with its
    line. Raises `ImportRefused` when the file as a whole cannot be read.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", edition_slug):
        raise ImportRefused(
            f"An edition's name in addresses has small letters, figures and single hyphens, "
            f"not “{quoted(edition_slug)}”."
        )
    schedule = read_schedule(path, progress)
    if not schedule.days and not schedule.events:
        raise ImportRefused(f"{path} has no programme: it names no day and no event.")
    return _Understanding(schedule, edition_slug, known_zone, path).programme()


class _Understanding:
    """One file on its way to a programme, with the zone and the venue that its events share."""

    def __init__(
        self, schedule: RawSchedule, edition_slug: str, known_zone: str | None, path: Path
    ) -> None:
        self._schedule = schedule
        self._edition_slug = edition_slug
        self._path = path
        self._notes: list[str] = []
        conference = schedule.conference
        self._title = (
            one_line(conference.get("title", ""))
            or one_line(conference.get("acronym", ""))
            or edition_slug
        )
        self._zone_name = self._zone(known_zone)
        self._day_change = _day_change(conference.get("day_change", ""))
        self._rooms_by_name = {room.name: room for room in schedule.rooms.values()}

    def programme(self) -> Programme:
        activities: list[ActivityRecord] = []
        sessions: list[SessionRecord] = []
        rejections: list[Rejection] = []
        seen: set[str] = set()
        for event in self._schedule.events:
            try:
                self._check_key(event, seen)
                session = self._session(event)
                activities.append(_activity(event))
                sessions.append(session)
            except Malformed as fault:
                rejections.append(Rejection(event.line, quoted(event.key), str(fault)))
        if self._schedule.nameless_rooms:
            self._notes.append("The file has rooms without a name, which are not taken.")
        venue = self._venue()
        return Programme(
            source=f"frab:{self._edition_slug}",
            edition=self._edition(sessions),
            venues=(venue,),
            spaces=tuple(
                SpaceRecord(room.key, VENUE, room.name) for room in self._schedule.rooms.values()
            ),
            activities=tuple(activities),
            sessions=tuple(sessions),
            rejections=tuple(rejections),
            notes=tuple(self._notes),
        )

    def _zone(self, known_zone: str | None) -> str:
        name = self._schedule.conference.get("time_zone_name", "")
        if name and named_zone(name):
            return name
        if name:
            self._notes.append(f"The file's time zone “{quoted(name)}” is unknown.")
        moments = [event.texts.get("date", "") for event in self._schedule.events]
        moments += [day.start for day in self._schedule.days]
        zone = known_zone or zone_of_offsets(moments)
        if zone is None:
            raise ImportRefused(
                f"{self._path} does not say in which time zone its times are: add "
                f"<time_zone_name>Europe/Paris</time_zone_name>, say, to its <conference>."
            )
        self._notes.append(f"The file names no time zone that is known; {zone} is used.")
        return zone

    def _check_key(self, event: RawEvent, seen: set[str]) -> None:
        if not event.key:
            raise Malformed("it has neither a guid nor an id")
        if len(event.key) > LONGEST_KEY:
            raise Malformed("its guid or id is too long")
        if event.key in seen:
            raise Malformed("an event before it has the same guid or id")
        seen.add(event.key)

    def _session(self, event: RawEvent) -> SessionRecord:
        duration = read_duration(event.texts.get("duration", ""))
        starts_at = read_instant(
            event.texts.get("date", ""),
            event.texts.get("start", ""),
            event.day,
            self._day_change,
            named_zone(self._zone_name),
        )
        return SessionRecord(
            source_id=event.key,
            activity=event.key,
            venue=VENUE,
            space=self._space(event),
            starts_at=starts_at,
            ends_at=starts_at + duration,
            line=event.line,
        )

    def _space(self, event: RawEvent) -> str:
        said = one_line(event.texts.get("room", ""))
        if event.room is None:
            if not said:
                raise Malformed("it has no room")
            if said not in self._rooms_by_name:
                raise Malformed(f"unknown room “{quoted(said)}”")
            return self._rooms_by_name[said].key
        if not event.room.name:
            raise Malformed("its room has no name")
        if said and said != event.room.name:
            raise Malformed(
                f"it stands in room “{quoted(event.room.name)}” but says room “{quoted(said)}”"
            )
        return event.room.key

    def _venue(self) -> VenueRecord:
        conference = self._schedule.conference
        name = one_line(conference.get("venue", ""))
        if not name:
            name = self._title
            self._notes.append(
                f"The file names no venue: its rooms are in a venue named “{quoted(name)}”, "
                f"without an address."
            )
        return VenueRecord(
            VENUE,
            name,
            commune_name=one_line(conference.get("city", "")) or None,
            time_zone=self._zone_name,
        )

    def _edition(self, sessions: Iterable[SessionRecord]) -> EditionRecord:
        zone = named_zone(self._zone_name)
        days = [session.starts_at.astimezone(zone).date() for session in sessions]
        conference = self._schedule.conference
        starts_on = read_date(conference.get("start", "")) or min(days, default=None)
        ends_on = read_date(conference.get("end", "")) or max(days, default=None)
        if starts_on is None or ends_on is None or ends_on < starts_on:
            starts_on, ends_on = min(days, default=None), max(days, default=None)
        if starts_on is None or ends_on is None:
            raise ImportRefused(f"{self._path} does not say when its conference is.")
        name = _without_year(self._title)
        return EditionRecord(
            slug=self._edition_slug,
            festival_slug=_slug(name) or self._edition_slug,
            festival_name_fr=name,
            name_fr=self._title,
            starts_on=starts_on,
            ends_on=ends_on,
            time_zone=self._zone_name,
        )


def _activity(event: RawEvent) -> ActivityRecord:
    texts = event.texts
    title = one_line(texts.get("title", ""))
    if not title:
        raise Malformed("it has no title")
    if len(title) > LONGEST_TITLE:
        raise Malformed(f"its title has more than {LONGEST_TITLE} characters")
    description = _description(texts)
    if len(description) > LONGEST_DESCRIPTION:
        raise Malformed(f"its description has more than {LONGEST_DESCRIPTION} characters")
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
        link=_link(texts.get("url", "")),
    )


def _description(texts: Mapping[str, str]) -> str:
    """Return subtitle, abstract and description, each once."""
    taken: list[str] = []
    for name in ("subtitle", "abstract", "description"):
        text = texts.get(name, "")
        if len(text) > 4 * LONGEST_DESCRIPTION:
            raise Malformed(f"its {name} has more than {LONGEST_DESCRIPTION} characters")
        text = paragraphs(text)
        if text and not any(text in other for other in taken):
            taken = [other for other in taken if other not in text]
            taken.append(text)
    return "\n\n".join(taken)


def _link(text: str) -> str | None:
    return text if re.fullmatch(r"https?://[^\s<>\"]{1,2000}", text) else None


def _day_change(text: str) -> time:
    try:
        return read_clock(text)
    except Malformed:
        return time(0)


def _without_year(title: str) -> str:
    """Return the festival's name: the edition's without the year at its end."""
    return re.sub(r"[\s,–-]+(19|20)\d{2}$", "", title) or title


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
