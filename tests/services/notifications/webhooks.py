"""Webhooks as tests make them, what was kept for them, and a way to post that answers at will."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.notifications.domain.webhooks.announcing import (
    announce_registration,
    announce_session,
)
from services.notifications.domain.webhooks.delivering import WebhookDeliverer
from services.notifications.domain.webhooks.keeping import Scope, Wanted, create
from services.notifications.domain.webhooks.kinds import KINDS
from services.notifications.domain.webhooks.posting import Answer
from services.notifications.models import Webhook, WebhookAttempt, WebhookDelivery
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope

#: The organisation and the edition of the golden session.
ORGANISATION = UUID("01a1b2c3-0000-7000-8000-000000000004")
EDITION = UUID("01a1b2c3-0000-7000-8000-000000000003")

OWN = Scope(ORGANISATION, None, "Les Petits Glaciologues")
WHOLE = Scope(None, EDITION, "Fête de la science 2026")

URL = "https://agenda.example.org/parvis"

TAKEN = Answer(204, None, "", 12)
REFUSED = Answer(500, "status", "oups", 34)
GONE = Answer(410, "gone", "", 5)


def make(
    context: ServiceContext,
    scope: Scope = OWN,
    *,
    url: str = URL,
    **more: Any,
) -> Webhook:
    """Make a webhook that hears of everything, unless told otherwise."""
    wanted = Wanted("Agenda", url, more.pop("kinds", KINDS), "technique@glaciologues.example")
    with context.database.write() as db:
        made = create(db, new_id(), scope, wanted, locale="fr", now=context.clock())
        assert made is not None
        for field, value in more.items():
            setattr(made, field, value)
    return made


def webhook(context: ServiceContext, webhook_id: UUID) -> Webhook:
    """Return a webhook as it is by now."""
    with context.database.read() as db:
        found = db.get(Webhook, webhook_id)
    assert found is not None
    return found


def deliveries(context: ServiceContext) -> list[WebhookDelivery]:
    """Return every delivery, oldest first."""
    with context.database.read() as db:
        return list(db.scalars(sa.select(WebhookDelivery).order_by(WebhookDelivery.id)))


def states(context: ServiceContext) -> list[tuple[str, int]]:
    """Return of each delivery its state and its number of attempts."""
    return [(one.status, one.attempts) for one in deliveries(context)]


def attempts(context: ServiceContext) -> list[tuple[int | None, str | None, str, int]]:
    """Return of each attempt what the log says, oldest first."""
    with context.database.read() as db:
        rows = db.scalars(sa.select(WebhookAttempt).order_by(WebhookAttempt.id))
        return [(one.http_status, one.fault, one.detail, one.duration_ms) for one in rows]


def announce(
    context: ServiceContext, envelope: Envelope, *, occurred_at: datetime | None = None
) -> int:
    """Let the webhooks hear of an event that happens now, unless told otherwise; count them."""
    envelope = replace(envelope, occurred_at=occurred_at or context.clock())
    with context.database.write() as db:
        if envelope.source == "registration":
            return announce_registration(db, envelope, now=context.clock())
        return announce_session(db, envelope, public_url="https://fds.example", now=context.clock())


class Posting:
    """Answers each attempt with the next of the plan, the last one for ever; keeps what came."""

    def __init__(self, *plan: Answer | Callable[[], Answer]) -> None:
        self.plan = list(plan)
        self.posted: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.posted.append((url, body, dict(headers)))
        step = self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]
        return step() if callable(step) else step

    @property
    def types(self) -> list[str]:
        """Return the types of the messages that came."""
        return [json.loads(body)["type"] for _url, body, _headers in self.posted]

    @property
    def ids(self) -> list[str]:
        """Return the ids of the messages that came."""
        return [headers["webhook-id"] for _url, _body, headers in self.posted]


def deliverer(context: ServiceContext, posting: Any) -> WebhookDeliverer:
    """Return what delivers, on the context's clock."""
    return WebhookDeliverer(context.database, posting, "https://fds.example", context.clock)


def change_webhook(context: ServiceContext, made: Webhook, step: Callable[..., Any]) -> Any:
    """Do something to a webhook, in a transaction."""
    with context.database.write() as db:
        found = db.get(Webhook, made.id)
        assert found is not None
        return step(db, found)
