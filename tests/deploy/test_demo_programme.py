"""The demo edition is whole: its numbers, its references, its days and its rooms."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest

from deploy.demo import demo_programme
from deploy.demo.places import yards
from deploy.demo.vocabulary import FORMATS, THEMES
from services.scheduling.domain.audiences import AUDIENCES
from services.scheduling.domain.programme import Programme, SessionRecord

TODAY = date(2026, 9, 3)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(scope="module")
def programme() -> Programme:
    return demo_programme(TODAY)


def dated(programme: Programme) -> list[SessionRecord]:
    return [session for session in programme.sessions if session.kind != "exhibition"]


def test_the_demo_has_the_size_of_a_real_edition(programme):
    assert len({venue.commune_code for venue in programme.venues}) == 50
    assert len(programme.venues) == 60
    assert len(programme.spaces) == 100
    assert len(programme.organisations) == 40
    assert len(programme.activities) == 150
    assert len(programme.sessions) == 400


def test_the_same_day_gives_the_same_programme(programme):
    assert demo_programme(TODAY) == programme


@pytest.mark.parametrize("later", [date(2026, 9, 4), date(2027, 2, 25), date(2028, 2, 29)])
def test_another_day_moves_the_dates_and_nothing_else(programme, later):
    moved = demo_programme(later)
    shift = moved.edition.starts_on - programme.edition.starts_on
    assert (moved.venues, moved.spaces, moved.organisations, moved.activities) == (
        programme.venues,
        programme.spaces,
        programme.organisations,
        programme.activities,
    )
    assert [(session.source_id, local(session.starts_at)) for session in moved.sessions] == [
        (session.source_id, local(session.starts_at) + shift) for session in programme.sessions
    ]


@pytest.mark.parametrize("offset", range(7))
def test_the_edition_starts_on_the_friday_nearest_to_four_weeks_from_today(offset):
    today = TODAY + timedelta(days=offset)
    edition = demo_programme(today).edition
    assert edition.starts_on.isoweekday() == 5
    assert abs((edition.starts_on - today).days - 28) <= 3
    assert edition.ends_on == edition.starts_on + timedelta(days=10)


def test_every_record_has_a_name_of_its_own(programme):
    for records in (
        programme.organisations,
        programme.venues,
        programme.spaces,
        programme.activities,
        programme.sessions,
    ):
        names = Counter(record.source_id for record in records)
        assert [name for name, times in names.items() if times > 1] == []


def test_every_reference_leads_somewhere(programme):
    venues = {venue.source_id for venue in programme.venues}
    spaces = {space.source_id: space.venue for space in programme.spaces}
    organisations = {organisation.source_id for organisation in programme.organisations}
    activities = {activity.source_id for activity in programme.activities}
    assert set(spaces.values()) == venues
    assert {activity.organisation for activity in programme.activities} == organisations
    assert {session.activity for session in programme.sessions} == activities
    assert {session.space for session in programme.sessions} <= set(spaces)
    assert {session.venue for session in programme.sessions} == venues
    assert [
        session.source_id
        for session in programme.sessions
        if session.space is None or spaces[session.space] != session.venue
    ] == []


def test_activities_choose_from_the_closed_lists(programme):
    assert {activity.audience for activity in programme.activities} == set(AUDIENCES)
    assert {activity.theme for activity in programme.activities} == set(THEMES)
    assert {activity.format for activity in programme.activities} == set(FORMATS)


def test_a_quarter_of_the_activities_are_for_classes(programme):
    classes = [a for a in programme.activities if a.audience == "schools"]
    assert 34 <= len(classes) <= 42


def test_every_kind_and_every_way_in_is_there(programme):
    seen = {(session.kind, session.registration) for session in programme.sessions}
    assert {kind for kind, _ in seen} == {"timed", "drop_in", "exhibition"}
    assert {way for _, way in seen} == {"none", "here", "elsewhere"}
    elsewhere = [s for s in programme.sessions if s.registration == "elsewhere"]
    assert any(session.registration_link for session in elsewhere)
    assert any(session.registration_telephone for session in elsewhere)
    assert any(session.registration_email for session in elsewhere)
    assert sum(session.registration_full for session in elsewhere) >= 3
    assert sum(session.status == "cancelled" for session in programme.sessions) == 2


def test_ways_in_are_consistent(programme):
    rooms = {space.source_id: space.capacity for space in programme.spaces}
    for session in programme.sessions:
        contacts = [
            session.registration_link,
            session.registration_telephone,
            session.registration_email,
        ]
        stated = [contact for contact in contacts if contact]
        assert len(stated) == (session.registration == "elsewhere"), session.source_id
        assert (session.capacity is not None) == (session.registration == "here")
        if session.capacity is not None:
            assert 0 < session.capacity <= rooms[session.space], session.source_id
        assert session.registration == "elsewhere" or not session.registration_full


def test_dated_sessions_fall_within_the_edition_at_sane_hours(programme):
    for session in dated(programme):
        starts, ends = local(session.starts_at), local(session.ends_at)
        assert session.starts_at.tzinfo is UTC
        assert programme.edition.starts_on <= starts.date() <= programme.edition.ends_on
        assert starts.date() == ends.date(), session.source_id
        assert starts < ends, session.source_id
        assert starts.hour >= 7, session.source_id
        assert ends.hour <= 23, session.source_id


def test_stands_are_open_from_ten_to_six(programme):
    stands = [session for session in programme.sessions if session.kind == "drop_in"]
    assert {(local(session.starts_at).hour, local(session.ends_at).hour) for session in stands} == {
        (10, 18)
    }


def test_classes_come_on_school_mornings(programme):
    classes = {a.source_id for a in programme.activities if a.audience == "schools"}
    for session in dated(programme):
        if session.activity in classes:
            starts, ends = local(session.starts_at), local(session.ends_at)
            assert starts.isoweekday() <= 5, session.source_id
            assert ends.hour <= 12, session.source_id


def test_exhibitions_are_open_from_tuesday_to_sunday_for_three_months(programme):
    exhibitions = [session for session in programme.sessions if session.kind == "exhibition"]
    assert len(exhibitions) >= 10
    for session in exhibitions:
        opens, closes = local(session.starts_at), local(session.ends_at)
        assert (opens.isoweekday(), closes.isoweekday()) == (2, 7)
        assert 84 <= (closes.date() - opens.date()).days <= 98
        assert opens.date() <= programme.edition.starts_on
        assert programme.edition.ends_on <= closes.date()
        assert [opening.weekday for opening in session.weekly_hours] == [2, 3, 4, 5, 6, 7]
        assert all(opening.opens < opening.closes for opening in session.weekly_hours)
        assert session.closures
        for closed in session.closures:
            assert opens.date() < closed < closes.date()
            assert closed.isoweekday() != 1, session.source_id


def test_no_two_sessions_share_a_room_unless_it_is_a_yard(programme):
    rooms: dict[str, list[SessionRecord]] = {}
    for session in programme.sessions:
        if session.space not in yards():
            rooms.setdefault(session.space, []).append(session)
    clashes = [
        (one.source_id, other.source_id)
        for sessions in rooms.values()
        for one, other in combinations(sessions, 2)
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]
    assert clashes == []


def test_nobody_is_in_two_places_at_once(programme):
    presenters = {a.source_id: a.presenters for a in programme.activities}
    busy: dict[str, list[SessionRecord]] = {}
    for session in dated(programme):
        for presenter in presenters[session.activity]:
            busy.setdefault(presenter, []).append(session)
    clashes = [
        (presenter, one.source_id, other.source_id)
        for presenter, sessions in busy.items()
        for one, other in combinations(sessions, 2)
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]
    assert clashes == []


def test_every_space_is_used(programme):
    unused = {s.source_id for s in programme.spaces} - {s.space for s in programme.sessions}
    assert unused == set()


def local(moment: datetime) -> datetime:
    """Return the moment's wall clock in Isère, without its zone."""
    return moment.astimezone(PARIS).replace(tzinfo=None)
