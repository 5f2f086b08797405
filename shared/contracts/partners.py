"""The schemas of what scheduling tells those who take part in sessions; `scheduling.py` has the
event."""

from marshmallow import Schema, fields, validate

from shared.contracts.proposals import Bilingual, ProposalEdition

#: What somebody is to a session: its place, who presents it, who proposes it, who lends for it.
ROLES = ("venue", "presenter", "organisation", "resource")


class Partner(Schema):
    """Somebody who is written to, in their language."""

    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))


class Town(Schema):
    """A commune by its name."""

    name = fields.String(required=True)


class Place(Schema):
    """A venue as one finds it."""

    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    postcode = fields.String(required=True, allow_none=True)
    commune = fields.Nested(Town, required=True, allow_none=True)


class Room(Schema):
    """A room or yard of the venue."""

    name = fields.String(required=True)


class OpeningHours(Schema):
    """Weekly hours of an exhibition: ISO weekday 1 to 7, local times `HH:MM`."""

    weekday = fields.Integer(required=True, validate=validate.Range(1, 7))
    opens = fields.String(required=True)
    closes = fields.String(required=True)


class Appointment(Schema):
    """When and where a session is, and whether it takes place; instants are UTC."""

    status = fields.String(required=True, validate=validate.OneOf(("confirmed", "cancelled")))
    kind = fields.String(required=True, validate=validate.OneOf(("timed", "drop_in", "exhibition")))
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    time_zone = fields.String(required=True)
    weekly_hours = fields.List(fields.Nested(OpeningHours), required=True)
    closures = fields.List(fields.Date(), required=True)
    title = fields.Nested(Bilingual, required=True)
    venue = fields.Nested(Place, required=True)
    space = fields.Nested(Room, required=True, allow_none=True)


class RescheduledSession(Schema):
    """A session that a release changed, and what its reader is to it.

    `lent` names what is lent for it by them.
    """

    session_id = fields.UUID(required=True)
    roles = fields.List(fields.String(validate=validate.OneOf(ROLES)), required=True)
    lent = fields.List(fields.String(), required=True)
    before = fields.Nested(Appointment, required=True)
    after = fields.Nested(Appointment, required=True)


class SessionsRescheduled(Schema):
    """A release changed time, place or status of sessions in which somebody takes part.

    `number` counts the edition's releases. What a release tells one person is told in `parts`
    events, of which this is the `part`th, from 1: many sessions are many events.
    """

    number = fields.Integer(required=True)
    part = fields.Integer(required=True)
    parts = fields.Integer(required=True)
    edition = fields.Nested(ProposalEdition, required=True)
    recipient = fields.Nested(Partner, required=True)
    sessions = fields.List(fields.Nested(RescheduledSession), required=True)
