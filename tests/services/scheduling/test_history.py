"""Tests for the history: whoever writes what staff may edit leaves an entry, once, and in words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain import history
from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.editing.activities import delete_activity, save_activity
from services.scheduling.domain.editing.editions import delete_edition
from services.scheduling.domain.editing.sessions import cancel_session
from services.scheduling.domain.importing import bring_in
from services.scheduling.domain.releasing import release, revert_session
from services.scheduling.models import (
    EditionRules,
    HistoryEntry,
    Presenter,
    Session,
    Unavailability,
    UnplacedSession,
)
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling import imported
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

#: What the programme of a file has.
IMPORTED = (
    "festivals",
    "editions",
    "organisations",
    "venues",
    "spaces",
    "activities",
    "sessions",
)

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def ada(context: ServiceContext) -> UUID:
    """Return the account of somebody who edits."""
    with context.database.write() as db:
        return ensure_account(db, "ada@parvis.example", "Ada Martin", ["coordinator"], NOW).id


@pytest.fixture
def programme(context: ServiceContext, ada: UUID) -> DraftedProgramme:
    """Return a programme with one session, made by Ada."""
    with context.database.write() as db:
        made = DraftedProgramme(db, ada)
        made.session = made.add_session()
    return made


def entries(context: ServiceContext, row_id: UUID) -> list[HistoryEntry]:
    """Return what is known of an object, the first entry first."""
    with context.database.read() as db:
        of_it = sa.select(HistoryEntry).where(HistoryEntry.row_id == row_id)
        return list(db.scalars(of_it.order_by(HistoryEntry.id)))


def told(entry: HistoryEntry) -> dict[str, Any]:
    """Return the whole of an entry but for its own id and its object's."""
    names = ("noun", "action", "title", "comment", "before", "after", "account_id", "origin", "at")
    return {name: getattr(entry, name) for name in names}


def of_activity(programme: DraftedProgramme) -> UUID:
    """Return the id of the one activity."""
    return programme.session.activity_id


def test_a_change_is_kept_with_what_was_there_before(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    with context.database.write() as db:
        values = {"title_fr": "Voir deux muons", "age_min": 8, "theme": None}
        save_activity(db, of_activity(programme), 1, values, account_id=ada, now=LATER)

    _made, changed = entries(context, of_activity(programme))
    assert changed.edition_id == programme.edition.id
    assert told(changed) == {
        "noun": "activities",
        "action": "changed",
        "title": "Voir deux muons",
        "comment": None,
        "before": {"title_fr": "Voir un muon", "age_min": None},
        "after": {"title_fr": "Voir deux muons", "age_min": 8},
        "account_id": ada,
        "origin": None,
        "at": LATER,
    }


def test_saving_what_is_there_already_leaves_no_entry(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    with context.database.write() as db:
        same = {"title_fr": "Voir un muon"}
        save_activity(db, of_activity(programme), 1, same, account_id=ada, now=LATER)

    assert [entry.action for entry in entries(context, of_activity(programme))] == ["created"]


def test_what_is_made_is_kept_with_what_it_began_with(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    (made,) = entries(context, programme.space.id)
    assert told(made) == {
        "noun": "spaces",
        "action": "created",
        "title": "Auditorium",
        "comment": None,
        "before": {},
        "after": {
            "venue_id": str(programme.venue.id),
            "name": "Auditorium",
            "capacity": 80,
            "sessions_at_once": 1,
        },
        "account_id": ada,
        "origin": None,
        "at": NOW,
    }


def test_what_is_deleted_is_kept_as_it_was_and_by_whom(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    with context.database.write() as db:
        extra = DraftedProgramme.add_activity(_on(programme, db), "Une erreur")
    with context.database.write() as db:
        history.acting(db, account_id=ada, now=LATER)
        delete_activity(db, extra.id, 1)

    made, deleted = entries(context, extra.id)
    assert (deleted.action, deleted.title, deleted.account_id, deleted.at) == (
        "deleted",
        "Une erreur",
        ada,
        LATER,
    )
    assert deleted.before == made.after


def test_several_changes_in_one_transaction_are_one_entry(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    with context.database.write() as db:
        by: dict[str, Any] = {"account_id": ada, "now": LATER}
        save_activity(db, of_activity(programme), 1, {"title_fr": "Un"}, **by)
        db.flush()
        save_activity(db, of_activity(programme), 2, {"title_fr": "Deux", "age_max": 12}, **by)

    _made, changed = entries(context, of_activity(programme))
    assert changed.before == {"title_fr": "Voir un muon", "age_max": None}
    assert changed.after == {"title_fr": "Deux", "age_max": 12}


def test_what_is_rolled_back_leaves_no_entry(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    with context.database.write() as db:
        cancel_session(db, programme.session.id, 1, account_id=ada, now=LATER)
        db.rollback()
        cancel_session(db, programme.session.id, 1, account_id=None, now=LATER)

    actions = [(entry.action, entry.account_id) for entry in entries(context, programme.session.id)]
    assert actions == [("created", ada), ("changed", None)]


def test_a_change_by_an_account_that_is_not_there_is_kept_without_it(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        cancel_session(db, programme.session.id, 1, account_id=new_id(), now=LATER)

    assert entries(context, programme.session.id)[-1].account_id is None


def test_a_step_names_the_change_that_it_made_and_keeps_the_comment(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    by: dict[str, Any] = {"account_id": ada, "now": LATER}
    with context.database.write() as db:
        activity = save_activity(db, of_activity(programme), 1, {"age_min": 6}, **by)
        history.step(db, activity, "submitted", comment="Enfin prête", **by)
    with context.database.write() as db:
        activity = db.merge(activity)
        history.step(db, activity, "reminded", **by)

    _made, submitted, reminded = entries(context, of_activity(programme))
    assert (submitted.action, submitted.comment) == ("submitted", "Enfin prête")
    assert submitted.after == {"age_min": 6}
    assert (reminded.action, reminded.comment, reminded.after) == ("reminded", None, {})


def test_a_session_that_finds_its_place_keeps_its_history(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    identifier = new_id()
    common: dict[str, Any] = {
        "id": identifier,
        "edition_id": programme.edition.id,
        "activity_id": of_activity(programme),
        "edited_at": NOW,
        "edited_by_id": ada,
    }
    with context.database.write() as db:
        db.add(UnplacedSession(**common, minutes=45))
    with context.database.write() as db:
        history.acting(db, account_id=ada, now=LATER)
        db.delete(db.get_one(UnplacedSession, identifier))
        db.flush()
        times = {"starts_at": OPENING, "ends_at": OPENING + timedelta(minutes=45)}
        db.add(Session(**common, **times, uid="x@parvis", venue_id=programme.venue.id))

    made, placed = entries(context, identifier)
    assert (made.noun, made.action) == ("sessions", "created")
    assert (placed.noun, placed.action, placed.before) == ("sessions", "placed", {})
    assert placed.after["starts_at"] == "2026-10-02T08:00:00+00:00"


def test_when_somebody_is_away_is_part_of_their_history(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    by: dict[str, Any] = {"edited_at": NOW, "edited_by_id": ada}
    with context.database.write() as db:
        db.add(presenter := Presenter(name="Marie Curie", **by))
        db.flush()
        ends_at = OPENING + timedelta(hours=3)
        db.add(Unavailability(presenter_id=presenter.id, starts_at=OPENING, ends_at=ends_at, **by))

    _made, away = entries(context, presenter.id)
    assert (away.noun, away.action, away.title) == ("presenters", "changed", "Marie Curie")
    assert away.before == {}
    assert away.after == {
        "unavailability": {
            "presenter_id": str(presenter.id),
            "starts_at": "2026-10-02T08:00:00+00:00",
            "ends_at": "2026-10-02T11:00:00+00:00",
        }
    }


def test_the_rules_of_an_edition_are_part_of_its_history(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    by: dict[str, Any] = {"edited_at": NOW, "edited_by_id": ada}
    with context.database.write() as db:
        db.add(rules := EditionRules(edition_id=programme.edition.id, **by))
    with context.database.write() as db:
        db.merge(rules).travel_kmh = 60

    _made, _rules, changed = entries(context, programme.edition.id)
    assert (changed.noun, changed.action) == ("editions", "changed")
    assert changed.before == {"rules": {"travel_kmh": 40}}
    assert changed.after == {"rules": {"travel_kmh": 60}}


def test_a_deleted_edition_leaves_its_history(context: ServiceContext, ada: UUID) -> None:
    with context.database.write() as db:
        edition = DraftedProgramme(db, ada).edition
    with context.database.write() as db:
        history.acting(db, account_id=ada, now=LATER)
        delete_edition(db, edition.id, 1)

    assert [(entry.action, entry.edition_id) for entry in entries(context, edition.id)] == [
        ("created", None),
        ("deleted", None),
    ]


def test_releases_and_what_is_taken_back_are_actions_of_their_own(
    context: ServiceContext, programme: DraftedProgramme, ada: UUID
) -> None:
    by: dict[str, Any] = {"account_id": ada, "now": LATER}
    with context.database.write() as db:
        release(db, programme.edition.id, note="Programme complet", **by)
    with context.database.write() as db:
        cancel_session(db, programme.session.id, 1, **by)
    with context.database.write() as db:
        revert_session(db, programme.session.id, 2, **by)

    released = entries(context, programme.edition.id)[-1]
    assert (released.action, released.comment) == ("released", "Programme complet")
    assert (released.account_id, released.after) == (ada, {"number": 1, "sessions": 1})
    reverted = entries(context, programme.session.id)[-1]
    assert (reverted.action, reverted.before, reverted.after) == (
        "reverted",
        {"status": "cancelled"},
        {"status": "confirmed"},
    )


def _on(programme: DraftedProgramme, db: DbSession) -> DraftedProgramme:
    programme._db = db
    return programme


def test_an_import_leaves_an_entry_for_each_row_that_it_makes_or_changes(
    context: ServiceContext,
) -> None:
    first = imported.programme()
    bring_in(context.database, first, now=NOW)
    with context.database.read() as db:
        made = db.scalars(sa.select(HistoryEntry).order_by(HistoryEntry.id)).all()
    later = replace(first.sessions[0], ends_at=first.sessions[0].ends_at + timedelta(hours=1))
    bring_in(context.database, imported.programme(sessions=(later,)), now=LATER)

    (session,) = imported.sessions_of(context).values()
    _created, changed = entries(context, session.id)
    assert {(entry.noun, entry.action, entry.origin) for entry in made} == {
        *((noun, "created", f"import: {first.source}") for noun in IMPORTED),
        ("editions", "released", f"import: {first.source}"),
    }
    assert told(changed) == {
        "noun": "sessions",
        "action": "changed",
        "title": first.activities[0].title_fr,
        "comment": None,
        "before": {"ends_at": "2026-10-02T10:00:00+00:00"},
        "after": {"ends_at": "2026-10-02T11:00:00+00:00"},
        "account_id": None,
        "origin": f"import: {first.source}",
        "at": LATER,
    }
