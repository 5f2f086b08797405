"""A program is told, over TLS, by a Parvis that runs, and is killed, and runs again."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.testing.processes import wait_until
from tests.services.notifications.https_receiver import Receiver, answer, receiving
from tests.services.notifications.webhook_checking import is_genuine
from tests.system.installation import PATIENCE, Embedded
from tests.system.staff import ID, Staff

WEBHOOKS = "/console/notifications/webhooks"

#: A name of this machine that its resolver knows; the receiver's certificate is good for it.
NAME = "localhost"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path / "receiver", NAME) as found:
        yield found


@pytest.fixture
def parvis(tmp_path: Path, receiver: Receiver) -> Iterator[Embedded]:
    """Return a Parvis that may reach this machine, and trusts the receiver's authority."""
    running = Embedded(tmp_path / "data")
    running.environ |= {"WEBHOOKS_ALLOW_PRIVATE": "1", "WEBHOOKS_CA": receiver.ca_file}
    yield running.start()
    running.close()


def add(staff: Staff, url: str, *kinds: str) -> tuple[str, str]:
    """Make a webhook for the whole edition; return its page and its secret."""
    scopes = re.findall(r'value="(edition:[^"]+)"', staff.get(f"{WEBHOOKS}/new").text)
    made = staff.submit(
        f"{WEBHOOKS}/new",
        name="Agenda",
        url=url,
        scope=scopes[0],
        kinds=kinds,
        contact="technique@example.org",
    )
    secret = re.search(r'value="(whsec_[^"]+)"', made.text)
    assert secret, made.text
    return staff.link(WEBHOOKS, f"{WEBHOOKS}/{ID}"), secret[1]


def told(receiver: Receiver, number: int) -> list[str]:
    """Wait until so many messages came; return their types."""
    assert wait_until(lambda: len(receiver.received) >= number, PATIENCE), receiver.received
    return [json.loads(one.body)["type"] for one in receiver.received]


def test_a_program_hears_of_registrations_though_parvis_was_killed_meanwhile(
    parvis: Embedded, receiver: Receiver
) -> None:
    staff = Staff(parvis)
    url = f"https://{NAME}:{receiver.port}/parvis"
    page, secret = add(staff, url, "registration.made")
    staff.submit(page, to=f"{page}/test")
    assert told(receiver, 1) == ["webhook.test"]

    receiver.script = [answer(500)]
    session = parvis.bookable_session()["id"]
    registered = parvis.register(session, "webhook@example.org", adults=2)
    assert registered.status_code == 201
    assert told(receiver, 2)[1:] == ["registration.made"]
    parvis.process.kill()
    parvis.start()  # the failed one is tried again, and so is what was not yet settled

    assert set(told(receiver, 3)[1:]) == {"registration.made"}
    messages = receiver.received[1:]
    assert len({one.headers["webhook-id"] for one in messages}) == 1
    for one in messages:
        at = int(one.headers["webhook-timestamp"])
        assert is_genuine(one.headers, one.body, secret, now=at)
        assert b"webhook@example.org" not in one.body
    [booking] = json.loads(messages[0].body)["data"]["bookings"]
    assert (booking["session_id"], booking["party"]) == (session, {"adults": 2})
    assert wait_until(lambda: "Arrivé" in staff.get(f"{page}?status=delivered").text, PATIENCE)
