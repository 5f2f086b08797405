"""One session with all that its public state is made of, and the text that search looks in."""

from dataclasses import dataclass
from uuid import UUID

from services.scheduling.models import (
    Activity,
    Commune,
    Edition,
    Organisation,
    Session,
    Space,
    Venue,
)
from shared.text import fold


@dataclass(frozen=True)
class Cast:
    """Who presents a session: their ids, and their names where they are not all the activity's."""

    ids: tuple[UUID, ...] = ()
    names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class SessionParts:
    """A session and the rows it refers to, stored already or about to be."""

    session: Session
    activity: Activity
    edition: Edition
    venue: Venue
    commune: Commune | None
    space: Space | None
    organisation: Organisation | None
    cast: Cast = Cast()

    @property
    def presenters(self) -> list[str]:
        """Return the names of those who present the session, as they are credited."""
        return list(self.activity.presenters if self.cast.names is None else self.cast.names)


def parts_of(session: Session, cast: Cast | None = None) -> SessionParts:
    """Return a stored session's parts, by way of its relationships; its cast if it is given."""
    return SessionParts(
        session=session,
        activity=session.activity,
        edition=session.edition,
        venue=session.venue,
        commune=session.venue.commune,
        space=session.space,
        organisation=session.activity.organisation,
        cast=cast or Cast(),
    )


def searchable_text(parts: SessionParts) -> str:
    """Return what the programme's search looks in, folded: no accents, no case."""
    activity = parts.activity
    texts = (
        activity.title_fr,
        activity.title_en,
        activity.description_fr,
        activity.description_en,
        activity.theme,
        parts.venue.name,
        parts.commune.name if parts.commune else None,
        parts.organisation.name if parts.organisation else None,
        *parts.presenters,
    )
    return fold(" ".join(text for text in texts if text))
