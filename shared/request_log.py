"""One log line for each request: its route, its status and how long it took, never its address.

A rush is thousands of lines in a second. So where logs are JSON on standard error they are written
together, some times a second, by a thread of their own: a request waits neither for the lock of
the log nor for its disk. A process that is killed loses the lines of its last moment.
"""

import contextlib
import os
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

import orjson

from shared.observability import correlation_id, get_logger

#: Seconds between two writings.
PAUSE = 0.05

#: The most lines that wait: when nobody reads the log, the oldest go.
MOST_WAITING = 50_000

_NAME = "parvis.access"
_log = get_logger(_NAME)


class LineWriter:
    """Writes lines to a file descriptor, soon and in their order."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: deque[str] = deque(maxlen=MOST_WAITING)
        self._waiting = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, line: str) -> None:
        """Leave a line, without its end, to be written."""
        self._lines.append(line)
        if self._thread is None:
            self._begin()
        if not self._waiting.is_set():
            self._waiting.set()

    def flush(self) -> None:
        """Write what waits."""
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        text = memoryview("".join(f"{line}\n" for line in lines).encode())
        while text:
            text = text[os.write(self._descriptor, text) :]

    def _begin(self) -> None:
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="request log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._waiting.wait()
            self._waiting.clear()
            with contextlib.suppress(OSError):  # the reader is gone: requests go on without it
                self.flush()
            time.sleep(PAUSE)


_writer: LineWriter | None = None


def write_requests_to(descriptor: int) -> None:
    """Write requests as JSON lines to a file descriptor from now on, as a web process does."""
    global _writer
    _writer = LineWriter(descriptor)


def log_request(method: str, route: str | None, status: int, started: float | None) -> None:
    """Log a request that is answered; `started` is what `time.perf_counter()` said then."""
    fields: dict[str, Any] = {
        "method": method,
        "route": route,
        "status": status,
        "ms": None if started is None else round((time.perf_counter() - started) * 1000, 1),
    }
    if _writer is None:
        _log.info("request", **fields)
        return
    fields |= {
        "event": "request",
        "level": "info",
        "logger": _NAME,
        "timestamp": datetime.now(UTC).isoformat(),
        "correlation_id": correlation_id(),
    }
    _writer.write(orjson.dumps(fields).decode())
