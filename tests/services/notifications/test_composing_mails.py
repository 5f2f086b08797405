"""What is in a mail: its parts read back, by readers that others wrote."""

import io
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyzbar import pyzbar

from services.notifications.domain.composing import letter_of
from services.notifications.models import OutgoingMail
from shared.context import ServiceContext
from shared.testing.calendars import assert_valid_calendar
from shared.testing.contexts import NOW, FrozenClock
from tests.services.notifications.events import (
    IDENTITY,
    TICKET,
    cancelled,
    changed,
    golden,
    know_session,
    made,
    mails,
    only_mail,
    react,
)
from tests.services.notifications.mail_reading import page, read, words


def written(context: ServiceContext, **changes: Any) -> EmailMessage:
    """Return the confirmation of a registration with these changes."""
    know_session(context)
    react(context, made(**changes))
    return read(only_mail(context))


def shape(part: Any) -> Any:
    """Return the types of a part and of the parts in it."""
    if not part.is_multipart():
        return part.get_content_type()
    return {part.get_content_type(): [shape(inner) for inner in part.iter_parts()]}


def the(message: EmailMessage, content_type: str) -> EmailMessage:
    (part,) = [part for part in message.walk() if part.get_content_type() == content_type]
    assert isinstance(part, EmailMessage)
    return part


def body(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def test_the_parts_are_nested_as_readers_expect(sqlite_context: ServiceContext) -> None:
    assert shape(written(sqlite_context)) == {
        "multipart/mixed": [
            {
                "multipart/alternative": [
                    "text/plain",
                    {"multipart/related": ["text/html", "image/png"]},
                    "text/calendar",
                ]
            },
            "application/ics",
        ]
    }


def test_the_headers_say_who_writes_and_that_nobody_typed_it(
    sqlite_context: ServiceContext,
) -> None:
    message = written(sqlite_context)
    message_id = only_mail(sqlite_context).message_id
    names = (
        "Date",
        "From",
        "To",
        "Reply-To",
        "Message-ID",
        "Auto-Submitted",
        "Content-Language",
        "In-Reply-To",
    )
    assert {name: message[name] for name in names} == {
        "Date": "Thu, 24 Sep 2026 08:00:00 +0000",
        "From": "Fête de la science 2026 <parvis@fds.example>",
        "To": "Camille Martin <camille@example.org>",
        "Reply-To": "coordination@fds.example",
        "Message-ID": f"<{message_id}@fds.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
        "In-Reply-To": None,
    }


def test_a_second_mail_answers_the_first(sqlite_context: ServiceContext) -> None:
    know_session(sqlite_context)
    react(sqlite_context, made(version=1))
    react(sqlite_context, changed(version=2))
    first, second = map(read, mails(sqlite_context))
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]


def test_the_text_says_it_all(sqlite_context: ServiceContext) -> None:
    text = page(written(sqlite_context, token="the-token"), "plain")
    for expected in (
        "Fabrique ton glacier",
        "samedi 10 octobre 2026, 14\u00a0h\u00a0– 15\u00a0h\u00a030",
        "Médiathèque de Voiron, Salle du Conte",
        "1 place de la République",
        "38500 Voiron",
        "Code d’inscription : K7M4 2QXP",
        "https://fds.example/registrations/the-token",
    ):
        assert expected.replace("\u00a0", " ") in text.replace("\u00a0", " ")


def test_the_code_is_read_in_groups_wherever_it_is_told(sqlite_context: ServiceContext) -> None:
    message = written(sqlite_context)
    html = page(message, "html")
    assert html.count("K7M4\u00a02QXP") == 2
    assert "K7M42QXP" not in html + page(message, "plain")
    told, *_alarms = property_values(body(the(message, "text/calendar")), "DESCRIPTION")
    assert told.startswith("Code d’inscription\u00a0: K7M4\u00a02QXP\\n")


@pytest.mark.parametrize(
    ("locale", "wheelchairs", "said"),
    [
        ("fr", 0, "Votre groupe\u00a0: 2 adultes, 1 enfant\n"),
        ("fr", 1, "Votre groupe\u00a0: 2 adultes, 1 enfant, dont 1 en fauteuil roulant\n"),
        ("en", 2, "Your party: 2 adults, 1 child, 2 of you in wheelchairs\n"),
    ],
)
def test_a_party_reads_of_the_wheelchairs_that_it_asked_places_for(
    sqlite_context: ServiceContext, locale: str, wheelchairs: int, said: str
) -> None:
    [booking] = made().data["bookings"]
    rolling = booking | {"session_version": None, "wheelchairs": wheelchairs}
    message = written(sqlite_context, bookings=[rolling], locale=locale)
    assert said in page(message, "plain").replace("\r\n", "\n")
    assert said.strip() in words(message, "html")


def test_an_english_reader_reads_no_french(sqlite_context: ServiceContext) -> None:
    message = written(sqlite_context, locale="en")
    assert message["Content-Language"] == "en"
    for kind in ("plain", "html"):
        text = words(message, kind)
        assert "Build your own glacier" in text
        assert "Saturday 10 October 2026, 14:00" in text
        for french in ("Votre", "votre", "inscription", "séance", "Annul"):
            assert french not in text


def test_the_page_asks_nobody_for_anything(sqlite_context: ServiceContext) -> None:
    html = page(written(sqlite_context), "html")
    assert "src=" in html
    for remote in ('src="http', "url(", "@import", "<link", "<script"):
        assert remote not in html


def test_the_page_shows_the_ticket_that_is_in_the_mail(sqlite_context: ServiceContext) -> None:
    message = written(sqlite_context)
    cid = the(message, "image/png")["Content-ID"].strip("<>")
    assert f'src="cid:{cid}"' in page(message, "html")


def test_two_unrelated_readers_read_the_ticket(sqlite_context: ServiceContext) -> None:
    image = Image.open(io.BytesIO(body(the(written(sqlite_context), "image/png"))))
    assert [found.data.decode() for found in pyzbar.decode(image)] == [TICKET]
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [TICKET]


def test_the_calendar_is_the_sessions(sqlite_context: ServiceContext) -> None:
    part = the(written(sqlite_context), "text/calendar")
    ics = body(part)
    assert_valid_calendar(ics)
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert property_values(ics, "UID") == ["01a1b2c3-0000-7000-8000-000000000001@parvis"]
    assert property_values(ics, "STATUS") == ["CONFIRMED"]


def property_values(ics: bytes, name: str) -> list[str]:
    lines = ics.decode().replace("\r\n ", "").split("\r\n")
    event = lines[lines.index("BEGIN:VEVENT") :]
    return [line.split(":", 1)[1] for line in event if line.split(":")[0].split(";")[0] == name]


def test_a_cancellation_takes_the_session_out_of_the_agenda(
    sqlite_context: ServiceContext,
) -> None:
    know_session(sqlite_context, sequence=3)
    react(sqlite_context, made(version=1))
    event = cancelled(version=2)
    react(sqlite_context, event)
    before, after = (body(the(read(mail), "text/calendar")) for mail in mails(sqlite_context))
    assert_valid_calendar(after)
    assert b"METHOD:CANCEL\r\n" in after
    assert property_values(after, "STATUS") == ["CANCELLED"]
    assert property_values(after, "UID") == property_values(before, "UID")
    first, second = (int(property_values(ics, "SEQUENCE")[0]) for ics in (before, after))
    assert (first, second) == (3, 3 + event.data["bookings"][0]["revision"])
    assert second > first


def test_a_cancellation_has_no_ticket(sqlite_context: ServiceContext) -> None:
    know_session(sqlite_context)
    react(sqlite_context, cancelled())
    message = read(only_mail(sqlite_context))
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_who_waits_has_neither_ticket_nor_appointment(sqlite_context: ServiceContext) -> None:
    booking = made().data["bookings"][0] | {"status": "waitlisted"}
    message = written(sqlite_context, bookings=[booking])
    assert shape(message) == {"multipart/alternative": ["text/plain", "text/html"]}
    assert "liste d’attente" in page(message, "plain")


def test_an_exhibition_is_a_span_that_leaves_its_reader_free(
    sqlite_context: ServiceContext,
) -> None:
    know_session(
        sqlite_context,
        kind="exhibition",
        starts_at="2026-10-02T22:00:00+00:00",
        ends_at="2027-01-09T23:00:00+00:00",
        weekly_hours=[{"weekday": day, "opens": "10:00", "closes": "18:00"} for day in range(2, 8)],
    )
    react(sqlite_context, made())
    message = read(only_mail(sqlite_context))
    ics = body(the(message, "text/calendar"))
    assert_valid_calendar(ics)
    assert (property_values(ics, "DTSTART"), property_values(ics, "TRANSP")) == (
        ["20261003"],
        ["TRANSPARENT"],
    )
    assert "du mardi au dimanche" in page(message, "html")


def test_the_same_row_always_gives_the_same_octets(sqlite_context: ServiceContext) -> None:
    know_session(sqlite_context)
    react(sqlite_context, made())
    first, second = (letter_of(only_mail(sqlite_context), IDENTITY) for _ in range(2))
    assert first == second


def test_a_way_in_has_link_and_code(sqlite_context: ServiceContext, clock: FrozenClock) -> None:
    event = golden("scheduling.sign_in_requested")
    clock.set(event.occurred_at)
    react(sqlite_context, event)
    message = read(only_mail(sqlite_context))
    for kind in ("plain", "html"):
        assert event.data["link"] in page(message, kind)
        assert event.data["code"] in page(message, kind)
        assert "15" in page(message, kind)


@pytest.mark.parametrize(
    "name", ["Zoé, O’Hara <x@evil.example>", 'A "B" \\ C', "Ελένη", "日本", ""]
)
def test_a_name_stays_a_name(sqlite_context: ServiceContext, name: str) -> None:
    (address,) = written(sqlite_context, name=name)["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "camille@example.org")


@pytest.mark.parametrize(
    ("written_as", "sent_to"),
    [
        ("élève@école.example", "élève@xn--cole-9oa.example"),
        ("a.b+c@example.org", "a.b+c@example.org"),
    ],
)
def test_addresses_beyond_ascii(
    sqlite_context: ServiceContext, written_as: str, sent_to: str
) -> None:
    know_session(sqlite_context)
    react(sqlite_context, made(email=written_as))
    assert letter_of(only_mail(sqlite_context), IDENTITY).recipient == sent_to


def mail_with(name: str, title: str, edition: str, code: str) -> OutgoingMail:
    """Return a mail about texts that somebody else chose, without a database."""
    from services.notifications.domain.subjects import registration_subject
    from services.notifications.domain.templates import CONFIRMED
    from services.notifications.domain.text_safety import one_line

    event, session = (
        made(name=name, code=code, ticket="T"),
        golden("scheduling.session_published").data,
    )
    session = session | {"title": {"fr": title, "en": None}}
    session["edition"] = session["edition"] | {"name": {"fr": edition, "en": None}}
    content = {
        "registration": event.data,
        "sessions": {session["id"]: session},
        "changed": [],
        "references": [],
    }
    return OutgoingMail(
        template=CONFIRMED,
        recipient="camille@example.org",
        locale="fr",
        subject=one_line(registration_subject(CONFIRMED, content, "fr")),
        message_id="0" * 32,
        content=content,
        queued_at=NOW,
    )


#: Texts that try to begin a header or a body of their own.
HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"]
        ),
        st.sampled_from(
            [
                "Bcc: x@evil.example",
                "\r\n\r\n<script>",
                "=?utf-8?q?=0D=0ABcc:=20x@evil.example?=",
                "==??",
                ",",
            ]
        ),
    ),
    max_size=8,
).map("".join)


@settings(deadline=None, max_examples=100)
@given(name=HOSTILE, title=HOSTILE.filter(str.strip), edition=HOSTILE, code=HOSTILE)
def test_no_text_becomes_a_header(name: str, title: str, edition: str, code: str) -> None:
    data = letter_of(mail_with(name, title, edition, code), IDENTITY).data
    message = BytesParser(policy=policy.default).parsebytes(data)
    assert sorted(message.keys()) == sorted(EXPECTED_HEADERS)
    assert [address.addr_spec for address in message["To"].addresses] == ["camille@example.org"]
    assert [address.addr_spec for address in message["From"].addresses] == ["parvis@fds.example"]
    assert max(map(len, data.split(b"\r\n"))) <= 998


EXPECTED_HEADERS = (
    "Date",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
)


@settings(deadline=None)
@given(title=HOSTILE.filter(str.strip))
def test_no_text_becomes_markup(title: str) -> None:
    html = page(read(mail_with("A", title, "E", "C")), "html")
    assert "<script" not in html
