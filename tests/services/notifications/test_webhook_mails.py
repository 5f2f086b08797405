"""The mail to whoever looks after a webhook that was disabled."""

from typing import Any

from services.notifications.domain.webhooks.disabling import disable
from services.notifications.models import Webhook
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import mails
from tests.services.notifications.mail_reading import page, plain, read
from tests.services.notifications.webhooks import make


def disabled(context: ServiceContext, reason: str, **values: Any) -> Webhook:
    """Make a webhook and disable it."""
    made = make(context, **values)
    with context.database.write() as db:
        webhook = db.get(Webhook, made.id)
        assert webhook is not None
        disable(db, webhook, reason, public_url="https://fds.example", now=context.clock())
    return webhook


def test_it_says_since_when_nothing_arrives_and_what_to_do(
    sqlite_context: ServiceContext, clock: FrozenClock
) -> None:
    since = clock()
    clock.advance(days=3)
    webhook = disabled(sqlite_context, "failing", failing_since=since)
    [mail] = mails(sqlite_context)
    message = read(mail)
    assert message["Subject"] == "Webhook désactivé\u00a0: Agenda"
    assert message["To"] == "technique@glaciologues.example"
    assert plain(page(message, "plain")) == (
        "Un webhook est désactivé\n"
        "\n"
        "Depuis le jeudi 24 septembre 2026 à 10 h 00, rien de ce que Parvis envoie à « Agenda » "
        "n’arrive. Après plusieurs jours d’essais, nous avons arrêté.\n"
        "\n"
        "Adresse\n"
        "  https://agenda.example.org/parvis\n"
        "Pour\n"
        "  Les Petits Glaciologues\n"
        "\n"
        "Rien n’est perdu : ce qui arrive entre-temps est gardé 30 jours. Réparez l’adresse, "
        "réactivez le webhook, puis renvoyez ce qui manque.\n"
        "\n"
        "Voir le webhook\n"
        f"https://fds.example/console/notifications/webhooks/{webhook.id}\n"
        "\n"
        "--\n"
        "Vous recevez ce courriel parce que votre adresse est celle à prévenir pour ce webhook.\n"
    )
    assert f'href="https://fds.example/console/notifications/webhooks/{webhook.id}"' in page(
        message, "html"
    )


def test_an_address_that_is_gone_is_told_in_the_readers_language(
    sqlite_context: ServiceContext,
) -> None:
    disabled(sqlite_context, "gone", locale="en", name="<b>Agenda</b>\r\nBcc: x@y.example")
    [mail] = mails(sqlite_context)
    message = read(mail)
    assert message["Subject"] == "Webhook disabled: <b>Agenda</b> Bcc: x@y.example"
    assert message["Bcc"] is None
    assert "answered that it is gone (410)" in page(message, "plain")
    assert "<b>Agenda" not in page(message, "html")


def test_a_webhook_is_disabled_once(sqlite_context: ServiceContext) -> None:
    webhook = disabled(sqlite_context, "failing")
    with sqlite_context.database.write() as db:
        again = db.get(Webhook, webhook.id)
        assert again is not None
        disable(db, again, "gone", public_url="https://fds.example", now=sqlite_context.clock())
    assert len(mails(sqlite_context)) == 1
