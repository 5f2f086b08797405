"""Another session, proposed from a session's list and answered on the registration's own page."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from services.registration.domain.offers import expire_offers
from services.registration.models import Booking, LinkRequest, RegistrationNote
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.web.sign_in import SignedInAccount
from tests.services.registration.browsing import Page, Visitor, text_of
from tests.services.registration.factories import (
    moved,
    register,
    request,
    seats,
    session_data,
    wanted,
)
from tests.services.registration.staff_browsing import (
    LIBRARY,
    MUSEUM,
    at_the_museum,
    elsewhere,
    enter,
    send,
    viewer,
)

ORGANISER = viewer("organiser", organisations=(MUSEUM,))
NOTE = "La salle est trop petite."


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


class Moving:
    """Two sessions of one activity; Zoé has five seats and Ana one in the first of them."""

    def __init__(self, context: ServiceContext, app: Flask) -> None:
        self.context, self.app = context, app
        same = {"activity_id": str(new_id()), "edition": session_data()["edition"]}
        self.first = at_the_museum(context, **same)
        self.second = at_the_museum(context, capacity=4, **same, **moved(days=1))
        self.foreign = elsewhere(context, **same, **moved(days=2))
        made = register(
            context,
            request(wanted(self.first, adults=5), name="Zoé Élan"),
            request(wanted(self.first, adults=1), name="Ana Roux"),
        )
        self.zoe, self.ana = (UUID(one.body["bookings"][0]["id"]) for one in made)
        self.page = f"/registrations/{made[1].body['token']}"
        self.registration = made[1].body["id"]
        self.action = f"/console/registration/sessions/{self.first}/move"

    def form(self) -> Page:
        page = enter(self.app, ORGANISER).get(f"/console/registration/sessions/{self.first}")
        address = f"{page.address}/chosen"
        ids = [str(self.zoe), str(self.ana)]
        values = {**page.forms[address][0], "id": ids, "action": "move"}
        return page.visitor.post(address, values)

    def preview(self, **typed: Any) -> Page:
        values = {"target": str(self.second), "note": NOTE, "step": "preview"} | typed
        return send(self.form(), self.action, **values)

    def propose(self) -> Page:
        return send(self.preview(), self.action, step="send", note=NOTE)

    def statuses(self) -> list[tuple[str, str | None]]:
        with self.context.database.read() as db:
            rows = db.scalars(sa.select(Booking).order_by(Booking.id))
            return [(one.status, one.ended_for) for one in rows]

    def answer(self, button: str) -> Page:
        visitor = Visitor(self.app)
        page = visitor.get(self.page)
        [action] = [each for each in page.forms if each.endswith("/move")]
        values, _buttons = page.forms[action]
        chosen = action.removesuffix("move") + button
        assert f'action="{chosen}"' in page.html
        visitor.post(chosen, values)
        return visitor.get(self.page)


@pytest.fixture
def moving(context: ServiceContext, app: Flask) -> Moving:
    return Moving(context, app)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def post_as(app: Flask, who: SignedInAccount, path: str, values: dict[str, str]) -> Page:
    visitor = enter(app, who)
    token = visitor.get("/console/registration").html.partition('name="csrf_token" value="')[2]
    return visitor.post(path, {"csrf_token": token.partition('"')[0], **values})


STAYS = ("confirmed", None)


def test_only_sessions_of_the_activity_that_one_runs_can_be_picked(moving: Moving) -> None:
    page = moving.form()
    assert str(moving.second) in page.html
    assert "4 places libres" in plain(page.text)
    assert str(moving.foreign) not in page.html
    for target in ("", str(moving.foreign), str(moving.first), "no id"):
        refused = send(page, moving.action, target=target, note=NOTE, step="preview")
        assert (refused.status, refused.error("target")) == (
            422,
            "Choisissez la séance à proposer.",
        )
        assert NOTE in refused.html


def test_the_preview_says_who_fits_and_nothing_is_proposed_yet(moving: Moving) -> None:
    page = moving.preview()
    text = plain(page.text)
    assert "1 inscription y tient" in text
    assert "Zoé Élan 5 adultes – ce groupe ne peut pas y prendre place" in text
    assert NOTE in text
    assert moving.statuses() == [STAYS, STAYS]
    assert send(page, moving.action, step="edit", note=NOTE).status == 200


def test_sent_twice_it_is_proposed_once_and_the_others_are_named(moving: Moving) -> None:
    page = moving.preview()
    for _ in range(2):
        assert send(page, moving.action, step="send", note=NOTE).status == 303
    assert moving.statuses() == [STAYS, STAYS, ("offered", None)]
    assert seats(moving.context, moving.second).taken == 1
    listed = plain(page.visitor.get(f"/console/registration/sessions/{moving.first}").text)
    assert "La séance est proposée à 1 inscription." in listed
    assert "Une séance était déjà proposée à 1 inscription." in listed
    assert listed.count("1 inscription reste où elle est : Zoé Élan.") == 2
    with moving.context.database.read() as db:
        [kept] = db.scalars(sa.select(RegistrationNote))
    assert (kept.kind, kept.text.endswith(NOTE)) == ("move_mailed", True)
    assert "–" in kept.text
    assert "\u2060" not in kept.text


def test_whoever_does_not_run_the_session_moves_nobody(moving: Moving) -> None:
    sent = {"ids": str(moving.ana), "target": str(moving.second), "step": "send"}
    for who in (viewer("organiser", organisations=(LIBRARY,)), viewer("coordinator")):
        assert post_as(moving.app, who, moving.action, sent).status == 403
    assert moving.statuses() == [STAYS, STAYS]


def test_the_registrations_page_shows_both_sessions_and_decides_nothing(moving: Moving) -> None:
    moving.propose()
    for _ in range(2):
        page = Visitor(moving.app).get(moving.page)
    text = plain(text_of(page.part("offer")))
    assert text.startswith("L’organisateur vous propose une autre séance")
    assert NOTE in text
    assert text.index("Votre séance actuelle") < text.index("La séance proposée")
    assert page.html.count('class="booking card') == 1
    assert moving.statuses() == [STAYS, STAYS, ("offered", None)]


def test_accepting_moves_and_says_so(moving: Moving) -> None:
    moving.propose()
    page = moving.answer("move")
    assert moving.statuses() == [STAYS, ("cancelled", "moved"), STAYS]
    assert "vous venez à la séance proposée" in page.text
    assert "Vous avez accepté une autre séance à la place de celle-ci." in page.text
    assert not page.part("offer")
    feed = Visitor(moving.app).get(f"/feeds{moving.page}.ics").text
    assert (feed.count("STATUS:CANCELLED"), feed.count("STATUS:CONFIRMED")) == (1, 1)


def test_keeping_leaves_the_page_as_it_was(moving: Moving) -> None:
    moving.propose()
    page = moving.answer("keep")
    assert moving.statuses() == [STAYS, STAYS, ("cancelled", "declined")]
    assert "vous gardez votre séance, rien n’a changé" in page.text
    assert page.html.count('class="booking card') == 1
    assert "Décliné" not in page.text


def test_a_group_that_the_other_session_cannot_hold_reads_so(moving: Moving) -> None:
    moving.propose()
    visitor = Visitor(moving.app)
    form = f"{moving.page}/bookings/{moving.ana}/party"
    assert visitor.get(moving.page).send({"adults": "5"}, form).status == 303
    text = plain(visitor.get(moving.page).text)
    assert "Votre groupe ne tient plus dans l’autre séance : elle ne vous est plus" in text
    assert moving.statuses() == [STAYS, STAYS, ("cancelled", "declined")]


def test_what_nobody_took_is_not_shown_when_all_is_cancelled(moving: Moving) -> None:
    clock: Any = moving.context.clock
    moving.propose()
    clock.advance(days=1)
    with moving.context.database.write() as db:
        expire_offers(db, now=clock())
    clock.advance(hours=1)
    visitor = Visitor(moving.app)
    address = f"{moving.page}/cancel"
    visitor.post(address, visitor.get(address).forms[address][0])
    page = visitor.get(moving.page)
    assert moving.statuses() == [STAYS, ("cancelled", "contact"), ("cancelled", "expired")]
    assert "Cette inscription est annulée" in page.text
    assert page.html.count('class="booking card') == 1


def test_what_the_organiser_says_is_among_what_is_held(moving: Moving) -> None:
    moving.propose()
    page = Visitor(moving.app).get(f"{moving.page}/my-data")
    assert f"<dt>Mot de l’organisateur</dt><dd>{NOTE}</dd>" in page.html


def test_the_link_is_sent_again_to_its_own_address(moving: Moving) -> None:
    address = f"/console/registration/registrations/{moving.registration}"
    page = enter(moving.app, ORGANISER).get(address)
    assert send(page, f"{address}/link").status == 303
    with moving.context.database.read() as db:
        asked = [one.email for one in db.scalars(sa.select(LinkRequest))]
    assert asked == ["camille@example.org"]
    assert "Lien renvoyé par courriel" in page.visitor.get(address).text
    assert post_as(moving.app, viewer("coordinator"), f"{address}/link", {}).status == 403
