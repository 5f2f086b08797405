"""What the API tells of the programme that is released."""

from marshmallow import Schema, fields, validate

from shared.contracts import scheduling as contract


class CategoryName(Schema):
    """Whom a party may count when it registers: the code that says so, and its name."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class EditionSchema(Schema):
    """An edition; its dates are local to its time zone."""

    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)
    festival = fields.String(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    time_zone = fields.String(required=True)
    party_categories = fields.List(
        fields.Nested(CategoryName),
        required=True,
        metadata={"description": "Whom the parties that register for its sessions may count"},
    )
    calendar = fields.Url(required=True)


class VenueSchema(contract.Venue):
    """A venue, and the calendar feed of what happens there."""

    calendar = fields.Url(required=True)


class SessionVenue(contract.Venue):
    """Where a session is."""


class OrganisationSchema(Schema):
    """The partner that proposes an activity."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class EditionName(Schema):
    """The edition that a session belongs to."""

    slug = fields.String(required=True)
    name = fields.String(required=True)


class SessionSchema(Schema):
    """One session; `seats_left` is registration's last word, some two seconds old at most."""

    id = fields.UUID(required=True)
    uid = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    time_zone = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(contract.KINDS))
    status = fields.String(required=True, validate=validate.OneOf(contract.STATUSES))
    weekly_hours = fields.List(fields.Nested(contract.Opening), required=True)
    closures = fields.List(fields.String(), required=True)
    registration = fields.String(required=True, validate=validate.OneOf(contract.WAYS_IN))
    registration_link = fields.String(required=True, allow_none=True)
    registration_telephone = fields.String(required=True, allow_none=True)
    registration_email = fields.String(required=True, allow_none=True)
    registration_full = fields.Boolean(required=True)
    registration_opens_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Null: registration is open as soon as the session is public"},
    )
    registration_closes_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Null: at the start of a timed session, at the end of any other"},
    )
    capacity = fields.Integer(required=True, allow_none=True)
    seats_left = fields.Integer(required=True, allow_none=True)
    seat_categories = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Who takes a seat: codes of the edition's `party_categories`"},
    )
    venue = fields.Nested(SessionVenue, required=True)
    space = fields.Nested(contract.Space, required=True, allow_none=True)
    edition = fields.Nested(EditionName, required=True)
    organisation = fields.Nested(OrganisationSchema, required=True, allow_none=True)
    activity_id = fields.UUID(required=True)
    audience = fields.String(required=True)
    age_min = fields.Integer(required=True, allow_none=True)
    age_max = fields.Integer(required=True, allow_none=True)
    theme = fields.String(required=True, allow_none=True)
    format = fields.String(required=True, allow_none=True)
    presenters = fields.List(fields.String(), required=True)
    link = fields.String(required=True, allow_none=True)
    page = fields.String(required=True)
    calendar = fields.String(required=True)
    changed_at = fields.AwareDateTime(required=True)
