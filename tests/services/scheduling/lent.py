"""Things that are lent, and people who lend and receive them, for tests of tours and day sheets."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.resources import create_resource
from services.scheduling.domain.touring.stops import request_stop, take_step
from services.scheduling.domain.touring.tours import create_tour
from services.scheduling.models import Resource, Stop, Tour, Venue
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

BY: dict[str, Any] = {"account_id": None, "now": NOW}


class Touring:
    """An exhibition with one copy that is set up in a day and four hours on the road."""

    def __init__(self, db: DbSession, **resource: Any) -> None:
        self.db = db
        self.programme = DraftedProgramme(db)
        self.resource: Resource = create_resource(
            db,
            {
                "kind": "exhibition",
                "name": "Glaciers d’ici",
                "organisation_id": self.programme.organisation.id,
                "setup_minutes": 1440,
                "dismantling_minutes": 480,
                "transport_minutes": 240,
                "insurance_value": 12_000,
                **resource,
            },
            **BY,
        )
        values = {"name": "2026", "resource_id": self.resource.id}
        self.tour: Tour = create_tour(db, values, **BY)

    def request(self, venue: Venue | None = None, start: int = 0, **values: Any) -> Stop:
        """Ask for ten days, beginning so many days after the edition's first."""
        opens_at = OPENING + timedelta(days=start)
        given = {
            "tour_id": self.tour.id,
            "venue_id": (venue or self.programme.venue).id,
            "opens_at": opens_at,
            "closes_at": opens_at + timedelta(days=9, hours=8),
            **values,
        }
        return request_stop(self.db, given, **BY)

    def step(self, stop: Stop, name: str, parties: Any = ("coordination",), **values: Any) -> Stop:
        """Take a stop a step further; what is refused is undone, as with its transaction."""
        with self.db.begin_nested():
            return take_step(self.db, stop.id, None, name, parties, **{**BY, **values})
