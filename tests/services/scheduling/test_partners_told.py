"""Who hears of a release without being registered: place, presenters, organisation, lenders."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.editing.needs import need_resource
from services.scheduling.domain.editing.revisions import change
from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.releasing import release
from services.scheduling.models import (
    Account,
    Activity,
    Organisation,
    Presenter,
    Resource,
    Session,
    Venue,
)
from shared.context import ServiceContext
from shared.contracts.scheduling import SESSIONS_RESCHEDULED
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.lent import Touring

LATER = timedelta(hours=2)


class World:
    """A released session in the museum's auditorium, with everybody who can take part in it."""

    def __init__(self, context: ServiceContext) -> None:
        self.context = context
        with context.database.write() as db:
            touring = Touring(db)
            programme = touring.programme
            programme.organisation.email = "accueil@museum.example"
            activity = programme.add_activity(presenters=["Inès Moreau"])
            session = programme.add_session(activity)
            need_resource(db, activity.id, touring.resource.id, 1, **programme.by)
            self.other = programme.add_venue("Médiathèque").id
            db.flush()
            presenter = db.scalars(sa.select(Presenter)).one()
            self.edition = programme.edition.id
            self.session, self.activity = session.id, activity.id
            self.venue, self.organisation = programme.venue.id, programme.organisation.id
            self.presenter, self.resource = presenter.id, touring.resource.id
            release(db, self.edition, now=NOW)

    def edit(self, model: Any, row_id: UUID, **values: Any) -> None:
        """Change a row as an editor does."""
        with self.context.database.write() as db:
            change(db.get_one(model, row_id), values, account_id=None, now=NOW)

    def add_account(self, email: str, *, locale: str = "fr", **places: list[UUID]) -> UUID:
        """Let somebody in for organisations or venues."""
        with self.context.database.write() as db:
            account = ensure_account(db, email, email.partition("@")[0], ["organiser"], NOW, locale)
            db.flush()
            set_memberships(db, account.id, places.get("runs", []), places.get("keeps", []))
            return account.id

    def release(self, account_id: UUID | None = None) -> list[dict[str, Any]]:
        """Release what waits; return what those who take part are told of it."""
        before = len(self.told())
        with self.context.database.write() as db:
            release(db, self.edition, now=NOW, account_id=account_id)
        return self.told()[before:]

    def told(self) -> list[dict[str, Any]]:
        """Return what was told so far, in order."""
        wanted = OUTBOX.c.type == SESSIONS_RESCHEDULED.type
        with self.context.database.read() as db:
            return list(db.scalars(sa.select(OUTBOX.c.data).where(wanted).order_by(OUTBOX.c.row)))

    def move(self) -> None:
        """Let the session be two hours later."""
        self.edit(Session, self.session, starts_at=OPENING + LATER, ends_at=OPENING + 2 * LATER)


@pytest.fixture
def world(context: ServiceContext) -> World:
    """Return a world in which everything was released once."""
    return World(context)


def roles(told: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what each is to the only session that they are told of."""
    found = {}
    for one in told:
        (session,) = one["sessions"]
        found[one["recipient"]["email"]] = session["roles"]
    return found


def test_nobody_is_told_of_a_session_that_is_new(world: World) -> None:
    assert world.told() == []


def test_everybody_who_takes_part_is_told_once_what_was_and_what_is(world: World) -> None:
    world.edit(Venue, world.venue, contact_email="Regie@Museum.example", contact_name="Régie")
    world.edit(Presenter, world.presenter, email="ines@labo.example")
    world.edit(Activity, world.activity, contact_email="projet@museum.example")
    world.edit(Resource, world.resource, contact_email="prets@cccsti.example")
    world.move()

    told = world.release()

    assert roles(told) == {
        "ines@labo.example": ["presenter"],
        "prets@cccsti.example": ["resource"],
        "projet@museum.example": ["organisation"],
        "regie@museum.example": ["venue"],
    }
    assert [one["recipient"]["name"] for one in told] == ["Inès Moreau", "", "", "Régie"]
    [session] = told[1]["sessions"]
    place = {
        "name": "Muséum",
        "address": "1 rue Dolomieu",
        "postcode": "38000",
        "commune": {"name": "Grenoble"},
    }
    before = {
        "status": "confirmed",
        "kind": "timed",
        "starts_at": OPENING.isoformat(),
        "ends_at": (OPENING + timedelta(hours=1)).isoformat(),
        "time_zone": "Europe/Paris",
        "weekly_hours": [],
        "closures": [],
        "title": {"fr": "Voir un muon", "en": None},
        "venue": place,
        "space": {"name": "Auditorium"},
    }
    moved = {"starts_at": OPENING + LATER, "ends_at": OPENING + 2 * LATER}
    assert session == {
        "session_id": str(world.session),
        "roles": ["resource"],
        "lent": ["Glaciers d’ici"],
        "before": before,
        "after": {**before, **{name: one.isoformat() for name, one in moved.items()}},
    }
    assert {(one["number"], one["part"], one["parts"]) for one in told} == {(2, 1, 1)}


def test_an_organisation_that_is_everything_has_one_event(world: World) -> None:
    world.edit(Venue, world.venue, organisation_id=world.organisation)
    world.edit(Presenter, world.presenter, email="Accueil@museum.example ")
    world.move()

    [told] = world.release()

    assert roles([told]) == {
        "accueil@museum.example": ["venue", "presenter", "organisation", "resource"]
    }
    assert told["recipient"]["name"] == "Muséum de Grenoble"


def test_whoever_has_an_account_is_told_in_their_language_and_instead_of_the_office(
    world: World,
) -> None:
    world.add_account("mia@museum.example", locale="en", runs=[world.organisation])
    gone = world.add_account("gone@museum.example", runs=[world.organisation])
    with world.context.database.write() as db:
        db.get_one(Account, gone).disabled_at = NOW
    world.move()

    [told] = world.release()

    assert told["recipient"] == {"email": "mia@museum.example", "name": "mia", "locale": "en"}


def test_whoever_releases_knows(world: World) -> None:
    mia = world.add_account("mia@museum.example", runs=[world.organisation])
    world.move()
    assert world.release(mia) == []


def test_the_place_that_a_session_leaves_is_told_too(world: World) -> None:
    world.edit(Venue, world.venue, contact_email="ici@museum.example")
    world.edit(Venue, world.other, contact_email="la@mediatheque.example")
    world.edit(Session, world.session, venue_id=world.other, space_id=None)

    told = {one["recipient"]["email"]: one for one in world.release()}

    assert roles([told["ici@museum.example"], told["la@mediatheque.example"]]) == {
        "ici@museum.example": ["venue"],
        "la@mediatheque.example": ["venue"],
    }
    [session] = told["ici@museum.example"]["sessions"]
    places = [session[when]["venue"]["name"] for when in ("before", "after")]
    assert places == ["Muséum", "Médiathèque"]


def test_a_cancellation_and_its_end_are_told(world: World) -> None:
    for status in ("cancelled", "confirmed"):
        world.edit(Session, world.session, status=status)
        [told] = world.release()
        assert told["sessions"][0]["after"]["status"] == status


@pytest.mark.parametrize(
    ("model", "row", "values"),
    [
        (Activity, "activity", {"title_fr": "Voir deux muons"}),
        (Session, "session", {"capacity": 12}),
        (Venue, "venue", {"latitude": 45.0, "longitude": 5.0}),
        (Organisation, "organisation", {"name": "Muséum"}),
    ],
)
def test_what_moves_nothing_is_told_to_nobody(
    world: World, model: Any, row: str, values: dict[str, Any]
) -> None:
    world.edit(model, getattr(world, row), **values)
    assert world.release() == []


def test_what_is_over_is_told_to_nobody(world: World) -> None:
    past = NOW - timedelta(days=3)
    world.edit(Session, world.session, starts_at=past, ends_at=past + timedelta(hours=1))
    assert len(world.release()) == 1  # it was still to come
    world.edit(Session, world.session, starts_at=past + LATER, ends_at=past + 2 * LATER)
    assert world.release() == []


def test_many_sessions_of_one_person_are_several_events_in_order(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.organisation.email = "accueil@museum.example"
        activity = programme.add_activity()
        ids = [
            programme.add_session(activity, starts_at=OPENING + timedelta(hours=n)).id
            for n in range(120)
        ]
        release(db, programme.edition.id, now=NOW)
        edition, other = programme.edition.id, programme.add_venue("Médiathèque").id
    with context.database.write() as db:
        for session_id in ids:
            values = {"venue_id": other, "space_id": None}
            change(db.get_one(Session, session_id), values, account_id=None, now=NOW)
        db.flush()
        release(db, edition, now=NOW)
    with context.database.read() as db:
        wanted = OUTBOX.c.type == SESSIONS_RESCHEDULED.type
        told = db.scalars(sa.select(OUTBOX.c.data).where(wanted).order_by(OUTBOX.c.row)).all()
    assert [(one["part"], one["parts"], len(one["sessions"])) for one in told] == [
        (1, 3, 50),
        (2, 3, 50),
        (3, 3, 20),
    ]
    named = [session["session_id"] for one in told for session in one["sessions"]]
    assert named == list(map(str, ids))


def test_the_statements_do_not_grow_with_the_sessions(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.organisation.email = "accueil@museum.example"
        activity = programme.add_activity()
        ids = [
            programme.add_session(activity, starts_at=OPENING + timedelta(hours=n)).id
            for n in range(12)
        ]
        release(db, programme.edition.id, now=NOW)
        edition = programme.edition.id

    def moving(some: list[UUID], minutes: int) -> int:
        with context.database.write() as db:
            for session_id in some:
                row = db.get_one(Session, session_id)
                values = {"ends_at": row.ends_at + timedelta(minutes=minutes)}
                change(row, values, account_id=None, now=NOW)
        with statements_of(context.database) as statements, context.database.write() as db:
            release(db, edition, now=NOW)
        return len(statements)

    assert moving(ids[:2], 5) == moving(ids, 10)
