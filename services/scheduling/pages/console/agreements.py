"""The loan agreement of a stop, from its facts: a page to read and a PDF to sign."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.touring.condition import reports_of
from services.scheduling.domain.touring.states import zone_of_stop
from services.scheduling.models import Commune, ConditionReport, Organisation, Stop, Venue
from services.scheduling.pages.console.stop_shown import stop_or_404
from services.scheduling.pages.console.tour_people import TAKING_PART, parties_or_403
from services.scheduling.pages.console.touring_words import CONDITIONS, MOMENTS, length_words
from shared.i18n import current_locale, format_moment, format_number, format_period
from shared.i18n import gettext as _
from shared.pdf import write_pdf
from shared.web import current_context
from shared.web.sign_in import require_staff

TEMPLATE = Path(__file__).resolve().parents[1] / "print" / "loan_agreement.typ"

blueprint = Blueprint(
    "console_agreements", __name__, url_prefix="/console/tours/<uuid:tour_id>/stops/<uuid:stop_id>"
)


@blueprint.get("/agreement")
@require_staff(*TAKING_PART)
def page(tour_id: UUID, stop_id: UUID) -> ResponseReturnValue:
    """Show the agreement to who takes part in the stop."""
    facts, stop = _facts(tour_id, stop_id)
    return render_template("console/agreement.html", facts=facts, stop=stop)


@blueprint.get("/agreement.pdf")
@require_staff(*TAKING_PART)
def pdf(tour_id: UUID, stop_id: UUID) -> Response:
    """Give the agreement as PDF to who takes part in the stop."""
    facts, _stop = _facts(tour_id, stop_id)
    response = make_response(write_pdf(TEMPLATE, facts))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="convention-{stop_id}.pdf"'
    return response


def _facts(tour_id: UUID, stop_id: UUID) -> tuple[dict[str, Any], Stop]:
    """Return what the agreement says, in words, and its stop."""
    with current_context().database.read() as db:
        stop = stop_or_404(db, tour_id, stop_id)
        parties_or_403(db, stop)
        reports = list(reports_of(db, stop.id))
        lender = stop.tour.resource.organisation
        return (
            {
                "lang": current_locale(),
                "title": _("Convention de prêt"),
                "above": stop.tour.name,
                "object": stop.tour.resource.name,
                "footer": _(
                    "Établie par Parvis avec ce qui était convenu le %(when)s.",
                    when=format_moment(stop.edited_at, zone_of_stop(stop)),
                ),
                "parties": [
                    _party(db, _("Le prêteur"), lender, _contact(stop.tour.resource)),
                    _party(db, _("L’emprunteur"), stop.organisation or stop.venue, _contact(stop)),
                ],
                "sections": _sections(stop, reports),
                "signing": _("Fait en deux exemplaires, à ____________________, le ____________."),
                "signature": _("Nom, qualité, signature"),
            },
            stop,
        )


def _sections(stop: Stop, reports: list[ConditionReport]) -> list[dict[str, Any]]:
    resource = stop.tour.resource
    worth = stop.insurance_value
    found = [
        _section(
            _("Ce qui est prêté"),
            [
                (_("Exposition"), [resource.name]),
                (_("Exemplaires"), [format_number(stop.copies)]),
                (
                    _("Valeur d’assurance, de clou à clou"),
                    [f"{format_number(worth)} €" if worth is not None else _("à préciser")],
                ),
                (_("Transporteur"), [stop.transporter or _("à préciser")]),
            ],
            resource.description,
        ),
        _section(
            _("Où et quand"),
            [
                (_("Lieu"), _address(stop)),
                (_("Ouverte au public"), [_period(stop)]),
                (_("Livraison"), [_moment(stop, stop.arrives_at)]),
                (_("Enlèvement"), [_moment(stop, stop.leaves_at)]),
                (_("Transport ensuite"), [length_words(stop.transport_minutes)]),
            ],
        ),
    ]
    if resource.loan_conditions:
        found.append(_section(_("Conditions de prêt"), [], resource.loan_conditions))
    states = [
        (
            str(MOMENTS[report.moment]),
            [f"{CONDITIONS[report.condition]}, {_moment(stop, report.reported_at)}"]
            + ([report.note] if report.note else []),
        )
        for report in reports
    ]
    found.append(
        _section(
            _("Constats d’état"),
            states,
            ""
            if states
            else _("Un constat est fait à l’arrivée et au départ, par les deux parties."),
        )
    )
    return found


def _section(
    heading: str, pairs: list[tuple[str, list[str]]], text: str | None = None
) -> dict[str, Any]:
    return {
        "heading": heading,
        "pairs": [{"label": label, "lines": lines} for label, lines in pairs],
        "paragraphs": [part.strip() for part in (text or "").split("\n\n") if part.strip()],
    }


def _party(
    db: DbSession, label: str, party: Organisation | Venue | None, contact: list[str]
) -> dict[str, Any]:
    if party is None:
        return {"label": label, "name": _("à préciser"), "lines": contact}
    commune = db.get(Commune, party.commune_id) if party.commune_id else None
    town = " ".join(part for part in (party.postcode, commune.name if commune else None) if part)
    address = [part for part in (party.address, town) if part]
    return {"label": label, "name": party.name, "lines": [*address, *contact]}


def _contact(row: Any) -> list[str]:
    parts = (row.contact_name, row.contact_telephone, row.contact_email)
    return [part for part in parts if part]


def _address(stop: Stop) -> list[str]:
    venue = stop.venue
    town = " ".join(filter(None, (venue.postcode, venue.commune.name if venue.commune else None)))
    space = stop.space.name if stop.space else None
    return [part for part in (venue.name, space, venue.address, town) if part]


def _period(stop: Stop) -> str:
    opens, closes = (_local(stop, at).date() for at in (stop.opens_at, stop.closes_at))
    return format_period(opens, closes, year=True)


def _moment(stop: Stop, at: datetime) -> str:
    return format_moment(at, zone_of_stop(stop))


def _local(stop: Stop, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(zone_of_stop(stop)))
