"""What can become of a letter, said as exactly as it is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.notifications.domain.composing import Letter

#: Called by a transport when it is about to end the data: from then on nobody can call the letter
#: back. It raises when the letter must not be sent any more; the transport then breaks off.
HandOver = Callable[[], None]


@dataclass(frozen=True)
class Sent:
    """The server took the letter, and said so in these words."""

    words: str | None = None


@dataclass(frozen=True)
class Deferred:
    """The server did not take it now: try again later."""

    reason: str


@dataclass(frozen=True)
class Failed:
    """The server will never take it."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """The connection broke between the end of the data and the answer."""

    reason: str


Outcome = Sent | Deferred | Failed | Unknown


class ServerUnavailable(Exception):
    """No letter can leave now, and none did: the server is away or refuses us altogether."""


class Transport(Protocol):
    """Takes letters, one after the other in each thread; safe to call from several."""

    #: Handing over the same letter twice is as good as once, so a crash is simply tried again.
    idempotent: bool

    def send(self, letter: Letter, hand_over: HandOver) -> Outcome:
        """Send the letter; raises `ServerUnavailable`, or what `hand_over` raises."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
