"""A mail read back as whoever receives it reads it."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from services.notifications.domain.composing import letter_of
from services.notifications.models import OutgoingMail
from shared.testing.calendars import assert_valid_calendar
from tests.services.notifications.events import IDENTITY


def read(mail: OutgoingMail) -> EmailMessage:
    """Return the mail as it arrives."""
    message = BytesParser(policy=policy.default).parsebytes(letter_of(mail, IDENTITY).data)
    assert isinstance(message, EmailMessage)
    return message


def page(message: EmailMessage, kind: str) -> str:
    """Return its page, `plain` or `html`."""
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def plain(text: str) -> str:
    """Return a text with ordinary spaces, for comparing."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")


def words(message: EmailMessage, kind: str) -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"<[^>]*>", "", page(message, kind))


def calendar(message: EmailMessage) -> bytes:
    """Return the calendar that mail programs read by themselves."""
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def calendars(message: EmailMessage) -> list[bytes]:
    """Return all its calendars: the one that a mail program reads by itself, then the files."""
    kinds = ("text/calendar", "application/ics")
    parts = [part for part in message.walk() if part.get_content_type() in kinds]
    return [bytes(part.get_payload(decode=True)) for part in parts]


def appointments(message: EmailMessage) -> dict[str, dict[str, str]]:
    """Return the properties of every VEVENT in the mail, by UID, once each calendar is valid."""
    found: dict[str, dict[str, str]] = {}
    for ics in calendars(message):
        assert_valid_calendar(ics)
        found |= events(ics)
    return found


def types(message: EmailMessage) -> list[str]:
    """Return the types of its parts that hold something."""
    return [part.get_content_type() for part in message.walk() if not part.is_multipart()]


def events(ics: bytes) -> dict[str, dict[str, str]]:
    """Return the properties of each VEVENT, by UID; parameters are left out."""
    found = {}
    text = ics.decode().replace("\r\n ", "")
    for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.DOTALL):
        lines = [line.split(":", 1) for line in block.split("\r\n") if ":" in line]
        properties = {name.split(";")[0]: value for name, value in reversed(lines)}
        found[properties["UID"]] = properties
    return found
