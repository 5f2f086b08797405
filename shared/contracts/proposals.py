"""The schemas of what scheduling tells of proposals; `scheduling.py` has the events."""

from marshmallow import Schema, fields, validate

STEPS = (
    "submit",
    "accept",
    "ask_changes",
    "decline",
    "reconsider",
    "withdraw",
    "resume",
    "request_label",
    "grant_label",
    "refuse_label",
    "drop_label",
    "comment",
)
STAGES = ("proposal", "label", "publication")


class Bilingual(Schema):
    """A text in French and, where there is one, in English."""

    fr = fields.String(required=True)
    en = fields.String(required=True, allow_none=True)


class ProposalEdition(Schema):
    """The edition that a proposal is for, as its mails name it."""

    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    name = fields.Nested(Bilingual, required=True)
    contact_email = fields.String(required=True, allow_none=True)


class Recipient(Schema):
    """Somebody who is written to, in their language, on one side or the other."""

    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))
    side = fields.String(required=True, validate=validate.OneOf(("organisation", "coordination")))


class ProposalMoved(Schema):
    """Somebody took a proposal a step further, or said something about it.

    `link` leads to its page in the console, behind the sign-in. `lacks` are sentences that say what
    it still lacks for the stage that it is on its way to.
    """

    activity_id = fields.UUID(required=True)
    edition = fields.Nested(ProposalEdition, required=True)
    title = fields.Nested(Bilingual, required=True)
    organisation = fields.String(required=True, allow_none=True)
    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    state = fields.String(required=True)
    label_state = fields.String(required=True)
    comment = fields.String(required=True, allow_none=True)
    who = fields.String(required=True, allow_none=True)
    side = fields.String(required=True, validate=validate.OneOf(("organisation", "coordination")))
    lacks = fields.List(fields.Nested(Bilingual), required=True)
    link = fields.String(required=True)
    recipients = fields.List(fields.Nested(Recipient), required=True)


class LackingProposal(Schema):
    """A proposal that lacks something for a stage."""

    activity_id = fields.UUID(required=True)
    title = fields.Nested(Bilingual, required=True)
    organisation = fields.String(required=True, allow_none=True)
    stage = fields.String(required=True, validate=validate.OneOf(STAGES))
    due_on = fields.Date(required=True)
    lacks = fields.List(fields.Nested(Bilingual), required=True)
    link = fields.String(required=True)


class ProposalsReminded(Schema):
    """A deadline comes near, and these proposals of one recipient lack something for it."""

    edition = fields.Nested(ProposalEdition, required=True)
    recipient = fields.Nested(Recipient, required=True)
    proposals = fields.List(fields.Nested(LackingProposal), required=True)
