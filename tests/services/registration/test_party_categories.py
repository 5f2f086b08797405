"""People are counted by the categories of each session's edition, and read by their names."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from services.registration.domain.changing import ChangeRefused, Wanted, change
from services.registration.domain.rules import Limit, Rules
from services.registration.domain.saving_rules import InvalidRules, save_rules
from services.registration.list_queries import booked_parties
from services.registration.models import Booking
from services.registration.name_lists import as_csv
from services.registration.pages.words import party_words
from services.registration.personal_data import held_of
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.contracts.party_categories import usual_categories
from shared.i18n import speaking, translator
from tests.services.registration.browsing import FAMILY, Visitor, how_many
from tests.services.registration.factories import (
    publish,
    publish_again,
    register,
    request,
    seats,
    session_data,
    wanted,
)
from tests.services.registration.test_asking_more import booked
from tests.services.registration.test_pages_selection import choose

ADULTS, CHILDREN, PUPILS, ACCOMPANYING = usual_categories()
STUDENTS = {"code": "etudiants", "fr": "Étudiants", "en": "Students"}


def edition(*categories: Any, former: Any = ()) -> dict[str, Any]:
    """Return an edition that counts these people."""
    whole: dict[str, Any] = session_data()["edition"]
    return whole | {"party_categories": list(categories), "former_categories": list(former)}


@pytest.fixture
def visitor(context: ServiceContext) -> Visitor:
    return Visitor(create_app(context))


def test_a_session_counts_those_whom_its_edition_counts_and_nobody_else(
    context: ServiceContext,
) -> None:
    session = publish(
        context, edition=edition(STUDENTS, CHILDREN), seat_categories=["etudiants"], capacity=5
    )
    usual = publish(context, capacity=5)
    students: Any = {"etudiants": 2, "children": 1}
    [made] = register(context, request(wanted(session, **students)))
    [refused] = register(
        context,
        request(wanted(usual, adults=1), wanted(session, etudiants=1, adults=1), key="k"),
    )

    assert seats(context, session).categories == ["etudiants", "children"]
    assert (made.status, made.body["bookings"][0]["seats"]) == (201, 2)
    assert (refused.status, refused.body["code"]) == (409, "unknown_category")
    assert refused.body["bookings"] == [
        {
            "pointer": "/bookings/1/party/adults",
            "session_id": str(session),
            "code": "unknown_category",
            "seats_left": 3,
        }
    ]
    assert (seats(context, session).taken, seats(context, usual).taken) == (2, 0)


def test_a_dropped_category_reads_as_it_was_called_and_can_only_become_less(
    context: ServiceContext,
) -> None:
    session = publish(context, edition=edition(ADULTS, STUDENTS), capacity=9)
    [made] = register(context, request(wanted(session, adults=1, etudiants=2)))
    publish_again(context, session, edition=edition(ADULTS, former=[STUDENTS]))
    [booking] = made.body["bookings"]

    def resize(**party: int) -> None:
        with context.database.write() as db:
            parties = {UUID(booking["id"]): party}
            change(db, made.body["token"], Wanted(parties=parties), now=context.clock())

    with pytest.raises(ChangeRefused, match="unknown_category"):
        resize(adults=1, etudiants=3)
    resize(adults=2, etudiants=1)

    with context.database.read() as db:
        party = db.get_one(Booking, UUID(booking["id"])).party
    assert party == {"adults": 2, "etudiants": 1}
    assert party_words(party, edition(ADULTS, former=[STUDENTS])) == "2 adultes, Étudiants\u00a0: 1"


def test_a_limit_of_a_dropped_category_holds_nobody_who_changes_a_party(
    context: ServiceContext,
) -> None:
    session = publish(context, edition=edition(ADULTS, STUDENTS), capacity=9)
    with context.database.write() as db:
        rules = Rules(party_limits={"etudiants": Limit(2, None)})
        save_rules(db, session, rules, None, now=context.clock())
    [made] = register(context, request(wanted(session, adults=1, etudiants=2)))
    publish_again(context, session, edition=edition(ADULTS, former=[STUDENTS]))

    [booking] = made.body["bookings"]
    with context.database.write() as db:
        wanted_party = Wanted(parties={UUID(booking["id"]): {"adults": 1}})
        change(db, made.body["token"], wanted_party, now=context.clock())
    assert [one.party for one in booked(context)] == [{"adults": 1}]


def test_words_are_the_editions_and_a_code_where_nobody_knows_any() -> None:
    grown = {**ADULTS, "fr": "Grands", "en": None}
    party = {"children": 1, "adults": 2, "dogs": 3}
    with speaking(translator("services.registration", "en")):
        assert party_words(party, edition(CHILDREN, grown)) == "1 child, Grands: 2, dogs: 3"
    assert party_words({"pupils": 2, "accompanying": 1}, {}) == "2 élèves, 1 accompagnant"


def test_the_form_asks_for_the_editions_categories_in_their_order(
    context: ServiceContext, visitor: Visitor
) -> None:
    people = edition(STUDENTS, PUPILS, {**CHILDREN, "fr": "Moins de 18 ans"})
    session = publish(context, edition=people, seat_categories=["etudiants"], capacity=5)
    form = visitor.get(f"/register/{session}")
    asked = [name for name in form.values if name in ("adults", "children", "pupils", "etudiants")]
    assert asked == ["etudiants", "children"]
    assert "Moins de 18 ans" in form.text
    assert "Prennent une place : Étudiants." in form.text.replace("\u00a0", " ")

    contact = {"email": FAMILY["email"], "name": FAMILY["name"]}
    sent = form.send(contact | {"etudiants": "2", "children": "1"})
    page = visitor.get(sent.location)
    said = page.text.replace("\u00a0", " ")
    assert "Étudiants : 2, Moins de 18 ans : 1" in said
    assert seats(context, session).taken == 2


def test_a_basket_over_two_editions_asks_each_session_its_own(
    context: ServiceContext, visitor: Visitor
) -> None:
    usual = publish(context, capacity=5)
    own = publish(context, edition=edition(STUDENTS), seat_categories=["etudiants"], capacity=5)
    choose(visitor, usual, own)
    form = visitor.get("/register")
    assert [name for name in form.values if name in ("adults", "children", "etudiants")] == [
        "adults",
        "children",
        "etudiants",
    ]

    refused = form.send(FAMILY | {"etudiants": ""})
    assert refused.status == 422
    assert "combien de personnes viennent" in refused.error(f"s{own.hex}-party")
    assert refused.error("party") == ""

    refused.send(FAMILY | {"etudiants": "1"})
    assert [booking.party for booking in booked(context)] == [
        {"adults": 2, "children": 1},
        {"etudiants": 1},
    ]
    assert how_many(context) == 1


def test_limits_are_for_categories_that_there_are(context: ServiceContext) -> None:
    session = publish(context, edition=edition(ADULTS, STUDENTS))
    with context.database.write() as db, pytest.raises(InvalidRules) as caught:
        rules = Rules(party_limits={"pupils": Limit(1, 2)})
        save_rules(db, session, rules, None, now=context.clock())
    assert caught.value.faults == {"party_limits/pupils": "unknown_category"}

    with context.database.write() as db:
        rules = Rules(party_limits={"etudiants": Limit(1, 2)})
        save_rules(db, session, rules, None, now=context.clock())
    [refused] = register(context, request(wanted(session, adults=1)))
    assert (refused.body["code"], refused.body["bookings"][0]["pointer"]) == (
        "too_few",
        "/bookings/0/party/etudiants",
    )
    publish_again(context, session, edition=edition(ADULTS, former=[STUDENTS]))
    [made] = register(context, request(wanted(session, adults=1)))
    assert made.status == 201


def test_lists_and_personal_data_name_every_category_that_somebody_counts(
    context: ServiceContext,
) -> None:
    people = edition(CHILDREN, former=[STUDENTS, PUPILS])
    session = publish(context, edition=edition(CHILDREN, STUDENTS), seat_categories=["children"])
    [made] = register(context, request(wanted(session, children=1, etudiants=2)))
    publish_again(context, session, edition=people)
    with context.database.read() as db:
        parties = booked_parties(db, session)
        [held] = held_of(db, [UUID(made.body["id"])], locale="fr")

    text = as_csv(parties, "Europe/Paris", (), people).decode("utf-8-sig")
    [head, row] = csv.reader(io.StringIO(text), delimiter=";")
    assert (head[4:7], row[4:7]) == (["Enfants", "Étudiants", "Places"], ["1", "2", "1"])
    [booking] = held.bookings
    assert booking.edition == {
        "party_categories": [CHILDREN],
        "former_categories": [STUDENTS, PUPILS],
    }
    assert made.status == 201
