"""The mails of somebody to whom a place is offered, and of what became of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import (
    changed,
    golden,
    know_session,
    made,
    mails,
    only_mail,
    react,
)
from tests.services.notifications.mail_reading import page, read, words
from tests.services.notifications.releases import booking, change, know, moved, release, session
from tests.services.notifications.transport import Scripted, deliverer

BOOKING = golden("registration.registration_changed").data["bookings"][0] | {
    "session_version": None
}
OFFERED = BOOKING | {"status": "offered", "offer_expires_at": "2026-10-09T08:00:00+00:00"}
EXPIRED = BOOKING | {"status": "cancelled", "ended_for": "expired"}
DECLINED = BOOKING | {"status": "cancelled", "ended_for": "declined"}
WAITS = BOOKING | {"status": "waitlisted"}
OTHER = BOOKING | {"id": "01a1b2c3-0000-7000-8000-000000000022"}
MINE, SESSION = BOOKING["id"], BOOKING["session_id"]
WHAT = "Fabrique ton glacier, samedi 10 octobre à\u00a014\u00a0h"
LINK = "https://fds.example/registrations/pX3vJ8q2T0mZr5yWc9LdAg"


def tell(context: ServiceContext, *bookings: Any, version: int = 9, **changes: Any) -> OutgoingMail:
    """Let notifications know what became of a registration; return the last mail."""
    know_session(context)
    values = {"bookings": list(bookings), "changed_bookings": [MINE]} | changes
    react(context, changed(version=version, **values))
    return mails(context)[-1]


def said(mail: OutgoingMail, kind: str = "plain") -> str:
    return " ".join(words(read(mail), kind).replace("\u00a0", " ").replace("\u202f", " ").split())


def test_an_offer_says_until_when_and_where_to_answer(context: ServiceContext) -> None:
    mail = tell(context, OFFERED)
    assert (mail.template, mail.subject) == (
        "registration_offered",
        f"Places proposées\u00a0: {WHAT}",
    )
    for kind in ("plain", "html"):
        text = said(mail, kind)
        assert "Des places vous sont proposées" in text
        assert "acceptez-les d’ici au vendredi 9 octobre à 10 h. Sans réponse, elles iront" in text
        assert "À accepter d’ici au vendredi 9 octobre à 10 h." in text
        assert "Places proposées" in text
        assert "Accepter ou décliner" in text
        assert "Suivre ce lien ne décide encore de rien" in text
        assert "code QR" not in text
    assert LINK in said(mail)


def test_an_offer_is_written_in_the_readers_language(context: ServiceContext) -> None:
    mail = tell(context, OFFERED, locale="en")
    assert mail.subject == "Places for you: Build your own glacier, Saturday 10 October, 14:00"
    assert "accept them by Friday 9 October, 10:00. Without an answer," in said(mail)
    assert "[Seats offered]" in said(mail)
    assert "Accept or decline: " + LINK in said(mail)


def test_one_place_is_spoken_of_as_one(context: ServiceContext) -> None:
    alone = {"seats": 1, "party": {"adults": 1}}
    mail = tell(context, OFFERED | alone)
    assert mail.subject == f"Place proposée\u00a0: {WHAT}"
    assert "Une place vous est proposée" in said(mail)
    assert "[Place proposée]" in said(mail)
    assert "acceptez-la d’ici au vendredi 9 octobre à 10 h. Sans réponse, elle ira" in said(mail)
    mail = tell(context, EXPIRED | alone, version=10, status="cancelled")
    assert mail.subject == f"Place plus proposée\u00a0: {WHAT}"
    assert "La place n’est plus proposée" in said(mail)
    assert "la place qui vous était proposée est passée à quelqu’un d’autre" in said(mail)


def test_places_for_wheelchairs_count_among_those_offered(context: ServiceContext) -> None:
    mail = tell(context, OFFERED | {"seats": 1, "wheelchairs": 1})
    assert "Des places vous sont proposées" in said(mail)


def test_an_offer_beside_something_confirmed_keeps_the_ticket(context: ServiceContext) -> None:
    mail = tell(context, OTHER, OFFERED)
    assert (mail.template, "code QR" in said(mail)) == ("registration_offered", True)


def test_accepting_is_confirmed_like_any_registration(context: ServiceContext) -> None:
    tell(context, OFFERED)
    mail = tell(context, BOOKING, version=10)
    assert (mail.template, mail.subject) == (
        "registration_confirmed",
        f"Votre inscription\u00a0: {WHAT}",
    )
    assert "C’est noté, on vous attend" in said(mail)
    assert "Modifiée" not in said(mail)


def test_another_change_of_a_party_is_no_acceptance(context: ServiceContext) -> None:
    tell(context, BOOKING)
    assert tell(context, BOOKING, version=10).template == "registration_changed"


def test_an_offer_that_ran_out_is_told_with_the_way_back(context: ServiceContext) -> None:
    mail = tell(context, EXPIRED, status="cancelled")
    assert (mail.template, mail.subject) == (
        "registration_expired",
        f"Places plus proposées\u00a0: {WHAT}",
    )
    assert "Les places ne sont plus proposées" in said(mail)
    assert "sont passées à quelqu’un d’autre" in said(mail)
    assert "[Proposition expirée]" in said(mail)
    assert (
        f"Rejoindre la liste d’attente à nouveau : https://fds.example/register/{SESSION} "
        "Choisir une autre séance : https://fds.example/"
    ) in said(mail)
    assert f'href="https://fds.example/register/{SESSION}"' in page(read(mail), "html")
    assert "agenda" not in said(mail)


def test_what_else_somebody_has_stays_theirs_when_an_offer_runs_out(
    context: ServiceContext,
) -> None:
    mail = tell(context, OTHER, EXPIRED)
    assert mail.template == "registration_expired"
    assert f"https://fds.example/register/{SESSION}" in said(mail)
    assert "Gérer mon inscription" in said(mail)
    assert "code QR" in said(mail)


def test_declining_the_only_place_is_not_called_a_cancellation(context: ServiceContext) -> None:
    know_session(context)
    react(
        context,
        golden(
            "registration.registration_cancelled",
            version=9,
            status="cancelled",
            bookings=[DECLINED],
        ),
    )
    text = said(only_mail(context))
    assert only_mail(context).subject == f"Places déclinées\u00a0: {WHAT}"
    assert "Vous avez décliné les places" in text
    assert "les places qui vous étaient proposées vont à quelqu’un d’autre" in text
    assert "[Déclinée]" in text


def test_who_waits_reads_that_a_place_will_be_offered(context: ServiceContext) -> None:
    know_session(context)
    react(context, made(bookings=[WAITS]))
    assert only_mail(context).subject == f"Liste d’attente\u00a0: {WHAT}"
    text = said(only_mail(context))
    assert "Si une place se libère à votre tour, nous vous la proposerons" in text
    assert "Quittez la liste d’attente à cette adresse." in text
    assert "votre place servira" not in text


def test_a_release_tells_its_offer_with_all_else_that_it_changed(context: ServiceContext) -> None:
    before, other = session(), session(2, "Voir un muon")
    after = moved(before)
    know(context, after, other)
    offer = booking(other, status="offered", offer_expires_at="2026-10-09T08:00:00+00:00")
    event = release(
        change(before, after), bookings=[booking(after), offer], changed_bookings=[offer["id"]]
    )
    react(context, event)
    text = said(only_mail(context))
    assert "Des places vous sont aussi proposées, à accepter avant l’heure indiquée." in text
    assert "À accepter d’ici au vendredi 9 octobre à 10 h." in text
    assert "Accepter ou décliner :" in text


def test_an_offer_is_told_even_when_nothing_else_of_a_release_is_news(
    context: ServiceContext,
) -> None:
    same = session()
    know(context, same)
    offer = booking(same, status="offered", offer_expires_at="2026-10-09T08:00:00+00:00")
    event = release(change(same, same), bookings=[offer], changed_bookings=[offer["id"]])
    assert react(context, event)
    assert only_mail(context).template == "registration_offered"
    assert "acceptez-les d’ici au vendredi 9 octobre à 10 h." in said(only_mail(context))


END = datetime.fromisoformat(OFFERED["offer_expires_at"])
LATER = OFFERED | {"id": OTHER["id"], "offer_expires_at": (END + timedelta(hours=1)).isoformat()}


@pytest.mark.parametrize(
    ("offers", "expires_at"), [([OFFERED], END), ([OFFERED, LATER], END + timedelta(hours=1))]
)
def test_an_offer_is_not_sent_any_more_once_nobody_can_take_it(
    context: ServiceContext, clock: FrozenClock, offers: list[Any], expires_at: datetime
) -> None:
    tell(context, *offers, changed_bookings=[one["id"] for one in offers])
    clock.set(expires_at)
    transport = Scripted()
    deliverer(context, transport).deliver_all()
    mail = only_mail(context)
    assert (mail.status, mail.reason, mail.expires_at) == ("withdrawn", "expired", expires_at)
    assert transport.taken == []


def test_an_offer_leaves_until_its_last_moment(context: ServiceContext, clock: FrozenClock) -> None:
    tell(context, OFFERED)
    clock.set(END - timedelta(seconds=1))
    deliverer(context, Scripted()).deliver_all()
    assert only_mail(context).status == "sent"


def test_an_offer_that_is_over_when_it_is_heard_of_is_kept_unsent(
    context: ServiceContext, clock: FrozenClock
) -> None:
    clock.set(END)
    mail = tell(context, OFFERED)
    assert (mail.template, mail.status, mail.reason, mail.next_attempt_at) == (
        "registration_offered",
        "withdrawn",
        "expired",
        None,
    )
    assert tell(context, EXPIRED, version=10, status="cancelled").status == "queued"


def test_what_a_release_offered_too_late_is_kept_unsent(
    context: ServiceContext, clock: FrozenClock
) -> None:
    same = session()
    know(context, same)
    offer = booking(same, status="offered", offer_expires_at=OFFERED["offer_expires_at"])
    clock.set(END)
    event = release(change(same, same), bookings=[offer], changed_bookings=[offer["id"]])
    assert not react(context, event)
    assert (only_mail(context).status, only_mail(context).reason) == ("withdrawn", "expired")


def test_somebody_without_an_address_is_never_written_to(context: ServiceContext) -> None:
    know_session(context)
    for event in (
        made(email=None),
        changed(version=2, email=None, bookings=[OFFERED], changed_bookings=[MINE]),
        changed(version=3, email=None, bookings=[EXPIRED], changed_bookings=[MINE]),
        golden("registration.registration_changed", version=4, email=None),
        golden("registration.registration_cancelled", version=5, email=None),
    ):
        react(context, event)
    assert mails(context) == []
