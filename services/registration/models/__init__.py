"""The tables of registration: its copy of the sessions, their seats, and who comes."""

from services.registration.models.base import Base
from services.registration.models.links import LinkRequest
from services.registration.models.logs import (
    Erasure,
    IdempotencyKey,
    NameAccess,
    RevokedSignIn,
    TicketKey,
)
from services.registration.models.registrations import (
    NOTE,
    Booking,
    Call,
    Registration,
    RegistrationNote,
)
from services.registration.models.releases import (
    Release,
    ReleaseArrival,
    ToldSession,
    UntoldChange,
)
from services.registration.models.rules import Allotment, Attendance, Question, SessionRules
from services.registration.models.sessions import SessionCopy, SessionSeats

__all__ = [
    "ALLOTMENTS",
    "BOOKINGS",
    "IDEMPOTENCY_KEYS",
    "NOTE",
    "REGISTRATIONS",
    "RELEASES",
    "RELEASE_ARRIVALS",
    "REVOKED_SIGN_INS",
    "SESSION_COPIES",
    "SESSION_SEATS",
    "TICKET_KEYS",
    "TOLD_SESSIONS",
    "UNTOLD_CHANGES",
    "Allotment",
    "Attendance",
    "Base",
    "Booking",
    "Call",
    "Erasure",
    "IdempotencyKey",
    "LinkRequest",
    "NameAccess",
    "Question",
    "Registration",
    "RegistrationNote",
    "Release",
    "ReleaseArrival",
    "RevokedSignIn",
    "SessionCopy",
    "SessionRules",
    "SessionSeats",
    "TicketKey",
    "ToldSession",
    "UntoldChange",
]

#: The tables themselves, for statements about many rows at once.
ALLOTMENTS = Base.metadata.tables["allotments"]
SESSION_COPIES = Base.metadata.tables["session_copies"]
SESSION_SEATS = Base.metadata.tables["session_seats"]
REGISTRATIONS = Base.metadata.tables["registrations"]
BOOKINGS = Base.metadata.tables["bookings"]
RELEASE_ARRIVALS = Base.metadata.tables["release_arrivals"]
RELEASES = Base.metadata.tables["releases"]
TOLD_SESSIONS = Base.metadata.tables["told_sessions"]
UNTOLD_CHANGES = Base.metadata.tables["untold_changes"]
IDEMPOTENCY_KEYS = Base.metadata.tables["idempotency_keys"]
REVOKED_SIGN_INS = Base.metadata.tables["revoked_sign_ins"]
TICKET_KEYS = Base.metadata.tables["ticket_keys"]
