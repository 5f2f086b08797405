"""Two releases are compared, and one is taken back: nothing public is rewritten."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.scheduling.domain.editing.activities import save_activity
from services.scheduling.domain.editing.presenters import narrow_session
from services.scheduling.domain.editing.sessions import cancel_session, save_session
from services.scheduling.domain.editing.venues import save_venue
from services.scheduling.domain.releasing import (
    compare_releases,
    pending_changes,
    release,
    take_back,
)
from services.scheduling.models import (
    Activity,
    Presenter,
    PublishedSession,
    Release,
    Session,
    SessionPresenter,
)
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

HOUR = timedelta(hours=1)
WHO: dict[str, Any] = {"account_id": None, "now": NOW + HOUR}


def released_twice(context: ServiceContext) -> tuple[DraftedProgramme, list[Session]]:
    """Make three sessions, released; then one moves, one is cancelled, one is new: released."""
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        sessions = [
            programme.add_session(programme.add_activity(title))
            for title in ("Un", "Deux", "Trois")
        ]
        release(db, programme.edition.id, now=NOW)
    with context.database.write() as db:
        programme._db = db
        moved = {"starts_at": OPENING + HOUR, "ends_at": OPENING + 2 * HOUR}
        save_session(db, sessions[0].id, None, moved, **WHO)
        cancel_session(db, sessions[1].id, None, **WHO)
        save_activity(db, sessions[2].activity_id, None, {"title_fr": "Drei"}, **WHO)
        sessions.append(programme.add_session(programme.add_activity("Quatre")))
        release(db, programme.edition.id, now=NOW + HOUR)
    return programme, sessions


def _release_ids(context: ServiceContext) -> dict[int, Any]:
    with context.database.read() as db:
        return dict(db.execute(sa.select(Release.number, Release.id)).all())


def test_what_differs_between_two_releases_is_told_once_for_each_session(
    context: ServiceContext,
) -> None:
    programme, sessions = released_twice(context)
    with context.database.write() as db:  # back to where it was, and once more elsewhere
        moved = {"starts_at": OPENING, "ends_at": OPENING + HOUR}
        save_session(db, sessions[0].id, None, moved, **WHO)
        save_session(db, sessions[3].id, None, {"capacity": 5}, **WHO)
        release(db, programme.edition.id, now=NOW + 2 * HOUR)

    with context.database.read() as db:

        def kinds(earlier: int, later: int) -> dict[str, str]:
            found = compare_releases(db, programme.edition.id, earlier, later)
            return {one.title_fr: one.kind for one in found}

        assert kinds(0, 1) == {"Un": "new", "Deux": "new", "Trois": "new"}
        assert kinds(1, 2) == {
            "Un": "moved",
            "Deux": "cancelled",
            "Drei": "changed",
            "Quatre": "new",
        }
        assert kinds(2, 3) == {"Un": "moved", "Quatre": "changed"}
        assert kinds(1, 3) == {"Deux": "cancelled", "Drei": "changed", "Quatre": "new"}
        assert kinds(3, 3) == {}
        (one,) = [
            one
            for one in compare_releases(db, programme.edition.id, 1, 2)
            if one.title_fr == "Drei"
        ]
        assert one.before == {"title": {"fr": "Trois", "en": None}}
        assert one.after == {"title": {"fr": "Drei", "en": None}}


def test_a_release_taken_back_is_undone_in_the_drafts_and_public_only_with_the_next(
    context: ServiceContext,
) -> None:
    programme, sessions = released_twice(context)
    with context.database.read() as db:
        public = db.scalars(sa.select(PublishedSession.details)).all()
    with context.database.write() as db:
        done = take_back(db, _release_ids(context)[2], **WHO)
    assert (done.undone, done.cancelled, done.changed_since) == (3, 1, ())

    with context.database.read() as db:
        rows = [db.get_one(Session, session.id) for session in sessions]
        assert [(row.starts_at, row.status) for row in rows] == [
            *[(OPENING, "confirmed")] * 3,
            (OPENING, "cancelled"),
        ]
        assert db.get_one(Activity, sessions[2].activity_id).title_fr == "Trois"
        assert db.scalars(sa.select(PublishedSession.details)).all() == public
        kinds = {change.kind for change in pending_changes(db, programme.edition.id).changes}
        assert kinds == {"moved", "reinstated", "changed", "cancelled"}
    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW + 2 * HOUR)
    with context.database.read() as db:
        found = compare_releases(db, programme.edition.id, 1, 3)
        assert [one.title_fr for one in found] == []


def test_what_changed_since_is_left_alone_by_taking_back(context: ServiceContext) -> None:
    programme, sessions = released_twice(context)
    elsewhere = {"starts_at": OPENING + 5 * HOUR, "ends_at": OPENING + 6 * HOUR}
    with context.database.write() as db:  # a later release of one, a draft of another
        save_session(db, sessions[0].id, None, elsewhere, **WHO)
        release(db, programme.edition.id, now=NOW + 2 * HOUR)
        save_session(db, sessions[3].id, None, elsewhere, **WHO)
    with context.database.write() as db:
        done = take_back(db, _release_ids(context)[2], **WHO)

    assert set(done.changed_since) == {sessions[0].id, sessions[3].id}
    with context.database.read() as db:
        for kept in (sessions[0], sessions[3]):
            row = db.get_one(Session, kept.id)
            assert (row.starts_at, row.status) == (elsewhere["starts_at"], "confirmed")


def test_a_session_that_changed_its_activity_goes_back_to_it_and_no_text_is_lost(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        alpha = programme.add_activity("Alpha", presenters=["Ada"])
        beta = programme.add_activity("Beta", presenters=["Emmy"])
        session = programme.add_session(alpha)
        release(db, programme.edition.id, now=NOW)
        save_session(db, session.id, None, {"activity_id": beta.id}, **WHO)
        release(db, programme.edition.id, now=NOW + HOUR)
    with context.database.write() as db:
        assert take_back(db, _release_ids(context)[2], **WHO).undone == 1
    with context.database.read() as db:
        assert db.get_one(Session, session.id).activity_id == alpha.id
        rows = db.execute(sa.select(Activity.title_fr, Activity.presenters).order_by(Activity.id))
        assert [tuple(row) for row in rows] == [("Alpha", ["Ada"]), ("Beta", ["Emmy"])]


def test_a_text_that_somebody_is_rewriting_is_left_alone(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        activity = programme.add_activity(description_fr="Un")
        both = [programme.add_session(activity).id for _ in range(2)]
        release(db, programme.edition.id, now=NOW)
        save_activity(db, activity.id, None, {"description_fr": "Deux"}, **WHO)
        release(db, programme.edition.id, now=NOW + HOUR)
    with context.database.write() as db:
        assert take_back(db, _release_ids(context)[2], **WHO).undone == 2
        assert db.get_one(Activity, activity.id).description_fr == "Un"
        save_activity(db, activity.id, None, {"description_fr": "Trois"}, **WHO)
    with context.database.write() as db:
        assert set(take_back(db, _release_ids(context)[2], **WHO).changed_since) == set(both)
    with context.database.read() as db:
        assert db.get_one(Activity, activity.id).description_fr == "Trois"


def test_who_was_at_a_session_is_there_again_and_the_others_stay_credited(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        activity = programme.add_activity(presenters=["Ada", "Emmy"])
        session = programme.add_session(activity)
        people = dict(db.execute(sa.select(Presenter.name, Presenter.id)).all())
        narrow_session(db, session.id, {people["Ada"]}, **WHO)
        release(db, programme.edition.id, now=NOW)
        narrow_session(db, session.id, set(), **WHO)
        release(db, programme.edition.id, now=NOW + HOUR)
    with context.database.write() as db:
        assert take_back(db, _release_ids(context)[2], **WHO).undone == 1
    with context.database.read() as db:
        assert db.get_one(Activity, activity.id).presenters == ["Ada", "Emmy"]
        there = db.scalars(sa.select(SessionPresenter.presenter_id)).all()
        assert there == [people["Ada"]]


def test_what_a_venue_is_called_is_shared_and_stays(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        session = programme.add_session()
        release(db, programme.edition.id, now=NOW)
        save_venue(db, programme.venue.id, None, {"name": "Musée"}, **WHO)
        release(db, programme.edition.id, now=NOW + HOUR)
    with context.database.write() as db:
        done = take_back(db, _release_ids(context)[2], **WHO)
    assert (done.undone, done.shared) == (0, (session.id,))


def test_releases_are_compared_and_taken_back_in_the_console(context: ServiceContext) -> None:
    released_twice(context)
    ada = Staff(context, "coordinator")

    page = ada.get(f"{EDITION}/releases/compare?from=1&to=2").text
    assert "4 séances diffèrent." in page
    assert "Rien ne diffère" in ada.get(f"{EDITION}/releases/compare?from=2&to=2").text
    assert ada.get(f"{EDITION}/releases/compare?from=x&to=99999999999").status_code == 200
    answer = ada.send(f"{EDITION}/releases/2/take-back", ada.form_of(f"{EDITION}/releases/2"))
    assert answer.location == f"{EDITION}/changes"
    assert "est défaite dans le brouillon" in ada.follow(answer)
    reader = Staff(context, "reader", name="Lou")
    forbidden = reader.client.post(f"{EDITION}/releases/1/take-back", data={"csrf_token": "x"})
    assert forbidden.status_code in (400, 403)
