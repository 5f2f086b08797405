"""A transport that answers as a test wants it to."""

from collections.abc import Callable

from services.notifications.domain.composing import Letter
from services.notifications.domain.delivering import Deliverer
from services.notifications.domain.transports import (
    Deferred,
    EmlFolder,
    Failed,
    HandOver,
    Outcome,
    Sent,
)
from shared.context import ServiceContext
from tests.services.notifications.events import IDENTITY


class Scripted:
    """A transport that does what it is told, and keeps what it took."""

    def __init__(self, *plan: Callable[[], Outcome], idempotent: bool = False) -> None:
        self.plan = list(plan)
        self.idempotent = idempotent
        self.taken: list[Letter] = []

    def send(self, letter: Letter, hand_over: HandOver) -> Outcome:
        outcome = self.plan.pop(0)() if self.plan else Sent()
        if isinstance(outcome, Deferred | Failed):
            return outcome
        if not self.idempotent:
            hand_over()
        self.taken.append(letter)
        return outcome

    def close(self) -> None:
        pass


def deliverer(context: ServiceContext, transport: Scripted | EmlFolder) -> Deliverer:
    return Deliverer(context.database, transport, IDENTITY, context.clock)
