"""The coordination answers whoever asks what is held of them: the page, the file, the erasure."""

import json
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client, TestResponse

from services.registration.models import Erasure, Registration
from services.registration.web import create_app
from shared.context import ServiceContext
from tests.services.registration.erasing import (
    ALL,
    EMAIL,
    NAME,
    NOTE,
    TELEPHONE,
    register_person,
    traces,
)
from tests.services.registration.factories import publish, register, request, seats, wanted
from tests.services.registration.test_names import MUSEUM, accesses, browser, viewer

PAGE = "/console/registration/personal-data"


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def staff(app: Flask) -> Client:
    return browser(app, viewer("coordinator"))


def post(client: Client, path: str = "", **form: str) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(PAGE).text)
    return client.post(PAGE + path, data={"csrf_token": found[1] if found else "", **form})


@pytest.mark.parametrize("roles", [(), ("organiser",), ("venue",), ("reader",), ("door",)])
def test_only_the_coordination_answers(app: Flask, roles: tuple[str, ...]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # so that it is not the token that refuses
    client = browser(app, viewer(*roles, organisations=(MUSEUM,), sees_names=True))

    answers = [client.get(PAGE), *(client.post(PAGE + one) for one in ("", "/file", "/erase"))]

    assert [one.status_code for one in answers] == [403] * 4


def test_everything_held_with_an_address_is_shown_and_that_is_kept(context, staff):
    session, later = publish(context), publish(context)
    register_person(context, session)
    [other] = register(context, request(wanted(later), email=EMAIL, key="another"))
    register(context, request(wanted(later), email="dominique@example.org", name="Dominique"))

    page = post(staff, who=" Camille@Example.ORG ")

    for shown in (NAME, TELEPHONE, NOTE, "Voir un muon"):
        assert shown in page.text
    assert "Dominique" not in page.text
    code = other.body["code"]
    assert f"Inscription {code[:4]}\u00a0{code[4:]}" in page.text
    assert [one[1:] for one in accesses(context)] == [
        ("page", 1, "demande d’accès d’une personne")
    ] * 2


def test_the_file_holds_all_of_it_and_nothing_that_opens_a_registration(context, staff):
    answer = register_person(context, publish(context))

    response = post(staff, "/file", who=EMAIL)

    told = json.loads(response.text)
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=parvis-registrations.json"
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert [one["email"] for one in told["registrations"]] == [EMAIL]
    assert answer.body["token"] not in response.text
    assert answer.body["ticket"] not in response.text


def test_somebody_without_an_address_is_found_by_the_code(context, staff):
    [made] = register(context, request(wanted(publish(context)), email=None, name="Jo Bré"))
    code = made.body["code"]

    assert "Jo Bré" in post(staff, who=f"{code[:4]} {code[4:]}".lower()).text


def test_it_is_asked_once_more_before_everything_is_erased(context, staff):
    session = publish(context)
    answer = register_person(context, session)

    question = post(staff, "/erase", who=EMAIL)
    assert "Effacer cette personne" in question.text
    assert traces(context, answer) == ALL

    done = post(staff, "/erase", who=EMAIL, confirmed="yes")

    assert (done.status_code, done.headers["Location"]) == (303, PAGE)
    assert traces(context, answer) == set()
    assert seats(context, session).taken == 0
    after = staff.get(PAGE).text
    assert "Effacé\u00a0: 1 inscription." in after
    assert ("Nour" in after, "à la demande de la personne" in after) == (True, True)
    with context.database.read() as db:
        assert db.scalars(sa.select(Erasure.account_name)).all() == ["Nour"]
        assert db.scalars(sa.select(Registration.email)).all() == [None]


@pytest.mark.parametrize(
    ("who", "status", "told"),
    [("", 422, "Indiquez l’adresse"), ("nobody@example.org", 404, "Nous ne gardons aucune")],
)
def test_who_is_not_found_is_told_so_at_the_field(staff, who, status, told):
    for path in ("", "/file", "/erase"):
        response = post(staff, path, who=who)

        assert response.status_code == status
        assert told in response.text
        assert f'value="{who}"' in response.text
