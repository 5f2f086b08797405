"""The mails about a session that is proposed in place of another: asked, accepted, kept."""

from typing import Any

import pytest

from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from tests.services.notifications.events import changed, mails, react
from tests.services.notifications.mail_reading import appointments, read, words
from tests.services.notifications.releases import (
    booking,
    change,
    know,
    moved,
    off,
    release,
    session,
)

UNTIL = "2026-10-09T08:00:00+00:00"
NOTE = "La salle du matin est trop petite."


def said(mail: OutgoingMail, kind: str = "plain") -> str:
    return " ".join(words(read(mail), kind).replace("\u00a0", " ").replace("\u202f", " ").split())


class Moving:
    """Somebody with a booking, and another session proposed in its place."""

    def __init__(self, context: ServiceContext) -> None:
        self.context = context
        first = session(1, "Voir un muon")
        second = moved(session(2, "Voir un muon"))
        know(context, first, second)
        self.old, self.new = booking(first), booking(second)
        self.new |= {"replaces": self.old["id"], "offer_note": None}
        self.version = 8

    def tell(self, old: dict[str, Any], new: dict[str, Any], **values: Any) -> OutgoingMail:
        self.version += 1
        bookings = [self.old | old, self.new | new]
        event = changed(version=self.version, bookings=bookings, **values)
        react(self.context, event)
        return mails(self.context)[-1]

    def propose(self, **values: Any) -> OutgoingMail:
        offer = {"status": "offered", "offer_expires_at": UNTIL, "offer_note": NOTE}
        return self.tell({}, offer, changed_bookings=[self.new["id"]], **values)


def test_a_proposal_tells_both_sessions_what_is_said_and_until_when(
    context: ServiceContext,
) -> None:
    mail = Moving(context).propose()
    assert mail.template == "registration_move_proposed"
    assert mail.subject.startswith("Autre séance proposée\u00a0: Voir un muon, ")
    for kind in ("plain", "html"):
        text = said(mail, kind)
        assert "L’organisateur vous propose une autre séance" in text
        assert "acceptez-la d’ici au vendredi 9 octobre à 10 h, ou gardez votre séance" in text
        assert f"L’organisateur vous dit : « {NOTE} »" in text
        assert text.index("Votre séance actuelle") < text.index("Séance proposée")
        assert "Accepter ou garder ma séance" in text
        assert "c’est votre tour" not in text
    assert "text/calendar" not in [part.get_content_type() for part in read(mail).walk()]


def test_a_proposal_is_written_in_the_readers_language(context: ServiceContext) -> None:
    mail = Moving(context).propose(locale="en")
    assert mail.subject.startswith("Another session proposed: ")
    assert "accept it by Friday 9 October, 10:00, or keep your present session." in said(mail)


def test_accepting_is_confirmed_in_one_mail_that_takes_the_old_entry_out_of_the_calendar(
    context: ServiceContext,
) -> None:
    moving = Moving(context)
    moving.propose()
    mail = moving.tell(
        {"status": "cancelled", "ended_for": "moved", "revision": 1},
        {"status": "confirmed", "revision": 1},
        changed_bookings=[moving.new["id"], moving.old["id"]],
    )
    assert (mail.template, len(mails(context))) == ("registration_moved", 2)
    assert "Vous avez changé de séance" in said(mail)
    assert "[Remplacée]" in said(mail)
    assert "Modifiée" not in said(mail)
    told = [one["STATUS"] for one in appointments(read(mail)).values()]
    assert sorted(told) == ["CANCELLED", "CONFIRMED"]


@pytest.mark.parametrize("reason", ["declined", "expired", "organiser"])
def test_whoever_stays_reads_that_nothing_changed(context: ServiceContext, reason: str) -> None:
    moving = Moving(context)
    moving.propose()
    ended = {"status": "cancelled", "ended_for": reason, "revision": 1}
    mail = moving.tell({}, ended, changed_bookings=[moving.new["id"]])
    assert mail.template == "registration_kept"
    assert "Vous gardez votre séance" in said(mail)
    assert "rien ne change" in said(mail)
    assert "[Déclinée]" not in said(mail)
    assert "[Annulée]" not in said(mail)


def test_another_party_is_confirmed_and_nothing_is_proposed_once_more(
    context: ServiceContext,
) -> None:
    moving = Moving(context)
    moving.propose()
    both = [moving.old["id"], moving.new["id"]]
    fewer = {"party": {"adults": 1}, "seats": 1, "revision": 1}
    offered = {"status": "offered", "offer_expires_at": UNTIL, "offer_note": NOTE}
    mail = moving.tell(fewer, fewer | offered, changed_bookings=both)
    assert mail.template == "registration_changed"
    assert "proposée" not in said(mail)
    assert said(mail).count("Votre groupe : 1 adulte") == 1


def test_a_party_that_the_other_session_cannot_hold_reads_of_its_own_session_alone(
    context: ServiceContext,
) -> None:
    moving = Moving(context)
    moving.propose()
    both = [moving.old["id"], moving.new["id"]]
    ended = {"status": "cancelled", "ended_for": "declined", "revision": 1}
    mail = moving.tell({"party": {"adults": 9}, "revision": 1}, ended, changed_bookings=both)
    assert mail.template == "registration_changed"
    assert "[Déclinée]" not in said(mail)


def test_when_the_own_session_is_at_another_hour_the_proposed_one_is_told_by_itself(
    context: ServiceContext,
) -> None:
    before, second = session(1, "Voir un muon"), moved(session(2, "Voir un muon"))
    after = moved(before)
    know(context, after, second)
    old = booking(after)
    offer = {"status": "offered", "offer_expires_at": UNTIL, "offer_note": NOTE}
    new = booking(second, replaces=old["id"], **offer)
    react(context, release(change(before, after), bookings=[old, new], changed_bookings=[]))
    mail = mails(context)[-1]
    assert (mail.template, mail.status) == ("programme_changed", "queued")
    for kind in ("plain", "html"):
        assert "Votre séance change" in said(mail, kind)
        assert "Places proposées" not in said(mail, kind)


def test_when_the_own_session_is_cancelled_the_proposed_one_can_still_be_accepted(
    context: ServiceContext,
) -> None:
    before, second = session(1, "Voir un muon"), moved(session(2, "Voir un muon"))
    after = off(before)
    know(context, after, second)
    old = booking(after, status="cancelled", ended_for="organiser", revision=1)
    offer = {"status": "offered", "offer_expires_at": UNTIL, "offer_note": NOTE}
    new = booking(second, replaces=old["id"], **offer)
    ended = [old["id"]]
    react(context, release(change(before, after), bookings=[old, new], changed_bookings=ended))
    for kind in ("plain", "html"):
        text = said(mails(context)[-1], kind)
        assert "Votre séance est annulée" in text
        assert "Places proposées" in text
        assert "Accepter ou décliner" in text


def test_a_proposal_that_stands_by_itself_is_an_offer_like_any(context: ServiceContext) -> None:
    moving = Moving(context)
    moving.propose()
    mail = moving.tell(
        {"status": "cancelled", "ended_for": "organiser"},
        {"status": "cancelled", "ended_for": "expired"},
        status="cancelled",
        changed_bookings=[moving.new["id"]],
    )
    assert mail.template == "registration_expired"
    assert "[Proposition expirée]" in said(mail)
