"""Which mail a release asks for: one for each registration, with its changes and no others."""

import pytest

from services.notifications.domain.claiming import claim_due
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.contracts.event import ContractError
from shared.messaging.handlers import Parked
from tests.services.notifications.events import (
    cancelled,
    changed,
    made,
    mails,
    only_mail,
    react,
)
from tests.services.notifications.releases import (
    AUDITORIUM,
    MUSEUM,
    booking,
    change,
    know,
    moved,
    off,
    release,
    session,
)

BEFORE = session()
AFTER = moved(BEFORE)
OTHER = session(2, "La nuit des chauves-souris")


def changed_sessions(mail: OutgoingMail) -> list[str]:
    """Return the ids of the sessions that a mail tells of as changed."""
    return [one["session_id"] for one in mail.content["changes"]]


@pytest.mark.parametrize(
    ("before", "after", "locale", "subject"),
    [
        (
            BEFORE,
            AFTER,
            "fr",
            "Changement d’horaire : Fabrique ton glacier, dimanche 11 octobre à 12 h",
        ),
        (
            BEFORE,
            BEFORE | {"space": AUDITORIUM},
            "fr",
            "Changement de lieu : Fabrique ton glacier, Médiathèque de Voiron, Auditorium",
        ),
        (
            BEFORE,
            AFTER | {"venue": MUSEUM, "space": None},
            "fr",
            "Changement d’horaire et de lieu : Fabrique ton glacier, dimanche 11 octobre à 12 h",
        ),
        (
            BEFORE,
            off(AFTER),
            "fr",
            "Séance annulée : Fabrique ton glacier, samedi 10 octobre à 14 h",
        ),
        (
            off(BEFORE),
            AFTER,
            "fr",
            "Séance rétablie : Fabrique ton glacier, dimanche 11 octobre à 12 h",
        ),
        (
            BEFORE,
            AFTER,
            "en",
            "Change of time: Fabrique ton glacier, Sunday 11 October, 12:00",
        ),
        (
            BEFORE,
            off(BEFORE),
            "en",
            "Session cancelled: Fabrique ton glacier, Saturday 10 October, 14:00",
        ),
    ],
)
def test_the_subject_says_what_changed(
    sqlite_context: ServiceContext, before: dict, after: dict, locale: str, subject: str
) -> None:
    know(sqlite_context, after)
    react(sqlite_context, release(change(before, after), locale=locale))
    assert only_mail(sqlite_context).subject.replace("\u00a0", " ") == subject


def test_several_changes_are_one_mail(context: ServiceContext) -> None:
    gone = off(OTHER)
    know(context, AFTER, gone)
    assert react(context, release(change(BEFORE, AFTER), change(OTHER, gone)))
    mail = only_mail(context)
    assert (mail.template, mail.recipient, mail.locale, mail.status, mail.subject) == (
        "programme_changed",
        "camille@example.org",
        "fr",
        "queued",
        "Changements dans votre programme\u00a0: 2 séances, Fête de la science 2026",
    )
    assert changed_sessions(mail) == [gone["id"], AFTER["id"]]


def test_a_long_title_leaves_the_subject_its_news(sqlite_context: ServiceContext) -> None:
    long = {"title": {"fr": "Comprendre " * 40, "en": None}}
    know(sqlite_context, AFTER | long)
    react(sqlite_context, release(change(BEFORE | long, AFTER | long)))
    assert only_mail(sqlite_context).subject.endswith("…, dimanche 11 octobre à\u00a012\u00a0h")


def test_the_same_release_twice_asks_for_one_mail(context: ServiceContext) -> None:
    know(context, AFTER)
    event = release(change(BEFORE, AFTER))
    assert [react(context, event), react(context, event)] == [True, False]
    assert len(mails(context)) == 1


def test_a_release_that_is_malformed_is_refused(sqlite_context: ServiceContext) -> None:
    know(sqlite_context, AFTER)
    with pytest.raises(ContractError):
        react(sqlite_context, release(change(BEFORE, AFTER) | {"version": "two"}))


def test_a_release_waits_for_the_sessions_that_it_changed(context: ServiceContext) -> None:
    know(context, BEFORE, version=1)
    event = release(change(BEFORE, AFTER, version=2))
    with pytest.raises(Parked):
        react(context, event)
    know(context, AFTER, version=2)
    assert react(context, event)
    assert only_mail(context).content["sessions"][AFTER["id"]]["starts_at"] == AFTER["starts_at"]


def test_a_confirmation_waits_for_the_session_that_was_booked(context: ServiceContext) -> None:
    know(context, BEFORE, version=1)
    event = made(bookings=[booking(AFTER, session_version=2)])
    with pytest.raises(Parked):
        react(context, event)
    know(context, AFTER, version=2)
    assert react(context, event)
    assert only_mail(context).content["sessions"][AFTER["id"]]["starts_at"] == AFTER["starts_at"]


def test_a_change_that_reads_the_same_is_not_told(context: ServiceContext) -> None:
    same = BEFORE | {"venue": BEFORE["venue"] | {"latitude": 45.0}}
    know(context, same, AFTER | {"id": OTHER["id"], "uid": OTHER["uid"]})
    other = AFTER | {"id": OTHER["id"], "uid": OTHER["uid"]}
    react(context, release(change(BEFORE, same), change(OTHER, other)))
    assert changed_sessions(only_mail(context)) == [OTHER["id"]]


def test_when_all_reads_the_same_the_mail_is_kept_unsent(context: ServiceContext) -> None:
    same = BEFORE | {"venue": BEFORE["venue"] | {"latitude": 45.0}}
    know(context, same)
    assert react(context, release(change(BEFORE, same))) is False
    mail = only_mail(context)
    assert (mail.status, mail.reason, mail.next_attempt_at) == ("withdrawn", "unchanged", None)
    assert claim_due(context.database, now=context.clock(), most=5) == []


def test_a_later_release_that_is_known_already_is_told_at_once_and_once(
    context: ServiceContext,
) -> None:
    last = moved(AFTER, hours=24)
    know(context, last, version=3)
    react(context, release(change(BEFORE, AFTER, version=2), version=2))
    react(context, release(change(AFTER, last, version=3), version=3))
    first, second = mails(context)
    assert "lundi 12 octobre" in first.subject
    assert first.content["changes"][0]["before"]["starts_at"] == BEFORE["starts_at"]
    assert (second.status, second.reason) == ("withdrawn", "unchanged")


def test_after_news_that_ran_ahead_the_next_begins_where_it_ended(
    context: ServiceContext,
) -> None:
    third, fourth = moved(AFTER, hours=24), moved(AFTER, hours=48)
    know(context, third, version=3)
    react(context, release(change(BEFORE, AFTER, version=2), version=2))
    know(context, fourth, version=4)
    react(context, release(change(AFTER, fourth, version=4), version=3))
    [change_told] = mails(context)[1].content["changes"]
    assert change_told["before"]["starts_at"] == third["starts_at"]


def test_what_went_there_and_back_before_anybody_was_told_is_no_news(
    context: ServiceContext,
) -> None:
    know(context, BEFORE, version=3)
    react(context, release(change(BEFORE, AFTER, version=2), version=2))
    react(context, release(change(AFTER, BEFORE, version=3), version=3))
    assert [mail.status for mail in mails(context)] == ["withdrawn", "withdrawn"]


def test_who_was_shown_what_lay_between_is_told_that_it_is_gone(context: ServiceContext) -> None:
    know(context, AFTER, version=2)
    react(context, made(version=1, bookings=[booking(AFTER)]))  # registration knew BEFORE only
    know(context, BEFORE, version=3)
    assert react(context, release(change(BEFORE, BEFORE, version=3), version=2))
    [told] = mails(context)[1].content["changes"]
    assert told["before"]["starts_at"] == AFTER["starts_at"]


def test_who_registered_around_a_release_is_told_of_it_although_the_confirmation_knew(
    context: ServiceContext,
) -> None:
    know(context, AFTER, version=2)
    react(context, made(version=1, bookings=[booking(AFTER, session_version=1)]))
    assert react(context, release(change(BEFORE, AFTER, version=2), version=2))


def test_a_newer_mail_does_not_silence_a_release(context: ServiceContext) -> None:
    know(context, AFTER, OTHER)
    smaller = booking(AFTER, party={"adults": 1}, revision=1)
    react(context, changed(version=3, bookings=[smaller, booking(OTHER)]))
    event = release(change(BEFORE, AFTER), bookings=[booking(AFTER), booking(OTHER)], version=2)
    assert react(context, event)
    late = mails(context)[1]
    assert (late.template, changed_sessions(late)) == ("programme_changed", [AFTER["id"]])
    assert late.content["registration"]["bookings"][0]["party"] == {"adults": 1}


def test_what_was_given_up_meanwhile_is_no_news(context: ServiceContext) -> None:
    know(context, AFTER, OTHER)
    given_up = booking(AFTER, status="cancelled", revision=1)
    react(context, changed(version=3, bookings=[given_up, booking(OTHER)]))
    event = release(change(BEFORE, AFTER), bookings=[booking(AFTER), booking(OTHER)], version=2)
    assert react(context, event) is False


def test_who_cancelled_everything_meanwhile_is_left_alone(context: ServiceContext) -> None:
    know(context, AFTER)
    react(context, cancelled(version=3, bookings=[booking(AFTER, status="cancelled")]))
    assert react(context, release(change(BEFORE, AFTER), version=2)) is False
    assert len(mails(context)) == 1


def test_a_confirmation_that_comes_after_unsent_news_is_sent(context: ServiceContext) -> None:
    know(context, BEFORE)
    react(context, release(change(BEFORE, BEFORE), version=2))
    assert react(context, made(version=1, bookings=[booking(BEFORE)]))


def test_a_release_is_in_the_conversation_of_its_registration(context: ServiceContext) -> None:
    know(context, AFTER)
    react(context, made(version=1, bookings=[booking(AFTER)]))
    react(context, release(change(BEFORE, AFTER), version=2))
    first, second = mails(context)
    assert second.content["references"] == [first.message_id]


def test_a_cancelled_session_stays_cancelled_for_those_whose_booking_it_ended(
    context: ServiceContext,
) -> None:
    know(context, AFTER, version=3)  # it is on again, but the bookings are gone
    react(context, release(change(BEFORE, off(BEFORE), version=2)))
    assert only_mail(context).subject.startswith("Séance annulée")


def test_the_events_of_before_releases_are_told_as_ever(context: ServiceContext) -> None:
    know(context, BEFORE)
    event = changed(bookings=[booking(BEFORE)])
    for name in ("session_changes", "release_id"):
        del event.data[name]
    del event.data["bookings"][0]["session_version"]
    assert react(context, event)
    assert only_mail(context).template == "registration_changed"
