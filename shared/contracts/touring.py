"""The schemas of what scheduling tells of the stops of tours; `scheduling.py` has the events."""

from marshmallow import Schema, fields, validate

STEPS = ("request", "accept", "option", "confirm", "refuse", "cancel")
STATES = ("requested", "optioned", "confirmed", "refused", "cancelled")

#: Who takes part in a stop: who lends, who receives, who answers for the place, and whoever
#: decides where nobody lends.
SIDES = ("lender", "host", "place", "coordination")


class StopRecipient(Schema):
    """Somebody who is written to about a stop, in their language, and what they are in it."""

    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))
    side = fields.String(required=True, validate=validate.OneOf(SIDES))


class StopContacts(Schema):
    """Whom an answer reaches on each side."""

    lender = fields.String(required=True, allow_none=True)
    host = fields.String(required=True, allow_none=True)


class StopTold(Schema):
    """A stop, as its mails tell it; instants are UTC, `time_zone` is that of its venue's clocks.

    `option_until` is a local day. `link` leads to its page in the console, behind the sign-in.
    """

    stop_id = fields.UUID(required=True)
    exhibition = fields.String(required=True)
    tour = fields.String(required=True)
    lender = fields.String(required=True, allow_none=True)
    host = fields.String(required=True, allow_none=True)
    venue = fields.String(required=True)
    commune = fields.String(required=True, allow_none=True)
    copies = fields.Integer(required=True)
    arrives_at = fields.AwareDateTime(required=True)
    opens_at = fields.AwareDateTime(required=True)
    closes_at = fields.AwareDateTime(required=True)
    leaves_at = fields.AwareDateTime(required=True)
    time_zone = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    option_until = fields.Date(required=True, allow_none=True)
    place_agrees = fields.Boolean(required=True)
    contacts = fields.Nested(StopContacts, required=True)
    link = fields.String(required=True)
    recipients = fields.List(fields.Nested(StopRecipient), required=True)


class StopMoved(StopTold):
    """Somebody asked for a stop, or took it a step further; `who` is null for a program."""

    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    who = fields.String(required=True, allow_none=True)


class StopOptionReminded(StopTold):
    """The option on a stop comes to its end: from the day after, it keeps nobody else away."""
