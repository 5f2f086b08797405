"""The schema of what scheduling tells of the staff's accounts; `scheduling.py` has the event."""

from marshmallow import Schema, fields, validate

ROLES = ("coordinator", "organiser", "venue", "door", "reader")


class Invited(Schema):
    """Who is written to, in their language."""

    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))


class AccountInvited(Schema):
    """Somebody was let in as staff, or to more than before.

    `inviter` is a person's name, null for the operator. `roles`, `organisations` and `venues` say
    to what. `link` leads to the sign-in page, which mails a one-time link: this one is no secret.
    """

    account_id = fields.UUID(required=True)
    recipient = fields.Nested(Invited, required=True)
    inviter = fields.String(required=True, allow_none=True)
    inviter_email = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(validate=validate.OneOf(ROLES)), required=True)
    organisations = fields.List(fields.String(), required=True)
    venues = fields.List(fields.String(), required=True)
    link = fields.String(required=True)
