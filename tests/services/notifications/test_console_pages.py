"""The console's pages: who may read the mails, what they show, sending one again."""

import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Response
from werkzeug.test import Client, TestResponse

from services.notifications.domain.sign_ins import keep_revocation
from services.notifications.models import OutgoingMail
from services.notifications.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import FrozenClock
from shared.web.sign_in import SignedInAccount, issue_account_cookie
from tests.services.notifications.events import (
    golden,
    know_session,
    made,
    mails,
    only_mail,
    react,
)
from tests.services.notifications.releases import change, know, moved, release, session


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


def signed_in(app: Flask, *roles: str, sign_in_id: UUID | None = None) -> Client:
    """Return a browser of somebody of the staff."""
    account = SignedInAccount(new_id(), "Nour", roles, sign_in_id or new_id())
    with app.test_request_context():
        response = Response()
        issue_account_cookie(response, account)
    client = app.test_client()
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    client.set_cookie(name, rest.partition(";")[0])
    return client


@pytest.fixture
def staff(app: Flask) -> Client:
    return signed_in(app, "coordinator")


def set_mail(context: ServiceContext, **values: Any) -> None:
    with context.database.write() as db:
        mail = db.get(OutgoingMail, only_mail(context).id)
        assert mail is not None
        for name, value in values.items():
            setattr(mail, name, value)


def send_again(staff: Client, mail_id: UUID, **form: str) -> TestResponse:
    page = staff.get(f"/console/mails/{mail_id}")
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return staff.post(f"/console/mails/{mail_id}/retry", data={"csrf_token": found[1], **form})


PATHS = ("", "/{id}", "/{id}/html", "/{id}/message.eml", "/{id}/attachments/0")


@pytest.mark.parametrize("path", PATHS)
def test_only_the_coordination_reads_mails(app: Flask, context: ServiceContext, path: str) -> None:
    know_session(context)
    react(context, made())
    address = "/console/mails" + path.format(id=only_mail(context).id)
    statuses = [
        client.get(address).status_code
        for client in (
            app.test_client(),
            signed_in(app, "door"),
            signed_in(app, "coordinator"),
        )
    ]
    assert statuses == [303, 403, 200]


def test_a_revoked_sign_in_reads_nothing(app: Flask, context: ServiceContext) -> None:
    event = golden("scheduling.sign_in_revoked")
    with context.database.write() as db:
        keep_revocation(db, event)
    client = signed_in(app, "coordinator", sign_in_id=UUID(event.data["sign_in_id"]))
    assert client.get("/console/mails").status_code == 303


def test_without_any_mail_the_list_says_so(staff: Client) -> None:
    assert "Aucun courriel pour l’instant" in staff.get("/console/mails").text


def test_the_list_finds_by_state_and_words(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    react(context, made(email="first@example.org"))
    set_mail(context, status="failed", reason="550 unknown")
    react(context, made(email="second@example.org"))

    def found(query: str) -> list[str]:
        return re.findall(r"(first|second)@example", staff.get(f"/console/mails?{query}").text)

    assert (found(""), found("status=failed"), found("q=SECOND@"), found("q=glacier")) == (
        ["second", "first"],
        ["first"],
        ["second"],
        ["second", "first"],
    )
    assert "Aucun courriel ne correspond" in staff.get("/console/mails?q=100%25").text
    assert staff.get("/console/mails?q=%00").status_code == 200
    assert "550 unknown" in staff.get("/console/mails?status=failed").text


def test_a_long_list_goes_on(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    for number in range(60):
        react(context, made(email=f"reader{number:02}@example.org"))
    first = staff.get("/console/mails").text
    (following,) = re.findall(r'href="([^"]*cursor=[^"]*)"', first)
    second = staff.get(following.replace("&amp;", "&")).text
    seen = [int(n) for text in (first, second) for n in re.findall(r"reader(\d+)@", text)]
    assert seen == list(range(59, -1, -1))


def test_a_mail_is_shown_with_its_parts(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    react(context, made())
    address = f"/console/mails/{only_mail(context).id}"
    text = staff.get(address).text
    for expected in (
        "K7M4\u00a02QXP",
        "inscription-K7M42QXP.ics",
        "billet-K7M42QXP.png",
        "Message-ID",
    ):
        assert expected in text
    ics = staff.get(f"{address}/attachments/1")
    assert ics.headers["Content-Disposition"] == "attachment; filename=inscription-K7M42QXP.ics"
    assert ics.data.startswith(b"BEGIN:VCALENDAR")
    assert staff.get(f"{address}/attachments/9").status_code == 404
    source = staff.get(f"{address}/message.eml")
    message = BytesParser(policy=policy.default).parsebytes(source.data)
    assert message["Subject"] == only_mail(context).subject


def test_the_page_of_a_mail_can_do_nothing(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    react(context, made())
    response = staff.get(f"/console/mails/{only_mail(context).id}/html")
    assert response.headers["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        "img-src data:",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    ]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert 'src="data:image/png;base64,' in response.text
    assert "cid:" not in response.text


def test_nobody_signs_in_with_what_the_console_shows(
    staff: Client, context: ServiceContext, clock: FrozenClock
) -> None:
    now = clock()
    event = golden(
        "scheduling.sign_in_requested", expires_at=(now + timedelta(minutes=15)).isoformat()
    )
    react(context, event)
    address = f"/console/mails/{only_mail(context).id}"
    for path in ("", "/html", "/message.eml"):
        shown = staff.get(address + path).text
        assert event.data["code"] not in shown
        assert event.data["link"] not in shown
    assert only_mail(context).content["code"] == event.data["code"]


def test_an_address_that_is_none_is_explained(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    react(context, made(email="nobody at all"))
    text = staff.get(f"/console/mails/{only_mail(context).id}").text
    assert "son adresse n’est pas utilisable" in text


def test_a_failed_mail_is_sent_again(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    react(context, made())
    set_mail(context, status="failed", reason="550 unknown", attempts=3)
    response = send_again(staff, only_mail(context).id)
    mail = only_mail(context)
    assert (response.status_code, mail.status, mail.attempts, mail.next_attempt_at) == (
        303,
        "queued",
        0,
        context.clock(),
    )


def test_a_mail_of_unknown_fate_is_sent_again_if_that_is_meant(
    staff: Client, context: ServiceContext
) -> None:
    know_session(context)
    react(context, made())
    set_mail(context, status="unknown")
    mail_id = only_mail(context).id
    send_again(staff, mail_id)
    assert only_mail(context).status == "unknown"
    assert "peut arriver deux fois" in staff.get(f"/console/mails/{mail_id}").text
    send_again(staff, mail_id, even_twice="yes")
    assert only_mail(context).status == "queued"


def test_a_sent_mail_is_not_sent_again(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    react(context, made())
    set_mail(context, status="sent")
    send_again(staff, only_mail(context).id)
    assert only_mail(context).status == "sent"


def test_sending_again_takes_a_form_of_ours(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    react(context, made())
    set_mail(context, status="failed")
    response = staff.post(f"/console/mails/{only_mail(context).id}/retry")
    assert (response.status_code, only_mail(context).status) == (400, "failed")


def test_a_mail_that_is_not_there_is_not_found(staff: Client) -> None:
    assert staff.get(f"/console/mails/{new_id()}").status_code == 404


def test_the_state_of_messages_is_there(staff: Client) -> None:
    assert staff.get("/console/notifications/messages").status_code == 200


def test_the_console_speaks_english(staff: Client, context: ServiceContext) -> None:
    know_session(context)
    react(context, made())
    text = staff.get(f"/console/mails/{mails(context)[0].id}?lang=en").text
    assert "Confirmation of a registration" in text
    assert "Waiting" in text


def test_news_of_a_release_is_named_and_shown(staff: Client, context: ServiceContext) -> None:
    before = session()
    know(context, moved(before))
    react(context, release(change(before, moved(before))))
    page = staff.get(f"/console/mails/{only_mail(context).id}")
    assert "Changement du programme" in page.text
    assert "AVANT" in page.text


def test_news_that_was_none_says_why_it_stayed(staff: Client, context: ServiceContext) -> None:
    know(context, session())
    react(context, release(change(session(), session())))
    page = staff.get(f"/console/mails/{only_mail(context).id}")
    assert "pour cette personne, rien n’a changé depuis le courriel précédent" in page.text
    assert staff.get(f"/console/mails/{only_mail(context).id}/html").status_code == 200
