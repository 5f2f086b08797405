"""The registration form, as a family meets it."""

import re
from datetime import timedelta

import pytest

from services.registration.web import create_app
from shared.identifiers import new_id
from tests.services.registration.browsing import FAMILY, Visitor, how_many, text_of
from tests.services.registration.factories import publish, recorded, register, request, wanted
from tests.services.registration.factories import seats as seats_of


@pytest.fixture
def visitor(context):
    return Visitor(create_app(context))


def test_the_form_shows_the_session_and_what_is_left(context, visitor):
    session = publish(context, capacity=5)
    page = visitor.get(f"/register/{session}")
    assert page.status == 200
    assert "Voir un muon" in page.text
    assert "1er octobre 2026" in page.text
    assert "La Casemate" in page.text
    assert "Il reste 5 places" in page.text
    assert "À partir de 6 ans" in page.text
    assert page.values["adults"] == "1"
    assert page.headers["Cache-Control"] == "no-store"


def test_the_form_says_what_becomes_of_personal_data(context, visitor):
    page = visitor.get(f"/register/{publish(context)}")
    for said in ("Fête de la science 2026", "RGPD", "CNIL", "contact@example.org", "bilan"):
        assert said in page.text


def test_registering_leads_to_the_confirmation(context, visitor):
    session = publish(context, capacity=5)
    sent = visitor.get(f"/register/{session}").send(FAMILY)
    assert sent.status == 303
    page = visitor.get(sent.location)
    assert page.status == 200
    assert "on vous attend" in page.text
    assert "camille@example.org" in page.text
    assert "2 adultes, 1 enfant" in page.text
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page.html
    assert seats_of(context, session).taken == 3
    [(name, version, data)] = recorded(context)
    assert (name, version, data["locale"]) == ("registration_made", 1, "fr")


def test_mails_are_written_in_the_language_of_the_page(context, visitor):
    session = publish(context)
    form = visitor.get(f"/register/{session}?lang=en")
    assert "Our e-mails to you will be in English" in form.text
    form.send(FAMILY)
    assert recorded(context)[0][2]["locale"] == "en"


def test_a_full_session_offers_the_waiting_list(context, visitor):
    session = publish(context, capacity=1)
    register(context, request(wanted(session, adults=1)))
    form = visitor.get(f"/register/{session}")
    assert "Cette séance est complète" in form.text
    assert "ordre d’arrivée" in form.text
    assert [name for name, _ in form.buttons] == ["if_full"]
    waiting = form.send(FAMILY | {"adults": "1", "children": "0"} | dict(form.buttons))
    assert waiting.status == 303
    page = visitor.get(waiting.location)
    assert "Vous êtes sur la liste d’attente" in page.text
    assert "Vous êtes au rang 1" in page.text
    assert "<svg" not in page.html
    assert seats_of(context, session).waiting == 1


def test_the_waiting_list_is_offered_to_a_group_that_does_not_fit(context, visitor):
    session = publish(context, capacity=3)
    register(context, request(wanted(session, adults=2)))
    form = visitor.get(f"/register/{session}")
    assert form.buttons == []
    refused = form.send(FAMILY)
    assert "liste d’attente" in refused.error("party")
    assert refused.send(FAMILY | dict(refused.buttons)).status == 303
    assert seats_of(context, session).waiting == 1


def test_a_group_larger_than_the_session_is_told_so_at_once(context, visitor):
    session = publish(context, capacity=2)
    refused = visitor.get(f"/register/{session}").send(FAMILY | {"if_full": "waitlist"})
    assert refused.status == 422
    assert "2 places en tout" in refused.error("party")
    assert how_many(context) == 0


def test_a_session_where_only_children_sit_says_so(context, visitor):
    session = publish(context, capacity=3, seat_categories=["children"])
    form = visitor.get(f"/register/{session}")
    assert "Seuls les enfants prennent une place." in form.text
    refused = form.send(FAMILY | {"children": "0"})
    assert "prennent une place" in refused.error("party")
    assert form.send(FAMILY).status == 303
    assert seats_of(context, session).taken == 1


def test_a_class_is_asked_for_its_pupils(context, visitor):
    session = publish(context, capacity=30, seat_categories=["pupils"], audience="schools")
    form = visitor.get(f"/register/{session}")
    assert {"pupils", "accompanying"} < set(form.values)
    typed = {"email": "a@example.org", "name": "École du Parc", "pupils": "25", "accompanying": "3"}
    assert form.send(typed).status == 303
    assert recorded(context)[0][2]["bookings"][0]["party"] == {"pupils": 25, "accompanying": 3}


FAULTS = [
    ({"email": ""}, "email", "Indiquez votre adresse", "Enter your e-mail address"),
    ({"email": "camille"}, "email", "contient une faute", "has a mistake"),
    ({"email": "x" * 250 + "@a.fr"}, "email", "trop long", "too long"),
    ({"name": "  "}, "name", "Indiquez votre nom", "Enter your name"),
    ({"name": "n" * 201}, "name", "trop long", "too long"),
    ({"name": "a\x00b"}, "name", "ne se lisent pas", "cannot be read"),
    ({"adults": "0", "children": ""}, "party", "Indiquez combien", "Say how many"),
    ({"adults": "-1"}, "adults", "nombre entier", "whole number"),
    ({"adults": "deux"}, "adults", "nombre entier", "whole number"),
    ({"children": "1,5"}, "children", "nombre entier", "whole number"),
    ({"adults": "41"}, "party", "au plus 40", "40"),
]


@pytest.mark.parametrize(("change", "field", "french", "english"), FAULTS)
def test_a_fault_is_told_at_its_field_in_both_languages(
    context, visitor, change, field, french, english
):
    session = publish(context, capacity=None)
    for locale, sentence in (("fr", french), ("en", english)):
        typed = FAMILY | change
        refused = visitor.get(f"/register/{session}?lang={locale}").send(typed)
        assert refused.status == 422
        assert sentence in refused.error(field)
        summary = refused.part("error-summary")
        assert sentence in text_of(summary)
        for target in re.findall(r'href="#([^"]+)"', summary):
            assert f'id="{target}"' in refused.html
        assert {name: refused.values[name] for name in typed} == typed
    assert how_many(context) == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "cancelled"}, "Cette séance est annulée."),
        ({"registration": "none", "capacity": None}, "L’entrée est libre."),
        (
            {"registration": "elsewhere", "registration_telephone": "04 76 44 88 80"},
            'href="tel:0476448880"',
        ),
    ],
)
def test_a_session_that_is_not_booked_here_says_what_to_do(context, visitor, changes, sentence):
    session = publish(context, **changes)
    page = visitor.get(f"/register/{session}")
    assert page.status == 200
    assert sentence in page.html
    assert f'href="/sessions/{session}"' in page.html
    assert '<button class="button"' not in page.part("register-form")


def test_a_session_that_started_meanwhile_takes_nobody(context, visitor):
    session = publish(context)
    form = visitor.get(f"/register/{session}")
    context.clock.advance(days=7)
    late = form.send(FAMILY)
    assert late.status == 409
    assert "Les inscriptions sont closes." in late.text
    assert "Les inscriptions sont closes." in visitor.get(f"/register/{session}").text
    assert how_many(context) == 0


def test_a_session_that_closes_early_says_until_when(context, visitor):
    closes_at = (context.clock() + timedelta(days=2)).isoformat()
    session = publish(context, registration_closes_at=closes_at)
    page = visitor.get(f"/register/{session}")
    assert "On s’inscrit jusqu’au samedi 26 septembre à 10" in page.text
    context.clock.advance(days=3)
    assert "La séance aura bien lieu" in visitor.get(f"/register/{session}").text


def test_a_session_that_has_not_arrived_is_said_so_gently(visitor):
    for page in (
        visitor.get(f"/register/{new_id()}"),
        visitor.get(f"/register/{new_id()}?lang=en"),
    ):
        assert page.status == 404
    assert "not here yet" in page.text


def test_a_form_without_its_token_is_refused(context, visitor):
    session = publish(context)
    visitor.get(f"/register/{session}")
    refused = visitor.client.post(f"/register/{session}", data=FAMILY)
    assert refused.status_code == 400
    assert how_many(context) == 0
