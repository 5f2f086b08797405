"""Imports in the console: hand a file in, look at the plan, apply it, follow the job."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from services.scheduling.domain.import_jobs import (
    CHANGED,
    LARGEST_FILE,
    NotNow,
    abandon,
    accept,
    add_job,
)
from services.scheduling.domain.importing import ImportRefused, Options
from services.scheduling.models import Edition
from services.scheduling.pages.console.change_words import difference_rows, when, where
from services.scheduling.pages.console.kept_words import kept_lines
from services.scheduling.pages.console.sheet_responses import sheet_response
from services.scheduling.queries.imports import corrections_of, job_shown, recent_jobs
from shared.i18n import current_locale, sentence_of
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.console_navigation import current_edition_slug
from shared.web.large_bodies import allow_large_bodies
from shared.web.sign_in import current_account, require_staff

#: The states of a job as its page and the list name them.
STATE_LABELS = {
    "waiting": _l("En attente"),
    "planning": _l("Lecture en cours"),
    "planned": _l("À relire"),
    "accepted": _l("En attente"),
    "applying": _l("Application en cours"),
    "applied": _l("Appliqué"),
    "refused": _l("Refusé"),
    "failed": _l("Échoué"),
    "abandoned": _l("Abandonné"),
}

NOUN_LABELS = {
    "editions": _l("Éditions"),
    "organisations": _l("Structures"),
    "venues": _l("Lieux"),
    "spaces": _l("Salles et espaces"),
    "activities": _l("Animations"),
    "sessions": _l("Séances"),
}

#: The states in which something goes on without anybody's doing.
UNDER_WAY = ("waiting", "planning", "accepted", "applying")

blueprint = Blueprint("console_imports", __name__, url_prefix="/console/imports")
allow_large_bodies(blueprint, LARGEST_FILE, "upload")


@blueprint.get("")
@require_staff("coordinator")
def index() -> ResponseReturnValue:
    """Show the form for a file, and the latest imports."""
    return _index_page({}, {})


@blueprint.post("")
@require_staff("coordinator")
def upload() -> ResponseReturnValue:
    """Take a file, to be planned; the page of the job follows it."""
    context, account = current_context(), current_account()
    names = ("edition", "registration", "capacity")
    given = {name: request.form.get(name, "").replace("\x00", "") for name in names}
    file = request.files.get("file")
    content = file.read(LARGEST_FILE + 1) if file else b""
    faults: dict[str, Any] = {}
    if not content:
        faults["file"] = _("Choisissez un fichier ; celui-ci est vide ou manque.")
    elif len(content) > LARGEST_FILE:
        faults["file"] = _("Ce fichier est trop grand : 20 Mo au plus.")
    options = _options(given, faults)
    with context.database.write() as db:
        edition = db.scalars(
            sa.select(Edition).where(Edition.slug == given["edition"])
        ).one_or_none()
        if edition is None:
            faults["edition"] = _("Choisissez l’édition dans laquelle importer.")
        if not faults and edition is not None and options is not None:
            job = add_job(
                db,
                edition,
                filename=_filename(file.filename if file else None),
                content=content,
                options=options,
                account_id=account.id if account else None,
                now=context.clock(),
            )
            return redirect(url_for(".job", job_id=job.id), 303)
    return _index_page(given, faults), 422


@blueprint.get("/<uuid:job_id>")
@require_staff("coordinator")
def job(job_id: UUID) -> ResponseReturnValue:
    """Follow one import: how far it is, what it would do, what it did."""
    return render_template("console/import.html", **_job_facts(job_id))


@blueprint.get("/<uuid:job_id>/state")
@require_staff("coordinator")
def state(job_id: UUID) -> ResponseReturnValue:
    """Tell the job's open page how far it is; once that ends, the page is loaded again."""
    facts = _job_facts(job_id)
    response: Response = make_response(render_template("console/parts/import_state.html", **facts))
    response.set_etag(facts["tag"])
    response.headers["Cache-Control"] = "no-store"
    return response.make_conditional(request.environ)


@blueprint.get("/<uuid:job_id>/corrections.xlsx")
@require_staff("coordinator")
def corrections(job_id: UUID) -> Response:
    """Give a spreadsheet back with the cells that are wrong in colour."""
    with current_context().database.read() as db:
        found = corrections_of(db, job_id, current_locale())
    if found is None:
        abort(404)
    stem = found.filename.rpartition(".")[0] or found.filename
    return sheet_response(found.corrections, _("%(name)s à corriger.xlsx", name=stem))


@blueprint.post("/<uuid:job_id>/apply")
@require_staff("coordinator")
def apply(job_id: UUID) -> ResponseReturnValue:
    """Let a planned import be applied, as drafts or released, if its plan is the one looked at."""
    context = current_context()
    try:
        with context.database.write() as db:
            found = job_shown(db, job_id) or abort(404)
            is_released = request.form.get("as") == "released"
            if found.plan and found.plan["digest"] != request.form.get("seen"):
                flash(str(CHANGED), "error")
            else:
                accept(db, job_id, is_released=is_released, now=context.clock())
    except NotNow:
        flash(_("Cet import n’attend plus d’être appliqué."), "info")
    return redirect(url_for(".job", job_id=job_id), 303)


@blueprint.post("/<uuid:job_id>/abandon")
@require_staff("coordinator")
def give_up(job_id: UUID) -> ResponseReturnValue:
    """Give an import up before anything of it is written."""
    context = current_context()
    try:
        with context.database.write() as db:
            abandon(db, job_id, now=context.clock())
        flash(_("L’import est abandonné : rien n’a été écrit."), "success")
    except NotNow:
        flash(_("Cet import ne peut plus être abandonné."), "info")
        return redirect(url_for(".job", job_id=job_id), 303)
    return redirect(url_for(".index"), 303)


def _index_page(given: dict[str, str], faults: dict[str, Any]) -> str:
    with current_context().database.read() as db:
        editions = db.execute(
            sa.select(Edition.slug, Edition.name_fr, Edition.name_en).order_by(
                Edition.starts_on.desc(), Edition.id
            )
        ).all()
        jobs = recent_jobs(db)
    return render_template(
        "console/imports.html",
        editions=editions,
        given={
            "edition": current_edition_slug() or "",
            "registration": "",
            "capacity": "",
            **given,
        },
        faults=faults,
        errors={name: faults.get(name, "") for name in ("file", "edition", "capacity")},
        jobs=jobs,
        labels=STATE_LABELS,
    )


def _options(given: dict[str, str], faults: dict[str, Any]) -> Options | None:
    capacity: int | None = None
    if given["capacity"].strip():
        try:
            capacity = int(given["capacity"])
        except ValueError:
            faults["capacity"] = _("Écrivez un nombre entier de places.")
            return None
    try:
        return Options(given["registration"] or None, capacity)
    except ImportRefused as refusal:
        faults["capacity"] = str(refusal.sentence)
        return None


def _job_facts(job_id: UUID) -> dict[str, Any]:
    with current_context().database.read() as db:
        found = job_shown(db, job_id)
    if found is None:
        abort(404)
    told = found.report or found.plan or {}
    return {
        "job": found,
        "label": STATE_LABELS[found.state],
        "is_under_way": found.state in UNDER_WAY,
        "tag": f"{found.state}-{found.done}-{found.total}-{found.beat_at.isoformat()}",
        "told": told,
        "problem": _sentence(found.problem or told.get("problem")),
        "notes": [_sentence(note) for note in told.get("notes", [])],
        "rejections": [
            {**row, "reason": _sentence(row["reason"])}
            for row in told.get("rejections", [])
            if not row.get("faults")
        ],
        "faults": [
            {**fault, "line": row["line"], "reason": _sentence(fault["reason"])}
            for row in told.get("rejections", [])
            for fault in row.get("faults", [])
        ],
        "faulty_rows": sum(bool(row.get("faults")) for row in told.get("rejections", [])),
        "created": [_new(row) for row in (found.plan or {}).get("created", [])],
        "changed": [_changed(row) for row in (found.plan or {}).get("changed", [])],
        "kept": kept_lines(told.get("kept", [])),
        "nouns": NOUN_LABELS,
    }


def _new(row: dict[str, Any]) -> dict[str, Any]:
    found = row["state"]
    return {"title": found["title"], "when": when(found), "where": where(found)}


def _changed(row: dict[str, Any]) -> dict[str, Any]:
    rows = difference_rows(row["before"], row["after"], row["fields"])
    return {"id": row["id"], "title": row["after"]["title"], "rows": rows}


def _sentence(kept: Any) -> str:
    return str(sentence_of(kept)) if kept else ""


def _filename(name: str | None) -> str:
    """Return the last part of a file's name, as it is shown."""
    last = (name or "").replace("\x00", "").replace("\\", "/").rpartition("/")[2].strip()
    return last[:200] or _("fichier sans nom")
