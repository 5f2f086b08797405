"""One active relay per service: an advisory lock on PostgreSQL, a lock file beside SQLite."""

import contextlib
import fcntl
import zlib
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from shared.database import Database


class RelayLock:
    """Held as long as its connection, or its file, is open; a crash lets go of it."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._key = zlib.crc32(f"parvis relay {name}".encode())
        self._connection: Any = None
        self._file: IO[str] | None = None

    def held(self) -> bool:
        """Take the lock, or make sure that it is still held; False while another has it."""
        if self._database.is_sqlite:
            return self._hold_file()
        return self._hold_connection()

    def release(self) -> None:
        """Let another relay take over."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError):  # no connection, no lock
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                connection.invalidate()
            connection.close()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _hold_connection(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute(sa.text("SELECT 1"))
                return True
            connection = self._database.engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
            taken = connection.scalar(
                sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}
            )
            if taken:
                self._connection = connection
                return True
            connection.close()
            return False
        except sa.exc.DBAPIError:
            self.release()
            raise

    def _hold_file(self) -> bool:
        if self._file is not None:
            return True
        path = self._database.url.database
        if not path or path == ":memory:":
            return True
        file = Path(f"{path}.relay").open("w")  # noqa: SIM115 - open while held
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True
