"""Sessions are edited together: all of them, by their own clocks, or none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.together import (
    Edit,
    Refused,
    change_together,
    delete_together,
)
from services.scheduling.domain.releasing import release
from services.scheduling.models import Session
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

HOUR = timedelta(hours=1)
WHO: dict[str, Any] = {"account_id": None, "now": NOW + HOUR}


def _stored(context: ServiceContext) -> list[tuple[Any, ...]]:
    with context.database.read() as db:
        columns = (Session.starts_at, Session.ends_at, Session.capacity, Session.venue_id)
        return [tuple(row) for row in db.execute(sa.select(*columns).order_by(Session.id))]


def test_sessions_move_by_their_clocks_across_the_change_and_keep_what_is_not_asked_for(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.edition.ends_on = programme.edition.ends_on.replace(day=31)
        eve = datetime(2026, 10, 24, 8, tzinfo=UTC)
        ids = [
            programme.add_session(starts_at=eve).id,
            programme.add_session(starts_at=OPENING, registration="none", capacity=None).id,
        ]
        elsewhere = programme.add_venue("Parc")
    with context.database.write() as db:
        changed = change_together(
            db,
            programme.edition.id,
            ids,
            Edit(1, 30, {"venue_id": elsewhere.id, "space_id": None, "capacity": 12}),
            **WHO,
        )
    assert changed == 2
    later = timedelta(days=1, minutes=30)
    assert _stored(context) == [
        # Summer time ends in the night between: ten o'clock stays ten o'clock.
        (eve + later + HOUR, eve + later + 2 * HOUR, 12, elsewhere.id),
        (OPENING + later, OPENING + later + HOUR, None, elsewhere.id),
    ]


def test_one_that_cannot_be_changed_so_keeps_all_from_being_changed(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        ids = [
            programme.add_session().id,
            programme.add_session(starts_at=OPENING + timedelta(days=10)).id,
        ]
    before = _stored(context)
    with pytest.raises(Refused) as caught, context.database.write() as db:
        change_together(db, programme.edition.id, ids, Edit(days=9), **WHO)
    assert list(caught.value.faults) == ["days"]
    assert caught.value.session.startswith("Voir un muon, lundi 12 octobre")
    assert _stored(context) == before


def test_those_of_another_edition_are_not_touched(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        session = programme.add_session()
    with context.database.write() as db:
        other = programme.festival.id  # no edition's id
        assert change_together(db, other, [session.id], Edit(minutes=5), **WHO) == 0
        assert delete_together(db, other, [session.id]) == (0, [])
    assert _stored(context)[0][0] == OPENING


def test_drafts_are_deleted_together_and_what_was_released_stays(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        released = programme.add_session()
        release(db, programme.edition.id, now=NOW)
        draft = programme.add_session(starts_at=OPENING + HOUR)
    with context.database.write() as db:
        gone, stayed = delete_together(db, programme.edition.id, [released.id, draft.id])
    assert (gone, stayed) == (1, [released.id])
    assert [row[0] for row in _stored(context)] == [OPENING]


def test_sessions_are_chosen_in_the_table_and_changed_in_the_console(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        ids = [str(programme.add_session().id) for _ in range(2)]
    ada = Staff(context, "coordinator")
    chosen = ada.send(f"{EDITION}/sessions/together", ada.form_of(f"{EDITION}/sessions"), id=ids)
    assert "Modifier 2 séances ensemble" in chosen.text
    form = {"csrf_token": ada.form_of(f"{EDITION}/sessions")["csrf_token"]}

    nothing = ada.send(f"{EDITION}/sessions/together/save", form, id=ids)
    assert (nothing.status_code, 'id="days-error"' in nothing.text) == (422, True)
    far = ada.send(f"{EDITION}/sessions/together/save", form, id=ids, days="300")
    assert (far.status_code, "Aucune n’est modifiée" in far.text) == (422, True)
    done = ada.send(f"{EDITION}/sessions/together/save", form, id=ids, minutes="-15", capacity="8")
    assert done.status_code == 303
    assert [row[0::2] for row in _stored(context)] == [(OPENING - HOUR / 4, 8)] * 2
    gone = ada.send(f"{EDITION}/sessions/together/delete", form, id=ids)
    assert (gone.status_code, _stored(context)) == (303, [])
