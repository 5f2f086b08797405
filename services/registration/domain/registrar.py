"""The registrar: takes requests one by one from many threads and has them admitted together."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.registration.domain.batches import prepare
from services.registration.domain.keys import is_key_used
from services.registration.domain.registering import (
    Answer,
    KeyTaken,
    RegistrationRequest,
    WantedBooking,
    register_all,
)
from services.registration.domain.seats import Seats
from services.registration.domain.tickets import Signs
from shared.batching import Collector
from shared.clock import Clock
from shared.database import Database, GateTimeout
from shared.deadlines import TooSlow
from shared.identifiers import new_id

#: The most requests that are admitted in one transaction.
LARGEST_BATCH = 64

#: How often a batch is decided again because one of its keys was used meanwhile.
_ATTEMPTS = 5


class Registrar:
    """The one way in for new registrations, whether they come from the form or the API."""

    def __init__(self, database: Database, signer: Signs, clock: Clock) -> None:
        self._database = database
        self._signer = signer
        self._clock = clock
        self._seen: dict[UUID, Seats] = {}
        self._collector: Collector[RegistrationRequest, Answer] = Collector(
            self.admit, largest=LARGEST_BATCH, hopeless=_strikes_everybody
        )

    def register(
        self,
        *,
        key: str,
        email: str,
        name: str,
        locale: str,
        bookings: Sequence[WantedBooking],
        telephone: str | None = None,
    ) -> Answer:
        """Register one contact for one or more sessions, all or nothing.

        The values are validated (`schemas.RegistrationBody`). The same `key` with the same values
        gives the same answer again and does nothing.
        """
        registration_id = new_id()
        return self._collector.submit(
            RegistrationRequest(
                id=registration_id,
                ticket=self._signer.sign(registration_id),
                key=key,
                email=email,
                name=name,
                locale=locale,
                bookings=tuple(bookings),
                telephone=telephone,
            )
        )

    def knows(self, key: str) -> bool:
        """Tell whether a request with this key was answered already, so that it would be again."""
        with self._database.read() as db:
            return is_key_used(db, key)

    def admit(self, requests: Sequence[RegistrationRequest]) -> list[Answer]:
        """Admit requests together, in their order; return an answer for each."""
        seen = self._seen
        prepared = None if self._database.is_sqlite else prepare(requests, seen, self._clock())
        if prepared is not None and prepared.store(self._database):
            return prepared.answers
        for attempt in range(_ATTEMPTS):
            try:
                with self._database.write() as db:
                    return register_all(
                        db,
                        requests,
                        now=self._clock(),
                        trusting_keys=prepared is None and attempt == 0,
                        seen=seen,
                    )
            except KeyTaken:
                continue
        raise KeyTaken


def _strikes_everybody(error: Exception) -> bool:
    """Tell whether the database is out of reach, rather than one of the requests at fault."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, InterfaceError)
    return isinstance(error, GateTimeout | PoolTimeout | TooSlow)
