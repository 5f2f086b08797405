"""A schedule (XML or JSON of frab, pentabarf, pretalx, wafer) understood as a programme.

The formats: https://c3voc.de/wiki/schedule. Rooms become spaces, the conference's venue the venue,
tracks themes, types formats, persons presenters. What the file does not say is not invented: no
capacity, no way in, no status, no address. Both formats name things alike, so that an event of one
is the same session in the other.
"""

from datetime import datetime, time

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    Programme,
    Rejection,
    Sentence,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.importers.editions import check_slug, edition_of
from services.scheduling.importers.frab_activities import activity_of
from services.scheduling.importers.frab_times import read_clock, read_duration, read_instant
from services.scheduling.importers.given_file import Given, Progress, no_progress, open_given
from services.scheduling.importers.malformed import (
    LONGEST_KEY,
    Malformed,
    quoted,
)
from services.scheduling.importers.moments import (
    has_other_offset,
    named_zone,
    read_date,
    zone_of_offsets,
)
from services.scheduling.importers.own_schedule import GENERATOR, SAYS, marks_of, own_activity
from services.scheduling.importers.plain_text import one_line
from services.scheduling.importers.raw_schedule import RawEvent, RawSchedule, Room
from services.scheduling.importers.schedule_json import read_schedule_json
from services.scheduling.importers.schedule_xml import read_schedule_xml
from shared.i18n import lazy_gettext as _l
from shared.i18n import lazy_ngettext

#: The name of the one venue of a file, in its source.
VENUE = "venue"


def read_frab(
    given: Given,
    edition_slug: str,
    *,
    known_zone: str | None = None,
    progress: Progress = no_progress,
) -> Programme:
    """Read schedule XML as the programme of the edition `edition_slug`.

    `known_zone` is the time zone of an edition that exists, for a file that names none; `progress`
    is told the bytes read. An event that cannot be taken is a rejection of the programme, with its
    line. Raises `ImportRefused` when the file as a whole cannot be read.
    """
    check_slug(edition_slug)
    with open_given(given) as file:
        schedule = read_schedule_xml(file, progress)
        return _Understanding(schedule, edition_slug, known_zone, file.name).programme()


def read_pretalx(
    given: Given,
    edition_slug: str,
    *,
    known_zone: str | None = None,
    progress: Progress = no_progress,
) -> Programme:
    """Read schedule JSON, which says the same; everything else is as in `read_frab`."""
    check_slug(edition_slug)
    with open_given(given) as file:
        schedule = read_schedule_json(file, progress)
        return _Understanding(schedule, edition_slug, known_zone, file.name).programme()


class _Understanding:
    """One file on its way to a programme, with the zone and the venue that its events share."""

    def __init__(
        self, schedule: RawSchedule, edition_slug: str, known_zone: str | None, name: str
    ) -> None:
        if not schedule.days and not schedule.events:
            raise ImportRefused(
                _l("%(name)s n’a pas de programme : ni jour ni événement.", name=name)
            )
        self._schedule = schedule
        self._is_ours = schedule.generator == GENERATOR
        self._edition_slug = edition_slug
        self._name = name
        self._notes: list[Sentence] = []
        conference = schedule.conference
        self._title = (
            one_line(conference.get("title", ""))
            or one_line(conference.get("acronym", ""))
            or edition_slug
        )
        self._zone_name = self._zone(known_zone)
        self._day_change = _day_change(conference.get("day_change", ""))
        self._rooms_by_name = {room.name: room for room in schedule.rooms.values()}
        self._spaces: dict[str, Room] = {}
        for room in schedule.rooms.values():
            self._spaces.setdefault(schedule.key_of(room), room)

    def programme(self) -> Programme:
        activities: list[ActivityRecord] = []
        sessions: list[SessionRecord] = []
        rejections: list[Rejection] = []
        seen: set[str] = set()
        for event in self._schedule.events:
            try:
                self._check_key(event, seen)
                session = self._session(event)
                activities.append(own_activity(event) if self._is_ours else activity_of(event))
                sessions.append(session)
            except Malformed as fault:
                rejections.append(Rejection(event.line, quoted(event.key), fault.reason))
        self._note_offsets(activities)
        if self._schedule.nameless_rooms:
            self._notes.append(_l("Le fichier a des salles sans nom, qui ne sont pas prises."))
        if self._schedule.shared_guids:
            self._notes.append(
                _l("Des salles de noms différents ont le même guid : leur nom les distingue.")
            )
        venue = self._venue()
        return Programme(
            source=f"{'parvis' if self._is_ours else 'frab'}:{self._edition_slug}",
            edition=self._edition(sessions),
            venues=(venue,),
            spaces=tuple(
                SpaceRecord(key, VENUE, room.name, room.capacity)
                for key, room in self._spaces.items()
            ),
            activities=tuple(activities),
            sessions=tuple(sessions),
            rejections=tuple(rejections),
            notes=tuple(self._notes),
            says=SAYS if self._is_ours else None,
        )

    def _zone(self, known_zone: str | None) -> str:
        name = self._schedule.conference.get("time_zone_name", "")
        if name and named_zone(name):
            return name
        if name:
            self._notes.append(
                _l("Le fuseau horaire du fichier, « %(zone)s », est inconnu.", zone=quoted(name))
            )
        moments = [event.texts.get("date", "") for event in self._schedule.events]
        moments += [day.start for day in self._schedule.days]
        zone = known_zone or zone_of_offsets(moments)
        if zone is None:
            raise ImportRefused(
                _l(
                    "%(name)s ne dit pas dans quel fuseau horaire sont ses heures : ajoutez à sa "
                    "conférence (conference) un time_zone_name, comme Europe/Paris.",
                    name=self._name,
                )
            )
        self._notes.append(
            _l("Le fichier ne nomme aucun fuseau horaire connu ; %(zone)s est pris.", zone=zone)
        )
        return zone

    def _check_key(self, event: RawEvent, seen: set[str]) -> None:
        if not event.key:
            raise Malformed(_l("ni guid ni id"))
        if len(event.key) > LONGEST_KEY:
            raise Malformed(_l("le guid ou l’id est trop long"))
        if event.key in seen:
            raise Malformed(_l("un événement plus haut a le même guid ou id"))
        seen.add(event.key)

    def _session(self, event: RawEvent) -> SessionRecord:
        starts_at = self._instant(event, event.texts.get("date", ""))
        ends_at = self._end(event, starts_at)
        if ends_at <= starts_at:
            raise Malformed(_l("la fin n’est pas après le début"))
        return SessionRecord(
            source_id=event.key,
            activity=event.key,
            venue=VENUE,
            space=self._space(event),
            starts_at=starts_at,
            ends_at=ends_at,
            line=event.line,
            mark=marks_of(event)[0] if self._is_ours else None,
        )

    def _end(self, event: RawEvent, starts_at: datetime) -> datetime:
        duration = event.texts.get("duration", "")
        end = event.texts.get("end", "")
        if end and (self._is_ours or not duration):
            return self._instant(event, end)
        return starts_at + read_duration(duration)

    def _instant(self, event: RawEvent, moment: str) -> datetime:
        return read_instant(
            moment,
            event.texts.get("start", ""),
            event.day,
            self._day_change,
            named_zone(self._zone_name),
        )

    def _space(self, event: RawEvent) -> str:
        said = one_line(event.texts.get("room", ""))
        if event.room is None:
            if not said:
                raise Malformed(_l("pas de salle"))
            if said not in self._rooms_by_name:
                raise Malformed(_l("la salle « %(room)s » est inconnue", room=quoted(said)))
            return self._schedule.key_of(self._rooms_by_name[said])
        if not event.room.name:
            raise Malformed(_l("la salle n’a pas de nom"))
        if said and said != event.room.name:
            raise Malformed(
                _l(
                    "il est dans la salle « %(room)s » mais nomme la salle « %(said)s »",
                    room=quoted(event.room.name),
                    said=quoted(said),
                )
            )
        return self._schedule.key_of(event.room)

    def _venue(self) -> VenueRecord:
        conference = self._schedule.conference
        name = one_line(conference.get("venue", ""))
        if not name and self._is_ours:
            name = self._title
        elif not name:
            name = self._title
            self._notes.append(
                _l(
                    "Le fichier ne nomme aucun lieu : ses salles sont dans un lieu nommé "
                    "« %(name)s », sans adresse.",
                    name=quoted(name),
                )
            )
        return VenueRecord(
            VENUE,
            name,
            commune_name=one_line(conference.get("city", "")) or None,
            time_zone=self._zone_name,
        )

    def _note_offsets(self, activities: list[ActivityRecord]) -> None:
        zone = named_zone(self._zone_name)
        taken = {activity.source_id for activity in activities}
        others = sum(
            has_other_offset(event.texts.get("date", ""), zone)
            for event in self._schedule.events
            if event.key in taken
        )
        if others:
            self._notes.append(
                lazy_ngettext(
                    "%(n)s début est écrit avec un autre décalage que celui du fuseau %(zone)s : "
                    "l’instant est juste, mais l’heure affichée n’est pas celle du fichier.",
                    "%(n)s débuts sont écrits avec un autre décalage que celui du fuseau "
                    "%(zone)s : les instants sont justes, mais les heures affichées ne sont pas "
                    "celles du fichier.",
                    others,
                    zone=self._zone_name,
                )
            )

    def _edition(self, sessions: list[SessionRecord]) -> EditionRecord:
        conference = self._schedule.conference
        edition = edition_of(
            self._edition_slug,
            self._title,
            self._zone_name,
            sessions,
            read_date(conference.get("start", "")),
            read_date(conference.get("end", "")),
        )
        if edition is None:
            raise ImportRefused(
                _l("%(name)s ne dit pas quand a lieu sa conférence.", name=self._name)
            )
        return edition


def _day_change(text: str) -> time:
    try:
        return read_clock(text)
    except Malformed:
        return time(0)
