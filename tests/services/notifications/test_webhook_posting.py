"""One attempt at a webhook, over real TLS: where it goes, when it ends, what comes of it."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from services.notifications.domain.webhooks import posting
from services.notifications.domain.webhooks.posting import Answer, Poster
from tests.services.notifications.https_receiver import (
    NAME,
    OK,
    Received,
    Receiver,
    Step,
    answer,
    receiving,
)

BODY = b'{"type":"webhook.test"}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("receiver")


@pytest.fixture
def receiver(folder: Path) -> Iterator[Receiver]:
    with receiving(folder) as found:
        yield found


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an attempt take its time: the machine may be busy."""
    monkeypatch.setattr(posting, "CONNECTING", 300.0)
    monkeypatch.setattr(posting, "WHOLE", 300.0)


class Resolver:
    """Answers each question with the next of its lists, the last one for ever; counts them."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def post(
    receiver: Receiver,
    *,
    resolve: Resolver | None = None,
    allow_private: bool = True,
    url: str = "",
) -> Answer:
    poster = Poster(
        resolve=resolve or Resolver(["127.0.0.1"]),
        allow_private=allow_private,
        ca_file=receiver.ca_file,
    )
    return poster.post(url or receiver.url, BODY, {"webhook-id": "msg_1", "Connection": "close"})


def outcome(found: Answer) -> tuple[int | None, str | None]:
    assert found.duration_ms >= 0
    return found.status, found.fault


def test_a_message_arrives_as_it_was_meant(receiver: Receiver) -> None:
    assert outcome(post(receiver)) == (204, None)
    assert receiver.received == [
        Received(
            "POST /parvis?key=1 HTTP/1.1",
            {
                "host": f"{NAME}:{receiver.port}",
                "accept-encoding": "identity",
                "content-length": str(len(BODY)),
                "webhook-id": "msg_1",
                "connection": "close",
            },
            BODY,
        )
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (answer(200, b"{}"), (200, None, "")),
        (answer(202), (202, None, "")),
        (answer(400, b"Trop\r\n vieux\x07"), (400, "status", "Trop vieux")),
        (answer(500, b"x" * 3000), (500, "status", "x" * 499 + "…")),
        (answer(503), (503, "status", "")),
        (answer(410, b"parti"), (410, "gone", "parti")),
        (answer(304), (304, "redirect", "")),
        (b"SSH-2.0-OpenSSH\r\n\r\n", (None, "not_http", "BadStatusLine")),
        (b"HTTP/1.1 999999 No\r\n\r\n", (None, "not_http", "BadStatusLine")),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, (204, None, "")),
    ],
)
def test_an_answer_is_understood(
    receiver: Receiver, said: bytes, expected: tuple[int | None, str | None, str]
) -> None:
    receiver.script = [said]
    found = post(receiver)
    assert (found.status, found.fault, found.detail) == expected


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    for status in (301, 302, 303, 307, 308):
        receiver.script = [answer(status, b"", f"Location: {receiver.url}")]
        assert outcome(post(receiver)) == (status, "redirect")
    assert len(receiver.received) == 5


def pour(start: bytes) -> Step:
    """Answer without end, until the other side has had enough."""

    def step(connection: ssl.SSLSocket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(b"x" * 16_384)

    return step


def test_an_answer_without_end_is_read_to_its_limit(receiver: Receiver) -> None:
    receiver.script = [
        pour(b"HTTP/1.1 500 No\r\n\r\n"),
        pour(b"HTTP/1.1 200 OK\r\n\r\n"),
        pour(b"HTTP/1.1 200 OK\r\nX-Long: "),
        pour(b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 200),
        pour(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000),
    ]
    found = [outcome(post(receiver)) for _ in range(5)]
    assert found[:3] == [(500, "status"), (200, None), (200, None)]
    assert [status for status, _fault in found[3:]] == [None] * 2
    assert {fault for _status, fault in found[3:]} <= {"not_http", "connection"}


def test_a_receiver_that_hangs_up_is_a_broken_connection(receiver: Receiver) -> None:
    receiver.script = [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"]
    assert outcome(post(receiver)) == (None, "connection")
    assert outcome(post(receiver)) == (200, None)  # it said that it took it


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_receiver_that_says_nothing_or_dribbles_is_given_up(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    over = threading.Event()

    def dribble(connection: ssl.SSLSocket) -> None:
        connection.sendall(said)
        while not over.wait(0.02):
            connection.sendall(said and b"X: y")

    monkeypatch.setattr(posting, "WHOLE", 0.5)
    receiver.script = [dribble]
    try:
        assert outcome(post(receiver)) == (None, "timeout")
    finally:
        over.set()


def test_nobody_listening_is_a_broken_connection(receiver: Receiver) -> None:
    with socket.socket() as taken:  # nobody else listens there either
        taken.bind(("127.0.0.1", 0))
        url = f"https://{NAME}:{taken.getsockname()[1]}/"
        assert outcome(post(receiver, url=url)) == (None, "connection")


def test_the_certificate_must_be_good_for_the_name(tmp_path: Path, receiver: Receiver) -> None:
    with receiving(tmp_path / "other", "other.example.org") as other:
        assert outcome(post(other)) == (None, "certificate")
        own_name = other.url.replace(NAME, "other.example.org")
        assert outcome(post(receiver, url=own_name)) == (None, "certificate")  # another authority
        assert other.received == []
        assert outcome(post(other, url=own_name)) == (204, None)


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["10.0.0.8"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["93.184.215.14", "127.0.0.1"],
        ["127.0.0.1", "93.184.215.14"],
    ],
)
def test_a_name_with_any_address_of_our_own_network_is_not_connected_to(
    receiver: Receiver, addresses: list[str]
) -> None:
    found = post(receiver, resolve=Resolver(addresses), allow_private=False)
    assert outcome(found) == (None, "private")
    assert receiver.received == []


def test_a_name_that_changes_its_address_after_the_check_leads_nowhere_else(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it is checked, loopback whenever it is asked again."""
    connected: list[tuple[str, int]] = []

    class Watched(socket.socket):
        def connect(self, address: Any) -> None:
            connected.append(address)
            raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket, "socket", Watched)
    resolver = Resolver(["93.184.215.14", "2a01:e0a::1"], ["127.0.0.1"])
    found = post(receiver, resolve=resolver, allow_private=False)
    assert outcome(found) == (None, "connection")
    assert resolver.asked == [(NAME, receiver.port)]
    assert connected == [("93.184.215.14", receiver.port), ("2a01:e0a::1", receiver.port)]
    assert outcome(post(receiver, resolve=resolver, allow_private=False)) == (None, "private")
    assert len(connected) == 2


def test_the_next_address_is_tried_when_one_does_not_answer(receiver: Receiver) -> None:
    """Whatever listens on other addresses of the loopback network, it is not the receiver."""
    found = post(receiver, resolve=Resolver(["127.0.0.254", "127.0.0.1"]))
    assert outcome(found) == (204, None)


def test_a_name_that_nobody_knows_is_told(receiver: Receiver) -> None:
    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    poster = Poster(resolve=unknown, ca_file=receiver.ca_file)
    assert outcome(poster.post(receiver.url, BODY, {})) == (None, "unresolved")
    assert outcome(post(receiver, resolve=Resolver([]))) == (None, "unresolved")


def test_even_a_resolver_out_of_order_is_an_attempt(receiver: Receiver) -> None:
    def broken(_host: str, _port: int) -> Sequence[str]:
        raise KeyError("resolv.conf")

    found = Poster(resolve=broken, ca_file=receiver.ca_file).post(receiver.url, BODY, {})
    assert (found.fault, found.detail) == ("connection", "KeyError")


def test_an_address_that_is_no_longer_taken_is_not_asked(receiver: Receiver) -> None:
    found = post(receiver, url="https://127.0.0.1/")
    assert (found.fault, found.detail, receiver.received) == ("target", "number", [])
