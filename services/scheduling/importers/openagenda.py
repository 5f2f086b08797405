"""The events of an OpenAgenda agenda (JSON of its API, version 2) understood as a programme.

The format: https://developers.openagenda.com/evenements/structure. An event becomes an activity and
each of its timings a session, whose name for ever is the event's `uid` with the instant it begins:
in whatever order timings stand, each is found again. Ways in are those of the file, and no
capacity is invented. An event that another agenda lent is proposed by that agenda.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    Programme,
    Rejection,
    Sentence,
    SessionRecord,
)
from services.scheduling.importers.editions import check_slug, edition_of, nothing_taken
from services.scheduling.importers.given_file import Given, Progress, no_progress, open_given
from services.scheduling.importers.malformed import Malformed
from services.scheduling.importers.moments import (
    named_zone,
    zone_of_offsets,
)
from services.scheduling.importers.openagenda_fields import (
    ACTIVITY_STATES,
    FORMATS,
    FULL,
    MOVED_ONLINE,
    ONLINE,
    POSTPONED,
    THEMES,
    accessibility_of,
    ages_of,
    begins_of,
    check_published,
    instant_of,
    lender_of,
    own_field,
    stated_line,
    status_of,
    way_in_of,
)
from services.scheduling.importers.openagenda_notes import Findings
from services.scheduling.importers.openagenda_places import Places, key_of
from services.scheduling.importers.openagenda_texts import texts_of
from services.scheduling.importers.own_openagenda import OwnAgenda, is_ours
from services.scheduling.importers.plain_text import web_address
from services.scheduling.importers.safe_json import Steps, walk
from services.scheduling.importers.ways_in import ways_in
from shared.i18n import lazy_gettext as _l

_MOST_TIMINGS = 2_000


def read_openagenda(
    given: Given,
    edition_slug: str,
    *,
    known_zone: str | None = None,
    progress: Progress = no_progress,
) -> Programme:
    """Read an agenda as the programme of the edition `edition_slug`.

    `known_zone` is the time zone of an edition that exists, for an agenda in several zones or in
    none. An event, or one of its timings, that cannot be taken is a rejection. Raises
    `ImportRefused` when the file as a whole cannot be read.
    """
    check_slug(edition_slug)
    with open_given(given) as file:
        events: list[tuple[int, Any]] = []
        total: Any = None
        generator: Any = None
        for path, line, value in walk(file, progress, _leads_to_events):
            if len(path) == (2 if path[:1] == ("events",) else 1) and isinstance(path[-1], int):
                events.append((line, value))
            elif path == ("total",):
                total = value
            elif path == ("generator",):
                generator = value
        if is_ours(generator):
            return OwnAgenda(file.name, edition_slug, events, generator, known_zone).programme()
        return _Agenda(file.name, edition_slug, events, known_zone).programme(total)


def _leads_to_events(path: Steps) -> bool:
    return path in ((), ("events",))


class _Agenda:
    """One file on its way to a programme."""

    def __init__(
        self,
        name: str,
        edition_slug: str,
        events: list[tuple[int, Any]],
        known_zone: str | None,
    ) -> None:
        self._name = name
        self._edition_slug = edition_slug
        self._events = events
        self._zone_name = self._zone(known_zone)
        self._places = Places()
        self._findings = Findings()
        self._organisations: dict[str, OrganisationRecord] = {}
        self._activities: dict[str, ActivityRecord] = {}
        self._sessions: dict[str, SessionRecord] = {}
        self._rejections: list[Rejection] = []

    def programme(self, total: Any) -> Programme:
        for line, event in self._events:
            self._take(line, event)
        edition = edition_of(
            self._edition_slug, self._title(), self._zone_name, self._sessions.values()
        )
        if edition is None:
            raise nothing_taken(self._name, self._rejections)
        venues, completed = self._places.with_communes()
        used = {session.venue for session in self._sessions.values()}
        notes: list[Sentence] = self._findings.notes(completed)
        if isinstance(total, int) and total > len(self._events):
            notes.insert(
                0,
                _l(
                    "Le fichier n’a que %(n)s des %(total)s événements de l’agenda : c’en est une "
                    "page.",
                    n=len(self._events),
                    total=total,
                ),
            )
        return Programme(
            source=f"openagenda:{self._edition_slug}",
            edition=edition,
            organisations=tuple(self._organisations.values()),
            venues=tuple(venue for venue in venues if venue.source_id in used),
            activities=tuple(self._activities.values()),
            sessions=tuple(self._sessions.values()),
            rejections=tuple(self._rejections),
            notes=tuple(notes),
        )

    def _take(self, line: int, event: Any) -> None:
        key = key_of(event.get("uid")) if isinstance(event, Mapping) else ""
        try:
            if not isinstance(event, Mapping):
                raise Malformed(_l("ce n’est pas un événement"))
            check_published(event)
            if not key:
                raise Malformed(_l("pas d’uid"))
            if key in self._activities:
                raise Malformed(_l("un événement plus haut a le même uid"))
            activity = self._activity(key, event)
            template = self._template(key, event)
            timings = event.get("timings")
            if not isinstance(timings, list) or not timings:
                raise Malformed(_l("pas d’horaire"))
            if len(timings) > _MOST_TIMINGS:
                raise Malformed(_l("plus de %(n)s horaires", n=_MOST_TIMINGS))
        except Malformed as fault:
            self._rejections.append(Rejection(line, key, fault.reason))
            return
        sessions = self._sessions_of(line, key, event, template)
        if sessions:
            self._activities[key] = activity
            self._sessions |= sessions
            self._add_organisation(event)

    def _sessions_of(
        self, line: int, key: str, event: Mapping[str, Any], template: dict[str, Any]
    ) -> dict[str, SessionRecord]:
        zone = named_zone(stated_line(event.get("timezone"))) or named_zone(self._zone_name)
        found: dict[str, SessionRecord] = {}
        for timing in event["timings"]:
            name = key
            try:
                starts_at = instant_of(timing, "begin", zone)
                name = f"{key}/{starts_at:%Y%m%dT%H%M%SZ}"
                ends_at = instant_of(timing, "end", zone)
                if ends_at <= starts_at:
                    raise Malformed(_l("la fin n’est pas après le début"))
                if name in found:
                    raise Malformed(_l("un autre horaire de l’événement commence au même instant"))
            except Malformed as fault:
                self._rejections.append(Rejection(line, name, fault.reason))
                continue
            found[name] = SessionRecord(
                source_id=name,
                activity=key,
                starts_at=starts_at,
                ends_at=ends_at,
                line=line,
                **template,
            )
        return found

    def _activity(self, key: str, event: Mapping[str, Any]) -> ActivityRecord:
        texts = texts_of(event)
        age_min, age_max = ages_of(event.get("age"))
        return ActivityRecord(
            source_id=key,
            title_fr=texts.title_fr,
            title_en=texts.title_en,
            description_fr=texts.description_fr,
            description_en=texts.description_en,
            organisation=lender_of(event),
            age_min=age_min,
            age_max=age_max,
            theme=own_field(event, THEMES),
            format=own_field(event, FORMATS),
            link=web_address(stated_line(event.get("onlineAccessLink"))),
            accessibility=accessibility_of(event.get("accessibility")),
            conditions_fr=texts.conditions_fr,
            conditions_en=texts.conditions_en,
            states=ACTIVITY_STATES,
        )

    def _template(self, key: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return what all sessions of an event share. Raises `Malformed`."""
        status = event.get("status")
        if status == MOVED_ONLINE:
            raise Malformed(_l("l’événement a été déplacé en ligne"))
        if event.get("attendanceMode") == ONLINE:
            raise Malformed(_l("l’événement n’a lieu qu’en ligne"))
        venue = self._places.venue_of(event.get("location"))
        ways = ways_in(event.get("registration"))
        is_full = status == FULL
        self._findings.add(ways, is_full=is_full, is_postponed=status == POSTPONED)
        return {
            "venue": venue,
            "status": status_of(status),
            **(way_in_of(ways, is_full) if ways.is_stated or is_full else {}),
        }

    def _add_organisation(self, event: Mapping[str, Any]) -> None:
        key = lender_of(event)
        if key is not None:
            name = stated_line(event["originAgenda"].get("title"))
            self._organisations.setdefault(key, OrganisationRecord(key, name))

    def _zone(self, known_zone: str | None) -> str:
        """Return the zone of the edition: that of its events, if they agree."""
        stated: Counter[str] = Counter()
        begins = []
        for _, event in self._events:
            if not isinstance(event, Mapping):
                continue
            zone = stated_line(event.get("timezone"))
            if named_zone(zone):
                stated[zone] += 1
            begins += begins_of(event.get("timings"))
        if len(stated) == 1:
            return next(iter(stated))
        usual = min(stated, key=lambda zone: (-stated[zone], zone), default=None)
        zone_name = known_zone or usual or zone_of_offsets(begins)
        if zone_name is None:
            if not begins:
                raise ImportRefused(
                    _l(
                        "%(name)s n’a pas de programme : aucun événement d’OpenAgenda n’y est.",
                        name=self._name,
                    )
                )
            raise ImportRefused(
                _l(
                    "%(name)s ne dit pas dans quel fuseau horaire sont ses horaires : exportez "
                    "l’agenda avec son champ timezone.",
                    name=self._name,
                )
            )
        return zone_name

    def _title(self) -> str:
        """Return the name of the agenda: that of origin of what was not lent, if it is one."""
        titles = {
            stated_line(event["originAgenda"].get("title"))
            for _, event in self._events
            if isinstance(event, Mapping)
            and isinstance(event.get("originAgenda"), Mapping)
            and lender_of(event) is None
        } - {""}
        return titles.pop() if len(titles) == 1 else self._edition_slug
