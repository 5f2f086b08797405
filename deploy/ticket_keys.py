"""`parvis ticket-keys list|rotate|revoke`: the keys that sign tickets, as an operator sees them."""

import time
from uuid import UUID

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from services.registration.domain.key_ring import FRESH
from services.registration.domain.renewing import count_by_key, renew_some
from services.registration.domain.ticket_keys import (
    Generation,
    UnknownGeneration,
    begin,
    generations,
    revoke,
    signer_among,
)
from services.registration.domain.tickets import TicketSigner, prefix_of
from shared.context import ServiceContext
from shared.settings import SettingsError

__all__ = ["UnknownGeneration", "list_keys", "revoke_key", "rotate_keys"]

#: Seconds after which no process signs with a revoked key any more: it has looked for other keys,
#: and what it had signed is stored.
SETTLED = 2 * FRESH


def list_keys(context: ServiceContext) -> None:
    """Print the generations, and how many tickets each has signed."""
    with context.database.read() as db:
        known, counts = generations(db), count_by_key(db)
    signer = signer_among(known, _secret(context))
    table = Table("generation", "key", "begun", "state", "tickets")
    for one in known:
        table.add_row(
            str(one.number),
            one.key_id.hex(),
            f"{one.begun_at:%Y-%m-%d %H:%M} UTC",
            _state(one, signer),
            str(counts.get(prefix_of(one.key_id), 0)),
        )
    Console().print(table if known else "No ticket was signed yet.")


def rotate_keys(context: ServiceContext) -> str:
    """Begin a generation; return what an operator is told."""
    with context.database.write() as db:
        begin(db, _secret(context), now=context.clock())
        number = generations(db)[-1].number
    return (
        f"Generation {number} signs new tickets, in every process within {FRESH:.0f} seconds. "
        "Tickets of the generations before stay good."
    )


def revoke_key(context: ServiceContext, number: int) -> str:
    """Revoke a generation and renew its tickets; return what an operator is told.

    Interrupted, it is run again and goes on. Raises `UnknownGeneration`.
    """
    with context.database.write() as db:
        signer = revoke(db, number, _secret(context), now=context.clock())
        revoked = [one.key_id for one in generations(db) if not one.is_good]
    renewed = _renew(context, revoked, signer)
    time.sleep(SETTLED)
    renewed += _renew(context, revoked, signer)
    return (
        f"Generation {number} is revoked: its tickets admit nobody. Renewed tickets: {renewed}; "
        "their people are written to. Doors refuse the old ones once they have been online again."
    )


def _renew(context: ServiceContext, revoked: list[bytes], signer: TicketSigner) -> int:
    renewed = 0
    last: UUID | None = None
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Renewing tickets", total=None)
        while True:
            with context.database.write() as db:
                done, last = renew_some(db, revoked, signer, now=context.clock(), after=last)
            if last is None:
                return renewed
            renewed += done
            progress.update(task, completed=renewed)


def _state(one: Generation, signer: TicketSigner | None) -> str:
    if one.revoked_at is not None:
        return f"revoked {one.revoked_at:%Y-%m-%d %H:%M} UTC"
    return "signs" if signer is not None and signer.key_id == one.key_id else "verifies"


def _secret(context: ServiceContext) -> str:
    if not context.settings.secret_key:
        raise SettingsError(["SECRET_KEY is not set"])
    return context.settings.secret_key
