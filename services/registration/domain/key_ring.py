"""The key ring: the ticket keys as one process knows them, looked up again every few seconds.

To sign a ticket asks no database: a rush signs thousands in a second. So a process signs with the
generation before for up to `FRESH` seconds after another one began, which is harmless: it is as
good as the next. Whoever revokes a generation signs anew what was signed in these seconds, too
(`renewing.py`).
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.exc import SQLAlchemyError

from services.registration.domain import ticket_keys
from services.registration.domain.tickets import TicketSigner, key_named, verify
from shared.clock import Clock
from shared.database import Database, GateTimeout
from shared.deadlines import TooSlow
from shared.observability import get_logger

#: Seconds after which a process looks for other keys.
FRESH = 5.0

_log = get_logger(__name__)


@dataclass(frozen=True)
class _Keys:
    signer: TicketSigner
    good: Mapping[bytes, Ed25519PublicKey]
    until: float


class KeyRing:
    """Signs and verifies tickets with the keys that are good now, or were seconds ago.

    One thread looks them up for all; the others work on with those that are known. `ticks` counts
    seconds, whatever the time is.
    """

    def __init__(
        self,
        database: Database,
        secret_key: str,
        clock: Clock,
        *,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._secret_key = secret_key
        self._clock = clock
        self._ticks = ticks
        self._looking = threading.Lock()
        self._keys: _Keys | None = None

    def sign(self, registration_id: UUID) -> str:
        """Return the ticket of a registration, signed with the newest generation."""
        return self._known().signer.sign(registration_id)

    def verify(self, ticket: str) -> UUID:
        """Return the id that a ticket was signed for with a good key; raises `InvalidTicket`."""
        return verify(ticket, self._known().good)

    def renewed(self, ticket: str, registration_id: UUID) -> str:
        """Return the ticket if its key is good, else one that is signed anew."""
        keys = self._known()
        return ticket if key_named(ticket) in keys.good else keys.signer.sign(registration_id)

    def ensure(self) -> None:
        """See to it that there is a generation, so that doors have its key before any ticket."""
        self._known()

    def _known(self) -> _Keys:
        keys = self._keys
        if keys is None:
            with self._looking:
                return self._keys or self._look()
        if self._ticks() >= keys.until and self._looking.acquire(blocking=False):
            try:
                return self._look()
            except (SQLAlchemyError, GateTimeout, TooSlow) as error:
                _log.warning("ticket keys not looked up", reason=type(error).__name__)
                self._keys = replace(keys, until=self._ticks() + FRESH)
            finally:
                self._looking.release()
        return keys

    def _look(self) -> _Keys:
        with self._database.read() as db:
            found = ticket_keys.generations(db)
        if ticket_keys.signer_among(found, self._secret_key) is None:
            with self._database.write() as db:
                ticket_keys.ensure_signer(db, self._secret_key, now=self._clock())
                found = ticket_keys.generations(db)
        signer = ticket_keys.signer_among(found, self._secret_key)
        assert signer is not None  # noqa: S101 - one was begun just now
        good = {one.key_id: one.key for one in found if one.is_good}
        self._keys = _Keys(signer, good, self._ticks() + FRESH)
        return self._keys
