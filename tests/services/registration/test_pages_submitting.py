"""One wish, one registration, however often a form is sent."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.registration.web import create_app
from tests.services.registration.browsing import FAMILY, Visitor, how_many
from tests.services.registration.factories import publish, register, request, wanted
from tests.services.registration.factories import seats as seats_of


@pytest.fixture
def visitor(context):
    return Visitor(create_app(context))


def test_sending_the_form_twice_registers_once(context, visitor):
    session = publish(context, capacity=5)
    form = visitor.get(f"/register/{session}")
    first, second = form.send(FAMILY), form.send(FAMILY)
    assert first.location == second.location
    assert how_many(context) == 1
    assert seats_of(context, session).taken == 3


def test_clicks_that_arrive_at_once_register_once(context, visitor):
    session = publish(context, capacity=50)
    form = visitor.get(f"/register/{session}")
    typed = {**form.values, **FAMILY}
    together = threading.Barrier(4)

    def click(_number):
        client = visitor.client.application.test_client()
        client.set_cookie("parvis_session", visitor.client.get_cookie("parvis_session").value)
        together.wait()
        return client.post(form.action, data=typed).headers["Location"]

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(click, range(4)))) == 1
    assert how_many(context) == 1


def test_going_back_and_sending_something_else_shows_the_registration_that_was_made(
    context, visitor
):
    session = publish(context, capacity=5)
    form = visitor.get(f"/register/{session}")
    first = form.send(FAMILY)
    second = form.send(FAMILY | {"adults": "1"})
    assert first.location == second.location
    assert "déjà enregistrée" in visitor.get(second.location).text
    assert seats_of(context, session).taken == 3


def test_going_back_to_a_fresh_form_and_sending_the_same_registers_once(context, visitor):
    session = publish(context, capacity=5)
    first = visitor.get(f"/register/{session}").send(FAMILY)
    second = visitor.get(f"/register/{session}").send(FAMILY)
    assert first.location == second.location
    assert "déjà enregistrée" in visitor.get(second.location).text
    assert how_many(context) == 1


def test_another_family_at_the_same_device_gets_a_registration_of_its_own(context, visitor):
    session = publish(context, capacity=9)
    first = visitor.get(f"/register/{session}").send(FAMILY)
    second = visitor.get(f"/register/{session}").send(FAMILY | {"email": "sacha@example.org"})
    assert first.location != second.location
    assert how_many(context) == 2


def test_two_visitors_who_ask_for_the_same_are_two(context, visitor):
    session = publish(context, capacity=9)
    other = Visitor(visitor.client.application)
    for each in (visitor, other):
        assert each.get(f"/register/{session}").send(FAMILY).status == 303
    assert how_many(context) == 2


def test_whoever_cancelled_can_register_again(context, visitor):
    session = publish(context, capacity=5)
    form = visitor.get(f"/register/{session}")
    first = form.send(FAMILY)
    visitor.get(first.location.partition("?")[0] + "/cancel").send()
    again = [form.send(FAMILY), form.send(FAMILY), visitor.get(f"/register/{session}").send(FAMILY)]
    assert len({page.location for page in again} - {first.location}) == 1
    assert seats_of(context, session).taken == 3


def test_sending_it_again_after_the_session_closed_still_shows_the_registration(context, visitor):
    session = publish(context)
    form = visitor.get(f"/register/{session}")
    first = form.send(FAMILY)
    context.clock.advance(days=8)
    assert form.send(FAMILY).location == first.location


def test_a_form_that_was_refused_can_be_sent_again_with_less(context, visitor):
    session = publish(context, capacity=2)
    form = visitor.get(f"/register/{session}")
    register(context, request(wanted(session, adults=1)))
    refused = form.send(FAMILY | {"children": "0"})
    assert refused.status == 409
    assert "Il ne reste que 1 place" in refused.error("party")
    assert refused.values["adults"] == "2"
    assert refused.send(FAMILY | {"adults": "1", "children": "0"}).status == 303
    assert how_many(context) == 2


def test_going_back_after_a_refusal_and_sending_less_twice_registers_once(context, visitor):
    session = publish(context, capacity=2)
    form = visitor.get(f"/register/{session}")
    register(context, request(wanted(session, adults=1)))
    form.send(FAMILY | {"children": "0"})
    smaller = FAMILY | {"adults": "1", "children": "0"}
    first, second = form.send(smaller), form.send(smaller)
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert how_many(context) == 2


def test_a_form_without_a_key_of_ours_still_registers(context, visitor):
    session = publish(context)
    form = visitor.get(f"/register/{session}")
    assert form.send(FAMILY | {"key": "1"}).status == 303
    assert form.send(FAMILY | {"key": ""}).status == 303
    assert how_many(context) == 1


def test_every_form_shown_has_a_key_of_its_own(context, visitor):
    session = publish(context)
    keys = {visitor.get(f"/register/{session}").values["key"] for _ in range(3)}
    assert len(keys) == 3
