"""What notifications publishes: which mails did not arrive."""

from marshmallow import Schema, fields

from shared.contracts.event import Event


class BouncedMail(Schema):
    """A mail about a registration that was refused for good, came back, or was kept back for that.

    `template` is the kind of mail. `status` is the enhanced status code that the other side gave
    (RFC 3463), if any; `is_hard` says that the address itself takes no mail, and nothing more is
    sent there.
    """

    mail_id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True)
    template = fields.String(required=True)
    status = fields.String(required=True, allow_none=True)
    is_hard = fields.Boolean(required=True)


MAIL_BOUNCED = Event("notifications", "mail_bounced", version=1, schema=BouncedMail)
