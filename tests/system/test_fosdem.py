"""A real programme, all the way: FOSDEM 2025 is imported, and somebody registers for a talk."""

import json
from xml.etree import ElementTree

import pytest

from shared.testing.calendars import assert_valid_calendar
from shared.testing.processes import wait_until
from shared.testing.published import published_file
from tests.system.installation import PATIENCE, Embedded
from tests.system.test_the_whole_way import (
    events,
    manage_path,
    part,
    read_by_two_decoders,
)

#: What these tests start is started once, by one process of the test run.
pytestmark = [pytest.mark.published, pytest.mark.xdist_group("fosdem")]

FOSDEM = published_file("fosdem-2025.xml")


@pytest.fixture(scope="module")
def fosdem(tmp_path_factory):
    running = Embedded(tmp_path_factory.mktemp("fosdem") / "data", "--no-demo").start()
    options = ("--edition", "fosdem-2025", "--registration", "here", "--capacity", "50")
    imported = running.command("import", str(FOSDEM), *options)
    assert imported.returncode == 0, imported.stdout + imported.stderr
    yield running
    running.close()


def test_every_event_and_room_is_accounted_for(fosdem):
    tree = ElementTree.parse(FOSDEM)
    sessions = fosdem.sessions(edition="fosdem-2025")

    assert len(sessions) == len(tree.findall(".//event"))
    rooms = {room.get("name") for room in tree.findall(".//room") if room.find("event") is not None}
    assert {session["space"]["name"] for session in sessions} == rooms


def test_importing_again_changes_nothing(fosdem):
    before = fosdem.get("/feeds/editions/fosdem-2025.ics").content

    again = fosdem.command("import", str(FOSDEM), "--edition", "fosdem-2025")

    assert again.returncode == 0
    assert fosdem.get("/feeds/editions/fosdem-2025.ics").content == before


def test_a_registration_yields_a_mail_with_a_ticket_and_a_calendar_entry(fosdem):
    session = fosdem.bookable_session()

    answer = fosdem.register(session["id"], "visitor@example.org", adults=1)

    assert answer.status_code == 201, answer.text
    (mail,) = fosdem.wait_for_mails("visitor@example.org")
    assert read_by_two_decoders(part(mail, "image/png")) == {answer.json()["ticket"]}
    assert_valid_calendar(part(mail, "text/calendar"))
    (entry,) = events(part(mail, "text/calendar"))
    feed = fosdem.get(f"/feeds{manage_path(mail)}.ics")
    assert [event["UID"] for event in events(feed.content)] == [entry["UID"]]


def test_the_feed_of_a_thousand_sessions_is_valid(fosdem):
    feed = fosdem.get("/feeds/editions/fosdem-2025.ics")

    assert_valid_calendar(feed.content)
    assert len(events(feed.content)) == len(fosdem.sessions(edition="fosdem-2025"))


def test_its_one_genuine_conflict_is_found_and_no_false_one(fosdem, tmp_path):
    """Two talks of one person overlap by ten minutes, in two buildings of the campus."""
    file = tmp_path / "conflicts.json"
    checked = fosdem.command("conflicts", "fosdem-2025", "--json", str(file))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    (conflict,) = json.loads(file.read_text())

    assert (conflict["kind"], conflict["level"]) == ("presenter_twice", "blocks")
    assert conflict["sentence"].startswith("johan (linaker.se) would be in several places at once")
    sessions = {each["id"]: each for each in fosdem.sessions(edition="fosdem-2025")}
    told = [sessions[each] for each in conflict["sessions"]]
    assert [(each["space"]["name"], each["starts_at"]) for each in told] == [
        ("K.3.601", "2025-02-02T12:10:00+00:00"),
        ("AW1.126", "2025-02-02T12:30:00+00:00"),
    ]


@pytest.mark.parametrize("fault", ["empty", "bare", "cut"])
def test_a_broken_file_leaves_everything_as_it_was(fosdem, tmp_path, fault):
    contents = {"empty": b"", "bare": b"<schedule>", "cut": FOSDEM.read_bytes()[:200_000]}
    broken = tmp_path / "broken.xml"
    broken.write_bytes(contents[fault])
    before = fosdem.get("/feeds/editions/fosdem-2025.ics").content

    refused = fosdem.command("import", str(broken), "--edition", "fosdem-2025")

    assert refused.returncode == 1
    assert "Traceback" not in refused.stdout + refused.stderr
    assert wait_until(lambda: fosdem.get("/healthz").ok, PATIENCE)
    assert fosdem.get("/feeds/editions/fosdem-2025.ics").content == before
