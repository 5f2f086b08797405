"""Taking a release back: its changes are undone in the working copy, and released like any others.

What is public is never rewritten: people who were told of a change are told of its end. So the
undoing waits to be released, and can be looked at first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.casting import casts_of
from services.scheduling.domain.editing.crediting import credit
from services.scheduling.domain.editing.presenters import narrow_session
from services.scheduling.domain.editing.revisions import change, take, touch
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.domain.editing.touring_ties import columns_of_stop
from services.scheduling.domain.history import note
from services.scheduling.domain.opening import own_opening
from services.scheduling.domain.party_categories import seated_of
from services.scheduling.domain.session_parts import parts_of
from services.scheduling.domain.session_state import session_state
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    Image,
    PublishedSession,
    Release,
    ReleasedSession,
    Session,
    Space,
    Venue,
)

State = Mapping[str, Any]

#: Fields of a session's state that are columns of the session under the same name.
_OWN = (
    *("status", "kind", "weekly_hours", "closures", "registration", "registration_link"),
    *("registration_telephone", "registration_email", "registration_full", "capacity"),
    "seat_categories",
)
_INSTANTS = ("starts_at", "ends_at", "registration_closes_at")

#: Fields that are columns of its activity; of the texts, one column for each language.
_OF_ACTIVITY = (
    *("audience", "age_min", "age_max", "theme", "format", "link"),
    *("duration_minutes", "school_levels", "languages", "accessibility"),
)
_TEXTS_OF_ACTIVITY = ("title", "description", "price_note", "conditions")


@dataclass(frozen=True)
class TakenBack:
    """What came of it: sessions undone, new ones cancelled, and those that stay as they are.

    Of these a later release or somebody's draft changed the same (`changed_since`), or what the
    release changed is shared with others: a venue, an organisation, the edition, a tour (`shared`).
    """

    undone: int
    cancelled: int
    changed_since: tuple[UUID, ...]
    shared: tuple[UUID, ...] = ()


def take_back(
    db: DbSession, release_id: UUID, *, account_id: UUID | None, now: datetime
) -> TakenBack:
    """Undo in the working copy what a release changed, in the caller's transaction.

    A session of which a later release, or somebody's draft, changed the same fields is left alone.
    A session that the release made public is cancelled, unless it is the stop of a tour.
    """
    release = db.get_one(Release, release_id)
    rows = db.execute(
        sa.select(ReleasedSession, PublishedSession.details)
        .join(PublishedSession, PublishedSession.id == ReleasedSession.session_id)
        .where(ReleasedSession.release_id == release_id)
        .order_by(ReleasedSession.session_id)
    ).all()
    undone, cancelled, since, shared = 0, 0, [], []
    undoing = _Undoing(db, account_id, now)
    for released, details in rows:
        session = take(db, Session, released.session_id, None)
        if not _is_still(released, details) or undoing.is_drafted(session, released):
            since.append(session.id)
        elif released.before:
            if undoing.undo(session, released.before):
                undone += 1
            else:
                shared.append(session.id)
        elif columns_of_stop(db, session.id):
            shared.append(session.id)
        else:
            change(session, {"status": "cancelled"}, account_id=account_id, now=now)
            cancelled += 1
    db.flush()
    undoing.finish([released.session_id for released, _details in rows])
    note(
        db,
        "releases",
        release.id,
        "taken_back",
        str(release.number),
        account_id=account_id,
        now=now,
        edition_id=release.edition_id,
    )
    return TakenBack(undone, cancelled, tuple(since), tuple(shared))


def foresee_taking_back(
    db: DbSession, release_id: UUID, *, account_id: UUID | None, now: datetime
) -> TakenBack:
    """Return what taking a release back would do now; nothing of it is kept."""
    with db.begin_nested() as tried:
        foreseen = take_back(db, release_id, account_id=account_id, now=now)
        tried.rollback()
    return foreseen


def _is_still(released: ReleasedSession, details: State) -> bool:
    """Tell whether the public is still shown what the release set."""
    return all(details.get(name) == value for name, value in released.after.items())


class _Undoing:
    """Puts fields back, and remembers which activities were changed by it."""

    def __init__(self, db: DbSession, account_id: UUID | None, now: datetime) -> None:
        self._db = db
        self._who: dict[str, Any] = {"account_id": account_id, "now": now}
        self._activities: set[UUID] = set()

    def is_drafted(self, session: Session, released: ReleasedSession) -> bool:
        """Tell whether somebody is working on the fields that the release set.

        What is as it was before was undone already, through another session of the activity.
        """
        cast = casts_of(self._db, [session])[session.id]
        current = session_state(parts_of(session, cast))
        return any(
            current.get(name) not in (value, released.before.get(name, value))
            for name, value in released.after.items()
        )

    def undo(self, session: Session, before: State) -> bool:
        """Put the fields back; return whether anything was theirs to put back."""
        own = {name: before[name] for name in _OWN if name in before}
        own |= {name: _instant(before[name]) for name in _INSTANTS if name in before}
        if "registration_opens_at" in before:
            own["registration_opens_at"] = own_opening(
                _instant(before["registration_opens_at"]), session.edition.registration_opens_at
            )
        if "seat_categories" in before:  # some of them may have been dropped since
            counted = session.edition.party_categories
            own["seat_categories"] = seated_of(before["seat_categories"], counted)
        own |= self._place(before)
        if "activity_id" in before:
            own["activity_id"] = UUID(before["activity_id"])
        for name in columns_of_stop(self._db, session.id):
            own.pop(name, None)
        is_undone = change(session, own, **self._who)
        self._db.flush()
        if "activity_id" in before:  # its texts came with it
            self._db.expire(session, ["activity"])
            return is_undone
        return any((is_undone, self._texts(session, before), self._cast(session, before)))

    def finish(self, sessions: list[UUID]) -> None:
        """Let credits and the search follow."""
        if self._activities:
            credit(self._db, self._activities, **self._who)
        refresh_searchable_of(
            self._db,
            sa.or_(Session.id.in_(sessions), Session.activity_id.in_(self._activities)),
        )

    def _place(self, before: State) -> dict[str, Any]:
        venue, space = before.get("venue"), before.get("space")
        if not venue or self._db.get(Venue, UUID(venue["id"])) is None:
            return {}
        venue_id = UUID(venue["id"])
        known = self._db.get(Space, UUID(space["id"])) if space else None
        is_there = known is not None and known.venue_id == venue_id
        return {"venue_id": venue_id, "space_id": known.id if known and is_there else None}

    def _texts(self, session: Session, before: State) -> bool:
        """Put back what is the activity's; another session may have done so already."""
        values = {name: before[name] for name in _OF_ACTIVITY if name in before}
        for name in _TEXTS_OF_ACTIVITY:
            if name in before:
                text = before[name] or {"fr": None, "en": None}
                values |= {f"{name}_fr": text["fr"], f"{name}_en": text["en"]}
        if "image" in before:
            values |= self._image(before["image"])
        if not values:
            return False
        activity = take(self._db, Activity, session.activity_id, None)
        if change(activity, values, **self._who):
            self._activities.add(activity.id)
        return True

    def _image(self, image: State | None) -> dict[str, Any]:
        nothing = {"image_id": None, "image_alt_fr": None, "image_alt_en": None}
        if image is None:
            return {**nothing, "image_credit": None}
        if self._db.get(Image, UUID(image["id"])) is None:
            return {}
        return {
            "image_id": UUID(image["id"]),
            "image_alt_fr": image["alt"]["fr"],
            "image_alt_en": image["alt"]["en"],
            "image_credit": image["credit"],
        }

    def _cast(self, session: Session, before: State) -> bool:
        """Put back who is there: some of those whom the activity credits, or other people."""
        if "presenter_ids" not in before:
            return False
        were = {UUID(identifier) for identifier in before["presenter_ids"]}
        credited = set(
            self._db.scalars(
                sa.select(ActivityPresenter.presenter_id).where(
                    ActivityPresenter.activity_id == session.activity_id
                )
            )
        )
        if were <= credited and were:
            narrow_session(self._db, session.id, were, **self._who)
            return True
        activity = take(self._db, Activity, session.activity_id, None)
        activity.presenters = list(before["presenters"])
        touch(activity, **self._who)
        self._activities.add(activity.id)
        return True


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
