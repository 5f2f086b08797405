"""What a handler is: a service's method that takes one type of event, as a copy or a reaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from shared.contracts.event import Event
from shared.messaging.envelope import Envelope

#: A copy keeps what an event tells, if it is newer; a reaction acts once per event.
Kind = Literal["copy", "reaction"]

#: What a handler does, inside the transaction of the inbox.
Effect = Callable[[Session, Envelope], Any]


class Parked(Exception):
    """What the event builds on has not come yet: it is set aside, which is no failed attempt."""


@dataclass(frozen=True)
class Handler:
    """One subscription of one service; `name` is the method's and names the queue for ever."""

    service: str
    name: str
    event: Event
    kind: Kind

    @property
    def queue(self) -> str:
        """Return the name of the queue, in nameko's own pattern."""
        return f"evt-{self.event.service}-{self.event.name}--{self.service}.{self.name}"
