"""The form of a session: local days and clocks, and only the fields that its choices need."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.fields import REQUIRED, Fault
from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.domain.party_categories import usually_seated
from services.scheduling.pages.console.forms import Faults, Form, Part, Shown
from services.scheduling.pages.console.inputs import (
    read_clock,
    read_day,
    read_identifier,
    read_web_address,
    read_whole,
    sent,
)
from services.scheduling.pages.console.opening_inputs import (
    HOURS,
    read_closures,
    read_hours,
    show_closures,
    show_hours,
)
from services.scheduling.pages.console.session_words import category_choices, part_words
from shared.contracts.party_categories import USUAL_CATEGORIES
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.web.repeating import read_rows

Value = TypeVar("Value")

_TEXTS = (
    "activity_id",
    "kind",
    "day",
    "starts",
    "ends_on",
    "ends",
    "venue_id",
    "space_id",
    "registration",
    "capacity",
    "opens_on",
    "opens_at",
    "closes_on",
    "closes_at",
    "registration_link",
    "registration_telephone",
    "registration_email",
    "registration_full",
)

#: The fields of the form in which a fault of a column is told.
_FIELD_OF = {
    "starts_at": "day",
    "ends_at": "ends",
    "registration_opens_at": "opens_on",
    "registration_closes_at": "closes_on",
}


_INSTANTS = ("starts_at", "ends_at")


class SessionForm(Form):
    """A session's form, for venues whose clocks are known.

    `zones` are the time zones of the venues that have their own, by id; others keep the edition's.
    `names` are the words for ids, to tell two versions apart; `categories` are the edition's.
    """

    def __init__(
        self,
        edition_zone: str,
        zones: Mapping[str, str],
        names: Mapping[str, str],
        categories: Sequence[Mapping[str, Any]] = USUAL_CATEGORIES,
    ) -> None:
        super().__init__()
        self._edition_zone = edition_zone
        self._zones = zones
        self._names = names
        self._categories = categories
        self.parts: Sequence[Part] = (
            Part("activity", _("Animation"), ("activity_id",)),
            Part("when", _("Quand"), ("kind", "day", "starts", "ends_on", "ends")),
            Part("hours", _("Horaires par semaine"), ("weekly_hours",)),
            Part("closures", _("Jours de fermeture"), ("closures",)),
            Part("where", _("Où"), ("venue_id", "space_id")),
            Part(
                "way_in",
                _("Comment venir"),
                (
                    "registration",
                    "registration_link",
                    "registration_telephone",
                    "registration_email",
                    "registration_full",
                ),
            ),
            Part("capacity", _("Jauge"), ("capacity",)),
            Part("seats", _("Qui prend une place"), ("seat_categories",)),
            Part("opening", _("Ouverture des inscriptions"), ("opens_on", "opens_at")),
            Part("closing", _("Fin des inscriptions"), ("closes_on", "closes_at")),
        )

    def zone_of(self, shown: Shown) -> str:
        """Return the zone whose clocks the form's times are read by."""
        return self._zones.get(shown["venue_id"], self._edition_zone)

    def shown(self, row: Any) -> Shown:
        """Return the fields as a stored session fills them, on the clocks of its venue."""
        zone = self._zones.get(str(row.venue_id), self._edition_zone)
        starts, ends = local_of(row.starts_at, zone), local_of(row.ends_at, zone)
        opens_at, closes_at = row.registration_opens_at, row.registration_closes_at
        opens = local_of(opens_at, zone) if opens_at else None
        closes = local_of(closes_at, zone) if closes_at else None
        is_short = starts.date() == ends.date() and row.kind != "exhibition"
        return {
            "activity_id": str(row.activity_id),
            "kind": row.kind,
            "day": starts.date().isoformat(),
            "starts": _clock(starts),
            "ends_on": "" if is_short else ends.date().isoformat(),
            "ends": _clock(ends),
            "weekly_hours": show_hours(row.weekly_hours),
            "closures": show_closures(row.closures),
            "venue_id": str(row.venue_id),
            "space_id": str(row.space_id) if row.space_id else "",
            "registration": row.registration,
            "capacity": "" if row.capacity is None else str(row.capacity),
            "seat_categories": list(row.seat_categories),
            "opens_on": opens.date().isoformat() if opens else "",
            "opens_at": _clock(opens) if opens else "",
            "closes_on": closes.date().isoformat() if closes else "",
            "closes_at": _clock(closes) if closes else "",
            "registration_link": row.registration_link or "",
            "registration_telephone": row.registration_telephone or "",
            "registration_email": row.registration_email or "",
            "registration_full": "1" if row.registration_full else "",
        }

    def blank(self, **given: str) -> Shown:
        """Return the fields of a new session."""
        return {
            **dict.fromkeys(_TEXTS, ""),
            "kind": "timed",
            "registration": "none",
            "weekly_hours": [],
            "closures": [],
            "seat_categories": usually_seated(self._categories),
            **given,
        }

    def posted(self, form: MultiDict[str, str]) -> Shown:
        """Return the fields as they were sent."""
        return {
            **{name: sent(form, name) for name in _TEXTS},
            "weekly_hours": read_rows(form, "weekly_hours", HOURS),
            "closures": read_rows(form, "closures", ("day",)),
            "seat_categories": form.getlist("seat_categories"),
        }

    def values(self, shown: Shown) -> tuple[dict[str, Any], Faults]:
        """Return the columns that the fields mean; what another choice does not need is empty."""
        faults: Faults = {}

        def take(name: str, read: Callable[[str], Value]) -> Value | None:
            try:
                return read(shown[name].strip())
            except Fault as fault:
                faults[name] = fault.sentence
                return None

        is_here = shown["registration"] == "here"
        is_elsewhere = shown["registration"] == "elsewhere"
        is_exhibition = shown["kind"] == "exhibition"
        values: dict[str, Any] = {
            "activity_id": take("activity_id", read_identifier),
            "kind": shown["kind"],
            "venue_id": take("venue_id", read_identifier),
            "space_id": take("space_id", read_identifier),
            "registration": shown["registration"],
            "registration_link": shown["registration_link"] if is_elsewhere else None,
            "registration_telephone": shown["registration_telephone"] if is_elsewhere else None,
            "registration_email": shown["registration_email"] if is_elsewhere else None,
            "registration_full": is_elsewhere and bool(shown["registration_full"]),
            "capacity": take("capacity", read_whole) if is_here else None,
            "registration_opens_at": None,
            "registration_closes_at": None,
            "weekly_hours": [],
            "closures": [],
        }
        if is_elsewhere:
            values["registration_link"] = take("registration_link", read_web_address)
        if is_here:
            values["seat_categories"] = shown["seat_categories"]
            for column, name in (
                ("registration_opens_at", "opens"),
                ("registration_closes_at", "closes"),
            ):
                values[column] = self._limit(shown, take, faults, name)
        if is_exhibition:
            for name, read_in in (("weekly_hours", read_hours), ("closures", read_closures)):
                try:
                    values[name] = read_in(shown[name])
                except Fault as fault:
                    faults[name] = fault.sentence
        values |= self._times(shown, take, faults)
        return values, faults

    def untouched(self, mine: Shown, theirs: Shown) -> frozenset[str]:
        """Return the columns of times that nobody touched: a field shows no seconds of them."""

        def same(*names: str) -> bool:
            return all(mine[name] == theirs[name] for name in names)

        if self.zone_of(mine) != self.zone_of(theirs):
            return frozenset()
        left = set()
        if same("day", "starts", "ends_on", "ends"):
            left |= {"starts_at", "ends_at"}
        if same("registration", "opens_on", "opens_at"):
            left.add("registration_opens_at")
        if same("registration", "closes_on", "closes_at"):
            left.add("registration_closes_at")
        return frozenset(left)

    def notes(self, shown: Shown) -> list[LazyText]:
        """Return what was chosen where a time of a form that was saved means two instants."""
        day = read_day(shown["day"])
        ends_on = read_day(shown["ends_on"]) or day
        found = []
        for on, clock in ((day, shown["starts"]), (ends_on, shown["ends"])):
            at = read_clock(clock)
            meant = instant_of(on, at, self.zone_of(shown)) if on and at is not None else None
            if meant and meant.note:
                found.append(meant.note)
        return found

    def in_fields(self, faults: Mapping[str, LazyText | str]) -> Faults:
        """Return the faults of columns as faults of the form's fields.

        An instant is missing where its day or its clock is at fault: that is told already.
        """
        told = {
            name: sentence
            for name, sentence in faults.items()
            if not (name in _INSTANTS and sentence == REQUIRED)
        }
        return {_FIELD_OF.get(name, name): sentence for name, sentence in told.items()}

    def words(self, part: Part, shown: Shown) -> str:
        """Return what a part says."""
        return part_words(part.name, shown, self._names, dict(category_choices(self._categories)))

    def _times(self, shown: Shown, take: Any, faults: Faults) -> dict[str, Any]:
        day, starts = take("day", read_day), take("starts", read_clock)
        ends_on, ends = take("ends_on", read_day), take("ends", read_clock)
        for name, value in (("day", day), ("starts", starts), ("ends", ends)):
            if value is None:
                faults.setdefault(name, REQUIRED)
        return {
            "starts_at": self._instant(shown, day, starts, "starts", faults),
            "ends_at": self._instant(shown, ends_on or day, ends, "ends", faults),
        }

    def _limit(self, shown: Shown, take: Any, faults: Faults, name: str) -> datetime | None:
        """Read when registration `opens` or `closes`."""
        on, at = f"{name}_on", f"{name}_at"
        day, clock = take(on, read_day), take(at, read_clock)
        if day is None and clock is not None:
            faults.setdefault(on, _("Indiquez aussi le jour."))
        if day is not None and clock is None:
            faults.setdefault(at, _("Indiquez aussi l’heure."))
        return self._instant(shown, day, clock, at, faults)

    def _instant(
        self, shown: Shown, day: date | None, clock: time | None, name: str, faults: Faults
    ) -> datetime | None:
        if day is None or clock is None:
            return None
        try:
            return instant_of(day, clock, self.zone_of(shown)).at
        except Fault as fault:
            faults.setdefault(name, fault.sentence)
            return None


def _clock(local: datetime) -> str:
    return f"{local:%H:%M}"
