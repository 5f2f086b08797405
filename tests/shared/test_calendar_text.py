"""Whatever the text, a calendar keeps RFC 5545's form and gives the text back."""

import pytest
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from shared.calendar import CalendarEntry, render_calendar
from shared.testing.calendars import assert_valid_calendar
from tests.shared.calendar_entries import (
    MUSEUM,
    entries,
    kept,
    read_event,
    summaries,
    texts,
    workshop,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(entries(), max_size=3, unique_by=lambda entry: entry.uid), summaries, texts)
def test_any_entries_make_a_calendar_that_three_readers_accept(
    listed: list[CalendarEntry], name: str, description: str
) -> None:
    body = render_calendar(listed, name=name, description=description, organizer=MUSEUM)
    assert_valid_calendar(body)


@settings(max_examples=300, deadline=None)
@given(summaries, texts, texts)
@example("\\", "\\n", "\\\\;\\,")
@example("é" * 200, "🌋" * 100, "a" + "é" * 100)
@example("x", "x\r\n y", "\n")
def test_any_text_comes_back_from_every_reader(
    summary: str, description: str, location: str
) -> None:
    entry = workshop(summary=summary, description=description, location=location)
    body = render_calendar([entry], name="Programme", organizer=MUSEUM)
    expected = {
        "SUMMARY": kept(summary),
        "DESCRIPTION": kept(description),
        "LOCATION": kept(location),
    }
    expected = {name: text for name, text in expected.items() if text.strip()}

    event = read_event(body)
    assert {name: str(event[name]) for name in expected} == expected
    vevent = vobject.readOne(body.decode()).vevent
    assert {name: vevent.contents[name.lower()][0].value for name in expected} == expected
    [ical_event] = IcsCalendarStream.calendar_from_ics(body.decode()).events
    assert {name: getattr(ical_event, name.lower()) for name in expected} == expected


@given(st.lists(texts, max_size=4))
def test_categories_come_back_one_by_one(categories: list[str]) -> None:
    body = render_calendar(
        [workshop(categories=tuple(categories))], name="Programme", organizer=MUSEUM
    )
    event = read_event(body)
    read = [str(category) for category in event["CATEGORIES"].cats] if "CATEGORIES" in event else []
    assert read == [kept(category) for category in categories if kept(category).strip()]


def test_a_line_is_folded_between_characters() -> None:
    body = render_calendar([workshop(summary="é" * 60)], name="x", organizer=MUSEUM)
    start = body.index(b"SUMMARY")
    assert body[start:].split(b"\r\n")[:2] == [
        ("SUMMARY;LANGUAGE=fr:" + "é" * 27).encode(),  # 74 octets: the next character takes two
        (" " + "é" * 33).encode(),
    ]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Muséum", '"Muséum"'),
        ('Le "Mus" : arts; sciences, etc.', "\"Le 'Mus' : arts; sciences, etc.\""),
        ("Deux\nlignes\x00", '"Deux lignes"'),
    ],
)
def test_the_organizers_name_cannot_break_out_of_its_quotes(name: str, written: str) -> None:
    body = render_calendar([workshop()], name="x", organizer=(name, "a+b@museum.example"))
    unfolded = body.decode().replace("\r\n ", "")
    assert f"ORGANIZER;CN={written}:mailto:a+b@museum.example\r\n" in unfolded


def test_an_address_outside_ascii_is_encoded() -> None:
    body = render_calendar(
        [workshop(url="https://parvis.example/séances/1?q=été#x")], name="x", organizer=MUSEUM
    )
    assert b"URL:https://parvis.example/s%C3%A9ances/1?q=%C3%A9t%C3%A9#x\r\n" in body
