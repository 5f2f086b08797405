"""What registration publishes: who comes where, and how many seats are left."""

from marshmallow import Schema, fields, validate

from shared.contracts.event import Event

BOOKING_STATUSES = ("confirmed", "waitlisted", "offered", "cancelled")


class Booking(Schema):
    """Seats of one registration in one session; `party` counts heads by category."""

    id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    party = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    seats = fields.Integer(required=True, validate=validate.Range(min=0))
    status = fields.String(required=True, validate=validate.OneOf(BOOKING_STATUSES))
    revision = fields.Integer(required=True)


class Registration(Schema):
    """The whole state of one registration, as its contact's mails need it."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    token = fields.String(required=True)
    ticket = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))
    status = fields.String(required=True, validate=validate.OneOf(("active", "cancelled")))
    registered_at = fields.AwareDateTime(required=True)
    bookings = fields.List(fields.Nested(Booking), required=True)


class RegistrationChanged(Registration):
    """The same, and what changed: bookings by id, and whether the address was corrected."""

    changed_bookings = fields.List(fields.UUID(), required=True)
    address_corrected = fields.Boolean(required=True)


class SeatsCounted(Schema):
    """How many seats are left in a session; null where seats are not limited."""

    session_id = fields.UUID(required=True)
    seats_left = fields.Integer(required=True, allow_none=True)


REGISTRATION_MADE = Event("registration", "registration_made", 1, Registration)
REGISTRATION_CHANGED = Event("registration", "registration_changed", 1, RegistrationChanged)
REGISTRATION_CANCELLED = Event("registration", "registration_cancelled", 1, Registration)
SEATS_COUNTED = Event("registration", "seats_counted", 1, SeatsCounted)
