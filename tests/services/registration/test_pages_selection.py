"""« Ma sélection »: chosen in the programme, kept by the browser, looked at before registering."""

import pytest

from services.registration.domain.party import LARGEST_BASKET
from services.registration.pages.selection_cookie import parse, write
from services.registration.web import create_app
from shared.identifiers import new_id
from tests.services.registration.browsing import Visitor
from tests.services.registration.factories import (
    moved,
    publish,
    publish_again,
    register,
    request,
    session_data,
    wanted,
)

COOKIE = "parvis_selection"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def visitor(context):
    return Visitor(create_app(context))


def choose(visitor, *sessions):
    """Choose sessions as a button of the programme does, where the browser says whence it is."""
    for session in sessions:
        assert (
            visitor.client.post(f"/selection/sessions/{session}", headers=OURS).status_code == 303
        )


def kept(visitor):
    cookie = visitor.client.get_cookie(COOKIE)
    return list(parse(cookie.value)) if cookie else []


def test_what_is_chosen_is_listed_day_by_day_with_how_full_it_is(context, visitor):
    late = publish(context, title={"fr": "Le soir", "en": None}, **moved(days=1))
    early = publish(context, capacity=3)
    full = publish(context, capacity=1, **moved(days=1, hours=3))
    register(context, request(wanted(full, adults=1)))
    choose(visitor, late, early, full)
    page = visitor.get("/selection")
    assert page.headers["Cache-Control"] == "no-store"
    words = page.text
    order = ["jeudi 1er octobre", "Il reste 3 places", "vendredi 2 octobre", "Le soir", "Complet"]
    assert sorted(order, key=words.index) == order
    assert "M’inscrire à ces 3 séances" in words


def test_an_empty_selection_leads_to_the_programme(visitor):
    page = visitor.get("/selection")
    assert "Vous n’avez encore rien choisi." in page.text
    assert 'href="/register"' not in page.html


def test_choosing_twice_chooses_once_and_removing_takes_it_out(context, visitor):
    one, other = publish(context), publish(context, **moved(days=1))
    choose(visitor, one, other, one)
    assert kept(visitor) == [one, other]
    page = visitor.get("/selection")
    page.send(action=f"/selection/sessions/{one}/remove")
    assert kept(visitor) == [other]
    visitor.get("/selection").send(action=f"/selection/sessions/{other}/remove")
    assert kept(visitor) == []


def test_a_browser_that_does_not_say_whence_a_form_comes_is_asked_first(context, visitor):
    session = publish(context)
    asked = visitor.post(f"/selection/sessions/{session}", {})
    assert (asked.status, kept(visitor)) == (200, [])
    assert "Ajouter à ma sélection" in asked.text
    assert asked.send().status == 303
    assert kept(visitor) == [session]


@pytest.mark.parametrize("header", ["Sec-Fetch-Site", "Origin"])
def test_another_site_chooses_nothing_for_a_visitor(context, visitor, header):
    session = publish(context)
    headers = {header: {"Origin": "https://evil.example"}.get(header, "cross-site")}
    answer = visitor.client.post(f"/selection/sessions/{session}", headers=headers)
    assert answer.status_code == 200
    choose(visitor, session)
    visitor.client.post(f"/selection/sessions/{session}/remove", headers=headers)
    assert kept(visitor) == [session]


def test_looking_at_the_page_that_asks_chooses_nothing(context, visitor):
    session = publish(context)
    assert visitor.get(f"/selection/sessions/{session}").status == 200
    assert kept(visitor) == []


def test_a_selection_has_an_end(context, visitor):
    sessions = [publish(context) for _ in range(LARGEST_BASKET + 1)]
    choose(visitor, *sessions)
    assert kept(visitor) == sessions[:LARGEST_BASKET]
    assert "au plus 20 séances" in visitor.get("/selection").text


def test_sessions_nobody_published_are_forgotten(context, visitor):
    session = publish(context)
    visitor.client.set_cookie(COOKIE, write([new_id(), session]) + ".<script>.1")
    assert "Voir un muon" in visitor.get("/selection").text
    assert kept(visitor) == [session]
    assert visitor.post(f"/selection/sessions/{new_id()}", {}).status == 404


def test_sessions_that_clash_are_told_before_registering(context, visitor):
    one = publish(context, title={"fr": "Muons", "en": None})
    other = publish(context, title={"fr": "Lichens", "en": None}, **moved(minutes=30))
    choose(visitor, one, other)
    sentence = "«\u00a0Muons\u00a0» et «\u00a0Lichens\u00a0» ont lieu en même temps."
    assert sentence in visitor.get("/selection").part("warnings")
    assert sentence in visitor.get("/register").part("warnings")


def test_a_way_that_takes_long_is_told_in_hours_and_minutes(context, visitor):
    away = session_data()["venue"] | {"latitude": 44.8}  # 44 km as the crow flies
    one = publish(context, title={"fr": "Muons", "en": None})
    other = publish(context, title={"fr": "Lichens", "en": None}, venue=away, **moved(minutes=90))
    choose(visitor, one, other)
    said = visitor.get("/selection").part("warnings").replace("\u00a0", " ")
    assert "« Muons » finit à " in said
    assert "comptez environ 1 h 22 pour y aller." in said


def test_what_is_cancelled_or_free_stays_in_the_list_and_out_of_the_form(context, visitor):
    here, free = publish(context), publish(context, registration="none", capacity=None)
    off = publish(context)
    choose(visitor, here, free, off)
    publish_again(context, off, status="cancelled")
    page = visitor.get("/selection")
    assert "Annulée" in page.text
    assert "Entrée libre" in page.text
    assert "M’inscrire à 1 séance" in page.text
    assert list(parse(visitor.get("/register").values["sessions"])) == [here]


def test_the_way_back_to_the_programme_stays_on_this_site(context, visitor):
    session = publish(context)
    came = visitor.client.post(
        f"/selection/sessions/{session}",
        headers=OURS | {"Referer": "http://localhost/editions/fds-2026?day=2026-10-01"},
    )
    page = visitor.get(came.headers["Location"])
    assert 'href="/editions/fds-2026?day=2026-10-01"' in page.html
    assert 'href="//evil' not in visitor.get("/selection?from=//evil.example").html
