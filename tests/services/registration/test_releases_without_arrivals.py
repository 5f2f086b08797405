"""Releases whose sessions were taken before arrivals were noted, such as by an older Parvis."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.registration.domain.releases import close_release
from services.registration.models import Release
from shared.identifiers import new_id
from shared.messaging.handlers import Parked
from shared.messaging.tables import INBOX, MARKS
from shared.testing.contexts import NOW
from tests.services.registration.factories import publish, release_closing, tell

POSITION = 7


def close_at(context, position, release_id, *sessions):
    closing = replace(release_closing(release_id, *sessions), position=position)
    with context.database.write() as db:
        close_release(db, closing, now=context.clock())


def mark(context, position):
    with context.database.write() as db:
        db.execute(sa.delete(MARKS))
        db.execute(
            sa.insert(MARKS).values(
                handler="keep_session", source="scheduling", mark=position, first_started_at=NOW
            )
        )


def take(context, position, status):
    with context.database.write() as db:
        db.execute(
            sa.insert(INBOX).values(
                event_id=new_id(),
                handler="keep_session",
                source="scheduling",
                type="scheduling.session_published",
                position=position,
                status=status,
                attempts=0,
                received_at=NOW,
                correlation_id="test",
            )
        )


def closed(context):
    with context.database.read() as db:
        return list(db.scalars(sa.select(Release.id)))


def test_a_release_is_whole_when_everything_before_it_was_taken(context):
    session, release = publish(context), new_id()
    take(context, POSITION - 1, "done")
    mark(context, POSITION - 1)
    with pytest.raises(Parked):
        close_at(context, POSITION, release, session)
    mark(context, POSITION)
    close_at(context, POSITION, release, session)
    assert closed(context) == [release]
    assert tell(context) == 0


@pytest.mark.parametrize("status", ["waiting", "parked", "dead"])
def test_a_release_waits_for_a_session_that_came_and_could_not_be_taken_yet(context, status):
    session, release = publish(context), new_id()
    take(context, POSITION - 1, status)
    mark(context, POSITION + 20)
    with pytest.raises(Parked):
        close_at(context, POSITION, release, session)


def test_what_could_not_be_taken_after_a_release_does_not_hold_it_up(context):
    session, release = publish(context), new_id()
    take(context, POSITION + 1, "dead")
    mark(context, POSITION + 20)
    close_at(context, POSITION, release, session)
    assert closed(context) == [release]
