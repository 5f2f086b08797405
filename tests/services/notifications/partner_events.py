"""What releases tell somebody who takes part in sessions, as tests make it up."""

from datetime import datetime, timedelta
from typing import Any

from services.notifications.domain import partners
from shared.context import ServiceContext
from shared.messaging.envelope import Envelope
from tests.services.notifications.events import golden

Data = dict[str, Any]

_EVENT = golden("scheduling.sessions_rescheduled")

#: A session as it is told, and another place for it.
SESSION: Data = _EVENT.data["sessions"][0]["before"]
MUSEUM = {
    "name": "Muséum de Grenoble",
    "address": "1 rue Dolomieu",
    "postcode": "38000",
    "commune": {"name": "Grenoble"},
}

WINDOW = timedelta(minutes=5)


def later(session: Data, hours: float = 2) -> Data:
    """Return the session so many hours later."""
    moved = {
        name: (datetime.fromisoformat(session[name]) + timedelta(hours=hours)).isoformat()
        for name in ("starts_at", "ends_at")
    }
    return {**session, **moved}


def there(session: Data) -> Data:
    """Return the session at the museum."""
    return {**session, "venue": MUSEUM, "space": None}


def off(session: Data) -> Data:
    """Return the session cancelled."""
    return {**session, "status": "cancelled"}


def change(
    before: Data, after: Data, name: str = "1", roles: Any = ("presenter",), lent: Any = ()
) -> Data:
    """Return what a release did to one session."""
    identifier = f"01a1b2c3-0000-7000-8000-{name:0>12}"
    return {
        "session_id": identifier,
        "roles": list(roles),
        "lent": list(lent),
        "before": before,
        "after": after,
    }


def rescheduled(
    *changes: Data, number: int = 2, part: int = 1, parts: int = 1, **recipient: str
) -> Envelope:
    """Return what a release tells one person."""
    who = {**_EVENT.data["recipient"], **recipient}
    data = {"number": number, "part": part, "parts": parts}
    return golden("scheduling.sessions_rescheduled", sessions=list(changes), recipient=who, **data)


def tell(context: ServiceContext, event: Envelope, *, window: timedelta = WINDOW) -> bool:
    """Let notifications hear of it now; tell whether a mail will be sent."""
    with context.database.write() as db:
        return partners.tell_partner(db, event, now=context.clock(), window=window)
