"""Two venues, organisations or presenters that are one become one, and nothing is lost."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain.duplicates import Known, likely, likely_pairs, likely_venues
from services.scheduling.domain.editing.spaces import create_space
from services.scheduling.domain.importing import Counts, bring_in
from services.scheduling.domain.merging import (
    SameRow,
    merge_organisations,
    merge_presenters,
    merge_venues,
)
from services.scheduling.domain.releasing import pending_changes, release
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    FeedToken,
    HistoryEntry,
    Membership,
    MergedRow,
    Organisation,
    Presenter,
    PublishedPresenter,
    PublishedSession,
    Session,
    Space,
    Venue,
)
from services.scheduling.models.referring import referring
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.imported import programme as source_programme

WHO: dict[str, Any] = {"account_id": None, "now": NOW + timedelta(hours=1)}


def test_the_sessions_of_both_venues_are_the_kept_ones_with_their_uids_and_rooms(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        kept, gone = programme.venue, programme.add_venue("Museum (Grenoble)", directions="Tram A")
        gone.source, gone.source_id = "frab:2025", "museum"
        own = create_space(db, {"venue_id": gone.id, "name": "auditorium"}, **programme.by)
        garden = create_space(db, {"venue_id": gone.id, "name": "Jardin"}, **programme.by)
        ours = programme.add_session()
        theirs = programme.add_session(venue_id=gone.id, space_id=own.id)
        outside = programme.add_session(venue_id=gone.id, space_id=garden.id)
        uids = {ours.uid, theirs.uid, outside.uid}
        release(db, programme.edition.id, now=NOW)
        db.add(FeedToken(token_hash="x", name="Accueil", venue_id=gone.id, created_at=NOW))
    with context.database.write() as db:
        merged = merge_venues(db, kept.id, gone.id, **WHO)
        assert (merged.name, merged.directions) == ("Muséum", "Tram A")

    with context.database.read() as db:
        assert db.scalars(sa.select(Venue.id)).all() == [kept.id]
        sessions = db.scalars(sa.select(Session).order_by(Session.id)).all()
        assert {session.uid for session in sessions} == uids
        assert {session.venue_id for session in sessions} == {kept.id}
        assert [session.space and session.space.name for session in sessions] == [
            *("Auditorium", "Auditorium", "Jardin"),
        ]
        assert db.scalar(sa.select(sa.func.count()).select_from(Space)) == 2
        assert set(db.scalars(sa.select(PublishedSession.venue_id))) == {kept.id}
        assert db.scalars(sa.select(FeedToken.venue_id)).all() == [kept.id]
        rows = db.execute(sa.select(MergedRow.noun, MergedRow.old_id, MergedRow.new_id)).all()
        assert {(row.noun, row.old_id, row.new_id) for row in rows} == {
            ("venues", gone.id, kept.id),
            ("spaces", own.id, programme.space.id),
        }
        remembered = db.get_one(MergedRow, gone.id)
        assert (remembered.source, remembered.source_id) == ("frab:2025", "museum")
        waiting = pending_changes(db, programme.edition.id)
        assert {change.id for change in waiting.changes} == {ours.id, theirs.id, outside.id}
        entry = db.scalars(sa.select(HistoryEntry).where(HistoryEntry.action == "merged")).all()
        assert [(one.noun, one.row_id, one.comment) for one in entry if one.noun == "venues"] == [
            ("venues", kept.id, "Museum (Grenoble)")
        ]


def test_a_source_whose_venue_and_room_became_others_is_imported_again(
    context: ServiceContext,
) -> None:
    source = source_programme()
    with context.database.write() as db:
        made_here = DraftedProgramme(db)
        kept = made_here.venue.id, made_here.space.id
    bring_in(context.database, source, now=NOW)
    with context.database.write() as db:
        imported = db.scalars(sa.select(Venue).where(Venue.source == source.source)).one()
        merge_venues(db, kept[0], imported.id, **WHO)
    later = source.sessions[0].starts_at + timedelta(minutes=30)
    moved = replace(source, sessions=(replace(source.sessions[0], starts_at=later),))

    assert bring_in(context.database, source, now=WHO["now"]).counts["spaces"] == Counts(0, 0, 1)
    assert bring_in(context.database, moved, now=WHO["now"]).counts["sessions"] == Counts(0, 1, 0)
    with context.database.read() as db:
        session = db.scalars(sa.select(Session)).one()
        assert (session.venue_id, session.space_id) == kept
        assert session.starts_at == later
        assert [(room.name, room.capacity) for room in db.scalars(sa.select(Space))] == [
            ("Auditorium", 80)
        ]


def test_members_of_both_organisations_are_members_once(context: ServiceContext) -> None:
    from services.scheduling.domain.accounts import ensure_account
    from services.scheduling.domain.editing.organisations import create_organisation

    with context.database.write() as db:
        programme = DraftedProgramme(db)
        kept = programme.organisation
        gone = create_organisation(
            db, {"name": "Museum de Grenoble (association)", "email": "a@b.example"}, **programme.by
        )
        activity = programme.add_activity(organisation_id=gone.id, presenters=["Ada"])
        ada = ensure_account(db, "ada@parvis.example", "Ada", ["organiser"], NOW)
        both = [Membership(account_id=ada.id, organisation_id=one.id) for one in (kept, gone)]
        db.add_all(both)
    with context.database.write() as db:
        assert merge_organisations(db, kept.id, gone.id, **WHO).email == "a@b.example"

    with context.database.read() as db:
        assert db.get_one(Activity, activity.id).organisation_id == kept.id
        assert db.scalars(sa.select(Membership.organisation_id)).all() == [kept.id]
        assert db.scalars(sa.select(Presenter.organisation_id)).all() == [kept.id]


def test_a_presenter_merged_is_credited_once_by_the_kept_name(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        first = programme.add_activity(presenters=["Ada Martin", "A. Martin", "Emmy"])
        second = programme.add_activity("Une autre", presenters=["A. Martin"])
        session = programme.add_session(second)
        release(db, programme.edition.id, now=NOW)
        people = {row.name: row.id for row in db.scalars(sa.select(Presenter))}
    kept, gone = people["Ada Martin"], people["A. Martin"]
    with context.database.write() as db:
        merge_presenters(db, kept, gone, **WHO)

    with context.database.read() as db:
        assert db.get_one(Activity, first.id).presenters == ["Ada Martin", "Emmy"]
        assert db.get_one(Activity, second.id).presenters == ["Ada Martin"]
        credits = db.execute(
            sa.select(ActivityPresenter.activity_id, ActivityPresenter.presenter_id)
        )
        assert {tuple(row) for row in credits} == {
            (first.id, kept),
            (first.id, people["Emmy"]),
            (second.id, kept),
        }
        published = db.execute(
            sa.select(PublishedPresenter.session_id, PublishedPresenter.presenter_id)
        )
        assert [tuple(row) for row in published] == [(session.id, kept)]


def test_a_row_is_not_merged_with_itself_and_twice_merged_leads_to_the_last(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        names = ("Un", "Deux", "Trois")
        ids: list[UUID] = [programme.add_venue(name).id for name in names]
    with pytest.raises(SameRow), context.database.write() as db:
        merge_venues(db, ids[0], ids[0], **WHO)
    with context.database.write() as db:
        merge_venues(db, ids[1], ids[2], **WHO)
        merge_venues(db, ids[0], ids[1], **WHO)
    with context.database.read() as db:
        rows = db.execute(sa.select(MergedRow.old_id, MergedRow.new_id))
        assert {tuple(row) for row in rows} == {(ids[2], ids[0]), (ids[1], ids[0])}


def test_whatever_can_refer_to_a_venue_is_known() -> None:
    found = {f"{table.name}.{column.name}" for table, column in referring(Venue)}

    assert found >= {
        *("spaces.venue_id", "sessions.venue_id", "published_sessions.venue_id"),
        *("unplaced_sessions.venue_id", "stops.venue_id", "feed_tokens.venue_id"),
        "memberships.venue_id",
    }


GRENOBLE, VOIRON = new_id(), new_id()


def known(name: str, address: str | None = None, commune_id: UUID | None = GRENOBLE) -> Known:
    return Known(new_id(), name, address, commune_id)


@pytest.mark.parametrize(
    ("wanted", "other", "is_likely"),
    [
        (known("Médiathèque Kateb Yacine"), known("mediatheque kateb-yacine"), True),
        (known("Salle des fêtes"), known("Salle des fêtes", commune_id=VOIRON), True),
        (known("Salle polyvalente"), known("Salle Polyvalentes", commune_id=VOIRON), False),
        (known("MJC", "3 rue Haute"), known("MJC Lucie Aubrac", "3, r. Haute"), False),
        (known("Bibliothèque du Centre", "1 place Victor Hugo"),
         known("Bibliothèque Victor", "1 pl. Victor Hugo"), True),
        (known("Muséum"), known("Château"), False),
    ],
)  # fmt: skip
def test_likely_duplicates_are_found_by_name_and_address(wanted, other, is_likely):
    assert bool(likely(wanted, [other])) is is_likely


def test_pairs_of_stored_venues_are_found_once(context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        twin = programme.add_venue("Le Muséum !")
        programme.add_venue("Parc Mistral")
        pairs = likely_pairs(db, Venue)
        assert [{row.id, one.row.id} for row, one in pairs] == [{programme.venue.id, twin.id}]
        wanted = Known(None, "museum", commune_id=programme.commune.id)
        assert {one.row.name for one in likely_venues(db, wanted)} == {"Muséum", "Le Muséum !"}
        assert programme.edition.starts_on == date(2026, 10, 2)
        assert db.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 1


def test_a_venue_that_may_be_there_is_shown_before_it_is_made_and_two_are_merged(
    context: ServiceContext,
) -> None:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        session = programme.add_session()
    ada = Staff(context, "coordinator")
    form = ada.form_of("/console/venues/new")
    given = {"name": "Le Muséum", "commune_id": str(programme.commune.id)}

    asked = ada.send("/console/venues/new", form, **given)
    assert f'href="/console/venues/{programme.venue.id}"' in asked.text
    made = ada.send("/console/venues/new", form, **given, confirmed="1")
    twin = made.location.rpartition("/")[2]
    assert "Le Muséum" in ada.get("/console/duplicates").text

    page = f"/console/duplicates/venues/{twin}/{programme.venue.id}"
    unchosen = ada.send(page, {"csrf_token": ada.form_of(page)["csrf_token"]})
    assert unchosen.location == page
    merged = ada.send(page, keep=twin)
    assert merged.location == f"/console/venues/{twin}"
    with context.database.read() as db:
        assert str(db.get_one(Session, session.id).venue_id) == twin
    assert ada.send(page, {**form}, keep=twin).location == "/console/duplicates"
