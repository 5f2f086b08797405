"""Mails about proposals: who gets which words, in whose language, and through a real server."""

from typing import Any

import pytest

from services.notifications.domain import proposals
from services.notifications.domain.delivering import Deliverer
from services.notifications.domain.proposal_words import TO_COORDINATION, TO_PROPOSERS
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.contracts.proposals import STEPS
from shared.testing.smtp import SmtpServer
from tests.services.notifications.events import IDENTITY, golden, mails
from tests.services.notifications.mail_reading import page, plain, read, words
from tests.services.notifications.test_smtp import smtp

LUCIE = {
    "email": "lucie@museum.example",
    "name": "Lucie Ampère",
    "locale": "fr",
    "side": "organisation",
}
ADA = {"email": "ada@fds.example", "name": "Ada Martin", "locale": "en", "side": "coordination"}


def told(context: ServiceContext, **changes: Any) -> list[OutgoingMail]:
    """Let a step be told, and return the mails that wait."""
    event = golden("scheduling.proposal_moved", **changes)
    with context.database.write() as db:
        proposals.tell_step(db, event, now=context.clock())
    return mails(context)


def reminded(context: ServiceContext, **changes: Any) -> OutgoingMail:
    event = golden("scheduling.proposals_reminded", **changes)
    with context.database.write() as db:
        assert proposals.remind(db, event, now=context.clock())
    (mail,) = mails(context)
    return mail


def test_each_recipient_is_written_to_once_in_their_language(context: ServiceContext) -> None:
    event = golden("scheduling.proposal_moved")
    for _ in range(2):
        with context.database.write() as db:
            proposals.tell_step(db, event, now=context.clock())

    found = [(mail.recipient, mail.locale, plain(mail.subject)) for mail in mails(context)]
    assert found == [
        ("mediation@museum.example", "fr", "Projet à compléter : Voir un muon"),
        ("emmy@museum.example", "en", "Project to be completed: See a muon"),
    ]


def test_a_mail_says_what_is_asked_by_whom_and_what_is_missing(
    sqlite_context: ServiceContext,
) -> None:
    mail, _english = told(sqlite_context)
    message = read(mail)

    assert plain(page(message, "plain")).splitlines() == [
        "Voir un muon",
        "Muséum de Grenoble",
        "",
        "La coordination a lu votre projet et vous demande de le compléter.",
        "",
        "----------------------------------------",
        "Ada Martin écrit :",
        "",
        "  Très beau projet ! Pouvez-vous préciser dès quel âge ?",
        "",
        "  Et une image aiderait.",
        "----------------------------------------",
        "",
        "Ce qui manque encore :",
        "- Dites dès quel âge.",
        "- Ajoutez une image, avec son texte de remplacement.",
        "",
        "Ouvrir le projet :",
        mail.content["link"],
        "",
        "La page demande de se connecter. Sans compte, répondez simplement à ce courriel.",
        "",
        "--",
        "Fête de la science 2026",
        "Vous recevez ce courriel parce que vous suivez ce projet.",
        "Une question ? Répondez à ce courriel ou écrivez à bonjour@fds.example.",
    ]
    html = plain(words(message, "html"))
    for sentence in ("Et une image aiderait.", "Dites dès quel âge.", "Ouvrir le projet"):
        assert sentence in html
    assert message["Reply-To"] == "bonjour@fds.example"
    assert message["From"].addresses[0].display_name == "Fête de la science 2026"


def test_the_mails_about_one_proposal_are_one_conversation(
    sqlite_context: ServiceContext,
) -> None:
    told(sqlite_context, recipients=[LUCIE])
    told(sqlite_context, recipients=[LUCIE], step="accept", state="accepted", comment=None)
    first, second = (read(mail) for mail in mails(sqlite_context))

    assert first["References"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_its_words_for_both_sides_in_both_languages(
    sqlite_context: ServiceContext, name: str
) -> None:
    recipients = [
        {**person, "locale": locale, "email": f"{locale}.{person['email']}"}
        for person in (LUCIE, ADA)
        for locale in ("fr", "en")
    ]
    found = told(sqlite_context, step=name, comment=None, lacks=[], recipients=recipients)

    assert len({mail.subject for mail in found}) >= 2
    leads = {plain(page(read(mail), "plain")).splitlines()[3] for mail in found}
    sides = 2 if name in TO_COORDINATION else 1
    assert len(leads) == 2 * sides
    assert name in TO_PROPOSERS


def test_what_people_write_cannot_run_or_break_a_header(sqlite_context: ServiceContext) -> None:
    (mail,) = told(
        sqlite_context,
        recipients=[{**LUCIE, "name": "Lucie\r\nBcc: all@example.org"}],
        title={"fr": "<b>Muon</b>\r\nBcc: x@example.org", "en": None},
        comment="<script>alert(1)</script>",
    )
    message = read(mail)

    assert "Bcc" not in message
    assert "<script>" not in page(message, "html")
    assert "&lt;script&gt;" in page(message, "html")


def test_a_reminder_lists_all_that_one_person_lacks(sqlite_context: ServiceContext) -> None:
    mail = reminded(sqlite_context)
    text = plain(page(read(mail), "plain"))

    assert plain(mail.subject) == "À compléter d’ici au jeudi 30 avril : 2 projets"
    assert text.startswith(
        "2 de vos projets attendent encore quelque chose\n\nPremière date limite : jeudi 30 avril."
    )
    for sentence in (
        "Voir un muon\nMuséum de Grenoble\nPour proposer, jusqu’au jeudi 30 avril inclus\n",
        "- Décrivez l’animation.",
        "Le glacier dans un verre\n",
        "Pour le label, jusqu’au jeudi 7 mai inclus\n",
        "- Choisissez une thématique.",
    ):
        assert sentence in text


def test_a_reminder_of_one_proposal_names_it(sqlite_context: ServiceContext) -> None:
    first = golden("scheduling.proposals_reminded").data["proposals"][:1]
    mail = reminded(sqlite_context, proposals=first, recipient={**LUCIE, "locale": "en"})

    assert mail.subject == "To complete by Thursday 30 April: See a muon"
    assert "Your project still needs something" in words(read(mail), "html")


def test_they_arrive_through_a_real_server(
    sqlite_context: ServiceContext, smtp_server: SmtpServer
) -> None:
    told(sqlite_context, recipients=[LUCIE, ADA])
    with smtp(smtp_server.url) as transport:
        Deliverer(sqlite_context.database, transport, IDENTITY, sqlite_context.clock).deliver_all()

    arrived = {str(message["To"].addresses[0].addr_spec) for message in smtp_server.messages}
    assert arrived == {"lucie@museum.example", "ada@fds.example"}
    assert {mail.status for mail in mails(sqlite_context)} == {"sent"}
