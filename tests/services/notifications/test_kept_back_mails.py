"""A mail that was kept back from a suppressed address leaves whole, once that is lifted."""

from collections.abc import Callable

import pytest

from services.notifications.domain import invitations
from services.notifications.domain.retrying import retry_mail
from services.notifications.domain.suppressions import lift, suppress
from services.notifications.domain.webhooks.disabling import disable
from services.notifications.models import Webhook
from services.notifications.suppression_queries import suppressions
from shared.context import ServiceContext
from tests.services.notifications.events import golden, only_mail
from tests.services.notifications.mail_reading import page, read
from tests.services.notifications.transport import Scripted, deliverer
from tests.services.notifications.webhooks import make


def invite(context: ServiceContext) -> None:
    with context.database.write() as db:
        invited = golden("scheduling.account_invited")
        assert invitations.tell_invitation(db, invited, now=context.clock())


def give_a_webhook_up(context: ServiceContext) -> None:
    made = make(context)
    with context.database.write() as db:
        webhook = db.get_one(Webhook, made.id)
        disable(db, webhook, "gone", public_url="https://fds.example", now=context.clock())


@pytest.mark.parametrize("tell", [invite, give_a_webhook_up])
def test_it_leaves_with_its_link(
    context: ServiceContext, tell: Callable[[ServiceContext], None]
) -> None:
    tell(context)
    queued = only_mail(context)
    with context.database.write() as db:
        suppress(db, queued.recipient, "hard_bounce", now=context.clock())
    delivering = deliverer(context, transport := Scripted())
    delivering.deliver_all()
    assert (transport.taken, only_mail(context).reason) == ([], "suppressed: hard_bounce")

    with context.database.write() as db:
        [standing], _total = suppressions(db)
        lift(db, standing.id, by="Nour", note="corrected there", now=context.clock())
        retry_mail(db, queued.id, now=context.clock())
    delivering.deliver_all()

    assert [letter.recipient for letter in transport.taken] == [queued.recipient]
    assert queued.content["link"] in page(read(only_mail(context)), "plain")
