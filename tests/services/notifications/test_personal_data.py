"""The mails to an address, for whoever asks what is held of them."""

import json
import re

import pytest
from flask import Flask, Response
from werkzeug.test import Client, TestResponse

from services.notifications.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.web.sign_in import SignedInAccount, issue_account_cookie
from tests.services.notifications.events import know_session, made, mails, react
from tests.services.notifications.test_erasing import PERSON, erased, forget
from tests.services.notifications.webhooks import make

PAGE = "/console/mails/personal-data"
EMAIL = PERSON["email"]


@pytest.fixture
def app(sqlite_context: ServiceContext) -> Flask:
    return create_app(sqlite_context)


def signed_in(app: Flask, *roles: str) -> Client:
    account = SignedInAccount(new_id(), "Nour", roles, new_id())
    with app.test_request_context():
        response = Response()
        issue_account_cookie(response, account)
    client = app.test_client()
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    client.set_cookie(name, rest.partition(";")[0])
    return client


def post(client: Client, path: str = "", **form: str) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(PAGE).text)
    return client.post(PAGE + path, data={"csrf_token": found[1] if found else "", **form})


@pytest.mark.parametrize("roles", [(), ("organiser",), ("venue",), ("reader",)])
def test_only_the_coordination_answers(app, roles):
    assert signed_in(app, *roles).get(PAGE).status_code == 403


def test_the_page_and_the_file_show_what_went_to_the_address_and_to_no_other(app, sqlite_context):
    know_session(sqlite_context)
    react(sqlite_context, made())
    react(sqlite_context, made(email="dominique@example.org", name="Dominique Faure"))
    staff = signed_in(app, "coordinator")

    page = post(staff, who=f" {EMAIL.upper()} ")
    response = post(staff, "/file", who=EMAIL)

    [mine, _other] = mails(sqlite_context)
    assert (page.text.count("mails-row"), mine.subject in page.text) == (1, True)
    told = json.loads(response.text)
    [mail] = told.pop("mails")
    assert told == {
        "format": "parvis-personal-data-1",
        "written_at": sqlite_context.clock().isoformat(),
        "held_by": "notifications",
        "suppressed": [],
        "address": EMAIL,
        "subscriptions": [],
        "subscriptions_refused_at": None,
        "webhooks": [],
    }
    assert PERSON["name"] in mail.pop("text")
    assert mail == {
        "subject": mine.subject,
        "kind": "registration_confirmed",
        "status": "queued",
        "language": "fr",
        "queued_at": mine.queued_at.isoformat(),
        "sent_at": None,
        "delivery": [],
    }


def test_whoever_is_told_of_a_webhooks_failures_is_told_of_it(app, sqlite_context):
    webhook = make(sqlite_context)
    staff = signed_in(app, "coordinator")

    page = post(staff, who=webhook.contact.upper())
    told = json.loads(post(staff, "/file", who=webhook.contact).text)

    assert f"/console/notifications/webhooks/{webhook.id}/edit" in page.text
    assert (told["mails"], told["webhooks"]) == (
        [],
        [
            {
                "name": "Agenda",
                "url": webhook.url,
                "created_at": sqlite_context.clock().isoformat(),
            }
        ],
    )


def test_after_an_erasure_there_is_nothing_to_give(app, sqlite_context):
    know_session(sqlite_context)
    envelope = made()
    react(sqlite_context, envelope)
    forget(sqlite_context, erased(envelope.aggregate_id))
    staff = signed_in(app, "coordinator")

    assert [post(staff, path, who=EMAIL).status_code for path in ("", "/file")] == [404, 404]
    assert "Nous ne gardons aucun courriel" in post(staff, who=EMAIL).text
    assert post(staff, who="").status_code == 422
    [mail] = mails(sqlite_context)
    shown = staff.get(f"/console/mails/{mail.id}").text
    assert ("Courriel effacé" in shown, EMAIL in shown) == (True, False)
    assert "Courriel effacé" in staff.get("/console/mails").text
