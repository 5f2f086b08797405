"""The console’s pages of webhooks: who sees which, what is asked, shown once, and done."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from services.notifications.domain.webhooks.keeping import Scope
from services.notifications.domain.webhooks.kinds import KINDS
from services.notifications.models import Webhook
from services.notifications.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import FrozenClock
from tests.services.notifications.events import know_session, session_published
from tests.services.notifications.webhook_browsing import (
    FORM,
    HOME,
    only_webhook,
    organiser,
    post,
    shown_secret,
    signed_in,
)
from tests.services.notifications.webhook_checking import is_genuine
from tests.services.notifications.webhooks import (
    ORGANISATION,
    OWN,
    TAKEN,
    WHOLE,
    Posting,
    announce,
    deliverer,
    deliveries,
    make,
    webhook,
)


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def quick_app(sqlite_context: ServiceContext) -> Flask:
    return create_app(sqlite_context)


@pytest.mark.parametrize(
    "path", ["", "/new", "/{id}", "/{id}/edit", "/{id}/secret", "/{id}/delete"]
)
def test_an_organisation_sees_its_own_webhooks_and_the_coordination_all(
    quick_app: Flask, sqlite_context: ServiceContext, path: str
) -> None:
    know_session(sqlite_context)
    address = HOME + path.format(id=make(sqlite_context).id)
    others = signed_in(quick_app, "organiser", organisations=(uuid4(),))
    not_organiser = signed_in(quick_app, "reader", organisations=(ORGANISATION,))
    statuses = [
        client.get(address).status_code
        for client in (
            quick_app.test_client(),
            not_organiser,
            others,
            organiser(quick_app),
            signed_in(quick_app, "coordinator"),
        )
    ]
    foreign = 404 if "{id}" in path else 200
    assert statuses == [303, 403, foreign, 200, 200]


@pytest.mark.parametrize("path", ["edit", "secret", "delete", "test", "pause", "enable", "replay"])
def test_nobody_changes_another_organisations_webhook(
    quick_app: Flask, sqlite_context: ServiceContext, path: str
) -> None:
    know_session(sqlite_context)
    before = make(sqlite_context, status="paused")
    others = signed_in(quick_app, "organiser", organisations=(uuid4(),))
    since = {"since": "2026-09-01T00:00"}
    assert post(others, f"/{before.id}/{path}", **FORM, **since).status_code == 404
    after = webhook(sqlite_context, before.id)
    assert (after.url, after.status, after.secret) == (before.url, "paused", before.secret)
    assert deliveries(sqlite_context) == []


def test_an_organiser_makes_one_and_reads_its_secret_once(
    app: Flask, context: ServiceContext, clock: FrozenClock
) -> None:
    know_session(context)
    client = organiser(app)
    form = client.get(f"{HOME}/new")
    assert "Les Petits Glaciologues" in form.text
    assert "Toute l’édition" not in form.text
    made = post(client, "/new", **FORM, webhook_id=str(new_id()))
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    secret = shown_secret(made)

    found = only_webhook(context)
    assert (found.organisation_id, found.edition_id, found.scope_name) == (
        ORGANISATION,
        None,
        "Les Petits Glaciologues",
    )
    assert (found.name, found.url, found.kinds, found.contact) == (
        FORM["name"],
        FORM["url"],
        FORM["kinds"],
        FORM["contact"],
    )
    pages = [client.get(HOME + path).text for path in ("", f"/{found.id}", f"/{found.id}/edit")]
    assert [secret in text for text in pages] == [False] * 3

    announce(context, session_published())
    posting = Posting(TAKEN)
    deliverer(context, posting).deliver_all()
    [(_url, body, headers)] = posting.posted
    assert is_genuine(headers, body, secret, now=int(clock().timestamp()))


def test_the_same_form_sent_twice_makes_one(
    quick_app: Flask, sqlite_context: ServiceContext
) -> None:
    know_session(sqlite_context)
    client = organiser(quick_app)
    identifier = str(new_id())
    statuses = [post(client, "/new", **FORM, webhook_id=identifier).status_code for _ in range(2)]
    assert statuses == [200, 303]
    assert only_webhook(sqlite_context).id == UUID(identifier)


def test_an_organiser_has_none_for_the_edition_or_for_others(
    quick_app: Flask, sqlite_context: ServiceContext
) -> None:
    know_session(sqlite_context)
    client = organiser(quick_app)
    for scope in (WHOLE.key, Scope(uuid4(), None, "").key, "nonsense"):
        assert post(client, "/new", **FORM, scope=scope).status_code == 422
    with sqlite_context.database.read() as db:
        assert db.query(Webhook).count() == 0


def test_the_coordination_makes_one_for_a_whole_edition(
    app: Flask, context: ServiceContext
) -> None:
    know_session(context)
    client = signed_in(app, "coordinator")
    text = client.get(f"{HOME}/new").text
    options = re.findall(r'<option value="((?:edition|organisation):[^"]+)"', text)
    assert options == [WHOLE.key, OWN.key]
    assert post(client, "/new", **FORM, scope=WHOLE.key).status_code == 200
    found = only_webhook(context)
    assert (found.edition_id, found.scope_name) == (WHOLE.edition_id, "Fête de la science 2026")


def test_an_organisation_without_public_sessions_may_have_one_already(
    quick_app: Flask, sqlite_context: ServiceContext
) -> None:
    client = organiser(quick_app)
    assert post(client, "/new", **FORM).status_code == 200
    assert only_webhook(sqlite_context).organisation_id == ORGANISATION
    assert "Votre structure" in client.get(HOME).text


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": " "}, "name", "Donnez un nom"),
        ({"name": "x" * 81}, "name", "80 lettres"),
        ({"url": ""}, "url", "Indiquez l’adresse"),
        ({"url": "http://media.example.org/"}, "url", "commencer par https"),
        ({"url": "https://127.0.0.1/"}, "url", "pas une adresse IP"),
        ({"url": "https://localhost:8443/"}, "url", "joignable depuis Internet"),
        ({"url": "https://u:p@media.example.org/"}, "url", "mot de passe"),
        ({"url": "https://media.example.org:25/"}, "url", "port 443"),
        ({"kinds": []}, "kinds", "au moins un événement"),
        ({"kinds": ["nonsense"]}, "kinds", "au moins un événement"),
        ({"contact": "nobody"}, "contact", "adresse électronique"),
    ],
)
def test_each_fault_stands_at_its_field_and_what_was_typed_is_kept(
    quick_app: Flask, changes: dict[str, Any], field: str, words: str
) -> None:
    page = post(organiser(quick_app), "/new", **(FORM | changes))
    assert page.status_code == 422
    error = re.search(rf'id="{field}-error">([^<]+)<', page.text)
    assert error
    assert words in error[1]
    assert page.text.count('class="field-error"') == 1
    typed = changes.get(field, FORM[field])
    assert field == "kinds" or not typed.strip() or f'value="{typed}"' in page.text
    kept = FORM["contact"] if field != "contact" else FORM["url"]
    assert f'value="{kept}"' in page.text


def test_one_is_changed(quick_app: Flask, sqlite_context: ServiceContext) -> None:
    made = make(sqlite_context)
    client = organiser(quick_app)
    assert f'value="{made.url}"' in client.get(f"{HOME}/{made.id}/edit").text
    assert post(client, f"/{made.id}/edit", **FORM | {"url": "x"}).status_code == 422
    assert post(client, f"/{made.id}/edit", **FORM).status_code == 303
    found = webhook(sqlite_context, made.id)
    assert (found.url, found.kinds, found.secret) == (FORM["url"], FORM["kinds"], made.secret)


def test_the_form_offers_every_kind(quick_app: Flask) -> None:
    text = organiser(quick_app).get(f"{HOME}/new").text
    assert tuple(re.findall(r'name="kinds" value="([^"]+)" checked', text)) == KINDS
