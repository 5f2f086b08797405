"""People of the staff at the console, each with a client of their own: pages read, forms sent."""

from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.sign_in import create_link
from services.scheduling.models import Organisation, Venue
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW


class Staff:
    """Somebody who is signed in, with these roles.

    Organisers and venue managers act for the organisations and venues named, else for all that
    there are by then.
    """

    def __init__(
        self,
        context: ServiceContext,
        *roles: str,
        name: str = "Ada Martin",
        app: Any = None,
        organisations: Iterable[UUID] | None = None,
        venues: Iterable[UUID] | None = None,
    ) -> None:
        self.client: FlaskClient = (app or create_app(context)).test_client()
        email = f"{name.casefold().replace(' ', '.')}@parvis.example"
        with context.database.write() as db:
            account = ensure_account(db, email, name, roles or ("coordinator",), NOW)
            self.account_id: UUID = account.id
            if organisations is None:
                organisations = db.scalars(sa.select(Organisation.id)).all()
            if venues is None:
                venues = db.scalars(sa.select(Venue.id)).all()
            set_memberships(db, account.id, organisations, venues)
            token, _code = create_link(db, account, context.clock())
        page = f"/console/sign-in/{token}"
        signed_in = self.client.post(page, data=self.form_of(page))
        assert signed_in.status_code == 303, signed_in.text

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **options)

    def form_of(self, path: str) -> MultiDict[str, str]:
        """Open a page and return the fields of its first form that posts, as they are filled."""
        return fields_of(self.get(path).text)

    def send(self, path: str, form: Any = None, **fields: Any) -> TestResponse:
        """Send the form of a page, changed; `form` is one that was opened before."""
        filled = MultiDict(form if form is not None else self.form_of(path))
        for name, value in fields.items():
            filled.setlist(name, value if isinstance(value, list) else [value])
        return self.client.post(path, data=filled)

    def follow(self, response: TestResponse) -> str:
        """Go where a response sends, and return the page."""
        assert response.status_code == 303, response.text
        return unescape(self.get(response.location).text)


def fields_of(html: str) -> MultiDict[str, str]:
    """Return the fields of a page's form as a browser would send them: of the one that is edited.

    Where none is, it is the form that says what was seen, else the first that posts.
    """
    reader = _Forms()
    reader.feed(html)
    forms = reader.forms
    edited = [fields for is_edited, fields in forms if is_edited]
    seen = [fields for _, fields in forms if "revision" in fields]
    return (edited or seen or [fields for _, fields in forms])[0]


class _Forms(HTMLParser):
    """Reads the forms that post: whether each is one that is edited, and its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[bool, MultiDict[str, str]]] = []
        self._fields: MultiDict[str, str] | None = None
        self._templates = 0
        self._area: str | None = None
        self._select: str | None = None
        self._chosen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self._fields = MultiDict()
            self.forms.append(("data-unsaved" in given, self._fields))
        if tag == "template":
            self._templates += 1
        if self._fields is None or self._templates:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            is_choice = given.get("type") in ("checkbox", "radio")
            if not is_choice or "checked" in given:
                self._fields.add(name, given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self._fields.add(name, "")
        elif tag == "select":
            self._select, self._chosen = name, None
        elif tag == "option" and ("selected" in given or self._chosen is None):
            self._chosen = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select is not None and self._fields is not None:
            self._fields.add(self._select, self._chosen or "")
            self._select = None
        elif tag == "form":
            self._fields = None

    def handle_data(self, data: str) -> None:
        if self._area and self._fields is not None:
            text = (self._fields[self._area] + data).removeprefix("\n")
            self._fields.setlist(self._area, [text])
