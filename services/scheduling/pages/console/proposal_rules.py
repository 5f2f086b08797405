"""What an edition asks of its proposals, on one page: a matrix, lengths, days, reminders."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.revisions import Conflict, Invalid
from services.scheduling.domain.proposals.reading import subjects_of
from services.scheduling.domain.proposals.reminding import lacking
from services.scheduling.domain.proposals.requirements import (
    REQUIREMENTS,
    STAGES,
    TEXTS,
    Rules,
    concerned,
    rules_of,
)
from services.scheduling.domain.proposals.ruling import rules_row, save_rules
from services.scheduling.models import Activity, Edition, EditionRules
from services.scheduling.pages.console.editions_shown import edition_or_404, to_current_edition
from services.scheduling.pages.console.editors import account_id
from services.scheduling.pages.console.inputs import read_day, read_whole
from services.scheduling.pages.console.proposal_words import STAGE_LABELS
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

DAYS = {
    "proposal": "proposals_due_on",
    "label": "label_due_on",
    "publication": "publication_due_on",
}
NUMBERS = ("travel_kmh", "travel_margin_minutes")

#: How many proposals the preview of the reminder names.
PREVIEWED = 3

Shown = dict[str, Any]

blueprint = Blueprint("console_proposal_rules", __name__, url_prefix="/console")


@blueprint.get("/rules")
@require_staff("coordinator")
def somewhere() -> ResponseReturnValue:
    """Lead to the rules of the edition looked at last."""
    return to_current_edition(".page")


@blueprint.get("/editions/<slug>/rules")
@require_staff("coordinator")
def page(slug: str) -> ResponseReturnValue:
    """Show an edition's rules."""
    with current_context().database.read() as db:
        row = rules_row(db, edition_or_404(db, slug).id)
    return _page(slug, _shown(row), row.revision)


@blueprint.post("/editions/<slug>/rules")
@require_staff("coordinator")
def save(slug: str) -> ResponseReturnValue:
    """Keep the rules as they were sent, unless somebody else changed them meanwhile."""
    context = current_context()
    shown = _posted()
    values, faults = _values(shown)
    revision = request.form.get("revision", "")
    seen = int(revision) if revision.isdigit() and len(revision) < 10 else -1
    try:
        with context.database.write() as db:
            edition = edition_or_404(db, slug)
            if faults:
                raise Invalid(faults)
            save_rules(db, edition.id, seen, values, account_id=account_id(), now=context.clock())
    except Invalid as invalid:
        errors = {name: str(sentence) for name, sentence in invalid.faults.items()}
        return _page(slug, shown, seen, errors)
    except Conflict as conflict:
        flash(
            _("Quelqu’un vient de changer ces règles : relisez les vôtres, puis enregistrez."),
            "error",
        )
        return _page(slug, shown, conflict.row.revision, status=409)
    flash(_("Enregistré."), "success")
    return redirect(url_for(".page", slug=slug), 303)


def _page(
    slug: str,
    shown: Shown,
    revision: int,
    errors: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        edition = edition_or_404(db, slug)
        rules = rules_of(db.get(EditionRules, edition.id))
        page = render_template(
            "console/proposal_rules.html",
            edition=edition,
            values=shown,
            revision=revision,
            errors=errors or {},
            requirements=REQUIREMENTS,
            stages=STAGES,
            stage_labels=STAGE_LABELS,
            days=DAYS,
            texts=TEXTS,
            rules=rules,
            reminded=_reminded(db, edition, rules),
            previewed=PREVIEWED,
        )
    return page, 422 if errors else status


def _reminded(db: DbSession, edition: Edition, rules: Rules) -> list[dict[str, Any]]:
    """Return what a reminder would say today: the proposals that lack something, and what."""
    activities = db.query(Activity).filter_by(edition_id=edition.id).order_by(Activity.title_fr)
    subjects = subjects_of(db, activities)
    found = []
    for subject in subjects.values():
        for stage in concerned(subject.activity):
            lacks = lacking(subject, rules, stage)
            if lacks:
                found.append({"title": subject.activity.title_fr, "stage": stage, "lacks": lacks})
    return found


def _shown(row: EditionRules) -> Shown:
    rules = rules_of(row)
    return {
        "asked": {stage: set(rules.asked[stage]) for stage in STAGES},
        "lengths": {name: str(number) for name, number in rules.lengths.items()},
        **{name: getattr(row, name) or "" for name in DAYS.values()},
        **{name: str(getattr(row, name)) for name in NUMBERS},
        "reminder_days": ", ".join(str(days) for days in rules.reminder_days),
        "takes_proposals": row.takes_proposals,
    }


def _posted() -> Shown:
    form = request.form
    return {
        "asked": {stage: set(form.getlist(f"ask-{stage}")) for stage in STAGES},
        "lengths": {name: form.get(f"length-{name}", "") for name in TEXTS},
        **{name: form.get(name, "") for name in (*DAYS.values(), *NUMBERS)},
        "reminder_days": form.get("reminder_days", ""),
        "takes_proposals": bool(form.get("takes_proposals")),
    }


def _values(shown: Shown) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values that the fields mean, and what cannot be read."""
    values: dict[str, Any] = {
        "requirements": shown["asked"],
        "lengths": {},
        "takes_proposals": shown["takes_proposals"],
    }
    faults: dict[str, Any] = {}

    def read(field: str, reading: Any, text: str) -> Any:
        try:
            return reading(text)
        except Fault as fault:
            faults[field] = fault.sentence
            return None

    for name in DAYS.values():
        values[name] = read(name, read_day, shown[name])
    for name in NUMBERS:
        values[name] = read(name, read_whole, shown[name])
    for name, text in shown["lengths"].items():
        values["lengths"][name] = read(f"length-{name}", read_whole, text)
    bare = shown["reminder_days"].replace(";", ",").split(",")
    days = [read("reminder_days", read_whole, text) for text in bare if text.strip()]
    values["reminder_days"] = [one for one in days if one is not None]
    return values, faults
