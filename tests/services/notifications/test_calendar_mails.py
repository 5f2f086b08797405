"""The invitations in mails, taken by a calendar, in whatever order the mails arrive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.domain.subjects import registration_subject
from services.notifications.domain.templates import CHANGED, CONFIRMED, PROGRAMME_CHANGED
from services.notifications.models import OutgoingMail
from shared.testing.calendars import assert_valid_calendar
from shared.testing.contexts import NOW
from tests.services.notifications.calendar_client import CalendarClient
from tests.services.notifications.events import made
from tests.services.notifications.mail_reading import calendars, events, plain, read, words
from tests.services.notifications.releases import MUSEUM, booking, moved, off, session

ME = "camille@example.org"
WHEN = datetime.fromisoformat

#: Three sessions that nobody confuses.
SESSIONS = [session(n, f"Atelier {n}", starts_at=f"2026-10-1{n}T12:00:00+00:00") for n in (1, 2, 3)]
for one in SESSIONS:
    one["ends_at"] = (WHEN(one["starts_at"]) + timedelta(minutes=90)).isoformat()


def mail_of(
    sessions: list[dict[str, Any]],
    bookings: list[dict[str, Any]],
    *,
    template: str = CONFIRMED,
    minutes: int = 0,
    **content: Any,
) -> OutgoingMail:
    """Return a mail about these bookings, queued so many minutes later."""
    over = all(one["status"] == "cancelled" for one in bookings)
    status = "cancelled" if over else "active"
    registration = made(bookings=bookings, status=status, ticket="T").data
    facts = {
        "registration": registration,
        "sessions": {one["id"]: one for one in sessions},
        "changed": [],
        "references": [],
        **content,
    }
    return OutgoingMail(
        template=template,
        recipient=ME,
        locale="fr",
        subject=registration_subject(template, facts, "fr"),
        message_id=f"{minutes:032}",
        content=facts,
        queued_at=NOW + timedelta(minutes=minutes),
    )


def test_one_session_is_read_by_itself_and_is_a_file() -> None:
    message = read(mail_of(SESSIONS[:1], [booking(SESSIONS[0])]))
    [itself, file] = calendars(message)
    assert itself == file
    assert_valid_calendar(itself)
    [alternative] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert (alternative.get_filename(), alternative["Content-Disposition"]) == (None, None)
    assert [part.get_filename() for part in message.iter_attachments()] == [
        "inscription-K7M42QXP.ics"
    ]


def test_a_calendar_calls_a_day_and_an_hour_before() -> None:
    text = calendars(read(mail_of(SESSIONS[:1], [booking(SESSIONS[0])])))[0].decode()
    assert [line for line in text.split("\r\n") if line.startswith("TRIGGER")] == [
        "TRIGGER:-P1D",
        "TRIGGER:-PT1H",
    ]


@pytest.mark.parametrize("kind", ["drop_in", "exhibition"])
def test_what_has_no_hour_to_be_late_for_rings_not(kind: str) -> None:
    here = SESSIONS[0] | {"kind": kind}
    assert b"VALARM" not in calendars(read(mail_of([here], [booking(here)])))[0]


def test_several_sessions_are_a_file_each_and_what_changed_is_read_by_itself() -> None:
    bookings = [booking(one) for one in SESSIONS]
    there = moved(SESSIONS[1], venue=MUSEUM)
    mail = mail_of(
        [SESSIONS[0], there, SESSIONS[2]],
        bookings,
        template=PROGRAMME_CHANGED,
        changes=[
            {
                "session_id": there["id"],
                "before": SESSIONS[1],
                "ended": False,
                "waiting": False,
            }
        ],
    )
    message = read(mail)
    itself, *files = calendars(message)
    assert itself == files[0]
    assert [list(events(one)) for one in files] == [
        [there["uid"]],
        [SESSIONS[0]["uid"]],
        [SESSIONS[2]["uid"]],
    ]
    assert [part.get_filename() for part in message.iter_attachments()] == [
        "inscription-K7M42QXP-1.ics",
        "inscription-K7M42QXP-2.ics",
        "inscription-K7M42QXP-3.ics",
    ]
    for kind in ("plain", "html"):
        said = plain(words(message, kind))
        assert "Les fichiers joints, un par séance, mettent votre agenda à jour" in said


def test_a_booking_that_ended_goes_out_of_the_calendar_and_the_others_stay() -> None:
    bookings = [booking(one) for one in SESSIONS]
    client = CalendarClient(ME)
    client.receive(read(mail_of(SESSIONS, bookings)))
    bookings[2] = bookings[2] | {"status": "cancelled", "revision": 1}
    late = mail_of(SESSIONS, bookings, template=CHANGED, minutes=9, changed=[bookings[2]["id"]])
    client.receive(read(late), by_itself=True)
    assert client.shown == {one["uid"]: (WHEN(one["starts_at"]), LIBRARY) for one in SESSIONS[:2]}


#: Where the golden session takes place, as a calendar says it.
LIBRARY = "Médiathèque de Voiron, Salle du Conte, 1 place de la République, 38500 Voiron"
ELSEWHERE = "Muséum de Grenoble, 1 rue Dolomieu, 38000 Grenoble"


@dataclass
class Story:
    """What happened to one registration: its mails, and what its reader's agenda should show."""

    mails: list[OutgoingMail]
    shown: dict[str, tuple[datetime, str]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw a registration that changes, with its sessions, several times."""
    sessions = SESSIONS[: draw(st.integers(1, 3))]
    bookings = [booking(one) for one in sessions]
    mails = [mail_of(sessions, bookings)]
    steps = st.tuples(
        st.integers(0, len(sessions) - 1), st.sampled_from(["later", "there", "off", "less", "out"])
    )
    for minutes, (at, what) in enumerate(draw(st.lists(steps, max_size=5)), start=1):
        sessions, bookings = list(sessions), list(bookings)
        if bookings[at]["status"] == "cancelled":
            continue
        if what in ("less", "out", "off"):
            bookings[at] = bookings[at] | {"revision": bookings[at]["revision"] + 1}
        if what in ("out", "off"):
            bookings[at] |= {"status": "cancelled"}
        if what == "off":
            sessions[at] = off(sessions[at])
        elif what == "later":
            sessions[at] = moved(sessions[at], hours=1)
        elif what == "there":
            sessions[at] = moved(sessions[at], hours=0, venue=MUSEUM, space=None)
        template = CHANGED if what in ("less", "out") else PROGRAMME_CHANGED
        changes = [] if template == CHANGED else [_change(sessions[at], bookings[at])]
        content = {"changed": [bookings[at]["id"]], "changes": changes}
        mails.append(mail_of(sessions, bookings, template=template, minutes=minutes, **content))
    shown = {
        one["uid"]: (WHEN(one["starts_at"]), ELSEWHERE if one["space"] is None else LIBRARY)
        for one, booked in zip(sessions, bookings, strict=True)
        if booked["status"] == "confirmed"
    }
    return Story(mails, shown)


def _change(after: dict[str, Any], booked: dict[str, Any]) -> dict[str, Any]:
    before = next(one for one in SESSIONS if one["id"] == after["id"])
    ended = booked["status"] == "cancelled"
    return {"session_id": after["id"], "before": before, "ended": ended, "waiting": False}


@settings(deadline=None, max_examples=60)
@given(story=stories(), data=st.data())
def test_in_whatever_order_mails_come_the_agenda_ends_right(story: Story, data: Any) -> None:
    arrived = data.draw(st.permutations(story.mails)) + data.draw(
        st.lists(st.sampled_from(story.mails), max_size=3)
    )
    client = CalendarClient(ME)
    for mail in arrived:
        client.receive(read(mail))
    assert client.shown == story.shown


@settings(deadline=None, max_examples=30)
@given(story=stories())
def test_in_order_what_is_read_by_itself_suffices_after_the_first(story: Story) -> None:
    client = CalendarClient(ME)
    client.receive(read(story.mails[0]))
    for mail in story.mails[1:]:
        client.receive(read(mail), by_itself=True)
    assert client.shown == story.shown
