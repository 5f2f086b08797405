"""From the programme to a seat, a mail and a calendar entry, in both ways of running."""

import io
import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
import zxingcpp
from icalendar import Calendar
from PIL import Image
from pyzbar import pyzbar

from shared.testing.calendar_clients import khal_list, sync_with_vdirsyncer
from shared.testing.calendars import assert_valid_calendar
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE, Installation
from tests.system.organiser import Organiser


def part(mail: EmailMessage, content_type: str) -> bytes:
    """Return the content of the first part of this type."""
    found = next(part for part in mail.walk() if part.get_content_type() == content_type)
    content = found.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def read_by_two_decoders(png: bytes) -> set[str]:
    image = Image.open(io.BytesIO(png))
    zbar = {found.data.decode() for found in pyzbar.decode(image)}
    zxing = {found.text for found in zxingcpp.read_barcodes(image)}
    assert zbar == zxing
    return zbar


def events(body: bytes):
    return list(Calendar.from_ical(body).walk("VEVENT"))


def manage_path(mail: EmailMessage) -> str:
    text = part(mail, "text/plain").decode()
    found = re.search(r"/registrations/[\w-]+", text)
    assert found, text
    return found[0]


def test_a_seat_a_mail_a_ticket_and_a_calendar_entry(installation: Installation, tmp_path):
    session = installation.bookable_session()

    page = installation.get("/")
    assert page.status_code == 200
    assert session["title"] in installation.get(f"/sessions/{session['id']}").text

    answer = installation.register(session["id"], "camille@example.org", adults=2, children=1)
    assert answer.status_code == 201, answer.text
    registration = answer.json()
    (mail,) = installation.wait_for_mails("camille@example.org")

    assert read_by_two_decoders(part(mail, "image/png")) == {registration["ticket"]}
    assert manage_path(mail) in registration["manage_url"]
    (entry,) = events(part(mail, "text/calendar"))
    assert_valid_calendar(part(mail, "text/calendar"))

    feeds = {
        "venue": f"/feeds/venues/{session['venue']['id']}.ics",
        "registration": f"/feeds{manage_path(mail)}.ics",
        "edition": "/feeds/editions/fete-de-la-science-isere.ics",
    }
    for name, path in feeds.items():
        feed = installation.get(path)
        assert feed.status_code == 200, path
        assert_valid_calendar(feed.content)
        same = [event for event in events(feed.content) if event["UID"] == entry["UID"]]
        assert [event.decoded("DTSTART") for event in same] == [entry.decoded("DTSTART")], name
        again = installation.get(path, headers={"If-None-Match": feed.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    folder = sync_with_vdirsyncer(installation.url(feeds["registration"]), tmp_path / "sync")
    day = entry.decoded("DTSTART").date()
    end = day + timedelta(days=1)
    listed = khal_list(folder, tmp_path, start=day.isoformat(), end=end.isoformat())
    assert any(session["title"] in line for line in listed), listed


def test_seats_left_reach_the_programme_and_come_back_after_a_cancellation(installation):
    session = installation.bookable_session()

    def seats_left() -> int:
        return installation.get(f"/api/v1/sessions/{session['id']}").json()["seats_left"]

    registered = installation.register(session["id"], "eli@example.org", adults=3).json()
    assert wait_until(lambda: seats_left() == session["seats_left"] - 3, PATIENCE)
    installation.wait_for_mails("eli@example.org")  # what is overtaken would not be sent

    path = "/api/v1" + re.sub(r"^.*(/registrations/)", r"\1", registered["manage_url"])
    assert installation.http.delete(installation.url(path), timeout=PATIENCE).ok
    assert wait_until(lambda: seats_left() == session["seats_left"], PATIENCE)
    assert wait_until(lambda: len(installation.mails_to("eli@example.org")) == 2, PATIENCE)
    cancelled = installation.mails_to("eli@example.org")[1]
    (event,) = events(part(cancelled, "text/calendar"))
    assert event["STATUS"] == "CANCELLED"


def test_opening_the_mailed_link_changes_nothing(installation):
    session = installation.bookable_session()
    installation.register(session["id"], "sacha@example.org", adults=2)
    (mail,) = installation.wait_for_mails("sacha@example.org")
    path = manage_path(mail)
    before = installation.get("/api/v1" + path).json()

    for _ in range(3):
        assert installation.get(path).status_code == 200
    for link in set(re.findall(rf'href="({path}[^"]*)"', installation.get(path).text)):
        installation.get(link.replace("&amp;", "&"))

    assert installation.get("/api/v1" + path).json() == before


def test_a_project_that_is_sent_back_reaches_whoever_proposes_it(installation):
    coordinator = Organiser(installation)
    listed = coordinator.get("/api/v1/draft/activities?q=sous-sol").json()
    (project,) = [one for one in listed["items"] if one["state"] == "submitted"]
    path = f"/api/v1/draft/activities/{project['id']}"
    coordinator.edit(path, contact_email="lou@example.org")

    answer = coordinator.take(path, "ask-changes", comment="Dès quel âge ?")

    assert answer["state"] == "changes_asked"
    (mail,) = installation.wait_for_mails("lou@example.org")
    text = part(mail, "text/plain").decode()
    assert "Dès quel âge ?" in text
    assert f"/proposals/{project['id']}" in text


def test_one_correlation_id_goes_from_the_request_to_the_mail_and_no_name_is_logged(distributed):
    session = distributed.bookable_session()
    email = "quelqu.un.de.precis@example.org"
    answer = distributed.register(session["id"], email, adults=1)
    distributed.wait_for_mails(email)
    correlation_id = answer.headers["X-Correlation-Id"]

    def told_by(log: str) -> bool:
        return correlation_id in log

    assert told_by(distributed.webs["registration"].said())
    assert wait_until(lambda: told_by(distributed.workers["notifications"].said()), PATIENCE)
    token = answer.json()["manage_url"].rpartition("/")[2]
    distributed.get(f"/registrations/{token}")
    logs = distributed.logs()
    for secret in (email, "Camille Martin", token, answer.json()["ticket"]):
        assert secret not in logs


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_every_process_tells_how_it_is(distributed, path):
    for port in [*distributed.ports.values(), *distributed.health.values()]:
        url = f"http://127.0.0.1:{port}{path}"
        assert wait_until(lambda: distributed.http.get(url, timeout=PATIENCE).ok, PATIENCE)  # noqa: B023
