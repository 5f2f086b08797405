"""The demo's things to lend, and an exhibition that travels around its edition."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from deploy.demo.days import moment
from services.scheduling.domain.editing.activities import create_activity
from services.scheduling.domain.editing.needs import need_resource
from services.scheduling.domain.editing.resources import create_resource
from services.scheduling.domain.releasing import release
from services.scheduling.domain.touring.condition import report_condition
from services.scheduling.domain.touring.states import COORDINATION
from services.scheduling.domain.touring.stops import request_stop, take_step
from services.scheduling.domain.touring.tours import create_tour
from services.scheduling.models import Activity, Edition, Organisation, Resource, Stop, Tour, Venue

SOURCE = "demo"


@dataclass(frozen=True)
class _Planned:
    """A stop: its venue, its first and last day counted from the edition's first, what it is."""

    venue: str
    opens: int
    closes: int
    step: str = "confirm"
    contact: str = ""


_STOPS = (
    _Planned("vif-mediatheque", -52, -38, contact="Lise Roche"),
    _Planned("la-mure-anthracite", -31, -12, contact="Paul Serre"),
    _Planned("voiron-mediatheque", -4, 17, contact="Inès Favre"),
    _Planned("deux-alpes-glacier", 24, 52, step="option", contact="Noé Blanc"),
    _Planned("oisans-cristaux", 40, 68, step=""),
    _Planned("mens-ferme", 75, 96, step="", contact="Jeanne Pellat"),
)

_HOURS = [{"weekday": day, "opens": "10:00", "closes": "18:00"} for day in (2, 3, 4, 5, 6)]

_EXHIBITION: dict[str, Any] = {
    "kind": "exhibition",
    "name": "Mémoires de glaciers",
    "description": "Douze panneaux sur pied, une carotte de glace factice et une maquette tactile."
    "\n\nIl faut 60 m², une prise et une porte d’un mètre.",
    "setup_minutes": 6 * 60,
    "dismantling_minutes": 4 * 60,
    "transport_minutes": 3 * 60,
    "insurance_value": 12_000,
    "loan_conditions": "Prêt gratuit pendant la fête. Le transport est à la charge de l’emprunteur."
    "\n\nPas de soleil direct sur les panneaux. Un constat d’état à l’arrivée et au départ.",
    "contact_name": "Camille Névé",
    "contact_email": "prets@glaces.example",
    "contact_telephone": "04 76 00 00 12",
}

_LENT: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "planetarium",
        {
            "kind": "kit",
            "name": "Planétarium gonflable",
            "description": "Un dôme de cinq mètres, son projecteur et sa soufflerie.",
            "copies": 2,
            "setup_minutes": 60,
            "dismantling_minutes": 45,
            "transport_minutes": 60,
            "insurance_value": 9_000,
        },
    ),
    (
        "mediatheques",
        {
            "kind": "kit",
            "name": "Mallette « petits microscopes »",
            "description": "Dix microscopes de poche, des lames et un livret.",
            "copies": 4,
            "insurance_value": 600,
        },
    ),
    (
        "curieux",
        {
            "kind": "equipment",
            "name": "Barnum 3 × 3 m",
            "copies": 6,
            "setup_minutes": 45,
            "dismantling_minutes": 30,
            "transport_minutes": 30,
        },
    ),
)

#: Which activities need what such an organisation lends.
_NEEDED = {"planetarium": ("planetarium-isle", "planetarium-ecoles", "planetarium-renage")}


def add_touring(db: DbSession, first: date, now: datetime) -> None:
    """Add what is lent and what travels to the demo edition, once; `first` is its first day."""
    if db.scalar(sa.select(Resource.id).where(Resource.source == SOURCE).limit(1)) is not None:
        return
    by: dict[str, Any] = {"account_id": None, "now": now}
    for source_id, values in _LENT:
        lender = _sourced(db, Organisation, source_id)
        made = create_resource(db, {**values, "organisation_id": lender.id}, **by)
        made.source, made.source_id = SOURCE, f"lent-by-{source_id}"
        for needed_for in _NEEDED.get(source_id, ()):
            need_resource(db, _sourced(db, Activity, needed_for).id, made.id, 1, **by)
    lender = _sourced(db, Organisation, "glaces")
    exhibition = create_resource(db, {**_EXHIBITION, "organisation_id": lender.id}, **by)
    exhibition.source, exhibition.source_id = SOURCE, "memoires-de-glaciers"
    tour = create_tour(db, {"name": f"Isère, {first.year}", "resource_id": exhibition.id}, **by)
    edition = db.scalars(sa.select(Edition).where(Edition.slug == "fete-de-la-science-isere")).one()
    activity = _activity(db, edition, lender, by)
    need_resource(db, activity.id, exhibition.id, 1, **by)
    for planned in _STOPS:
        _add_stop(db, tour, activity, planned, first, by)
    release(db, edition.id, now=now, note="L’exposition « Mémoires de glaciers » passe à Voiron.")


def _activity(
    db: DbSession, edition: Edition, lender: Organisation, by: dict[str, Any]
) -> Activity:
    return create_activity(
        db,
        {
            "edition_id": edition.id,
            "organisation_id": lender.id,
            "title_fr": "Mémoires de glaciers",
            "title_en": "What glaciers remember",
            "description_fr": "Que dit une bulle d’air prise dans la glace il y a mille ans ? Douze"
            " panneaux et une maquette que l’on touche racontent les glaciers des Alpes.",
            "description_en": "What does a bubble of air say that the ice caught a thousand years"
            " ago? Twelve panels and a model to be touched tell of the glaciers of the Alps.",
            "audience": "everyone",
            "theme": "Montagne et neige",
            "format": "Exposition",
        },
        **by,
    )


def _add_stop(
    db: DbSession,
    tour: Tour,
    activity: Activity,
    planned: _Planned,
    first: date,
    by: dict[str, Any],
) -> None:
    venue = _sourced(db, Venue, planned.venue)
    opens_on, closes_on = (first + timedelta(days=days) for days in (planned.opens, planned.closes))
    is_in_edition = planned.opens <= 0 <= planned.closes
    stop = request_stop(
        db,
        {
            "tour_id": tour.id,
            "venue_id": venue.id,
            "activity_id": activity.id if is_in_edition else None,
            "opens_at": moment(opens_on, "10:00"),
            "closes_at": moment(closes_on, "18:00"),
            "arrives_at": moment(opens_on - timedelta(days=1), "09:00"),
            "leaves_at": moment(closes_on + timedelta(days=1), "12:00"),
            "weekly_hours": _HOURS,
            "transporter": "Transports du Drac" if planned.step == "confirm" else None,
            "loan_agreement": "signed" if planned.step == "confirm" else "none",
            "contact_name": planned.contact,
            "contact_telephone": "04 76 00 00 34" if planned.contact else None,
        },
        **by,
    )
    if planned.step:
        until = opens_on - timedelta(days=14) if planned.step == "option" else None
        take_step(db, stop.id, None, planned.step, {COORDINATION}, option_until=until, **by)
    if planned.closes < -28:
        _report(db, stop, by)


def _report(db: DbSession, stop: Stop, by: dict[str, Any]) -> None:
    """Note how the exhibition came to a stop that is over, and how it left it."""
    for told, at in (
        (("arrival", "good", ""), stop.arrives_at),
        (("departure", "worn", "Un coin du panneau 4 est corné."), stop.leaves_at),
    ):
        moment_, condition, note = told
        report_condition(
            db, stop.id, moment=moment_, condition=condition, note=note, **{**by, "now": at}
        )


def _sourced(db: DbSession, model: Any, source_id: str) -> Any:
    return db.scalars(
        sa.select(model).where(model.source == SOURCE, model.source_id == source_id)
    ).one()
