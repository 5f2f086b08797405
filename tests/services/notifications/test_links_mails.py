"""The mail that lists somebody's registrations, each with its link."""

from datetime import timedelta

import pytest

from services.notifications.domain.composing import compose
from services.notifications.domain.erasing import forget
from services.notifications.domain.links import tell_links
from services.notifications.domain.settling import settle
from services.notifications.domain.sign_ins import without_secrets
from services.notifications.domain.transports import Sent
from services.notifications.models import OutgoingMail
from shared.testing.contexts import NOW
from tests.services.notifications.events import IDENTITY, golden, mails, only_mail

TOKEN = "pX3vJ8q2T0mZr5yWc9LdAg"
LINK = f"https://fds.example/registrations/{TOKEN}"


def asked(**changes):
    return golden("registration.links_requested", **changes)


def tell(context, event):
    with context.database.write() as db:
        return tell_links(db, event, now=context.clock())


def text_of(mail, kind):
    return compose(mail, IDENTITY).get_body((kind,)).get_content()


def test_the_mail_lists_each_registration_with_its_link(context):
    event = asked()
    [first] = event.data["registrations"]
    [booking] = first["bookings"]
    other = {
        **first,
        "registration_id": "01a1b2c3-0000-7000-8000-000000000099",
        "token": "another-token",
        "code": "ZZZZ2222",
        "bookings": [
            {**booking, "status": "waitlisted"},
            {**booking, "session": {**booking["session"], "status": "cancelled"}},
            {**booking, "status": "offered"},
        ],
    }

    assert tell(context, asked(registrations=[first, other]))

    mail = only_mail(context)
    assert (mail.recipient, mail.template, mail.about_version) == (
        "camille@example.org",
        "registration_links",
        0,
    )
    plain = text_of(mail, "plain").replace("\u00a0", " ").replace("\u202f", " ")
    assert mail.subject == "Vos inscriptions, et le lien de chacune"
    assert "Bonjour Camille Martin, voici vos inscriptions à venir" in plain
    for words in (
        LINK,
        "https://fds.example/registrations/another-token",
        "Code d’inscription : ZZZZ 2222",
        "Fabrique ton glacier (Liste d’attente)",
        "Fabrique ton glacier (Annulée)",
        "Fabrique ton glacier (En attente de votre réponse)",
        "samedi 10 octobre 2026, 16 h – 17 h 30",
        "Médiathèque de Voiron, Auditorium",
    ):
        assert words in plain, words
    html = text_of(mail, "html")
    assert (html.count(f'href="{LINK}"'), html.count("Gérer cette inscription")) == (1, 2)


def test_the_mail_is_in_the_language_of_the_page(context):
    tell(context, asked(locale="en"))

    mail = only_mail(context)
    assert mail.subject == "Your registrations, and the link of each"
    assert "Hello Camille Martin, here are your coming registrations" in text_of(mail, "plain")
    assert compose(mail, IDENTITY)["Reply-To"] == "contact@example.org"


def test_an_event_is_mailed_once_and_nothing_after_it_was_blanked(context):
    event = asked()

    assert (tell(context, event), tell(context, event)) == (True, False)
    assert not tell(context, asked(email=None, registrations=None))
    assert len(mails(context)) == 1


def test_nothing_of_the_links_is_kept_once_they_have_left(context):
    tell(context, asked())
    mail = only_mail(context)
    with context.database.write() as db:
        held = db.get_one(OutgoingMail, mail.id)
        held.status, held.claim = "sending", mail.id
    settle(context.database, [(held, Sent())], now=NOW + timedelta(seconds=1))

    sent = only_mail(context)
    assert (sent.status, sent.content) == ("sent", {"registrations": None})
    assert "Les liens ont été effacés d’ici une fois le courriel parti." in text_of(sent, "plain")
    assert without_secrets(mail.content) == sent.content


@pytest.mark.parametrize("is_late", [False, True])
def test_an_erased_person_is_not_written_to(context, is_late):
    event = asked()
    [one] = event.data["registrations"]
    erased = golden(
        "registration.registrations_erased", registrations=[one["registration_id"]], needs=[]
    )
    for step in ("erase", "tell") if is_late else ("tell", "erase"):
        if step == "tell":
            tell(context, event)
        else:
            with context.database.write() as db:
                forget(db, erased, now=NOW)

    assert [(mail.recipient, mail.content) for mail in mails(context)] == (
        [] if is_late else [("", {})]
    )
