"""What was changed here stays when the file comes again, and drafts stay drafts."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from services.scheduling.domain.editing.revisions import change
from services.scheduling.domain.import_jobs.summary import report_summary
from services.scheduling.domain.importing import Counts, Options, bring_in
from services.scheduling.domain.importing.outcome import Kept
from services.scheduling.domain.releasing import pending_changes, release
from services.scheduling.models import Activity, Edition, PublishedSession, Release, Session
from services.scheduling.pages.console.kept_words import kept_lines
from shared.testing.contexts import NOW
from tests.services.scheduling.imported import (
    events_of,
    programme,
    published_of,
    row_counts,
    sessions_of,
)

HOUR = timedelta(hours=1)


def edit(context, model, **values):
    """Change the only row of a table as an editor does, and return its id."""
    with context.database.write() as db:
        row = db.scalars(sa.select(model)).one()
        change(row, values, account_id=None, now=NOW)
        return row.id


def moved(hours: int) -> dict:
    """Return what a file says in which the session is so many hours later."""
    (session,) = programme().sessions
    later = replace(
        session,
        starts_at=session.starts_at + hours * HOUR,
        ends_at=session.ends_at + hours * HOUR,
    )
    return {"sessions": (later,)}


def test_what_was_changed_here_alone_stays(context):
    bring_in(context.database, programme(), now=NOW)
    edit(context, Session, capacity=30)
    edit(context, Activity, title_fr="Voir un muon de près")

    report = bring_in(context.database, programme(), now=NOW)

    assert report.counts["sessions"] == report.counts["activities"] == Counts(unchanged=1)
    assert report.kept == ()
    assert sessions_of(context)["s1"].capacity == 30
    assert report.release_id is None


def test_what_the_file_changed_alone_is_taken_beside_what_was_changed_here(context):
    bring_in(context.database, programme(), now=NOW)
    edit(context, Session, capacity=30)

    report = bring_in(context.database, programme(**moved(1)), now=NOW)

    session = sessions_of(context)["s1"]
    (stated,) = programme(**moved(1)).sessions
    assert report.counts["sessions"] == Counts(changed=1)
    assert (session.starts_at, session.capacity) == (stated.starts_at, 30)


def test_what_both_changed_stays_as_it_is_here_and_the_report_says_so_once(context):
    bring_in(context.database, programme(), now=NOW)
    (first,) = programme().sessions
    edit(context, Session, starts_at=first.starts_at - HOUR)

    report = bring_in(context.database, programme(**moved(1)), now=NOW)
    again = bring_in(context.database, programme(**moved(1)), now=NOW)

    assert report.kept == (Kept("sessions", "s1", "starts_at"), Kept("sessions", "s1", "ends_at"))
    assert again.kept == ()
    session = sessions_of(context)["s1"]
    assert (session.starts_at, session.ends_at) == (first.starts_at - HOUR, first.ends_at)


def test_a_time_that_was_changed_here_in_part_is_kept_whole(context):
    bring_in(context.database, programme(), now=NOW)
    (first,) = programme().sessions
    end = first.starts_at + HOUR / 2
    edit(context, Session, ends_at=end)

    report = bring_in(context.database, programme(**moved(4)), now=NOW)

    session = sessions_of(context)["s1"]
    assert (session.starts_at, session.ends_at) == (first.starts_at, end)
    assert {kept.column for kept in report.kept} == {"starts_at", "ends_at"}


def test_what_was_kept_is_told_by_its_title_a_line_for_each_thing(context):
    bring_in(context.database, programme(), now=NOW)
    (first,) = programme().sessions
    edit(context, Session, ends_at=first.starts_at + HOUR / 2)
    edit(context, Activity, title_fr="Voir un muon de près")
    titled = replace(programme().activities[0], title_fr="Muons")

    report = bring_in(context.database, programme(activities=(titled,), **moved(4)), now=NOW)

    told = report_summary(report)["kept"]
    assert kept_lines(told) == [
        ("Voir un muon de près", "Titre"),
        ("Voir un muon de près", "Début, Fin"),
    ]


def test_a_way_in_that_was_decided_here_is_kept_whole(context):
    (first,) = programme().sessions
    bring_in(context.database, programme(sessions=(linked(first, "a"),)), now=NOW)
    edit(context, Session, registration="here", registration_link=None)

    bring_in(context.database, programme(sessions=(linked(first, "b"),)), now=NOW)

    session = sessions_of(context)["s1"]
    assert (session.registration, session.registration_link) == ("here", None)


def linked(session, name):
    """Return a session for which people register at an address of the organiser's."""
    link = f"https://example.org/{name}"
    return replace(session, registration="elsewhere", registration_link=link)


def test_a_file_of_another_year_is_told_before_it_is_applied(context):
    bring_in(context.database, programme(), now=NOW)

    near = bring_in(context.database, programme(**moved(10 * 24)), now=NOW)
    far = bring_in(context.database, programme(**moved(365 * 24)), now=NOW)

    assert near.notes == ()
    assert [str(note) for note in far.notes] == [
        "1 séance est à plus d’une semaine des jours de l’édition\u00a0:"
        " est-ce bien celle-ci\u202f?"
    ]


def test_drafts_are_public_only_after_a_release(context):
    report = bring_in(context.database, programme(), Options(as_drafts=True), now=NOW)

    assert (report.release_id, events_of(context), published_of(context)) == (None, [], {})
    with context.database.write() as db:
        edition = db.scalars(sa.select(Edition)).one()
        assert edition.published is None
        assert [c.kind for c in pending_changes(db, edition.id).changes] == ["new"]
        release(db, edition.id, now=NOW)
    assert published_of(context)["s1"].title_fr == "Voir un muon"


def test_an_import_releases_nothing_that_was_waiting_before(context):
    bring_in(context.database, programme(), now=NOW)
    edit(context, Session, capacity=30)
    (session,) = programme().sessions
    added = replace(session, source_id="s2")

    report = bring_in(context.database, programme(sessions=(session, added)), now=NOW)

    with context.database.read() as db:
        waiting = pending_changes(db, db.scalars(sa.select(Edition.id)).one()).changes
        counts = db.scalars(sa.select(Release.counts).order_by(Release.number)).all()
        stored = db.scalars(sa.select(PublishedSession.capacity)).all()
    assert report.counts["sessions"] == Counts(created=1, unchanged=1)
    assert [change.parts.session.source_id for change in waiting] == ["s1"]
    assert (counts, stored) == ([{"new": 1}, {"new": 1}], [12, 12])


def test_taking_the_same_drafts_again_changes_nothing(context):
    bring_in(context.database, programme(), Options(as_drafts=True), now=NOW)
    before = row_counts(context)

    bring_in(context.database, programme(), Options(as_drafts=True), now=NOW)

    assert row_counts(context) == before
