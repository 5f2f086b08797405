"""The sign-in pages: by link, by code, renewal, signing out, and what they tell nobody."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from limits import parse
from werkzeug.test import TestResponse

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.sign_in import create_link
from services.scheduling.models import Account, HistoryEntry
from services.scheduling.pages import sign_in_limits
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW, FrozenClock, make_context

EMAIL = "ada@parvis.example"
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(autouse=True)
def account(context: ServiceContext) -> None:
    with context.database.write() as db:
        ensure_account(db, EMAIL, "Ada Martin", ["coordinator"], NOW)


def _link(context: ServiceContext) -> tuple[str, str]:
    with context.database.write() as db:
        account = ensure_account(db, EMAIL, "Ada Martin", ["coordinator"], NOW)
        return create_link(db, account, context.clock())


def _post(client: FlaskClient, page: str, action: str | None = None, **form: str) -> TestResponse:
    """Open a page and send its form, as a browser does."""
    token = CSRF.search(client.get(page).text)
    assert token is not None, page
    return client.post(action or page, data={"csrf_token": token[1], **form})


def _mails(context: ServiceContext) -> list[dict[str, Any]]:
    with context.database.read() as db:
        query = sa.select(OUTBOX.c.data).where(OUTBOX.c.type == "scheduling.sign_in_requested")
        return list(db.scalars(query.order_by(OUTBOX.c.row)))


def _is_in(client: FlaskClient) -> bool:
    return client.get("/console").status_code == 200


def _sign_in(client: FlaskClient, context: ServiceContext) -> None:
    token, _code = _link(context)
    assert _post(client, f"/console/sign-in/{token}").status_code == 303


def test_people_are_written_to_in_the_language_in_which_they_signed_in(
    client: FlaskClient, context: ServiceContext
) -> None:
    client.get("/console/sign-in?lang=en")
    told = []
    for by_code in (False, True):
        with context.database.write() as db:
            ensure_account(db, EMAIL, "Ada Martin", [], NOW).locale = "fr"
        token, code = _link(context)
        if by_code:
            _post(client, "/console/sign-in/code", email=EMAIL, code=code)
        else:
            _post(client, f"/console/sign-in/{token}")
        with context.database.read() as db:
            told.append(db.scalars(sa.select(Account.locale)).one())
            assert db.scalar(sa.select(sa.func.count()).select_from(HistoryEntry)) == 0
    assert told == ["en", "en"]


def test_opening_a_link_changes_nothing_and_its_button_signs_in(
    client: FlaskClient, context: ServiceContext
) -> None:
    token, _code = _link(context)
    page = f"/console/sign-in/{token}"
    for _ in range(3):  # a mail filter, its cache, and the person
        opened = client.get(page)
        assert opened.status_code == 200
        assert opened.headers["Cache-Control"] == "no-store"
        assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert not _is_in(client)
    pressed = _post(client, page)
    assert (pressed.status_code, pressed.headers["Location"]) == (303, "/console")
    assert _is_in(client)
    assert client.get(page).status_code == 410
    assert "Ce lien ne sert plus" in client.get(page).text


def test_a_link_is_good_for_one_browser(client: FlaskClient, context: ServiceContext) -> None:
    token, _code = _link(context)
    other = client.application.test_client()
    page = f"/console/sign-in/{token}"
    form = {"csrf_token": CSRF.findall(other.get(page).text)[0]}
    assert _post(client, page).status_code == 303
    assert other.post(page, data=form).status_code == 410
    assert not _is_in(other)


def test_a_typed_code_signs_in_and_goes_on_to_the_page_that_was_wanted(
    client: FlaskClient, context: ServiceContext
) -> None:
    sent = client.get("/console?filter=1")
    assert sent.headers["Location"].startswith("/console/sign-in/renew?next=")
    asked = client.get(sent.headers["Location"])
    answered = _post(client, asked.headers["Location"], "/console/sign-in", email=EMAIL)
    assert (answered.status_code, answered.headers["Location"]) == (303, "/console/sign-in/code")
    (mail,) = _mails(context)
    assert urlsplit(mail["link"]).path.startswith("/console/sign-in/")
    typed = _post(client, "/console/sign-in/code", email=EMAIL, code=mail["code"].lower())
    assert (typed.status_code, typed.headers["Location"]) == (303, "/console?filter=1")
    assert _is_in(client)


def test_a_known_and_an_unknown_address_get_the_same_answer(
    client: FlaskClient, context: ServiceContext
) -> None:
    pages = []
    for email in (EMAIL, "nobody@parvis.example"):
        browser = client.application.test_client()
        answered = _post(browser, "/console/sign-in", email=email)
        page = browser.get(answered.headers["Location"]).text
        wrong = _post(browser, "/console/sign-in/code", email=email, code="00000000")
        masked = [CSRF.sub("", text.replace(email, "…")) for text in (page, wrong.text)]
        pages.append((answered.status_code, answered.headers["Location"], *masked))
        assert wrong.status_code == 422
    assert pages[0] == pages[1]
    assert [mail["email"] for mail in _mails(context)] == [EMAIL]


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a\x00@b.fr", "x" * 250 + "@b.fr"])
def test_a_faulty_address_is_explained(client: FlaskClient, email: str) -> None:
    answered = _post(client, "/console/sign-in", email=email)
    assert answered.status_code == 422
    assert "Écrivez une adresse complète" in answered.text


def test_forms_without_their_token_are_refused(
    client: FlaskClient, context: ServiceContext
) -> None:
    token, _code = _link(context)
    for page in ("/console/sign-in", "/console/sign-in/code", f"/console/sign-in/{token}"):
        assert client.post(page, data={"email": EMAIL}).status_code == 400
    assert _mails(context) == []
    assert not _is_in(client)


def test_no_address_gets_more_than_five_mails_in_a_quarter(
    client: FlaskClient, context: ServiceContext
) -> None:
    for _ in range(7):
        assert _post(client, "/console/sign-in", email=EMAIL).status_code == 303
    assert len(_mails(context)) == 5


def test_a_visitor_who_tries_too_often_is_slowed_down(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_limits, "PER_VISITOR", parse("3 per minute"))
    codes = [
        _post(client, "/console/sign-in/code", email=EMAIL, code="0").status_code for _ in range(4)
    ]
    assert codes == [422, 422, 422, 429]


def test_a_sign_in_is_renewed_for_twelve_hours(
    client: FlaskClient, context: ServiceContext, clock: FrozenClock
) -> None:
    _sign_in(client, context)
    clock.advance(minutes=16)
    assert not _is_in(client)
    renewed = client.get("/console/sign-in/renew?next=/console%3Fpage%3D2")
    assert (renewed.status_code, renewed.headers["Location"]) == (303, "/console?page=2")
    assert _is_in(client)
    clock.advance(hours=12)
    refused = client.get("/console/sign-in/renew?next=/console")
    assert refused.headers["Location"] == "/console/sign-in?next=/console"
    assert not _is_in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_one_never_goes_on_to_another_site(
    client: FlaskClient, context: ServiceContext, target: str
) -> None:
    _sign_in(client, context)
    answered = client.get("/console/sign-in/renew", query_string={"next": target})
    assert answered.headers["Location"] == "/console"


def test_signing_out_ends_every_copy_of_the_cookies(
    client: FlaskClient, context: ServiceContext
) -> None:
    token, _code = _link(context)
    _post(client, f"/console/sign-in/{token}")
    stolen = client.application.test_client()
    for name in ("parvis_account", "parvis_sign_in"):
        cookie = client.get_cookie(name)
        assert cookie is not None
        assert (cookie.http_only, cookie.same_site) == (True, "Lax")
        stolen.set_cookie(name, cookie.value)
    assert _is_in(stolen)
    live, _ = _link(context)
    answered = _post(client, f"/console/sign-in/{live}", "/console/sign-out")
    assert (answered.status_code, answered.headers["Location"]) == (303, "/console/sign-in")
    assert client.get_cookie("parvis_account") is client.get_cookie("parvis_sign_in") is None
    assert not _is_in(stolen)
    refused = stolen.get("/console/sign-in/renew")
    assert refused.headers["Location"].startswith("/console/sign-in?")
    with context.database.read() as db:
        types = list(db.scalars(sa.select(OUTBOX.c.type)))
    assert types == ["scheduling.sign_in_revoked"]


def test_cookies_are_bound_to_the_host_on_https(database_url_factory: Any) -> None:
    context = make_context(
        "scheduling", database_url_factory(), public_url="https://parvis.example"
    )
    browser = create_app(context).test_client()
    token, _code = _link(context)
    page = f"https://parvis.example/console/sign-in/{token}"
    csrf = CSRF.findall(browser.get(page).text)[0]
    answered = browser.post(page, data={"csrf_token": csrf})
    set_cookies = answered.headers.getlist("Set-Cookie")
    named = [
        c for c in set_cookies if c.startswith(("__Host-parvis_account", "__Host-parvis_sign"))
    ]
    assert len(named) == 2
    assert all("Secure" in c and "HttpOnly" in c and "Path=/" in c for c in named)


def test_a_link_is_dead_after_a_quarter_of_an_hour(
    client: FlaskClient, context: ServiceContext, clock: FrozenClock
) -> None:
    token, _code = _link(context)
    clock.set(NOW + timedelta(minutes=15))
    assert client.get(f"/console/sign-in/{token}").status_code == 410


def test_the_console_tells_the_editions(client: FlaskClient, context: ServiceContext) -> None:
    from tests.services.scheduling.stored_programme import StoredProgramme

    with context.database.write() as db:
        programme = StoredProgramme(db)
        programme.add_sessions(3)
        programme.add_session(status="cancelled")
        programme.release()
    _sign_in(client, context)
    page = client.get("/console").text
    for words in ("Ada Martin", "Fête de la science 2026", "4 séances", "2 animations", "1 lieu"):
        assert words in page
    assert "1 séance annulée" in page
