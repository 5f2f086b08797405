"""The page of somebody to whom a place is offered, as a visitor sees it and uses it."""

from datetime import timedelta

import pytest

from services.registration.domain.changing import cancel_registration
from services.registration.domain.offers import expire_offers
from services.registration.models import Booking
from services.registration.web import create_app
from tests.services.registration.browsing import Visitor, text_of
from tests.services.registration.factories import publish, register, request, seats, wanted


@pytest.fixture
def visitor(context):
    return Visitor(create_app(context))


def offer(context, *, adults=2, waiting=1, **session_data):
    """Return a session and the pages of those who waited for it; the first is offered places."""
    session = publish(context, capacity=adults, **session_data)
    [holder] = register(context, request(wanted(session, adults=adults)))
    waiters = [
        register(context, request(wanted(session, may_wait=True, adults=adults)))[0]
        for _ in range(waiting)
    ]
    with context.database.write() as db:
        cancel_registration(db, holder.body["token"], now=context.clock())
    return session, [f"/registrations/{one.body['token']}" for one in waiters]


def read(page, part):
    """Return what is read in a part of a page, with plain spaces."""
    words = text_of(page.part(part)).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(words.split())


def statuses(context):
    with context.database.read() as db:
        rows = db.query(Booking).order_by(Booking.id)
        return [(one.status, one.ended_for) for one in rows if one.ended_for != "contact"]


def answer(visitor, address, what):
    """Press one of the two buttons of the offer on a page."""
    page = visitor.get(address)
    [accept] = [each for each in page.forms if each.endswith("/accept")]
    values, _ = page.forms[accept]
    action = accept.removesuffix("accept") + what
    assert f'action="{action}"' in page.html
    return visitor.post(action, values)


def test_the_offer_comes_first_and_opening_the_page_decides_nothing(context, visitor):
    session, [address] = offer(context)
    for _ in range(2):
        page = visitor.get(address)
        assert read(page, "registration-head").startswith(
            "Des places vous sont proposées À accepter d’ici au vendredi 25 septembre à 10 h 00 "
            "Voir un muon, jeudi 1er octobre 2026,"
        )
        assert "Accepter les 2 places Décliner" in read(page, "offer")
        assert "Des places se sont libérées, et c’est votre tour" in read(page, "offer")
        assert "Proposée" in read(page, "booking")
        assert "Place proposée" not in page.text
    assert (statuses(context), seats(context, session).taken) == ([("offered", None)], 2)
    assert "billet" not in read(page, "registration")


def test_accepting_shows_the_ticket_and_again_does_no_harm(context, visitor):
    _session, [address] = offer(context)
    page = visitor.get(address)
    [action] = [each for each in page.forms if each.endswith("/accept")]
    for _ in range(2):
        sent = page.send(action=action)
        assert (sent.status, sent.location) == (303, address)
        assert statuses(context) == [("confirmed", None)]
    shown = visitor.get(address)
    assert "les places sont à vous" in shown.text
    assert 'role="img"' in shown.part("ticket-qr")
    assert not shown.part("offer")


def test_declining_gives_the_place_to_the_next_and_shows_the_way_back(context, visitor):
    session, [address, other] = offer(context, waiting=2)
    assert answer(visitor, address, "decline").location == address
    assert statuses(context) == [("cancelled", "declined"), ("offered", None)]
    shown = visitor.get(address)
    assert read(shown, "registration-head").startswith("Vous avez décliné les places")
    assert "allées à quelqu’un d’autre. Rejoindre la liste d’attente à nouveau" in read(
        shown, "booking"
    )
    assert f'href="/register/{session}"' in shown.part("booking")
    assert "Des places vous sont proposées" in visitor.get(other).text


def test_one_place_is_spoken_of_as_one(context, visitor):
    _session, [address] = offer(context, adults=1)
    shown = visitor.get(address)
    assert read(shown, "registration-head").startswith("Une place vous est proposée À accepter")
    assert "Accepter la place Décliner" in read(shown, "offer")
    assert "Une place s’est libérée, et c’est votre tour : nous la gardons" in read(shown, "offer")
    assert "Cette place vous est proposée, à accepter d’ici au" in read(shown, "booking")
    answer(visitor, address, "decline")
    assert "C’est noté : la place va à quelqu’un d’autre." in read(visitor.get(address), "flashes")


def test_what_ran_out_is_told_before_and_after_the_timer(context, visitor):
    _session, [address] = offer(context)
    page = visitor.get(address)
    [action] = [each for each in page.forms if each.endswith("/accept")]
    context.clock.advance(days=1)
    late = page.send(action=action)
    assert (late.status, late.location) == (303, address)
    assert "le délai est passé" in visitor.get(address).text
    for swept in (False, True):
        if swept:
            with context.database.write() as db:
                expire_offers(db, now=context.clock())
        shown = visitor.get(address)
        assert read(shown, "registration-head").startswith("Les places ne sont plus proposées")
        assert "Proposition expirée" in read(shown, "booking")
        assert "sont passées à quelqu’un d’autre" in read(shown, "booking")
        assert not shown.part("offer")
    assert statuses(context) == [("cancelled", "expired")]


def test_who_comes_to_something_else_keeps_the_ticket_beside_the_offer(context, visitor):
    other = publish(context)
    session = publish(context, capacity=1)
    [holder] = register(context, request(wanted(session, adults=1)))
    [mine] = register(context, request(wanted(other), wanted(session, may_wait=True, adults=1)))
    with context.database.write() as db:
        cancel_registration(db, holder.body["token"], now=context.clock())
    shown = visitor.get(f"/registrations/{mine.body['token']}")
    assert read(shown, "registration-head").startswith("Votre inscription À accepter d’ici au")
    assert 'role="img"' in shown.part("ticket-qr")


def test_who_still_waits_when_registration_closes_is_told(context, visitor):
    closes = (context.clock() + timedelta(hours=2)).isoformat()
    session = publish(context, capacity=1, registration_closes_at=closes)
    register(context, request(wanted(session, adults=1)))
    [waits] = register(context, request(wanted(session, may_wait=True, adults=1)))
    address = f"/registrations/{waits.body['token']}"
    shown = visitor.get(address)
    assert "Vous êtes au rang 1 de la liste d’attente" in shown.text
    assert "proposées aux personnes de la liste dans l’ordre d’arrivée" in read(
        shown, "waitlist-rule"
    )
    context.clock.advance(hours=2)
    shown = visitor.get(address)
    assert read(shown, "waiting-place").startswith(
        "Les inscriptions sont closes : la liste d’attente n’avance plus"
    )
    assert not shown.part("waitlist-rule")


def test_nobody_answers_for_somebody_else(context, visitor):
    _session, [address, other] = offer(context, waiting=2)
    page = visitor.get(address)
    [action] = [each for each in page.forms if each.endswith("/accept")]
    stranger = visitor.post(action.replace(address, other), page.forms[action][0])
    assert (stranger.status, statuses(context)) == (404, [("offered", None), ("waitlisted", None)])


def test_the_form_publishes_the_rule_of_the_waitlist(context, visitor):
    session, _ = offer(context)
    rule = read(visitor.get(f"/register/{session}"), "waitlist-rule")
    assert "proposées aux personnes de la liste dans l’ordre d’arrivée" in rule
    assert "jamais la nuit (de 21 h à 8 h)" in rule
