"""The desk: who may, what is registered, once, and what is told."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from services.registration.domain.allotments import create
from services.registration.models import Allotment, Registration, RegistrationNote
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from shared.web.sign_in import SignedInAccount
from tests.services.registration.browsing import Page, Visitor, how_many
from tests.services.registration.factories import (
    publish_again,
    recorded,
    register,
    request,
    seats,
    wanted,
)
from tests.services.registration.staff_browsing import (
    LIBRARY,
    MUSEUM,
    at_the_museum,
    enter,
    looks,
    viewer,
)

ORGANISER = viewer("organiser", organisations=(MUSEUM,))


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def session(context: ServiceContext) -> UUID:
    return at_the_museum(context)


def desk(session: UUID) -> str:
    return f"/console/registration/sessions/{session}/desk"


def fill(page: Page, **typed: str) -> Page:
    """Send the desk's form with what is in it, and what is typed."""
    action = page.address.partition("?")[0]
    return page.visitor.post(action, {**page.forms[action][0], **typed})


def at_desk(app: Flask, session: UUID, account: SignedInAccount = ORGANISER) -> Page:
    return enter(app, account).get(desk(session))


def test_a_name_and_numbers_are_enough(context: ServiceContext, app: Flask, session: UUID) -> None:
    made = fill(at_desk(app, session), name="Odette Roux", adults="2", children="1")
    assert (made.status, made.location.partition("=")[0]) == (303, f"{desk(session)}?made")
    page = made.visitor.get(made.location)
    with context.database.read() as db:
        [stored] = db.query(Registration)
    code = stored.code

    assert (stored.name, stored.email, stored.telephone) == ("Odette Roux", None, None)
    assert stored.entered_by == ORGANISER.id
    assert (seats(context, session).taken, seats(context, session).bookings) == (3, 1)
    assert "Odette Roux est sur la liste" in page.text
    assert f"<span>{code[:4]}</span> <span>{code[4:]}</span>" in page.part("desk-code")
    assert "autofocus" in page.part("desk-name")
    assert page.forms[desk(session)][0]["name"] == ""
    [(event, _version, told)] = recorded(context)
    assert (event, told["email"], told["name"]) == ("registration_made", None, "Odette Roux")
    assert looks(context) == []


def test_what_else_was_said_is_kept(context: ServiceContext, app: Flask, session: UUID) -> None:
    fill(
        at_desk(app, session),
        name="Odette Roux",
        adults="1",
        email="Odette@Example.org",
        telephone="04 76 00 11 22",
        locale="en",
        wheelchairs="1",
        note="Vient avec son chien guide.\r\nArrive tôt.",
    )
    with context.database.read() as db:
        [stored] = db.query(Registration)
        [note] = db.query(RegistrationNote)
        [booking] = stored.bookings

    assert (stored.email, stored.telephone, stored.locale) == (
        "odette@example.org",
        "04 76 00 11 22",
        "en",
    )
    assert (booking.wheelchairs, booking.seats) == (1, 0)
    assert (note.text, note.account_name, note.registration_id) == (
        "Vient avec son chien guide.\nArrive tôt.",
        "Nour",
        stored.id,
    )


def test_a_double_click_makes_one_registration(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    page = at_desk(app, session)
    first = fill(page, name="Odette Roux", adults="2", note="Rappelle demain")
    second = fill(page, name="Odette Roux", adults="2", note="Rappelle demain")

    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert how_many(context) == 1
    with context.database.read() as db:
        assert db.query(RegistrationNote).count() == 1


def test_back_and_enter_again_asks_before_a_second_one(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    fill(at_desk(app, session), name="Martin", adults="2")
    again = fill(at_desk(app, session), name="Martin", adults="2")

    assert again.status == 409
    assert "Martin vient d’être inscrit·e avec ces nombres" in again.text
    assert how_many(context) == 1
    namesake = fill(again)
    assert namesake.status == 303
    assert how_many(context) == 2


def test_the_same_form_with_another_name_is_not_lost_nor_mixed_up(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    page = at_desk(app, session)
    fill(page, name="Martin", adults="2")
    other = fill(page, name="Durand", adults="1")

    assert other.status == 409
    assert other.forms[desk(session)][0]["name"] == "Durand"
    assert fill(other).status == 303
    with context.database.read() as db:
        assert sorted(one.name for one in db.query(Registration)) == ["Durand", "Martin"]


def test_a_full_session_puts_in_waiting_when_asked(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    register(context, request(wanted(session, adults=9)))
    refused = fill(at_desk(app, session), name="Roux", adults="2")

    assert refused.status == 409
    assert refused.error("party").replace("\u00a0", " ") == (
        "Il ne reste que 1 place : réduisez le groupe, ou mettez-le en attente."
    )
    waiting = fill(refused, if_full="waitlist")
    assert "Roux est en attente" in waiting.visitor.get(waiting.location).text
    assert (seats(context, session).taken, seats(context, session).waiting) == (9, 1)


def test_seats_of_an_allotment_are_taken_from_it(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    with context.database.write() as db:
        kept = create(db, session, name="Écoles", seats=4).id
    page = at_desk(app, session)
    assert "Écoles (0 / 4)" in page.text
    fill(page, name="Roux", adults="3", allotment=str(kept))

    with context.database.read() as db:
        assert db.get_one(Allotment, kept).taken == 3
    assert (seats(context, session).taken, seats(context, session).held) == (3, 1)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"adults": "2"},
            "name",
            "Indiquez un nom : il sert à retrouver l’inscription à l’accueil.",
        ),
        ({"name": "Roux"}, "party", "Indiquez combien de personnes viennent."),
        (
            {"name": "Roux", "adults": "1", "email": "roux@"},
            "email",
            "Cette adresse électronique n’est pas complète ou contient une faute.",
        ),
        (
            {"name": "Roux", "adults": "11"},
            "party",
            "Cette séance compte 10 places en tout : ce groupe n’y tient pas.",
        ),
    ],
    ids=["no name", "nobody", "half an address", "too many"],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(
    context: ServiceContext,
    app: Flask,
    session: UUID,
    typed: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    page = fill(at_desk(app, session), note="Garder", **typed)

    assert page.status in (409, 422)
    assert page.error(field).replace("\u00a0", " ") == sentence
    assert "Garder" in page.part("note")
    assert how_many(context) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (ORGANISER, 200),
        (viewer("coordinator"), 200),
        (viewer("organiser", organisations=(LIBRARY,)), 403),
        (viewer("reader", sees_names=True), 403),
        (viewer("door"), 403),
    ],
    ids=["own", "coordination", "another's", "reader", "door"],
)
def test_who_may_enter(
    context: ServiceContext, app: Flask, session: UUID, who: SignedInAccount, status: int
) -> None:
    visitor: Visitor = enter(app, who)
    token = visitor.get("/console/registration").html.partition('name="csrf_token" value="')[2]
    values = {"csrf_token": token.partition('"')[0], "name": "Roux", "adults": "1"}

    assert visitor.get(desk(session)).status == status
    if status == 403:
        assert visitor.post(desk(session), values).status in (400, 403)
        assert how_many(context) == 0


def test_nobody_else_reads_what_was_just_entered(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    made = fill(at_desk(app, session), name="Odette Roux", adults="1")
    colleague = enter(app, viewer("coordinator"))

    assert "Odette Roux" not in colleague.get(made.location).text
    slip = f"/console/registration/registrations/{made.location.partition('=')[2]}/slip"
    assert colleague.get(slip).status == 403
    assert "Odette Roux" in made.visitor.get(slip).text
    assert f'href="{desk(session)}"' in made.visitor.get(slip).html


def test_what_is_wrong_is_listed_as_it_stands_in_the_form(app: Flask, session: UUID) -> None:
    page = fill(at_desk(app, session), adults="-1", telephone="12", email="roux@")
    summary = page.html.partition('class="error-summary"')[2].partition("</ul>")[0]

    assert re.findall(r'href="#([^"]+)"', summary) == ["name", "adults", "telephone", "email"]


def test_before_the_opening_the_desk_and_the_list_say_when_it_is(
    context: ServiceContext, app: Flask
) -> None:
    opens = NOW + timedelta(days=2)
    session = at_the_museum(context, registration_opens_at=opens.isoformat())
    for page in (at_desk(app, session), enter(app, ORGANISER).get(desk(session)[: -len("/desk")])):
        assert "Inscriptions à partir du" in page.text
        assert "Il reste" not in page.text


def test_of_a_cancelled_session_the_desk_counts_no_place(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    publish_again(context, session, status="cancelled")
    page = at_desk(app, session)

    assert "Annulée" in page.text
    assert "Il reste" not in page.text
