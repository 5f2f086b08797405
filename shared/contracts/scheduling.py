"""What scheduling publishes: the programme, and who may no longer be signed in."""

from marshmallow import Schema, fields, validate

from shared.contracts.accounts import AccountInvited
from shared.contracts.event import Event
from shared.contracts.partners import SessionsRescheduled
from shared.contracts.party_categories import PartyCategory, usual_categories
from shared.contracts.proposals import ProposalMoved, ProposalsReminded
from shared.contracts.reading import since
from shared.contracts.touring import StopMoved, StopOptionReminded

KINDS = ("timed", "drop_in", "exhibition")
WAYS_IN = ("none", "here", "elsewhere")
STATUSES = ("confirmed", "cancelled")


class Text(Schema):
    """A text in French and, where there is one, in English."""

    fr = fields.String(required=True)
    en = fields.String(required=True, allow_none=True)


class Commune(Schema):
    """A commune by its INSEE code; abroad, or unknown, the code is null."""

    insee_code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)


class Venue(Schema):
    """Where a session is: a site with an address."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    postcode = fields.String(required=True, allow_none=True)
    commune = fields.Nested(Commune, required=True, allow_none=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)


class Space(Schema):
    """A room or yard of the venue."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class Organisation(Schema):
    """The partner that proposes the activity."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)


class Access(Schema):
    """How one gets to the place: the codes of those it is accessible to, and directions."""

    accessibility = fields.List(fields.String(), required=True)
    accessibility_note = fields.String(required=True, allow_none=True)
    directions = fields.String(required=True, allow_none=True)


class OptionalText(Schema):
    """A text in French, in English, in both or in neither."""

    fr = fields.String(required=True, allow_none=True)
    en = fields.String(required=True, allow_none=True)


class Image(Schema):
    """A picture by its id, with what it shows in words and whose it is."""

    id = fields.UUID(required=True)
    alt = fields.Nested(OptionalText, required=True)
    credit = fields.String(required=True, allow_none=True)


class Edition(Schema):
    """The dated instance of a festival that the session belongs to.

    Its `party_categories` are those that people count themselves by, in order; bookings may still
    count `former_categories`, which are asked for no more. A code never means anything else.
    """

    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    name = fields.Nested(Text, required=True)
    time_zone = fields.String(required=True)
    contact_email = fields.String(required=True, allow_none=True)
    party_categories = fields.List(
        fields.Nested(PartyCategory), required=True, metadata=since(3, before=usual_categories)
    )
    former_categories = fields.List(
        fields.Nested(PartyCategory), required=True, metadata=since(3, before=list)
    )


class Opening(Schema):
    """Weekly hours of an exhibition: ISO weekday 1 to 7, local times `HH:MM`."""

    weekday = fields.Integer(required=True, validate=validate.Range(1, 7))
    opens = fields.String(required=True)
    closes = fields.String(required=True)


class SessionPublished(Schema):
    """The whole public state of one session.

    Registration opens at `registration_opens_at`, at once where it is null. It closes at
    `registration_closes_at`; where it is null, at the start of a timed session and at the end of
    any other. Descriptions, `price_note` and `conditions` are Markdown. `seat_categories` are
    the codes of those of the edition's `party_categories` that take a seat.
    `accessibility` is what the activity promises, `access` what its place offers; `languages` are
    ISO 639-1 codes. `presenter_ids` are those who are there, `presenters` their names as credited.
    """

    id = fields.UUID(required=True)
    uid = fields.String(required=True)
    sequence = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    time_zone = fields.String(required=True)
    weekly_hours = fields.List(fields.Nested(Opening), required=True)
    closures = fields.List(fields.Date(), required=True)
    registration = fields.String(required=True, validate=validate.OneOf(WAYS_IN))
    registration_link = fields.String(required=True, allow_none=True)
    registration_telephone = fields.String(required=True, allow_none=True)
    registration_email = fields.String(required=True, allow_none=True)
    registration_full = fields.Boolean(required=True)
    registration_closes_at = fields.AwareDateTime(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True, validate=validate.Range(min=0))
    seat_categories = fields.List(fields.String(), required=True)
    title = fields.Nested(Text, required=True)
    description = fields.Nested(Text, required=True)
    audience = fields.String(required=True)
    age_min = fields.Integer(required=True, allow_none=True)
    age_max = fields.Integer(required=True, allow_none=True)
    theme = fields.String(required=True, allow_none=True)
    format = fields.String(required=True, allow_none=True)
    presenters = fields.List(fields.String(), required=True)
    link = fields.String(required=True, allow_none=True)
    activity_id = fields.UUID(required=True)
    edition = fields.Nested(Edition, required=True)
    organisation = fields.Nested(Organisation, required=True, allow_none=True)
    venue = fields.Nested(Venue, required=True)
    space = fields.Nested(Space, required=True, allow_none=True)
    changed_at = fields.AwareDateTime(required=True)
    presenter_ids = fields.List(fields.UUID(), required=True, metadata=since(2, before=list))
    duration_minutes = fields.Integer(
        required=True, allow_none=True, metadata=since(2, before=None)
    )
    school_levels = fields.List(fields.String(), required=True, metadata=since(2, before=list))
    languages = fields.List(fields.String(), required=True, metadata=since(2, before=list))
    accessibility = fields.List(fields.String(), required=True, metadata=since(2, before=list))
    access = fields.Nested(Access, required=True, allow_none=True, metadata=since(2, before=None))
    price_note = fields.Nested(
        OptionalText, required=True, allow_none=True, metadata=since(2, before=None)
    )
    conditions = fields.Nested(
        OptionalText, required=True, allow_none=True, metadata=since(2, before=None)
    )
    image = fields.Nested(Image, required=True, allow_none=True, metadata=since(2, before=None))
    is_labelled = fields.Boolean(required=True, metadata=since(2, before=False))
    registration_opens_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata=since(3, before=None)
    )


class ReleasePublished(Schema):
    """The end of a release: the sessions that it published, in order."""

    id = fields.UUID(required=True)
    edition_id = fields.UUID(required=True)
    sessions = fields.List(fields.UUID(), required=True)


class SignInRequested(Schema):
    """Somebody of the staff asked for a way in; `link` and `code` are good once, for a while."""

    account_id = fields.UUID(required=True)
    email = fields.Email(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))
    link = fields.String(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True)


class SignInRevoked(Schema):
    """A sign-in ended before its time: cookies that carry its id are refused from now on."""

    sign_in_id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)


class ApiTokenIssued(Schema):
    """Somebody of the staff made a token for the JSON API; only its hash (SHA-256) is known.

    It is recorded again when the rights of its maker change: `scopes` are those that they still
    cover, and the rest says for whom its maker acts by now.
    """

    id = fields.UUID(required=True)
    token_hash = fields.String(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    account_id = fields.UUID(required=True)
    account_name = fields.String(required=True)
    roles = fields.List(
        fields.String(),
        required=True,
        metadata=since(2, before=lambda: ["coordinator"]),
    )
    organisation_ids = fields.List(fields.UUID(), required=True, metadata=since(2, before=list))
    venue_ids = fields.List(fields.UUID(), required=True, metadata=since(2, before=list))
    sees_names = fields.Boolean(required=True, metadata=since(2, before=False))


class ApiTokenRevoked(Schema):
    """A token of the JSON API is refused from now on, whatever its expiry."""

    id = fields.UUID(required=True)


class SiteDescribed(Schema):
    """What the site says of itself: who answers for it, and the last audit of its accessibility."""

    responsible = fields.String(required=True, allow_none=True)
    contact_email = fields.String(required=True, allow_none=True)
    retention_months = fields.Integer(required=True, allow_none=True)
    audited_on = fields.Date(required=True, allow_none=True)
    audit_rate = fields.Float(required=True, allow_none=True)


SESSION_PUBLISHED = Event("scheduling", "session_published", 3, SessionPublished)
RELEASE_PUBLISHED = Event("scheduling", "release_published", 1, ReleasePublished)
SESSIONS_RESCHEDULED = Event("scheduling", "sessions_rescheduled", 1, SessionsRescheduled)
SIGN_IN_REQUESTED = Event(
    "scheduling", "sign_in_requested", 1, SignInRequested, one_time=("link", "code")
)
SIGN_IN_REVOKED = Event("scheduling", "sign_in_revoked", 1, SignInRevoked)
API_TOKEN_ISSUED = Event("scheduling", "api_token_issued", 2, ApiTokenIssued)
API_TOKEN_REVOKED = Event("scheduling", "api_token_revoked", 1, ApiTokenRevoked)
SITE_DESCRIBED = Event("scheduling", "site_described", 1, SiteDescribed)
PROPOSAL_MOVED = Event("scheduling", "proposal_moved", 1, ProposalMoved)
PROPOSALS_REMINDED = Event("scheduling", "proposals_reminded", 1, ProposalsReminded)
STOP_MOVED = Event("scheduling", "stop_moved", 1, StopMoved)
STOP_OPTION_REMINDED = Event("scheduling", "stop_option_reminded", 1, StopOptionReminded)
ACCOUNT_INVITED = Event("scheduling", "account_invited", 1, AccountInvited)
