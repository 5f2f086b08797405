"""Posting: one request to one webhook, to an address that was checked, within a time.

The name is looked up once for each attempt, every address that it has must be public, and the
connection goes to such an address itself: a name that stands for something else a moment later
(DNS rebinding) leads nowhere. The certificate must be good for the name.
"""

import http.client
import io
import math
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any

from services.notifications.domain.text_safety import one_line
from services.notifications.domain.webhooks.public_addresses import is_public
from services.notifications.domain.webhooks.targets import Target, UnusableTarget, read_target
from shared.observability import get_logger

#: Seconds in which a connection is made, and in which the whole attempt ends.
CONNECTING, WHOLE = 6.0, 20.0

#: Octets of an answer that are read at most, and characters of a refusal that are kept.
LONGEST_ANSWER, LONGEST_DETAIL = 65_536, 500

#: Addresses of one name that are tried.
MOST_ADDRESSES = 4

#: Finds the addresses of a name; raises `OSError`.
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """What became of an attempt: no `fault` when it was taken.

    `fault` is one of `unresolved`, `private`, `target`, `certificate`, `tls`, `connection`,
    `timeout`, `not_http`, `redirect`, `gone` and `status`; `detail` is what the other side said.
    """

    status: int | None
    fault: str | None
    detail: str
    duration_ms: int


_log = get_logger(__name__)


class _Refused(Exception):
    """The attempt ended before there was an answer."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(fault)
        self.fault, self.detail = fault, detail


class _Deadline:
    """The time that is left of an attempt, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, at_most: float = math.inf) -> float:
        """Return how much is left; raises `TimeoutError` when nothing is."""
        left = min(self._end - time.monotonic(), at_most)
        if left <= 0:
            raise TimeoutError
        return left


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name, as the machine's resolver tells them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Poster:
    """Posts to webhooks.

    `allow_private` and `ca_file` (a certificate authority of one's own) are for tests and for
    development. `within` gives what ends an attempt that nothing else does: under eventlet, a
    timer that raises `TimeoutError`.
    """

    def __init__(
        self,
        *,
        resolve: Resolve = look_up,
        allow_private: bool = False,
        ca_file: str | None = None,
        within: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        self._within = within
        self._tls = ssl.create_default_context(cafile=ca_file)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Make one attempt; whatever goes wrong is in the answer."""
        began = time.monotonic()
        status: int | None = None
        try:
            with self._within():
                status, detail = self._exchange(url, body, headers)
            fault = _fault_of(status)
        except _Refused as refused:
            fault, detail = refused.fault, refused.detail
        except TimeoutError:
            fault, detail = "timeout", ""
        except OSError as error:
            fault, detail = _fault_of_connection(error), _said(error)
        except http.client.HTTPException as error:
            fault, detail = "not_http", type(error).__name__
        except Exception as error:  # it would be tried for ever if it were no attempt
            _log.error("webhook cannot be posted to", exc_info=True)
            fault, detail = "connection", type(error).__name__
        duration = round((time.monotonic() - began) * 1000)
        return Answer(status, fault, one_line(detail, longest=LONGEST_DETAIL), duration)

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        deadline = _Deadline(WHOLE)
        try:
            target = read_target(url, allow_private=self._allow_private)
        except UnusableTarget as error:
            raise _Refused("target", error.reason) from error
        addresses = self._addresses(target)
        with self._connect(target, addresses, deadline) as connection:
            request = http.client.HTTPSConnection(target.host, target.port, context=self._tls)
            request.sock = connection
            connection.settimeout(deadline.left())
            request.request("POST", target.path, body, dict(headers))
            return _read_answer(connection, deadline)

    def _addresses(self, target: Target) -> Sequence[str]:
        try:
            found = self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise _Refused("unresolved") from error
        if not found:
            raise _Refused("unresolved")
        if not self._allow_private and not all(map(is_public, found)):
            raise _Refused("private")
        return found[:MOST_ADDRESSES]

    def _connect(
        self, target: Target, addresses: Sequence[str], deadline: _Deadline
    ) -> ssl.SSLSocket:
        """Connect to the first of the addresses that answers; never to the name."""
        fault: OSError = OSError("no address")
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            plain = socket.socket(family, socket.SOCK_STREAM)
            try:
                plain.settimeout(deadline.left(CONNECTING))
                plain.connect((address, target.port))
                return self._tls.wrap_socket(plain, server_hostname=target.host)
            except ssl.SSLError:
                plain.close()
                raise
            except OSError as error:
                plain.close()
                fault = error
        raise fault


class _Reading(io.RawIOBase):
    """A connection as `http.client` reads it, but within the deadline, and so much and no more."""

    def __init__(self, connection: ssl.SSLSocket, deadline: _Deadline) -> None:
        self._connection = connection
        self._deadline = deadline
        self._left = LONGEST_ANSWER

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._left)
        if not wanted:
            return 0
        self._connection.settimeout(self._deadline.left())
        received = self._connection.recv_into(memoryview(buffer)[:wanted])
        self._left -= received
        return received


def _read_answer(connection: ssl.SSLSocket, deadline: _Deadline) -> tuple[int, str]:
    """Return the status, and of a refusal how its text begins."""
    reading: Any = _Reading(connection, deadline)
    response = http.client.HTTPResponse(reading, method="POST")
    response.begin()
    detail = b""
    if _fault_of(response.status) not in (None, "redirect"):
        with suppress(OSError, http.client.HTTPException):
            detail = response.read(LONGEST_DETAIL * 4)
    return response.status, detail.decode("utf-8", "replace")


def _fault_of(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if status == 410:
        return "gone"
    return "redirect" if 300 <= status < 400 else "status"


def _fault_of_connection(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    is_broken = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return "tls" if isinstance(error, ssl.SSLError) and not is_broken else "connection"


def _said(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return error.strerror or type(error).__name__
