"""A new edition begins from another: what was accepted, on the same weekdays, nothing public."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.editing.editions import delete_edition
from services.scheduling.domain.editing.next_edition import (
    Taken,
    copy_edition,
    proposed,
    shift_of,
)
from services.scheduling.domain.editing.sessions import cancel_session
from services.scheduling.domain.releasing import release
from services.scheduling.models import (
    AcceptedConflict,
    Activity,
    ActivityPresenter,
    Edition,
    EditionRules,
    PublishedSession,
    Session,
)
from shared.context import ServiceContext
from shared.contracts.party_categories import usual_categories
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

WHO: dict[str, Any] = {"account_id": None, "now": NOW}
NEXT = {"name_fr": "Fête de la science 2027", "starts_on": date(2027, 10, 1)}


@pytest.mark.parametrize(
    ("name", "slug", "starts_on", "following"),
    [
        ("Fête de la science 2026", "fds-2026", date(2026, 10, 1), "Fête de la science 2027"),
        ("Saison 2026-2027", "saison", date(2026, 10, 1), "Saison 2027-2028"),
        (
            "Fête de la science, Isère",
            "fds-2026",
            date(2026, 10, 1),
            "Fête de la science, Isère 2027",
        ),
        ("Les 20260 nuits de 1926", "nuits", date(2026, 10, 1), "Les 20260 nuits de 1926"),
        ("Nuits 2026", "nuits", date(2026, 1, 1), "Nuits 2027"),
    ],
)
def test_the_next_edition_is_told_apart_by_its_year(name, slug, starts_on, following):
    ends_on = starts_on + timedelta(days=120 if "-" in name else 10)
    edition = Edition(name_fr=name, name_en=name, slug=slug, starts_on=starts_on, ends_on=ends_on)
    edition.party_categories = usual_categories()
    after = proposed(edition)
    assert (after["name_fr"], after["name_en"], after["slug"]) == (following, following, None)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_shift_keeps_weekdays_and_lands_within_half_a_week(old, new):
    moved = old + shift_of(old, new)

    assert moved.weekday() == old.weekday()
    assert abs(moved - new) <= timedelta(days=3.5)


@pytest.mark.parametrize("to_confirm", [False, True])
def test_activities_sessions_presenters_and_rules_are_taken_over(
    context: ServiceContext, to_confirm: bool
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        activity = programme.add_activity(presenters=["Ada"], school_levels=["cycle3"])
        programme.add_session(activity)
        autumn = datetime(2026, 10, 17, 8, tzinfo=UTC)
        late = programme.add_session(activity, starts_at=autumn, registration_closes_at=autumn)
        cancel_session(db, programme.add_session(activity).id, None, **WHO)
        declined = programme.add_activity("Refusée")
        declined.state = "declined"
        programme.add_session(declined)
        db.add(
            EditionRules(
                edition_id=programme.edition.id,
                proposals_due_on=date(2026, 5, 31),
                travel_kmh=30,
                edited_at=NOW,
            )
        )
        release(db, programme.edition.id, now=NOW)
        public = db.scalar(sa.select(sa.func.count()).select_from(PublishedSession))
    values = {**NEXT, "festival_id": programme.festival.id, "ends_on": date(2027, 11, 5)}
    with context.database.write() as db:
        edition = copy_edition(
            db, programme.edition.id, values, Taken(to_confirm=to_confirm), **WHO
        )

    with context.database.read() as db:
        copied = db.scalars(sa.select(Activity).where(Activity.edition_id == edition.id)).one()
        assert (copied.title_fr, copied.school_levels) == ("Voir un muon", ["cycle3"])
        assert copied.state == ("idea" if to_confirm else "accepted")
        both = db.scalars(sa.select(ActivityPresenter.presenter_id)).all()
        assert len(both) == 2
        assert len(set(both)) == 1
        weeks = timedelta(weeks=52)
        found = sa.select(Session).where(Session.edition_id == edition.id)
        sessions = db.scalars(found.order_by(Session.starts_at)).all()
        assert [(one.starts_at, one.capacity, one.status) for one in sessions] == [
            (OPENING + weeks, 30, "confirmed"),
            (late.starts_at + weeks, 30, "confirmed"),
        ]
        assert sessions[1].registration_closes_at == autumn + weeks
        assert len({one.uid for one in db.scalars(sa.select(Session))}) == 6
        rules = db.get_one(EditionRules, edition.id)
        assert (rules.proposals_due_on, rules.travel_kmh) == (date(2027, 5, 30), 30)
        assert db.scalar(sa.select(sa.func.count()).select_from(PublishedSession)) == public
        assert db.get_one(Edition, edition.id).published is None


def test_an_hour_that_clocks_skip_moves_on_and_the_session_keeps_its_length(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.edition.starts_on, programme.edition.ends_on = date(2026, 3, 20), date(2026, 4, 5)
        night = datetime(2026, 3, 22, 1, 30, tzinfo=UTC)  # 2:30 in Paris, a week before the change
        programme.add_session(starts_at=night, ends_at=night + timedelta(minutes=45))
        values = {**NEXT, "festival_id": programme.festival.id}
        days = {"starts_on": date(2026, 3, 27), "ends_on": date(2026, 4, 12)}
        edition = copy_edition(db, programme.edition.id, {**values, **days}, Taken(), **WHO)
    with context.database.read() as db:
        copied = db.scalars(sa.select(Session).where(Session.edition_id == edition.id)).one()
        assert copied.starts_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 3:30 in Paris
        assert copied.ends_at - copied.starts_at == timedelta(minutes=45)


def test_the_following_edition_is_made_in_the_console_and_only_once(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        DraftedProgramme(db).add_session()
    ada = Staff(context, "coordinator")
    form = ada.form_of(f"{EDITION}/next")
    assert (form["name_fr"], form["starts_on"]) == ("Fête de la science 2027", "2027-10-01")

    made = ada.send(f"{EDITION}/next", form)
    again = ada.send(f"{EDITION}/next", form)

    assert made.location == "/console/editions/fete-de-la-science-2027/activities"
    assert again.location == made.location
    with context.database.read() as db:
        starts = db.scalars(sa.select(Session.starts_at).order_by(Session.starts_at)).all()
        assert starts == [OPENING, OPENING + timedelta(weeks=52)]
    faulty = ada.send(f"{EDITION}/next", ada.form_of(f"{EDITION}/next"), name_fr="", sessions=[])
    assert (faulty.status_code, 'id="name_fr-error"' in faulty.text) == (422, True)


def test_an_edition_with_an_accepted_conflict_can_be_deleted_once_it_is_empty(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        edition_id = programme.edition.id
        db.add(AcceptedConflict(edition_id=edition_id, key="x", accepted_at=NOW))
    with context.database.write() as db:
        delete_edition(db, edition_id, None)
    with context.database.read() as db:
        assert db.get(Edition, edition_id) is None
