"""Somebody of the staff at registration's console: signed in, reads pages, sends their forms."""

from typing import Any
from uuid import UUID

from flask import Flask, Response

from services.registration.models import NameAccess
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.web.sign_in import SignedInAccount, issue_account_cookie
from tests.services.registration.browsing import Page, Visitor
from tests.services.registration.factories import publish

MUSEUM, LIBRARY = new_id(), new_id()


def viewer(
    *roles: str,
    organisations: tuple[UUID, ...] = (),
    venues: tuple[UUID, ...] = (),
    sees_names: bool = False,
) -> SignedInAccount:
    """Return somebody of the staff."""
    return SignedInAccount(new_id(), "Nour", roles, new_id(), organisations, venues, sees_names)


def enter(app: Flask, account: SignedInAccount) -> Visitor:
    """Return the browser of somebody who is signed in."""
    visitor = Visitor(app)
    visitor.client.set_cookie(*cookie_of(app, account))
    return visitor


def cookie_of(app: Flask, account: SignedInAccount) -> tuple[str, str]:
    """Return the name and the value of the cookie of somebody who is signed in."""
    with app.test_request_context():
        response = Response()
        issue_account_cookie(response, account)
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    return name, rest.partition(";")[0]


def at_the_museum(context: ServiceContext, **changes: Any) -> UUID:
    """Publish a session of the museum; return its id."""
    organisation = {"id": str(MUSEUM), "name": "Muséum", "email": "museum@example.org"}
    return publish(context, organisation=organisation, **changes)


def elsewhere(context: ServiceContext, **changes: Any) -> UUID:
    """Publish a session of the library; return its id."""
    organisation = {"id": str(LIBRARY), "name": "Bibliothèque", "email": None}
    return publish(context, organisation=organisation, **changes)


def send(page: Page, action: str, **typed: str) -> Page:
    """Send one of the page's forms with what is in it, some of it typed over."""
    values, _buttons = page.forms[action]
    return page.visitor.post(action, {**values, **typed})


def looks(context: ServiceContext) -> list[tuple[str, int, str | None]]:
    """Return what the log says of who was shown names: how, how many, what for."""
    with context.database.read() as db:
        rows = db.query(NameAccess).order_by(NameAccess.id)
        return [(row.kind, row.names, row.purpose) for row in rows]
