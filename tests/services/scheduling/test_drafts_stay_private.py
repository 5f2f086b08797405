"""Nothing of the working copy is public before its release: in no page, no calendar, no API."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from services.scheduling.domain.releasing import release
from services.scheduling.models import (
    Activity,
    Base,
    Commune,
    Edition,
    Festival,
    Organisation,
    PublishedSession,
    Session,
    Space,
    Venue,
)
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.calendars import assert_valid_calendar
from shared.testing.contexts import NOW
from tests.services.scheduling.stored_programme import (
    OPENING,
    StoredProgramme,
    released_programme,
)

_WORKING_COPY: tuple[type[Base], ...] = (
    *(Festival, Edition, Organisation, Commune, Venue, Space, Activity, Session),
)

#: Columns that take but certain values, and what each becomes.
_OTHER_WORDS = {
    "status": "cancelled",
    "kind": "drop_in",
    "registration": "elsewhere",
    "audience": "adults",
    "time_zone": "Indian/Reunion",
}

_CHANGES: dict[type, Callable[[Any], Any]] = {
    str: lambda text: f"{text or new_id()} brouillon",
    int: lambda number: (number or 0) + 7,
    float: lambda number: (number or 0) + 1.5,
    bool: lambda flag: not flag,
    datetime: lambda moment: (moment or NOW) + timedelta(days=1),
    date: lambda day: day + timedelta(days=1),
    list: lambda values: [*values, "brouillon"],
    dict: lambda _values: {"name": "brouillon"},
}


def _store(context: ServiceContext) -> StoredProgramme:
    """Release one session of every kind and state."""
    with released_programme(context) as programme:
        activity = programme.add_activity(age_min=6, format="Atelier", link="https://a.example/")
        programme.add_session(activity, registration="here", capacity=20, seats_left=4)
        programme.add_session(activity, starts_at=OPENING + timedelta(days=1), status="cancelled")
        programme.add_session(
            programme.add_activity("Gueules grises", organisation_id=None),
            kind="exhibition",
            starts_at=datetime(2026, 9, 1, tzinfo=UTC),
            ends_at=datetime(2026, 12, 1, tzinfo=UTC),
            closures=["2026-10-07"],
            registration="elsewhere",
            registration_telephone="04 76 00 00 00",
        )
    return programme


def _addresses(context: ServiceContext, programme: StoredProgramme) -> list[str]:
    """Return every public address of the programme."""
    with context.database.read() as db:
        sessions = db.scalars(sa.select(PublishedSession.id)).all()
    pages = [
        *("/", "/?edition=fds-2026", "/?q=brouillon", "/?q=muon", "/?commune=38185"),
        *("/?day=2026-10-02", "/?day=2026-10-03", "/?audience=everyone", "/?audience=adults"),
        f"/?venue={programme.venue.id}",
        *(f"/sessions/{session_id}" for session_id in sessions),
        *("/api/v1/editions", "/api/v1/sessions", "/api/v1/venues", "/api/v1/venues?q=brouillon"),
        *("/api/v1/sessions?q=brouillon", "/api/v1/sessions?edition=fds-2026"),
        *("/api/v1/sessions?commune=38185", "/api/v1/sessions?to=2026-10-02"),
        *(f"/api/v1/sessions/{session_id}" for session_id in sessions),
    ]
    feeds = [
        *("/feeds/editions/fds-2026.ics", "/feeds/communes/38185.ics", "/feeds/communes/38421.ics"),
        f"/feeds/venues/{programme.venue.id}.ics",
        f"/feeds/spaces/{programme.space.id}.ics",
        f"/feeds/organisations/{programme.organisation.id}.ics",
        *(f"/sessions/{session_id}.ics" for session_id in sessions),
    ]
    return [
        f"{address}{'&' if '?' in address else '?'}lang={lang}"
        for address in pages + feeds
        for lang in ("fr", "en")
    ]


def _answers(client: FlaskClient, addresses: list[str]) -> dict[str, tuple[int, bytes, str | None]]:
    found = {}
    for address in addresses:
        answer = client.get(address)
        found[address] = (answer.status_code, answer.data, answer.headers.get("ETag"))
    return found


def _change_everything(context: ServiceContext) -> None:
    """Give every column of every row of the working copy another value, but for the keys."""
    with context.database.write() as db:
        for model in _WORKING_COPY:
            table: Any = model.__table__
            columns = [
                column
                for column in table.c
                if not column.primary_key
                and not column.foreign_keys
                and (table.name, column.name) != ("editions", "published")
            ]
            for row in db.scalars(sa.select(model)):
                for column in columns:
                    setattr(row, column.name, _changed(column, getattr(row, column.name)))


def _changed(column: Any, value: Any) -> Any:
    if column.name in _OTHER_WORDS:
        return _OTHER_WORDS[column.name]
    kind = type(value) if value is not None else column.type.python_type
    return _CHANGES.get(kind, lambda same: same)(value)


def _add_drafts(context: ServiceContext, programme: StoredProgramme) -> dict[str, Any]:
    """Draft a new edition, and a session in new places that nobody has heard of."""
    with context.database.write() as db:
        drafts: dict[str, Any] = {
            "edition": Edition(
                festival_id=programme.festival.id,
                slug="secret-2027",
                name_fr="Secret 2027",
                starts_on=date(2026, 9, 25),
                ends_on=date(2026, 9, 30),
                edited_at=NOW,
            ),
            "organisation": Organisation(name="Secret", edited_at=NOW),
            "venue": Venue(
                name="Secret",
                commune=Commune(insee_code="38421", name="Secret"),
                edited_at=NOW,
            ),
        }
        db.add_all(drafts.values())
        db.flush()
        drafts["space"] = Space(venue_id=drafts["venue"].id, name="Secret", edited_at=NOW)
        drafts["activity"] = Activity(
            edition_id=programme.edition.id,
            organisation_id=drafts["organisation"].id,
            title_fr="Secret",
            edited_at=NOW,
        )
        db.add_all(drafts.values())
        db.flush()
        drafts["session"] = Session(
            edition_id=programme.edition.id,
            activity_id=drafts["activity"].id,
            venue_id=drafts["venue"].id,
            space_id=drafts["space"].id,
            uid="secret@parvis",
            starts_at=OPENING,
            ends_at=OPENING + timedelta(hours=1),
            edited_at=NOW,
        )
        db.add(drafts["session"])
    return drafts


def test_whatever_is_edited_every_public_answer_stays_the_same(
    client: FlaskClient, context: ServiceContext
) -> None:
    programme = _store(context)
    addresses = _addresses(context, programme)
    before = _answers(client, addresses)
    assert {status for status, *_rest in before.values()} == {200}

    _change_everything(context)
    _add_drafts(context, programme)

    after = _answers(client, addresses)
    assert [address for address in addresses if after[address] != before[address]] == []


def test_sessions_moved_elsewhere_by_a_draft_stay_where_they_were(
    client: FlaskClient, context: ServiceContext
) -> None:
    programme = _store(context)
    addresses = _addresses(context, programme)
    before = _answers(client, addresses)
    drafts = _add_drafts(context, programme)

    with context.database.write() as db:
        for session in db.scalars(sa.select(Session)):
            session.activity_id = drafts["activity"].id
            session.venue_id, session.space_id = drafts["venue"].id, drafts["space"].id
            session.revision += 1

    assert _answers(client, addresses) == before


def test_before_the_first_release_there_is_nothing_to_see(
    client: FlaskClient, context: ServiceContext
) -> None:
    with context.database.write() as db:
        programme = StoredProgramme(db)
        session = programme.add_session()
    assert "Le programme arrive" in client.get("/").text
    for path in (
        f"/sessions/{session.id}",
        f"/sessions/{session.id}.ics",
        f"/api/v1/sessions/{session.id}",
        "/feeds/editions/fds-2026.ics",
    ):
        assert client.get(path).status_code == 404, path
    for path in ("/api/v1/editions", "/api/v1/sessions", "/api/v1/venues"):
        assert client.get(path).get_json() == {"items": [], "next": None}


@pytest.mark.parametrize("kind", ["venue", "space", "organisation", "commune"])
def test_a_calendar_can_be_subscribed_to_before_anything_is_released_and_tells_nothing(
    client: FlaskClient, context: ServiceContext, kind: str
) -> None:
    programme = _store(context)
    drafts = _add_drafts(context, programme)
    key = "38421" if kind == "commune" else drafts[kind].id
    path = f"/feeds/{kind}s/{key}.ics"
    early = client.get(path)
    assert early.status_code == 200
    assert_valid_calendar(early.data)
    assert (b"VEVENT" in early.data, b"ecret" in early.data) == (False, False)
    again = {"If-None-Match": early.headers["ETag"]}
    assert client.get(path, headers=again).status_code == 304

    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
    released = client.get(path, headers=again)
    assert released.status_code == 200
    assert b"UID:secret@parvis" in released.data
    assert b"X-WR-CALNAME:Secret" in released.data


def test_every_table_of_the_working_copy_was_looked_at() -> None:
    published = {"published_sessions", "released_sessions", "releases"}
    editable = {
        table.name
        for table in Base.metadata.sorted_tables
        if "revision" in table.c and table.name not in published
    }
    staff_only = {
        *("edition_rules", "presenters", "resources", "stops", "tours", "unavailabilities"),
        "unplaced_sessions",
    }
    looked_at = {model.__tablename__ for model in _WORKING_COPY}
    assert editable - {"site_texts"} == (looked_at - {"communes"}) | staff_only
