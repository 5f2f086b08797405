"""Whatever a release changes, its mail tells exactly that, and its calendar moves on."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.domain.calendar_part import calendars_of
from services.notifications.domain.identity import Identity
from services.notifications.domain.pages_of_mail import render_html, render_text
from services.notifications.domain.programme_changes import changes_of
from services.notifications.domain.programme_facts import programme_facts
from services.notifications.domain.subjects import PACKAGE
from services.notifications.domain.wording import place, time_lines
from shared.i18n import speaking, translator
from shared.testing.calendars import assert_valid_calendar
from shared.testing.contexts import NOW
from tests.services.notifications.mail_reading import events
from tests.services.notifications.releases import (
    AUDITORIUM,
    MUSEUM,
    booking,
    change,
    release,
    session,
)

IDENTITY = Identity("parvis@fds.example", "https://fds.example")
STATUSES = st.sampled_from(["confirmed", "waitlisted", "offered"])
DAYS = st.sampled_from([f"2026-10-{day:02}" for day in range(2, 12)])


@st.composite
def edits(draw: st.DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    """Return the session with anything changed that people are told, or with a typo mended."""
    start = datetime.fromisoformat(f"{draw(DAYS)}T{draw(st.integers(7, 19)):02}:00:00+00:00")
    minutes = draw(st.sampled_from([45, 60, 90]))
    venue = draw(st.sampled_from([data["venue"], MUSEUM]))
    found: dict[str, Any] = {
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(minutes=minutes)).isoformat(),
        "venue": venue,
        "space": draw(st.sampled_from([data["space"], AUDITORIUM, None])),
        "status": draw(st.sampled_from(["confirmed", "confirmed", "cancelled"])),
        "description": {"fr": "Une autre description.", "en": None},
    }
    changed = draw(st.sets(st.sampled_from(sorted(found))))
    if "ends_at" in changed or "starts_at" in changed:
        changed |= {"starts_at", "ends_at"}
    edited = data | {name: found[name] for name in changed}
    return edited | {"sequence": data["sequence"] + int(bool(changed))}


@st.composite
def releases(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Return sessions as they were, as they are, and the status of a booking in each."""
    before = [session(n, f"Titre {n}.") for n in range(1, draw(st.integers(2, 5)))]
    return (
        before,
        [draw(edits(one)) for one in before],
        [draw(STATUSES) for _one in before],
    )


def mail_of(
    before: list[dict[str, Any]], after: list[dict[str, Any]], statuses: list[str], locale: str
) -> dict[str, Any]:
    """Return the content of the mail about this release, as it is queued."""
    bookings = [
        booking(one, status="cancelled", revision=1)
        if one["status"] == "cancelled"
        else booking(one, status=status)
        for one, status in zip(after, statuses, strict=True)
    ]
    changes = [
        change(old, new, was=status)
        for old, new, status in zip(before, after, statuses, strict=True)
    ]
    data = release(*changes, bookings=bookings).data
    sessions = {one["id"]: one | {"version": 2} for one in after}
    with speaking(translator(PACKAGE, locale)):
        found = changes_of(data, registration=data, sessions=sessions, told={}, shown={})
    return {"registration": data, "sessions": sessions, "changed": [], "changes": found}


@settings(deadline=None)
@given(drawn=releases(), locale=st.sampled_from(["fr", "en"]))
def test_exactly_what_changed_is_told_as_changed(drawn: Any, locale: str) -> None:
    before, after, statuses = drawn
    content = mail_of(before, after, statuses, locale)
    with speaking(translator(PACKAGE, locale)):
        expected = {
            new["id"]
            for old, new in zip(before, after, strict=True)
            if new["status"] == "cancelled"
            or (time_lines(old), place(old)) != (time_lines(new), place(new))
        }
        facts = programme_facts(content, IDENTITY)
    assert {one["session_id"] for one in facts["changes"]} == expected
    assert {one["session"]["id"] for one in facts["items"]} == {
        one["id"] for one in after
    } - expected


@settings(deadline=None)
@given(drawn=releases(), locale=st.sampled_from(["fr", "en"]))
def test_the_text_and_the_page_say_what_was_and_what_is(drawn: Any, locale: str) -> None:
    before, after, statuses = drawn
    content = mail_of(before, after, statuses, locale)
    with speaking(translator(PACKAGE, locale)):
        facts = programme_facts(content, IDENTITY) | {"ticket_source": None, "calendars": 0}
        text = render_text("programme_changed", facts)
        html = render_html("programme_changed", facts)
        rest, told = text, text
        if facts["changes"] and facts["items"]:
            heading = "Le reste de votre inscription" if locale == "fr" else "The rest of your"
            told, rest = text.split(heading)
    for one in facts["changes"]:
        title = one["session"]["title"]["fr"]
        block = told[told.index(title) :]
        lines = block[: block.find("-----")].splitlines()
        for line in (*one["was"], *one["now"]):
            assert f"  {line}" in lines
        assert title in html
        if facts["items"]:
            assert title not in rest
    for item in facts["items"]:
        title = item["session"]["title"]["fr"]
        assert title in rest
        assert told is text or title not in told


@settings(deadline=None, max_examples=40)
@given(drawn=releases())
def test_the_calendar_is_valid_and_newer_than_the_one_before(drawn: Any) -> None:
    before, after, statuses = drawn
    made = mail_of(before, before, statuses, "fr")
    content = mail_of(before, after, statuses, "fr")
    with speaking(translator(PACKAGE, "fr")):
        first, second = (
            calendars_of(
                one,
                organizer=("Fête", "parvis@fds.example"),
                attendee=("Camille", "camille@example.org"),
                manage_url="https://fds.example/registrations/t",
                changed_at=NOW,
            )
            for one in (made, content)
        )
    known = {uid: event for part in first for uid, event in events(part.ics).items()}
    changed = {one["session_id"] + "@parvis" for one in content["changes"]}
    for part in second:
        assert_valid_calendar(part.ics)
        [(uid, event)] = events(part.ics).items()
        if uid in known:
            was, now = int(known[uid]["SEQUENCE"]), int(event["SEQUENCE"])
            assert now > was if uid in changed else now >= was
