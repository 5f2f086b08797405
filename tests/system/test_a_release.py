"""A programme with three hundred registrations changes: everybody concerned learns it, once."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream

from shared.testing.calendar_clients import khal_list, sync_with_vdirsyncer
from shared.testing.calendars import assert_valid_calendar
from shared.testing.processes import wait_until
from shared.testing.published import published_file
from tests.system.conftest import running_distributed
from tests.system.installation import PATIENCE, Embedded, Installation
from tests.system.organiser import Organiser
from tests.system.test_the_whole_way import events, manage_path, part

DEMO = "fete-de-la-science-isere"
FOSDEM = "fosdem-2025"

#: How many people register, in how many sessions.
PEOPLE, SESSIONS = 300, 30

LATER = timedelta(minutes=35)


@dataclass
class Story:
    """What was done, by the ids of the sessions, and who had registered where."""

    edition: str
    booked: dict[str, list[str]] = field(default_factory=dict)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    raised: str = ""

    @property
    def told(self) -> set[str]:
        """Return the sessions of which people are told."""
        return self.moved | self.cancelled

    def expected(self, email: str) -> set[str]:
        """Return the sessions of which this person is told."""
        return self.told & set(self.booked[email])


#: The two may be told side by side; each is started once, by one process of the test run.
_WAYS = [
    pytest.param(way, marks=pytest.mark.xdist_group(f"release {way}"))
    for way in ("embedded", "distributed")
]


@pytest.fixture(scope="module", params=_WAYS)
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Return a running Parvis of this test's own, with the demo edition."""
    folder = tmp_path_factory.mktemp("release")
    if request.param == "embedded":
        running = Embedded(folder / "data").start()
        yield running
        running.close()
    else:
        yield from running_distributed(folder)


@pytest.fixture(scope="module")
def organiser(installation: Installation) -> Organiser:
    """Return a coordinator's program."""
    return Organiser(installation)


@pytest.mark.parametrize("edition", [DEMO, pytest.param(FOSDEM, marks=pytest.mark.published)])
def test_everybody_registered_learns_once_what_changed_for_them(
    installation, organiser, edition, tmp_path
):
    if edition == FOSDEM:
        options = ("--edition", FOSDEM, "--registration", "here", "--capacity", "50")
        imported = installation.command("import", str(published_file("fosdem-2025.xml")), *options)
        assert imported.returncode == 0, imported.stdout + imported.stderr
    story = begin(installation, edition)
    feed_path = f"/feeds/editions/{edition}.ics"
    before = installation.get(feed_path).content
    subscription = tmp_path / "subscription"
    sync_with_vdirsyncer(installation.url(feed_path), subscription)

    change_the_programme(organiser, story)
    assert installation.get(feed_path).content == before, "a draft was shown to the public"
    released = organiser.release(edition)

    assert released["counts"] == {"moved": 11, "cancelled": 2, "changed": 1}
    wait_until_quiet(installation, organiser, story)
    mailboxes = installation.mailboxes()
    for email in story.booked:
        check_mailbox(story, email, mailboxes[email])
    check_seats(installation, story)
    check_feeds(installation, story, before, installation.get(feed_path).content)
    folder = sync_with_vdirsyncer(installation.url(feed_path), subscription)
    check_khal(story, folder, tmp_path)
    again = organiser.changes(edition).json()
    assert (again["items"], again["counts"]) == ([], {})


def begin(installation: Installation, edition: str) -> Story:
    """Let three hundred people register, a third of them in two sessions; wait for their mails."""
    story = Story(edition)
    found: list[dict[str, Any]] = []

    def are_counted() -> bool:
        found[:] = [
            session
            for session in installation.sessions(edition=edition)
            if session["registration"] == "here"
            and session["kind"] == "timed"
            and (session["seats_left"] or 0) >= 24
        ]
        return len(found) >= SESSIONS

    assert wait_until(are_counted, PATIENCE), len(found)
    chosen = sorted(found, key=lambda session: (session["starts_at"], session["id"]))[:SESSIONS]
    story.sessions = {session["id"]: session for session in chosen}
    ids = list(story.sessions)
    for number in range(PEOPLE):
        mine = {ids[number % SESSIONS]}
        if number % 3 == 0:
            mine.add(ids[(number * 7 + 5) % SESSIONS])
        story.booked[f"person{number}@{edition}.example"] = sorted(mine)

    def register(email: str) -> int:
        bookings = [{"session_id": s, "party": {"adults": 1}} for s in story.booked[email]]
        body = {"email": email, "name": "Camille Martin", "locale": "fr", "bookings": bookings}
        headers = {"Idempotency-Key": str(uuid4())}
        return installation.post("/api/v1/registrations", json=body, headers=headers).status_code

    with ThreadPoolExecutor(8) as people:
        assert set(people.map(register, story.booked)) == {201}
    installation.wait_for_mails(*story.booked)
    return story


def change_the_programme(organiser: Organiser, story: Story) -> None:
    """Move twelve sessions, cancel two, raise one capacity, undo one of the moves."""
    ids = list(story.sessions)
    moving, story.cancelled, story.raised = ids[:12], set(ids[12:14]), ids[14]
    for session_id in moving:
        session = story.sessions[session_id]
        times = {
            name: (datetime.fromisoformat(session[name]) + LATER).isoformat()
            for name in ("starts_at", "ends_at")
        }
        organiser.edit(draft(session_id), **times)
    for session_id in story.cancelled:
        organiser.edit(draft(session_id), status="cancelled")
    capacity = story.sessions[story.raised]["capacity"]
    organiser.edit(draft(story.raised), capacity=capacity + 10)
    organiser.revert(draft(moving[0]))
    story.moved = set(moving[1:])


def draft(session_id: str) -> str:
    """Return the address of a session's draft."""
    return f"/api/v1/draft/sessions/{session_id}"


def wait_until_quiet(installation: Installation, organiser: Organiser, story: Story) -> None:
    """Wait until all that the release sets going has come to its end."""
    concerned = [email for email in story.booked if story.expected(email)]
    assert len(concerned) > PEOPLE / 3

    def is_quiet() -> bool:
        mailboxes = installation.mailboxes()
        if not all(len(mailboxes[email]) >= 2 for email in concerned):
            return False
        counts = organiser.get("/api/v1/notifications/mails/counts").json()
        if any(counts.get(state, 0) for state in ("queued", "sending", "deferred")):
            return False
        listed = installation.command("messages", "list").stdout
        return listed.count("everything is through") == 3

    assert wait_until(is_quiet, 2 * PATIENCE), {
        email: len(mails) for email, mails in installation.mailboxes().items()
    }


def check_mailbox(story: Story, email: str, mails: list[EmailMessage]) -> None:
    """One mail more for whom something changed, with exactly that; none for the others."""
    expected = story.expected(email)
    assert len(mails) == 1 + bool(expected), [str(mail["Subject"]) for mail in mails]
    if not expected:
        return
    confirmation, told = mails
    body = part(told, "text/plain").decode()
    first, now = invitations(confirmation), invitations(told)
    assert set(now) == set(first)
    for session_id in story.booked[email]:
        session = story.sessions[session_id]
        uid = session["uid"]
        is_told = now[uid]["SEQUENCE"] > first[uid]["SEQUENCE"]
        assert is_told == (session_id in expected), (email, session["title"])
        later = LATER if session_id in story.moved else timedelta()
        assert now[uid].decoded("DTSTART") == first[uid].decoded("DTSTART") + later
        off = now[uid].get("STATUS") == "CANCELLED"
        assert off == (session_id in story.cancelled)
        assert plain(session["title"]) in plain(body)


def invitations(mail: EmailMessage) -> dict[str, Any]:
    """Return the appointments in the files of a mail, by UID."""
    found = {}
    for attached in mail.walk():
        if attached.get_content_type() == "application/ics":
            calendar = attached.get_payload(decode=True)
            assert isinstance(calendar, bytes)
            assert_valid_calendar(calendar)
            (event,) = events(calendar)
            found[str(event["UID"])] = event
    return found


def plain(text: str) -> str:
    """Return a text with ordinary spaces alone, on one line."""
    return re.sub(r"\s+", " ", text)


def check_seats(installation: Installation, story: Story) -> None:
    """Seats of moved sessions stay taken, those of cancelled ones are free, the raised has more."""
    people = dict.fromkeys(story.sessions, 0)
    for sessions in story.booked.values():
        for session_id in sessions:
            people[session_id] += 1

    def seats_left(session_id: str) -> int | None:
        answer = installation.get(f"/api/v1/sessions/{session_id}").json()
        left: int | None = answer["seats_left"]
        return left

    free = {}
    for session_id, session in story.sessions.items():
        capacity = session["capacity"] + (10 if session_id == story.raised else 0)
        taken = 0 if session_id in story.cancelled else people[session_id]
        free[session_id] = capacity - taken
    assert wait_until(lambda: {s: seats_left(s) for s in free} == free, PATIENCE), [
        (story.sessions[s]["title"], seats_left(s), left) for s, left in free.items()
    ]
    email = next(e for e, sessions in story.booked.items() if set(sessions) & story.cancelled)
    path = manage_path(installation.mails_to(email)[0])
    bookings = installation.get(f"/api/v1{path}").json()["bookings"]
    found = {booking["session_id"]: booking["status"] for booking in bookings}
    assert {s for s, status in found.items() if status == "cancelled"} == (
        set(found) & story.cancelled
    )
    assert_valid_calendar(installation.get(f"/feeds{path}.ics").content)


def check_feeds(installation: Installation, story: Story, before: bytes, after: bytes) -> None:
    """Compare two fetches of the edition's feed: UIDs stay, SEQUENCE rises with what changed."""
    assert_valid_calendar(after)
    first, second = read_by_ical(before), read_by_ical(after)
    assert set(first) == set(second)
    uids = {session["uid"]: session_id for session_id, session in story.sessions.items()}
    for uid, (sequence, starts_at, status) in second.items():
        was = first[uid]
        session_id = uids.get(uid, "")
        assert sequence == was[0] + (session_id in story.told), uid
        assert starts_at == was[1] + (LATER if session_id in story.moved else timedelta())
        assert (status == "CANCELLED") == (session_id in story.cancelled or was[2] == "CANCELLED")
    for session_id in story.told:
        venue = story.sessions[session_id]["venue"]["id"]
        assert_valid_calendar(installation.get(f"/feeds/venues/{venue}.ics").content)


def read_by_ical(body: bytes) -> dict[str, tuple[int, Any, str]]:
    """Return SEQUENCE, start and status of each event by its UID, as the library `ical` reads."""
    (calendar,) = IcsCalendarStream.from_ics(body.decode()).calendars
    return {
        event.uid or "": (
            event.sequence or 0,
            event.dtstart,
            event.status.name if event.status else "",
        )
        for event in calendar.events
    }


def check_khal(story: Story, folder: Any, tmp_path: Any) -> None:
    """A subscribed reader shows a moved session at its new time."""
    session = story.sessions[min(story.moved)]
    paris = ZoneInfo("Europe/Paris")
    start = (datetime.fromisoformat(session["starts_at"]) + LATER).astimezone(paris)
    day = start.date()
    listed = khal_list(
        folder,
        tmp_path,
        start=day.isoformat(),
        end=(day + timedelta(days=1)).isoformat(),
    )
    mine = [line for line in listed if session["title"][:20] in line]
    assert any(f"{start:%H:%M}" in line for line in mine), listed
