"""Receiving: one SMTP conversation (RFC 5321) with a server that brings mail back.

It takes mail for our return paths only, keeps nothing itself, and has a limit to everything: lines,
size, recipients, mistakes. What `take` raises is answered "later": nothing is lost while the
database is away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from shared.observability import get_logger

#: The largest mail that is taken, in octets, and what is read of a larger one to say so.
LARGEST = 2 * 2**20
_PATIENT_WITH = 4 * LARGEST

#: The longest line of a command or of text, in octets (RFC 5321, section 4.5.3.1 asks for less).
_LINE = 4096

#: Recipients of one mail, mistakes of one conversation, commands of one conversation.
_RECIPIENTS, _MISTAKES, _COMMANDS = 20, 10, 1000

_log = get_logger(__name__)


@dataclass(frozen=True)
class Returned:
    """A mail that was brought: the addresses that it is for, in their order, and its octets."""

    recipients: tuple[str, ...]
    data: bytes


class _HungUp(Exception):
    """The other side is gone, or kept us too busy."""


class Conversation:
    """Answers one client; `accepts` says which recipients there are, `take` gets each mail."""

    def __init__(
        self,
        incoming: BinaryIO,
        outgoing: BinaryIO,
        *,
        host: str,
        accepts: Callable[[str], bool],
        take: Callable[[Returned], None],
    ) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._host, self._accepts, self._take = host, accepts, take
        self._has_sender = False
        self._recipients: list[str] = []
        self._mistakes = 0

    def hold(self) -> None:
        """Converse until either side has enough; raises `OSError` when the connection breaks."""
        self._say(f"220 {self._host} ESMTP")
        try:
            for _ in range(_COMMANDS):
                if not self._answer(self._command()):
                    return
                if self._mistakes > _MISTAKES:
                    break
            self._say("421 4.7.0 too much of it")
        except _HungUp:
            return

    def _answer(self, line: str) -> bool:
        """Answer one command; return False after the last."""
        verb, _space, rest = line.partition(" ")
        match verb.upper():
            case "QUIT":
                self._say("221 2.0.0 goodbye")
                return False
            case "EHLO":
                self._forget()
                self._say(
                    f"250-{self._host}",
                    f"250-SIZE {LARGEST}",
                    "250-PIPELINING",
                    "250-8BITMIME",
                    "250-SMTPUTF8",
                    "250 ENHANCEDSTATUSCODES",
                )
            case "HELO":
                self._forget()
                self._say(f"250 {self._host}")
            case "MAIL":
                self._mail(rest)
            case "RCPT":
                self._recipient(rest)
            case "DATA":
                self._data()
            case "RSET":
                self._forget()
                self._say("250 2.0.0 forgotten")
            case "NOOP":
                self._say("250 2.0.0 here")
            case "VRFY":
                self._say("252 2.1.5 try it")
            case _:
                self._refuse("500 5.5.2 unknown command")
        return True

    def _mail(self, rest: str) -> None:
        if self._has_sender:
            self._refuse("503 5.5.1 one sender")
        elif _address_in(rest, "FROM:") is None:
            self._refuse("501 5.5.4 MAIL FROM:<address>")
        elif _size_in(rest) > LARGEST:
            self._say("552 5.3.4 too large")
        else:
            self._has_sender = True
            self._say("250 2.1.0 go on")

    def _recipient(self, rest: str) -> None:
        address = _address_in(rest, "TO:")
        if not self._has_sender:
            self._refuse("503 5.5.1 MAIL first")
        elif not address:
            self._refuse("501 5.5.4 RCPT TO:<address>")
        elif len(self._recipients) >= _RECIPIENTS:
            self._say("452 4.5.3 too many recipients")
        elif not self._accepts(address):
            self._refuse("550 5.1.1 nobody here has this address")
        else:
            self._recipients.append(address)
            self._say("250 2.1.5 go on")

    def _data(self) -> None:
        if not self._recipients:
            self._refuse("503 5.5.1 RCPT first")
            return
        self._say("354 end with a dot on a line of its own")
        data = self._text()
        recipients = tuple(self._recipients)
        self._forget()
        if data is None:
            self._say("552 5.3.4 too large")
            return
        try:
            self._take(Returned(recipients, data))
        except Exception:
            _log.error("returned mail cannot be taken now", exc_info=True)
            self._say("451 4.3.0 later")
        else:
            self._say("250 2.0.0 taken")

    def _text(self) -> bytes | None:
        """Read the text up to its end, a dot alone between two CRLF; None if it is too large."""
        lines: list[bytes] = []
        size, begins = 0, True
        while True:
            line = self._incoming.readline(_LINE)
            if not line:
                raise _HungUp
            if begins and line == b".\r\n":
                return b"".join(lines) if size <= LARGEST else None
            size += len(line)
            if size > _PATIENT_WITH:
                self._say("552 5.3.4 far too large")
                raise _HungUp
            if size <= LARGEST:
                lines.append(line[1:] if begins and line.startswith(b".") else line)
            begins = line.endswith(b"\r\n")

    def _command(self) -> str:
        line = self._incoming.readline(_LINE)
        if not line.endswith(b"\n"):
            raise _HungUp  # gone, or a line without end
        return line.decode("utf-8", "replace").strip()

    def _forget(self) -> None:
        self._has_sender, self._recipients = False, []

    def _refuse(self, answer: str) -> None:
        self._mistakes += 1
        self._say(answer)

    def _say(self, *lines: str) -> None:
        self._outgoing.write("".join(f"{line}\r\n" for line in lines).encode())
        self._outgoing.flush()


def _address_in(rest: str, word: str) -> str | None:
    """Return the address in `FROM:<address> SIZE=…`, empty for the null sender; else None."""
    if not rest.upper().startswith(word):
        return None
    path = rest[len(word) :].strip()
    if not path.startswith("<") or ">" not in path:
        return None
    return path[1 : path.index(">")]


def _size_in(rest: str) -> int:
    for option in rest.upper().split():
        name, _equals, value = option.partition("=")
        if name == "SIZE" and value.isascii() and value.isdigit():
            return int(value[:20])
    return 0
