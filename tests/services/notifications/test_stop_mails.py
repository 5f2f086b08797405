"""Mails about stops of travelling exhibitions: who gets which words, and whom an answer reaches."""

from typing import Any

import pytest

from services.notifications.domain import stops
from services.notifications.domain.delivering import Deliverer
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.contracts.touring import SIDES, STEPS
from shared.testing.smtp import SmtpServer
from tests.services.notifications.events import IDENTITY, golden, mails
from tests.services.notifications.mail_reading import page, plain, read, words
from tests.services.notifications.test_smtp import smtp

THEO = {"email": "theo@vizille.example", "name": "Théo Blanc", "locale": "fr", "side": "host"}
STATE_AFTER = {"option": "optioned", "confirm": "confirmed", "refuse": "refused"}


def told(context: ServiceContext, **changes: Any) -> list[OutgoingMail]:
    """Let a step be told, and return the mails that wait."""
    with context.database.write() as db:
        stops.tell_stop(db, golden("scheduling.stop_moved", **changes), now=context.clock())
    return mails(context)


def test_each_recipient_is_told_once_of_the_stop_and_of_the_next_step(
    context: ServiceContext,
) -> None:
    event = golden("scheduling.stop_moved")
    for _ in range(2):
        with context.database.write() as db:
            stops.tell_stop(db, event, now=context.clock())
    (mail,) = mails(context)
    message = read(mail)

    assert (mail.recipient, plain(mail.subject)) == (
        "theo@vizille.example",
        "Option posée : Glaciers d’ici, Vizille",
    )
    assert plain(page(message, "plain")).splitlines() == [
        "Glaciers d’ici",
        "",
        "L’exposition est retenue pour cette étape jusqu’au mardi 30 juin 2026 inclus : d’ici là, "
        "personne d’autre ne peut la prendre.",
        "",
        "----------------------------------------",
        "En option",
        "Où : Médiathèque de Vizille, Vizille",
        "Ouverte au public : du 2 au 11 octobre 2026",
        "Livraison : jeudi 1er octobre 2026 à 9 h 00",
        "Enlèvement : lundi 12 octobre 2026 à 10 h 00",
        "Reçue par : Médiathèque de Vizille",
        "Prêtée par : Muséum de Grenoble",
        "Option jusqu’au : mardi 30 juin 2026",
        "Par : Lucie Ampère",
        "----------------------------------------",
        "",
        "Ouvrir l’étape :",
        mail.content["link"],
        "",
        "La page demande de se connecter. Sans compte, répondez simplement à ce courriel.",
        "",
        "--",
        "Muséum de Grenoble",
        "Vous recevez ce courriel parce que vous prêtez, demandez ou recevez cette exposition.",
        "Une question ? Répondez à ce courriel ou écrivez à expositions@museum.example.",
    ]
    assert message["Reply-To"] == "expositions@museum.example"
    assert message["From"].addresses[0].display_name == "Muséum de Grenoble"


def test_the_end_of_an_option_is_told_to_both_sides_in_their_language(
    context: ServiceContext,
) -> None:
    event = golden("scheduling.stop_option_reminded")
    with context.database.write() as db:
        stops.remind_of_option(db, event, now=context.clock())
    found = {mail.recipient: mail for mail in mails(context)}

    assert {
        name: (plain(mail.subject), read(mail)["Reply-To"]) for name, mail in found.items()
    } == {
        "mediation@museum.example": (
            "L’option se termine le mardi 30 juin 2026 : Glaciers d’ici, Vizille",
            "theo@vizille.example",
        ),
        "emmy@museum.example": (
            "The option ends on Tuesday 30 June 2026: Glaciers d’ici, Vizille",
            "theo@vizille.example",
        ),
        "theo@vizille.example": (
            "L’option se termine le mardi 30 juin 2026 : Glaciers d’ici, Vizille",
            "expositions@museum.example",
        ),
    }
    html = words(read(found["emmy@museum.example"]), "html")
    assert "Unless the stop is confirmed by then, the exhibition is free for others again." in html


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_its_words_for_every_side_in_both_languages(
    sqlite_context: ServiceContext, step: str
) -> None:
    recipients = [
        {**THEO, "email": f"{side}.{locale}@vizille.example", "side": side, "locale": locale}
        for side in SIDES
        for locale in ("fr", "en")
    ]
    state = STATE_AFTER.get(step, "requested")
    found = told(sqlite_context, step=step, state=state, recipients=recipients)

    subjects = {mail.subject for mail in found}
    leads = {plain(page(read(mail), "plain")).splitlines()[2] for mail in found}
    ways = 4 if step == "request" else 2
    assert (len(subjects), len(leads)) == (ways, ways)
    assert not [text for text in subjects | leads if "%(" in text]


def test_what_people_write_cannot_run_or_break_a_header(sqlite_context: ServiceContext) -> None:
    bad = "<b>Glaciers</b>\r\nBcc: all@example.org"
    (mail,) = told(sqlite_context, exhibition=bad, lender=bad, venue=bad, commune=None)
    message = read(mail)

    assert "Bcc" not in message
    assert "<b>Glaciers" not in page(message, "html")


def test_they_arrive_through_a_real_server(
    sqlite_context: ServiceContext, smtp_server: SmtpServer
) -> None:
    told(sqlite_context)
    with smtp(smtp_server.url) as transport:
        Deliverer(sqlite_context.database, transport, IDENTITY, sqlite_context.clock).deliver_all()

    assert [str(message["To"].addresses[0].addr_spec) for message in smtp_server.messages] == [
        "theo@vizille.example"
    ]
