"""With a real Postfix: accepted, greylisted, late, brought back, and gone in the middle of it."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.notifications.bounce_listener import BounceListener
from services.notifications.domain.delivering import Deliverer
from services.notifications.domain.identity import Identity
from services.notifications.domain.return_path import ReturnPath
from services.notifications.domain.suppressions import reasons_against
from services.notifications.domain.transports import Smtp
from services.notifications.models import DeliveryStep, OutgoingMail
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX
from shared.testing import processes
from shared.testing.contexts import SECRET_KEY, FrozenClock, make_context
from shared.testing.postfix import Postfix
from shared.testing.run_folder import current_run
from shared.testing.smtp import SmtpServer, new_smtp_server
from tests.services.notifications.events import know_session, made, mails, react
from tests.services.notifications.greylisting import Policy

BOUNCES = "bounces.fds.example"
PATIENCE = 300.0


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    policy = Policy()
    yield policy
    policy.close()


@pytest.fixture(scope="module")
def mailboxes() -> Iterator[SmtpServer]:
    """Return the server that has everybody's mailbox, behind Postfix."""
    server = new_smtp_server(current_run())
    yield server
    server.remove()


@pytest.fixture(scope="module")
def bounce_port() -> int:
    return processes.free_port()


@pytest.fixture(scope="module")
def postfix(policy: Policy, mailboxes: SmtpServer, bounce_port: int) -> Iterator[Postfix]:
    routes = {"example.org": mailboxes.port, BOUNCES: bounce_port}
    server = Postfix(current_run() / f"postfix-{bounce_port}", routes, policy.port)
    server.start()
    yield server
    server.remove()


class Parvis:
    """Notifications' sender and listener, in this process."""

    def __init__(self, context: ServiceContext, url: str) -> None:
        self.context = context
        self.paths = ReturnPath(BOUNCES, SECRET_KEY)
        identity = Identity.of(context.settings)
        assert identity.return_path == self.paths
        self.deliverer = Deliverer(
            context.database, Smtp(url, patience=PATIENCE), identity, context.clock
        )
        know_session(context)

    def write_to(self, recipient: str) -> UUID:
        """Confirm a registration of somebody, and send what is due."""
        react(self.context, made(email=recipient))
        self.deliverer.deliver_all()
        return next(one.id for one in mails(self.context) if one.recipient == recipient)

    def mail(self, mail_id: UUID) -> OutgoingMail:
        return next(one for one in mails(self.context) if one.id == mail_id)

    def steps(self, mail_id: UUID) -> list[tuple[str, str]]:
        query = sa.select(DeliveryStep).where(DeliveryStep.mail_id == mail_id)
        with self.context.database.read() as db:
            rows = db.scalars(query.order_by(DeliveryStep.id))
            return [(step.kind, step.words or "") for step in rows]


@pytest.fixture
def parvis(postfix: Postfix, sqlite_url: str, bounce_port: int) -> Iterator[Parvis]:
    context = make_context(
        "notifications",
        sqlite_url,
        clock=FrozenClock(),
        mail_from="parvis@fds.example",
        mail_return_path=BOUNCES,
        bounce_listen=("127.0.0.1", bounce_port),
    )
    parvis = Parvis(context, postfix.url)
    listener = BounceListener.of(context)
    assert listener is not None
    listener.start()
    yield parvis
    listener.stop()
    parvis.deliverer.close()
    context.database.dispose()


def test_what_is_accepted_arrives_from_an_address_that_names_the_mail(parvis, mailboxes):
    mail_id = parvis.write_to("accepted@example.org")
    assert parvis.mail(mail_id).status == "sent"
    [(kind, words)] = parvis.steps(mail_id)
    assert (kind, words[:28]) == ("sent", "250 2.0.0 Ok: queued as " + words[24:28])
    assert processes.wait_until(lambda: "accepted@example.org" in _arrived(mailboxes), PATIENCE)
    [message] = [
        one for one in mailboxes.messages if one["X-Envelope-To"] == "accepted@example.org"
    ]
    assert message["X-Envelope-From"] == parvis.paths.address_of(mail_id)
    assert message["From"].addresses[0].addr_spec == "parvis@fds.example"


def test_a_mailbox_that_does_not_exist_brings_the_mail_back(parvis, mailboxes):
    mailboxes.fail(recipient="550 5.1.1 no such mailbox", only="gone@example.org")
    mail_id = parvis.write_to("gone@example.org")
    assert processes.wait_until(lambda: parvis.mail(mail_id).status == "bounced", PATIENCE)
    reason = parvis.mail(mail_id).reason
    assert reason is not None
    assert "550 5.1.1 no such mailbox" in reason
    assert [kind for kind, _words in parvis.steps(mail_id)] == ["sent", "bounced"]
    with parvis.context.database.read() as db:
        assert reasons_against(db, ["gone@example.org"]) == {
            "gone@example.org": frozenset({"hard_bounce"})
        }
        [event] = db.execute(sa.select(OUTBOX)).mappings()
    assert (event["type"], event["data"]["status"], event["data"]["mail_id"]) == (
        "notifications.mail_bounced",
        "5.1.1",
        str(mail_id),
    )


def test_a_mailbox_that_is_slow_is_reported_late_and_has_it_in_the_end(parvis, mailboxes):
    mailboxes.fail(recipient="451 4.3.0 busy", only="slow@example.org")
    mail_id = parvis.write_to("slow@example.org")
    assert processes.wait_until(lambda: len(parvis.steps(mail_id)) > 1, PATIENCE)
    [_sent, (kind, words)] = parvis.steps(mail_id)
    assert (kind, "451 4.3.0 busy" in words) == ("delayed", True)
    mailboxes.fail()
    assert processes.wait_until(lambda: "slow@example.org" in _arrived(mailboxes), PATIENCE)
    assert parvis.mail(mail_id).status == "sent"


def test_a_greylisted_mail_comes_again_from_the_same_address(parvis, policy, mailboxes):
    policy.answers["grey@example.org"] = "450 4.7.1 Greylisted"
    mail_id = parvis.write_to("grey@example.org")
    assert parvis.mail(mail_id).status == "deferred"
    parvis.context.clock.advance(minutes=1)
    parvis.deliverer.deliver_all()
    assert (parvis.mail(mail_id).status, parvis.mail(mail_id).attempts) == ("sent", 2)
    [(first, refused), (second, taken)] = parvis.steps(mail_id)
    assert (first, second) == ("deferred", "sent")
    assert "450 4.7.1" in refused
    assert taken.startswith("250 2.0.0")
    tried = [sender for sender, recipient in policy.seen if recipient == "grey@example.org"]
    assert tried == [parvis.paths.address_of(mail_id)] * 2
    assert processes.wait_until(lambda: "grey@example.org" in _arrived(mailboxes), PATIENCE)


def test_a_server_that_hangs_up_is_called_again(parvis, policy):
    policy.answers["hung@example.org"] = "421 4.3.2 closing"
    mail_id = parvis.write_to("hung@example.org")
    assert (parvis.mail(mail_id).status, parvis.mail(mail_id).attempts) == ("deferred", 0)
    parvis.context.clock.advance(minutes=1)
    parvis.deliverer.deliver_all()
    assert (parvis.mail(mail_id).status, parvis.mail(mail_id).attempts) == ("sent", 1)


def test_a_server_that_is_killed_loses_nothing(parvis, postfix, mailboxes):
    parvis.write_to("before@example.org")
    postfix.kill()
    mail_id = parvis.write_to("after@example.org")
    assert (parvis.mail(mail_id).status, parvis.mail(mail_id).attempts) == ("deferred", 0)
    postfix.start()
    parvis.context.clock.advance(minutes=1)
    parvis.deliverer.deliver_all()
    expected = {"before@example.org", "after@example.org"}
    assert processes.wait_until(lambda: expected <= set(_arrived(mailboxes)), PATIENCE)
    assert [_arrived(mailboxes).count(one) for one in sorted(expected)] == [1, 1]


def _arrived(mailboxes: SmtpServer) -> list[str]:
    return [message["X-Envelope-To"] for message in mailboxes.messages]
