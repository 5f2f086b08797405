"""`parvis messages list|retry`: the events that are not through, as an operator sees them."""

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from shared.context import ServiceContext, build_context
from shared.messaging.state import message_counts, troubled_messages
from shared.messaging.state import retry as retry_one
from shared.messaging.tables import INBOX
from shared.settings import Settings

#: Rows that are shown for each service.
MOST_SHOWN = 200


def show_messages(all_settings: list[Settings]) -> None:
    """Print counts and the troubled events of every service, without their content."""
    console = Console()
    for settings in all_settings:
        context = build_context(settings)
        with context.database.read() as db:
            counts = message_counts(db)
            troubled = [
                row
                for status in ("dead", "parked", "waiting")
                for row in troubled_messages(db, status, MOST_SHOWN)
            ]
        console.print(f"[bold]{settings.service}[/bold]  {counts}")
        if troubled:
            table = Table("event", "type", "handler", "status", "attempts", "reason")
            for row in troubled:
                table.add_row(
                    str(row.event_id),
                    row.type,
                    row.handler,
                    row.status,
                    str(row.attempts),
                    row.reason,
                )
            console.print(table)
        context.database.dispose()


def retry(context: ServiceContext, event_id: object | None) -> int:
    """Set one event, or every dead one, to be tried again now; returns how many."""
    now = context.clock()
    with context.database.write() as db:
        rows = db.execute(
            sa.select(INBOX.c.event_id, INBOX.c.handler).where(
                INBOX.c.event_id == event_id if event_id else INBOX.c.status == "dead",
                INBOX.c.status != "done",
            )
        ).all()
        for row in rows:
            retry_one(db, row.event_id, row.handler, now)
    return len(rows)
