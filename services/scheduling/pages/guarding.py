"""The last line: whatever is written while somebody is answered must be theirs to write.

Pages and the API show only what one may do. Here every row that is about to be stored is looked at
once more, whichever view it comes from, by the rules of `domain/permissions.py`.
"""

from typing import Any
from uuid import UUID

from flask import Flask, abort, has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.owners import (
    action_on,
    is_vouched_for,
    noun_of,
    owners_before,
    owners_of,
)
from services.scheduling.domain.permissions import NOBODY, Viewer, may, may_invite_to
from services.scheduling.models import Stop, Tour
from services.scheduling.models.base import Editable
from services.scheduling.pages.console.editors import may_ever_do
from shared.i18n import gettext as _
from shared.web.problems import Problem
from shared.web.sign_in import current_account
from shared.web.tokens import current_token_if_any

#: What has rules of its own: the parties of a stop are those of its exhibition and of its venue.
ELSEWHERE = (Tour, Stop)


def install_guard(app: Flask) -> None:
    """Look at everything that is written while this application answers somebody."""
    app.jinja_env.globals.update(may_ever=may_ever_do, may_invite=_may_invite)
    if not event.contains(DbSession, "before_flush", _guard):
        event.listen(DbSession, "before_flush", _guard)


def current_viewer() -> Viewer | None:
    """Return who asks: the program with its token, else whoever is signed in."""
    return current_token_if_any() or current_account()


def deny() -> None:
    """Refuse what is somebody else's, in words."""
    if request.path.startswith("/api/"):
        words = _("Ceci n’est pas à vous : vous pouvez le lire, pas le modifier.")
        raise Problem(403, "forbidden", detail=words)
    abort(403)


def _may_invite(organisation_id: UUID) -> bool:
    account = current_account()
    return account is not None and may_invite_to(account, organisation_id)


def _guard(db: DbSession, _flush: Any, _rows: Any) -> None:
    if not has_request_context() or is_vouched_for(db):
        return
    kinds = (("delete", db.deleted), ("create", db.new), ("change", db.dirty))
    touched = [
        (action, row)
        for action, rows in kinds
        for row in rows
        if isinstance(row, Editable) and not isinstance(row, ELSEWHERE)
    ]
    if not touched:
        return
    viewer = current_viewer()
    with db.no_autoflush:
        for action, row in touched:
            if action == "change" and not db.is_modified(row):
                continue
            if not _may(db, viewer, action, row):
                deny()


def _may(db: DbSession, viewer: Viewer | None, action: str, row: Any) -> bool:
    if viewer is None:
        return False
    if "coordinator" in viewer.roles:
        return True
    noun = noun_of(row)
    before = owners_before(db, row) if action == "change" else NOBODY
    is_theirs = action != "change" or may(viewer, action, noun, before)
    return is_theirs and may(viewer, action_on(row, action), noun, owners_of(db, row))
