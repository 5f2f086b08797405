"""Calendar entries for tests: plausible ones, and any that can be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
from hypothesis import strategies as st

from shared.calendar import CalendarEntry

MUSEUM = ("Muséum de Grenoble", "contact@museum.example")
CLASS = ("Classe de CM2", "ecole@example.org")
CHANGED_AT = datetime(2026, 9, 1, 6, 30, tzinfo=UTC)
ZONES = (
    "Europe/Paris",
    "Europe/Dublin",
    "Africa/Casablanca",
    "America/New_York",
    "America/Nuuk",
    "America/Cayenne",
    "Asia/Jerusalem",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Indian/Reunion",
    "Pacific/Apia",
    "UTC",
)

#: Any text, with more than its share of what calendars trip over.
texts = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\\;,:\"'^nN\n\r\t\v\f\x00\x7f\x85\u2028\u2029\ud800 \ufeff\u202f«»é🌋\u0301"
        ),
    ),
    max_size=200,
)
summaries = texts.filter(lambda text: kept(text).strip())


def kept(text: str) -> str:
    """Return what a calendar keeps of a text, said in another way than in the builder."""
    lines = text.replace("\r\n", "\n")
    for line_end in "\r\v\f\x85\u2028\u2029":
        lines = lines.replace(line_end, "\n")
    return "".join(
        character
        for character in lines
        if character in "\t\n"
        or (
            not (ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0)
            and not 0xD800 <= ord(character) < 0xE000
        )
    )


def workshop(**changes: object) -> CalendarEntry:
    """Return a workshop on a Friday of October, from 10:00 to 11:00 in Grenoble."""
    values: dict[str, object] = {
        "uid": "0199-workshop@parvis.example",
        "sequence": 2,
        "summary": "Atelier « Dans la peau d’un glacier »",
        "description": "En famille, dès 8 ans ; venez\ncomme vous êtes.",
        "location": "Muséum, 1 rue Dolomieu, 38000 Grenoble",
        "url": "https://parvis.example/sessions/0199",
        "starts_at": datetime(2026, 10, 9, 8, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 10, 9, 9, 0, tzinfo=UTC),
        "time_zone": "Europe/Paris",
        "changed_at": CHANGED_AT,
    }
    return CalendarEntry(**{**values, **changes})  # type: ignore[arg-type]


def read_event(body: bytes) -> Any:
    """Return the only VEVENT of a calendar as icalendar reads it."""
    [event] = icalendar.Calendar.from_ical(body).walk("VEVENT")
    return event


@st.composite
def entries(draw: st.DrawFn) -> CalendarEntry:
    """Draw any entry of the years 1970 to 2099."""
    starts_at = draw(
        st.datetimes(datetime(1970, 1, 2), datetime(2099, 1, 1), timezones=st.just(UTC))
    )
    lasts = draw(st.timedeltas(timedelta(), timedelta(days=120)))
    position = draw(st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
    return workshop(
        uid=draw(st.uuids().map(str)),
        sequence=draw(st.integers(0, 2**31 - 1)),
        summary=draw(summaries),
        description=draw(texts),
        location=draw(texts),
        starts_at=starts_at,
        ends_at=starts_at + lasts,
        time_zone=draw(st.sampled_from(ZONES)),
        status=draw(st.sampled_from(("CONFIRMED", "CANCELLED", "TENTATIVE"))),
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        all_day=draw(st.booleans()),
        transparent=draw(st.booleans()),
        categories=tuple(draw(st.lists(texts, max_size=3))),
        organizer=(draw(texts), "contact@museum.example"),
        alarms=tuple(draw(st.lists(st.timedeltas(timedelta(), timedelta(days=9)), max_size=2))),
    )
