"""The quick way through a body that is as nearly every body is: plain, whole and without a fault.

Walking a schema takes marshmallow longer than looking at the values. Here the schema's own fields
look at them, one after the other; what is in any way out of the ordinary is left to the schema,
which also says what is wrong. A test compares the two.
"""

import re
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from services.registration.domain.party import LARGEST_BASKET, heads
from services.registration.schemas import RegistrationBody, WantedBookingBody
from shared.i18n import LOCALES

_email, _name, _telephone = (
    RegistrationBody().load_fields[name] for name in ("email", "name", "telephone")
)
_party, _wheelchairs, _sign_language = (
    WantedBookingBody().load_fields[name] for name in ("party", "wheelchairs", "sign_language")
)
_is_id = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch

_NEEDED = {"email", "name", "bookings"}
_KNOWN = _NEEDED | {"locale", "telephone"}
_BOOKING_NEEDED = {"session_id", "party"}
_BOOKING_KNOWN = _BOOKING_NEEDED | {"if_full", "wheelchairs", "sign_language"}
_CHOICES = ("refuse", "waitlist")


def load_plain(body: Any) -> dict[str, Any] | None:
    """Return what `RegistrationBody` would load, or None when only it can tell."""
    if type(body) is not dict or not _NEEDED <= body.keys() <= _KNOWN:
        return None
    locale, wanted = body.get("locale", "fr"), body["bookings"]
    if locale not in LOCALES or type(wanted) is not list or not 0 < len(wanted) <= LARGEST_BASKET:
        return None
    try:
        bookings = [_booking(booking) for booking in wanted]
        if len({booking["session_id"] for booking in bookings}) != len(bookings):
            return None
        loaded = {
            "email": _email.deserialize(body["email"]),
            "name": _name.deserialize(body["name"]),
            "locale": locale,
            "bookings": bookings,
        }
        if "telephone" in body:
            loaded["telephone"] = _telephone.deserialize(body["telephone"])
        return loaded
    except ValidationError:
        return None


def _booking(booking: Any) -> dict[str, Any]:
    if type(booking) is not dict or not _BOOKING_NEEDED <= booking.keys() <= _BOOKING_KNOWN:
        raise ValidationError("not plain")
    session_id, if_full = booking["session_id"], booking.get("if_full", "refuse")
    if type(session_id) is not str or not _is_id(session_id) or if_full not in _CHOICES:
        raise ValidationError("not plain")
    party = _party.deserialize(booking["party"])
    loaded = {"session_id": UUID(session_id), "party": party, "if_full": if_full}
    if "sign_language" in booking:
        loaded["sign_language"] = _sign_language.deserialize(booking["sign_language"])
    if "wheelchairs" in booking:
        loaded["wheelchairs"] = _wheelchairs.deserialize(booking["wheelchairs"])
        if loaded["wheelchairs"] > heads(party or {}):
            raise ValidationError("not plain")
    return loaded
