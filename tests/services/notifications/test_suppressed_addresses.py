"""Nothing goes to an address that does not take mail, and whoever complained is left in peace."""

import json
import re
from dataclasses import asdict

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from services.notifications.domain import messages, templates
from services.notifications.domain.retrying import StillSuppressed, retry_mail
from services.notifications.domain.suppressions import (
    NoteMissing,
    NotSuppressed,
    fingerprint_of,
    is_suppressed,
    kept_back,
    lift,
    reasons_against,
    suppress,
)
from services.notifications.domain.transports import Failed
from services.notifications.suppression_queries import suppressions
from services.notifications.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.envelope import Envelope
from tests.services.notifications.events import (
    changed,
    golden,
    know_session,
    made,
    mails,
    only_mail,
    react,
)
from tests.services.notifications.test_console_pages import signed_in
from tests.services.notifications.test_erasing import erased, everything, forget
from tests.services.notifications.transport import Scripted, deliverer

EMAIL = "camille@example.org"
PAGE = "/console/mails/suppressed"


def block(context: ServiceContext, address: str = EMAIL, reason="hard_bounce", **said) -> bool:
    with context.database.write() as db:
        return suppress(db, address, reason, now=context.clock(), **said)


def standing(context: ServiceContext) -> list[tuple[str | None, str]]:
    with context.database.read() as db:
        return [(one.address, one.reason) for one in suppressions(db)[0]]


def states(context: ServiceContext) -> list[tuple[str, str, str | None]]:
    return [(mail.template, mail.status, mail.reason) for mail in mails(context)]


def message(**changes) -> Envelope:
    return golden("registration.message_written", email=EMAIL, **changes)


def write_message(context: ServiceContext) -> None:
    with context.database.write() as db:
        messages.tell_message(db, message(), now=context.clock())


def test_a_confirmation_to_an_address_that_bounced_is_kept_with_the_reason(context):
    know_session(context)
    block(context, "Camille@EXAMPLE.org")
    react(context, made())
    transport = Scripted()
    deliverer(context, transport).deliver_all()
    assert states(context) == [
        ("registration_confirmed", "withdrawn", "suppressed: hard_bounce"),
    ]
    assert transport.taken == []


def test_a_mail_that_waited_when_its_address_bounced_does_not_leave(context):
    know_session(context)
    react(context, made())
    block(context)
    deliverer(context, transport := Scripted()).deliver_all()
    assert (only_mail(context).status, transport.taken) == ("withdrawn", [])


def test_a_corrected_address_has_its_confirmation(context):
    know_session(context)
    block(context)
    event = made()
    react(context, event)
    delivering = deliverer(context, transport := Scripted())
    delivering.deliver_all()
    right = changed(
        email="right@example.org", address_corrected=True, version=event.aggregate_version + 1
    )
    react(context, right)
    delivering.deliver_all()
    assert [letter.recipient for letter in transport.taken] == ["right@example.org"]
    assert [(mail.template, mail.status) for mail in mails(context)] == [
        ("registration_confirmed", "withdrawn"),
        ("registration_confirmed", "sent"),
    ]


def test_whoever_complained_hears_of_their_registration_and_of_nothing_else(context):
    know_session(context)
    block(context, reason="complaint")
    react(context, made())
    write_message(context)
    deliverer(context, Scripted()).deliver_all()
    assert states(context) == [
        ("registration_confirmed", "sent", None),
        ("organiser_message", "withdrawn", "suppressed: complaint"),
    ]


def test_a_mail_to_sign_in_always_leaves(context):
    event = golden("scheduling.sign_in_requested")
    for reason in ("hard_bounce", "complaint"):
        block(context, event.data["email"], reason)
    react(context, event, now=event.occurred_at)
    context.clock.set(event.occurred_at)
    deliverer(context, Scripted()).deliver_all()
    assert states(context) == [("sign_in", "sent", None)]


KINDS = sorted(
    value for name, value in vars(templates).items() if name.isupper() and isinstance(value, str)
)


@given(st.sampled_from(KINDS), st.sets(st.sampled_from(["hard_bounce", "complaint"])))
def test_what_is_kept_back_depends_on_the_reason_and_on_who_asked(template, reasons):
    asked_for = template in templates.ASKED_FOR
    expected = (
        None
        if template == "sign_in" or not reasons
        else "suppressed: hard_bounce"
        if "hard_bounce" in reasons
        else None
        if asked_for
        else "suppressed: complaint"
    )
    assert kept_back(template, reasons) == expected


@given(st.emails())
def test_a_mailbox_is_the_same_in_any_case(address):
    upper = address.upper()
    if upper.lower() == address.lower():
        assert fingerprint_of(f" {upper} ") == fingerprint_of(address.lower())


def test_it_is_suppressed_once_for_each_reason_until_it_is_lifted(context):
    assert [block(context), block(context), block(context, reason="complaint")] == [
        True,
        False,
        True,
    ]
    with context.database.read() as db:
        found, total = suppressions(db)
        reasons = reasons_against(db, [EMAIL, "other@example.org"])
        bounced = next(one for one in found if one.reason == "hard_bounce")
    assert (total, reasons) == (2, {EMAIL: frozenset({"hard_bounce", "complaint"})})
    with context.database.write() as db:
        lift(db, bounced.id, by="Nour", note=" au téléphone ", now=context.clock())
    with context.database.read() as db:
        assert reasons_against(db, [EMAIL]) == {EMAIL: frozenset({"complaint"})}
        [lifted], _ = suppressions(db, is_lifted=True)
    assert asdict(lifted) == asdict(bounced) | {
        "lifted_at": context.clock(),
        "lifted_by": "Nour",
        "note": "au téléphone",
    }
    assert block(context)


@pytest.mark.parametrize("note", ["", "  "])
def test_lifting_wants_a_note(context, note):
    block(context)
    with context.database.read() as db:
        [one], _ = suppressions(db)
    with pytest.raises(NoteMissing), context.database.write() as db:
        lift(db, one.id, by="Nour", note=note, now=context.clock())
    with pytest.raises(NotSuppressed), context.database.write() as db:
        lift(db, new_id(), by="Nour", note="unknown", now=context.clock())
    assert standing(context) == [(EMAIL, "hard_bounce")]


def test_what_was_kept_back_is_sent_again_once_it_is_lifted(context):
    know_session(context)
    block(context)
    react(context, made())
    delivering = deliverer(context, transport := Scripted(lambda: Failed("550 no")))
    delivering.deliver_all()
    mail_id = only_mail(context).id
    with pytest.raises(StillSuppressed), context.database.write() as db:
        retry_mail(db, mail_id, now=context.clock())
    with context.database.write() as db:
        [one], _ = suppressions(db)
        lift(db, one.id, by="Nour", note="ok", now=context.clock())
        retry_mail(db, mail_id, now=context.clock())
    delivering.deliver_all()
    assert (only_mail(context).status, only_mail(context).reason) == ("failed", "550 no")
    assert transport.plan == []


def test_erasing_forgets_a_bounce_and_keeps_the_fingerprint_of_a_complaint(context):
    know_session(context)
    event = made()
    react(context, event)
    mail_id = only_mail(context).id
    for reason in ("hard_bounce", "complaint"):
        block(context, reason=reason, mail_id=mail_id, words=f"550 <{EMAIL}> unknown")
    forget(context, erased(event.aggregate_id))
    assert EMAIL not in everything(context)
    assert standing(context) == [(None, "complaint")]
    with context.database.read() as db:
        assert is_suppressed(db, EMAIL, "organiser_message")


def test_erasing_one_registration_keeps_what_another_at_the_address_needs(context):
    know_session(context)
    first = made()
    react(context, first)
    react(context, made(email=EMAIL.upper()))
    block(context)
    with context.database.write() as db:
        [_one, other] = mails(context)
        db.merge(other).about_id = new_id()
    forget(context, erased(first.aggregate_id))
    assert standing(context) == [(EMAIL, "hard_bounce")]


@pytest.fixture
def app(sqlite_context: ServiceContext) -> Flask:
    return create_app(sqlite_context)


def submit(client: Client, path: str, **form: str):
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[-1]
    return client.post(path, data={"csrf_token": token, **form})


@pytest.mark.parametrize("roles", [("organiser",), ("venue",), ("reader",), ("door",)])
def test_only_the_coordination_sees_them(app, roles):
    assert signed_in(app, *roles).get(PAGE).status_code == 403


def test_the_coordination_blocks_an_address_and_lifts_it_with_a_note(app, sqlite_context):
    staff = signed_in(app, "coordinator")
    wrong = submit(staff, PAGE, address="camille at home", reason="complaint")
    assert (wrong.status_code, 'value="camille at home"' in wrong.text) == (422, True)
    assert submit(staff, PAGE, address=EMAIL, reason="complaint").status_code == 303
    page = staff.get(PAGE).text
    assert ("ajoutée par Nour" in page, "camille@example.org" in page) == (True, True)
    (link,) = re.findall(rf'href="({PAGE}/[0-9a-f-]+)"', page)
    refused = submit(staff, link, note=" ")
    assert (refused.status_code, "Dites pourquoi" in refused.text) == (422, True)
    assert standing(sqlite_context) == [(EMAIL, "complaint")]
    assert submit(staff, link, note="rappelée <b>").status_code == 303
    assert standing(sqlite_context) == []
    assert "rappelée &lt;b&gt;" in staff.get(f"{PAGE}?state=lifted&q=CAMILLE").text


def test_a_mail_that_was_kept_back_says_why_and_leads_there(app, sqlite_context):
    know_session(sqlite_context)
    block(sqlite_context)
    react(sqlite_context, made())
    deliverer(sqlite_context, Scripted()).deliver_all()
    staff = signed_in(app, "coordinator")
    page = staff.get(f"/console/mails/{only_mail(sqlite_context).id}").text
    assert "un courriel précédent à cette adresse est revenu" in page
    assert f'href="{PAGE}"' in page


def test_whoever_asks_what_is_held_is_told(app, sqlite_context):
    block(sqlite_context, words="550 unknown")
    staff = signed_in(app, "coordinator")
    page = staff.get("/console/mails/personal-data").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1]
    form = {"csrf_token": token, "who": EMAIL}
    file = staff.post("/console/mails/personal-data/file", data=form)
    since = sqlite_context.clock().isoformat()
    assert json.loads(file.text)["suppressed"] == [
        {
            "reason": "hard_bounce",
            "since": since,
            "words": "550 unknown",
            "lifted_at": None,
            "note": None,
        }
    ]
    assert "ne reçoit plus" in staff.post("/console/mails/personal-data", data=form).text
