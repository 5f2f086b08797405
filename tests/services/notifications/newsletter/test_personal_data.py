"""What an address subscribed to, for whoever asks what is held of them."""

import json

import pytest

from services.notifications.domain.newsletter.erasing import refuse_for_ever
from services.notifications.domain.suppressions import suppress
from services.notifications.web import create_app
from shared.testing.contexts import NOW
from tests.services.notifications.events import only_mail
from tests.services.notifications.newsletter.subscribing import (
    CAMILLE,
    answer,
    begin,
    csrf,
    ident,
    publish,
    subscriptions,
    token_of,
    wish,
)
from tests.services.notifications.test_console_pages import signed_in

PAGE = "/console/mails/personal-data"


@pytest.fixture
def app(sqlite_context):
    return create_app(sqlite_context)


def post(staff, path="", **form):
    return staff.post(PAGE + path, data={"csrf_token": csrf(staff.get(PAGE)), **form})


def test_the_file_holds_choices_and_proofs_and_no_secret_link(app, sqlite_context):
    publish(sqlite_context)
    letter = begin(sqlite_context, app, audiences=["families"])
    begin(sqlite_context, app, f"/newsletter/follow/{ident('glacier')}")
    begin(sqlite_context, app, email="dominique@example.org")
    wish(app.test_client(), "waiting@example.org")
    staff = signed_in(app, "coordinator")

    told = json.loads(post(staff, "/file", who=CAMILLE.upper()).text)["subscriptions"]
    waiting = json.loads(post(staff, "/file", who="waiting@example.org").text)["subscriptions"]

    first, second = told
    words = first["consent"].pop("words")
    assert words.startswith("J’accepte de recevoir par courriel la lettre du programme")
    assert first == {
        "kind": "digest",
        "frequency": "weekly",
        "topics": {"audiences": ["families"]},
        "activity": None,
        "language": "fr",
        "ended_at": None,
        "consent": {
            "version": "2026-1",
            "page": "/newsletter",
            "network": None,
            "asked_at": NOW.isoformat(),
            "confirmed_at": NOW.isoformat(),
        },
    }
    assert second["activity"] == {"fr": "Glacier", "en": None}
    assert [one["consent"]["confirmed_at"] for one in waiting] == [None]
    assert letter.token not in json.dumps([told, waiting])


def test_the_page_names_them_and_erases_them(app, sqlite_context):
    begin(sqlite_context, app)
    other = begin(sqlite_context, app, email="dominique@example.org")
    staff = signed_in(app, "coordinator")
    assert "La lettre du programme, en cours" in post(staff, who=CAMILLE).text

    done = post(staff, "/erase-subscriptions", who=CAMILLE)

    assert done.status_code == 303
    assert [one.id for one in subscriptions(sqlite_context)] == [other.id]
    assert post(staff, who=CAMILLE).status_code == 404
    assert signed_in(app, "reader").post(f"{PAGE}/erase-subscriptions").status_code in (400, 403)


def test_whoever_refused_every_letter_is_told_so_though_nothing_else_is_kept(app, sqlite_context):
    with sqlite_context.database.write() as db:
        refuse_for_ever(db, CAMILLE, now=NOW)
    staff = signed_in(app, "coordinator")

    page = post(staff, who=CAMILLE)
    told = json.loads(post(staff, "/file", who=CAMILLE).text)

    assert "Cette personne ne veut recevoir ni lettre ni alerte" in page.text
    assert "mails-request" not in page.text
    assert (told["mails"], told["subscriptions"]) == ([], [])
    assert told["subscriptions_refused_at"] == NOW.isoformat()


def test_an_address_that_is_suppressed_and_subscribes_is_shown_with_both(app, sqlite_context):
    begin(sqlite_context, app)
    with sqlite_context.database.write() as db:
        suppress(db, CAMILLE, "complaint", now=NOW)
    staff = signed_in(app, "coordinator")

    page = post(staff, who=CAMILLE).text
    told = json.loads(post(staff, "/file", who=CAMILLE).text)

    assert "Cette personne a signalé nos courriels comme indésirables" in page
    assert "La lettre du programme, en cours" in page
    assert [one["reason"] for one in told["suppressed"]] == ["complaint"]
    assert [one["kind"] for one in told["subscriptions"]] == ["digest"]


def test_a_link_that_was_mailed_is_not_shown_to_the_staff(app, sqlite_context):
    publish(sqlite_context)
    wish(app.test_client())
    answer(sqlite_context)
    mail = only_mail(sqlite_context)

    shown = signed_in(app, "coordinator").get(f"/console/mails/{mail.id}").text

    assert "Le lien a été effacé d’ici" in shown
    assert token_of(mail) not in shown
