"""Every event that any service publishes, by its type."""

from shared.contracts import notifications, registration, scheduling
from shared.contracts.event import Event

EVENTS: dict[str, Event] = {
    event.type: event
    for module in (scheduling, registration, notifications)
    for event in vars(module).values()
    if isinstance(event, Event)
}


def one_time_fields(event_type: str) -> tuple[str, ...]:
    """Return the fields of an event's data that are blanked when it expires."""
    event = EVENTS.get(event_type)
    return event.one_time if event else ()
