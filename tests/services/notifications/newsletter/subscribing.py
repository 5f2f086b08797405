"""Somebody who subscribes in a test: sessions to choose from, the form, the mail, the link."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client, TestResponse

from services.notifications.domain import sessions
from services.notifications.domain.newsletter import asking, programme, serving
from services.notifications.domain.newsletter.news import list_programme
from services.notifications.models import OutgoingMail, Subscription
from shared.context import ServiceContext
from tests.services.notifications.events import golden, mails, session_published

CAMILLE = "camille@example.org"

_NAMES = UUID("01a1b2c3-0000-7000-8000-00000000abcd")


def ident(name: str) -> str:
    """Return the id that a test calls by a name, as JSON has it."""
    return str(uuid5(_NAMES, name))


def publish(
    context: ServiceContext,
    name: str = "glacier",
    *,
    version: int = 1,
    days: float = 20,
    commune: tuple[str, str] = ("38563", "Voiron"),
    activity: str | None = None,
    at: datetime | None = None,
    **changes: Any,
) -> str:
    """Let notifications hear of a session, so many days from now; return its id."""
    now = context.clock()
    starts = now + timedelta(days=days)
    event = session_published()
    venue = event.data["venue"] | {
        "name": f"Médiathèque de {commune[1]}",
        "commune": {"insee_code": commune[0], "name": commune[1]},
    }
    data = event.data | {
        "id": ident(name),
        "activity_id": ident(activity or name),
        "title": {"fr": name.capitalize(), "en": None},
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=1)).isoformat(),
        "registration_opens_at": None,
        "venue": venue,
    }
    envelope = golden("scheduling.session_published", version=version, **(data | changes))
    envelope = _about(envelope, ident(name), at or now)
    with context.database.write() as db:
        sessions.keep_session(db, envelope)
        programme.keep_entry(db, envelope, now=now)
    return ident(name)


def count_seats(context: ServiceContext, name: str, seats_left: int, *, version: int) -> None:
    """Let notifications hear how many seats are left in a session."""
    event = golden(
        "registration.seats_counted",
        version=version,
        session_id=ident(name),
        seats_left=seats_left,
        bookings=2,
    )
    envelope = _about(event, ident(name), context.clock())
    with context.database.write() as db:
        programme.keep_seats(db, envelope, now=context.clock())


def _about(envelope: Any, identifier: str, at: datetime) -> Any:
    return replace(envelope, aggregate_id=UUID(identifier), occurred_at=at)


def csrf(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def send(client: Client, path: str, **form: Any) -> TestResponse:
    """Open a page, and send a form from it."""
    return client.post(path, data={"csrf_token": csrf(client.get(path)), **form})


def wish(client: Client, email: str = CAMILLE, **form: Any) -> TestResponse:
    """Fill in the letter's form, as it must be."""
    return send(
        client, "/newsletter", **({"email": email, "frequency": "weekly", "agrees": "1"} | form)
    )


def answer(context: ServiceContext) -> None:
    """Let the worker look for requests."""
    with context.database.write() as db:
        asking.answer_requests(db, now=context.clock())


def token_of(mail: OutgoingMail) -> str:
    """Return the secret in a mail's links."""
    return str(mail.content.get("link") or mail.content["token"])


def begin(
    context: ServiceContext, app: Flask, path: str = "/newsletter", **form: Any
) -> Subscription:
    """Subscribe, and confirm by the mail's link; return what has begun."""
    client = app.test_client()
    typed = {"email": CAMILLE, "agrees": "1"} | (
        {} if "follow" in path else {"frequency": "weekly"}
    )
    assert send(client, path, **(typed | form)).status_code == 200
    answer(context)
    token = token_of(mails(context)[-1])
    assert send(client, f"/newsletter/confirm/{token}").status_code == 303
    return subscriptions(context)[-1]


def subscriptions(context: ServiceContext) -> list[Subscription]:
    with context.database.read() as db:
        return list(db.scalars(sa.select(Subscription).order_by(Subscription.id)))


def serve(context: ServiceContext) -> list[OutgoingMail]:
    """Let the worker serve whoever is due, as its timer does; return the mails that this queued."""
    before = {mail.id for mail in mails(context)}
    with context.database.read() as db:
        if not serving.is_due(db, now=context.clock()):
            return []
        listed = list_programme(db, now=context.clock())
    for step in (serving.serve_campaigns, serving.serve_digests, serving.serve_follows):
        served = 1
        while served:
            with context.database.write() as db:
                served = step(db, listed, now=context.clock())
    return [mail for mail in mails(context) if mail.id not in before]


def titles(mail: OutgoingMail, kind: str) -> list[str]:
    """Return the titles that a letter lists under one heading."""
    return [one["title"]["fr"] for one in mail.content[kind]]
