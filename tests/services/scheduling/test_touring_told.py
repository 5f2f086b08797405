"""Who is written to about a stop: who decides, who asked, the place; and before an option ends."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.editing.organisations import create_organisation
from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.touring.parties import parties_in, person_acting
from services.scheduling.domain.touring.reminding import options_ending, remind_of_options
from services.scheduling.domain.touring.stops import request_stop, take_step
from services.scheduling.models import Stop, Tour
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import OPENING
from tests.services.scheduling.lent import Touring

SITE = "https://fds.example"


class World:
    """An exhibition of the museum's, asked for by a library for the venue of a town hall."""

    def __init__(self, context: ServiceContext) -> None:
        self.context = context
        with context.database.write() as db:
            touring = Touring(db)
            self.tour = touring.tour.id
            by: dict[str, Any] = {"account_id": None, "now": NOW}
            venue = touring.programme.add_venue("Salle des fêtes")
            library = create_organisation(db, {"name": "Bibliothèque"}, **by).id
            self.library = library
            self.venue = venue.id
            self.lender = _account(db, "lea@museum.example", [touring.programme.organisation.id])
            _account(db, "max@museum.example", [touring.programme.organisation.id])
            self.host = _account(db, "theo@library.example", [library])
            self.keeper = _account(db, "mairie@vizille.example", [], [venue.id])
            ensure_account(db, "ada@fds.example", "Ada", ["coordinator"], NOW)

    def ask(self, **named: Any) -> UUID:
        """Ask for a stop, as the library does."""
        values = {
            "tour_id": self.tour,
            "venue_id": self.venue,
            "opens_at": OPENING + timedelta(days=20),
            "closes_at": OPENING + timedelta(days=29),
            **named,
        }
        with self.context.database.write() as db:
            stop = request_stop(db, values, account_id=self.host, now=NOW, public_url=SITE)
            return stop.id

    def step(self, stop_id: UUID, name: str, account_id: UUID, **values: Any) -> None:
        """Take the stop further as somebody does."""
        with self.context.database.write() as db:
            parties = parties_in(db.get_one(Stop, stop_id), person_acting(db, account_id))
            values |= {"account_id": account_id, "now": NOW, "public_url": SITE}
            take_step(db, stop_id, None, name, parties, **values)

    def told(self, name: str = "stop_moved") -> list[Any]:
        """Return what was told so far, in order."""
        wanted = OUTBOX.c.type == f"scheduling.{name}"
        with self.context.database.read() as db:
            rows = db.execute(sa.select(OUTBOX.c.data).where(wanted).order_by(OUTBOX.c.row))
            return [row.data for row in rows]


def _account(
    db: Any, email: str, organisations: list[UUID], venues: list[UUID] | None = None
) -> UUID:
    role = "venue" if venues else "organiser"
    account = ensure_account(db, email, email.partition("@")[0], [role], NOW)
    db.flush()
    set_memberships(db, account.id, organisations, venues or [])
    return account.id


def addresses(told: Any) -> list[tuple[str, str]]:
    return [(one["email"], one["side"]) for one in told["recipients"]]


@pytest.fixture
def world(context: ServiceContext) -> World:
    return World(context)


LENDERS = [("lea@museum.example", "lender"), ("max@museum.example", "lender")]
HOST = ("theo@library.example", "host")
PLACE = ("mairie@vizille.example", "place")


def test_each_step_is_told_to_those_whom_it_concerns(world: World) -> None:
    stop = world.ask()
    until = (NOW + timedelta(days=4)).date()
    world.step(stop, "option", world.lender, option_until=until)
    world.step(stop, "accept", world.keeper)
    world.step(stop, "confirm", world.lender)
    world.step(stop, "cancel", world.host)

    told = world.told()
    assert [(one["step"], one["state"], addresses(one)) for one in told] == [
        ("request", "requested", [*LENDERS, PLACE]),
        ("option", "optioned", [HOST]),
        ("accept", "optioned", [*LENDERS, HOST]),
        ("confirm", "confirmed", [HOST, PLACE]),
        ("cancel", "cancelled", [*LENDERS, PLACE]),
    ]
    assert told[1]["option_until"] == until.isoformat()
    assert {one["link"] for one in told} == {f"{SITE}/console/tours/{world.tour}/stops/{stop}"}
    assert [one["who"] for one in told] == ["theo", "lea", "mairie", "lea", "theo"]
    assert told[0]["contacts"] == {"lender": None, "host": "theo@library.example"}


def test_a_step_that_changes_nothing_is_told_to_nobody(world: World) -> None:
    stop = world.ask()
    until = (NOW + timedelta(days=4)).date()
    for later in (0, 0, 1, 1):
        day = until + timedelta(days=later)
        world.step(stop, "option", world.lender, option_until=day)

    told = [(one["step"], one["option_until"]) for one in world.told()]
    assert told == [
        ("request", None),
        ("option", until.isoformat()),
        ("option", (until + timedelta(days=1)).isoformat()),
    ]
    with world.context.database.read() as db:
        assert db.get_one(Stop, stop).revision == 3


def test_all_of_who_receives_are_told_and_who_left_them_is_not(world: World) -> None:
    with world.context.database.write() as db:
        _account(db, "nina@library.example", [world.library])
    contact = {"contact_email": "Accueil@Library.example", "contact_name": "L’accueil"}
    stop = world.ask(organisation_id=world.library, **contact)
    until = (NOW + timedelta(days=4)).date()
    world.step(stop, "option", world.lender, option_until=until)
    with world.context.database.write() as db:
        set_memberships(db, world.host, [], [])
        db.get_one(Stop, stop).contact_email = "nina@library.example"
    world.step(stop, "accept", world.keeper)
    with world.context.database.write() as db:
        db.get_one(Stop, stop).contact_email = None
        assert parties_in(db.get_one(Stop, stop), person_acting(db, world.host)) == frozenset()
    world.step(stop, "confirm", world.lender)

    desk, nina = ("accueil@library.example", "host"), ("nina@library.example", "host")
    told = world.told()[1:]
    assert [addresses(one) for one in told] == [
        [desk, nina, HOST],
        [*LENDERS, nina],
        [nina, PLACE],
    ]
    assert [one["contacts"]["host"] for one in told] == [
        *("Accueil@Library.example", "nina@library.example", None),
    ]


def test_where_nobody_lends_the_coordination_decides(world: World) -> None:
    with world.context.database.write() as db:
        db.get_one(Tour, world.tour).resource.organisation_id = None
    world.ask()

    assert addresses(world.told()[-1]) == [("ada@fds.example", "coordination"), PLACE]


def test_an_option_s_end_is_told_once_in_the_morning_three_days_before(world: World) -> None:
    stop = world.ask()
    until = (NOW + timedelta(days=10)).date()
    world.step(stop, "option", world.lender, option_until=until)
    morning = datetime.combine(until - timedelta(days=3), NOW.timetz()).replace(hour=6, minute=0)
    found = []
    for moment in (morning - timedelta(days=1), morning - timedelta(hours=1), morning, morning):
        with world.context.database.write() as db:
            found.append(remind_of_options(db, now=moment, public_url=SITE))
    assert found == [0, 0, 1, 0]
    (told,) = world.told("stop_option_reminded")
    assert (addresses(told), told["option_until"]) == ([HOST, *LENDERS], until.isoformat())

    later = until + timedelta(days=5)
    world.step(stop, "option", world.lender, option_until=later)
    with world.context.database.write() as db:
        near = morning + timedelta(days=5)
        assert remind_of_options(db, now=near, public_url=SITE) == 1


def test_an_option_for_few_days_is_not_told_of_again(world: World) -> None:
    stop = world.ask()
    until = (NOW + timedelta(days=2)).date()
    world.step(stop, "option", world.lender, option_until=until)

    with world.context.database.read() as db:
        assert options_ending(db, now=NOW + timedelta(days=1)) == []
