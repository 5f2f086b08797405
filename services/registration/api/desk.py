"""The desk over the API: registering whoever telephones or stands at the counter.

POST /api/v1/registration/sessions/0199…/desk    Idempotency-Key: 7f3a…
{"name": "Odette Roux", "party": {"adults": 2}, "telephone": "04 76 00 11 22"}
→ 201  {"id": "0199…", "code": "7KQ2M4XD", "ticket": "PARVIS1:…", "bookings": […], …}
"""

import json
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate

from services.registration.api.bodies import IDEMPOTENCY_KEY, body_of, read_body, read_key
from services.registration.api.refusals import explain
from services.registration.console_queries import session_line
from services.registration.desk_entry import enter_once, entered_just_now
from services.registration.domain.allotments import AllotmentRefused
from services.registration.domain.desk import DeskEntry
from services.registration.domain.names import may_enter
from services.registration.domain.registering import KEY_REUSED, MADE, REFUSED, Answer
from services.registration.domain.staff_notes import LONGEST_NOTE, readable
from services.registration.schema_values import (
    LONGEST_NAME,
    EmailAddress,
    Identifier,
    Telephone,
    Text,
    YesOrNo,
)
from services.registration.schemas import (
    MESSAGES,
    BookingAnswer,
    WantedBookingBody,
    choice,
    wanted_booking,
)
from shared.i18n import LOCALES
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.api import ApiBlueprint
from shared.web.caching import uncached
from shared.web.problems import Problem
from shared.web.tokens import current_token, require_scope

blueprint = ApiBlueprint(
    "Desk",
    __name__,
    url_prefix="/api/v1/registration/sessions/<uuid:session_id>/desk",
    description="Registering whoever telephones or stands at the counter, with or without an "
    "e-mail address",
)

_SESSION = {"in": "path", "name": "session_id", "description": "The session's id"}

_WANTED = {
    "name": "Odette Roux",
    "telephone": "04 76 00 11 22",
    "party": {"adults": 1, "children": 2},
    "if_full": "waitlist",
    "note": "Arrive en car, un peu en avance.",
}

_EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000080",
    "status": "active",
    "code": "7KQ2M4XD",
    "ticket": "PARVIS1:…",
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


class DeskBody(WantedBookingBody):
    """A party and its contact, who may have no address: then changes are told by telephone.

    The seats are an allotment's with `allotment_id`, else the public's. `note` is for the staff.
    With `again` the same name and numbers within ten minutes are a namesake, not a repetition.
    """

    class Meta:
        """The session is in the address."""

        exclude = ("session_id",)

    name = Text(required=True, longest=LONGEST_NAME)
    email = EmailAddress(allow_none=True, load_default=None)
    telephone = Telephone(allow_none=True, load_default=None)
    locale = choice(*LOCALES, load_default="fr")
    allotment_id = Identifier(allow_none=True, load_default=None)
    note = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.Length(max=LONGEST_NOTE, error="too_long"),
        error_messages={"invalid": "not_text", "invalid_utf8": "not_text"},
    )
    again = YesOrNo(load_default=False, metadata={"type": "boolean"})


class DeskAnswer(Schema):
    """What is to be read out and printed; the link to manage it is its contact's alone."""

    id = fields.UUID()
    status = fields.String(validate=validate.OneOf(("active", "cancelled")))
    code = fields.String(metadata={"description": "Short, to be read out"})
    ticket = fields.String(metadata={"description": "What the QR code says"})
    bookings = fields.List(fields.Nested(BookingAnswer))


_BODY = DeskBody()


@blueprint.route("", methods=["POST"], parameters=[_SESSION])
@require_scope("desk:write")
@blueprint.doc(parameters=[IDEMPOTENCY_KEY], requestBody=body_of(DeskBody, _WANTED))
@blueprint.response(201, DeskAnswer, description="Registered", example=_EXAMPLE)
@blueprint.alt_response(400, description="not_json: the body is not JSON")
@blueprint.alt_response(404, description="No such session was released")
@blueprint.alt_response(
    409,
    description="entered_before: the same name and numbers were entered a moment ago (with `id` "
    "and `registration_code`; send `again` if they are other people); unknown_allotment; or as for "
    "registering, with `reasons`: full, not_bookable, not_open_yet, … Nothing was done",
)
@blueprint.alt_response(422, description="The fields at fault, or a key with another body")
def register_at_desk(session_id: UUID) -> Response:
    """Register a party for one session, in the name of whoever made the token."""
    _open(session_id)
    entry, again = _read(session_id)
    before = None if again else entered_just_now(entry)
    if before is not None:
        detail = _("Une inscription au même nom et aux mêmes nombres vient d’être faite.")
        known = str(before.registration_id)
        raise Problem(409, "entered_before", detail=detail, id=known, registration_code=before.code)
    try:
        answer = enter_once(entry)
    except AllotmentRefused as error:
        raise Problem(409, "unknown_allotment", detail=_("Ce contingent n’existe plus.")) from error
    if answer.status != MADE:
        raise _refused(answer)
    told = {name: answer.body[name] for name in DeskAnswer().fields}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, MADE, content_type="application/json")
    return uncached(response)


def _open(session_id: UUID) -> None:
    """Refuse a session that there is not, or that is not of whoever made the token."""
    token = current_token()
    with current_context().database.read() as db:
        found = session_line(db, session_id)
    if found is None:
        raise Problem(404, "unknown_session", detail=_("Cette séance n’existe pas."))
    if not may_enter(token, found[0].organisation_id, found[0].venue_id):
        raise Problem(
            403,
            "not_yours",
            detail=_("On inscrit au guichet pour les séances de sa structure ou de son lieu."),
        )


def _read(session_id: UUID) -> tuple[DeskEntry, bool]:
    """Return what is entered, and whether it is known to be no repetition."""
    token, key = current_token(), read_key()
    wanted: dict[str, Any] = read_body(_BODY)
    entry = DeskEntry(
        # Of the account: what another one entered under the same key is nobody else's to read.
        key=f"desk:{token.account_id.hex[-12:]}:{key}",
        name=wanted["name"],
        email=wanted["email"],
        telephone=wanted["telephone"],
        locale=wanted["locale"],
        note=readable(wanted["note"] or "") or None,
        booking=wanted_booking({**wanted, "session_id": session_id}),
        allotment_id=wanted["allotment_id"],
        account_id=token.account_id,
        account_name=token.account_name,
    )
    return entry, wanted["again"]


def _refused(answer: Answer) -> Problem:
    code = answer.body["code"]
    if answer.status == KEY_REUSED:
        return Problem(KEY_REUSED, code, detail=str(MESSAGES[code]))
    reasons = [
        {**reason, "pointer": reason["pointer"].removeprefix("/bookings/0")}
        for reason in answer.body["bookings"]
    ]
    return Problem(REFUSED, code, detail=explain(code), reasons=reasons)
