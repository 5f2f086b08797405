"""Drafts of venues; their commune is named, and made known when it is not."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.api.drafts.fields import (
    Sourced,
    changes_of,
    closed_days,
    openings,
    reference,
    text,
    told,
    told_words,
    words,
)
from services.scheduling.api.drafts.noun import Noun, draft_blueprint
from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.editing import venues as domain
from services.scheduling.domain.editing.communes import ensure_commune
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.models import Commune, Venue
from services.scheduling.schemas import WordsQuery, words_in
from shared.contracts import scheduling as contract


class CommuneBody(Schema):
    """A commune by its INSEE code, which is not the postcode; abroad there is none."""

    name = text(120, required=True)
    insee_code = text(10)


class VenueBody(Schema):
    """A site with an address; the time zone is the edition's unless it is given."""

    name = text(200, required=True)
    address = text(300)
    postcode = text(20)
    commune = fields.Nested(CommuneBody, allow_none=True)
    latitude = fields.Float(allow_none=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(allow_none=True, validate=validate.Range(-180, 180))
    time_zone = text(60, "An IANA name")
    opening_hours = openings("When it is open; empty if that is not known")
    closures = closed_days()
    accessibility = words(ACCESSIBILITY, "To whom it is accessible, by OpenAgenda's codes")
    accessibility_note = text(1000)
    directions = text(2000, "How to get there")
    website = text(2000)
    organisation_id = reference("Who runs it")
    contact_name = text(120, "Whom the team can reach there; never public")
    contact_email = text(254)
    contact_telephone = text(40)


class VenueDraft(Sourced):
    """A venue as the organisers work on it."""

    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    postcode = fields.String(required=True, allow_none=True)
    commune = fields.Nested(contract.Commune, required=True, allow_none=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
    time_zone = fields.String(required=True, allow_none=True)
    opening_hours = fields.List(fields.Nested(contract.Opening), required=True)
    closures = fields.List(fields.String(), required=True)
    accessibility = told_words()
    accessibility_note = told()
    directions = told()
    website = told()
    organisation_id = fields.UUID(required=True, allow_none=True)
    contact_name = told()
    contact_email = told()
    contact_telephone = told()


class DraftVenuesQuery(WordsQuery):
    """Which venues are wanted."""

    commune = fields.String(
        validate=validate.Regexp(r"^[^\x00-\x1f\x7f]*$"),
        metadata={"description": "The commune's INSEE code"},
    )


def _conditions(query: Mapping[str, Any]) -> Iterable[Any]:
    if "commune" in query:
        yield Venue.commune.has(Commune.insee_code == query["commune"])
    yield from words_in(Venue.name, query)


def _create(db: DbSession, values: Mapping[str, Any], **who: Any) -> Venue:
    return domain.create_venue(db, _with_commune(db, values), **who)


def _save(db: DbSession, venue_id: Any, seen: int, values: Mapping[str, Any], **who: Any) -> Venue:
    return domain.save_venue(db, venue_id, seen, _with_commune(db, values), **who)


def _with_commune(db: DbSession, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the commune's id; raises `Invalid`, at the fields of the commune."""
    own = {name: value for name, value in values.items() if name != "commune"}
    if "commune" not in values:
        return own
    commune = values["commune"]
    if commune is None:
        return {**own, "commune_id": None}
    try:
        found = ensure_commune(db, commune["name"], commune.get("insee_code"))
    except Invalid as error:
        names = {"commune_name": "commune.name", "insee_code": "commune.insee_code"}
        raise Invalid({names[name]: said for name, said in error.faults.items()}) from error
    return {**own, "commune_id": found.id}


_BODY = {
    "name": "Muséum",
    "address": "1 rue Dolomieu",
    "postcode": "38000",
    "commune": {"name": "Grenoble", "insee_code": "38185"},
    "latitude": 45.1874,
    "longitude": 5.7357,
    "time_zone": None,
    "opening_hours": [{"weekday": 2, "opens": "09:15", "closes": "18:00"}],
    "closures": ["2026-11-01"],
    "accessibility": ["mi"],
    "accessibility_note": "Ascenseur à droite de l’entrée.",
    "directions": "Tram A ou C, arrêt Verdun.",
    "website": "https://example.org",
    "organisation_id": None,
    "contact_name": "Accueil",
    "contact_email": None,
    "contact_telephone": "04 76 00 00 00",
}

VENUES = Noun(
    singular="venue",
    plural="venues",
    model=Venue,
    body=VenueBody,
    changes=changes_of(VenueBody),
    answer=VenueDraft,
    create=_create,
    save=_save,
    delete=domain.delete_venue,
    query=DraftVenuesQuery,
    conditions=_conditions,
    options=(joinedload(Venue.commune),),
    example_body=_BODY,
    example={
        "id": "01a1b2c3-0000-7000-8000-000000000063",
        "revision": 3,
        "edited_at": "2026-06-02T09:45:00+00:00",
        "edited_by": None,
        "source": None,
        "source_id": None,
        **_BODY,
    },
)

blueprint = draft_blueprint(VENUES)
