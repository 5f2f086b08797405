"""What the API tells of changes and releases."""

from marshmallow import Schema, fields, validate

from services.scheduling.api.conflicts import EXAMPLE as CONFLICTS_EXAMPLE
from services.scheduling.api.conflicts import ConflictSchema
from services.scheduling.schemas import PageQuery
from shared.contracts.scheduling import Text

KINDS = ("new", "cancelled", "reinstated", "moved", "changed")

#: The longest note of a release.
LONGEST_NOTE = 500

#: The most sessions that one request names.
MOST_SESSIONS = 5000

EXAMPLE_ID = "01a1b2c3-0000-7000-8000-000000000066"


class ChangesQuery(PageQuery):
    """Which changes are wanted."""

    kind = fields.String(
        validate=validate.OneOf(KINDS), metadata={"description": "Changes of this kind alone"}
    )


class ReleasedChange(Schema):
    """What differs in a session; a new one has nothing before."""

    session_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    title = fields.Nested(Text, required=True)
    before = fields.Dict(keys=fields.String(), required=True)
    after = fields.Dict(keys=fields.String(), required=True)


class PendingChange(ReleasedChange):
    """A change that waits, and whom it touches by registration's last word."""

    held_back = fields.Boolean(
        required=True, metadata={"description": "Releases leave it out for now"}
    )
    bookings = fields.Integer(required=True, metadata={"description": "Parties with seats"})
    seats_taken = fields.Integer(required=True)
    waiting = fields.Integer(required=True, metadata={"description": "Parties on the waiting list"})


class PresentedSchema(Schema):
    """What differs in what an organisation says of itself: its website, its descriptions."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    before = fields.Dict(keys=fields.String(), required=True)
    after = fields.Dict(keys=fields.String(), required=True)


class LeftOutSchema(Schema):
    """An activity of which new sessions are not released yet, and why."""

    activity_id = fields.UUID(required=True)
    title = fields.Nested(Text, required=True)
    sessions = fields.Integer(required=True, metadata={"description": "How many wait for it"})
    lacks = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "accepted, or the names of what publication requires"},
    )


class ChangesSchema(Schema):
    """What waits to be released; `counts` are what a release would take, by kind."""

    digest = fields.String(required=True, metadata={"description": "Good as If-Match of a release"})
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    held_back = fields.Integer(required=True)
    edition_fields = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What changes of the edition itself"},
    )
    organisations = fields.List(
        fields.Nested(PresentedSchema),
        required=True,
        metadata={"description": "Those of which other texts would be public"},
    )
    left_out = fields.List(fields.Nested(LeftOutSchema), required=True)
    items = fields.List(fields.Nested(PendingChange), required=True)
    next = fields.String(required=True, allow_none=True)


class BlockingSchema(Schema):
    """What stands in the way of a release, and the word that names just that."""

    digest = fields.String(
        required=True, metadata={"description": "Good as `despite_conflicts` of a release"}
    )
    items = fields.List(fields.Nested(ConflictSchema), required=True)


class HoldBody(Schema):
    """Which sessions' changes are held back, or let go."""

    sessions = fields.List(
        fields.UUID(), required=True, validate=validate.Length(max=MOST_SESSIONS)
    )
    held = fields.Boolean(required=True, truthy={True}, falsy={False})


class ReleaseBody(Schema):
    """What is left out of this release, and a note for the team."""

    note = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_NOTE))
    leave_out = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=MOST_SESSIONS),
        metadata={"description": "Sessions, and organisations whose texts stay as they are"},
    )
    despite_conflicts = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=100),
        metadata={
            "description": "Release what just these conflicts block all the same: the `digest` "
            "of `/changes/conflicts`"
        },
    )


class ReleaseSchema(Schema):
    """A release; `counts` are what it changed, by kind."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)
    released_at = fields.AwareDateTime(required=True)
    released_by = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    blocking_conflicts = fields.Integer(
        required=True,
        metadata={"description": "In spite of how many conflicts that block it was made"},
    )


class ReleasedSchema(ReleaseSchema):
    """A release with the organisations of which it made other texts public."""

    organisations = fields.List(fields.Nested(PresentedSchema), required=True)


class ReleaseWithSessions(ReleasedSchema):
    """A release with what it changed."""

    sessions = fields.List(fields.Nested(ReleasedChange), required=True)


_TIMES = [{"starts_at": f"2026-10-03T{hour}:00:00+00:00"} for hour in ("08", "09")]

_CHANGE = {
    "session_id": EXAMPLE_ID,
    "kind": "moved",
    "title": {"fr": "Voir un muon", "en": "See a muon"},
    "before": _TIMES[0],
    "after": _TIMES[1],
}

_PRESENTED = {
    "id": "01a1b2c3-0000-7000-8000-000000000063",
    "name": "Muséum de Grenoble",
    "before": {"website": None},
    "after": {"website": "https://museum.example.org/"},
}

CHANGE_EXAMPLE = {
    "digest": "9d1c3a5b7e9f1d2c3b4a59687786950f",
    "counts": {"moved": 1},
    "held_back": 0,
    "edition_fields": [],
    "organisations": [_PRESENTED],
    "left_out": [
        {
            "activity_id": "01a1b2c3-0000-7000-8000-000000000065",
            "title": {"fr": "Le glacier dans un verre", "en": None},
            "sessions": 2,
            "lacks": ["accepted"],
        }
    ],
    "items": [{**_CHANGE, "held_back": False, "bookings": 12, "seats_taken": 34, "waiting": 3}],
    "next": None,
}

BLOCKING_EXAMPLE = {
    "digest": "5d0cb8f1e2a94b7c8d6e3f10",
    "items": CONFLICTS_EXAMPLE["items"],
}

RELEASE_EXAMPLE = {
    "id": "01a1b2c3-0000-7000-8000-000000000070",
    "number": 3,
    "note": "Le vendredi est complet.",
    "released_at": "2026-09-20T16:00:00+00:00",
    "released_by": "Nour Belkacem",
    "counts": {"moved": 1},
    "blocking_conflicts": 0,
}

RELEASED_EXAMPLE = {**RELEASE_EXAMPLE, "organisations": [_PRESENTED]}

RELEASE_WITH_SESSIONS_EXAMPLE = {**RELEASED_EXAMPLE, "sessions": [_CHANGE]}
