"""The sheet from which a labelled activity is retyped on the national site, field by field."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.fields import Fault, line, link
from services.scheduling.domain.editing.revisions import change, take
from services.scheduling.domain.proposals.national_sheet import (
    OWN,
    SheetField,
    SheetPart,
    SheetWords,
    sheet_of,
)
from services.scheduling.domain.proposals.reading import rules_for
from services.scheduling.models import Activity, NationalCopy
from services.scheduling.pages.code_words import ACCESSIBILITY_LABELS, LEVEL_LABELS, language_name
from services.scheduling.pages.console.editors import account_id
from services.scheduling.pages.console.inputs import read_web_address, sent
from services.scheduling.pages.console.proposal_shown import find_proposal
from services.scheduling.pages.console.proposal_viewers import VIEWERS
from services.scheduling.pages.console.standing import Standing, standings_of_activity
from services.scheduling.pages.words import AUDIENCE_LABELS, age_words
from shared.i18n import format_session_time, speaking, translator
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.sign_in import require_staff

#: The language of the national site.
THEIRS = translator("services.scheduling", "fr")

blueprint = Blueprint(
    "console_proposal_copy",
    __name__,
    url_prefix="/console/editions/<slug>/proposals/<uuid:activity_id>/copy",
)


@blueprint.get("")
@require_staff(*VIEWERS)
def page(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Show the sheet, and how far one is with it."""
    return _page(slug, activity_id)


@blueprint.post("")
@require_staff("coordinator", "organiser")
def save(slug: str, activity_id: UUID) -> ResponseReturnValue:
    """Keep what is copied, the texts of the sheet's own, and where the activity is there."""
    context, form = current_context(), request.form
    texts, errors = {}, {}
    for name, longest in OWN.items():
        try:
            texts[name] = line(longest * 5)(sent(form, name).replace("\n", " ")) or ""
        except Fault as fault:
            errors[name] = str(fault.sentence)
    try:
        found = link()(read_web_address(form.get("national_link", "").strip()))
    except Fault as fault:
        errors["national_link"] = str(fault.sentence)
    if errors:
        return _page(slug, activity_id, errors, form.get("national_link", ""))
    done = {
        name.removeprefix("done-"): mark[:16]
        for name, mark in form.items()
        if name.startswith("done-")
    }
    with context.database.write() as db:
        _edition, seen, _viewer = find_proposal(db, slug, activity_id, to_edit=True)
        activity = take(db, Activity, seen.id, None)
        values = {"national_link": found}
        change(activity, values, account_id=account_id(), now=context.clock())
        row = db.get(NationalCopy, activity.id)
        if row is None:
            row = NationalCopy(activity_id=activity.id)
            db.add(row)
        usual = _fields(db, activity, {})
        row.texts = {name: text for name, text in texts.items() if text != usual[name].text}
        # One's own text is done as it is sent, not as the page had been opened with it.
        own = _fields(db, activity, row.texts)
        row.copied = {
            name: own[name].fingerprint if name in OWN else mark
            for name, mark in done.items()
            if name in own
        }
    if form.get("quietly"):
        return "", 204
    flash(_("Enregistré."), "success")
    return redirect(url_for(".page", slug=slug, activity_id=activity_id), 303)


def _page(
    slug: str, activity_id: UUID, errors: dict[str, str] | None = None, typed_link: str = ""
) -> ResponseReturnValue:
    with current_context().database.read() as db:
        edition, activity, viewer = find_proposal(db, slug, activity_id)
        kept = db.get(NationalCopy, activity.id)
        parts = _sheet(db, activity, kept.texts if kept else {})
        copied: dict[str, Any] = kept.copied if kept else {}
        fields = [one for part in parts for one in part.fields]
        page = render_template(
            "console/proposal_copy.html",
            edition=edition,
            activity=activity,
            parts=parts,
            copied=copied,
            done=sum(copied.get(one.name) == one.fingerprint for one in fields),
            total=len(fields),
            viewer=viewer,
            may_edit=viewer.may_edit(activity),
            national_link=typed_link or activity.national_link or "",
            errors=errors or {},
        )
    return page, 422 if errors else 200


def _fields(db: DbSession, activity: Activity, texts: dict[str, str]) -> dict[str, SheetField]:
    return {one.name: one for part in _sheet(db, activity, texts) for one in part.fields}


def _sheet(db: DbSession, activity: Activity, texts: dict[str, str]) -> tuple[SheetPart, ...]:
    standings = standings_of_activity(db, activity.id)
    with speaking(THEIRS):
        words = _words(activity, standings)
        return sheet_of(activity, words, texts, rules_for(db, activity.edition_id).lengths)


def _words(activity: Activity, standings: Sequence[Standing]) -> SheetWords:
    shown = [one for one in standings if one.session.status != "cancelled"]
    return SheetWords(
        audience=str(AUDIENCE_LABELS.get(activity.audience, "")),
        ages=age_words(activity.age_min, activity.age_max),
        levels=", ".join(str(LEVEL_LABELS[one]) for one in activity.school_levels),
        accessibility=", ".join(str(ACCESSIBILITY_LABELS[one]) for one in activity.accessibility),
        languages=", ".join(language_name(one) for one in activity.languages),
        times=[_time(one) for one in shown],
        places=list(dict.fromkeys(_place(one) for one in shown)),
        ways_in=list(dict.fromkeys(_way_in(one) for one in shown)),
    )


def _time(standing: Standing) -> str:
    session = standing.session
    return format_session_time(
        session.starts_at,
        session.ends_at,
        standing.time_zone,
        session.kind,
        weekly_hours=session.weekly_hours,
        year=True,
    )


def _place(standing: Standing) -> str:
    venue = standing.session.venue
    town = " ".join(filter(None, (venue.postcode, venue.commune.name if venue.commune else "")))
    return ", ".join(filter(None, (venue.name, venue.address, town)))


def _way_in(standing: Standing) -> str:
    session = standing.session
    if session.registration == "none":
        return _("Entrée libre")
    if session.registration == "here":
        return f"{current_context().settings.public_url}/sessions/{session.id}"
    ways = (session.registration_link, session.registration_telephone, session.registration_email)
    return ", ".join(filter(None, ways)) or _("Sur réservation")
