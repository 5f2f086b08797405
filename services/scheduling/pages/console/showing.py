"""The page of a form: what all of them show beside their fields."""

from typing import Any

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.pages.console.editors import check_read, editor_name, may_do, may_edit
from services.scheduling.pages.console.hiding import without_contacts
from services.scheduling.pages.console.history_panel import history_panel
from services.scheduling.pages.console.saving import Attempt
from shared.i18n import format_day, format_time
from shared.i18n import gettext as _
from shared.identifiers import new_id

#: Where the people are who edit the programme.
STAFF_ZONE = "Europe/Paris"


def edit_page(
    db: DbSession,
    template: str,
    attempt: Attempt,
    row: Any = None,
    *,
    is_party: bool = False,
    **shown: Any,
) -> ResponseReturnValue:
    """Return the page of a form, for a stored row or a new one.

    What is somebody else's can be read, without its contacts, and not be changed. Of a stop it is
    its own page that knows who takes part in it (`is_party`).
    """
    if not is_party:
        check_read(db, row)
    who, when = "", ""
    if row is not None and attempt.conflicts:
        who = editor_name(db, row)
        local = f"{format_day(row.edited_at, weekday=False)}, "
        when = _("Le %(when)s", when=local + format_time(row.edited_at, STAFF_ZONE))
    allowed = may_edit() if row is None else may_do(db, "change", row)
    sees_contacts = is_party or row is None or may_do(db, "contacts", row)
    if not sees_contacts:
        attempt = without_contacts(attempt, row)
    history = history_panel(db, row, with_contacts=sees_contacts) if row is not None else None
    page = render_template(
        template,
        attempt=attempt,
        values=attempt.shown,
        errors=attempt.errors,
        row=row,
        new_id=str(new_id()),
        who=who,
        when=when,
        sees_contacts=sees_contacts,
        **{"is_read_only": not allowed, "history": history, **shown},
    )
    return make_response(page, attempt.status)
