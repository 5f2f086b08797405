"""A mail that confirms for the first time says so, whatever came before; a change is a change."""

from collections.abc import Callable
from typing import Any

import pytest

from services.notifications.domain.transports import Deferred, Failed, Outcome
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import changed, golden, know_session, made, mails, react
from tests.services.notifications.mail_reading import plain, read, words
from tests.services.notifications.releases import booking, know, session
from tests.services.notifications.transport import Scripted, deliverer

BOOKING = golden("registration.registration_made").data["bookings"][0] | {"session_version": None}
FEWER = BOOKING | {"party": {"adults": 1}, "seats": 1, "revision": 1}
MINE = [BOOKING["id"]]
WHAT = "Fabrique ton glacier, samedi 10 octobre à\u00a014\u00a0h"
CONFIRMS = f"Votre inscription\u00a0: {WHAT}"
CHANGES = f"Inscription modifiée\u00a0: {WHAT}"


def said(mail: OutgoingMail, kind: str = "plain") -> str:
    return plain(words(read(mail), kind))


def is_tagged(mail: OutgoingMail) -> bool:
    """Tell whether the mail calls something of it changed; both pages say the same."""
    text, html = ("Modifiée" in said(mail, kind) for kind in ("plain", "html"))
    assert text == html
    return text


def tell_change(context: ServiceContext, version: int, *bookings: Any, **values: Any) -> None:
    """Let notifications hear that bookings changed."""
    ids = [one["id"] for one in bookings]
    event = changed(
        version=version, **({"bookings": list(bookings), "changed_bookings": ids} | values)
    )
    react(context, event)


def last(context: ServiceContext) -> OutgoingMail:
    return mails(context)[-1]


def test_a_party_that_waited_is_confirmed_even_if_its_offer_was_never_told(
    context: ServiceContext,
) -> None:
    know_session(context)
    react(context, made(version=1, bookings=[BOOKING | {"status": "waitlisted"}]))
    tell_change(context, 3, BOOKING | {"revision": 2})
    mail = last(context)
    assert (mail.template, mail.subject) == ("registration_confirmed", CONFIRMS)
    assert "C’est noté, on vous attend" in said(mail)
    assert not is_tagged(mail)


def test_a_change_that_is_heard_of_before_the_registration_confirms_it(
    context: ServiceContext,
) -> None:
    know_session(context)
    tell_change(context, 2, FEWER)
    assert react(context, made(version=1)) is False
    [mail] = mails(context)
    assert (mail.template, mail.subject, is_tagged(mail)) == (
        "registration_confirmed",
        CONFIRMS,
        False,
    )


def test_what_was_told_confirmed_is_called_changed(context: ServiceContext) -> None:
    know_session(context)
    react(context, made(version=1))
    tell_change(context, 2, FEWER)
    mail = last(context)
    assert (mail.template, mail.subject, is_tagged(mail)) == (
        "registration_changed",
        CHANGES,
        True,
    )


def test_of_two_that_change_together_only_the_one_that_was_known_is_called_changed(
    context: ServiceContext,
) -> None:
    first, second = session(1, "Marées"), session(2, "Muons")
    know(context, first, second)
    known, offer = booking(first), booking(second)
    offered = offer | {"status": "offered", "offer_expires_at": "2026-10-09T08:00:00+00:00"}
    react(context, made(version=1, bookings=[known, offered]))
    tell_change(context, 2, known | {"party": {"adults": 1}}, offer)
    mail = last(context)
    text = said(mail)
    assert mail.template == "registration_confirmed"
    assert text.count("Modifiée") == 1
    assert text.index("[Modifiée]\nMarées") < text.index("Muons")


def test_after_a_corrected_address_only_later_changes_are_called_so(
    context: ServiceContext,
) -> None:
    know_session(context)
    react(context, made(version=1, email="camile@example.org"))
    tell_change(context, 2, BOOKING, changed_bookings=[], address_corrected=True)
    tell_change(context, 3, FEWER)
    assert [(mail.template, is_tagged(mail)) for mail in mails(context)[1:]] == [
        ("registration_confirmed", False),
        ("registration_changed", True),
    ]


def test_a_confirmation_that_was_refused_for_good_has_confirmed_nothing(
    context: ServiceContext,
) -> None:
    know_session(context)
    react(context, made(version=1))
    deliverer(context, Scripted(lambda: Failed("550 no such mailbox"))).deliver_all()
    tell_change(context, 2, FEWER)
    mail = last(context)
    assert (mail.template, is_tagged(mail)) == ("registration_confirmed", False)


def later() -> Outcome:
    return Deferred("451 later")


@pytest.mark.parametrize(
    ("plan", "fate", "subject", "tagged"),
    [
        ([later], "withdrawn", CONFIRMS, False),
        ([], "sent", CHANGES, True),
    ],
    ids=["held by the server", "sent before"],
)
def test_a_change_confirms_where_the_confirmation_before_it_never_goes_out(
    context: ServiceContext,
    clock: FrozenClock,
    plan: list[Callable[[], Outcome]],
    fate: str,
    subject: str,
    tagged: bool,
) -> None:
    know_session(context)
    react(context, made(version=1))
    delivering = deliverer(context, Scripted(*plan))
    delivering.deliver_all()
    tell_change(context, 2, FEWER)
    delivering.deliver_all()
    clock.advance(minutes=1)
    delivering.deliver_all()
    first, second = mails(context)
    assert [first.status, second.status] == [fate, "sent"]
    assert (second.subject, is_tagged(second)) == (subject, tagged)
    assert "Votre groupe : 1 adulte\n" in said(second)
    tell_change(context, 3, BOOKING | {"revision": 2})
    delivering.deliver_all()
    assert (last(context).subject, is_tagged(last(context))) == (CHANGES, True)


def test_a_confirmation_and_a_change_that_leave_together_are_what_they_are(
    context: ServiceContext,
) -> None:
    know_session(context)
    react(context, made(version=1))
    tell_change(context, 2, FEWER)
    transport = Scripted()
    deliverer(context, transport).deliver_all()
    assert len(transport.taken) == 2
    assert [(mail.subject, is_tagged(mail)) for mail in mails(context)] == [
        (CONFIRMS, False),
        (CHANGES, True),
    ]
