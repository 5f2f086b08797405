"""The coordination sees where mail does not arrive, why it was written, what became of it."""

import json
import re

import pytest
from flask import Flask
from werkzeug.test import Client

from services.notifications.domain import templates
from services.notifications.domain.transports import Deferred, Failed, Sent, Unknown
from services.notifications.domain_queries import DomainLine, domain_lines, lost_in
from services.notifications.pages.journal import WHY
from services.notifications.pages.labels import TEMPLATE_LABELS
from services.notifications.web import create_app
from shared.context import ServiceContext
from tests.services.notifications.events import know_session, made, mails, only_mail, react
from tests.services.notifications.returned import dsn
from tests.services.notifications.test_bouncing import bring_back
from tests.services.notifications.test_console_pages import signed_in
from tests.services.notifications.test_erasing import erased, forget
from tests.services.notifications.test_suppressed_addresses import block, submit
from tests.services.notifications.transport import Scripted, deliverer

PAGE = "/console/mails/domains"
EMAIL = "camille@example.org"
NO_ADDRESS = "the part before the @ is not one of a mail address"


def write(context: ServiceContext, *answers) -> None:
    """Write to each address, in order, and let the server answer so."""
    know_session(context)
    for address, _answer in answers:
        react(context, made(email=address))
    said = [lambda one=one: one for _address, one in answers]
    deliverer(context, Scripted(*said)).deliver_all()


def lines(context: ServiceContext) -> list[DomainLine]:
    with context.database.read() as db:
        return domain_lines(db)


def test_domains_are_counted_by_what_is_wrong_the_worst_first(context):
    write(
        context,
        ("a@lost.example", Failed("554 no")),
        ("b@LOST.example", Unknown("lost")),
        ("c@slow.example", Deferred("450 later")),
        ("d@fine.example", Sent("250 ok")),
        ("no address", Failed("never asked")),
    )
    react(context, made(email="e@slow.example"))
    assert lines(context) == [
        DomainLine("lost.example", 0, 0, 1, 0, 1, "lost"),
        DomainLine(
            "", 0, 0, 1, 0, 0, "address: the part before the @ is not one of a mail address"
        ),
        DomainLine("slow.example", 2, 1, 0, 0, 0, "450 later"),
    ]


def test_only_what_was_refused_or_came_back_is_sent_again(context):
    write(
        context,
        ("a@x.example", Failed("554 no")),
        ("b@X.example", Unknown("lost")),
        ("c@other.example", Failed("554 no")),
        ("d@sub.x.example", Failed("554 no")),
    )
    with context.database.read() as db:
        assert list(lost_in(db, "X.example", most=9)) == [mails(context)[0].id]


def test_whoever_was_erased_counts_for_no_domain(context):
    write(context, (EMAIL, Failed("554 no")))
    forget(context, erased(only_mail(context).about_id))
    assert lines(context) == []


@pytest.fixture
def app(sqlite_context: ServiceContext) -> Flask:
    return create_app(sqlite_context)


@pytest.fixture
def staff(app: Flask) -> Client:
    return signed_in(app, "coordinator")


@pytest.mark.parametrize("roles", [("organiser",), ("venue",), ("reader",), ("door",)])
def test_only_the_coordination_sees_domains(app, roles):
    assert signed_in(app, *roles).get(PAGE).status_code == 403


def send_all_again(staff: Client, domain: str) -> str:
    token = re.findall(r'name="csrf_token" value="([^"]+)"', staff.get(PAGE).text)[-1]
    answer = staff.post(PAGE, data={"csrf_token": token, "domain": domain})
    assert answer.status_code == 303
    return staff.get(PAGE).text.replace("\u00a0", " ")


def test_all_that_a_domain_refused_is_sent_again_but_to_blocked_addresses(staff, sqlite_context):
    write(
        sqlite_context,
        ("a@x.example", Failed("554 5.7.1 no")),
        ("b@x.example", Failed("550 5.1.1 unknown")),
        ("c@x.example", Unknown("lost")),
        ("d@y.example", Failed("554 no")),
    )
    page = staff.get(PAGE).text
    assert 'href="/console/mails?status=failed&amp;q=@x.example"' in page
    after = send_all_again(staff, "x.example")
    assert "1 courriel repart." in after
    assert "1 courriel reste : son adresse est bloquée." in after
    assert [mail.status for mail in mails(sqlite_context)] == [
        "queued",
        "failed",
        "unknown",
        "failed",
    ]
    assert "Il n’y a rien à renvoyer" in send_all_again(staff, "nowhere.example")


def test_without_anything_wrong_the_page_says_so(staff):
    assert "Rien n’attend et rien ne s’est perdu." in staff.get(PAGE).text


def test_the_page_of_a_mail_tells_why_and_what_happened(staff, sqlite_context):
    write(sqlite_context, (EMAIL, Sent("250 2.0.0 Ok: queued as 4B3C")))
    bring_back(sqlite_context, dsn())
    page = staff.get(f"/console/mails/{only_mail(sqlite_context).id}").text
    journal = page.partition('<ol class="journal">')[2].partition("</ol>")[0]
    assert re.findall(r'class="badge (\w+)">([^<]+)<', journal) == [
        ("plain", "Demandé"),
        ("good", "Accepté par le serveur"),
        ("bad", "Renvoyé par un serveur"),
    ]
    assert re.findall(r'journal-words">([^<]+)<', journal) == [
        "250 2.0.0 Ok: queued as 4B3C",
        "550 5.1.1 &lt;camille@example.org&gt;: Recipient address rejected: unknown",
    ]
    assert "Cette personne s’est inscrite" in page


def test_what_is_held_of_an_address_says_what_happened_to_each_mail(staff, sqlite_context):
    write(sqlite_context, (EMAIL, Sent("250 ok")))
    shown = submit(staff, "/console/mails/personal-data", who=EMAIL)
    assert ("250 ok" in shown.text, "Cette personne s’est inscrite" in shown.text) == (True, True)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', shown.text)[-1]
    form = {"csrf_token": token, "who": EMAIL}
    file = staff.post("/console/mails/personal-data/file", data=form)
    [mail] = json.loads(file.text)["mails"]
    at = sqlite_context.clock().isoformat()
    assert mail["delivery"] == [{"at": at, "what": "sent", "words": "250 ok"}]


def test_every_kind_of_mail_says_why_it_was_written():
    kinds = {
        value
        for name, value in vars(templates).items()
        if name.isupper() and isinstance(value, str)
    }
    assert set(WHY) == set(TEMPLATE_LABELS) == kinds


def test_a_blocked_address_is_not_written_to_from_here(staff, sqlite_context):
    write(sqlite_context, ("a@x.example", Failed("554 5.7.1 no")))
    block(sqlite_context, "a@x.example")
    send_all_again(staff, "x.example")
    assert only_mail(sqlite_context).status == "failed"
