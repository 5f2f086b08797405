"""The pages that every kind of row has: its form, new or stored, saved, followed and deleted.

    blueprint = Blueprint("console_venues", __name__, url_prefix="/console/venues")
    add_noun_pages(blueprint, NounPages(Venue, "venue_id", FORM, create_venue, …))

GET, POST /console/venues/new · GET, POST /console/venues/<id> · GET …/state · POST …/delete
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from services.scheduling.domain.duplicates import Likeness
from services.scheduling.models.base import Editable
from services.scheduling.pages.console.duplicates import likely_of
from services.scheduling.pages.console.editors import state_of
from services.scheduling.pages.console.forms import Form, Shown
from services.scheduling.pages.console.saving import Attempt, opened
from services.scheduling.pages.console.storing import (
    create_posted,
    delete_posted,
    posted_identifier,
    row_or_404,
    save_posted,
    tell_saved,
)
from shared.web import current_context
from shared.web.repeating import asks_for_rows
from shared.web.sign_in import require_staff


@dataclass(frozen=True)
class NounPages:
    """What the pages of one kind of row differ in.

    `argument` names the id in addresses. `readers`, `editors` and `makers` are the roles that see,
    change, and make or delete a row. `page` shows an attempt: of the row whose id it is given, or
    of a new one with those that are `likely` the same. `blank` gives a new form; `waits` tells
    whether what was saved waits to be released. `alike` names the kind where likely duplicates are
    looked for.
    """

    model: type[Editable]
    argument: str
    form: Form
    create: Callable[..., Any]
    save: Callable[..., Any]
    delete: Callable[..., Any]
    page: Callable[..., ResponseReturnValue]
    readers: Sequence[str]
    editors: Sequence[str]
    makers: Sequence[str]
    waits: Callable[[Attempt], bool] = lambda _attempt: False
    blank: Callable[[], Shown] | None = None
    alike: str | None = None


def add_noun_pages(blueprint: Blueprint, noun: NounPages) -> None:
    """Add the pages of a kind of row: `.new`, `.create`, `.edit`, `.save`, `.state`, `.delete`."""
    stored = f"/<uuid:{noun.argument}>"
    for rule, endpoint, methods, roles, view in (
        ("/new", "new", ["GET"], noun.makers, _new),
        ("/new", "create", ["POST"], noun.makers, _create),
        (stored, "edit", ["GET"], noun.readers, _edit),
        (stored, "save", ["POST"], noun.editors, _save),
        (f"{stored}/state", "state", ["GET"], noun.readers, _state),
        (f"{stored}/delete", "delete", ["POST"], noun.makers, _delete),
    ):
        blueprint.add_url_rule(
            rule, endpoint, require_staff(*roles)(_bound(view, noun)), methods=methods
        )


def _bound(view: Callable[..., ResponseReturnValue], noun: NounPages) -> Any:
    """Return a view of one kind of row, to which its address gives the id."""

    def bound(**ids: UUID) -> ResponseReturnValue:
        return view(noun, *ids.values())

    return bound


def _new(noun: NounPages) -> ResponseReturnValue:
    return noun.page(Attempt(noun.blank() if noun.blank else noun.form.blank()))


def _create(noun: NounPages) -> ResponseReturnValue:
    likely = _likely(noun)
    if likely and not asks_for_rows(request.form):
        return noun.page(Attempt(noun.form.posted(request.form), is_changed=True), likely=likely)
    attempt = create_posted(noun.form, noun.model, noun.create)
    if attempt.saved is None:
        return noun.page(attempt)
    tell_saved(attempt, waits=False)
    return _to_row(noun, attempt.saved.id)


def _likely(noun: NounPages) -> Sequence[Likeness]:
    """Return what a new row may be a duplicate of, unless this very form made it already."""
    if noun.alike is None:
        return ()
    with current_context().database.read() as db:
        if db.get(noun.model, posted_identifier("id") or UUID(int=0)) is not None:
            return ()
        return likely_of(db, noun.alike, noun.form.posted(request.form))


def _edit(noun: NounPages, row_id: UUID) -> ResponseReturnValue:
    with current_context().database.read() as db:
        attempt = opened(noun.form, row_or_404(db, noun.model, row_id))
    return noun.page(attempt, row_id)


def _save(noun: NounPages, row_id: UUID) -> ResponseReturnValue:
    attempt = save_posted(noun.form, noun.model, row_id, noun.save)
    if attempt.saved is None:
        return noun.page(attempt, row_id)
    tell_saved(attempt, waits=noun.waits(attempt))
    return _to_row(noun, row_id)


def _state(noun: NounPages, row_id: UUID) -> ResponseReturnValue:
    """Tell an open form whether somebody changed the row meanwhile."""
    with current_context().database.read() as db:
        return state_of(db, db.get(noun.model, row_id))


def _delete(noun: NounPages, row_id: UUID) -> ResponseReturnValue:
    """Delete a row that nothing refers to."""
    if delete_posted(row_id, noun.delete):
        return redirect(url_for(".index"), 303)
    return _to_row(noun, row_id)


def _to_row(noun: NounPages, row_id: UUID) -> ResponseReturnValue:
    address: dict[str, Any] = {noun.argument: row_id}
    return redirect(url_for(".edit", **address), 303)
