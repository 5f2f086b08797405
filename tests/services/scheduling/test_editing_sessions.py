"""Sessions are edited as drafts: checked whole, and never over somebody else's change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.editions import create_edition
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import Conflict, Invalid, Unknown
from services.scheduling.domain.editing.session_warnings import warnings_of
from services.scheduling.domain.editing.sessions import (
    cancel_session,
    delete_session,
    reinstate_session,
    save_session,
)
from services.scheduling.domain.editing.spaces import create_space
from services.scheduling.domain.editing.venues import save_venue
from services.scheduling.domain.releasing import pending_change, release
from services.scheduling.models import Session
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

HOUR = timedelta(hours=1)
LATER: dict[str, Any] = {"account_id": None, "now": NOW + HOUR}


@pytest.fixture
def db(context: ServiceContext) -> Iterator[DbSession]:
    with context.database.write() as db:
        yield db


@pytest.fixture
def programme(db: DbSession) -> DraftedProgramme:
    return DraftedProgramme(db)


def faults(db: DbSession, session: Session, **values: Any) -> dict[str, str]:
    """Save what should be refused and return the sentences by field."""
    with pytest.raises(Invalid) as caught:
        save_session(db, session.id, session.revision, values, **LATER)
    return {name: str(sentence) for name, sentence in caught.value.faults.items()}


def test_a_new_session_is_a_draft_that_waits_to_be_released(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    change = pending_change(db, session.id)
    assert (session.revision, session.uid) == (1, f"{session.id}@parvis")
    assert change is not None
    assert change.kind == "new"


def test_two_editors_never_overwrite_each_other(context: ServiceContext) -> None:
    with context.database.write() as db:
        session = DraftedProgramme(db).add_session()
    with context.database.write() as db:
        save_session(db, session.id, 1, {"capacity": 20}, **LATER)
    with pytest.raises(Conflict) as caught, context.database.write() as db:
        save_session(db, session.id, 1, {"capacity": 12}, **LATER)
    assert (caught.value.row.revision, caught.value.row.capacity) == (2, 20)
    with context.database.read() as db:
        assert db.get_one(Session, session.id).capacity == 20


def test_saving_what_is_there_already_is_no_change(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    assert save_session(db, session.id, 1, {"capacity": 30}, **LATER).revision == 1


def test_a_session_that_is_not_there_is_unknown(db: DbSession) -> None:
    with pytest.raises(Unknown):
        save_session(db, new_id(), 1, {}, **LATER)


def test_a_session_ends_after_it_starts(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    assert faults(db, session, ends_at=OPENING) == {"ends_at": "La fin doit venir après le début."}


def test_a_session_far_from_its_edition_is_refused_with_both_periods(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    starts_at = OPENING + timedelta(days=90)
    assert faults(db, session, starts_at=starts_at, ends_at=starts_at + HOUR) == {
        "starts_at": "L’édition a lieu du 2 au 12 octobre 2026 et cette séance le 31 décembre"
        " 2026\u00a0: c’est trop loin."
    }


def test_a_preview_for_schools_may_be_days_before(programme: DraftedProgramme) -> None:
    assert programme.add_session(starts_at=OPENING - timedelta(days=3))


def test_an_exhibition_may_last_beyond_its_edition(
    db: DbSession, programme: DraftedProgramme
) -> None:
    exhibition = programme.add_session(
        kind="exhibition",
        ends_at=OPENING + timedelta(days=100),
        registration="none",
        capacity=None,
        weekly_hours=[{"weekday": 2, "opens": "10:00", "closes": "18:00"}],
        closures=["2026-11-11", "2026-11-01"],
    )
    assert exhibition.closures == ["2026-11-01", "2026-11-11"]
    assert faults(db, exhibition, closures=["2027-05-01"]) == {
        "closures": "Un jour de fermeture est hors de la période d’ouverture."
    }


def test_weekly_hours_go_when_it_is_no_exhibition_any_more(
    db: DbSession, programme: DraftedProgramme
) -> None:
    exhibition = programme.add_session(
        kind="exhibition", weekly_hours=[{"weekday": 5, "opens": "10:00", "closes": "18:00"}]
    )
    assert save_session(db, exhibition.id, 1, {"kind": "timed"}, **LATER).weekly_hours == []
    hours = [{"weekday": 2, "opens": "10:00", "closes": "18:00"}]
    assert "weekly_hours" in faults(db, exhibition, weekly_hours=hours)


def test_a_space_is_of_the_session_s_venue(db: DbSession, programme: DraftedProgramme) -> None:
    session, elsewhere = programme.add_session(), programme.add_venue("Bibliothèque")
    assert faults(db, session, venue_id=elsewhere.id) == {
        "space_id": "Cette salle n’est pas dans ce lieu."
    }
    moved = save_session(db, session.id, 1, {"venue_id": elsewhere.id, "space_id": None}, **LATER)
    assert moved.venue_id == elsewhere.id


def test_what_a_session_refers_to_is_there(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    nowhere = new_id()
    found = faults(db, session, venue_id=nowhere, activity_id=nowhere)
    assert sorted(found) == ["activity_id", "venue_id"]
    assert sorted(faults(db, session, space_id=nowhere)) == ["space_id"]


def test_a_session_stays_in_its_edition(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    next_year = create_edition(
        db,
        {
            "festival_id": programme.festival.id,
            "name_fr": "Fête de la science 2027",
            "starts_on": programme.edition.starts_on,
            "ends_on": programme.edition.ends_on,
        },
        **programme.by,
    )
    activity = programme.add_activity(edition_id=next_year.id)
    assert "activity_id" in faults(db, session, activity_id=activity.id)


def test_registering_elsewhere_needs_a_way(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    assert sorted(faults(db, session, registration="elsewhere")) == ["registration_link"]
    saved = save_session(
        db,
        session.id,
        1,
        {"registration": "elsewhere", "registration_telephone": "04 76 00 00 00"},
        **LATER,
    )
    assert (saved.capacity, saved.registration_telephone) == (None, "04 76 00 00 00")


def test_what_belongs_to_another_way_in_is_refused_where_it_is_asked_for(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session(registration="none", capacity=None)
    assert faults(db, session, capacity=12) == {
        "capacity": "Ceci ne va qu’avec une inscription ici."
    }


@pytest.mark.parametrize("capacity", [-1, 2**31])
def test_a_capacity_is_a_number_of_seats(
    db: DbSession, programme: DraftedProgramme, capacity: int
) -> None:
    assert sorted(faults(db, programme.add_session(), capacity=capacity)) == ["capacity"]


def test_somebody_takes_a_seat(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    assert sorted(faults(db, session, seat_categories=[])) == ["seat_categories"]
    assert sorted(faults(db, session, seat_categories=["dogs"])) == ["seat_categories"]
    saved = save_session(
        db, session.id, 1, {"seat_categories": ["accompanying", "pupils"]}, **LATER
    )
    assert saved.seat_categories == ["pupils", "accompanying"]


def test_registration_ends_with_the_session_at_the_latest(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    closes_at = session.ends_at + timedelta(minutes=1)
    assert sorted(faults(db, session, registration_closes_at=closes_at)) == [
        "registration_closes_at"
    ]


def test_a_rehearsal_can_be_moved_although_its_registration_outlasts_it(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    session.registration_closes_at = session.ends_at + timedelta(days=30)
    later = session.starts_at + timedelta(minutes=5)
    assert save_session(db, session.id, 1, {"starts_at": later}, **LATER).starts_at == later
    closes_at = session.registration_closes_at + timedelta(days=1)
    assert list(faults(db, session, registration_closes_at=closes_at)) == ["registration_closes_at"]


def test_more_seats_than_the_space_holds_is_a_warning(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session(capacity=81)
    assert {name: str(words) for name, words in warnings_of(session).items()} == {
        "capacity": "C’est plus que ne contient «\u00a0Auditorium\u00a0»\u00a0: 80 personnes."
    }


def test_every_fault_is_told_at_once(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    found = faults(
        db, session, kind="dance", capacity=-1, registration_email="x", registration="here"
    )
    assert sorted(found) == ["capacity", "kind", "registration_email"]


def test_a_session_of_another_zone_is_measured_by_its_own_clocks(
    db: DbSession, programme: DraftedProgramme
) -> None:
    island = programme.add_venue("Kélonia", time_zone="Indian/Reunion")
    closing = datetime(2026, 10, 20, 19, 59, tzinfo=UTC)  # 23:59 on the island
    exhibition = programme.add_session(
        kind="exhibition", venue_id=island.id, space_id=None, ends_at=closing
    )
    assert "closures" in faults(db, exhibition, closures=["2026-10-21"])


def test_a_cancellation_is_a_draft_and_can_be_taken_back(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session = programme.add_session()
    release(db, programme.edition.id, now=NOW)
    cancelled = cancel_session(db, session.id, 1, **LATER)
    change = pending_change(db, session.id)
    assert (cancelled.status, cancelled.revision) == ("cancelled", 2)
    assert change is not None
    assert change.kind == "cancelled"
    with pytest.raises(Conflict):
        reinstate_session(db, session.id, 1, **LATER)
    reinstate_session(db, session.id, 2, **LATER)
    assert pending_change(db, session.id) is None


def test_a_session_is_deleted_only_while_nobody_was_told_of_it(
    db: DbSession, programme: DraftedProgramme
) -> None:
    session, released = programme.add_session(), programme.add_session()
    delete_session(db, session.id, 1)
    release(db, programme.edition.id, now=NOW)
    with pytest.raises(InUse) as caught:
        delete_session(db, released.id, 1)
    assert str(caught.value.sentence) == (
        "Cette séance a été publiée\u00a0: annulez-la, pour que chacun soit prévenu."
    )
    assert db.scalars(sa.select(Session.id)).all() == [released.id]


def test_a_session_is_found_by_its_new_places(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    assert "museum" in session.searchable
    save_venue(db, programme.venue.id, 1, {"name": "Orangerie"}, **LATER)
    db.refresh(session)
    assert "orangerie" in session.searchable
    library = programme.add_venue("Bibliothèque")
    room = create_space(db, {"venue_id": library.id, "name": "Salle bleue"}, **LATER)
    values = {"venue_id": library.id, "space_id": room.id}
    save_session(db, session.id, session.revision, values, **LATER)
    assert "bibliotheque" in session.searchable
