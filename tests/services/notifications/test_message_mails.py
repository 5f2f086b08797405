"""Messages of organisers: each contact gets what was written, once; answers reach the writer."""

from typing import Any

import pytest

from services.notifications.domain.messages import tell_message
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from tests.services.notifications.events import golden, mails
from tests.services.notifications.mail_reading import page, plain, read


def told(context: ServiceContext, **changes: Any) -> OutgoingMail:
    """Let a message be written twice, as a broker may deliver it; return its mail."""
    event = golden("registration.message_written", **changes)
    for _ in range(2):
        with context.database.write() as db:
            tell_message(db, event, now=context.clock())
    [mail] = mails(context)
    return mail


def test_the_text_is_as_it_was_written_with_the_session_and_the_link(
    context: ServiceContext,
) -> None:
    mail = told(context, text="Bonjour,\n\nPrenez <b>des bottes</b>.\nLucie", locale="fr")
    message = read(mail)
    text = plain(page(message, "plain"))

    assert mail.subject == message["Subject"] == "Des bottes pour samedi"
    assert "Bonjour,\n\nPrenez <b>des bottes</b>.\nLucie\n" in text
    assert "Gérer mon inscription :" in text
    assert "&lt;b&gt;des bottes&lt;/b&gt;.<br>Lucie" in page(message, "html")


@pytest.mark.parametrize(
    ("reply_to", "contact", "expected"),
    [
        ("mediation@museum.example", "contact@example.org", "mediation@museum.example"),
        (None, "contact@example.org", "contact@example.org"),
        ("not an address", None, None),
    ],
    ids=["organisation", "edition", "nobody"],
)
def test_an_answer_reaches_the_organisation_else_the_edition(
    context: ServiceContext, reply_to: str | None, contact: str | None, expected: str | None
) -> None:
    edition = {"name": {"fr": "Fête de la science", "en": None}, "contact_email": contact}
    message = read(told(context, reply_to=reply_to, edition=edition))

    assert message["Reply-To"] == expected
    assert str(message["From"]).startswith("Muséum de Grenoble <")


def test_what_stands_around_it_is_in_the_readers_language(context: ServiceContext) -> None:
    text = plain(page(read(told(context, locale="en")), "plain"))

    assert "Manage my registration:" in text
    assert "Muséum de Grenoble writes to you because you are registered for this session." in text
    assert "prenez des bottes" in text
