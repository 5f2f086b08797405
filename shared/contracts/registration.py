"""What registration publishes: who comes where, and how many seats are left."""

from marshmallow import Schema, fields, validate

from shared.contracts.event import Event
from shared.contracts.reading import since
from shared.contracts.scheduling import KINDS, STATUSES, Opening, Space, Text, Venue

BOOKING_STATUSES = ("confirmed", "waitlisted", "offered", "cancelled")

#: Why a cancelled booking ended: its contact or the organiser cancelled it, the offer was declined
#: or ran out, nobody said that they still come, or another session was accepted in its place.
ENDED_FOR = ("contact", "organiser", "declined", "expired", "unanswered", "moved")


class Booking(Schema):
    """Seats of one registration in one session; `party` counts heads by category.

    `session_version` is the version of the session that registration knew when it recorded this:
    whoever tells of the booking tells of that version of its session, or of a newer one. Of those
    who come, `wheelchairs` need a place for one. An offered booking holds its seats until
    `offer_expires_at`; whoever was asked whether they still come says so until `answer_by`. What
    `replaces` another booking of the same registration was proposed by the organiser, who says
    `offer_note` to it: accepted, it ends that one.
    """

    id = fields.UUID(required=True)
    session_id = fields.UUID(required=True)
    party = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    seats = fields.Integer(required=True, validate=validate.Range(min=0))
    status = fields.String(required=True, validate=validate.OneOf(BOOKING_STATUSES))
    revision = fields.Integer(required=True)
    session_version = fields.Integer(required=True, allow_none=True, metadata=since(2, before=None))
    wheelchairs = fields.Integer(
        required=True, validate=validate.Range(min=0), metadata=since(3, before=0)
    )
    offer_expires_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata=since(3, before=None)
    )
    answer_by = fields.AwareDateTime(required=True, allow_none=True, metadata=since(3, before=None))
    ended_for = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(ENDED_FOR),
        metadata=since(3, before=None),
    )
    replaces = fields.UUID(required=True, allow_none=True, metadata=since(3, before=None))
    offer_note = fields.String(required=True, allow_none=True, metadata=since(3, before=None))


class Registration(Schema):
    """The whole state of one registration, as its contact's mails need it.

    `email` is null for somebody without an address: nobody is written to, but called.
    """

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    token = fields.String(required=True)
    ticket = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))
    status = fields.String(required=True, validate=validate.OneOf(("active", "cancelled")))
    registered_at = fields.AwareDateTime(required=True)
    bookings = fields.List(fields.Nested(Booking), required=True)


class SessionState(Schema):
    """What people are told of a session: when and where it is, and whether it takes place."""

    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    time_zone = fields.String(required=True)
    weekly_hours = fields.List(fields.Nested(Opening), required=True)
    closures = fields.List(fields.Date(), required=True)
    title = fields.Nested(Text, required=True)
    venue = fields.Nested(Venue, required=True)
    space = fields.Nested(Space, required=True, allow_none=True)


class SessionChange(Schema):
    """A session that changed for the people of one registration.

    `before` is what they were told last, `after` the session at `version`. The two say the same
    when the session came back to what it was before anybody was written to: that concerns only
    whoever was told of what lay between. `booking_status` is the booking's before the release
    ended it; where it ended nothing, the booking's.
    """

    session_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    booking_status = fields.String(required=True, validate=validate.OneOf(BOOKING_STATUSES))
    before = fields.Nested(SessionState, required=True)
    after = fields.Nested(SessionState, required=True)


class RegistrationChanged(Registration):
    """The same, and what changed: bookings by id, and whether the address was corrected.

    `asked_bookings` are those of which it is asked whether the party still comes. `ticket_renewed`:
    the ticket that they had is refused from now on, and `ticket` replaces it.

    What a release of the programme did to a registration is one event, with the release's id and
    the sessions that changed; also when it ended the last booking and `status` is `cancelled`. No
    later event says so again.
    """

    changed_bookings = fields.List(fields.UUID(), required=True)
    address_corrected = fields.Boolean(required=True)
    session_changes = fields.List(
        fields.Nested(SessionChange), required=True, metadata=since(2, before=list)
    )
    release_id = fields.UUID(required=True, allow_none=True, metadata=since(2, before=None))
    asked_bookings = fields.List(fields.UUID(), required=True, metadata=since(3, before=list))
    ticket_renewed = fields.Boolean(required=True, metadata=since(3, before=False))


class MessageEdition(Schema):
    """The edition in whose name a message is written, and whom an answer may reach there."""

    name = fields.Nested(Text, required=True)
    contact_email = fields.String(required=True, allow_none=True)


class MessageWritten(Schema):
    """What an organiser wrote to the contact of one registration about one session.

    One event for each contact; those of one message share `message_id`. `subject` and `text` are as
    they were written, in one language. An answer goes to `reply_to`, or else to the edition.
    """

    message_id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))
    code = fields.String(required=True)
    token = fields.String(required=True)
    subject = fields.String(required=True)
    text = fields.String(required=True)
    sender = fields.String(required=True, allow_none=True)
    reply_to = fields.String(required=True, allow_none=True)
    edition = fields.Nested(MessageEdition, required=True)
    session_id = fields.UUID(required=True)
    session = fields.Nested(SessionState, required=True)


class LinkedBooking(Schema):
    """A booking that is still to come, and what is told of its session."""

    status = fields.String(required=True, validate=validate.OneOf(BOOKING_STATUSES))
    session = fields.Nested(SessionState, required=True)


class LinkedRegistration(Schema):
    """A registration whose link is asked for, with its bookings in the order of time."""

    registration_id = fields.UUID(required=True)
    name = fields.String(required=True)
    code = fields.String(required=True)
    token = fields.String(required=True)
    edition = fields.Nested(MessageEdition, required=True)
    bookings = fields.List(fields.Nested(LinkedBooking), required=True)


class LinksRequested(Schema):
    """Somebody typed an address to be sent the links of its registrations, newest first.

    It is about the newest registration and changes nothing of it: its version is 0. Both fields are
    blanked when the event expires.
    """

    email = fields.String(required=True, allow_none=True)
    locale = fields.String(required=True, validate=validate.OneOf(("fr", "en")))
    registrations = fields.List(fields.Nested(LinkedRegistration), required=True, allow_none=True)


class ForgottenNeeds(Schema):
    """Bookings of one registration whose access needs are forgotten, since their sessions ended."""

    registration_id = fields.UUID(required=True)
    bookings = fields.List(fields.UUID(), required=True)


class RegistrationsErased(Schema):
    """Personal data that is gone: whoever keeps any of it forgets it too, for good.

    Of `registrations` everything that tells who it was; whatever is still on its way about one of
    them, or comes again, is not to be stored. Of `needs` the access needs of these bookings alone.
    Nothing here tells of anybody. `id` is the erasure's.
    """

    id = fields.UUID(required=True)
    registrations = fields.List(fields.UUID(), required=True)
    needs = fields.List(fields.Nested(ForgottenNeeds), required=True)


class SeatsCounted(Schema):
    """How many seats are left in a session; null where seats are not limited.

    `bookings` are the parties that have seats, `seats_taken` their seats; `waiting` are the parties
    on the waitlist. `overbooked`: more is taken than `capacity`, which was lowered since.
    """

    session_id = fields.UUID(required=True)
    seats_left = fields.Integer(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True, metadata=since(2, before=None))
    bookings = fields.Integer(required=True, metadata=since(2, before=0))
    seats_taken = fields.Integer(required=True, metadata=since(2, before=0))
    waiting = fields.Integer(required=True, metadata=since(2, before=0))
    overbooked = fields.Boolean(required=True, metadata=since(2, before=False))


REGISTRATION_MADE = Event("registration", "registration_made", 3, Registration)
REGISTRATION_CHANGED = Event("registration", "registration_changed", 3, RegistrationChanged)
REGISTRATION_CANCELLED = Event("registration", "registration_cancelled", 3, Registration)
LINKS_REQUESTED = Event(
    "registration", "links_requested", 1, LinksRequested, one_time=("email", "registrations")
)
REGISTRATIONS_ERASED = Event("registration", "registrations_erased", 1, RegistrationsErased)
SEATS_COUNTED = Event("registration", "seats_counted", 2, SeatsCounted)
MESSAGE_WRITTEN = Event("registration", "message_written", 1, MessageWritten)
