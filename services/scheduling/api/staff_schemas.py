"""How accounts and members look in JSON; what they may be is `domain/staffing`'s to say."""

from typing import Any

from marshmallow import Schema, fields, validate

from services.scheduling.api.drafts.fields import changes_of, text
from services.scheduling.domain.memberships import MOST
from services.scheduling.domain.permissions import ROLES
from services.scheduling.schemas import WordsQuery
from shared.i18n import LOCALES


def _ids(description: str) -> fields.List[Any]:
    return fields.List(
        fields.UUID(),
        validate=validate.Length(max=MOST),
        metadata={"description": description},
    )


def _roles(**options: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.OneOf(ROLES)),
        validate=validate.Length(max=len(ROLES)),
        metadata={"description": "`organiser` and `venue` are for some organisations and venues"},
        **options,
    )


class AccountBody(Schema):
    """What somebody is called, and let in as."""

    name = text(120, required=True)
    roles = _roles(required=True)
    organisations = _ids("Those that an organiser acts for")
    venues = _ids("Those that a venue manager acts for")
    sees_names = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "Is shown the names of everybody registered"},
    )


class InvitationBody(AccountBody):
    """Whom to let in; who has an account keeps what it allows, and gains this."""

    email = fields.Email(required=True, validate=validate.Length(max=254))
    locale = fields.String(
        validate=validate.OneOf(LOCALES),
        metadata={"description": "The language of a new account; yours unless it is given"},
    )


class AccountSchema(Schema):
    """Somebody of the staff, and what they may do."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    organisations = fields.List(fields.UUID(), required=True)
    venues = fields.List(fields.UUID(), required=True)
    sees_names = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    disabled_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Since when nobody is let in by it"},
    )


class ListedAccount(AccountSchema):
    """An account in a list, and when it was last signed in to."""

    last_sign_in_at = fields.AwareDateTime(required=True, allow_none=True)


class AccountsQuery(WordsQuery):
    """Which accounts are wanted."""

    role = fields.String(
        validate=validate.OneOf(ROLES), metadata={"description": "Those with this role"}
    )


class MemberBody(Schema):
    """A colleague to let in, as an organiser of this organisation."""

    name = text(120, required=True)
    email = fields.Email(required=True, validate=validate.Length(max=254))


class MemberSchema(Schema):
    """Somebody who acts for the organisation."""

    id = fields.UUID(required=True, metadata={"description": "The account's id"})
    name = fields.String(required=True)
    email = fields.String(required=True)
    disabled_at = fields.AwareDateTime(required=True, allow_none=True)


class MembersSchema(Schema):
    """Everybody who acts for an organisation, by name."""

    items = fields.List(fields.Nested(MemberSchema), required=True)


ACCOUNT_CHANGES = changes_of(AccountBody)

ACCOUNT_EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000041",
    "email": "ada@example.org",
    "name": "Ada Martin",
    "locale": "fr",
    "roles": ["organiser"],
    "organisations": ["01a1b2c3-0000-7000-8000-000000000062"],
    "venues": [],
    "sees_names": False,
    "created_at": "2026-06-02T09:40:00+00:00",
    "disabled_at": None,
}
CHANGES_EXAMPLE = {
    "name": "Ada Martin",
    "roles": ["organiser"],
    "organisations": ["01a1b2c3-0000-7000-8000-000000000062"],
    "venues": [],
    "sees_names": False,
}
INVITATION_EXAMPLE = {"email": "ada@example.org", "locale": "fr", **CHANGES_EXAMPLE}
MEMBER_EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000041",
    "name": "Ada Martin",
    "email": "ada@example.org",
    "disabled_at": None,
}
