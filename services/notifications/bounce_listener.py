"""The bounce listener: takes connections of mail servers that bring back what did not arrive.

It stands beside the sender in the worker. A conversation has a thread of its own, a greenthread in
the worker; there are never more than a few at once.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress

from services.notifications.domain.receiving import Conversation, Returned
from services.notifications.domain.return_path import ReturnPath
from services.notifications.domain.returned_mail import take_back
from shared.context import ServiceContext
from shared.observability import get_logger

#: Conversations at the same time; others wait to be let in.
MOST_AT_ONCE = 10

#: Seconds for which one may keep us waiting for each line, and altogether.
PATIENCE, LONGEST = 60.0, 600.0

#: Seconds before connections are accepted again after that failed.
_PAUSE = 1.0

_log = get_logger(__name__)


class BounceListener:
    """Listens at one address; `start` and `stop` it."""

    def __init__(
        self,
        host: str,
        port: int,
        accepts: Callable[[str], bool],
        take: Callable[[Returned], None],
    ) -> None:
        self._address = (host, port)
        self._accepts, self._take = accepts, take
        self._room = threading.Semaphore(MOST_AT_ONCE)
        self._server: socket.socket | None = None
        self._open: set[socket.socket] = set()

    @classmethod
    def of(cls, context: ServiceContext) -> "BounceListener | None":
        """Return the listener that the settings ask for, if they do."""
        settings = context.settings
        if not (settings.bounce_listen and settings.mail_return_path):
            return None
        host, port = settings.bounce_listen
        paths = ReturnPath(settings.mail_return_path, settings.secret_key)

        def take(returned: Returned) -> None:
            take_back(context.database, paths, returned, context.clock)

        return cls(host, port, paths.takes, take)

    @property
    def port(self) -> int:
        """Return the port that it listens on, once it does."""
        if self._server is None:
            raise RuntimeError("the listener is not started")
        return int(self._server.getsockname()[1])

    def start(self) -> None:
        """Listen from now on; raises `OSError` if the address cannot be had."""
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        self._server = socket.create_server(self._address, family=family, backlog=20)
        threading.Thread(target=self._accept, daemon=True, name="bounce listener").start()

    def stop(self) -> None:
        """Listen no more, and break off what is being said: a server tries again."""
        server, self._server = self._server, None
        for connection in [server, *self._open]:
            if connection is not None:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        if server is not None:
            server.close()

    def _accept(self) -> None:
        while (server := self._server) is not None:
            self._room.acquire()
            try:
                connection, _peer = server.accept()
            except OSError:
                self._room.release()
                if self._server is not None:
                    _log.error("bounce listener cannot accept", exc_info=True)
                    time.sleep(_PAUSE)
                continue
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        self._open.add(connection)
        end = threading.Timer(LONGEST, _break_off, (connection,))
        end.daemon = True
        end.start()
        try:
            with closing(connection):
                connection.settimeout(PATIENCE)
                with connection.makefile("rb") as incoming, connection.makefile("wb") as outgoing:
                    Conversation(
                        incoming,
                        outgoing,
                        host=socket.gethostname(),
                        accepts=self._accepts,
                        take=self._take,
                    ).hold()
        except OSError:
            pass  # gone, or too slow
        except Exception:
            _log.error("bounce listener broke off", exc_info=True)
        finally:
            end.cancel()
            self._open.discard(connection)
            self._room.release()


def _break_off(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
