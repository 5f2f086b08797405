"""Mails to those who take part in sessions that a release changed."""

from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import given, settings

from services.notifications.domain.composing import letter_of
from services.notifications.domain.subjects import partner_subject
from services.notifications.domain.templates import SESSIONS_RESCHEDULED
from services.notifications.domain.text_safety import one_line
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.testing.contexts import NOW, FrozenClock
from tests.services.notifications.events import IDENTITY, mails, only_mail
from tests.services.notifications.mail_reading import page, plain, read, types, words
from tests.services.notifications.partner_events import (
    SESSION,
    WINDOW,
    Data,
    change,
    later,
    off,
    rescheduled,
    tell,
    there,
)
from tests.services.notifications.test_composing_mails import EXPECTED_HEADERS, HOSTILE

OTHER = {**later(SESSION, 26), "title": {"fr": "Voir un muon", "en": "See a muon"}}


def told(context: ServiceContext, *changes: Data, **recipient: str) -> EmailMessage:
    """Return the mail about these changes."""
    event = rescheduled(*changes)
    event.data["recipient"] |= recipient
    assert tell(context, event)
    return read(only_mail(context))


def test_the_whole_text(sqlite_context: ServiceContext) -> None:
    message = told(
        sqlite_context,
        change(SESSION, there(later(SESSION)), roles=["presenter", "resource"], lent=["Mallette"]),
        change(OTHER, off(OTHER), "2", roles=["organisation"]),
    )
    assert plain(only_mail(sqlite_context).subject) == (
        "Programme modifié : 2 séances, Fête de la science 2026"
    )
    assert plain(page(message, "plain")) == (
        "Le programme change\n"
        "\n"
        "Bonjour Inès Moreau, 2 séances qui vous concernent changent. Voici ce qui était prévu et "
        "ce qui l’est maintenant. Les personnes inscrites sont prévenues de leur côté.\n"
        "\n"
        "----------------------------------------\n"
        "[Nouvel horaire, nouveau lieu]\n"
        "Fabrique ton glacier\n"
        "Vous intervenez · Votre matériel : Mallette\n"
        "\n"
        "AVANT :\n"
        "  samedi 10 octobre 2026, 14 h – 15 h 30\n"
        "  Médiathèque de Voiron, Salle du Conte\n"
        "  1 place de la République\n"
        "  38500 Voiron\n"
        "MAINTENANT :\n"
        "  samedi 10 octobre 2026, 16 h – 17 h 30\n"
        "  Muséum de Grenoble\n"
        "  1 rue Dolomieu\n"
        "  38000 Grenoble\n"
        "\n"
        "Voir la page de la séance :\n"
        "https://fds.example/sessions/01a1b2c3-0000-7000-8000-000000000001\n"
        "\n"
        "----------------------------------------\n"
        "[Séance annulée]\n"
        "Voir un muon\n"
        "Animation de votre structure\n"
        "\n"
        "Était prévue :\n"
        "  dimanche 11 octobre 2026, 16 h – 17 h 30\n"
        "  Médiathèque de Voiron, Salle du Conte\n"
        "  1 place de la République\n"
        "  38500 Voiron\n"
        "\n"
        "Voir la page de la séance :\n"
        "https://fds.example/sessions/01a1b2c3-0000-7000-8000-000000000002\n"
        "\n"
        "----------------------------------------\n"
        "\n"
        "Cela pose un problème ? Répondez à ce courriel, sans attendre.\n"
        "\n"
        "--\n"
        "Fête de la science 2026\n"
        "Vous recevez ce courriel parce que vous prenez part à ces séances : lieu, intervention, "
        "structure ou prêt de matériel.\n"
        "Une question ? Répondez à ce courriel ou écrivez à coordination@fds.example.\n"
    )


def test_the_whole_text_in_english(sqlite_context: ServiceContext) -> None:
    message = told(sqlite_context, change(SESSION, later(SESSION), roles=["venue"]), locale="en")
    assert only_mail(sqlite_context).subject == (
        "Change of time: Build your own glacier, Saturday 10 October, 16:00"
    )
    assert plain(page(message, "plain")) == (
        "A session has a new time\n"
        "\n"
        "Hello Inès Moreau, one session at your venue changes. Here is what was planned, and what "
        "is planned now. Those who are registered are told separately.\n"
        "\n"
        "----------------------------------------\n"
        "[New time]\n"
        "Build your own glacier\n"
        "At your venue\n"
        "\n"
        "BEFORE:\n"
        "  Saturday 10 October 2026, 14:00 – 15:30\n"
        "NOW:\n"
        "  Saturday 10 October 2026, 16:00 – 17:30\n"
        "Same place:\n"
        "  Médiathèque de Voiron, Salle du Conte\n"
        "  1 place de la République\n"
        "  38500 Voiron\n"
        "\n"
        "See the page of the session:\n"
        "https://fds.example/sessions/01a1b2c3-0000-7000-8000-000000000001\n"
        "\n"
        "----------------------------------------\n"
        "\n"
        "Is this a problem? Answer this mail without delay.\n"
        "\n"
        "--\n"
        "Science Festival 2026\n"
        "You receive this mail because you take part in these sessions: as their venue, presenter "
        "or organisation, or by lending equipment.\n"
        "A question? Answer this mail or write to coordination@fds.example.\n"
    )


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (["venue"], "une séance dans votre lieu est annulée"),
        (["presenter"], "une séance où vous intervenez est annulée"),
        (["organisation"], "une séance de votre structure est annulée"),
        (["resource"], "une séance avec votre matériel est annulée"),
        (["venue", "presenter"], "une séance qui vous concerne est annulée"),
    ],
)
def test_each_reads_what_they_are_to_the_session(
    sqlite_context: ServiceContext, roles: list[str], said: str
) -> None:
    message = told(sqlite_context, change(SESSION, off(SESSION), roles=roles, lent=["Barnum"]))
    for kind in ("plain", "html"):
        assert said in plain(words(message, kind))


def test_the_page_says_what_the_text_says(sqlite_context: ServiceContext) -> None:
    message = told(sqlite_context, change(SESSION, later(SESSION)))
    said = plain(words(message, "html"))
    for expected in ("Nouvel horaire", "14 h – 15 h 30", "16 h – 17 h 30", "Vous intervenez"):
        assert expected in said
    assert types(message) == ["text/plain", "text/html"]


def test_the_headers_are_those_of_the_family(sqlite_context: ServiceContext) -> None:
    message = told(sqlite_context, change(SESSION, later(SESSION)))
    names = ("From", "To", "Reply-To", "Auto-Submitted", "In-Reply-To")
    assert {name: message[name] for name in names} == {
        "From": "Fête de la science 2026 <parvis@fds.example>",
        "To": "Inès Moreau <ines@labo.example>",
        "Reply-To": "coordination@fds.example",
        "Auto-Submitted": "auto-generated",
        "In-Reply-To": None,
    }


def test_news_wait_for_others(context: ServiceContext) -> None:
    tell(context, rescheduled(change(SESSION, later(SESSION))))
    mail = only_mail(context)
    assert (mail.status, mail.next_attempt_at) == ("queued", NOW + WINDOW)


def test_two_releases_within_the_window_are_one_mail_due_when_the_first_was(
    context: ServiceContext, clock: FrozenClock
) -> None:
    tell(context, rescheduled(change(SESSION, later(SESSION))))
    clock.advance(minutes=3)
    second = change(later(SESSION), there(later(SESSION)), roles=["venue"])
    tell(context, rescheduled(second, number=3))
    first, mail = mails(context)
    assert (first.status, first.reason, first.next_attempt_at) == ("withdrawn", "gathered", None)
    assert (mail.status, mail.next_attempt_at) == ("queued", NOW + WINDOW)
    [gathered] = mail.content["sessions"]
    assert gathered == {
        **second,
        "roles": ["presenter", "venue"],
        "before": SESSION,
        "since": 2,
        "number": 3,
    }


def test_what_is_undone_within_the_window_is_told_to_nobody(
    context: ServiceContext, clock: FrozenClock
) -> None:
    tell(context, rescheduled(change(SESSION, later(SESSION))))
    clock.advance(minutes=4)
    assert not tell(context, rescheduled(change(later(SESSION), SESSION), number=3))
    assert [(mail.status, mail.reason) for mail in mails(context)] == [
        ("withdrawn", "gathered"),
        ("withdrawn", "unchanged"),
    ]


@pytest.mark.parametrize(("hours", "waits"), [(23.9, False), (24.1, True), (-0.5, False)])
def test_a_cancellation_goes_at_once_when_the_session_is_near(
    context: ServiceContext, hours: float, waits: bool
) -> None:
    near = later(SESSION, (NOW + timedelta(hours=hours) - STARTS).total_seconds() / 3600)
    tell(context, rescheduled(change(near, there(near), "2")))
    context.clock.advance(minutes=1)  # type: ignore[attr-defined]
    tell(context, rescheduled(change(near, off(near)), number=3))
    mail = mails(context)[-1]
    assert mail.next_attempt_at == (NOW + WINDOW if waits else context.clock())
    assert len(mail.content["sessions"]) == 2


def test_a_large_release_is_one_mail_once_all_of_it_has_come(context: ServiceContext) -> None:
    parts = [rescheduled(change(SESSION, later(SESSION), str(n)), part=n, parts=3) for n in (2, 3)]
    for part in parts:
        tell(context, part)
        assert mails(context)[-1].next_attempt_at is None
    tell(context, rescheduled(change(SESSION, later(SESSION)), part=1, parts=3))
    *gathered, mail = mails(context)
    assert [one.reason for one in gathered] == ["gathered", "gathered"]
    assert (mail.next_attempt_at, len(mail.content["sessions"])) == (NOW + WINDOW, 3)


def test_who_is_told_in_two_editions_has_a_mail_from_each(context: ServiceContext) -> None:
    event = rescheduled(change(SESSION, later(SESSION)))
    tell(context, event)
    other = rescheduled(change(SESSION, later(SESSION), "2"))
    other.data["edition"] = {**other.data["edition"], "id": "01a1b2c3-0000-7000-8000-000000000999"}
    tell(context, other)
    assert [mail.status for mail in mails(context)] == ["queued", "queued"]


#: When the golden session begins.
STARTS = datetime.fromisoformat(SESSION["starts_at"])


@settings(deadline=None, max_examples=60)
@given(name=HOSTILE, title=HOSTILE.filter(str.strip), edition=HOSTILE, lent=HOSTILE)
def test_no_text_becomes_a_header(name: str, title: str, edition: str, lent: str) -> None:
    before = {**SESSION, "title": {"fr": title, "en": None}}
    event = rescheduled(change(before, later(before), roles=["resource"], lent=[lent]))
    recipient = {**event.data["recipient"], "name": name}
    content = {
        "edition": {**event.data["edition"], "name": {"fr": edition, "en": None}},
        "recipient": recipient,
        "sessions": event.data["sessions"],
        "references": ["1" * 32],
    }
    mail = OutgoingMail(
        template=SESSIONS_RESCHEDULED,
        recipient=recipient["email"],
        locale="fr",
        subject=one_line(partner_subject(content, "fr")),
        message_id="0" * 32,
        content=content,
        queued_at=NOW,
    )
    data = letter_of(mail, IDENTITY).data
    message = BytesParser(policy=policy.default).parsebytes(data)
    assert sorted(message.keys()) == sorted([*EXPECTED_HEADERS, "In-Reply-To", "References"])
    assert [one.addr_spec for one in message["To"].addresses] == ["ines@labo.example"]
    assert [one.addr_spec for one in message["From"].addresses] == ["parvis@fds.example"]
