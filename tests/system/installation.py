"""A whole Parvis, as an operator starts it: one process, or six with real servers around them."""

import os
import re
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

from deploy.routes import service_for
from shared.testing.processes import free_port, wait_until

ROOT = Path(__file__).parents[2]

#: Seconds within which whatever a test waits for must have come; a test fails after it. It is
#: longer than a mail rests that a killed worker held, and than a message that was set aside.
PATIENCE = 180.0

#: Seconds within which a process must be there after it was started, on a machine that is busy.
STARTING = 300.0


def parvis(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """Run one command of the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def http_client() -> requests.Session:
    """Return what asks as a browser does, but keeps no connection.

    A server ends one that lies idle, which it might do just when it is used again.
    """
    http = requests.Session()
    http.trust_env = False
    http.headers["Connection"] = "close"
    return http


class Process:
    """One started process, its output in a file."""

    def __init__(
        self, command: list[str], environ: dict[str, str], output: Path, *, folder: Path = ROOT
    ) -> None:
        self.output = output
        with output.open("ab") as file:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, and to what it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """End it, and what it started, as a power cut would."""
        self.send(signal.SIGKILL)
        self._process.wait()

    def stop(self, number: signal.Signals = signal.SIGINT, patience: float = PATIENCE) -> int:
        """Ask it to stop, as Ctrl-C does unless told otherwise; return its exit status."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
        try:
            return self._process.wait(patience)
        finally:
            self.kill()


class Installation(ABC):
    """What the tests do with Parvis, whichever way it runs."""

    environ: dict[str, str]

    def __init__(self) -> None:
        self.http = http_client()
        #: Sessions that tests register for already, by their ids.
        self.given: set[str] = set()

    @abstractmethod
    def address(self, service: str) -> str:
        """Return the address of a service's web process."""

    @abstractmethod
    def database_url(self, service: str) -> str:
        """Return where a service's own database is."""

    @abstractmethod
    def mails(self) -> list[EmailMessage]:
        """Return every mail that was handed over, oldest first."""

    def url(self, path: str) -> str:
        """Return the address of a path, at the service that serves it."""
        return self.address(service_for(path.partition("?")[0])) + path

    def get(self, path: str, **options: Any) -> requests.Response:
        """Ask for a path, given alone or as a public address."""
        return self._ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self._ask("POST", path, **options)

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Ask, and ask again as long as the answer is to try again: the machine may be busy."""
        answers: list[requests.Response] = []

        def is_served() -> bool:
            url = self.url(_path(path))
            answers.append(self.http.request(method, url, timeout=PATIENCE, **options))
            return answers[-1].status_code != 503

        wait_until(is_served, PATIENCE)
        return answers[-1]

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        return parvis(*arguments, environ=self.environ)

    def sessions(self, **filters: str) -> list[dict[str, Any]]:
        """Return every session that the programme's API lists for these filters."""
        found: list[dict[str, Any]] = []
        query: dict[str, str] = {**filters, "limit": "200"}
        while True:
            answer = self.get("/api/v1/sessions", params=query)
            answer.raise_for_status()
            found += answer.json()["items"]
            if answer.json()["next"] is None:
                return found
            query["cursor"] = answer.json()["next"]

    def bookable_session(self) -> dict[str, Any]:
        """Return a session with at least eight seats left for adults, once they were counted.

        It is another one each time: nobody else's registration is on its way to the programme.
        """
        found: list[dict[str, Any]] = []

        def is_counted() -> bool:
            found[:] = [
                session
                for session in self.sessions()
                if session["registration"] == "here"
                and (session["seats_left"] or 0) >= 8
                and "adults" in session["seat_categories"]
                and session["registration_opens_at"] is None
                and session["id"] not in self.given
            ]
            return bool(found)

        assert wait_until(is_counted, PATIENCE)
        self.given.add(found[0]["id"])
        return found[0]

    def register(
        self, session_id: str, email: str, *, key: str | None = None, **party: int
    ) -> requests.Response:
        """Register one party over the API."""
        body = {
            "email": email,
            "name": "Camille Martin",
            "locale": "fr",
            "bookings": [{"session_id": session_id, "party": party or {"adults": 1}}],
        }
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self.post("/api/v1/registrations", json=body, headers=headers)

    def mails_to(self, email: str) -> list[EmailMessage]:
        return [mail for mail in self.mails() if email in str(mail["To"])]

    def wait_for_mails(self, *emails: str) -> list[EmailMessage]:
        """Wait until each address has a mail; return them in the order of the addresses."""
        patience = PATIENCE + len(emails)
        arrived = wait_until(lambda: set(emails) <= set(self.mailboxes()), patience)
        found = self.mailboxes()
        assert arrived, [email for email in emails if email not in found]
        return [found[email][0] for email in emails]

    def mailboxes(self) -> dict[str, list[EmailMessage]]:
        """Return every mail by the address that it went to, oldest first."""
        found: dict[str, list[EmailMessage]] = {}
        for mail in self.mails():
            found.setdefault(parseaddr(str(mail["To"]))[1], []).append(mail)
        return found


#: Seconds that news of the programme wait: long enough to be gathered, short enough for tests.
GATHERING = "2"


class Embedded(Installation):
    """`parvis up` on a data folder."""

    def __init__(self, data: Path, *options: str) -> None:
        super().__init__()
        self.data, self.options = data, options
        self.port = free_port()
        self.environ = {"PARVIS_DATA": str(data), "MAIL_GATHERING_SECONDS": GATHERING}
        self._log = data.with_suffix(".log")

    def start(self) -> "Embedded":
        self._log.unlink(missing_ok=True)
        command = [sys.executable, "-m", "deploy.cli", "up", "--port", str(self.port)]
        environ = {**os.environ, **self.environ}
        self.process = Process([*command, *self.options], environ, self._log)
        ready = wait_until(
            lambda: "Ctrl-C stops it." in self.process.said() or not self.process.is_running,
            STARTING,
        )
        assert ready, self.process.said()
        assert self.process.is_running, self.process.said()
        return self

    def address(self, service: str) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mails(self) -> list[EmailMessage]:
        found = []
        for path in (self.data / "mail").glob("*.eml"):
            with suppress(FileNotFoundError):  # an erased mail is being removed
                found.append((path.stat().st_mtime_ns, path.name, _parse(path)))
        return [mail for _, _, mail in sorted(found, key=lambda one: one[:2])]

    def database_url(self, service: str) -> str:
        """Return where a service's own database is."""
        return f"sqlite:///{self.data / service}.sqlite3"

    def sign_in_link(self) -> str:
        found = re.search(r"http\S+/console/sign-in/\S+", self.process.said())
        assert found
        return found[0]

    def close(self) -> None:
        self.process.kill()


def _path(path: str) -> str:
    return re.sub(r"^https?://[^/]+", "", path)


@cache
def _parse(path: Path) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    assert isinstance(message, EmailMessage)
    return message
