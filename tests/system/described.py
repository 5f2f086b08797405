"""The three services as Schemathesis asks them: in process, with something in them, and tokens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

import services.notifications.web
import services.registration.web
import services.scheduling.web
from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.conflicts import check_edition
from services.scheduling.domain.editing.presenters import create_presenter
from services.scheduling.domain.editing.resources import create_resource
from services.scheduling.domain.editing.unavailabilities import create_unavailability
from services.scheduling.domain.images import prepare_image, store_image
from services.scheduling.domain.planning.unplaced import create_unplaced
from services.scheduling.domain.touring.stops import request_stop
from services.scheduling.domain.touring.tours import create_tour
from shared.api_tokens import SCOPES, hash_api_token, keep_issued, new_api_token
from shared.contracts.scheduling import API_TOKEN_ISSUED
from shared.identifiers import new_id
from shared.testing.contexts import NOW, make_context
from tests.contracts.golden import golden
from tests.services.registration.factories import publish
from tests.services.scheduling.programs import token_value
from tests.services.scheduling.stored_programme import OPENING, StoredProgramme
from tests.services.scheduling.test_images import picture

_SINGULAR = {
    "pictures": "picture",
    "resources": "resource",
    "tours": "tour",
    "stops": "stop",
    "communes": "commune",
    "presenters": "presenter",
    "unavailabilities": "unavailability",
    "festivals": "festival",
    "editions": "edition",
    "organisations": "organisation",
    "venues": "venue",
    "spaces": "space",
    "activities": "activity",
    "sessions": "session",
    "unplaced_sessions": "unplaced_session",
}


@dataclass(frozen=True)
class Described:
    """A service's application, a token of all scopes, and what parameters and fields can name."""

    app: Flask
    token: str
    document: str
    known: dict[str, list[Any]] = field(default_factory=dict)


def described(service: str, url: str) -> Described:
    """Return a service that has something to tell."""
    return _MAKERS[service](url)


def _scheduling(url: str) -> Described:
    context = make_context("scheduling", url)
    with context.database.write() as db:
        programme = StoredProgramme(db)
        sessions = programme.add_sessions(3)
        programme.release()
        sessions[0].capacity = 3
        sessions[0].revision += 1
        for session in sessions[1:]:  # both in one room at once: a conflict
            session.space_id, session.starts_at = programme.space.id, sessions[1].starts_at
            session.revision += 1
        unplaced = create_unplaced(
            db, {"activity_id": sessions[0].activity_id}, account_id=None, now=NOW
        )
        image = store_image(
            db, prepare_image(picture()), is_private=False, account_id=None, now=NOW
        )
        clash = check_edition(db, programme.edition.id, now=NOW)[0]
        who: dict[str, Any] = {"account_id": None, "now": NOW}
        presenter = create_presenter(db, {"name": "Ada Martin"}, **who)
        away = {"presenter_id": presenter.id, "starts_at": NOW, "ends_at": NOW + timedelta(days=1)}
        account = ensure_account(db, "lou@parvis.example", "Lou", ["reader"], NOW)
        twin = programme.add_venue("Le Muséum")
        lent = create_resource(db, {"kind": "exhibition", "name": "Glaciers d’ici"}, **who)
        tour = create_tour(db, {"resource_id": lent.id, "name": "2026"}, **who)
        wanted = {"tour_id": tour.id, "venue_id": programme.venue.id, "opens_at": OPENING}
        stop = request_stop(db, wanted | {"closes_at": OPENING + timedelta(days=9)}, **who)
        rows = {
            "pictures": image,
            "resources": lent,
            "tours": tour,
            "stops": stop,
            "communes": programme.commune,
            "presenters": presenter,
            "unavailabilities": create_unavailability(db, away, **who),
            "festivals": programme.festival,
            "editions": programme.edition,
            "organisations": programme.organisation,
            "venues": programme.venue,
            "spaces": programme.space,
            "activities": programme.add_activity("Étoiles"),
            "sessions": sessions[0],
            "unplaced_sessions": unplaced,
        }
        known: dict[str, list[Any]] = {noun: [str(row.id)] for noun, row in rows.items()}
        known |= {f"{_SINGULAR[noun]}_id": ids for noun, ids in known.items()}
        known |= {"gone": [str(twin.id)], "account_id": [str(account.id)]}
        known |= {"venue": known["venues"], "space": known["spaces"]}
        days = {"starts_on": ["2026-10-02"], "ends_on": ["2026-10-12"], "edition": ["fds-2026"]}
        times = {"starts_at": ["2026-10-03T08:00:00Z"], "ends_at": ["2026-10-03T09:30:00+02:00"]}
        named: dict[str, list[Any]] = {
            "slug": ["fds-2026", "another"],
            "number": ["1"],
            "key": [clash.key],
        }
        named |= {"file": [picture()], "image_id": [str(image.id)]}
        clocks: dict[str, list[Any]] = {
            "first": ["10:00"],
            "until": ["12:00"],
            "lasts": [30],
            "days": ["2026-10-03", 1],
        }
    return Described(
        services.scheduling.web.create_app(context),
        token_value(context),
        "/api/v1/scheduling/openapi.json",
        {**known, **days, **times, **named, **clocks},
    )


def _registration(url: str) -> Described:
    context = make_context("registration", url)
    sessions = [str(publish(context, capacity=20)) for _ in range(2)]
    app = services.registration.web.create_app(context)
    made = app.test_client().post(
        "/api/v1/registrations",
        json={
            "email": "camille@example.org",
            "name": "Camille Dupré",
            "bookings": [{"session_id": sessions[0], "party": {"adults": 2}}],
        },
        headers={"Idempotency-Key": "first"},
    )
    token = made.headers["Location"].rpartition("/")[2]
    return Described(
        app,
        _copied_token(context.database.write),
        "/api/v1/registration/openapi.json",
        {"session_id": sessions, "token": [token]},
    )


def _notifications(url: str) -> Described:
    context = make_context("notifications", url)
    return Described(
        services.notifications.web.create_app(context),
        _copied_token(context.database.write),
        "/api/v1/notifications/openapi.json",
    )


def _copied_token(write: Callable[[], Any]) -> str:
    value, event = new_api_token(), golden(API_TOKEN_ISSUED)
    event.data.update(
        id=str(new_id()), token_hash=hash_api_token(value), scopes=list(SCOPES), expires_at=None
    )
    with write() as db:
        keep_issued(db, event)
    return value


_MAKERS = {
    "scheduling": _scheduling,
    "registration": _registration,
    "notifications": _notifications,
}
