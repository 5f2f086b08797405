"""`parvis messages list|retry`: the events that are not through, as an operator sees them."""

from dataclasses import asdict
from uuid import UUID

from rich.console import Console
from rich.table import Table

from shared.context import ServiceContext, build_context
from shared.messaging import state
from shared.settings import Settings

#: Events that are listed for each service.
MOST_SHOWN = 200


def show_messages(all_settings: list[Settings]) -> None:
    """Print counts and the troubled events of every service, without their content."""
    console = Console()
    for settings in all_settings:
        context = build_context(settings)
        with context.database.read() as db:
            counts = state.message_counts(db)
            troubled = state.troubled_messages(db, limit=MOST_SHOWN)
        context.database.dispose()
        figures = "  ".join(f"{name}={value}" for name, value in asdict(counts).items() if value)
        console.print(f"[bold]{settings.service}[/bold]  {figures or 'everything is through'}")
        if troubled:
            console.print(_table(troubled))


def retry(context: ServiceContext, event_id: UUID | None) -> int:
    """Set one event, or every dead one, to be tried again now; returns how many."""
    now = context.clock()
    with context.database.write() as db:
        if event_id is None:
            return state.retry_all_dead(db, now=now)
        return state.retry_event(db, event_id, now=now)


def _table(troubled: list[state.TroubledMessage]) -> Table:
    table = Table("event", "type", "handler", "status", "attempts", "reason")
    for message in troubled:
        table.add_row(
            str(message.event_id),
            message.type,
            message.handler,
            message.status,
            str(message.attempts),
            message.reason or "",
        )
    return table
