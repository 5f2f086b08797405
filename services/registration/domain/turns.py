"""Turns: who comes in when more people come at once than the site can serve (GCRA).

The queue is a timetable. At a steady rate each new visitor has a turn of his own, an instant, told
when he arrives; nobody is called, and no list is kept. The rule is the generic cell rate algorithm
(ITU-T I.371, annex A, in its virtual scheduling form), with a turn in place of a refusal.
`docs/decisions/the-queue-is-a-timetable.md` says why.

Instants are seconds since 1970 (UTC), so that every process reads a turn alike.
"""

import base64
import hashlib
import hmac
import struct
import threading
from dataclasses import dataclass
from math import ceil

#: Seconds of arrivals that come in at once before anybody waits: what an ordinary minute brings.
BURST = 2.0

#: Seconds for which somebody whose turn came moves freely; using the pass renews it.
PASS_FOR = 20 * 60

#: Seconds for which somebody who was shown a form may still send it, in the middle of a rush.
FORM_FOR = 12 * 3600

_LENGTH = struct.Struct(">QQ")
_SIGNED = 16
_PURPOSE = b"parvis registration turns v1"


@dataclass(frozen=True, slots=True)
class Turn:
    """When somebody arrived, and when his turn is."""

    arrived: float
    at: float

    def waits(self, now: float) -> float:
        """Return the seconds until the turn; 0 once it has come."""
        return max(0.0, self.at - now)

    def is_pass(self, now: float) -> bool:
        """Tell whether the turn has come and not been left unused for too long."""
        return self.at <= now < self.at + PASS_FOR

    def covers_form(self, now: float) -> bool:
        """Tell whether a form may come from somebody who was let in by this turn."""
        return self.at <= now < self.at + FORM_FOR

    def is_over(self, now: float) -> bool:
        """Tell whether the pass was left unused for so long that one has to come anew."""
        return now >= self.at + PASS_FOR

    def given_back(self, now: float) -> "Turn":
        """Return the turn as one that lets nobody in any more, and still covers a form."""
        return Turn(self.arrived, min(self.at, now - PASS_FOR))

    def is_worn(self, now: float) -> bool:
        """Tell whether the pass should be renewed when it is used."""
        return now >= self.at + PASS_FOR / 2


class Timetable:
    """Gives turns, first come first served, at `rate` turns a second (any thread may ask).

    Of all turns that it gives at one rate no more than rate x t + rate x BURST + 1 fall into any t
    seconds, each is at or after the one before, and none is earlier than its arrival.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._full_at = 0.0  # when all turns given so far would have been used up, one by one
        self._last = 0.0

    def arrive(self, now: float, rate: float) -> Turn:
        """Return the turn of somebody who arrives now."""
        with self._lock:
            arrived = max(now, self._last)  # a clock that is put back changes no order
            self._last = arrived
            begins = max(self._full_at, arrived)
            self._full_at = begins + 1 / rate
            at = max(arrived, begins - BURST)
        return Turn(now, at)

    def wait(self, now: float) -> float:
        """Return for how many seconds somebody who arrived now would wait."""
        return max(0.0, self._full_at - BURST - now)


class TurnSigner:
    """Writes turns as tokens that only holders of one `SECRET_KEY` can make, and reads them.

    A token says two instants and nothing of whom it was given to.
    """

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.digest(secret_key.encode(), _PURPOSE, hashlib.sha256)

    def sign(self, turn: Turn) -> str:
        """Return the token of a turn: 43 characters of base64url."""
        content = _LENGTH.pack(int(turn.arrived * 1000), ceil(turn.at * 1000))
        return base64.urlsafe_b64encode(content + self._signature(content)).decode().rstrip("=")

    def read(self, token: str) -> Turn | None:
        """Return the turn that a token of ours says; None of anything else."""
        try:
            content = base64.b64decode(token + "=", altchars=b"-_", validate=True)
        except ValueError:
            return None
        told, signature = content[: _LENGTH.size], content[_LENGTH.size :]
        if len(told) != _LENGTH.size or not hmac.compare_digest(signature, self._signature(told)):
            return None
        arrived, at = _LENGTH.unpack(told)
        return Turn(arrived / 1000, at / 1000)

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, hashlib.sha256)[:_SIGNED]


class Pace:
    """How many visitors a second are planned for, and when who may come in had better wait.

    Four times a second it looks how many visitors were inside at once: one or two are while the
    process keeps up. Where it were more than `CROWDED` the rate falls by a sixth, at most to half
    of what was set; else it rises by a twentieth of that. It falls no further, since the turns that
    are given meanwhile last for the whole rush: the rest is done by asking those whose turn came to
    come back in a moment when twice as many are inside, in a longer moment the more they are.
    """

    LOOK = 0.25
    CROWDED = 6

    #: Visitors, for each look, who are asked to come back before the moment becomes longer; and
    #: the shortest and the longest moment, in seconds.
    ASKED_BACK = 25
    SHORTEST, LONGEST = 1.0, 30.0

    def __init__(self, most: float) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._rate, self._moment = most, self.SHORTEST
        self._looked = 0.0
        self._inside = self._peak = self._asked_back = 0

    @property
    def is_full(self) -> bool:
        """Tell whether so many are inside that one more, who may come in, had better wait."""
        return self._inside >= 2 * self.CROWDED

    def enter(self) -> None:
        """Note that somebody is let in, to be answered."""
        with self._lock:
            self._inside += 1
            self._peak = max(self._peak, self._inside)

    def leave(self) -> None:
        """Note that he was answered."""
        with self._lock:
            self._inside -= 1

    def moment(self) -> float:
        """Return the seconds after which somebody who may come in is to ask again."""
        with self._lock:
            self._asked_back += 1
            return self._moment

    def rate(self, now: float) -> float:
        """Return how many visitors are let in each second, by now."""
        with self._lock:
            passed = now - self._looked
            if passed >= self.LOOK:
                self._look(min(20, int(passed / self.LOOK)))
                self._looked, self._peak, self._asked_back = now, self._inside, 0
            return self._rate

    def _look(self, looks: int) -> None:
        if self._peak > self.CROWDED:
            self._rate = max(self.most / 2, self._rate * 5 / 6)
        else:
            self._rate = min(self.most, self._rate + self.most / 20 * looks)
        if self._asked_back > self.ASKED_BACK * looks:
            self._moment = min(self.LONGEST, self._moment * 5 / 4)
        else:
            self._moment = max(self.SHORTEST, self._moment * 0.9**looks)
