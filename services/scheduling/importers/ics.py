"""A calendar (iCalendar, RFC 5545) understood as a programme.

A VEVENT becomes an activity, named for ever by its UID, and each of its dates a session: the first
has the UID's name too, the others have it with the date that the rule gives, wherever they are
moved. What has days without hours becomes an exhibition. A calendar says of no one how to get in.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    Programme,
    Rejection,
    Sentence,
    SessionRecord,
    VenueRecord,
)
from services.scheduling.importers import own_calendar as own
from services.scheduling.importers.editions import check_slug, edition_of, nothing_taken
from services.scheduling.importers.given_file import (
    MOST_RECORDS,
    Given,
    Progress,
    no_progress,
    open_given,
)
from services.scheduling.importers.ics_activities import activity_of
from services.scheduling.importers.ics_calendar import conclusions, properties_of
from services.scheduling.importers.ics_dates import Occurrence, key_of, series_of
from services.scheduling.importers.ics_entry import Clock, Entry, instant_of
from services.scheduling.importers.ics_places import VENUE, Places
from services.scheduling.importers.ics_series import Barren
from services.scheduling.importers.ics_zones import Zones
from services.scheduling.importers.malformed import LONGEST_KEY, Malformed
from services.scheduling.importers.moments import named_zone
from services.scheduling.importers.safe_ics import Block, read_calendars
from shared.i18n import lazy_gettext as _l

#: How many rules without a date are followed: each costs a third of a second.
MOST_BARREN = 20
#: The last minute of a whole day: what ends at midnight would be shown as of the next.
_LAST_MINUTE = time(23, 59)


def read_calendar(
    given: Given,
    edition_slug: str,
    *,
    known_zone: str | None = None,
    progress: Progress = no_progress,
) -> Programme:
    """Read a calendar as the programme of the edition `edition_slug`.

    `known_zone` is the time zone of an edition that exists, for a calendar that names none. A
    VEVENT that cannot be taken is a rejection. Raises `ImportRefused` when the file as a whole
    cannot be read.
    """
    check_slug(edition_slug)
    with open_given(given) as file:
        calendars = read_calendars(file, progress)
        return _Understanding(file.name, edition_slug, calendars, known_zone).programme()


class _Understanding:
    """One file on its way to a programme."""

    def __init__(
        self, name: str, edition_slug: str, calendars: list[Block], known_zone: str | None
    ) -> None:
        self._name = name
        self._edition_slug = edition_slug
        self._blocks = [block for calendar in calendars for block in calendar.blocks]
        self._properties = properties_of(calendars)
        self._notes: list[Sentence] = []
        self._entries = [Entry(block) for block in self._blocks if block.name == "VEVENT"]
        self._zones = Zones(self._blocks)
        named = {entry.uid: entry.zone_name(self._zones) for entry in self._entries}
        self._named = {uid: zone for uid, zone in named.items() if zone}
        self._zone_name = self._zone(known_zone)
        self._clock = Clock(self._zones, named_zone(self._zone_name) or UTC)
        self._is_ours = own.is_ours(self._properties)
        self._is_export = self._is_ours and own.has_places(self._entries)
        self._places: Places | own.OwnPlaces = (
            own.OwnPlaces(self._entries) if self._is_export else Places(self._entries, self._named)
        )
        self._activities: dict[str, ActivityRecord] = {}
        self._organisations: dict[str, OrganisationRecord] = {}
        self._sessions: dict[str, SessionRecord] = {}
        self._rejections: list[Rejection] = []
        self._barren = 0
        self._endless = 0

    def programme(self) -> Programme:
        masters, overrides = self._sorted()
        for uid, entry in masters.items():
            self._take(uid, entry, overrides.pop(uid, []))
        for uid, entries in overrides.items():
            for entry in entries:
                self._take_alone(uid, entry)
        names = (self._properties.get(name) for name in ("X-WR-CALNAME", "NAME", "X-WR-CALDESC"))
        title = next(filter(None, names), self._edition_slug)
        edition = edition_of(self._edition_slug, title, self._zone_name, self._sessions.values())
        if edition is None:
            raise nothing_taken(self._name, self._rejections)
        whole_days = sum(s.kind == "exhibition" for s in self._sessions.values())
        if not self._is_ours:
            self._notes += conclusions(self._places, title, whole_days, self._endless)
        return Programme(
            source=f"{'parvis' if self._is_ours else 'ics'}:{self._edition_slug}",
            edition=edition,
            organisations=tuple(self._organisations.values()),
            venues=self._venues(title),
            spaces=self._places.spaces({s.space for s in self._sessions.values() if s.space}),
            activities=tuple(self._activities.values()),
            sessions=tuple(self._sessions.values()),
            rejections=tuple(self._rejections),
            notes=tuple(self._notes),
            says=own.says(self._is_export) if self._is_ours else None,
        )

    def _sorted(self) -> tuple[dict[str, Entry], dict[str, list[Entry]]]:
        """Return the entries by UID, and those that replace a date of another by its UID."""
        masters: dict[str, Entry] = {}
        overrides: dict[str, list[Entry]] = {}
        for entry in self._entries:
            try:
                if not entry.uid:
                    raise Malformed(_l("pas d’UID"))
                if len(entry.uid) > LONGEST_KEY:
                    raise Malformed(_l("l’UID est trop long"))
                if entry.replaces_one:
                    overrides.setdefault(entry.uid, []).append(entry)
                    continue
                if entry.uid in masters:
                    raise Malformed(_l("un événement plus haut a le même UID"))
                masters[entry.uid] = entry
            except Malformed as fault:
                self._reject(entry, entry.uid, fault)
        return masters, overrides

    def _take(self, uid: str, entry: Entry, overrides: list[Entry]) -> None:
        replaced = self._replaced(uid, overrides)
        try:
            activity = self._activity(uid, entry)
            series = series_of(entry, self._clock)
            first = key_of(entry.starts(self._clock))
            sessions = [
                self._session(uid, occurrence, entry)
                for occurrence in series.occurrences
                if (occurrence.key or first) not in replaced
            ]
        except Malformed as fault:
            self._reject(entry, uid, fault)
            return
        self._endless += series.is_cut
        if len(self._sessions) + len(sessions) > MOST_RECORDS:
            raise ImportRefused(
                _l("%(name)s a plus de %(n)s éléments.", name=self._name, n=MOST_RECORDS)
            )
        self._activities[uid] = activity
        self._add_organisation(entry)
        self._sessions |= {session.source_id: session for session in sessions}
        for key, override in replaced.items():
            self._replace(uid, key, override, activity, is_first=key == first)

    def _take_alone(self, uid: str, entry: Entry) -> None:
        """Take what replaces a date of a series that is not in the file."""
        for key, override in self._replaced(uid, [entry]).items():
            self._replace(uid, key, override, None)

    def _replaced(self, uid: str, overrides: Iterable[Entry]) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for entry in overrides:
            try:
                when = entry.recurrence(self._clock)
                if when is not None:
                    found[key_of(when)] = entry
            except Malformed as fault:
                self._reject(entry, uid, fault)
        return found

    def _replace(
        self,
        uid: str,
        key: str,
        entry: Entry,
        activity: ActivityRecord | None,
        *,
        is_first: bool = False,
    ) -> None:
        """Take one date of a series as it has been changed, with texts of its own if it has any."""
        name = _named(uid, "" if is_first else key)
        try:
            alone = self._activity(uid, entry)
            occurrence = Occurrence(
                "" if is_first else key, entry.starts(self._clock), entry.ends(self._clock)
            )
            session = self._session(uid, occurrence, entry)
        except Malformed as fault:
            self._reject(entry, name, fault)
            return
        if alone != activity:
            alone = replace(alone, source_id=_named(uid, key))
            self._activities[alone.source_id] = alone
            session = replace(session, activity=alone.source_id)
        self._add_organisation(entry)
        self._sessions[name] = session

    def _activity(self, uid: str, entry: Entry) -> ActivityRecord:
        activity = activity_of(uid, entry)
        if self._is_export:
            return own.own_texts(activity, entry)
        return replace(activity, organisation=None) if self._is_ours else activity

    def _session(self, uid: str, occurrence: Occurrence, entry: Entry) -> SessionRecord:
        venue, space = self._places.of(entry)
        is_timed = isinstance(occurrence.start, datetime)
        zone = (own.zone_of(entry) if self._is_export else None) or self._clock.floating
        starts_at = instant_of(occurrence.start, zone)
        ends_at = instant_of(occurrence.end, zone)
        if not is_timed:
            last = occurrence.end - timedelta(days=1)
            ends_at = datetime.combine(last, _LAST_MINUTE, zone).astimezone(UTC)
        return SessionRecord(
            source_id=_named(uid, occurrence.key),
            activity=uid,
            venue=venue,
            space=space,
            starts_at=starts_at,
            ends_at=ends_at,
            kind=self._kind(entry) if is_timed else "exhibition",
            status=self._status(entry),
            line=entry.line,
            mark=own.marks_of(entry)[0] if self._is_export else None,
        )

    def _kind(self, entry: Entry) -> str:
        return (own.kind_of(entry) if self._is_export else None) or "timed"

    def _add_organisation(self, entry: Entry) -> None:
        if (organiser := entry.organiser) and not self._is_ours:
            name, email = organiser
            key = email or name
            self._organisations.setdefault(key, OrganisationRecord(key, name, email))

    def _status(self, entry: Entry) -> str | None:
        status = entry.text("STATUS").strip().upper()
        if status == "CANCELLED" or self._properties.get("METHOD", "").upper() == "CANCEL":
            return "cancelled"
        return "confirmed" if status == "CONFIRMED" else None

    def _venues(self, title: str) -> tuple[VenueRecord, ...]:
        if self._places.are_venues:
            return self._places.venues({s.venue for s in self._sessions.values()})
        return (VenueRecord(VENUE, title, time_zone=self._zone_name),)

    def _zone(self, known_zone: str | None) -> str:
        """Return the zone of the edition: the calendar's, else its events', else the known one."""
        stated = self._properties.get("X-WR-TIMEZONE", "")
        if stated and (name := self._zones.iana_name(stated)):
            return name
        usual = Counter(self._named.values())
        if len(usual) == 1:
            return next(iter(usual))
        guess = known_zone or min(usual, key=lambda zone: (-usual[zone], zone), default=None)
        if guess is None and any(entry.is_in_utc for entry in self._entries):
            guess = "UTC"
        if guess is None:
            if not self._entries:
                raise nothing_taken(self._name, ())
            raise ImportRefused(
                _l(
                    "%(name)s ne dit pas dans quel fuseau horaire sont ses heures : ajoutez à son "
                    "calendrier une ligne X-WR-TIMEZONE:Europe/Paris, par exemple.",
                    name=self._name,
                )
            )
        self._notes.append(
            _l("Le fichier ne nomme aucun fuseau horaire connu ; %(zone)s est pris.", zone=guess)
        )
        return guess

    def _reject(self, entry: Entry, name: str, fault: Malformed) -> None:
        self._rejections.append(Rejection(entry.line, name[:LONGEST_KEY], fault.reason))
        self._barren += isinstance(fault, Barren)
        if self._barren > MOST_BARREN:
            raise ImportRefused(
                _l("%(name)s a trop de répétitions sans aucune date.", name=self._name)
            )


def _named(uid: str, key: str) -> str:
    return f"{uid}/{key}" if key else uid
