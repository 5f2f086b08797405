"""Storing what a form of the console was sent with, and telling what became of it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from flask import abort, flash, request, url_for
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession
from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import Conflict, Unknown, take
from services.scheduling.domain.history import acting
from services.scheduling.models.base import Editable
from services.scheduling.pages.console.editors import account_id, may_do
from services.scheduling.pages.console.forms import Form
from services.scheduling.pages.console.inputs import read_identifier
from services.scheduling.pages.console.saving import (
    Attempt,
    attempt_create,
    attempt_save,
    posted_revision,
)
from services.scheduling.pages.guarding import ELSEWHERE
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.console_navigation import current_edition_slug

Row = TypeVar("Row", bound=Editable)


def row_or_404(db: DbSession, model: type[Row], row_id: UUID) -> Row:
    """Return a row; there is none, a 404."""
    return db.get(model, row_id) or abort(404)


def create_posted(
    form: Form,
    model: type[Row],
    create: Callable[..., Row],
    posted: MultiDict[str, str] | None = None,
    **given: Any,
) -> Attempt:
    """Make a row of the request's form or of `posted`; sent twice, it is made once."""
    row_id = posted_identifier("id")
    try:
        attempt = _create(form, model, create, posted or request.form, row_id, given)
    except IntegrityError:
        with current_context().database.read() as db:
            made = _made(db, model, row_id)
        if made is None:
            raise
        return Attempt({}, saved=made)
    if not attempt.errors:
        return attempt
    with current_context().database.read() as db:
        made = _made(db, model, row_id)
    return attempt if made is None else Attempt({}, saved=made)


def _made(db: DbSession, model: type[Row], row_id: UUID | None) -> Row | None:
    """Return what the same form made before, or at the same moment."""
    return db.get(model, row_id) if row_id else None


def _create(
    form: Form,
    model: type[Row],
    create: Callable[..., Row],
    posted: MultiDict[str, str],
    row_id: UUID | None,
    given: Mapping[str, Any],
) -> Attempt:
    context = current_context()
    with context.database.write() as db:
        made = _made(db, model, row_id)
        if made is not None:
            return Attempt({}, saved=made)
        return attempt_create(
            db,
            form,
            posted,
            lambda values: create(
                db,
                {**values, **given},
                account_id=account_id(),
                now=context.clock(),
                row_id=row_id,
            ),
        )


def save_posted(
    form: Form,
    model: type[Row],
    row_id: UUID,
    save: Callable[..., Row],
    posted: MultiDict[str, str] | None = None,
) -> Attempt:
    """Save the request's form, or `posted`, into a row, unless somebody else changed it too.

    What is somebody else's is refused before it is compared: a conflict shows what is stored.
    """
    context = current_context()
    with context.database.write() as db:
        try:
            row = take(db, model, row_id, None)
        except Unknown:
            abort(404)
        if not isinstance(row, ELSEWHERE) and not may_do(db, "change", row):
            abort(403)
        return attempt_save(
            db,
            form,
            row,
            posted or request.form,
            lambda revision, values: save(
                db, row_id, revision, values, account_id=account_id(), now=context.clock()
            ),
        )


def delete_posted(row_id: UUID, delete: Callable[[DbSession, UUID, int | None], None]) -> bool:
    """Delete a row that is still as it was seen; tell why not, and return whether it is gone."""
    try:
        context = current_context()
        with context.database.write() as db:
            acting(db, account_id=account_id(), now=context.clock())
            delete(db, row_id, posted_revision(request.form))
    except Unknown:
        return True
    except InUse as in_use:
        flash(str(in_use.sentence), "error")
        return False
    except Conflict:
        flash(
            _("Quelqu’un vient d’y changer quelque chose : regardez avant de supprimer."), "error"
        )
        return False
    flash(_("C’est supprimé."), "success")
    return True


def posted_identifier(name: str) -> UUID | None:
    """Return the id that a field of the request's form has."""
    try:
        return read_identifier(request.form.get(name, ""))
    except Fault:
        return None


def tell_saved(attempt: Attempt, *, waits: bool = True, slug: str | None = None) -> None:
    """Say that it is saved, what of another's change was taken over, and where to release it."""
    if attempt.seen and attempt.saved.revision == attempt.revision:
        flash(_("Rien n’a changé : il n’y avait rien à enregistrer."))
        return
    slug = slug or current_edition_slug()
    if attempt.merged:
        flash(
            _(
                "Enregistré avec ce qu’une autre personne venait de changer : %(parts)s.",
                parts=", ".join(attempt.merged),
            )
        )
    if not waits:
        flash(_("Enregistré."), "success")
        return
    words = _("Enregistré comme brouillon, à publier.")
    link = ""
    if slug:
        link = Markup(' <a href="{}">{}</a>').format(
            url_for("console_releases.changes", slug=slug), _("Voir ce qui attend")
        )
    flash(Markup("{}{}").format(words, link), "success")
