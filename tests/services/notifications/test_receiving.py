"""The bounce listener takes what is for us, refuses the rest, and outlives every client."""

import io
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.bounce_listener import MOST_AT_ONCE, BounceListener
from services.notifications.domain.receiving import LARGEST, Conversation, Returned

OURS = "bounces+1@bounces.fds.example"
PATIENCE = 60.0


class Kept:
    """Keeps what the listener takes; raises what it is told to, once."""

    def __init__(self) -> None:
        self.mails: list[Returned] = []
        self.fault: Exception | None = None

    def take(self, returned: Returned) -> None:
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
        self.mails.append(returned)


def converse(said: bytes, kept: Kept | None = None) -> list[str]:
    """Return what is answered to all that a client says."""
    outgoing = io.BytesIO()
    take = (kept or Kept()).take
    Conversation(
        io.BytesIO(said), outgoing, host="us", accepts=lambda one: one == OURS, take=take
    ).hold()
    return outgoing.getvalue().decode().splitlines()


def codes(said: str) -> str:
    answers = converse(said.replace("\n", "\r\n").encode())
    return " ".join(line[:3] for line in answers if line[3] == " ")


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("QUIT\n", "220 221"),
        ("HELO x\nEHLO x\nNOOP\nVRFY x\nRSET\nQUIT\n", "220 250 250 250 252 250 221"),
        (f"MAIL FROM:<>\nRCPT TO:<{OURS}>\nDATA\nx\n.\nQUIT\n", "220 250 250 354 250 221"),
        ("MAIL FROM:<>\nRCPT TO:<other@x>\nDATA\nQUIT\n", "220 250 550 503 221"),
        (f"RCPT TO:<{OURS}>\nMAIL FROM:x\nMAIL FROM:<>\nMAIL FROM:<>\n", "220 503 501 250 503"),
        ("MAIL FROM:<>\nRCPT TO:x\nRCPT TO:<>\n", "220 250 501 501"),
        (f"MAIL FROM:<> SIZE={LARGEST + 1}\nMAIL FROM:<> SIZE=9\n", "220 552 250"),
        ("DATA\nSTARTTLS\n\nAUTH x\n", "220 503 500 500 500"),
        ("X\n" * 20, "220" + " 500" * 11 + " 421"),
        ("NOOP\n" * 1001, "220" + " 250" * 1000 + " 421"),
        ("x" * 5000 + "\n", "220"),
    ],
)
def test_commands_are_answered(said, answers):
    assert codes(said) == answers


def test_text_is_kept_as_it_was_and_only_a_dot_between_two_ends_of_line_ends_it():
    kept = Kept()
    text = b"Subject: x\r\n\r\n..stuffed\r\nbare\n.\nlines\n.\r\nlong " + b"y" * 9000 + b"\r\n.\r\n"
    converse(f"MAIL FROM:<>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode() + text, kept)
    expected = text[: -len(b".\r\n")].replace(b"..stuffed", b".stuffed")
    assert kept.mails == [Returned((OURS,), expected)]


def test_what_is_too_large_is_refused_and_the_next_is_taken():
    kept = Kept()
    head = f"MAIL FROM:<>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode()
    answers = converse(head + b"x\r\n" * LARGEST + b".\r\n" + head + b"y\r\n.\r\n", kept)
    taken = "220 250 250 354 552 250 250 354 250"
    assert " ".join(line[:3] for line in answers) == taken
    assert kept.mails == [Returned((OURS,), b"y\r\n")]


def test_a_text_without_end_is_given_up():
    head = f"MAIL FROM:<>\r\nRCPT TO:<{OURS}>\r\nDATA\r\n".encode()
    assert converse(head + b"x" * (5 * LARGEST))[-1].startswith("552")


@given(st.binary(max_size=300))
def test_noise_is_answered_with_codes(noise):
    for line in converse(noise):
        assert line[:3].isdigit()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def listener(kept: Kept) -> Iterator[BounceListener]:
    listener = BounceListener("127.0.0.1", 0, lambda one: one == OURS, kept.take)
    listener.start()
    yield listener
    listener.stop()


def bring(listener: BounceListener, text: str = "Subject: x\r\n\r\nback\r\n") -> None:
    with smtplib.SMTP("127.0.0.1", listener.port, timeout=PATIENCE) as client:
        client.sendmail("", [OURS], text)


def test_a_client_of_the_standard_library_brings_mail(listener, kept):
    bring(listener)
    assert kept.mails == [Returned((OURS,), b"Subject: x\r\n\r\nback\r\n")]


def test_what_cannot_be_kept_now_is_to_be_brought_again(listener, kept):
    kept.fault = RuntimeError("database away")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        bring(listener)
    assert refused.value.smtp_code == 451
    bring(listener)
    assert len(kept.mails) == 1


def test_clients_that_hang_up_or_say_nothing_leave_room_for_others(listener, kept):
    address = ("127.0.0.1", listener.port)
    for said in (b"", b"MAIL FROM:<>\r\nRC", b"\x00\xff" * 100, b"EHLO x\r\n"):
        for _ in range(MOST_AT_ONCE):
            with socket.create_connection(address, timeout=PATIENCE) as client:
                client.sendall(said)
    silent = [socket.create_connection(address, timeout=PATIENCE) for _ in range(MOST_AT_ONCE - 1)]
    bring(listener)
    for client in silent:
        client.close()
    assert len(kept.mails) == 1


def test_many_at_once_wait_for_their_turn(listener, kept):
    threads = [threading.Thread(target=bring, args=(listener,)) for _ in range(3 * MOST_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(kept.mails) == 3 * MOST_AT_ONCE


_GREEN = """
import deploy.green, smtplib, threading
from services.notifications.bounce_listener import BounceListener
taken = []
listener = BounceListener("127.0.0.1", 0, lambda one: True, taken.append)
listener.start()
port = listener.port
def bring():
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.sendmail("", ["a@b.example"], "Subject: x")
threads = [threading.Thread(target=bring) for _ in range(25)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
listener.stop()
try:
    smtplib.SMTP("127.0.0.1", port, timeout=60)
except OSError:
    print(len(taken), "taken, and over")
"""


def test_it_works_on_the_greenthreads_of_a_worker():
    done = subprocess.run(
        [sys.executable, "-c", _GREEN], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout == "25 taken, and over\n", done.stderr


def test_stopped_it_takes_nobody(listener, kept):
    port = listener.port
    listener.stop()
    with (
        pytest.raises(ConnectionRefusedError),
        smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client,
    ):
        client.noop()
