"""Who may edit the programme, who edited it last, and what others are told of it meanwhile."""

from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Account
from shared.i18n import gettext as _
from shared.web.sign_in import current_account

#: The roles that change the programme, and those that look at it.
EDITORS = ("coordinator", "organiser")
READERS = (*EDITORS, "reader")


def may_edit() -> bool:
    """Tell whether who is signed in may change the programme."""
    account = current_account()
    return account is not None and account.has_role(*EDITORS)


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
