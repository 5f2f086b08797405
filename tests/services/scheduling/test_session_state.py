"""What the public would be shown of a session: its whole state, as the contract has it."""

import json
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest

import shared.contracts
from services.scheduling.domain.session_parts import Cast, SessionParts, searchable_text
from services.scheduling.domain.session_state import (
    changed_fields,
    is_rescheduled,
    session_state,
)
from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Organisation,
    Session,
    Space,
    Venue,
)

EXAMPLE = json.loads(
    (
        Path(shared.contracts.__file__).parent / "examples" / "scheduling.session_published.v3.json"
    ).read_text(encoding="utf-8")
)["data"]

#: What of the example is the session's state, and does not follow from releasing it.
GOLDEN = {name: value for name, value in EXAMPLE.items() if name not in ("sequence", "changed_at")}


def golden_parts() -> SessionParts:
    """Return the rows that the golden example of the contract tells of."""
    edition = GOLDEN["edition"]
    organisation = GOLDEN["organisation"]
    venue = GOLDEN["venue"]
    commune = Commune(**venue["commune"])
    same = (
        *("uid", "status", "kind", "weekly_hours", "closures", "registration"),
        *("registration_link", "registration_telephone", "registration_email"),
        *("registration_full", "capacity", "seat_categories"),
    )
    return SessionParts(
        session=Session(
            id=UUID(GOLDEN["id"]),
            starts_at=datetime.fromisoformat(GOLDEN["starts_at"]),
            ends_at=datetime.fromisoformat(GOLDEN["ends_at"]),
            registration_opens_at=datetime.fromisoformat(GOLDEN["registration_opens_at"]),
            **{name: GOLDEN[name] for name in same},
        ),
        activity=Activity(
            id=UUID(GOLDEN["activity_id"]),
            label_state="granted",
            price_note_fr=GOLDEN["price_note"]["fr"],
            price_note_en=GOLDEN["price_note"]["en"],
            conditions_fr=GOLDEN["conditions"]["fr"],
            image_id=UUID(GOLDEN["image"]["id"]),
            image_alt_fr=GOLDEN["image"]["alt"]["fr"],
            image_credit=GOLDEN["image"]["credit"],
            title_fr=GOLDEN["title"]["fr"],
            title_en=GOLDEN["title"]["en"],
            description_fr=GOLDEN["description"]["fr"],
            description_en=GOLDEN["description"]["en"],
            **{
                name: GOLDEN[name]
                for name in (
                    *("audience", "age_min", "age_max", "theme", "format", "presenters", "link"),
                    *("duration_minutes", "school_levels", "languages", "accessibility"),
                )
            },
        ),
        edition=Edition(
            id=UUID(edition["id"]),
            slug=edition["slug"],
            name_fr=edition["name"]["fr"],
            name_en=edition["name"]["en"],
            starts_on=date(2026, 10, 2),
            ends_on=date(2026, 10, 12),
            time_zone=edition["time_zone"],
            contact_email=edition["contact_email"],
            party_categories=edition["party_categories"],
            former_categories=edition["former_categories"],
        ),
        venue=Venue(
            id=UUID(venue["id"]),
            **{
                name: venue[name]
                for name in ("name", "address", "postcode", "latitude", "longitude")
            },
            **GOLDEN["access"],
        ),
        commune=commune,
        space=Space(id=UUID(GOLDEN["space"]["id"]), name=GOLDEN["space"]["name"]),
        organisation=Organisation(
            id=UUID(organisation["id"]), name=organisation["name"], email=organisation["email"]
        ),
        cast=Cast(tuple(map(UUID, GOLDEN["presenter_ids"]))),
    )


def test_a_session_is_told_of_as_the_golden_example_of_the_contract():
    assert session_state(golden_parts()) == GOLDEN


def test_a_venue_in_another_time_zone_gives_the_session_its_own():
    parts = golden_parts()
    parts.venue.time_zone = "Indian/Reunion"

    assert session_state(parts) == GOLDEN | {"time_zone": "Indian/Reunion"}


def test_search_looks_in_titles_places_and_people_without_accents_or_case():
    assert searchable_text(golden_parts()) == (
        "fabrique ton glacier build your own glacier du sable, de l'eau, un congelateur : "
        "deux heures pour comprendre mille ans. terre et environnement mediatheque de voiron "
        "voiron les petits glaciologues nour b."
    )


@pytest.mark.parametrize(
    ("change", "is_change", "is_schedule_change"),
    [
        ({}, False, False),
        ({"title": {"fr": "Autre", "en": None}}, True, False),
        ({"capacity": 20}, True, False),
        ({"registration": "none"}, True, False),
        ({"starts_at": "2026-10-10T12:30:00+00:00"}, True, True),
        ({"ends_at": "2026-10-10T14:30:00+00:00"}, True, True),
        ({"time_zone": "Indian/Reunion"}, True, True),
        ({"space": None}, True, True),
        ({"venue": GOLDEN["venue"] | {"address": "2 place de la République"}}, True, True),
        ({"status": "cancelled"}, True, True),
        ({"closures": ["2026-10-11"]}, True, True),
    ],
)
def test_time_place_and_status_raise_the_sequence_and_nothing_else_does(
    change, is_change, is_schedule_change
):
    after = GOLDEN | change

    assert changed_fields(GOLDEN, after) == (tuple(change) if is_change else ())
    assert is_rescheduled(GOLDEN, after) == is_schedule_change
