"""When a row of a spreadsheet says that a session is, and how people get in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from services.scheduling.domain.editing.edition_days import span_of
from services.scheduling.domain.editing.fields import REQUIRED, YEARS, Fault
from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.domain.editing.session_rules import LONGEST, LONGEST_TIMED
from services.scheduling.importers.sheet_rows import SheetRow
from services.scheduling.importers.sheet_times import Clock, read_clock, read_day, read_minutes
from services.scheduling.importers.sheet_values import (
    read_choice,
    read_choices,
    read_email,
    read_link,
    read_telephone,
    read_whole,
    read_yes,
)
from services.scheduling.importers.sheet_words import CATEGORIES, KIND, WAY_IN, Choice
from services.scheduling.importers.sheet_zones import read_zone
from shared.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class KnownEdition:
    """The edition that a sheet is brought into, where there is one: its days, zone and people."""

    starts_on: date
    ends_on: date
    time_zone: str
    categories: tuple[Choice, ...] = CATEGORIES

    @property
    def year(self) -> int | None:
        """Return the year that is meant where a day has none."""
        return self.starts_on.year if self.starts_on.year == self.ends_on.year else None


@dataclass(frozen=True)
class When:
    """When a session is; `zone` is the name of the time zone that its clocks show."""

    kind: str
    starts_at: datetime
    ends_at: datetime


def when_of(row: SheetRow, zone_name: str, known: KnownEdition | None) -> When | None:
    """Return when a row's session is, or None with the faults of its cells."""
    kind = row.read("kind", lambda value: read_choice(value, KIND)) or "timed"
    year = known.year if known else None
    first = _day(row, "date", year)
    last = _day(row, "last_date", year) if row.value("last_date") is not None else first
    opens = _clock(row, "starts", Clock(time(0)) if kind == "exhibition" else None)
    closes = _clock(row, "ends") if row.value("ends") is not None else None
    if row.is_at_fault("kind", "date", "last_date", "starts", "ends"):
        return None
    if first is None or last is None or opens is None:
        return None
    starts_at = _instant(row, "starts", first, opens, zone_name)
    if starts_at is None:
        return None
    ends_at = _end(row, kind, last, closes, starts_at, zone_name)
    if ends_at is None:
        return None
    row.length = ends_at - starts_at
    found = When(kind, starts_at, ends_at)
    return found if _is_sound(row, found, known) else None


def way_in_of(row: SheetRow, known: KnownEdition | None = None) -> dict[str, Any]:
    """Return how people get in, as fields of a session; None where the row does not say."""
    ways = {
        "registration_link": row.read("registration_link", read_link),
        "registration_telephone": row.read("registration_telephone", read_telephone),
        "registration_email": row.read("registration_email", read_email),
    }
    stated = [key for key in ways if row.value(key) is not None]
    way_in = row.read("registration", lambda value: read_choice(value, WAY_IN))
    is_full = row.read("full", read_yes)
    capacity = row.read("capacity", read_whole)
    people = known.categories if known else CATEGORIES
    categories = row.read("categories", lambda value: read_choices(value, people))
    if way_in is None and stated:
        way_in = "elsewhere"
    if way_in in ("none", "here"):
        for key in stated:
            row.fault(key, _l("Ceci ne va qu’avec une inscription ailleurs."))
        if is_full:
            row.fault("full", _l("Ceci ne va qu’avec une inscription ailleurs."))
    elif way_in == "elsewhere" and not stated and not is_full:
        row.fault(
            "registration",
            _l("Indiquez une adresse web, un téléphone ou un courriel pour s’inscrire."),
        )
    return {
        "registration": way_in,
        **ways,
        "registration_full": bool(is_full),
        "capacity": capacity if way_in == "here" else None,
        **({"seat_categories": categories} if categories else {}),
    }


def zone_of(row: SheetRow, usual: str) -> str:
    """Return the name of the time zone of a row's venue."""
    return row.read("time_zone", read_zone) or usual


def _day(row: SheetRow, key: str, year: int | None) -> date | None:
    if row.value(key) is None:
        row.fault(key, REQUIRED)
        return None

    def read(value: Any) -> date:
        day = read_day(value, year, month_first=row.month_first)
        earliest, latest = YEARS
        if not earliest <= day.year <= latest:
            raise Fault(
                _l(
                    "L’année doit être comprise entre %(earliest)s et %(latest)s.",
                    earliest=earliest,
                    latest=latest,
                )
            )
        return day

    found: date | None = row.read(key, read)
    return found


def _clock(row: SheetRow, key: str, usual: Clock | None = None) -> Clock | None:
    if row.value(key) is None:
        if usual is None:
            row.fault(key, REQUIRED)
        return usual
    found: Clock | None = row.read(key, read_clock)
    return found


def _instant(row: SheetRow, key: str, day: date, clock: Clock, zone_name: str) -> datetime | None:
    day += timedelta(days=clock.days)
    try:
        if clock.offset is None:
            meant = instant_of(day, clock.at, zone_name).at
            return meant.replace(second=clock.at.second)
        local = datetime.combine(day, clock.at, timezone(timedelta(minutes=clock.offset)))
        return local.astimezone(UTC)
    except Fault as fault:
        row.fault(key, fault.sentence)
    except (OverflowError, ValueError):
        row.fault(key, _l("Cette date est hors du calendrier."))
    return None


def _end(
    row: SheetRow,
    kind: str,
    last: date,
    closes: Clock | None,
    starts_at: datetime,
    zone_name: str,
) -> datetime | None:
    """Return the end: the clock in the row, else by the length, its own or that of the row above.

    A row that has its own beginning alone lasts as long as the one that it continues.
    """
    if closes is not None:
        return _instant(row, "ends", last, closes, zone_name)
    if kind == "exhibition":
        return _instant(row, "ends", last, Clock(time(0), 1), zone_name)
    if row.value("duration") is not None:
        minutes = row.read("duration", read_minutes)
        return starts_at + timedelta(minutes=minutes) if minutes else None
    if row.above is not None and row.above.length is not None:
        return starts_at + row.above.length
    row.fault("ends", _l("Donnez l’heure de fin, ou la durée."))
    return None


def _is_sound(row: SheetRow, when: When, known: KnownEdition | None) -> bool:
    place = "last_date" if row.has("last_date") and not row.has("ends") else "ends"
    length = when.ends_at - when.starts_at
    if length <= timedelta(0):
        sentence = _l("La fin doit venir après le début.")
        if row.value("last_date") is None and length > -timedelta(days=1):
            sentence = _l(
                "La fin doit venir après le début ; si c’est le lendemain, donnez la date de fin."
            )
        row.fault(place, sentence)
    elif length > LONGEST:
        row.fault(place, _l("C’est plus de deux ans : vérifiez les années."))
    elif when.kind == "timed" and length > LONGEST_TIMED:
        row.fault(
            place,
            _l(
                "Une séance à heure fixe ne dure pas %(n)s heures : vérifiez la date de fin, ou "
                "choisissez « En continu » ou « Exposition ».",
                n=int(length.total_seconds() // 3600),
            ),
        )
    elif known and not _is_near(when, known):
        row.fault(
            "date",
            _l(
                "L’édition va du %(first)s au %(last)s, et cette séance est le %(day)s : c’est "
                "trop loin.",
                first=_written(known.starts_on),
                last=_written(known.ends_on),
                day=_written(local_of(when.starts_at, known.time_zone).date()),
            ),
        )
    else:
        return True
    return False


def _written(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _is_near(when: When, known: KnownEdition) -> bool:
    earliest, latest = span_of(known.starts_on, known.ends_on, known.time_zone)
    if when.kind == "exhibition":
        return when.ends_at >= earliest and when.starts_at <= latest
    return earliest <= when.starts_at and when.ends_at <= latest
