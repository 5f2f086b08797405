"""What has to be brought, set up, taken down and fetched: of stops, and of what sessions borrow.

Each is a move with a UID of its own for ever, for private calendars and for day sheets.

A stop has two: its delivery until it opens, and from its closing until it is picked up. They are
tentative while it is optioned, and cancelled with it. A session has them for each resource that its
activity needs, if setting up or carrying it takes time; what is set up stays for what follows in
the same place on the same day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.touring.states import option_ends_at, standing_of, zone_of_stop
from services.scheduling.models import PublishedSession, Resource, Stop

Kind = Literal["delivery", "pickup"]
Status = Literal["confirmed", "tentative", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A delivery with its set-up, or a dismantling with its pick-up (UTC).

    `sequence` rises with every change of what it is made from. `stop` or `session` is what it is
    for; `place` is where, as people find it.
    """

    kind: Kind
    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    status: Status
    resource: Resource
    copies: int
    venue_id: UUID
    place: str
    stop: Stop | None = None
    session: PublishedSession | None = None


@dataclass(frozen=True)
class Need:
    """A released session, what it borrows in how many copies, and the activity's last change."""

    session: PublishedSession
    resource: Resource
    copies: int
    activity_revision: int
    activity_edited_at: datetime


_STATUS: Mapping[str, Status] = {
    "optioned": "tentative",
    "confirmed": "confirmed",
    "expired": "cancelled",
    "refused": "cancelled",
    "cancelled": "cancelled",
}


def moves_of_stop(stop: Stop, now: datetime) -> list[Move]:
    """Return a stop's moves; one that is only asked for has none."""
    standing = standing_of(stop, now)
    if standing not in _STATUS:
        return []
    zone, changed_at, is_expired = zone_of_stop(stop), stop.edited_at, standing == "expired"
    if is_expired and stop.option_until is not None:
        changed_at = max(changed_at, option_ends_at(stop.option_until, zone))
    spans: tuple[tuple[Kind, datetime, datetime], ...] = (
        ("delivery", stop.arrives_at, stop.opens_at),
        ("pickup", stop.closes_at, stop.leaves_at),
    )
    return [
        Move(
            kind=kind,
            uid=f"{kind}-{stop.id}@parvis",
            # An option that ends by itself changes the stop without a revision: it counts half.
            sequence=2 * stop.revision + is_expired,
            changed_at=changed_at,
            starts_at=starts_at,
            ends_at=ends_at,
            time_zone=zone,
            status=_STATUS[standing],
            resource=stop.tour.resource,
            copies=stop.copies,
            venue_id=stop.venue_id,
            place=_place(stop.space.name if stop.space else None, stop.venue.name),
            stop=stop,
        )
        for kind, starts_at, ends_at in spans
    ]


def moves_of_needs(needs: Iterable[Need]) -> list[Move]:
    """Return the moves of what sessions borrow; what stays set up is not moved in between."""
    found: list[Move] = []
    for need in (need for need in needs if need.session.status == "cancelled"):
        found += [_move(need, "delivery"), _move(need, "pickup")]
    for day in _days([need for need in needs if need.session.status != "cancelled"]):
        first = min(day, key=lambda need: (need.session.starts_at, str(need.session.id)))
        last = max(day, key=lambda need: (need.session.ends_at, str(need.session.id)))
        found += [_move(first, "delivery"), _move(last, "pickup")]
    return [move for move in found if _is_worth_telling(move)]


def _days(needs: Sequence[Need]) -> list[list[Need]]:
    """Return the needs of one resource in one place on one local day, together."""
    together: dict[tuple[object, ...], list[Need]] = {}
    for need in needs:
        session = need.session
        day = session.starts_at.astimezone(ZoneInfo(session.time_zone)).date()
        place = (session.venue_id, session.space_id, session.activity_id)
        key = (need.resource.id, *place, day)
        together.setdefault(key, []).append(need)
    return list(together.values())


def _move(need: Need, kind: Kind) -> Move:
    session, resource = need.session, need.resource
    if kind == "delivery":
        ends_at = session.starts_at
        starts_at = ends_at - timedelta(minutes=resource.setup_minutes)
    else:
        starts_at = session.ends_at
        ends_at = starts_at + timedelta(minutes=resource.dismantling_minutes)
    return Move(
        kind=kind,
        uid=f"{kind}-{session.id}-{resource.id}@parvis",
        sequence=session.version + resource.revision + need.activity_revision,
        changed_at=max(session.changed_at, resource.edited_at, need.activity_edited_at),
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=session.time_zone,
        status="cancelled" if session.status == "cancelled" else "confirmed",
        resource=resource,
        copies=need.copies,
        venue_id=session.venue_id,
        place=_place(session.space_name, session.venue_name),
        session=session,
    )


def _is_worth_telling(move: Move) -> bool:
    """Tell whether it takes time: what lies ready in its place is brought by nobody."""
    return move.ends_at > move.starts_at or move.resource.transport_minutes > 0


def _place(space: str | None, venue: str) -> str:
    return ", ".join(part for part in (space, venue) if part)
