"""The calendar promise, entry by entry, and what cannot be put into a calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.calendar import CalendarEntry, CalendarWriter, etag, render_calendar
from shared.testing.calendars import InvalidCalendar, assert_valid_calendar
from tests.shared.calendar_entries import CHANGED_AT, CLASS, MUSEUM, workshop

PROGRAMME = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Parvis//Parvis//FR
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME;LANGUAGE=fr:Muséum
X-WR-CALNAME:Muséum
DESCRIPTION;LANGUAGE=fr:Ce qui se passe au muséum
X-WR-CALDESC:Ce qui se passe au muséum
URL:https://parvis.example/
REFRESH-INTERVAL;VALUE=DURATION:PT1H
X-PUBLISHED-TTL:PT1H
"""

WORKSHOP = """\
BEGIN:VEVENT
UID:0199-workshop@parvis.example
DTSTAMP:20260901T063000Z
LAST-MODIFIED:20260901T063000Z
SEQUENCE:2
DTSTART;TZID=Europe/Paris:20261009T100000
DTEND;TZID=Europe/Paris:20261009T110000
SUMMARY;LANGUAGE=fr:Atelier « Dans la peau d’un glacier »
DESCRIPTION;LANGUAGE=fr:En famille\\, dès 8 ans \\; venez\\ncomme vous êtes.
LOCATION:Muséum\\, 1 rue Dolomieu\\, 38000 Grenoble
GEO:45.187600;5.735800
CATEGORIES:Terre,Atelier
URL:https://parvis.example/sessions/0199
ORGANIZER;CN="Muséum de Grenoble":mailto:contact@museum.example
STATUS:CONFIRMED
TRANSP:OPAQUE
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Atelier « Dans la peau d’un glacier »
TRIGGER:-P1D
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def lines(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").split("\r\n")


def render(*entries: CalendarEntry, **options: object) -> bytes:
    values: dict[str, object] = {"name": "Programme", "organizer": MUSEUM}
    return render_calendar(entries, **{**values, **options})  # type: ignore[arg-type]


def test_a_feed_from_its_first_line_to_its_last() -> None:
    body = render(
        workshop(
            latitude=45.1876,
            longitude=5.7358,
            categories=("Terre", "Atelier"),
            alarms=(timedelta(days=1),),
        ),
        name="Muséum",
        description="Ce qui se passe au muséum",
        url="https://parvis.example/",
        refresh=timedelta(hours=1),
    )
    assert_valid_calendar(body)
    written = lines(body)
    zone = written.index("BEGIN:VTIMEZONE"), written.index("END:VTIMEZONE")
    assert written[: zone[0]] == PROGRAMME.splitlines()
    assert written[zone[1] + 1 :] == [*WORKSHOP.splitlines(), ""]


def test_the_same_entries_make_the_same_octets() -> None:
    first, second = render(workshop()), render(workshop())
    assert first == second
    assert etag(first) == etag(second)
    assert etag(first) != etag(render(workshop(sequence=3)))
    assert etag(first).startswith('"')
    assert etag(first).endswith('"')


def test_a_cancelled_session_stays_takes_no_time_and_rings_no_more() -> None:
    body = render(workshop(status="CANCELLED", alarms=(timedelta(hours=2),)))
    assert_valid_calendar(body)
    written = lines(body)
    assert "STATUS:CANCELLED" in written
    assert "TRANSP:TRANSPARENT" in written
    assert "BEGIN:VALARM" not in written


def test_an_empty_feed_is_a_calendar() -> None:
    assert_valid_calendar(render_calendar([], name="Rien encore", organizer=None))


def test_an_entry_keeps_its_own_organizer() -> None:
    body = render(workshop(organizer=("CCSTI", "ccsti@example.org")))
    assert 'ORGANIZER;CN="CCSTI":mailto:ccsti@example.org' in lines(body)


@pytest.mark.parametrize(
    ("alarm", "written"),
    [
        (timedelta(), "TRIGGER:PT0S"),
        (timedelta(minutes=15), "TRIGGER:-PT15M"),
        (timedelta(days=1, hours=2), "TRIGGER:-P1DT2H"),
        (timedelta(hours=1, seconds=30), "TRIGGER:-PT1H0M30S"),
        (timedelta(days=7), "TRIGGER:-P7D"),
    ],
)
def test_an_alarm_rings_before_the_start(alarm: timedelta, written: str) -> None:
    body = render(workshop(alarms=(alarm,)))
    assert_valid_calendar(body)
    assert written in lines(body)


@pytest.mark.parametrize(
    ("method", "status", "answer"),
    [
        ("REQUEST", "CONFIRMED", ";PARTSTAT=ACCEPTED"),
        ("REQUEST", "TENTATIVE", ";PARTSTAT=TENTATIVE"),
        ("CANCEL", "CANCELLED", ""),
        (None, "CONFIRMED", ";PARTSTAT=ACCEPTED"),
    ],
)
def test_an_invitation_by_mail(method: str | None, status: str, answer: str) -> None:
    body = render(workshop(attendee=CLASS, status=status), method=method)
    assert_valid_calendar(body)
    written = lines(body)
    assert [line for line in written if line.startswith("METHOD")] == (
        [f"METHOD:{method}"] if method else []
    )
    attendee = f'ATTENDEE;CN="Classe de CM2";ROLE=REQ-PARTICIPANT{answer};RSVP=FALSE'
    assert f"{attendee}:mailto:ecole@example.org" in written


MORNING = datetime(2026, 10, 9, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_at": MORNING - timedelta(seconds=1)}, "ends before it starts"),
        ({"starts_at": datetime(2026, 10, 9, 8)}, "starts_at of .* has no time zone"),
        ({"ends_at": datetime(2026, 10, 9, 9)}, "ends_at of .* has no time zone"),
        ({"changed_at": datetime(2026, 10, 9, 9)}, "changed_at of .* has no time zone"),
        ({"ends_at": datetime(9999, 1, 1, tzinfo=UTC)}, "outside the years"),
        ({"time_zone": "Europe/Grenoble"}, "no time zone named 'Europe/Grenoble'"),
        ({"time_zone": "../etc/passwd"}, "no time zone named"),
        ({"time_zone": "Europe"}, "no time zone named"),
        ({"time_zone": "right/Europe/Paris"}, "no time zone named"),
        ({"time_zone": "localtime"}, "no time zone named"),
        ({"time_zone": ""}, "no time zone named"),
        ({"uid": ""}, "needs a UID"),
        ({"uid": "one\ntwo"}, "UID .* has a line end"),
        ({"uid": "one\x00"}, "UID .* has a line end or a control character"),
        ({"sequence": -1}, "sequence -1"),
        ({"sequence": 2**31}, "sequence 2147483648"),
        ({"status": "cancelled"}, "status 'cancelled' must be one of"),
        ({"summary": "\x00 "}, "has no summary"),
        ({"url": "javascript:alert(1)"}, "must begin with https"),
        ({"url": "https:///nowhere"}, "must begin with https"),
        ({"url": "https://x/a b"}, "a character that no address may have"),
        ({"url": "https://x/\nATTENDEE:x"}, "a character that no address may have"),
        ({"latitude": 45.0}, "needs a latitude and a longitude"),
        ({"latitude": float("nan"), "longitude": 5.0}, "is not on Earth"),
        ({"latitude": 45.0, "longitude": 181.0}, "is not on Earth"),
        ({"organizer": ("Muséum", "museum")}, "'museum' is not an e-mail address"),
        ({"attendee": ("X", "x@y.example\nATTENDEE:z")}, "is not an e-mail address"),
        ({"alarms": (timedelta(minutes=-1),)}, "comes after its start"),
    ],
)
def test_what_no_calendar_can_carry_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        workshop(**changes)


@pytest.mark.parametrize(
    ("entries", "options", "sentence"),
    [
        ([workshop()], {"organizer": None}, "needs an organizer"),
        ([workshop(attendee=CLASS)], {}, "cannot have an attendee"),
        ([workshop()], {"method": "REQUEST"}, "needs an attendee"),
        ([workshop(attendee=CLASS)], {"method": "CANCEL"}, "is not cancelled"),
        (
            [workshop(attendee=CLASS, status="CANCELLED")],
            {"method": "REQUEST"},
            "send a CANCEL, not a REQUEST",
        ),
        (
            [workshop(attendee=CLASS), workshop(uid="2", attendee=CLASS)],
            {"method": "REQUEST"},
            "one entry, not 2",
        ),
        ([workshop(), workshop()], {}, "the same UID"),
        ([workshop()], {"method": "REPLY"}, "method 'REPLY' must be one of"),
        ([workshop()], {"language": "fr\r\nX"}, "not a language tag"),
        ([workshop()], {"refresh": timedelta()}, "more than once a second"),
        ([workshop()], {"name": " "}, "needs a name"),
        ([workshop()], {"url": "webcal://x"}, "must begin with https"),
    ],
)
def test_what_the_method_does_not_allow_is_refused(
    entries: list[CalendarEntry], options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        render(*entries, **options)


def test_the_end_is_compared_as_an_instant_not_as_the_clock_shows_it() -> None:
    """In the night the clocks go back, 02:10 can be forty minutes later than 02:30."""
    paris = ZoneInfo("Europe/Paris")
    starts_at = datetime(2026, 10, 25, 2, 30, tzinfo=paris)
    ends_at = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=paris)
    assert_valid_calendar(render(workshop(starts_at=starts_at, ends_at=ends_at)))
    with pytest.raises(ValueError, match="ends before it starts"):
        workshop(starts_at=starts_at.replace(fold=1), ends_at=ends_at)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"DTEND;TZID=Europe/Paris:20261009T11", b"DTEND;TZID=Europe/Paris:20261009T09", "DTEND"),
        (b"TZID=Europe/Paris", b"TZID=Europe/Rome", "not described"),
        (b"STATUS:CONFIRMED", b"STATUS:MAYBE", "ical"),
        (b"UID:0199-workshop@parvis.example\r\n", b"", "vobject"),
        (b"ORGANIZER", b"X-ORGANIZER", "libical"),
        (b"DTSTAMP:20260901T063000Z", b"DTSTAMP:yesterday", "libical"),
        (b"\r\n", b"\n", "CRLF"),
        (b"\r\nURL", b"0" * 50 + b"\r\nURL", "octets"),
        (b"\xc3\xa9um", b"\xc3\r\n \xa9um", "inside a character"),
        (b"STATUS", b"COMMENT:\x07\r\nSTATUS", "control character"),
    ],
)
def test_the_validators_find_what_is_wrong(old: bytes, new: bytes, fault: str) -> None:
    body = render(workshop())
    assert_valid_calendar(body)
    assert old in body
    with pytest.raises(InvalidCalendar, match=fault):
        assert_valid_calendar(body.replace(old, new))


def test_the_change_gives_the_stamp() -> None:
    written = lines(render(workshop(changed_at=CHANGED_AT + timedelta(hours=1))))
    assert [line for line in written if line.startswith(("DTSTAMP", "LAST-MODIFIED"))] == [
        "DTSTAMP:20260901T073000Z",
        "LAST-MODIFIED:20260901T073000Z",
    ]


def test_a_calendar_can_be_written_while_its_entries_are_read_and_named_at_the_end() -> None:
    writer = CalendarWriter(organizer=MUSEUM, language="en")
    for entry in (workshop(), workshop(uid="2")):
        writer.add(entry)
    written = writer.render(name=f"Up to {entry.uid}", refresh=timedelta(hours=1))
    options = {"name": "Up to 2", "refresh": timedelta(hours=1), "language": "en"}
    assert written == render(workshop(), workshop(uid="2"), **options)
    assert_valid_calendar(written)
