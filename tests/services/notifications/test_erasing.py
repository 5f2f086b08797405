"""A registration that was erased leaves nothing of anybody here, and does not come back."""

import json
from dataclasses import replace
from threading import Thread
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.notifications.domain import erasing, links, messages, registrations
from services.notifications.domain.addresses import UnusableAddress
from services.notifications.domain.claiming import claim_due
from services.notifications.domain.composing import compose
from services.notifications.domain.delivering import Deliverer
from services.notifications.domain.erased_letters import ON_ITS_WAY, remove_letters
from services.notifications.domain.retrying import NothingToRetry, retry_mail
from services.notifications.domain.settling import ClaimLost, hand_over
from services.notifications.domain.transports import EmlFolder
from services.notifications.models import Base
from shared.contracts.registration import LINKS_REQUESTED, REGISTRATION_MADE
from shared.identifiers import new_id
from shared.messaging.handlers import Handler
from shared.messaging.inbox import Inbox
from shared.messaging.tables import INBOX
from shared.testing.contexts import make_context
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
    released,
)

#: Whom the golden events are about.
PERSON = made().data
TRACES = [PERSON["email"], PERSON["name"], PERSON["token"], PERSON["code"]]


def erased(*ids, needs=()):
    """Return the event that says whose data is gone."""
    return golden(
        "registration.registrations_erased",
        registrations=[str(one) for one in ids],
        needs=list(needs),
    )


def forget(context, envelope):
    with context.database.write() as db:
        erasing.forget(db, envelope, now=context.clock())


def everything(context):
    """Return every value of every column of every table, written out."""
    with context.database.read() as db:
        rows = [dict(row) for table in Base.metadata.sorted_tables for row in _rows(db, table)]
    return json.dumps(rows, default=str, ensure_ascii=False)


def _rows(db, table):
    return db.execute(sa.select(table)).mappings()


def traces(text):
    return [trace for trace in TRACES if trace in text]


def test_what_was_kept_of_a_person_is_gone_and_that_there_was_mail_is_not(context):
    know_session(context)
    envelope = made()
    react(context, envelope)
    react(context, changed(version=envelope.aggregate_version + 1))
    assert traces(everything(context)) == TRACES

    forget(context, erased(envelope.aggregate_id))

    assert traces(everything(context)) == []
    assert [(mail.recipient, mail.subject, mail.content) for mail in mails(context)] == [
        ("", "", {})
    ] * 2
    assert [(mail.status, mail.reason) for mail in mails(context)] == [("withdrawn", "erased")] * 2
    assert [mail.template for mail in mails(context)] == [
        "registration_confirmed",
        "registration_changed",
    ]


@pytest.mark.parametrize("late", [made, changed, cancelled, released])
def test_an_event_that_comes_after_the_erasure_brings_nobody_back(context, late):
    know_session(context)
    envelope = late()
    forget(context, erased(envelope.aggregate_id))

    assert react(context, envelope) is False
    assert mails(context) == []
    assert traces(everything(context)) == []


def test_what_organisers_wrote_to_somebody_goes_too_and_does_not_come_late(context):
    written = golden("registration.message_written")
    registration = UUID(written.data["registration_id"])
    said = [written.data[name] for name in ("email", "name", "token", "text", "subject")]

    with context.database.write() as db:
        assert messages.tell_message(db, written, now=context.clock())
    forget(context, erased(registration))

    assert [words for words in said if words in everything(context)] == []
    with context.database.write() as db:
        again = replace(written, id=new_id())
        assert messages.tell_message(db, again, now=context.clock()) is False


def test_a_message_that_was_blanked_before_it_came_is_sent_to_nobody(context):
    written = golden("registration.message_written", email="", name="", token="", text="")
    with context.database.write() as db:
        assert messages.tell_message(db, written, now=context.clock()) is False
    assert mails(context) == []


def test_links_that_were_set_aside_go_with_each_registration_that_they_list(context):
    handler = Handler("notifications", "tell_links", LINKS_REQUESTED, "reaction")
    inbox = Inbox(context.database, context.clock)
    asked = golden("registration.links_requested")
    message = asked.to_json() | {
        "aggregate_id": str(new_id()),
        "occurred_at": context.clock().isoformat(),
        "expires_at": None,
    }
    inbox.receive(handler, message, fail)
    [*_others, listed] = asked.data["registrations"]
    forget(context, erased(new_id()))
    assert asked.data["email"] in everything(context)

    forget(context, erased(listed["registration_id"]))

    assert asked.data["email"] not in everything(context)
    assert listed["token"] not in everything(context)


def test_a_mail_with_the_links_of_several_registrations_goes_with_each_of_them(context):
    know_session(context)
    asked = golden("registration.links_requested", email=PERSON["email"])
    mine = made()
    react(context, mine)
    with context.database.write() as db:
        assert links.tell_links(db, asked, now=context.clock())

    forget(context, erased(mine.aggregate_id))

    assert [(mail.recipient, mail.content) for mail in mails(context)] == [("", {})] * 2


def test_an_event_that_was_set_aside_is_dropped(context):
    handler = Handler("notifications", "confirm_registration", REGISTRATION_MADE, "reaction")
    inbox = Inbox(context.database, context.clock)
    now = context.clock()

    def confirm(db, envelope):
        return registrations.confirm_registration(db, envelope, now=now)

    late, other = made(), made(id=str(new_id()), name="Dominique Faure")
    messages = [
        late.to_json() | {"occurred_at": now.isoformat()},
        other.to_json() | {"aggregate_id": other.data["id"], "occurred_at": now.isoformat()},
    ]
    assert [inbox.receive(handler, one, confirm) for one in messages] == ["parked", "parked"]

    forget(context, erased(late.aggregate_id))

    with context.database.read() as db:
        kept = db.execute(sa.select(INBOX.c.status, INBOX.c.payload).order_by(INBOX.c.status)).all()
    assert [(row.status, row.payload and row.payload["data"]["name"]) for row in kept] == [
        ("done", None),
        ("parked", "Dominique Faure"),
    ]


def test_an_event_that_was_being_set_aside_meanwhile_is_dropped_when_it_is_tried_again(context):
    handler = Handler("notifications", "confirm_registration", REGISTRATION_MADE, "reaction")
    inbox = Inbox(context.database, context.clock)
    envelope = made()
    message = envelope.to_json() | {"occurred_at": context.clock().isoformat()}

    def confirm(db, event):
        return registrations.confirm_registration(db, event, now=context.clock())

    forget(context, erased(envelope.aggregate_id))
    inbox.receive(handler, message, fail)
    context.clock.advance(minutes=1)

    assert inbox.retry_due({handler.name: (handler, confirm)}) == ["done"]
    assert traces(everything(context)) == []


def fail(_db, _envelope):
    raise RuntimeError("the database was away for a moment")


def test_saying_it_again_changes_nothing_and_the_others_keep_theirs(context):
    know_session(context)
    mine, other = made(), made(email="dominique@example.org", name="Dominique Faure")
    react(context, mine)
    react(context, replace(other, aggregate_id=new_id()))
    forget(context, erased(mine.aggregate_id))
    after_once = everything(context)

    forget(context, erased(mine.aggregate_id))

    assert everything(context) == after_once
    assert [mail.recipient for mail in mails(context)] == ["", "dominique@example.org"]


def test_a_mail_that_is_leaving_is_called_back_unless_it_may_have_left(sqlite_context):
    context = sqlite_context
    know_session(context)
    envelope = made()
    react(context, envelope)
    [held] = claim_due(context.database, now=context.clock(), most=5)

    forget(context, erased(envelope.aggregate_id))

    with pytest.raises(ClaimLost):
        hand_over(context.database, held, now=context.clock())
    assert (only_mail(context).status, only_mail(context).sent_at) == ("withdrawn", None)


def test_a_mail_whose_data_were_ended_is_of_unknown_fate(sqlite_context):
    context = sqlite_context
    know_session(context)
    envelope = made()
    react(context, envelope)
    [held] = claim_due(context.database, now=context.clock(), most=5)
    hand_over(context.database, held, now=context.clock())

    forget(context, erased(envelope.aggregate_id))

    assert only_mail(context).status == "unknown"
    with pytest.raises(NothingToRetry), context.database.write() as db:
        retry_mail(db, only_mail(context).id, now=context.clock(), even_twice=True)
    with pytest.raises(UnusableAddress):
        compose(only_mail(context), IDENTITY)


def test_the_files_of_erased_mails_go_even_one_that_was_being_written(sqlite_context, tmp_path):
    context = sqlite_context
    know_session(context)
    envelope = made()
    react(context, envelope)
    folder = EmlFolder(tmp_path / "mail")
    Deliverer(context.database, folder, IDENTITY, context.clock).deliver_all()
    [file] = folder.folder.iterdir()
    letter = file.read_bytes()
    assert PERSON["email"].encode() in letter

    forget(context, erased(envelope.aggregate_id))
    assert clean(context, folder) == [1, 0]
    assert list(folder.folder.iterdir()) == []

    file.write_bytes(letter)  # whoever held the mail wrote it after all
    context.clock.advance(seconds=ON_ITS_WAY.total_seconds())
    assert clean(context, folder) == [1, 0]
    assert list(folder.folder.iterdir()) == []
    context.clock.advance(seconds=ON_ITS_WAY.total_seconds())
    assert clean(context, folder) == [0]


def clean(context, folder):
    looked = []
    while not looked or looked[-1]:
        looked.append(remove_letters(context.database, folder.folder, now=context.clock()))
    return looked


def test_access_needs_alone_are_forgotten_where_they_alone_are_over(context, tmp_path):
    know_session(context)
    envelope = made()
    [booking] = envelope.data["bookings"]
    needy = made(bookings=[booking | {"wheelchairs": 2, "session_version": None}])
    react(context, needy)
    folder = EmlFolder(tmp_path / "mail")
    Deliverer(context.database, folder, IDENTITY, context.clock).deliver_all()
    [file] = folder.folder.iterdir()
    needs = [{"registration_id": str(needy.aggregate_id), "bookings": [booking["id"]]}]

    forget(context, erased(needs=needs))

    mail = only_mail(context)
    assert [one["wheelchairs"] for one in mail.content["registration"]["bookings"]] == [0]
    assert (mail.recipient, mail.erased_at) == (PERSON["email"], None)
    assert "fauteuil" not in compose(mail, IDENTITY).get_body(("plain",)).get_content()
    assert (clean(context, folder), file.exists()) == ([1, 0], False)  # the letter told them


def test_who_takes_an_event_while_the_person_is_erased_waits_or_is_blanked(postgresql_url):
    """Two transactions at once: whichever is first, nothing is left."""
    context = make_context("notifications", postgresql_url)
    know_session(context)
    envelope = made()
    erasing_event = erased(envelope.aggregate_id)
    with context.database.write() as db:
        registrations.confirm_registration(db, envelope, now=context.clock())
        other = Thread(target=forget, args=(context, erasing_event))
        other.start()
    other.join()

    assert [mail.recipient for mail in mails(context)] == [""]
    context.database.dispose()
