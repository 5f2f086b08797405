"""Presenters: known by the names that activities credit, followed when renamed, and absent."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.activities import save_activity
from services.scheduling.domain.editing.presenters import (
    delete_presenter,
    narrow_session,
    save_presenter,
)
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.releasing import pending_changes, release
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    Organisation,
    Presenter,
    PublishedPresenter,
    PublishedSession,
    Unavailability,
)
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

HOUR = timedelta(hours=1)
WHO: dict[str, Any] = {"account_id": None, "now": NOW + HOUR}


def _people(context: ServiceContext) -> dict[str, Any]:
    with context.database.read() as db:
        return dict(db.execute(sa.select(Presenter.name, Presenter.id)).all())


def test_a_name_of_one_organisation_is_one_person_and_another_organisations_is_another(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        first = programme.add_activity(presenters=["Zoé Lenoir", "-", "Ada", "ada@cnrs.example"])
        second = programme.add_activity("Deux", presenters=["zoe lenoir"])
        other = Organisation(name="CNRS", edited_at=NOW)
        db.add(other)
        db.flush()
        third = programme.add_activity("Trois", presenters=["Zoé Lenoir"], organisation_id=other.id)
    with context.database.read() as db:
        rows = db.execute(
            sa.select(ActivityPresenter.activity_id, Presenter.name, Presenter.organisation_id)
            .join(Presenter, Presenter.id == ActivityPresenter.presenter_id)
            .order_by(ActivityPresenter.activity_id, ActivityPresenter.position)
        )
        museum = programme.organisation.id
        assert [tuple(row) for row in rows] == [
            (first.id, "Zoé Lenoir", museum),
            (first.id, "Ada", museum),
            (second.id, "Zoé Lenoir", museum),
            (third.id, "Zoé Lenoir", other.id),
        ]

    with context.database.write() as db:
        save_activity(db, first.id, None, {"presenters": ["Ada", "Emmy"]}, **WHO)
    with context.database.read() as db:
        names = db.scalars(
            sa.select(Presenter.name)
            .join(ActivityPresenter, ActivityPresenter.presenter_id == Presenter.id)
            .where(ActivityPresenter.activity_id == first.id)
            .order_by(ActivityPresenter.position)
        )
        assert names.all() == ["Ada", "Emmy"]


def test_activities_follow_a_new_name_and_it_is_public_with_the_next_release(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        activity = programme.add_activity(presenters=["Ada Martin", "Emmy"])
        session = programme.add_session(activity)
        release(db, programme.edition.id, now=NOW)
    ada = _people(context)["Ada Martin"]
    with context.database.write() as db:
        save_presenter(db, ada, None, {"name": "Ada Martin-Roy"}, **WHO)

    with context.database.read() as db:
        assert db.get_one(Activity, activity.id).presenters == ["Ada Martin-Roy", "Emmy"]
        (change,) = pending_changes(db, programme.edition.id).changes
        assert (change.id, change.fields) == (session.id, ("presenters",))
        assert db.scalars(sa.select(PublishedPresenter.presenter_id)).all().count(ada) == 1


def test_a_session_names_those_who_are_there_and_the_public_is_told_these_alone(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        session = programme.add_session(programme.add_activity(presenters=["Ada", "Emmy", "Zoé"]))
    people = _people(context)
    with context.database.write() as db:
        chosen = {people["Zoé"], people["Ada"], session.id}  # the last is nobody
        narrow_session(db, session.id, chosen, **WHO)
        release(db, programme.edition.id, now=NOW)
    with context.database.read() as db:
        details = db.scalars(sa.select(PublishedSession.details)).one()
        assert details["presenters"] == ["Ada", "Zoé"]
        assert details["presenter_ids"] == [str(people["Ada"]), str(people["Zoé"])]
        published = set(db.scalars(sa.select(PublishedPresenter.presenter_id)))
        assert published == {people["Ada"], people["Zoé"]}
    with context.database.write() as db:
        narrow_session(db, session.id, set(people.values()), **WHO)
        release(db, programme.edition.id, now=NOW + HOUR)
    with context.database.read() as db:
        details = db.scalars(sa.select(PublishedSession.details)).one()
        assert details["presenters"] == ["Ada", "Emmy", "Zoé"]


def test_somebody_credited_is_not_deleted(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        activity = programme.add_activity(presenters=["Ada"])
    ada = _people(context)["Ada"]
    with pytest.raises(InUse, match="citent cette personne"), context.database.write() as db:
        delete_presenter(db, ada, None)
    with context.database.write() as db:
        save_activity(db, activity.id, None, {"presenters": []}, **WHO)
        delete_presenter(db, ada, None)
    assert _people(context) == {}


def test_people_are_looked_after_in_the_console(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        session = programme.add_session(programme.add_activity(presenters=["Ada", "Emmy"]))
    people = _people(context)
    staff = Staff(context, "coordinator", name="Camille")
    assert "Ada" in staff.get("/console/presenters?q=mus%C3%A9um").text
    page = f"/console/presenters/{people['Ada']}"
    assert "Voir un muon" in staff.get(page).text
    assert staff.send(page, name="Ada Martin", telephone="04 76 00 00 00").status_code == 303
    assert "Ada Martin" in staff.get(page).text

    there = f"{EDITION}/sessions/{session.id}"
    token = staff.form_of(there)["csrf_token"]
    narrowed = staff.send(
        f"/console/presenters/at/{EDITION.rpartition('/')[2]}/{session.id}",
        {"csrf_token": token},
        presenters=[str(people["Emmy"])],
    )
    assert narrowed.location == f"{there}#cast"
    assert "Aucune séance ne l’attend" in staff.get(page).text

    absences = f"/console/absences/presenters/{people['Emmy']}"
    day = OPENING.date().isoformat()
    faulty = staff.send(absences, from_day=day, to_day="2020-01-01")
    assert (faulty.status_code, 'id="to_day-error"' in faulty.text) == (422, True)
    assert staff.send(absences, from_day=day, to_day=day, note="en mission").status_code == 303
    with context.database.read() as db:
        absence = db.scalars(sa.select(Unavailability)).one()
        assert absence.ends_at - absence.starts_at == timedelta(days=1)
    listed = staff.get(absences).text
    assert ("en mission" in listed, "toute la journée" in listed) == (True, True)
    gone = staff.client.post(f"{absences}/{absence.id}/delete", data={"csrf_token": token})
    assert gone.location == absences
    assert "Aucune indisponibilité" in staff.get(absences).text
