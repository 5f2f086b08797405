"""The page of a form: what all of them show beside their fields."""

from typing import Any

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.pages.console.editors import editor_name, may_edit
from services.scheduling.pages.console.saving import Attempt
from shared.i18n import format_day, format_time
from shared.i18n import gettext as _
from shared.identifiers import new_id

#: Where the people are who edit the programme.
STAFF_ZONE = "Europe/Paris"


def edit_page(
    db: DbSession, template: str, attempt: Attempt, row: Any = None, **shown: Any
) -> ResponseReturnValue:
    """Return the page of a form, for a stored row or a new one."""
    who, when = "", ""
    if row is not None and attempt.conflicts:
        who = editor_name(db, row)
        local = f"{format_day(row.edited_at, weekday=False)}, "
        when = _("Le %(when)s", when=local + format_time(row.edited_at, STAFF_ZONE))
    page = render_template(
        template,
        attempt=attempt,
        values=attempt.shown,
        errors=attempt.errors,
        row=row,
        new_id=str(new_id()),
        is_read_only=not may_edit(),
        who=who,
        when=when,
        **shown,
    )
    return make_response(page, attempt.status)
