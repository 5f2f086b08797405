"""The programme as a town hall prints it: by commune, by day, by venue, an activity at a time.

The sessions of one activity in one room on one day are one entry with several times. Exhibitions
have a part of their own, before the days; what is cancelled is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from services.scheduling.domain.session_facts import SessionFacts
from services.scheduling.exporters.leaflet_words import (
    access_words,
    contact_words,
    hours_words,
    public_words,
    short_text,
    time_words,
    way_in_words,
)
from shared.i18n import current_locale, format_day
from shared.i18n import gettext as _
from shared.text import fold, typeset


@dataclass(frozen=True)
class Entry:
    """One activity at a venue on one day; `when` are its times in words."""

    when: str
    title: str
    text: str
    public: str
    way_in: str
    contact: str
    access: str
    room: str


@dataclass(frozen=True)
class AtVenue:
    """What takes place at one venue on one day."""

    venue: str
    address: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class OfDay:
    """One day of a commune; `day` is None for what is shown all along."""

    day: date | None
    heading: str
    venues: tuple[AtVenue, ...]


@dataclass(frozen=True)
class OfCommune:
    """One commune, with its days in order."""

    commune: str
    days: tuple[OfDay, ...]


def leaflet_entries(facts: Iterable[SessionFacts], site: str) -> tuple[OfCommune, ...]:
    """Return the programme in the order in which it is printed, in the reader's language.

    `site` is the public address, where people register.
    """
    shown = sorted((one for one in facts if one.status != "cancelled"), key=_order)
    return tuple(
        OfCommune(_commune_name(commune), _without_repeats(_days(list(sessions), site)))
        for commune, sessions in groupby(shown, key=lambda one: one.commune)
    )


def _without_repeats(days: Iterable[OfDay]) -> tuple[OfDay, ...]:
    """Return a commune's days with each text once, where its activity comes first."""
    told: set[tuple[str, str]] = set()

    def once(entry: Entry) -> Entry:
        words = (entry.title, entry.text)
        if words in told:
            return replace(entry, text="")
        told.add(words)
        return entry

    return tuple(
        replace(
            day,
            venues=tuple(
                replace(place, entries=tuple(map(once, place.entries))) for place in day.venues
            ),
        )
        for day in days
    )


def _order(one: SessionFacts) -> tuple[object, ...]:
    day = _day(one)
    return (
        one.commune is None,
        fold(one.commune or ""),
        one.commune or "",
        day or date.min,
        fold(one.venue),
        one.venue_id,
        one.starts_at,
        fold(one.title_fr),
        one.id,
    )


def _day(one: SessionFacts) -> date | None:
    """Return the local day of a session; None for what lasts several days."""
    zone = ZoneInfo(one.time_zone)
    start, end = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    if one.kind == "exhibition" or end - start > timedelta(hours=30):
        return None
    return start.date()


def _commune_name(commune: str | None) -> str:
    return commune or _("Autres lieux")


def _days(sessions: Sequence[SessionFacts], site: str) -> Iterable[OfDay]:
    for day, of_day in groupby(sessions, key=_day):
        heading = _("Expositions et temps longs") if day is None else _heading(day)
        venues = tuple(
            AtVenue(
                venue=_set(at_venue[0].venue),
                address=_set(", ".join(filter(None, (at_venue[0].address, at_venue[0].postcode)))),
                entries=tuple(_entries(at_venue, site)),
            )
            for _venue, group in groupby(of_day, key=lambda one: one.venue_id)
            for at_venue in (list(group),)
        )
        yield OfDay(day, heading, venues)


def _heading(day: date) -> str:
    words = format_day(day, year=True)
    return words[:1].upper() + words[1:]


def _entries(sessions: Sequence[SessionFacts], site: str) -> Iterable[Entry]:
    """Give the entries of a venue's day, in order of their first time."""
    together: dict[tuple[object, ...], list[SessionFacts]] = {}
    for one in sessions:
        together.setdefault(_alike(one), []).append(one)
    for group in together.values():
        first = group[0]
        yield Entry(
            when=_when(group),
            title=_set(_ours(first.title_fr, first.title_en)),
            text=_set(short_text(_ours(first.description_fr, first.description_en))),
            public=_set(public_words(first)),
            way_in=_set(way_in_words(first, site)),
            contact=_set(contact_words(first)),
            access=_set(access_words(first)),
            room=_set(first.space or ""),
        )


def _alike(one: SessionFacts) -> tuple[object, ...]:
    """Return what sessions have in common that are one entry."""
    return (
        one.activity_id,
        one.space_id,
        one.kind,
        one.registration,
        one.registration_link,
        one.registration_telephone,
        one.registration_email,
        one.registration_full,
    )


def _when(group: Sequence[SessionFacts]) -> str:
    first = group[0]
    if _day(first) is None:
        return ", ".join(dict.fromkeys(map(hours_words, group)))
    return ", ".join(dict.fromkeys(map(time_words, group)))


def _ours(french: str, english: str | None) -> str:
    return english if english and current_locale() == "en" else french


def _set(text: str) -> str:
    """Return a text with the spaces of its language's printers."""
    return typeset(text) if current_locale() == "fr" else text
