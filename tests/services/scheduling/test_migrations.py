"""A database of the first version becomes one of the present version: what was public stays so."""

import json
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command

import shared.contracts
from services.scheduling.domain.releasing import pending_changes
from services.scheduling.models import (
    Edition,
    Presenter,
    PublishedPresenter,
    PublishedSession,
    Session,
)
from services.scheduling.web import create_app
from shared.contracts.party_categories import usual_categories
from shared.database import Database
from shared.identifiers import new_id
from shared.messaging.tables import INSTALLATION
from shared.migrations import configuration
from shared.testing.contexts import NOW, make_context

EXAMPLES = Path(shared.contracts.__file__).parent / "examples"
EVENT = json.loads((EXAMPLES / "scheduling.session_published.v1.json").read_text("utf-8"))["data"]


@pytest.fixture
def first_version(database_url):
    """Return a database as the first migration made it, with the session of the golden event."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        command.upgrade(configuration("scheduling", connection), "0001")
        connection.execute(sa.insert(INSTALLATION), {"service": "scheduling", "installed_at": NOW})
    tables = sa.MetaData()
    tables.reflect(database.engine)
    with database.engine.begin() as connection:
        _fill(connection, tables.tables)
    database.dispose()
    return database_url


def _fill(connection, tables):
    sqlite = connection.dialect.name == "sqlite"

    def insert(table, **values):
        plain = {n: v.hex if isinstance(v, UUID) and sqlite else v for n, v in values.items()}
        connection.execute(sa.insert(tables[table]).values(plain))

    edition, venue = EVENT["edition"], EVENT["venue"]
    festival, commune = new_id(), new_id()
    insert("festivals", id=festival, slug="fds", name_fr="Fête de la science")
    insert(
        "editions",
        id=UUID(edition["id"]),
        festival_id=festival,
        slug=edition["slug"],
        name_fr=edition["name"]["fr"],
        name_en=edition["name"]["en"],
        starts_on=date(2026, 10, 2),
        ends_on=date(2026, 10, 12),
        time_zone=edition["time_zone"],
        contact_email=edition["contact_email"],
    )
    insert("communes", id=commune, insee_code="38563", name="Voiron")
    organisation = EVENT["organisation"]
    insert("organisations", id=UUID(organisation["id"]), name=organisation["name"])
    insert("venues", id=UUID(venue["id"]), name=venue["name"], commune_id=commune)
    space = EVENT["space"]
    insert("spaces", id=UUID(space["id"]), venue_id=UUID(venue["id"]), name=space["name"])
    insert(
        "activities",
        id=UUID(EVENT["activity_id"]),
        edition_id=UUID(edition["id"]),
        organisation_id=UUID(organisation["id"]),
        title_fr=EVENT["title"]["fr"],
        description_fr=EVENT["description"]["fr"],
        audience=EVENT["audience"],
        presenters=EVENT["presenters"],
    )
    insert(
        "sessions",
        id=UUID(EVENT["id"]),
        edition_id=UUID(edition["id"]),
        activity_id=UUID(EVENT["activity_id"]),
        venue_id=UUID(venue["id"]),
        space_id=UUID(space["id"]),
        uid=EVENT["uid"],
        sequence=2,
        version=5,
        status="confirmed",
        kind="timed",
        starts_at=datetime.fromisoformat(EVENT["starts_at"]),
        ends_at=datetime.fromisoformat(EVENT["ends_at"]),
        weekly_hours=[],
        closures=[],
        registration="here",
        registration_full=False,
        capacity=EVENT["capacity"],
        seat_categories=EVENT["seat_categories"],
        seats_left=3,
        seats_version=8,
        searchable="fabrique ton glacier",
        changed_at=NOW,
    )
    for version, title in ((4, "Ancien titre"), (5, EVENT["title"]["fr"])):
        insert(
            "outbox",
            id=new_id(),
            type="scheduling.session_published",
            version=1,
            aggregate_id=UUID(EVENT["id"]),
            aggregate_version=version,
            occurred_at=NOW,
            correlation_id="c",
            data={**EVENT, "title": {"fr": title, "en": EVENT["title"]["en"]}},
            returned=False,
        )


def test_what_was_stored_is_public_as_it_was_last_told(first_version):
    context = make_context("scheduling", first_version)
    with context.database.read() as db:
        published = db.scalars(sa.select(PublishedSession)).one()
        session = db.scalars(sa.select(Session)).one()
        edition = db.scalars(sa.select(Edition)).one()

    assert published.details == EVENT
    assert (published.version, published.sequence, published.changed_at) == (5, 2, NOW)
    assert (published.seats_left, published.seats_version) == (3, 8)
    assert (published.title_fr, published.commune_name) == (EVENT["title"]["fr"], "Voiron")
    assert (session.revision, session.held_back, session.stated) == (1, False, None)
    assert edition.published["name_fr"] == EVENT["edition"]["name"]["fr"]
    assert (edition.party_categories, edition.former_categories) == (usual_categories(), [])
    context.database.dispose()


def test_only_what_differs_from_what_was_told_waits_and_the_public_still_sees_the_session(
    first_version,
):
    context = make_context("scheduling", first_version)
    with context.database.read() as db:
        edition_id = db.scalars(sa.select(Edition.id)).one()
        pending = pending_changes(db, edition_id)
        assert pending.changes == ()
        assert "party_categories" not in pending.edition_fields
    page = create_app(context).test_client().get(f"/sessions/{EVENT['id']}")

    assert page.status_code == 200
    assert EVENT["title"]["fr"] in page.get_data(as_text=True)
    context.database.dispose()


def test_the_released_sessions_are_found_by_who_presents_them_and_where_they_are(first_version):
    context = make_context("scheduling", first_version)
    with context.database.read() as db:
        present = db.execute(
            sa.select(PublishedPresenter.session_id, Presenter.name).join(
                Presenter, Presenter.id == PublishedPresenter.presenter_id
            )
        )
        assert [tuple(row) for row in present] == [(UUID(EVENT["id"]), "Nour B.")]
        published = db.scalars(sa.select(PublishedSession)).one()
        venue = EVENT["venue"]
        assert (published.latitude, published.longitude) == (venue["latitude"], venue["longitude"])
    context.database.dispose()
