"""The texts of the law in the console: what is still missing, their facts and words, a preview."""

from collections.abc import Mapping
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from services.scheduling.domain import site_texts as domain
from services.scheduling.domain.editing.revisions import Conflict, Invalid
from services.scheduling.domain.site_facts import FACTS
from services.scheduling.models import Account
from services.scheduling.pages.legal import ADDRESSES, HEADINGS, rendered
from shared.database import Database
from shared.i18n import gettext as _
from shared.i18n.translator import speaking, translator
from shared.web import current_context
from shared.web.merging import KEEP, SEEN, decided, fingerprint, merge
from shared.web.sign_in import current_account, require_staff
from shared.web.site_facts import forget_site

blueprint = Blueprint("console_texts", __name__, url_prefix="/console/texts")


@blueprint.get("")
@require_staff("coordinator")
def index() -> ResponseReturnValue:
    """List the texts: whose they are, and what they lack."""
    with current_context().database.read() as db:
        texts = domain.site_texts(db)
    editors = {key: _editor(row.edited_by_id) for key, row in texts.rows.items()}
    return render_template(
        "console/texts.html",
        addresses=ADDRESSES,
        editors=editors,
        headings=HEADINGS,
        keys=domain.KEYS,
        texts=texts,
    )


@blueprint.get("/<key>")
@require_staff("coordinator")
def edit(key: str) -> ResponseReturnValue:
    """Show one text and its facts to be changed."""
    texts = _texts(key)
    return _form(key, texts, domain.values_of(texts, key))


@blueprint.post("/<key>")
@require_staff("coordinator")
def save(key: str) -> ResponseReturnValue:
    """Save what was typed, unless a preview or the default text is asked for."""
    texts = _texts(key)
    stored = domain.values_of(texts, key)
    values = decided(stored, request.form, stored)
    action = request.form.get("action")
    if action == "restore":
        defaults = {f"text_{locale}": domain.default_text(key, locale) for locale in domain.LOCALES}
        return _form(key, texts, {**values, **defaults}, as_opened=True, unsaved=True)
    if action == "preview":
        return _form(key, texts, values, as_opened=True, preview=True, unsaved=True)
    seen = request.form.get("revision", "")
    if seen != str(texts.revision(key)):
        merged = merge(stored, request.form, stored)
        values = merged.values
        if merged.conflicts or any(name.startswith(KEEP) for name in request.form):
            return _form(key, texts, values, conflicts=merged.conflicts, status=409, unsaved=True)
    return _save(key, texts, values)


def _save(key: str, texts: domain.SiteTexts, values: Mapping[str, str]) -> ResponseReturnValue:
    context = current_context()
    account = current_account()
    try:
        with context.database.write() as db:
            domain.save(
                db,
                key,
                values,
                revision=texts.revision(key),
                account_id=account.id if account else None,
                now=context.clock(),
            )
    except Invalid as invalid:
        faults = {name: str(sentence) for name, sentence in invalid.faults.items()}
        return _form(key, texts, values, errors=faults, status=422, unsaved=True)
    except Conflict:  # in the very moment between reading and saving
        texts = _texts(key)
        merged = merge(values, request.form, domain.values_of(texts, key))
        return _form(
            key, texts, merged.values, conflicts=merged.conflicts, status=409, unsaved=True
        )
    forget_site()
    flash(_("C’est enregistré, et visible dès maintenant."), "success")
    return redirect(url_for(".index"), 303)


def _texts(key: str) -> domain.SiteTexts:
    if key not in domain.KEYS:
        abort(404)
    with current_context().database.read() as db:
        return domain.site_texts(db)


def _form(
    key: str,
    texts: domain.SiteTexts,
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    conflicts: tuple[str, ...] = (),
    as_opened: bool = False,
    preview: bool = False,
    unsaved: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    stored = domain.values_of(texts, key)
    row = texts.rows.get(key)
    seen = {name: fingerprint(value) for name, value in stored.items()}
    revision = str(texts.revision(key))
    if as_opened:  # what somebody saved since is still to be found when this is saved
        seen = {name: request.form.get(SEEN + name, mark) for name, mark in seen.items()}
        revision = request.form.get("revision", revision)
    page = render_template(
        "console/text.html",
        address=ADDRESSES[key],
        conflicts=conflicts,
        editor=_editor(row.edited_by_id) if row else None,
        errors=errors or {},
        fields=FACTS[key],
        heading=HEADINGS[key],
        is_default={
            f"text_{locale}": values[f"text_{locale}"] == domain.default_text(key, locale)
            for locale in domain.LOCALES
        },
        longest=domain.LONGEST_TEXT,
        previews=_previews(texts, key, values) if preview else {},
        revision=revision,
        row=row,
        seen=seen,
        stored=stored,
        unsaved=unsaved,
        values=values,
    )
    return make_response(page, status)


def _previews(texts: domain.SiteTexts, key: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return both texts as they would be read, with the facts that were typed if they are good."""
    try:
        facts, _kept = domain.read(key, values)
    except Invalid:
        facts = {}
    told = domain.SiteTexts(texts.rows, {**texts.facts, **facts})
    previews = {}
    for locale in domain.LOCALES:
        with speaking(translator("services.scheduling", locale)):
            previews[locale] = rendered(told, values[f"text_{locale}"])
    return previews


def _editor(account_id: UUID | None) -> str | None:
    if account_id is None:
        return None
    database: Database = current_context().database
    with database.read() as db:
        account = db.get(Account, account_id)
    return account.name if account else None
