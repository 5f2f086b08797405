"""Who may edit the programme, who edited it last, and what others are told of it meanwhile."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.owners import noun_of, owners_of
from services.scheduling.domain.permissions import Owners, may, may_ever
from services.scheduling.models import Account
from shared.i18n import gettext as _
from shared.web.sign_in import current_account

#: The roles that change the programme, and those that look at it.
EDITORS = ("coordinator", "organiser")
READERS = (*EDITORS, "reader")


#: The roles that look at venues, at spaces and at what takes place there.
PLACE_READERS = (*READERS, "venue")

#: The roles that change venues and spaces, where these are theirs.
PLACE_EDITORS = (*EDITORS, "venue")

COORDINATION = ("coordinator",)


def may_edit() -> bool:
    """Tell whether who is signed in may change something of the programme."""
    account = current_account()
    return account is not None and account.has_role(*EDITORS)


def may_do(db: DbSession, action: str, row: Any) -> bool:
    """Tell whether who is signed in may do this with a row; see `domain/permissions.py`."""
    account = current_account()
    return account is not None and may(account, action, noun_of(row), owners_of(db, row))


def sees_note(organisation_id: UUID | None, venue_id: UUID | None) -> bool:
    """Tell whether the note of a session is for who is signed in.

    It is for the organisation of its activity, for its venue, and for who sees all contacts.
    """
    account = current_account()
    owners = Owners(frozenset(filter(None, [organisation_id])), frozenset(filter(None, [venue_id])))
    return account is not None and may(account, "contacts", "sessions", owners)


def may_ever_do(action: str, noun: str) -> bool:
    """Tell whether who is signed in may do this with something of the kind: for buttons."""
    account = current_account()
    return account is not None and may_ever(account, action, noun)


def check_read(db: DbSession, row: Any) -> None:
    """Refuse to show what is not open to who is signed in."""
    if row is not None and not may_do(db, "read", row):
        abort(403)


def own_venues(rows: Sequence[Any]) -> Sequence[Any]:
    """Return those of a list's venues that are open to who is signed in."""
    account = current_account()
    if account is None or account.has_role(*READERS):
        return rows
    return [row for row in rows if row.id in account.venue_ids]


def own_organisations() -> frozenset[UUID] | None:
    """Return the organisations for which who is signed in acts; None for all of them."""
    account = current_account()
    if account is None or account.has_role("coordinator"):
        return None if account else frozenset()
    return frozenset(account.organisation_ids)


def account_id() -> UUID | None:
    """Return the account of who is signed in."""
    account = current_account()
    return account.id if account else None


def editor_name(db: DbSession, row: Any) -> str:
    """Return who changed a row last, as others are told."""
    if row.edited_by_id is None:
        return _("Un import")
    account = db.get(Account, row.edited_by_id)
    if account is None:
        return _("Quelqu’un")
    if account.id == account_id():
        return _("%(name)s (vous, dans une autre fenêtre)", name=account.name)
    return account.name


def state_of(db: DbSession, row: Any) -> ResponseReturnValue:
    """Answer a page that asks whether what it shows is still the latest: 304 while it is."""
    check_read(db, row)
    response: Response
    if row is None:
        response = make_response(render_template("console/parts/gone.html"))
        response.set_etag("gone")
    else:
        response = make_response(
            render_template("console/parts/changed.html", who=editor_name(db, row), row=row)
        )
        response.set_etag(str(row.revision))
    response.headers["Cache-Control"] = "no-store"
    return response.make_conditional(request.environ)
