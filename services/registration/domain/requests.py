"""What one contact asks for, and what they are answered."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.observability import correlation_id

#: How an answer went, in HTTP's numbers, as it is kept with its idempotency key.
MADE, REFUSED, KEY_REUSED = 201, 409, 422

#: Fingerprints are kept with their keys: this writes what it always wrote.
_write = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class WantedBooking:
    """Seats that somebody wants for a party in one session.

    `wheelchairs` of the party need a place for one, and no seat; `sign_language` asks for an
    interpreter; `answers` are to the session's questions, by their ids.
    """

    session_id: UUID
    party: Mapping[str, int]
    may_wait: bool = False
    wheelchairs: int = 0
    sign_language: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> list[Any]:
        """Return what is asked for as JSON values; what nobody asked for is left out."""
        more: list[Any] = [self.wheelchairs, self.sign_language, sorted(self.answers.items())]
        plain = [str(self.session_id), sorted(self.party.items()), self.may_wait]
        return plain + more if any(more) else plain


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """What one contact asks for, already validated; `key` makes a repetition harmless.

    `id` and `ticket` are those of the registration that it becomes when it is admitted. Somebody of
    the staff who enters it at the desk is named by `entered_by`, and may leave the address out.
    """

    id: UUID
    ticket: str
    key: str
    email: str | None
    name: str
    locale: str
    bookings: tuple[WantedBooking, ...]
    telephone: str | None = None
    entered_by: UUID | None = None
    correlation_id: str = field(default_factory=correlation_id)

    @property
    def fingerprint(self) -> str:
        """Return a hash of what is asked for, by which a reused key is told from a repetition."""
        bookings = [wanted.asked for wanted in self.bookings]
        contact = [self.email, self.name, self.locale]
        if self.telephone:
            contact.append(self.telephone)
        return hashlib.sha256(_write([*contact, bookings]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is told: `MADE` with the registration, `REFUSED` with the reasons by booking,
    or `KEY_REUSED` when its key came with another body before.

    `is_replay`: it was given before, and nothing was decided now.
    """

    status: int
    body: dict[str, Any]
    is_replay: bool = field(default=False, compare=False)
