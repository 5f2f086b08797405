"""SMTP, spoken step by step, so that it is known how far a broken conversation had come."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from services.notifications.domain.composing import Letter
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.transports.outcome import (
    Deferred,
    Failed,
    HandOver,
    Outcome,
    Sent,
    ServerUnavailable,
    Unknown,
)
from services.notifications.domain.transports.smtp_address import SmtpAddress

#: Seconds for which the server may keep us waiting for any one answer.
PATIENCE = 30.0

#: Letters that one connection carries before it is renewed.
MOST_LETTERS = 100

# smtplib's exceptions are kinds of OSError, so that "except OSError" takes both.

#: Answers that concern us, not the letter: we must sign in, or may not.
_ABOUT_US = frozenset({530, 534, 535, 538})


class Smtp:
    """Sends over SMTP and keeps its connections open for the letters that follow."""

    idempotent = False

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._address = SmtpAddress.parse(url)
        self._patience = patience
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()

    def send(self, letter: Letter, hand_over: HandOver) -> Outcome:
        """Send the letter; raises `ServerUnavailable`, or what `hand_over` raises."""
        with self._connection() as connection:
            try:
                refused = connection.announce(letter)
            except OSError as error:
                if not connection.is_reused:
                    raise ServerUnavailable(_said(error)) from error
                connection.break_off()  # the server tired of waiting for us: once more, afresh
                connection.open()
                try:
                    refused = connection.announce(letter)
                except OSError as again:
                    raise ServerUnavailable(_said(again)) from again
            return refused or connection.deliver(letter, hand_over)

    def close(self) -> None:
        """Say goodbye on every idle connection."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.leave()

    @contextmanager
    def _connection(self) -> Iterator["_Connection"]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = _Connection(self._address, self._patience)
        try:
            if not connection.is_open:
                connection.open()
            yield connection
        except BaseException:
            connection.break_off()
            raise
        if connection.is_open and connection.letters < MOST_LETTERS:
            connection.is_reused = True
            with self._lock:
                self._idle.append(connection)
        else:
            connection.leave()


class _Connection:
    """One conversation with the server.

    `letters` counts what it carried; `is_reused` that it lay idle, so that the server may have
    hung up meanwhile.
    """

    def __init__(self, address: SmtpAddress, patience: float) -> None:
        self._address = address
        self._patience = patience
        self._smtp: smtplib.SMTP | None = None
        self.letters = 0
        self.is_reused = False

    @property
    def is_open(self) -> bool:
        return self._smtp is not None

    def open(self) -> None:
        """Connect, greet, encrypt and sign in; raises `ServerUnavailable`."""
        address = self._address
        self.letters, self.is_reused = 0, False
        try:
            smtp = self._connect()
            smtp.ehlo_or_helo_if_needed()
            encrypted = address.implicit_tls
            if not encrypted and smtp.has_extn("starttls"):
                smtp.starttls(context=address.tls())
                smtp.ehlo()
                encrypted = True
            if address.user:
                if not (encrypted or address.is_local):
                    raise ServerUnavailable("the server takes passwords unencrypted only")
                smtp.login(address.user, address.password or "")
        except OSError as error:
            self.break_off()
            raise ServerUnavailable(_said(error)) from error

    def _connect(self) -> smtplib.SMTP:
        address = self._address
        if address.implicit_tls:
            self._smtp = smtplib.SMTP_SSL(
                address.host, address.port, timeout=self._patience, context=address.tls()
            )
        else:
            self._smtp = smtplib.SMTP(address.host, address.port, timeout=self._patience)
        if self._smtp.sock is not None:
            # The end of the data is a packet of its own; without this it waits 40 ms for an ACK.
            self._smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._smtp

    def announce(self, letter: Letter) -> Outcome | None:
        """Say from whom, to whom and that data follow; return why not, if the server refuses."""
        smtp = self._open_smtp()
        if letter.recipient.isascii():
            options: list[str] = []
        elif smtp.has_extn("smtputf8"):
            options = ["SMTPUTF8"]
        else:
            return Failed("the server does not take an address with these letters (SMTPUTF8)")
        if smtp.has_extn("size"):
            options.append(f"SIZE={len(letter.data)}")
        asked: list[str] = []
        if letter.envelope_id and smtp.has_extn("dsn"):  # RFC 3461
            options += ["RET=HDRS", f"ENVID={letter.envelope_id}"]
            asked = ["NOTIFY=FAILURE,DELAY"]
        steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
            lambda: smtp.mail(letter.sender, options),
            lambda: smtp.rcpt(letter.recipient, asked),
            lambda: smtp.docmd("DATA"),
        )
        for step in steps:
            code, text = step()
            if not 200 <= code < 400:
                return self._refused(code, text)
        return None

    def deliver(self, letter: Letter, hand_over: HandOver) -> Outcome:
        """Send the data, have it recorded, end the data and hear the answer."""
        smtp = self._open_smtp()
        try:
            smtp.send(_stuffed(letter.data))
        except OSError as error:
            self.break_off()
            return Deferred(_said(error))
        hand_over()
        try:
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
        except OSError as error:
            self.break_off()
            return Unknown(_said(error))
        self.letters += 1
        if 200 <= code < 300:
            return Sent(_words(code, text))
        if not 400 <= code < 600:
            self.break_off()
            return Unknown(f"{code} is no answer to the end of the data")
        return self._refused(code, text)

    def _refused(self, code: int, text: bytes) -> Outcome:
        """Say what a refusal means, and leave the conversation ready for the next letter."""
        reason = _words(code, text)
        if code == 421 or not 400 <= code < 600:
            self.break_off()
            raise ServerUnavailable(reason)
        if code in _ABOUT_US:
            raise ServerUnavailable(reason)
        try:
            self._open_smtp().rset()
        except OSError:
            self.break_off()
        return Deferred(reason) if 400 <= code < 500 else Failed(reason)

    def leave(self) -> None:
        """Say goodbye."""
        with suppress(OSError):
            if self._smtp is not None:
                self._smtp.quit()
        self.break_off()

    def break_off(self) -> None:
        """Hang up without a word: data that were not ended are then thrown away."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _open_smtp(self) -> Any:
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self._smtp


def _stuffed(data: bytes) -> bytes:
    """Return the data with lines that begin with a dot doubled (RFC 5321, section 4.5.2)."""
    whole = data if data.endswith(b"\r\n") else data + b"\r\n"
    stuffed = whole.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _words(code: int, text: bytes) -> str:
    return one_line(f"{code} {text.decode('utf-8', 'replace')}", longest=500)


def _said(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{error.smtp_code} {said}"[:500]
    return f"{type(error).__name__}: {error}"[:500]
