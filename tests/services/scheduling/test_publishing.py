"""What others are told of a session: its whole public state, as one release."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

import shared.contracts
from services.scheduling.domain.publishing import (
    BATCH,
    differs,
    is_rescheduled,
    publish_release,
    session_data,
)
from services.scheduling.domain.session_parts import SessionParts, parts_of, searchable_text
from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Organisation,
    Session,
    Space,
    Venue,
)
from shared.contracts.event import ContractError
from shared.contracts.scheduling import RELEASE_PUBLISHED, SESSION_PUBLISHED
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.scheduling.stored_programme import StoredProgramme

GOLDEN = json.loads(
    (
        Path(shared.contracts.__file__).parent / "examples" / "scheduling.session_published.v1.json"
    ).read_text(encoding="utf-8")
)["data"]


def golden_parts() -> SessionParts:
    """Return the rows that the golden example of the contract tells of."""
    edition = GOLDEN["edition"]
    organisation = GOLDEN["organisation"]
    venue = GOLDEN["venue"]
    commune = Commune(**venue["commune"])
    same = (
        *("uid", "sequence", "status", "kind", "weekly_hours", "closures", "registration"),
        *("registration_link", "registration_telephone", "registration_email"),
        *("registration_full", "capacity", "seat_categories"),
    )
    return SessionParts(
        session=Session(
            id=UUID(GOLDEN["id"]),
            starts_at=datetime.fromisoformat(GOLDEN["starts_at"]),
            ends_at=datetime.fromisoformat(GOLDEN["ends_at"]),
            changed_at=datetime.fromisoformat(GOLDEN["changed_at"]),
            **{name: GOLDEN[name] for name in same},
        ),
        activity=Activity(
            id=UUID(GOLDEN["activity_id"]),
            title_fr=GOLDEN["title"]["fr"],
            title_en=GOLDEN["title"]["en"],
            description_fr=GOLDEN["description"]["fr"],
            description_en=GOLDEN["description"]["en"],
            **{
                name: GOLDEN[name]
                for name in (
                    *("audience", "age_min", "age_max", "theme", "format", "presenters", "link"),
                )
            },
        ),
        edition=Edition(
            id=UUID(edition["id"]),
            slug=edition["slug"],
            name_fr=edition["name"]["fr"],
            name_en=edition["name"]["en"],
            starts_on=date(2026, 10, 2),
            ends_on=date(2026, 10, 12),
            time_zone=edition["time_zone"],
            contact_email=edition["contact_email"],
        ),
        venue=Venue(
            id=UUID(venue["id"]),
            **{
                name: venue[name]
                for name in ("name", "address", "postcode", "latitude", "longitude")
            },
        ),
        commune=commune,
        space=Space(id=UUID(GOLDEN["space"]["id"]), name=GOLDEN["space"]["name"]),
        organisation=Organisation(
            id=UUID(organisation["id"]), name=organisation["name"], email=organisation["email"]
        ),
    )


def test_a_session_is_told_of_as_the_golden_example_of_the_contract():
    assert session_data(golden_parts()) == GOLDEN


def test_a_venue_in_another_time_zone_gives_the_session_its_own():
    parts = golden_parts()
    parts.venue.time_zone = "Indian/Reunion"

    assert session_data(parts) == GOLDEN | {"time_zone": "Indian/Reunion"}


def test_search_looks_in_titles_places_and_people_without_accents_or_case():
    assert searchable_text(golden_parts()) == (
        "fabrique ton glacier build your own glacier du sable, de l'eau, un congelateur : "
        "deux heures pour comprendre mille ans. terre et environnement mediatheque de voiron "
        "voiron les petits glaciologues nour b."
    )


@pytest.mark.parametrize(
    ("change", "is_change", "is_schedule_change"),
    [
        ({}, False, False),
        ({"changed_at": "2027-01-01T00:00:00+00:00", "sequence": 9}, False, False),
        ({"title": {"fr": "Autre", "en": None}}, True, False),
        ({"capacity": 20}, True, False),
        ({"registration": "none"}, True, False),
        ({"starts_at": "2026-10-10T12:30:00+00:00"}, True, True),
        ({"ends_at": "2026-10-10T14:30:00+00:00"}, True, True),
        ({"time_zone": "Indian/Reunion"}, True, True),
        ({"space": None}, True, True),
        ({"venue": GOLDEN["venue"] | {"address": "2 place de la République"}}, True, True),
        ({"status": "cancelled"}, True, True),
        ({"closures": ["2026-10-11"]}, True, True),
    ],
)
def test_time_place_and_status_raise_the_sequence_and_nothing_else_does(
    change, is_change, is_schedule_change
):
    after = GOLDEN | change

    assert (differs(GOLDEN, after), is_rescheduled(GOLDEN, after)) == (
        is_change,
        is_schedule_change,
    )


def test_a_release_tells_of_each_session_in_order_and_then_closes(context):
    told: list[int] = []
    with context.database.write() as db:
        stored = StoredProgramme(db)
        ids = [session.id for session in stored.add_sessions(BATCH + 5)]
        edition_id = stored.edition.id
    with context.database.write() as db:
        sessions = [parts_of(db.get_one(Session, identifier)) for identifier in ids]
        release_id = publish_release(db, edition_id, sessions, now=NOW, progress=told.append)

    with context.database.read() as db:
        rows = db.execute(sa.select(OUTBOX).order_by(OUTBOX.c.row)).all()
        first = session_data(parts_of(db.get_one(Session, ids[0])))
    assert [row.type for row in rows] == [SESSION_PUBLISHED.type] * len(ids) + [
        RELEASE_PUBLISHED.type
    ]
    assert [row.aggregate_id for row in rows] == [*ids, release_id]
    assert {row.release_id for row in rows} == {release_id}
    assert rows[0].data == first
    assert rows[-1].data == {
        "id": str(release_id),
        "edition_id": str(edition_id),
        "sessions": [str(identifier) for identifier in ids],
    }
    assert told == [BATCH, 5]


def test_a_release_of_nothing_is_none(context):
    with context.database.write() as db:
        stored = StoredProgramme(db)
        assert publish_release(db, stored.edition.id, [], now=NOW) is None

    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(OUTBOX)) == 0


def test_what_breaks_the_contract_is_not_published_at_all(context):
    with context.database.write() as db:
        stored = StoredProgramme(db)
        good, bad = stored.add_sessions(2)
        edition_id = stored.edition.id

    with pytest.raises(ContractError), context.database.write() as db:
        sessions = [parts_of(db.get_one(Session, identifier)) for identifier in (good.id, bad.id)]
        broken = sessions[1].activity
        db.expunge(broken)
        broken.audience = None
        publish_release(db, edition_id, sessions, now=datetime(2026, 9, 1, tzinfo=UTC))

    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(OUTBOX)) == 0
