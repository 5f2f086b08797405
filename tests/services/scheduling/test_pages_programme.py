"""The programme's page: what it shows, what narrows it, and how little it asks of the database."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.scheduling.domain.releasing import release
from services.scheduling.models import Commune, Edition, Session
from services.scheduling.pages.public import PAGE_LENGTH
from shared.context import ServiceContext
from shared.testing.contexts import NOW, FrozenClock
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.stored_programme import (
    OPENING,
    StoredProgramme,
    released_programme,
)

_LISTED = re.compile(r'<h4><a href="/sessions/([0-9a-f-]{36})">')


def _listed(client: FlaskClient, path: str = "/") -> list[str]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    return _LISTED.findall(response.text)


def _ids(*sessions: Session) -> list[str]:
    return [str(session.id) for session in sessions]


def _exhibition(programme: StoredProgramme, **changes: Any) -> Session:
    values = {
        "kind": "exhibition",
        "starts_at": datetime(2026, 9, 1, tzinfo=UTC),
        "ends_at": datetime(2026, 12, 1, tzinfo=UTC),
        "weekly_hours": [{"weekday": d, "opens": "10:00", "closes": "18:00"} for d in range(2, 8)],
        **changes,
    }
    return programme.add_session(programme.add_activity("Gueules grises"), **values)


def test_with_no_edition_the_page_says_so(client: FlaskClient) -> None:
    assert "Le programme arrive" in client.get("/").text


def test_sessions_are_grouped_by_local_day_in_order(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        late = programme.add_session(starts_at=datetime(2026, 10, 3, 22, 30, tzinfo=UTC))
        first = programme.add_session()
    page = client.get("/").text
    assert _LISTED.findall(page) == _ids(first, late)
    assert re.findall(r'<h3 id="day-([\d-]+)">', page) == ["2026-10-02", "2026-10-04"]
    assert "2 séances" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("commune=38185", ["here"]),
        ("commune=38421", ["there"]),
        ("commune=99999", []),
        ("commune=%00", ["here", "there"]),
        ("day=2026-10-02", ["here"]),
        ("day=2026-10-03", ["there"]),
        ("day=nonsense", ["here", "there"]),
        ("audience=schools", ["there"]),
        ("audience=nonsense", ["here", "there"]),
        ("q=ETOILES", ["there"]),
        ("q=%C3%A9toiles+ciel", ["there"]),
        ("q=etoiles+muon", []),
        ("q=100%25", []),
        ("q=%00", ["here", "there"]),
        ("day=2026-10-03&commune=38421&audience=schools&q=ciel", ["there"]),
        ("cursor=nonsense", ["here", "there"]),
        ("venue=nonsense", ["here", "there"]),
    ],
)
def test_every_filter_narrows_and_nonsense_is_ignored(
    client: FlaskClient, context: ServiceContext, query: str, expected: list[str]
) -> None:
    with released_programme(context) as programme:
        commune = Commune(insee_code="38421", name="Saint-Martin-d’Hères")
        elsewhere = programme.add_venue("Observatoire", commune=commune)
        sky = programme.add_activity(
            "Étoiles", title_en=None, description_fr="Le ciel.", audience="schools"
        )
        stored = {
            "here": programme.add_session(),
            "there": programme.add_session(
                sky, venue_id=elsewhere.id, space_id=None, starts_at=OPENING + timedelta(days=1)
            ),
        }
    assert _listed(client, f"/?{query}") == _ids(*(stored[name] for name in expected))


def test_a_venue_narrows_and_is_named(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        programme.add_session()
        other = programme.add_venue("La Casemate")
        session = programme.add_session(venue_id=other.id, space_id=None)
    page = client.get(f"/?venue={other.id}").text
    assert _LISTED.findall(page) == _ids(session)
    assert "Retirer ce filtre\u00a0:</span> La Casemate" in page


def test_each_chip_takes_away_its_own_filter(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        programme.add_session()
    page = client.get("/?q=muon&day=2026-10-02&commune=38185&audience=everyone").text
    chips = re.findall(r'class="chip" href="([^"]+)"', page)
    assert chips == [
        "/?day=2026-10-02&amp;commune=38185&amp;audience=everyone#choose",
        "/?commune=38185&amp;audience=everyone&amp;q=muon#choose",
        "/?day=2026-10-02&amp;audience=everyone&amp;q=muon#choose",
        "/?day=2026-10-02&amp;commune=38185&amp;q=muon#choose",
    ]


def test_an_empty_result_offers_a_way_out(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        programme.add_session()
    page = client.get("/?q=licorne").text
    assert ">Aucune séance</h2>" in page
    assert '<a class="button secondary" href="/">' in page


def test_what_a_visitor_typed_is_shown_as_text(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        programme.add_session()
    page = client.get('/?q="><script>alert(1)</script>').text
    assert "<script>" not in page


def test_pages_follow_one_another_without_gap_or_repeat(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        activity = programme.add_activity()
        stored = [programme.add_session(activity) for _ in range(2 * PAGE_LENGTH + 3)]
    found, path = [], "/"
    for _ in range(3):
        page = client.get(path).text
        found += _LISTED.findall(page)
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert path == ""
    assert found == sorted(_ids(*stored))


def test_an_exhibition_is_one_line_above_the_days(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        shown = _exhibition(programme)
        session = programme.add_session()
    page = client.get("/").text
    assert _LISTED.findall(page) == _ids(shown, session)
    assert "1 exposition à voir" in page
    assert "jusqu’au 1er décembre, du mardi au dimanche" in page
    assert ">1 séance</h2>" in page


@pytest.mark.parametrize(
    ("day", "is_shown"),
    [("2026-10-06", True), ("2026-10-05", False), ("2026-10-07", False)],
    ids=["a Tuesday", "a Monday", "a day of closure"],
)
def test_a_day_shows_the_exhibitions_that_are_open(
    client: FlaskClient, context: ServiceContext, day: str, is_shown: bool
) -> None:
    with released_programme(context) as programme:
        shown = _exhibition(programme, closures=["2026-10-07"])
    assert _listed(client, f"/?day={day}") == (_ids(shown) if is_shown else [])


def test_during_the_festival_what_is_over_is_left_out_unless_its_day_is_asked_for(
    client: FlaskClient, context: ServiceContext, clock: FrozenClock
) -> None:
    with released_programme(context) as programme:
        over = programme.add_session()
        next_one = programme.add_session(starts_at=OPENING + timedelta(hours=3))
    clock.set(OPENING + timedelta(hours=1))
    assert _listed(client) == _ids(next_one)
    assert _listed(client, "/?day=2026-10-02") == _ids(over, next_one)
    clock.set(OPENING + timedelta(days=300))
    assert _listed(client) == _ids(over, next_one)


def test_the_current_edition_comes_first_and_others_by_name(
    client: FlaskClient, context: ServiceContext, clock: FrozenClock
) -> None:
    with released_programme(context) as programme:
        session = programme.add_session()
    with context.database.write() as db:
        next_year = Edition(
            festival_id=programme.festival.id,
            slug="fds-2027",
            name_fr="Fête de la science 2027",
            starts_on=date(2027, 10, 1),
            ends_on=date(2027, 10, 11),
            edited_at=NOW,
        )
        db.add(next_year)
        db.flush()
        release(db, next_year.id, now=NOW)
    assert _listed(client) == _ids(session)
    assert _listed(client, "/?edition=fds-2027") == []
    assert _listed(client, "/?edition=unknown") == _ids(session)
    clock.set(datetime(2026, 10, 14, tzinfo=UTC))
    assert _listed(client) == []
    page = client.get("/?edition=fds-2026").text
    assert _LISTED.findall(page) == _ids(session)
    assert 'name="edition" value="fds-2026"' in page


def test_the_page_speaks_english_and_shows_english_texts(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        programme.add_session(registration="here", capacity=20, seats_left=3)
    page = client.get("/?lang=en").text
    assert '<html lang="en">' in page
    assert "See a muon" in page
    assert ">3 seats<" in page
    assert "séance" not in page


@pytest.mark.parametrize("number", [1, 40])
@pytest.mark.parametrize("query", ["", "?q=muon&commune=38185&audience=everyone&day=2026-10-02"])
def test_the_number_of_statements_does_not_grow_with_the_list(
    client: FlaskClient, context: ServiceContext, number: int, query: str
) -> None:
    with released_programme(context) as programme:
        for index in range(number):
            place = programme.add_venue(f"Lieu {index}")
            activity = programme.add_activity(f"Muon {index}")
            programme.add_session(activity, venue_id=place.id, space_id=None)
    client.get("/")  # the first page after a release keeps what the edition is made of
    with statements_of(context.database) as sent:
        assert len(_listed(client, f"/{query}")) == number
    assert len(sent) == 5, sent
