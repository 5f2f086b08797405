"""Group commit for any work: requests that wait are handled together, by one of their own threads.

There is no thread of its own. Whoever finds nobody at work leads: takes what is waiting, handles
it, wakes the others with their answers, and hands the lead to the next that waits. Only plain
`threading` locks are used, so it works unchanged on operating system threads and on greenthreads.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from shared.deadlines import TooSlow, seconds_left

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class Abandoned(Exception):
    """The thread that led the batch was stopped before it had an answer."""


class _Waiting(Generic[Request, Answer]):
    """One request with the lock its thread sleeps on; exactly one field is set when it wakes."""

    __slots__ = ("answer", "answered", "error", "leads", "request", "wake")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.answer: Answer | None = None
        self.answered = False
        self.error: BaseException | None = None
        self.leads = False
        self.wake = threading.Lock()
        self.wake.acquire()


class Collector(Generic[Request, Answer]):
    """Collects requests that arrive together and handles up to `largest` of them at once.

    `handle` gets the requests in the order in which they came and returns as many answers. When it
    raises, each request is handled again alone, so that a bad one hurts nobody else; unless
    `hopeless` says of the error that it would strike every one of them (the database is down).
    """

    def __init__(
        self,
        handle: Callable[[Sequence[Request]], Sequence[Answer]],
        *,
        largest: int,
        hopeless: Callable[[Exception], bool] = lambda _error: False,
    ) -> None:
        self._handle = handle
        self._largest = largest
        self._hopeless = hopeless
        self._lock = threading.Lock()
        self._queue: deque[_Waiting[Request, Answer]] = deque()
        self._led = False

    def submit(self, request: Request) -> Answer:
        """Handle `request` with those that wait beside it and return its answer.

        Raises what `handle` raised for this request alone, and `TooSlow` when its turn did not come
        by the deadline: then nothing was done of it. Once it is being handled it is the leader's
        deadline that counts, which came first.
        """
        mine: _Waiting[Request, Answer] = _Waiting(request)
        with self._lock:
            self._queue.append(mine)
            mine.leads = not self._led
            self._led = True
        if not mine.leads:
            self._wait(mine)
        if mine.leads:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.answer  # type: ignore[return-value]

    def _wait(self, mine: _Waiting[Request, Answer]) -> None:
        try:
            left = seconds_left()
            if not mine.wake.acquire(timeout=-1 if left is None else left):
                with self._lock:
                    if mine in self._queue and not mine.leads:
                        self._queue.remove(mine)
                        raise TooSlow
                mine.wake.acquire()
            if mine.leads and seconds_left() == 0:  # others would fail by this one's deadline
                raise TooSlow
        except BaseException:
            with self._lock:
                queued = mine in self._queue
                if queued:
                    self._queue.remove(mine)
            if queued and mine.leads:
                self._hand_over()
            raise

    def _lead(self) -> None:
        # Greenthreads only come here when somebody lets them: a moment for those that are ready.
        time.sleep(0)
        with self._lock:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), self._largest))]
        try:
            self._answer(batch)
        finally:
            self._hand_over()
            for waiting in batch:
                if not waiting.answered and waiting.error is None:
                    waiting.error = Abandoned()
                waiting.wake.release()

    def _answer(self, batch: list[_Waiting[Request, Answer]]) -> None:
        try:
            self._handle_all(batch)
        except Exception as error:
            if len(batch) == 1 or self._hopeless(error):
                for waiting in batch:
                    waiting.error = error
                return
            for waiting in batch:
                self._answer([waiting])

    def _handle_all(self, batch: list[_Waiting[Request, Answer]]) -> None:
        answers = self._handle([waiting.request for waiting in batch])
        for waiting, answer in zip(batch, answers, strict=True):
            waiting.answer, waiting.answered = answer, True

    def _hand_over(self) -> None:
        with self._lock:
            if not self._queue:
                self._led = False
                return
            heir = self._queue[0]
            heir.leads = True
            heir.wake.release()
