"""A real SMTP server that keeps what it is given, and fails when it is told to.

It runs as a process of its own, so that it answers whatever the test's process does, and can be
stopped, frozen or killed like any other server.
"""

import json
import secrets
import subprocess
import sys
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.testing import processes
from shared.testing.private_server import PrivateServer

_ROOT = Path(__file__).resolve().parents[2]


class SmtpServer(PrivateServer):
    """An SMTP server on loopback; each mail it accepts is a file, in order of arrival."""

    @property
    def url(self) -> str:
        """Return what to set `SMTP_URL` to."""
        return f"smtp://127.0.0.1:{self.state['port']}"

    @property
    def port(self) -> int:
        """Return the port on 127.0.0.1."""
        port: int = self.state["port"]
        return port

    @property
    def messages(self) -> list[EmailMessage]:
        """Return the mails accepted so far, oldest first.

        Each carries `X-Envelope-From` and `X-Envelope-To` (several separated by commas) as the
        SMTP client gave them.
        """
        return [_parsed(path, path.stat().st_mtime_ns) for path in sorted(self._files())]

    def fail(self, **rules: Any) -> None:
        """Tell the server what to do with the next mails, until told otherwise.

        `recipient="550 5.1.1 unknown"` answers RCPT so; `data="451 4.3.0 later"` answers the end of
        the data so and keeps nothing; `drop_after_data=True` keeps the mail and breaks the
        connection without an answer; `delay=2.0` waits that long before it answers the data;
        `only="someone@example.org"` limits these to one recipient. Without any: accept all.
        """
        draft = self.folder / "rules.new"
        draft.write_text(json.dumps(rules))
        draft.replace(self.folder / "rules.json")

    def wait_for(self, count: int, patience: float = 60.0) -> list[EmailMessage]:
        """Wait until `count` mails have come, or `patience` seconds; return all that have."""
        processes.wait_until(lambda: len(self._files()) >= count, patience)
        return self.messages

    def clear(self) -> None:
        """Forget the mails and accept all again."""
        self.fail()
        for path in self._files():
            path.unlink()

    def prepare(self) -> dict[str, Any]:
        """Choose the port."""
        (self.folder / "mail").mkdir(exist_ok=True)
        self.fail()
        return {"port": processes.free_port()}

    def launch(self, output: Any) -> subprocess.Popen[bytes]:
        """Start the process."""
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "shared.testing.smtp_process", str(self.folder), str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=_ROOT,
            start_new_session=True,
        )

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        return processes.is_listening(self.port)

    def _files(self) -> list[Path]:
        return list((self.folder / "mail").glob("*.eml"))


@lru_cache(maxsize=4096)
def _parsed(path: Path, _written_at: int) -> EmailMessage:
    """Return a mail, read once: whoever waits for one looks at all of them again and again."""
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    assert isinstance(message, EmailMessage)  # noqa: S101
    return message


def new_smtp_server(run: Path) -> SmtpServer:
    """Start an SMTP server in the folder of a run; `remove()` it."""
    server = SmtpServer(run / f"smtp-{secrets.token_hex(4)}")
    server.start()
    return server
