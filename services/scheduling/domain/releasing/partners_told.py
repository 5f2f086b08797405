"""Telling those who take part in sessions what a release changed: events of its transaction.

Whoever registered is told by registration. These are the others: each person is one event, or
several where many of their sessions changed, so that no event grows with the release.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.proposals.telling import edition_told
from services.scheduling.domain.releasing.changes import SessionChange
from services.scheduling.domain.releasing.partners import Part, Partner, partners_of
from services.scheduling.models import Account, Edition
from shared.contracts.scheduling import SESSIONS_RESCHEDULED
from shared.identifiers import new_id
from shared.messaging.outbox import Fact, record_all

#: How many sessions one event tells of, and how many events one statement writes.
SESSIONS_IN_ONE, WRITTEN_TOGETHER = 50, 100

_TOLD = (
    "status",
    "kind",
    "starts_at",
    "ends_at",
    "time_zone",
    "weekly_hours",
    "closures",
    "title",
)

_Told = tuple[dict[str, Any], dict[str, Any]]


def tell_partners(
    db: DbSession,
    edition: Edition,
    changes: Sequence[SessionChange],
    *,
    number: int,
    release_id: UUID,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Record what a release changed for each who takes part in one of these sessions.

    It tells of time, place and status, of what is not over; whoever releases knows.
    """
    told = {change.id: both for change in changes if (both := _rescheduled(change, now))}
    if not told:
        return
    partners = partners_of(db, [change for change in changes if change.id in told])
    account = db.get(Account, account_id) if account_id else None
    facts = _Facts(edition_told(edition), number, release_id, told)
    waiting: list[Fact] = []
    for partner in partners:
        if account is not None and partner.email == account.email:
            continue
        waiting += facts.of(partner)
        if len(waiting) >= WRITTEN_TOGETHER:
            record_all(db, waiting, now=now)
            waiting = []
    if waiting:
        record_all(db, waiting, now=now)


class _Facts:
    """Makes the events of one release."""

    def __init__(
        self, edition: dict[str, Any], number: int, release_id: UUID, told: Mapping[UUID, _Told]
    ) -> None:
        self._edition, self._number, self._release_id = edition, number, release_id
        self._told = told

    def of(self, partner: Partner) -> Iterator[Fact]:
        """Yield the events for one person, their sessions in order of the new times."""
        parts = sorted(partner.sessions.items(), key=lambda one: self._begins(one[0]))
        count = -(-len(parts) // SESSIONS_IN_ONE)
        for part in range(count):
            some = parts[part * SESSIONS_IN_ONE : (part + 1) * SESSIONS_IN_ONE]
            data = {
                "number": self._number,
                "part": part + 1,
                "parts": count,
                "edition": self._edition,
                "recipient": {
                    "email": partner.email,
                    "name": partner.name,
                    "locale": partner.locale,
                },
                "sessions": [self._session(*one) for one in some],
            }
            yield Fact(SESSIONS_RESCHEDULED, new_id(), 1, data, release_id=self._release_id)

    def _begins(self, session_id: UUID) -> tuple[str, str]:
        return self._told[session_id][1]["starts_at"], str(session_id)

    def _session(self, session_id: UUID, part: Part) -> dict[str, Any]:
        before, after = self._told[session_id]
        return {
            "session_id": str(session_id),
            "roles": part.roles,
            "lent": part.lent,
            "before": before,
            "after": after,
        }


def _rescheduled(change: SessionChange, now: datetime) -> _Told | None:
    """Return the session as it was and as it is; None if that reads alike, or it is over."""
    if change.before is None or not change.is_rescheduled:
        return None
    before, after = _appointment(change.before), _appointment(change.after)
    ends = max(datetime.fromisoformat(one["ends_at"]) for one in (before, after))
    if {**before, "title": None} == {**after, "title": None} or ends <= now:
        return None
    return before, after


def _appointment(state: Mapping[str, Any]) -> dict[str, Any]:
    venue, space = state["venue"], state["space"]
    commune = venue["commune"]
    return {
        **{name: state[name] for name in _TOLD},
        "venue": {
            "name": venue["name"],
            "address": venue["address"],
            "postcode": venue["postcode"],
            "commune": {"name": commune["name"]} if commune else None,
        },
        "space": {"name": space["name"]} if space else None,
    }
