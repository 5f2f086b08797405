"""A programme with people, things and hours, whose conflicts are asked for in every way at once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.conflicts import Conflict, check_edition, check_session
from services.scheduling.domain.touring.parties import person_acting
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    ActivityResource,
    Commune,
    Edition,
    Presenter,
    Resource,
    Session,
    SessionPresenter,
    Space,
    Stop,
    Tour,
    Unavailability,
    Venue,
)
from shared.i18n import speaking, translator
from tests.services.scheduling.stored_programme import StoredProgramme

#: No-break spaces, which sentences have where French wants them.
_SPACES = re.compile("[\xa0\u202f]")


def at(clock: str, day: int = 2, month: int = 10) -> datetime:
    """Return an instant of the edition by the clocks of Paris in summer: Friday, 2 October 2026."""
    hour, minute = clock.split(":")
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(
        hours=int(hour) - 2, minutes=int(minute)
    )


class Scenario(StoredProgramme):
    """Adds what conflicts are about; sessions are told by their times by the clock."""

    def __init__(self, db: DbSession) -> None:
        super().__init__(db)
        self.db = db

    def session(
        self, clock: str = "10:00-11:00", activity: Activity | None = None, **values: Any
    ) -> Session:
        """Store a session in the auditorium, on the first day unless `day` says another."""
        day = values.pop("day", 2)
        begins, ends = clock.split("-")
        given = {"starts_at": at(begins, day), "ends_at": at(ends, day), **values}
        return self.add_session(activity or self.activity(), **given)

    def activity(self, title: str = "Voir un muon", **values: Any) -> Activity:
        """Store an activity that has nobody, needs nothing and is of no theme."""
        who = values.pop("presenters", ())
        needs = values.pop("resources", ())
        made = self.add_activity(title, **{"theme": None, "presenters": [], **values})
        for number, presenter in enumerate(who):
            self._add(
                ActivityPresenter(activity_id=made.id, presenter_id=presenter.id, position=number)
            )
        for resource in needs:
            self._add(ActivityResource(activity_id=made.id, resource_id=resource.id, copies=1))
        return made

    def place(self, commune: str, code: str | None, position: tuple[float, float] | None) -> Space:
        """Store a space of a new venue in a new commune at a position."""
        latitude, longitude = position or (None, None)
        town = self._add(
            Commune(insee_code=code, name=commune, latitude=latitude, longitude=longitude)
        )
        venue = self.add_venue(f"Salle de {commune}", commune=town, latitude=None, longitude=None)
        return self.room(venue=venue, name="Grande salle")

    def room(self, name: str = "Atelier", venue: Venue | None = None, **values: Any) -> Space:
        """Store a space, of the museum unless another venue is given."""
        return self._add(Space(venue_id=(venue or self.venue).id, name=name, **values))

    def presenter(self, name: str = "Ada Martin") -> Presenter:
        """Store a presenter."""
        return self._add(Presenter(name=name))

    def cast(self, session: Session, presenter: Presenter) -> None:
        """Say that of its activity's presenters this one is at the session."""
        self._add(SessionPresenter(session_id=session.id, presenter_id=presenter.id))

    def resource(self, name: str = "Planétarium", **values: Any) -> Resource:
        """Store a resource."""
        return self._add(Resource(name=name, **values))

    def stop(self, tour: Tour, begins: datetime, ends: datetime, **values: Any) -> Stop:
        """Store a confirmed stop at the museum that is set up and dismantled at once."""
        given = {"venue_id": self.venue.id, "state": "confirmed", **values}
        times = {"arrives_at": begins, "opens_at": begins, "closes_at": ends, "leaves_at": ends}
        return self._add(Stop(tour_id=tour.id, **{**times, **given}))

    def tour(self, resource: Resource, name: str = "Tournée d’automne") -> Tour:
        """Store a tour."""
        return self._add(Tour(resource_id=resource.id, name=name))

    def away(self, begins: datetime, ends: datetime, note: str | None = None, **whose: Any) -> None:
        """Say that somebody or something is not available."""
        self._add(Unavailability(starts_at=begins, ends_at=ends, note=note, **whose))

    def other_edition(self) -> Edition:
        """Store another edition at the same time."""
        return self._add(
            Edition(
                festival=self.festival,
                slug="bars",
                name_fr="Bars des sciences",
                starts_on=self.edition.starts_on,
                ends_on=self.edition.ends_on,
            )
        )

    def conflicts(self, edition: Edition | None = None) -> list[Conflict]:
        """Return an edition's conflicts, which its sessions tell of one by one as well."""
        self.db.flush()
        edition_id = (edition or self.edition).id
        viewer = person_acting(self.db, None)
        found = check_edition(self.db, edition_id, viewer=viewer)
        ids = self.db.scalars(sa.select(Session.id).where(Session.edition_id == edition_id)).all()
        for session_id in ids:
            assert check_session(self.db, session_id, viewer=viewer) == [
                conflict for conflict in found if session_id in conflict.sessions
            ]
        return found

    def told(self, edition: Edition | None = None) -> list[tuple[str, str, str]]:
        """Return the kind, the level and the French sentence of each conflict."""
        with speaking(translator("services.scheduling", "fr")):
            return [
                (
                    each.kind,
                    each.level,
                    str(each.sentence).replace("\xa0", " ").replace("\u202f", " "),
                )
                for each in self.conflicts(edition)
            ]
