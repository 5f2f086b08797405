"""Organisers at the console's pages of webhooks, in browsers of their own."""

import re
from typing import Any
from uuid import UUID

from flask import Flask, Response
from werkzeug.test import Client, TestResponse

from services.notifications.models import Webhook
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.web.sign_in import SignedInAccount, issue_account_cookie
from tests.services.notifications.webhooks import (
    ORGANISATION,
)

HOME = "/console/notifications/webhooks"

FORM = {
    "name": "Site de la médiathèque",
    "url": "https://media.example.org/parvis",
    "kinds": ["session.published", "registration.made"],
    "contact": "technique@media.example",
}


def signed_in(app: Flask, *roles: str, organisations: tuple[UUID, ...] = ()) -> Client:
    """Return a browser of somebody of the staff."""
    account = SignedInAccount(new_id(), "Nour", roles, new_id(), organisations)
    with app.test_request_context():
        response = Response()
        issue_account_cookie(response, account)
    client = app.test_client()
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    client.set_cookie(name, rest.partition(";")[0])
    return client


def organiser(app: Flask) -> Client:
    """Return a browser of an organiser of the golden session's organisation."""
    return signed_in(app, "organiser", organisations=(ORGANISATION,))


def post(client: Client, path: str, **form: Any) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(HOME + "/new").text)
    assert found
    return client.post(HOME + path, data={"csrf_token": found[1], **form})


def shown_secret(response: TestResponse) -> str:
    found = re.search(r'value="(whsec_[^"]+)"', response.text)
    assert found, response.text
    return found[1]


def only_webhook(context: ServiceContext) -> Webhook:
    with context.database.read() as db:
        return db.query(Webhook).one()
