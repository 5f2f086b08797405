"""Which mails the events of the neighbours ask for: each one once."""

from datetime import timedelta

import pytest

from services.notifications.domain.composing import compose
from services.notifications.domain.sessions import keep_session, known_sessions
from services.notifications.domain.sign_ins import keep_revocation
from services.notifications.queries import is_revoked
from shared.context import ServiceContext
from shared.contracts.event import ContractError
from shared.messaging.handlers import Parked
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import (
    IDENTITY,
    cancelled,
    changed,
    golden,
    know_session,
    made,
    mails,
    only_mail,
    react,
    session_published,
)


def test_a_registration_is_confirmed(context: ServiceContext) -> None:
    know_session(context)
    react(context, made())
    mail = only_mail(context)
    assert (mail.template, mail.recipient, mail.locale, mail.status) == (
        "registration_confirmed",
        "camille@example.org",
        "fr",
        "queued",
    )
    assert mail.subject == (
        "Votre inscription\u00a0: Fabrique ton glacier, samedi 10 octobre à\u00a014\u00a0h"
    )


def test_the_subject_is_in_the_readers_language(context: ServiceContext) -> None:
    know_session(context)
    react(context, made(locale="en"))
    assert only_mail(context).subject == (
        "Your registration: Build your own glacier, Saturday 10 October, 14:00"
    )


def test_the_same_event_twice_asks_for_one_mail(context: ServiceContext) -> None:
    know_session(context)
    event = made()
    assert [react(context, event), react(context, event)] == [True, False]
    assert len(mails(context)) == 1


def test_a_registration_waits_for_its_session(context: ServiceContext) -> None:
    with pytest.raises(Parked):
        react(context, made())
    assert mails(context) == []


def test_a_malformed_event_is_refused(context: ServiceContext) -> None:
    know_session(context)
    with pytest.raises(ContractError):
        react(context, made(bookings="none"))


def test_a_change_and_a_cancellation_are_told(context: ServiceContext) -> None:
    know_session(context)
    react(context, made(version=1))
    react(context, changed(version=2))
    react(context, cancelled(version=3))
    assert [mail.template for mail in mails(context)] == [
        "registration_confirmed",
        "registration_changed",
        "registration_cancelled",
    ]


def test_mails_about_one_registration_are_one_conversation(context: ServiceContext) -> None:
    know_session(context)
    react(context, made(version=1))
    react(context, changed(version=2))
    first, second = mails(context)
    assert (first.content["references"], second.content["references"]) == ([], [first.message_id])


def test_a_corrected_address_gets_the_confirmation(context: ServiceContext) -> None:
    know_session(context)
    react(context, changed(email="camille@example.com", address_corrected=True))
    mail = only_mail(context)
    assert (mail.template, mail.recipient) == ("registration_confirmed", "camille@example.com")


def test_what_comes_after_something_newer_is_not_told(context: ServiceContext) -> None:
    know_session(context)
    react(context, changed(version=2))
    assert react(context, made(version=1)) is False
    assert only_mail(context).template == "registration_changed"


def test_an_older_session_never_replaces_a_newer_one(context: ServiceContext) -> None:
    new = session_published(version=2, title={"fr": "Le nouveau titre", "en": None})
    old = session_published(version=1, title={"fr": "L’ancien titre", "en": None})
    with context.database.write() as db:
        assert [keep_session(db, new), keep_session(db, old)] == [True, False]
    with context.database.read() as db:
        (known,) = known_sessions(db, [new.aggregate_id]).values()
    assert known["title"]["fr"] == "Le nouveau titre"


def test_a_way_in_is_mailed_while_it_is_good(context: ServiceContext, clock: FrozenClock) -> None:
    event = golden("scheduling.sign_in_requested")
    clock.set(event.occurred_at)
    assert react(context, event)
    mail = only_mail(context)
    assert (mail.template, mail.expires_at) == ("sign_in", event.expires_at)
    assert event.data["code"] not in mail.subject


@pytest.mark.parametrize("blanked", [{"link": None}, {"code": None}])
def test_a_blanked_way_in_is_not_mailed(
    context: ServiceContext, clock: FrozenClock, blanked: dict[str, None]
) -> None:
    event = golden("scheduling.sign_in_requested", **blanked)
    clock.set(event.occurred_at)
    assert react(context, event) is False


def test_an_expired_way_in_is_not_mailed(context: ServiceContext, clock: FrozenClock) -> None:
    event = golden("scheduling.sign_in_requested")
    clock.set(event.occurred_at + timedelta(minutes=15))
    assert react(context, event) is False
    assert mails(context) == []


def test_a_revoked_sign_in_is_remembered(context: ServiceContext) -> None:
    event = golden("scheduling.sign_in_revoked")
    with context.database.write() as db:
        keep_revocation(db, event)
        keep_revocation(db, event)
    with context.database.read() as db:
        assert is_revoked(db, event.aggregate_id)


def test_a_new_ticket_is_sent_with_the_reason_in_place_of_a_change(
    context: ServiceContext,
) -> None:
    know_session(context)
    react(context, changed(ticket_renewed=True, changed_bookings=[], locale="en"))
    mail = only_mail(context)
    assert mail.subject == "New ticket: Build your own glacier, Saturday 10 October, 14:00"
    body = compose(mail, IDENTITY).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Here is your new ticket\n" in text
    assert "the QR code that you received before will not be accepted any more" in text
