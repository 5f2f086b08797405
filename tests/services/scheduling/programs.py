"""Programs and people as scheduling's tests let them in: tokens of the API, browsers signed in."""

import re
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.sign_in import create_link
from services.scheduling.domain.tokens import issue
from services.scheduling.web import create_app
from shared.api_tokens import SCOPES
from shared.context import ServiceContext
from shared.identifiers import new_id

EMAIL = "nour@parvis.example"

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def token_value(context: ServiceContext, *scopes: str, days: int | None = None) -> str:
    """Make a token with these scopes, all of them if none are named, and return its value."""
    with context.database.write() as db:
        account = ensure_account(db, EMAIL, "Nour Belkacem", ["coordinator"], context.clock())
        issued = issue(
            db,
            token_id=new_id(),
            account_id=account.id,
            name="Agenda",
            scopes=scopes or SCOPES,
            days=days,
            now=context.clock(),
        )
    assert issued is not None
    return issued.value


def bearer(value: str) -> dict[str, str]:
    """Return the header that shows a token."""
    return {"Authorization": f"Bearer {value}"}


def organisers_token(context: ServiceContext, email: str, *organisation_ids: UUID) -> str:
    """Make a token of an organiser who acts for these organisations, and return its value."""
    with context.database.write() as db:
        account = ensure_account(db, email, "Lou", ["organiser"], context.clock())
        set_memberships(db, account.id, organisation_ids, [])
        issued = issue(
            db,
            token_id=new_id(),
            account_id=account.id,
            name="Programme",
            scopes=SCOPES,
            days=None,
            now=context.clock(),
        )
    assert issued is not None
    return issued.value


class Program:
    """A client of the API with a token of all scopes; each write has a key of its own."""

    def __init__(self, context: ServiceContext, *scopes: str, token: str | None = None) -> None:
        self._client: FlaskClient = create_app(context).test_client()
        self._headers = bearer(token or token_value(context, *scopes))

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask for something; `body` is a file's bytes, or is sent as JSON."""
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            own.setdefault("Idempotency-Key", new_id().hex)
        kind = "data" if isinstance(body, bytes) else "json"
        content = {} if body is None else {kind: body}
        return self._client.open(path, method=method, headers={**self._headers, **own}, **content)


def browser(app: Flask, context: ServiceContext, *roles: str) -> FlaskClient:
    """Return a browser in which somebody of the staff with these roles is signed in."""
    with context.database.write() as db:
        name = "Nour Belkacem"
        address = f"{'-'.join(roles) or 'nobody'}@parvis.example"
        account = ensure_account(db, address, name, roles, context.clock())
        link, _code = create_link(db, account, context.clock())
    client = app.test_client()
    assert post(client, f"/console/sign-in/{link}").status_code == 303
    return client


def post(client: FlaskClient, page: str, action: str | None = None, **form: Any) -> Any:
    """Open a page and send a form of it, as a browser does."""
    found = _CSRF.search(client.get(page).text)
    assert found is not None, page
    return client.post(action or page, data={"csrf_token": found[1], **form})
