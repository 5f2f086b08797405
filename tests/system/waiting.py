"""Sessions that are full, with people who wait for a seat, are offered one, or are asked something.

Each session is its test's own: released beside one of the demo's, with as few seats as are needed.
"""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from services.registration.models import Booking
from shared.database import Database
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE, Installation
from tests.system.organiser import Organiser

DEMO = "fete-de-la-science-isere"

_COPIED = ("activity_id", "venue_id", "space_id", "kind", "starts_at", "ends_at")


def full_session(installation: Installation, *, seats: int) -> tuple[dict[str, Any], str]:
    """Return a session of which one party has every seat, and the path of its registration.

    Nobody below an age is left out, and the programme says that it is full.
    """
    organiser = Organiser(installation)
    like = next(
        session
        for session in reversed(installation.sessions(edition=DEMO))
        if (session["registration"], session["kind"]) == ("here", "timed")
        and (session["status"], session["age_min"]) == ("confirmed", None)
        and session["audience"] not in ("schools", "adults")
    )
    draft = organiser.get(f"/api/v1/draft/sessions/{like['id']}").json()
    copied = {name: draft[name] for name in _COPIED}
    made = organiser.create(
        "/api/v1/draft/sessions",
        **copied,
        registration="here",
        capacity=seats,
        seat_categories=["adults", "children"],
    )
    organiser.release(DEMO, alone=made["id"])
    holders = f"holders-{uuid4().hex[:8]}@example.org"
    form = f"/register/{made['id']}"
    assert wait_until(lambda: installation.get(form).status_code == 200, PATIENCE)
    answer = installation.register(made["id"], holders, adults=seats)
    assert answer.status_code == 201, answer.text
    installation.given.add(made["id"])

    def is_full() -> bool:
        return "Rejoindre la liste d’attente" in installation.get(f"/sessions/{made['id']}").text

    assert wait_until(is_full, PATIENCE)
    session: dict[str, Any] = installation.get(f"/api/v1/sessions/{made['id']}").json()
    return session, path_of(answer.json())


def wait_for(installation: Installation, session_id: str, email: str, **party: int) -> str:
    """Put a party on the waitlist of a session; return the path of its registration."""
    body = {
        "email": email,
        "name": "Camille Martin",
        "locale": "fr",
        "bookings": [{"session_id": session_id, "party": party, "if_full": "waitlist"}],
    }
    headers = {"Idempotency-Key": str(uuid4())}
    made = installation.post("/api/v1/registrations", json=body, headers=headers)
    assert made.status_code == 201, made.text
    assert [one["status"] for one in made.json()["bookings"]] == ["waitlisted"]
    return path_of(made.json())


def path_of(registration: dict[str, Any]) -> str:
    """Return the path of a registration's own page, from what the API says of it."""
    return "/registrations/" + str(registration["manage_url"]).rpartition("/")[2]


def booking_of(installation: Installation, path: str) -> dict[str, Any]:
    """Return the only booking of a registration as it is now."""
    [booking] = installation.get(f"/api/v1{path}").json()["bookings"]
    found: dict[str, Any] = booking
    return found


def cancel(installation: Installation, path: str) -> None:
    """Give up everything that a registration has."""
    answer = installation.http.delete(installation.url(f"/api/v1{path}"), timeout=PATIENCE)
    assert answer.ok, answer.text


def answer_offer(installation: Installation, path: str, what: str) -> None:
    """Answer the offer of a registration: `accept` or `decline`."""
    body = {"bookings": [{"id": booking_of(installation, path)["id"], "offer": what}]}
    url = installation.url(f"/api/v1{path}")
    answer = installation.http.patch(url, json=body, timeout=PATIENCE)
    assert answer.ok, answer.text


def ask_whether_they_come(installation: Installation, path: str) -> None:
    """Let a registration have been asked whether it still comes.

    Parvis asks on the last days alone and never at night, so the question is written down for it.
    """
    booking_id = UUID(booking_of(installation, path)["id"])
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    database = Database(installation.database_url("registration"))
    with database.write() as db:
        db.execute(sa.update(Booking).where(Booking.id == booking_id).values(answer_by=until))
    database.dispose()


def letter(installation: Installation, email: str, subject: str) -> EmailMessage:
    """Wait for a mail whose subject begins so; return the last such one."""
    found: list[EmailMessage] = []

    def has_come() -> bool:
        mails = installation.mails_to(email)
        found[:] = [mail for mail in mails if str(mail["Subject"]).startswith(subject)]
        return bool(found)

    has = wait_until(has_come, PATIENCE)
    assert has, [str(mail["Subject"]) for mail in installation.mails_to(email)]
    return found[-1]


def waiting_pages(installation: Installation) -> dict[str, str]:
    """Return the address of each page of somebody who waits, by what became of it."""
    session, held = full_session(installation, seats=2)
    declined, offered, waiting = (
        wait_for(installation, session["id"], f"{name}-axe@example.org", adults=2)
        for name in ("declined", "offered", "waiting")
    )
    cancel(installation, held)
    answer_offer(installation, declined, "decline")
    asked = installation.bookable_session()["id"]
    made = installation.register(asked, "asked-axe@example.org", adults=2)
    coming = path_of(made.json())
    ask_whether_they_come(installation, coming)
    statuses = [booking_of(installation, path)["status"] for path in (declined, offered, waiting)]
    assert statuses == ["cancelled", "offered", "waitlisted"]
    return {
        "session full": f"/sessions/{session['id']}",
        "form of a waitlist": f"/register/{session['id']}",
        "registration that waits": waiting,
        "registration with an offer": offered,
        "offer that was declined": declined,
        "registration that is asked": coming,
    }
