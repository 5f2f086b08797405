"""Sessions wait in the tray, are placed, and go back into it: nothing of them is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.activities import delete_activity
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import Conflict, Invalid, Unknown
from services.scheduling.domain.editing.sessions import cancel_session, save_session
from services.scheduling.domain.editing.spaces import delete_space
from services.scheduling.domain.editing.venues import delete_venue
from services.scheduling.domain.planning.kept import KEPT, as_json, from_json
from services.scheduling.domain.planning.placing import can_unplace, place, unplace
from services.scheduling.domain.planning.unplaced import (
    create_unplaced,
    delete_unplaced,
    save_unplaced,
)
from services.scheduling.domain.releasing import hold_back, release
from services.scheduling.models import (
    Presenter,
    Session,
    SessionPresenter,
    UnplacedSession,
)
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

HOUR = timedelta(hours=1)
BY: dict[str, Any] = {"account_id": None, "now": NOW}
LATER: dict[str, Any] = {"account_id": None, "now": NOW + HOUR}


@pytest.fixture
def db(context: ServiceContext) -> Iterator[DbSession]:
    with context.database.write() as db:
        yield db


@pytest.fixture
def programme(db: DbSession) -> DraftedProgramme:
    return DraftedProgramme(db)


def columns_of(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def at(programme: DraftedProgramme, starts_at: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "venue_id": programme.venue.id,
        "space_id": programme.space.id,
        **changes,
    }


def test_a_new_session_waits_for_as_long_as_its_activity_takes(
    db: DbSession, programme: DraftedProgramme
) -> None:
    activity = programme.add_activity()
    usual = create_unplaced(db, {"activity_id": activity.id}, **BY)
    activity.duration_minutes = 45
    like_its_activity = create_unplaced(db, {"activity_id": activity.id}, **BY)
    asked = create_unplaced(
        db,
        {
            "activity_id": activity.id,
            "minutes": 90,
            "note": " Un vidéoprojecteur ",
            "registration": "here",
            "capacity": 12,
        },
        **BY,
    )
    assert [row.minutes for row in (usual, like_its_activity, asked)] == [60, 45, 90]
    assert (asked.edition_id, asked.note, asked.rest["capacity"]) == (
        programme.edition.id,
        "Un vidéoprojecteur",
        12,
    )


def test_placing_makes_a_session_under_the_same_id(
    db: DbSession, programme: DraftedProgramme
) -> None:
    unplaced = create_unplaced(
        db,
        {
            "activity_id": programme.add_activity().id,
            "registration": "here",
            "capacity": 12,
            "note": "Loin du bruit",
        },
        **BY,
    )
    placed = place(db, unplaced.id, 1, at(programme, OPENING), **LATER)
    assert db.get(UnplacedSession, placed.id) is None
    stored = columns_of(db.get_one(Session, unplaced.id))
    assert "muon" in stored.pop("searchable")
    assert stored == {
        "id": unplaced.id,
        "edition_id": programme.edition.id,
        "activity_id": unplaced.activity_id,
        "venue_id": programme.venue.id,
        "space_id": programme.space.id,
        "uid": f"{unplaced.id}@parvis",
        "status": "confirmed",
        "kind": "timed",
        "starts_at": OPENING,
        "ends_at": OPENING + HOUR,
        "weekly_hours": [],
        "closures": [],
        "registration": "here",
        "registration_link": None,
        "registration_telephone": None,
        "registration_email": None,
        "registration_full": False,
        "registration_opens_at": None,
        "registration_closes_at": None,
        "capacity": 12,
        "seat_categories": ["adults", "children"],
        "held_back": False,
        "note": "Loin du bruit",
        "revision": 2,
        "edited_at": NOW + HOUR,
        "edited_by_id": None,
        "source": None,
        "source_id": None,
        "stated": None,
    }


def test_a_session_comes_back_from_the_tray_as_it_was(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session(
        registration_closes_at=OPENING - HOUR, seat_categories=["children"]
    )
    presenter = Presenter(name="Ada Martin", edited_at=NOW)
    db.add(presenter)
    db.flush()
    db.add(SessionPresenter(session_id=session.id, presenter_id=presenter.id))
    session.source, session.source_id, session.stated = "frab", "17", {"capacity": 30}
    session.note = "Clés à l’accueil"
    hold_back(db, programme.edition.id, [session.id], held=True)
    cancel_session(db, session.id, 1, **BY)
    db.flush()
    before = columns_of(session)

    unplaced = unplace(db, session.id, 2, **LATER)
    assert db.get(Session, session.id) is None
    assert (unplaced.id, unplaced.minutes, unplaced.venue_id, unplaced.space_id) == (
        session.id,
        60,
        programme.venue.id,
        programme.space.id,
    )
    assert (unplaced.revision, unplaced.note) == (3, "Clés à l’accueil")

    again = place(db, unplaced.id, 3, at(programme, OPENING), **LATER)
    assert columns_of(again) == {**before, "revision": 4, "edited_at": NOW + HOUR}
    assert db.scalars(sa.select(SessionPresenter.presenter_id)).all() == [presenter.id]


def test_what_an_import_left_odd_does_not_stand_in_the_way_of_placing(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    session.registration_closes_at = session.ends_at + HOUR  # as an import lets it
    db.flush()
    unplaced = unplace(db, session.id, None, **BY)
    moved = place(db, unplaced.id, None, at(programme, OPENING + 2 * HOUR), **BY)
    assert moved.registration_closes_at == OPENING + 2 * HOUR


def test_a_session_that_an_import_brought_again_meanwhile_is_placed_as_one_of_our_own(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    session.source, session.source_id = "frab", "17"
    db.flush()
    unplaced = unplace(db, session.id, None, **BY)
    again = programme.add_session(session.activity, starts_at=OPENING + HOUR)
    again.source, again.source_id = "frab", "17"
    db.flush()
    placed = place(db, unplaced.id, None, at(programme, OPENING), **BY)
    assert (placed.source, placed.source_id) == (None, None)


def test_a_time_and_a_place_are_needed_and_must_be_possible(
    db: DbSession, programme: DraftedProgramme
) -> None:
    unplaced = create_unplaced(db, {"activity_id": programme.add_activity().id}, **BY)
    library = programme.add_venue("Bibliothèque")

    def faults(**values: Any) -> set[str]:
        with pytest.raises(Invalid) as refused:
            place(db, unplaced.id, 1, values, **BY)
        return set(refused.value.faults)

    assert faults() == {"starts_at", "ends_at", "venue_id"}
    assert faults(**at(programme, OPENING, venue_id=library.id)) == {"space_id"}
    assert faults(**at(programme, OPENING, ends_at=OPENING)) == {"ends_at"}
    assert faults(**at(programme, OPENING + timedelta(days=60))) == {"starts_at"}
    assert db.get(UnplacedSession, unplaced.id) is not None


def test_two_people_who_place_or_change_the_same_session_do_not_overwrite_each_other(
    db: DbSession, programme: DraftedProgramme
) -> None:
    unplaced = create_unplaced(db, {"activity_id": programme.add_activity().id}, **BY)
    save_unplaced(db, unplaced.id, 1, {"minutes": 30}, **BY)
    with pytest.raises(Conflict) as conflict:
        place(db, unplaced.id, 1, at(programme, OPENING), **BY)
    assert conflict.value.row.minutes == 30
    placed = place(db, unplaced.id, 2, at(programme, OPENING), **BY)
    with pytest.raises(Unknown):
        place(db, unplaced.id, 2, at(programme, OPENING + HOUR), **BY)
    save_session(db, placed.id, 3, {"starts_at": OPENING - HOUR}, **BY)
    with pytest.raises(Conflict):
        unplace(db, placed.id, 3, **BY)
    assert db.get_one(Session, placed.id).starts_at == OPENING - HOUR


def test_a_released_session_stays_on_the_grid(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    assert can_unplace(db, session.id)
    release(db, programme.edition.id, now=NOW)
    with pytest.raises(InUse, match="publiée"):
        unplace(db, session.id, None, **BY)
    assert not can_unplace(db, session.id)
    assert db.get(Session, session.id) is not None


def test_a_session_in_the_tray_is_changed_and_thrown_away(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    unplaced = unplace(db, session.id, None, **BY)
    kept = dict(unplaced.rest)
    save_unplaced(db, unplaced.id, 2, {"capacity": 8, "space_id": None}, **LATER)
    assert unplaced.rest == {**kept, "capacity": 8}
    assert (unplaced.revision, unplaced.space_id, unplaced.minutes) == (3, None, 60)
    with pytest.raises(Invalid) as refused:
        save_unplaced(db, unplaced.id, 3, {"minutes": 0, "activity_id": None}, **LATER)
    assert set(refused.value.faults) == {"minutes", "activity_id"}
    delete_unplaced(db, unplaced.id, 3)
    assert db.scalars(sa.select(UnplacedSession)).all() == []


def test_what_a_session_in_the_tray_refers_to_is_not_deleted(
    db: DbSession, programme: DraftedProgramme
) -> None:
    activity = programme.add_activity()
    wish = {"venue_id": programme.venue.id, "space_id": programme.space.id}
    create_unplaced(db, {"activity_id": activity.id, **wish}, **BY)
    with pytest.raises(InUse):
        delete_activity(db, activity.id, None)
    with pytest.raises(InUse):
        delete_space(db, programme.space.id, None)
    with pytest.raises(InUse):
        delete_venue(db, programme.venue.id, None)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "capacity": st.none() | st.integers(0, 10_000),
            "registration_closes_at": st.none()
            | st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1)).map(
                lambda naive: naive.replace(tzinfo=UTC)
            ),
            "registration_link": st.none() | st.text(),
            "seat_categories": st.lists(st.sampled_from(["adults", "children"])),
            "held_back": st.booleans(),
            "stated": st.none() | st.dictionaries(st.text(), st.integers()),
        },
    )
)
def test_every_value_is_read_as_it_was_kept(values: dict[str, Any]) -> None:
    assert from_json(as_json(values)) == values
    assert values.keys() <= set(KEPT)
