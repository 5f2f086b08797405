"""SMTP with a real server: taken, refused for now, refused for good, broken off at every point."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

import pytest

from services.notifications.domain.composing import Letter
from services.notifications.domain.delivering import Deliverer
from services.notifications.domain.transports import (
    Deferred,
    Failed,
    Outcome,
    Sent,
    ServerUnavailable,
    Smtp,
    Unknown,
)
from services.notifications.domain.transports.smtp_address import SmtpAddress
from shared.context import ServiceContext
from shared.testing.processes import free_port
from shared.testing.smtp import SmtpServer
from tests.services.notifications.events import (
    IDENTITY,
    TICKET,
    know_session,
    made,
    mails,
    only_mail,
    react,
)

LETTER = Letter(
    "a-name",
    "parvis@fds.example",
    "camille@example.org",
    b"Subject: hello\r\n\r\n.a dot first\r\n..\r\nthe end\r\n",
)


def nothing() -> None:
    """Let the transport end the data."""


@contextmanager
def smtp(url: str) -> Iterator[Smtp]:
    transport = Smtp(url, patience=60)
    yield transport
    transport.close()


def test_a_letter_arrives_as_it_was(smtp_server: SmtpServer) -> None:
    with smtp(smtp_server.url) as transport:
        assert transport.send(LETTER, nothing) == Sent("250 2.0.0 kept")
    (message,) = smtp_server.messages
    assert (message["X-Envelope-From"], message["X-Envelope-To"]) == (
        LETTER.sender,
        LETTER.recipient,
    )
    assert message.get_payload() == ".a dot first\r\n..\r\nthe end\r\n"


def test_a_whole_mail_arrives(sqlite_context: ServiceContext, smtp_server: SmtpServer) -> None:
    know_session(sqlite_context)
    react(sqlite_context, made())
    with smtp(smtp_server.url) as transport:
        Deliverer(sqlite_context.database, transport, IDENTITY, sqlite_context.clock).deliver_all()
    (message,) = smtp_server.messages
    assert message["Subject"] == only_mail(sqlite_context).subject
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "image/png",
        "text/calendar",
        "application/ics",
    ]
    assert TICKET not in str(message)


def test_many_letters_share_few_connections(smtp_server: SmtpServer) -> None:
    with smtp(smtp_server.url) as transport:
        outcomes = {transport.send(LETTER, nothing) for _ in range(150)}
        assert (outcomes, len(transport._idle)) == ({Sent("250 2.0.0 kept")}, 1)
    assert len(smtp_server.messages) == 150


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"recipient": "550 5.1.1 unknown"}, Failed("550 5.1.1 unknown")),
        ({"recipient": "450 4.2.1 greylisted"}, Deferred("450 4.2.1 greylisted")),
        ({"data": "451 4.3.0 later"}, Deferred("451 4.3.0 later")),
        ({"data": "554 5.6.0 spam"}, Failed("554 5.6.0 spam")),
    ],
)
def test_a_refusal_says_for_how_long(
    smtp_server: SmtpServer, rules: dict[str, str], expected: Outcome
) -> None:
    smtp_server.fail(**rules)
    with smtp(smtp_server.url) as transport:
        assert transport.send(LETTER, nothing) == expected
        smtp_server.fail()
        assert transport.send(LETTER, nothing) == Sent("250 2.0.0 kept")
    assert len(smtp_server.messages) == 1


def test_broken_off_after_the_end_of_the_data_nobody_knows(smtp_server: SmtpServer) -> None:
    smtp_server.fail(drop_after_data=True)
    with smtp(smtp_server.url) as transport:
        assert isinstance(transport.send(LETTER, nothing), Unknown)
    assert len(smtp_server.messages) == 1


def test_an_answer_that_never_comes_leaves_it_unknown(smtp_server: SmtpServer) -> None:
    with smtp(smtp_server.url) as transport:
        transport.send(LETTER, nothing)
        connection = transport._idle[0]._smtp
        assert connection is not None
        assert connection.sock is not None
        smtp_server.fail(delay=600)
        hurry = partial(connection.sock.settimeout, 0.5)
        assert isinstance(transport.send(LETTER, hurry), Unknown)


def test_a_letter_that_was_called_back_never_arrives(smtp_server: SmtpServer) -> None:
    def call_back() -> None:
        raise RuntimeError("called back")

    with smtp(smtp_server.url) as transport:
        with pytest.raises(RuntimeError, match="called back"):
            transport.send(LETTER, call_back)
        transport.send(LETTER, nothing)
    assert len(smtp_server.messages) == 1


@pytest.mark.parametrize("rules", [{}, {"recipient": "550 5.1.1 unknown"}])
def test_a_server_that_tired_of_waiting_is_called_again(
    smtp_server: SmtpServer, rules: dict[str, str]
) -> None:
    smtp_server.fail(**rules)
    with smtp(smtp_server.url) as transport:
        transport.send(LETTER, nothing)
        smtp_server.fail()
        smtp_server.kill()
        smtp_server.start()
        assert transport.send(LETTER, nothing) == Sent("250 2.0.0 kept")


def test_no_server_is_no_letters_fault() -> None:
    with smtp(f"smtp://127.0.0.1:{free_port()}") as transport, pytest.raises(ServerUnavailable):
        transport.send(LETTER, nothing)


@contextmanager
def scripted_server(*answers: bytes) -> Iterator[str]:
    """Give the URL of a server that says these lines, one for each line it hears, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(60)

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as heard:
                connection.sendall(answers[0])
                for answer in answers[1:]:
                    heard.readline()
                    connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    thread.join()


HELLO = (b"220 hello\r\n", b"250 mail.example\r\n")


@pytest.mark.parametrize(
    "answers",
    [
        (b"554 go away\r\n",),
        (b"220 hello\r\n",),
        (*HELLO, b"530 5.7.0 authentication required\r\n"),
        (*HELLO, b"421 closing\r\n"),
        (*HELLO, b"250 ok\r\n", b"421 closing\r\n"),
        (*HELLO, b"nonsense\r\n"),
    ],
)
def test_a_server_that_refuses_us_keeps_every_letter_back(answers: tuple[bytes, ...]) -> None:
    with (
        scripted_server(*answers) as url,
        smtp(url) as transport,
        pytest.raises(ServerUnavailable),
    ):
        transport.send(LETTER, nothing)


def test_broken_off_before_the_end_of_the_data_it_is_sent_again(
    monkeypatch: pytest.MonkeyPatch, smtp_server: SmtpServer
) -> None:
    with smtp(smtp_server.url) as transport:
        transport.send(LETTER, nothing)
        connection = transport._idle[0]

        def broken(data: bytes | str, real: Callable[..., None] = connection._smtp.send) -> None:  # type: ignore[union-attr]
            if b"the end" in (data if isinstance(data, bytes) else data.encode()):
                raise ConnectionResetError("reset by peer")
            real(data)

        monkeypatch.setattr(connection._smtp, "send", broken)
        assert isinstance(transport.send(LETTER, nothing), Deferred)
    assert len(smtp_server.messages) == 1


def test_a_server_without_smtputf8_cannot_take_every_address() -> None:
    letter = Letter("a", "parvis@fds.example", "élève@example.org", b"\r\n")
    with scripted_server(*HELLO, b"221 bye\r\n") as url, smtp(url) as transport:
        assert isinstance(transport.send(letter, nothing), Failed)


def test_an_address_beyond_ascii_arrives(smtp_server: SmtpServer) -> None:
    letter = Letter("a", "parvis@fds.example", "élève@example.org", b"Subject: x\r\n\r\n")
    with smtp(smtp_server.url) as transport:
        assert transport.send(letter, nothing) == Sent("250 2.0.0 kept")


def test_a_refusal_is_kept_with_the_mail(
    sqlite_context: ServiceContext, smtp_server: SmtpServer
) -> None:
    know_session(sqlite_context)
    react(sqlite_context, made(email="good@example.org"))
    react(sqlite_context, made(email="bad@example.org"))
    smtp_server.fail(recipient="550 5.1.1 unknown", only="bad@example.org")
    with smtp(smtp_server.url) as transport:
        Deliverer(sqlite_context.database, transport, IDENTITY, sqlite_context.clock).deliver_all()
    assert [(mail.status, mail.reason) for mail in mails(sqlite_context)] == [
        ("sent", None),
        ("failed", "550 5.1.1 unknown"),
    ]


def test_an_address_of_a_server() -> None:
    address = SmtpAddress.parse("smtps://a%40b:p%3Aw@mail.example")
    assert address == SmtpAddress("mail.example", 465, True, "a@b", "p:w")
    assert SmtpAddress.parse("smtp://[::1]").is_local


def test_a_password_is_never_sent_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SmtpAddress, "is_local", property(lambda _self: False))
    with scripted_server(*HELLO) as url:
        transport = Smtp(url.replace("//", "//me:secret@"), patience=60)
        with pytest.raises(ServerUnavailable, match="unencrypted"):
            transport.send(LETTER, nothing)
