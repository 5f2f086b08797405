"""A small programme in the database, for tests that read it: one edition, places, sessions.

It is the organisers' working copy; `release` shows it to the public.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.releasing import Released, release
from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Festival,
    Organisation,
    PublishedSession,
    Session,
    Space,
    Venue,
)
from services.scheduling.models.base import Editable
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from shared.text import fold

#: The first day of the edition, at ten in Paris.
OPENING = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)


#: What a session has only once it is released.
_OF_RELEASE = ("sequence", "version", "seats_left")


class StoredProgramme:
    """Writes rows through one session; every method returns what it stored."""

    def __init__(self, db: DbSession) -> None:
        self._db = db
        self._of_release: dict[UUID, dict[str, Any]] = {}
        self.festival = self._add(
            Festival(slug="fds", name_fr="Fête de la science", name_en="Science festival")
        )
        self.edition = self._add(
            Edition(
                festival=self.festival,
                slug="fds-2026",
                name_fr="Fête de la science 2026",
                name_en="Science festival 2026",
                starts_on=date(2026, 10, 2),
                ends_on=date(2026, 10, 12),
                contact_email="coordination@parvis.example",
            )
        )
        self.commune = self._add(
            Commune(insee_code="38185", name="Grenoble", latitude=45.18, longitude=5.72)
        )
        self.organisation = self._add(Organisation(name="Muséum de Grenoble"))
        self.venue = self.add_venue("Muséum", address="1 rue Dolomieu", postcode="38000")
        self.space = self._add(Space(venue_id=self.venue.id, name="Auditorium", capacity=80))

    def add_venue(self, name: str, **changes: Any) -> Venue:
        """Store a venue in Grenoble."""
        values = {"commune": self.commune, "latitude": 45.1874, "longitude": 5.7357, **changes}
        return self._add(Venue(name=name, **values))

    def add_activity(self, title: str = "Voir un muon", **changes: Any) -> Activity:
        """Store an activity of the edition."""
        values = {
            "edition_id": self.edition.id,
            "organisation_id": self.organisation.id,
            "title_en": "See a muon",
            "description_fr": "Une chambre à brouillard ; des traces, partout.",
            "presenters": ["Ada Martin"],
            "theme": "Physique",
            **changes,
        }
        return self._add(Activity(title_fr=title, **values))

    def add_session(self, activity: Activity | None = None, **changes: Any) -> Session:
        """Store a session of an hour in the auditorium, at the opening.

        `sequence`, `version` and `seats_left` are those that it is to be released with.
        """
        activity = activity or self.add_activity()
        starts_at = changes.pop("starts_at", OPENING)
        of_release = {name: changes.pop(name) for name in _OF_RELEASE if name in changes}
        values = {
            "id": new_id(),
            "edition_id": self.edition.id,
            "activity_id": activity.id,
            "venue_id": self.venue.id,
            "space_id": self.space.id,
            "uid": f"{new_id()}@parvis",
            "ends_at": starts_at + timedelta(hours=1),
            "searchable": fold(f"{activity.title_fr} {activity.description_fr}"),
            **changes,
        }
        session: Session = self._add(Session(starts_at=starts_at, **values))
        self._of_release[session.id] = of_release
        return session

    def add_sessions(self, count: int) -> list[Session]:
        """Store sessions of one activity, one every hour, all at the opening's venue."""
        activity = self.add_activity()
        return [
            self.add_session(activity, starts_at=OPENING + timedelta(hours=number))
            for number in range(count)
        ]

    def release(self, now: datetime = NOW) -> Released | None:
        """Publish everything that waits to be."""
        self._db.flush()
        released = release(self._db, self.edition.id, now=now)
        for session_id, values in self._of_release.items():
            self._amend(self._db.get_one(PublishedSession, session_id), values)
        self._of_release.clear()
        return released

    def _amend(self, published: PublishedSession, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(published, name, value)
        published.details = {**published.details, "sequence": published.sequence}

    def _add(self, row: Any) -> Any:
        if isinstance(row, Editable) and row.edited_at is None:
            row.edited_at = NOW
        self._db.add(row)
        self._db.flush()
        return row


def edit(row: Any, **values: Any) -> None:
    """Change a row as an organiser does: it counts as a revision, and waits to be released."""
    for name, value in values.items():
        setattr(row, name, value)
    row.revision += 1


@contextmanager
def released_programme(context: ServiceContext) -> Iterator[StoredProgramme]:
    """Give a programme to add to; what is in it when the block ends is released and committed."""
    with context.database.write() as db:
        programme = StoredProgramme(db)
        yield programme
        programme.release()
