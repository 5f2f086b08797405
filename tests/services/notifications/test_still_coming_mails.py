"""The mails of sessions whose organiser asks who still comes."""

from typing import Any

from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from tests.services.notifications.events import (
    changed,
    golden,
    know_session,
    made,
    mails,
    only_mail,
    react,
)
from tests.services.notifications.mail_reading import read, words

BOOKING = golden("registration.registration_changed").data["bookings"][0] | {
    "session_version": None
}
ASKED = BOOKING | {"answer_by": "2026-10-09T08:00:00+00:00"}
ENDED = BOOKING | {"status": "cancelled", "ended_for": "unanswered", "revision": 1}
OTHER = BOOKING | {"id": "01a1b2c3-0000-7000-8000-000000000022"}


def tell(context: ServiceContext, **changes: Any) -> OutgoingMail:
    """Let notifications know what became of a registration; return the last mail."""
    know_session(context)
    react(context, changed(version=9, **changes))
    return mails(context)[-1]


def test_whoever_is_asked_reads_until_when_and_where_to_answer(context: ServiceContext) -> None:
    mail = tell(context, bookings=[OTHER, ASKED], asked_bookings=[ASKED["id"]])
    assert (mail.template, mail.subject) == (
        "registration_asked",
        "Venez-vous toujours\u202f? Fabrique ton glacier, samedi 10 octobre à\u00a014\u00a0h",
    )
    said = words(read(mail), "plain")
    assert "Dites-nous d’ici au vendredi 9 octobre à\u00a010\u00a0h si vous venez toujours." in said
    assert said.count("Fabrique ton glacier") == 1
    assert "Dire si je viens\u00a0:" in said
    assert "https://fds.example/registrations/pX3vJ8q2T0mZr5yWc9LdAg" in said


def test_the_question_is_in_the_readers_language(context: ServiceContext) -> None:
    mail = tell(context, locale="en", bookings=[ASKED], asked_bookings=[ASKED["id"]])
    assert (
        mail.subject == "Are you still coming? Build your own glacier, Saturday 10 October, 14:00"
    )
    assert "Please tell us by Friday 9 October, 10:00 whether you are still coming." in words(
        read(mail), "plain"
    )


def test_another_mail_about_somebody_who_was_asked_repeats_the_question(
    context: ServiceContext,
) -> None:
    know_session(context)
    react(context, made(version=8))
    mail = tell(context, bookings=[ASKED], changed_bookings=[ASKED["id"]])
    assert mail.template == "registration_changed"
    assert "Dites-nous d’ici au vendredi 9 octobre" in words(read(mail), "plain")


def test_whoever_did_not_answer_reads_that_the_seats_are_gone(context: ServiceContext) -> None:
    mail = tell(context, status="cancelled", bookings=[ENDED], changed_bookings=[ENDED["id"]])
    assert (mail.template, mail.subject) == (
        "registration_released",
        "Places rendues\u00a0: Fabrique ton glacier, samedi 10 octobre à\u00a014\u00a0h",
    )
    said = words(read(mail), "plain")
    assert "Vos places sont rendues" in said
    assert "Choisir une autre séance\u00a0:" in said


def test_what_else_somebody_booked_stays_theirs(context: ServiceContext) -> None:
    mail = tell(context, bookings=[OTHER, ENDED], changed_bookings=[ENDED["id"]])
    said = words(read(mail), "plain")
    assert "Une partie de vos places est rendue" in said
    assert "Gérer mon inscription" in said


def test_whoever_left_no_address_is_not_written_to(context: ServiceContext) -> None:
    know_session(context)
    react(context, made())
    react(context, changed(version=9, email=None, bookings=[ASKED], asked_bookings=[ASKED["id"]]))
    assert only_mail(context).template == "registration_confirmed"
