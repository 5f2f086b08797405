"""The page of a registration: what it shows, what can be changed, what never changes by looking."""

import pytest

from services.registration.models import Booking, Registration, SessionSeats
from services.registration.web import create_app
from shared.identifiers import new_id, new_token
from tests.services.registration.browsing import Visitor
from tests.services.registration.factories import (
    moved,
    publish,
    publish_again,
    recorded,
    register,
    request,
    tell,
    wanted,
)
from tests.services.registration.factories import seats as seats_of


@pytest.fixture
def visitor(context):
    return Visitor(create_app(context))


def registered(context, *bookings, **values):
    """Register and return the address of the registration's page."""
    [answer] = register(context, request(*bookings, **values))
    return f"/registrations/{answer.body['token']}"


def booking_ids(context):
    with context.database.read() as db:
        return [booking.id for booking in db.query(Booking).order_by(Booking.id)]


def stored(context):
    with context.database.read() as db:
        return db.query(Registration).one()


def facts(context):
    return [fact[0] for fact in recorded(context)]


def test_the_page_shows_the_ticket_the_code_and_the_calendar(context, visitor):
    session = publish(context)
    address = registered(context, wanted(session, adults=2))
    page = visitor.get(address)
    code = stored(context).code
    assert page.status == 200
    assert "Votre inscription" in page.text
    assert f"<span>{code[:4]}</span> <span>{code[4:]}</span>" in page.part("ticket-code")
    assert " ".join(code) in page.part("ticket-code")
    assert 'role="img"' in page.part("ticket-qr")
    token = address.rpartition("/")[2]
    assert f'href="/feeds/registrations/{token}.ics"' in page.html
    assert f'href="webcal://127.0.0.1:8000/feeds/registrations/{token}.ics"' in page.html
    assert f'value="http://127.0.0.1:8000{address}"' in page.html


def test_right_after_registering_it_says_where_the_confirmation_goes(context, visitor):
    address = registered(context, wanted(publish(context)))
    assert "La confirmation part à l’adresse" in visitor.get(f"{address}?new=1").text
    assert "on vous attend" not in visitor.get(address).text


def test_it_is_kept_secret(context, visitor):
    address = registered(context, wanted(publish(context)))
    for page in (
        visitor.get(address),
        visitor.get(f"{address}/cancel"),
        visitor.post(f"{address}/cancel", {}),
        visitor.get("/registrations/unknown"),
    ):
        headers = page.headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "noindex" in headers["X-Robots-Tag"]


def test_an_unknown_address_is_said_so_in_both_languages(context, visitor):
    address = f"/registrations/{new_token()}"
    for part in ("", "/cancel", f"/bookings/{new_id()}/cancel"):
        page = visitor.get(f"{address}{part}")
        assert (page.status, "Nous ne trouvons pas" in page.text) == (404, True)
    assert "We cannot find this registration" in visitor.get(f"{address}?lang=en").text
    known = registered(context, wanted(publish(context)))
    form = visitor.get(known)
    for part in ("/address", "/cancel", f"/bookings/{new_id()}/party"):
        values = {"csrf_token": form.values["csrf_token"]}
        assert visitor.post(f"{address}{part}", values).status == 404
    other = f"{known}/bookings/{new_id()}/cancel"
    assert visitor.post(other, {"csrf_token": form.values["csrf_token"]}).status == 404


def test_looking_changes_nothing(context, visitor):
    address = registered(context, wanted(publish(context)))
    [booking] = booking_ids(context)
    for part in ("", "?new=1", "/cancel", f"/bookings/{booking}/cancel"):
        assert visitor.get(address + part).status == 200
    for part in ("/address", f"/bookings/{booking}/party"):
        assert visitor.get(address + part).status == 405
    assert facts(context) == ["registration_made"]


def test_a_change_without_the_forms_token_is_refused(context, visitor):
    address = registered(context, wanted(publish(context)))
    [booking] = booking_ids(context)
    visitor.get(address)
    for part in (
        "/address",
        "/cancel",
        f"/bookings/{booking}/party",
        f"/bookings/{booking}/cancel",
    ):
        refused = visitor.post(address + part, {"email": "b@example.org", "adults": "1"})
        assert refused.status == 400
    assert facts(context) == ["registration_made"]


def test_the_address_is_corrected_and_the_confirmation_sent_again(context, visitor):
    address = registered(context, wanted(publish(context)))
    page = visitor.get(f"{address}?new=1")
    assert page.values["email"] == "camille@example.org"
    sent = page.send({"email": "camille.dupre@example.org"}, f"{address}/address")
    assert (sent.status, sent.location) == (303, address)
    after = visitor.get(address)
    assert "camille.dupre@example.org" in after.text
    assert "L’adresse est corrigée" in after.text
    name, _version, data = recorded(context)[-1]
    assert (name, data["address_corrected"]) == ("registration_changed", True)


def test_the_same_address_again_sends_nothing(context, visitor):
    address = registered(context, wanted(publish(context)))
    visitor.get(address).send({}, f"{address}/address")
    assert "rien n’a changé" in visitor.get(address).text
    assert facts(context) == ["registration_made"]


@pytest.mark.parametrize(("locale", "sentence"), [("fr", "une faute"), ("en", "a mistake")])
def test_a_wrong_address_is_told_at_its_field(context, visitor, locale, sentence):
    address = registered(context, wanted(publish(context)))
    page = visitor.get(f"{address}?lang={locale}")
    refused = page.send({"email": "camille.example.org"}, f"{address}/address")
    assert refused.status == 422
    assert sentence in refused.error("email")
    assert refused.values["email"] == "camille.example.org"
    assert stored(context).email == "camille@example.org"


def test_the_party_is_changed(context, visitor):
    session = publish(context, capacity=5)
    address = registered(context, wanted(session, adults=2))
    form = f"{address}/bookings/{booking_ids(context)[0]}/party"
    page = visitor.get(address)
    assert page.forms[form][0]["adults"] == "2"
    for _ in range(2):
        assert page.send({"adults": "1", "children": "3"}, form).status == 303
    assert "1 adulte, 3 enfants" in visitor.get(address).text
    assert seats_of(context, session).taken == 4
    assert facts(context) == ["registration_made", "registration_changed"]


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("fr", "Il ne reste que 1 place de plus"), ("en", "Only 1 more seat is left")],
)
def test_a_larger_party_that_does_not_fit_is_told_so_and_nothing_is_done(
    context, visitor, locale, sentence
):
    session = publish(context, capacity=4)
    register(context, request(wanted(session, adults=1)))
    address = registered(context, wanted(session, adults=2))
    form = f"{address}/bookings/{booking_ids(context)[-1]}/party"
    refused = visitor.get(f"{address}?lang={locale}").send({"adults": "4"}, form)
    assert refused.status == 409
    assert sentence in refused.part("field-error")
    assert refused.forms[form][0]["adults"] == "4"
    assert seats_of(context, session).taken == 3
    assert facts(context) == ["registration_made", "registration_made"]


def test_a_party_of_nobody_is_told_so(context, visitor):
    address = registered(context, wanted(publish(context)))
    form = f"{address}/bookings/{booking_ids(context)[0]}/party"
    refused = visitor.get(address).send({"adults": "0", "children": ""}, form)
    assert refused.status == 422
    assert "combien de personnes" in refused.part("field-error")
    assert "<details open>" in refused.html


def test_wheelchair_places_are_asked_for_later_with_the_error_at_their_field(context, visitor):
    session = publish(context, capacity=3)
    with context.database.write() as db:
        db.get_one(SessionSeats, session).wheelchair_places = 1
    address = registered(context, wanted(session, adults=2))
    [mine] = booking_ids(context)
    form, field = f"{address}/bookings/{mine}/party", f"b{mine}-wheelchairs"
    page = visitor.get(address)
    assert page.forms[form][0]["wheelchairs"] == "0"
    for typed, status, sentence in (
        ("3", 422, "Il y a plus de fauteuils roulants que de personnes."),
        ("un", 422, "Un nombre entier, zéro ou plus, est attendu ici."),
        ("2", 409, "Il y a place pour 1 fauteuil roulant de votre groupe au plus."),
    ):
        refused = page.send({"wheelchairs": typed}, form)
        assert (refused.status, refused.error(field)) == (status, sentence)
        assert refused.forms[form][0]["wheelchairs"] == typed
        assert f'href="#{field}"' in refused.html
    assert page.send({"wheelchairs": "1"}, form).status == 303
    assert "2 adultes, dont 1 en fauteuil roulant" in visitor.get(address).text
    row = seats_of(context, session)
    assert (row.taken, row.wheelchairs) == (1, 1)

    register(context, request(wanted(session, adults=2)))
    refused = visitor.get(address).send({"wheelchairs": ""}, form)
    assert (refused.status, refused.error(field)) == (
        409,
        "Il ne reste pas de siège pour qui viendrait sans fauteuil roulant.",
    )
    smaller = visitor.get(address).send({"adults": "1"}, form)
    assert (smaller.status, seats_of(context, session).wheelchairs) == (303, 1)


def test_everything_is_cancelled_by_a_button_and_stays_so(context, visitor):
    session = publish(context)
    address = registered(context, wanted(session, adults=2))
    question = visitor.get(f"{address}/cancel")
    assert "Voir un muon" in question.text
    assert "2 adultes" in question.text
    for _ in range(2):
        assert question.send().location == address
    page = visitor.get(address)
    assert "Cette inscription est annulée" in page.text
    assert "<svg" not in page.part("ticket")
    assert "/cancel" not in page.html
    assert visitor.get(f"{address}/cancel").location == address
    assert seats_of(context, session).taken == 0
    assert facts(context) == ["registration_made", "registration_cancelled"]


def test_one_session_of_two_is_cancelled(context, visitor):
    first, second = publish(context), publish(context, title={"fr": "Le ciel", "en": None})
    address = registered(context, wanted(first), wanted(second))
    form = f"{address}/bookings/{booking_ids(context)[0]}/cancel"
    assert form in visitor.get(address).html
    question = visitor.get(form)
    assert ("Voir un muon" in question.text, "Le ciel" in question.text) == (True, False)
    assert question.send().location == address
    page = visitor.get(address)
    assert "Annulée" in page.text
    assert "Confirmée" in page.text
    assert [seats_of(context, each).taken for each in (first, second)] == [0, 2]


@pytest.mark.parametrize("is_told", [False, True], ids=["before it is told", "when it was told"])
def test_a_session_cancelled_by_its_organiser_is_said_so_with_a_way_to_other_dates(
    context, visitor, is_told
):
    session = publish(context)
    address = registered(context, wanted(session))
    publish_again(context, session, status="cancelled")
    if is_told:
        tell(context)
    page = visitor.get(address)
    assert "La séance est annulée" in page.text
    assert "Annulée par l’organisateur" in page.text
    assert "Toutes nos excuses" in page.text
    assert f'href="/sessions/{session}#dates"' in page.html
    assert "Merci de nous avoir prévenus" not in page.text
    assert page.part("ticket") == ""
    assert "/cancel" not in page.html
    assert visitor.get(f"{address}/cancel").location == address
    assert visitor.get(f"{address}/bookings/{booking_ids(context)[0]}/cancel").location == address


def test_one_session_that_is_called_off_leaves_the_other_as_it_is(context, visitor):
    off, on = publish(context), publish(context)
    address = registered(context, wanted(off), wanted(on))
    publish_again(context, off, status="cancelled")
    tell(context)
    page = visitor.get(address)
    assert "Annulée par l’organisateur" in page.text
    assert page.part("ticket") != ""
    kept, ended = sorted(booking_ids(context), key=lambda each: f"{each}/party" not in page.html)
    assert f"{kept}/party" in page.html
    assert f"{ended}/party" not in page.html
    assert f"{ended}/cancel" not in page.html


def test_a_session_that_takes_place_after_all_can_be_registered_for_again(context, visitor):
    session = publish(context)
    address = registered(context, wanted(session))
    publish_again(context, session, status="cancelled")
    tell(context)
    publish_again(context, session, status="confirmed")
    page = visitor.get(address)
    assert "Cette séance a finalement lieu." in page.text
    assert f'href="/register/{session}"' in page.html


def test_a_session_that_moved_shows_its_new_time_and_says_that_it_changed(context, visitor):
    session = publish(context)
    address = registered(context, wanted(session))
    words = "a changé depuis votre inscription"
    assert words not in visitor.get(address).text
    before = visitor.get(address).part("when")
    context.clock.advance(minutes=1)
    publish_again(context, session, title={"fr": "Voir deux muons", "en": None})
    assert words not in visitor.get(address).text
    publish_again(context, session, **moved(hours=2))
    page = visitor.get(address)
    assert words in page.text
    assert page.part("when") != before
    late = registered(context, wanted(session), email="late@example.org")
    assert words not in visitor.get(late).text


def test_after_the_session_nothing_is_left_to_change(context, visitor):
    address = registered(context, wanted(publish(context)))
    context.clock.advance(days=8)
    page = visitor.get(address)
    assert "Merci d’être venus" in page.text
    assert not [action for action in page.forms if action.startswith(address)]


def test_once_registration_is_closed_a_group_gets_smaller_only(context, visitor):
    address = registered(context, wanted(publish(context), adults=2))
    form = f"{address}/bookings/{booking_ids(context)[0]}/party"
    context.clock.advance(days=7)
    refused = visitor.get(address).send({"adults": "3"}, form)
    assert (refused.status, "plus grandir" in refused.text) == (409, True)
    assert refused.send({"adults": "1"}, form).status == 303


def test_no_token_reaches_the_log(context, visitor, capfd):
    address = registered(context, wanted(publish(context)))
    page = visitor.get(address)
    page.send({"email": "b@example.org"}, f"{address}/address")
    visitor.get(f"{address}/cancel").send()
    visitor.get(f"{address}/nowhere")
    log = "".join(capfd.readouterr())
    assert "/registrations/<token>" in log
    for secret in (address.rpartition("/")[2], "b@example.org", "camille"):
        assert secret not in log
