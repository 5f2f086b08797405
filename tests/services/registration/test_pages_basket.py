"""The form of a basket: a weekend in several sessions, registered for at once."""

import re

import pytest

from services.registration.pages.selection_cookie import parse
from services.registration.web import create_app
from tests.services.registration.browsing import FAMILY, Visitor, how_many, text_of
from tests.services.registration.factories import (
    moved,
    publish,
    publish_again,
    recorded,
    register,
    request,
    wanted,
)
from tests.services.registration.factories import seats as seats_of
from tests.services.registration.test_asking_more import booked, rule
from tests.services.registration.test_pages_selection import choose, kept


@pytest.fixture
def visitor(context):
    return Visitor(create_app(context))


@pytest.fixture
def weekend(context):
    """Return three sessions on three days, in order."""
    return [publish(context, capacity=4, **moved(days=day)) for day in range(3)]


def field(session, name):
    return f"s{session.hex}-{name}"


def form_of(visitor, *sessions):
    choose(visitor, *sessions)
    return visitor.get("/register")


def test_a_family_registers_for_its_weekend_at_once(context, visitor, weekend):
    form = form_of(visitor, *weekend)
    assert "Votre inscription à 3 séances" in form.text
    typed = FAMILY | {"telephone": "06 12 34 56 78", field(weekend[1], "adults"): "1"}
    sent = form.send(typed)
    assert sent.status == 303
    assert [booking.party for booking in booked(context)] == [
        {"adults": 2, "children": 1},
        {"adults": 1},
        {"adults": 2, "children": 1},
    ]
    assert [seats_of(context, session).taken for session in weekend] == [3, 1, 3]
    assert how_many(context) == 1
    assert kept(visitor) == []
    page = visitor.get(sent.location)
    assert "Vos séances" in page.text
    days = ["Jeudi 1er octobre", "Vendredi 2 octobre", "Samedi 3 octobre"]
    assert [day.lower() for day in days] == re.findall(r"class=\"booking-day\">([^<]+)<", page.html)
    assert page.html.count('class="booking card') == 3


def test_all_or_nothing_unless_the_waiting_list_will_do(context, visitor, weekend):
    full = weekend[1]
    form = form_of(visitor, *weekend)
    register(context, request(wanted(full, adults=3)))
    refused = form.send(FAMILY)
    assert refused.status == 409
    assert "Il n’y reste que 1 place" in refused.error(field(full, "if_full"))
    assert f'href="#{field(full, "if_full")}"' in refused.part("error-summary")
    assert refused.values["email"] == FAMILY["email"]
    assert how_many(context) == 1
    sent = refused.send(FAMILY | {field(full, "if_full"): "waitlist"})
    assert sent.status == 303
    statuses = [booking.status for booking in booked(context)[1:]]
    assert statuses == ["confirmed", "waitlisted", "confirmed"]
    page = visitor.get(sent.location)
    assert "1 de vos séances est sur la liste d’attente : ce n’est pas encore" in page.text


def test_a_session_that_was_cancelled_while_the_form_was_open_is_told_and_left_out(
    context, visitor, weekend
):
    form = form_of(visitor, *weekend)
    publish_again(context, weekend[0], status="cancelled")
    told = form.send(FAMILY)
    assert told.status == 409
    assert "Une séance vient d’être annulée" in told.text
    assert told.part("error-summary") == ""
    assert list(parse(told.values["sessions"])) == weekend[1:]
    assert told.values["name"] == FAMILY["name"]
    assert how_many(context) == 0
    assert told.send(FAMILY).status == 303
    assert [booking.session_id for booking in booked(context)] == weekend[1:]


@pytest.mark.parametrize("single", [True, False])
def test_a_session_that_moved_while_the_form_was_open_is_asked_again(
    context, visitor, weekend, single
):
    session = weekend[0]
    form = visitor.get(f"/register/{session}") if single else form_of(visitor, *weekend)
    publish_again(context, session, **moved(hours=2))
    told = form.send(FAMILY)
    assert told.status == 422
    assert "vient de changer" in told.error(field(session, "moved"))
    assert how_many(context) == 0
    assert told.send(FAMILY).status == 303


def test_a_better_title_asks_nothing_again(context, visitor, weekend):
    form = form_of(visitor, *weekend)
    publish_again(context, weekend[0], title={"fr": "Voir des muons", "en": None})
    assert form.send(FAMILY).status == 303


def test_the_age_is_stated_and_ticked_never_asked(context, visitor):
    young, any_age = publish(context), publish(context, age_min=None, **moved(days=1))
    form = form_of(visitor, young, any_age)
    assert "Toutes les personnes de mon groupe ont au moins 6 ans." in form.text
    assert field(any_age, "age") not in form.values
    unticked = {name: value for name, value in form.values.items() if not name.endswith("-age")}
    refused = visitor.post("/register", unticked | FAMILY)
    assert refused.status == 422
    assert "au moins 6 ans" in refused.error(field(young, "age"))


def test_every_fault_is_at_its_field_and_everything_typed_is_kept(context, visitor, weekend):
    first, second, _ = weekend
    rule(
        context,
        second,
        party_limits={"children": [None, 2]},
        questions=[{"is_required": True}],
    )
    typed = {
        "email": "camille",
        "name": "n" * 10_000,
        "telephone": "zéro six",
        "adults": "-1",
        "children": "1",
        "wheelchairs": "9",
        field(first, "adults"): "1000000",
        field(second, "children"): "3",
        field(second, "adults"): "1",
    }
    form = form_of(visitor, *weekend)
    assert "Cette séance accueille au plus 2 enfants par groupe." in form.text
    refused = form.send(typed)
    assert refused.status == 422
    told = {
        "email": "contient une faute",
        "name": "trop long",
        "telephone": "téléphone",
        "adults": "nombre entier",
        field(first, "party"): "au plus 40 personnes",
    }
    for name, words in told.items():
        assert words in refused.error(name)
    summary = refused.part("error-summary")
    for target in re.findall(r'href="#([^"]+)"', summary):
        assert f'id="{target}"' in refused.html
    assert {name: refused.values[name] for name in typed} == typed
    again = refused.send(FAMILY | {"wheelchairs": "", "telephone": "", field(first, "adults"): ""})
    assert "au plus 2 enfants" in text_of(again.part(field(second, "children") + "-error"))
    [question] = re.findall(rf'name="({field(second, "q-")}[^"]+)"', again.html)
    assert "Répondez" in again.error(question)
    assert "Préparer les ateliers" in again.text
    assert again.send({question: "Jean Moulin", field(second, "children"): "2"}).status == 303
    [answer] = [booking.answers for booking in booked(context) if booking.answers]
    assert answer == {question.rpartition("q-")[2]: "Jean Moulin"}


def test_a_party_too_large_for_several_sessions_is_told_of_each(context, visitor, weekend):
    refused = form_of(visitor, *weekend).send(FAMILY | {"adults": "32"})
    assert refused.status == 422
    told = refused.error("party")
    assert told.count("Cette séance compte 4 places en tout") == 3


def test_access_needs_go_with_every_session(context, visitor, weekend):
    sent = form_of(visitor, *weekend[:2]).send(FAMILY | {"wheelchairs": "1", "sign_language": "1"})
    assert sent.status == 303
    assert [(each.wheelchairs, each.sign_language, each.seats) for each in booked(context)] == [
        (1, True, 2),
        (1, True, 2),
    ]
    page = visitor.get(sent.location)
    assert "2 adultes, 1 enfant, dont 1 en fauteuil roulant, langue des signes" in page.text


def test_more_wheelchairs_than_people_is_told_at_the_field(context, visitor, weekend):
    refused = form_of(visitor, *weekend[:2]).send(FAMILY | {"wheelchairs": "4"})
    assert "plus de fauteuils" in refused.error("wheelchairs")


def test_names_in_any_script_are_names(context, visitor, weekend):
    name = "Ольга 李 O’Néill"
    assert form_of(visitor, *weekend).send(FAMILY | {"name": name}).status == 303
    assert recorded(context)[0][2]["name"] == name


def test_the_same_basket_sent_twice_or_after_going_back_registers_once(context, visitor, weekend):
    form = form_of(visitor, *weekend)
    first, second = form.send(FAMILY), form.send(FAMILY)
    choose(visitor, *weekend)
    third = visitor.get("/register").send(FAMILY)
    assert len({first.location, second.location, third.location}) == 1
    assert how_many(context) == 1


def test_a_form_about_nothing_leads_to_the_selection(context, visitor):
    assert visitor.get("/register").location == "/selection"
    session = publish(context)
    form = visitor.get(f"/register/{session}")
    values = form.values | FAMILY | {"sessions": "nonsense"}
    assert visitor.post("/register", values).location == "/selection"
    assert how_many(context) == 0


def test_whoever_registers_for_one_session_keeps_the_rest_of_the_selection(
    context, visitor, weekend
):
    choose(visitor, *weekend)
    assert visitor.get(f"/register/{weekend[0]}").send(FAMILY).status == 303
    assert kept(visitor) == weekend[1:]
