"""The JSON API of registrations: make one, look at it, change it, cancel it."""

import json
from typing import Any

from flask import Response, request

from services.registration.api.bodies import IDEMPOTENCY_KEY, body_of, read_body, read_key
from services.registration.api.refusals import explain, refused
from services.registration.domain import changing
from services.registration.domain.facts import booking_state, registration_state
from services.registration.domain.registering import MADE, REFUSED, Answer
from services.registration.fast_lane import answer_shown, register_for_program, settled
from services.registration.form_guard import TooMany, check_address, current_form_guard
from services.registration.manage_queries import BookingPage, registration_page
from services.registration.models import Booking
from services.registration.parts import current_registrar, current_ticket_keys
from services.registration.schemas import ChangeBody, RegistrationAnswer, RegistrationBody
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.api_description import ETAG, LOCATION
from shared.web.problems import Problem

blueprint = ApiBlueprint(
    "Registrations",
    __name__,
    url_prefix="/api/v1/registrations",
    description="Registrations, each opened by the secret token in its manage link.",
)

_REGISTRATION, _CHANGE = RegistrationBody(), ChangeBody()

_TOKEN = {"in": "path", "name": "token", "description": "The secret token in the manage link"}

_EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000080",
    "status": "active",
    "code": "7KQ2M4XD",
    "ticket": "PARVIS1:…",
    "manage_url": "https://parvis.example/registrations/kX3v9sQ2hT0aB1cD4eF5gw",
    "bookings": [
        {
            "id": "01a1b2c3-0000-7000-8000-000000000081",
            "session_id": "01a1b2c3-0000-7000-8000-000000000066",
            "party": {"adults": 1, "children": 2},
            "seats": 3,
            "status": "confirmed",
            "revision": 0,
            "offer_expires_at": None,
        }
    ],
}

_WANTED = {
    "email": "camille@example.org",
    "name": "Camille Dupré",
    "locale": "fr",
    "bookings": [
        {
            "session_id": "01a1b2c3-0000-7000-8000-000000000066",
            "party": {"adults": 1, "children": 2},
            "if_full": "waitlist",
        }
    ],
}

_CHANGED = {"bookings": [{"id": "01a1b2c3-0000-7000-8000-000000000081", "party": {"adults": 2}}]}


@blueprint.route("", methods=["POST"])
@blueprint.doc(parameters=[IDEMPOTENCY_KEY], requestBody=body_of(RegistrationBody, _WANTED))
@blueprint.response(
    201, RegistrationAnswer, description="Registered", example=_EXAMPLE, headers=LOCATION
)
@blueprint.alt_response(400, description="not_json: the body is not JSON")
@blueprint.alt_response(
    409,
    description="full, not_bookable, not_open_yet (with `opens_at`; ask again then, under the same "
    "key or another), unknown_category, takes_no_seat, too_large, too_few, too_many, "
    "no_wheelchair_place, or what is wrong with an answer: no booking",
)
@blueprint.alt_response(422, description="The fields at fault, or a key with another body")
@blueprint.alt_response(
    429, description="too_often: by this address or from this network; see `Retry-After`"
)
def make_registration() -> Response:
    """Register one contact for one or more sessions, all or nothing."""
    key = read_key()
    known = settled(request.environ)
    answer = known.result() if known else _register(key)
    if isinstance(answer, TooMany):
        headers = {"Retry-After": answer.retry_after}
        raise Problem(429, "too_often", detail=answer.sentence, headers=headers)
    if answer.status == MADE:
        location = {"Location": f"{blueprint.url_prefix}/{answer.body['token']}"}
        return _json(_shown(answer.body), MADE, location)
    raise refused(answer)


def _register(key: str) -> Answer | TooMany:
    wanted = read_body(_REGISTRATION)
    guard = current_form_guard()
    return register_for_program(current_registrar(), guard, request.environ, key, wanted)


@blueprint.route("/<token>", methods=["GET"], parameters=[_TOKEN])
@blueprint.response(200, RegistrationAnswer, example=_EXAMPLE, headers=ETAG)
@blueprint.alt_response(304, description="Unchanged")
@blueprint.alt_response(404, description="No registration has this token")
def get_registration(token: str) -> Response:
    """Look at a registration."""
    context = current_context()
    with context.database.read() as db:
        page = registration_page(db, token, now=context.clock())
    if page is None:
        raise _unknown()
    bookings = [
        booking_state(
            booking.id,
            booking.session.id,
            booking.party,
            booking.seats,
            booking.status,
            booking.revision,
            booking.offer_expires_at,
        )
        | _needs(booking)
        for booking in page.bookings
    ]
    state = {
        "id": str(page.id),
        "status": page.status,
        "code": page.code,
        "token": page.token,
        "ticket": current_ticket_keys().renewed(page.ticket, page.id),
        "bookings": bookings,
    }
    response = _json(_shown(state), 200)
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.route("/<token>", methods=["PATCH"], parameters=[_TOKEN])
@blueprint.doc(requestBody=body_of(ChangeBody, _CHANGED))
@blueprint.response(200, RegistrationAnswer, example=_EXAMPLE)
@blueprint.alt_response(400, description="not_json: the body is not JSON")
@blueprint.alt_response(404, description="No registration has this token, or no booking this id")
@blueprint.alt_response(
    409,
    description="cancelled, no_offer, offer_expired, too_many_wheelchairs or as for registering: "
    "nothing was changed",
)
@blueprint.alt_response(422, description="The fields at fault")
@blueprint.alt_response(
    429, description="too_often: corrected to this address or from this network; see `Retry-After`"
)
def change_registration(token: str) -> Response:
    """Correct the address, change parties, cancel bookings, answer offers: all or nothing.

    `wheelchairs` of a party take places counted apart, as long as there are some left.
    A booking that is `offered` takes `"offer": "accept"`, after which it is confirmed, or
    `"decline"`, after which it is cancelled, until its `offer_expires_at`. Asking again for what is
    so already changes nothing more.
    """
    wanted = read_body(_CHANGE)
    _check_correction(token, wanted.get("email"))
    bookings = wanted.get("bookings", [])
    return _change(
        token,
        changing.Wanted(
            email=wanted.get("email"),
            parties={
                booking["id"]: booking["party"]
                for booking in bookings
                if "party" in booking and "status" not in booking
            },
            wheelchairs={
                booking["id"]: booking["wheelchairs"]
                for booking in bookings
                if "wheelchairs" in booking and "status" not in booking
            },
            cancelled=[booking["id"] for booking in bookings if "status" in booking],
            accepted=[one["id"] for one in bookings if one.get("offer") == "accept"],
            declined=[one["id"] for one in bookings if one.get("offer") == "decline"],
        ),
    )


@blueprint.route("/<token>", methods=["DELETE"], parameters=[_TOKEN])
@blueprint.response(200, RegistrationAnswer, example=_EXAMPLE)
@blueprint.alt_response(404, description="No registration has this token")
def cancel_registration(token: str) -> Response:
    """Cancel every booking; again changes nothing."""
    return _change(token, changing.Wanted(everything_cancelled=True))


def _check_correction(token: str, email: str | None) -> None:
    """Refuse to send one more confirmation to an address that was sent many."""
    if email is None:
        return
    context = current_context()
    with context.database.read() as db:
        page = registration_page(db, token, now=context.clock())
    if page is None or page.email == email:
        return
    many = check_address(email)
    if many:
        headers = {"Retry-After": many.retry_after}
        raise Problem(429, "too_often", detail=many.correction, headers=headers)


def _change(token: str, wanted: changing.Wanted) -> Response:
    context = current_context()
    try:
        with context.database.write() as db:
            registration = changing.change(db, token, wanted, now=context.clock())
            state = registration_state(registration)
            for told, one in zip(state["bookings"], registration.bookings, strict=True):
                told.update(_needs(one))
    except changing.UnknownRegistration as error:
        raise _unknown() from error
    except changing.ChangeRefused as error:
        booking: Any = {"booking_id": str(error.booking_id)} if error.booking_id else {}
        raise Problem(REFUSED, error.code, detail=explain(error.code), **booking) from error
    return _json(_shown(state), 200)


def _needs(booking: Booking | BookingPage) -> dict[str, int]:
    """Return what a booking asks for beside seats; nothing where it asks for nothing."""
    return {"wheelchairs": booking.wheelchairs} if booking.wheelchairs else {}


def _unknown() -> Problem:
    return Problem(404, "unknown", detail=_("Aucune inscription n’a cette adresse."))


def _shown(state: dict[str, Any]) -> dict[str, Any]:
    return answer_shown(state, current_context().settings.public_url)


def _json(body: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, status, headers, content_type="application/json")
    response.headers["Cache-Control"] = "no-store" if status == MADE else "private, no-cache"
    return response
