"""Occupancy of an edition: what adds up, what is told of it, to whom, and when it moves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from services.registration.models import SessionSeats
from services.registration.occupancy_queries import (
    Fill,
    SessionFacts,
    SessionFill,
    fills,
    occupancy,
)
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from shared.web.sign_in import SignedInAccount
from tests.services.registration.factories import (
    publish,
    publish_again,
    register,
    request,
    session_data,
    wanted,
)
from tests.services.registration.staff_browsing import LIBRARY, MUSEUM, enter, looks, viewer

SATURDAY = datetime(2026, 10, 3, 8, tzinfo=UTC)


def session(
    commune: str = "Grenoble",
    *,
    days: int = 0,
    capacity: int | None = 10,
    taken: int = 0,
    waiting: int = 0,
) -> SessionFill:
    starts_at = SATURDAY + timedelta(days=days)
    return SessionFill(
        new_id(),
        starts_at,
        starts_at.date(),
        "Voir un muon",
        None,
        "Europe/Paris",
        commune,
        "La Casemate",
        None,
        None,
        None,
        capacity,
        taken,
        waiting,
    )


@pytest.mark.parametrize(
    ("fill", "percent", "step"),
    [
        (Fill(1, 0, 0, 7), None, "none"),
        (Fill(1, 100, 0), 0, "empty"),
        (Fill(1, 1000, 1), 1, "low"),
        (Fill(1, 100, 39), 39, "low"),
        (Fill(1, 100, 40), 40, "half"),
        (Fill(1, 100, 75), 75, "high"),
        (Fill(1, 1000, 999), 99, "high"),
        (Fill(1, 100, 100), 100, "full"),
        (Fill(1, 100, 101), 101, "over"),
    ],
)
def test_a_rate_never_rounds_to_full_or_empty(fill: Fill, percent: int | None, step: str) -> None:
    assert (fill.percent, fill.step) == (percent, step)


def test_communes_stand_by_name_and_days_in_order() -> None:
    found = occupancy(
        [
            session("Voiron", days=1, taken=5),
            session("Échirolles", taken=10, waiting=2),
            session("", capacity=None, taken=4),
            session("Voiron", taken=1),
        ],
        now=NOW,
        most=2,
    )

    assert [name for name, _fill, _cells in found.rows] == ["Échirolles", "Voiron", ""]
    assert found.days == (date(2026, 10, 3), date(2026, 10, 4))
    assert found.rows[1][2] == {
        date(2026, 10, 4): Fill(1, 10, 5, 5, 0),
        date(2026, 10, 3): Fill(1, 10, 1, 1, 0),
    }
    assert found.total == Fill(4, 30, 16, 20, 2)
    assert found.full == 1


def test_the_longest_waitlist_is_most_wanted_and_what_is_over_is_in_no_list() -> None:
    over = session(days=-30, taken=10, waiting=50)
    full, waited, empty = (
        session(taken=10),
        session(taken=10, waiting=3),
        session(taken=1),
    )
    found = occupancy([over, full, empty, waited, session(taken=7)], now=NOW, most=3)

    assert found.wanted == (waited, full)
    assert found.empty == (empty,)


@given(
    st.lists(
        st.builds(
            session,
            st.sampled_from(["Grenoble", "Voiron", ""]),
            days=st.integers(0, 3),
            capacity=st.none() | st.integers(0, 20),
            taken=st.integers(0, 30),
            waiting=st.integers(0, 5),
        )
    )
)
def test_every_seat_is_counted_once_in_each_direction(sessions: list[SessionFill]) -> None:
    found = occupancy(sessions, now=NOW, most=5)

    def people(parts: list[Fill]) -> tuple[int, int, int]:
        return (
            sum(one.sessions for one in parts),
            sum(one.people for one in parts),
            sum(one.waiting for one in parts),
        )

    expected = people([found.total])
    assert people([fill for _name, fill, _cells in found.rows]) == expected
    assert people(list(found.by_day.values())) == expected
    assert people([one for _n, _f, cells in found.rows for one in cells.values()]) == expected


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


EDITION = session_data()["edition"]


def at(context: ServiceContext, organisation: UUID, **changes: Any) -> UUID:
    owner = {"id": str(organisation), "name": "Muséum", "email": None}
    return publish(context, organisation=owner, edition=EDITION, **changes)


def test_a_day_is_the_sessions_own(context: ServiceContext) -> None:
    late = datetime(2026, 10, 3, 22, 30, tzinfo=UTC)
    at(
        context,
        MUSEUM,
        starts_at=late.isoformat(),
        ends_at=(late + timedelta(hours=1)).isoformat(),
    )
    with context.database.read() as db:
        [found] = fills(db, viewer("coordinator"), UUID(EDITION["id"]), SessionFacts())

    assert (found.day, found.commune, found.capacity) == (date(2026, 10, 4), "Grenoble", 10)


def test_a_release_is_seen_though_facts_are_kept(context: ServiceContext) -> None:
    published, facts = at(context, MUSEUM), SessionFacts()

    def titles() -> list[tuple[str, int]]:
        with context.database.read() as db:
            found = fills(db, viewer("coordinator"), UUID(EDITION["id"]), facts)
        return [(one.title_fr, one.taken) for one in found]

    first = titles()
    publish_again(context, published, title={"fr": "Voir un neutrino", "en": None})
    register(context, request(wanted(published, adults=2)))

    assert (first, titles()) == ([("Voir un muon", 0)], [("Voir un neutrino", 2)])


@pytest.mark.parametrize(
    ("who", "taken"),
    [
        (viewer("coordinator"), "5"),
        (viewer("organiser", organisations=(MUSEUM,)), "3"),
        (viewer("organiser", organisations=(new_id(),)), None),
    ],
    ids=["coordination", "own", "another's"],
)
def test_everybody_sees_numbers_of_their_sessions_and_no_name(
    context: ServiceContext, app: Flask, who: SignedInAccount, taken: str | None
) -> None:
    mine, other = at(context, MUSEUM), at(context, LIBRARY, theme="Eau")
    register(context, request(wanted(mine, adults=3)), request(wanted(other, adults=2)))
    page = enter(app, who).get("/console/registration/occupancy")

    assert page.status == 200
    assert "Camille" not in page.html
    figures = page.part("occupancy-figures")
    assert (f"<dd>{taken} " in figures) if taken else figures == ""
    assert looks(context) == []


def test_the_address_narrows_and_a_cell_leads_to_its_sessions(
    context: ServiceContext, app: Flask
) -> None:
    at(context, MUSEUM, theme="Eau", title={"fr": "Voir l’eau", "en": None})
    at(context, LIBRARY, theme="Feu", title={"fr": "Voir le feu", "en": None})
    visitor = enter(app, viewer("coordinator"))
    narrowed = visitor.get("/console/registration/occupancy?theme=Eau")

    assert "Voir l’eau" in narrowed.part("occupancy-lists")
    assert "Voir le feu" not in narrowed.part("occupancy-lists")
    href = narrowed.part("heat-map").partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    sessions = visitor.get(href)
    assert ("Voir l’eau" in sessions.text, "Voir le feu" in sessions.text) == (True, True)
    assert visitor.get(href.replace("Grenoble", "Voiron")).text.count("Voir l’eau") == 0


def test_the_state_is_new_only_when_something_changed(context: ServiceContext, app: Flask) -> None:
    published = at(context, MUSEUM)
    client = enter(app, viewer("coordinator")).client
    address = "/console/registration/occupancy/state?part=figures"
    first = client.get(address)
    same = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    register(context, request(wanted(published, adults=3)))
    after = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, same.status_code, after.status_code) == (200, 304, 200)
    assert "<dd>3 " in after.text
    with context.database.read() as db:
        assert db.scalar(sa.select(SessionSeats.taken)) == 3
