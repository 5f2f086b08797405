"""A file of ours that was edited outside brings its edits alone, whatever changed here since."""

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from lxml import etree

from services.scheduling.domain.editing.sessions import delete_session
from services.scheduling.domain.importing import Options, bring_in
from services.scheduling.domain.importing.outcome import Kept
from services.scheduling.domain.merging import merge_venues
from services.scheduling.importers import read_programme
from services.scheduling.models import Activity, Session, UnplacedSession, Venue
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.exported import CALENDARS, changes_of, export, planned
from tests.services.scheduling.stored_programme import OPENING, edit, released_programme

SLUG = "fds-2026"
HOUR = timedelta(hours=1)
UUID_OF_TRAY = UUID("01a1ff23-0000-7000-8000-000000000001")

#: How 10:00 in Paris is written in each format, and how 11:00 is.
ELEVEN = {
    "frab": ((b"T10:00:00+02:00", b"T11:00:00+02:00"),),
    "pretalx": ((b"T11:00:00+02:00", b"T12:00:00+02:00"), (b"T10:00:00+02:00", b"T11:00:00+02:00")),
    "openagenda": (
        (b"T11:00:00+02:00", b"T12:00:00+02:00"),
        (b"T10:00:00+02:00", b"T11:00:00+02:00"),
    ),
    "ics": ((b"T110000", b"T120000"), (b"T100000", b"T110000")),
}


def replaced(content: bytes, *pairs: tuple[bytes, bytes]) -> bytes:
    """Return a file with pieces of it replaced, each of which must be there."""
    for old, new in pairs:
        assert old in content, old
        content = content.replace(old, new)
    return content


def rows_of(context, model, *names):
    """Return columns of a table, in the order of its ids."""
    with context.database.read() as db:
        rows = db.execute(sa.select(*(getattr(model, name) for name in names)).order_by(model.id))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("name", CALENDARS)
def test_a_new_time_is_taken_and_nothing_else_is_touched(context, name):
    with released_programme(context) as stored:
        stored.add_session(registration="here", capacity=12, kind="drop_in")
    file = replaced(export(context, SLUG, name), *ELEVEN[name])

    report = bring_in(context.database, read_programme(file, SLUG), now=NOW)

    assert report.counts["sessions"].changed == 1
    assert rows_of(
        context, Session, "starts_at", "ends_at", "kind", "registration", "capacity", "source"
    ) == [(OPENING + HOUR, OPENING + 2 * HOUR, "drop_in", "here", 12, None)]
    assert rows_of(
        context, Activity, "title_fr", "title_en", "theme", "presenters", "audience", "source"
    ) == [("Voir un muon", "See a muon", "Physique", ["Ada Martin"], "everyone", None)]
    assert changes_of(planned(context, SLUG, export(context, SLUG, name))) == {}


@pytest.mark.parametrize("name", CALENDARS)
def test_what_was_changed_here_since_the_export_stays(context, name):
    with released_programme(context) as stored:
        stored.add_session(capacity=12, registration="here")
    file = export(context, SLUG, name)
    with context.database.write() as db:
        edit(db.scalars(sa.select(Session)).one(), starts_at=OPENING - HOUR, capacity=20)
        edit(db.scalars(sa.select(Activity)).one(), title_fr="Un autre titre")

    assert changes_of(planned(context, SLUG, file)) == {}


@pytest.mark.parametrize("name", CALENDARS)
def test_what_was_changed_on_both_sides_stays_as_it_is_here_and_is_named(context, name):
    with released_programme(context) as stored:
        session = stored.add_session()
    file = replaced(export(context, SLUG, name), *ELEVEN[name])
    file = replaced(file, (b"Voir un muon", b"Voir deux muons"))
    with context.database.write() as db:
        edit(db.scalars(sa.select(Session)).one(), starts_at=OPENING - HOUR)

    report = bring_in(context.database, read_programme(file, SLUG), now=NOW)

    known = f"{session.uid}" if name == "ics" else str(session.id)
    assert report.kept == (
        Kept("sessions", known, "starts_at"),
        Kept("sessions", known, "ends_at"),
    )
    assert rows_of(context, Session, "starts_at", "ends_at") == [(OPENING - HOUR, OPENING + HOUR)]
    assert rows_of(context, Activity, "title_fr") == [("Voir deux muons",)]


@pytest.mark.parametrize("name", ["frab", "pretalx"])
def test_an_event_is_moved_to_another_room_of_the_file(context, name):
    with released_programme(context) as stored:
        other = stored.add_venue("Planétarium")
        stored.add_session(stored.add_activity("Une comète"), venue_id=other.id, space_id=None)
        stored.add_session(stored.add_activity("Un muon"))
    read = read_programme(export(context, SLUG, name), SLUG)
    comet = next(record for record in read.activities if record.title_fr == "Une comète")
    here = next(record.space for record in read.sessions if record.activity == comet.source_id)
    moved = export(context, SLUG, name)
    if name == "frab":
        root = etree.fromstring(moved)
        (muon,) = root.xpath("//event[title='Un muon']")
        (comets,) = root.xpath("//day/room[event/title='Une comète']")
        muon.find("room").text = comets.get("name")
        comets.append(muon)
        moved = etree.tostring(root)
    else:
        document = json.loads(moved)
        rooms = document["schedule"]["conference"]["days"][0]["rooms"]
        (muons,) = [key for key, events in rooms.items() if events[0]["title"] == "Un muon"]
        (comets,) = [key for key in rooms if key != muons]
        rooms[comets].append({**rooms.pop(muons)[0], "room": comets})
        moved = json.dumps(document).encode()

    bring_in(context.database, read_programme(moved, SLUG), now=NOW)

    assert here == str(other.id)
    assert rows_of(context, Session, "venue_id", "space_id") == [(other.id, None)] * 2
    assert len(rows_of(context, Venue, "id")) == 2


@pytest.mark.parametrize("name", CALENDARS)
def test_a_title_is_edited_once_for_all_the_sessions_that_show_it(context, name):
    with released_programme(context) as stored:
        stored.add_sessions(3)
    file = export(context, SLUG, name)
    edited = file.replace(b"Voir un muon", b"Voir deux muons", 1)

    found = planned(context, SLUG, edited)

    assert [row["title_fr"] for row in changes_of(found)["activities"]] == ["Voir deux muons"]
    assert [str(note) for note in found.report.notes] == []


def test_two_titles_for_one_activity_are_told_and_the_first_is_taken(context):
    with released_programme(context) as stored:
        stored.add_sessions(2)
    file = export(context, SLUG, "frab")
    edited = file.replace(b"<title>Voir un muon", b"<title>Un", 1)
    edited = edited.replace(b"<title>Voir un muon", b"<title>Deux", 1)

    found = planned(context, SLUG, edited)

    assert [row["title_fr"] for row in changes_of(found)["activities"]] == ["Un"]
    assert [str(note) for note in found.report.notes] == [
        "«\u00a0Un\u00a0» est écrit de plusieurs façons dans le fichier (title_fr)\u00a0: "
        "la première est prise."
    ]


def test_a_file_whose_marks_were_dropped_is_taken_at_its_word(context):
    with released_programme(context) as stored:
        stored.add_session(registration="here", capacity=12)
    file = re.sub(rb"<origin_url>.*?</origin_url>", b"", export(context, SLUG, "frab"))
    unchanged = planned(context, SLUG, file)
    with context.database.write() as db:
        edit(db.scalars(sa.select(Activity)).one(), title_fr="Un autre titre")

    found = planned(context, SLUG, file)

    assert changes_of(unchanged) == {}
    assert [row["title_fr"] for row in changes_of(found)["activities"]] == ["Voir un muon"]


def test_what_the_operator_says_of_the_way_in_holds_for_our_own_files_too(context):
    with released_programme(context) as stored:
        stored.add_session()

    options = Options("here", 30)
    bring_in(
        context.database, read_programme(export(context, SLUG, "frab"), SLUG), options, now=NOW
    )

    assert rows_of(context, Session, "registration", "capacity") == [("here", 30)]


@pytest.mark.parametrize("name", CALENDARS)
def test_a_venue_that_was_merged_into_another_is_the_other(context, name):
    with released_programme(context) as stored:
        twin = stored.add_venue("Museum")
        stored.add_session(venue_id=twin.id, space_id=None)
        stored.add_session(starts_at=OPENING + HOUR)
        kept_id, gone_id = stored.venue.id, twin.id
    file = export(context, SLUG, name)
    with context.database.write() as db:
        merge_venues(db, kept_id, gone_id, account_id=None, now=NOW)

    found = planned(context, SLUG, file)

    assert changes_of(found) == {}


def test_a_venue_of_another_source_that_was_merged_stays_merged_when_its_file_comes_again(context):
    with released_programme(context) as stored:
        imported = stored.add_venue("Museum", source="frab:fds-2026", source_id="venue")
        session = stored.add_session(venue_id=imported.id, space_id=None)
        kept_id, gone_id = stored.venue.id, imported.id
        session_id = session.id
    file = export(context, SLUG, "frab").replace(b'name="Parvis"', b'name="another"')
    with context.database.write() as db:
        merge_venues(db, kept_id, gone_id, account_id=None, now=NOW)

    found = changes_of(planned(context, SLUG, file))

    assert "venues" not in found
    assert rows_of(context, Session, "id", "venue_id") == [(session_id, kept_id)]


@pytest.mark.parametrize("name", CALENDARS)
def test_a_session_that_was_deleted_here_is_not_made_again(context, name):
    with released_programme(context) as stored:
        stored.add_session()
    with context.database.write() as db:
        session = db.scalars(sa.select(Session)).one()
        drafted = Session(
            **{
                column.name: getattr(session, column.name)
                for column in Session.__table__.columns
                if column.name not in ("id", "uid")
            },
            id=(drafted_id := new_id()),
            uid=f"{drafted_id}@parvis",
        )
        db.add(drafted)
    file = export(context, SLUG, name, drafts=True)
    with context.database.write() as db:
        delete_session(db, drafted_id, None)

    found = changes_of(planned(context, SLUG, file))

    assert found == {"rejected": ["elle a été supprimée ici depuis que ce fichier a été écrit"]}


def test_a_session_that_went_back_to_the_tray_waits_there(context):
    with released_programme(context) as stored:
        stored.add_session()
    file = export(context, SLUG, "frab")
    with context.database.write() as db:
        session = db.scalars(sa.select(Session)).one()
        tray = UnplacedSession(
            id=UUID_OF_TRAY,
            edition_id=session.edition_id,
            activity_id=session.activity_id,
            edited_at=NOW,
        )
        db.add(tray)
        guid = str(session.id)
    file = file.replace(guid.encode(), str(UUID_OF_TRAY).encode())

    found = changes_of(planned(context, SLUG, file))

    assert found == {"rejected": ["elle attend ici une heure ou un lieu\u00a0: placez-la d’abord"]}


def test_one_session_that_stands_twice_is_taken_once(context):
    with released_programme(context) as stored:
        session = stored.add_session()
        uid, guid = session.uid, str(session.id)
    file = export(context, SLUG, "ics")
    (entry,) = re.findall(rb"BEGIN:VEVENT.*?END:VEVENT\r\n", file, re.DOTALL)
    twice = file.replace(entry, entry + entry.replace(uid.encode(), guid.encode()))

    found = changes_of(planned(context, SLUG, twice))

    assert found == {"rejected": ["un autre plus haut est la même séance"]}


def test_a_file_of_another_edition_is_new_in_this_one_but_for_its_places(context):
    with released_programme(context) as stored:
        stored.add_session()
    file = export(context, SLUG, "openagenda")

    found = changes_of(planned(context, "fds-2027", file))

    assert sorted(found) == ["activities", "editions", "festivals", "sessions"]


def test_a_feed_is_recognised_by_its_uids_and_its_times_are_taken(context, client):
    with released_programme(context) as stored:
        stored.add_session()
    feed = client.get(f"/feeds/editions/{SLUG}.ics").data

    as_it_is = planned(context, SLUG, feed)
    moved = planned(context, SLUG, replaced(feed, *ELEVEN["ics"]))

    assert changes_of(as_it_is) == {}
    (row,) = changes_of(moved)["sessions"]
    assert (row["starts_at"], row["ends_at"]) == (OPENING + HOUR, OPENING + 2 * HOUR)
    assert set(changes_of(moved)) == {"sessions"}
