"""A small programme made as organisers make it, for tests of editing: nothing of it is released."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.activities import create_activity
from services.scheduling.domain.editing.communes import ensure_commune
from services.scheduling.domain.editing.editions import create_edition
from services.scheduling.domain.editing.festivals import create_festival
from services.scheduling.domain.editing.organisations import create_organisation
from services.scheduling.domain.editing.sessions import create_session
from services.scheduling.domain.editing.spaces import create_space
from services.scheduling.domain.editing.venues import create_venue
from services.scheduling.models import Activity, Session, Venue
from shared.testing.contexts import NOW

#: The first day of the edition, at ten in Paris.
OPENING = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)


class DraftedProgramme:
    """Makes rows through one session; every method returns what it made.

    `session` is where tests that need one session keep it.
    """

    session: Session

    def __init__(self, db: DbSession, account_id: UUID | None = None) -> None:
        self._db = db
        self.by: dict[str, Any] = {"account_id": account_id, "now": NOW}
        self.festival = create_festival(db, {"name_fr": "Fête de la science"}, **self.by)
        self.edition = create_edition(
            db,
            {
                "festival_id": self.festival.id,
                "name_fr": "Fête de la science 2026",
                "starts_on": date(2026, 10, 2),
                "ends_on": date(2026, 10, 12),
            },
            **self.by,
        )
        self.commune = ensure_commune(db, "Grenoble", "38185")
        self.organisation = create_organisation(db, {"name": "Muséum de Grenoble"}, **self.by)
        self.venue = self.add_venue("Muséum", address="1 rue Dolomieu", postcode="38000")
        self.space = create_space(
            db, {"venue_id": self.venue.id, "name": "Auditorium", "capacity": 80}, **self.by
        )

    def add_venue(self, name: str, **values: Any) -> Venue:
        """Make a venue in Grenoble."""
        given = {"name": name, "commune_id": self.commune.id, **values}
        return create_venue(self._db, given, **self.by)

    def add_activity(self, title: str = "Voir un muon", **values: Any) -> Activity:
        """Make an activity of the edition."""
        given = {
            "edition_id": self.edition.id,
            "organisation_id": self.organisation.id,
            "title_fr": title,
            **values,
        }
        return create_activity(self._db, given, **self.by)

    def add_session(self, activity: Activity | None = None, **values: Any) -> Session:
        """Make a session of an hour in the auditorium, at the opening, with 30 seats."""
        starts_at = values.pop("starts_at", OPENING)
        given = {
            "activity_id": (activity or self.add_activity()).id,
            "venue_id": self.venue.id,
            "space_id": self.space.id,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=1),
            "registration": "here",
            "capacity": 30,
            **values,
        }
        return create_session(self._db, given, **self.by)
