"""What notifications decides by itself, in the form in which mails are queued for events."""

from datetime import datetime
from uuid import UUID

from shared.messaging.envelope import Envelope


def own_event(name: str, about: UUID, *, now: datetime) -> Envelope:
    """Return the event that a mail of ours is queued for: once, whatever is tried again.

    `about` is unique to it. Nothing of it is published.
    """
    return Envelope(
        id=about,
        type=f"notifications.{name}",
        version=1,
        aggregate_id=about,
        aggregate_version=0,
        occurred_at=now,
        correlation_id=about.hex,
        data={},
    )
