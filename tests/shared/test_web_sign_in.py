from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from shared.identifiers import new_id
from shared.web.sign_in import COOKIE, LIFETIME, SignedInAccount, safe_next
from tests.shared.web_application import account_cookie, small_application, small_context

ACCOUNT = SignedInAccount(new_id(), "Ada Martin", ("coordinator",), new_id())
RENEW = "/console/sign-in/renew?next="


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return small_application(small_context(tmp_path))


def test_the_cookie_lets_in_at_every_service(tmp_path: Path, app: Flask) -> None:
    other = small_application(small_context(tmp_path, "registration")).test_client()
    other.set_cookie(COOKIE, account_cookie(app, ACCOUNT))
    response = other.get("/console/small")
    assert (response.status_code, response.text) == (200, "Ada Martin")
    assert response.headers["Cache-Control"] == "no-store"


def test_without_a_cookie_a_page_sends_to_sign_in_and_the_api_says_401(app: Flask) -> None:
    client = app.test_client()
    response = client.get("/console/small?a=1&b=2")
    assert response.status_code == 303
    assert response.location == RENEW + "/console/small%3Fa%3D1%26b%3D2"
    guarded = client.get("/api/v1/small/guarded")
    assert (guarded.status_code, guarded.get_json()["code"]) == (401, "sign_in_required")


def test_the_cookie_expires_by_the_context_clock(tmp_path: Path) -> None:
    context = small_context(tmp_path)
    app = small_application(context)
    client = app.test_client()
    client.set_cookie(COOKIE, account_cookie(app, ACCOUNT))
    context.clock.advance(seconds=LIFETIME)  # type: ignore[attr-defined]
    assert client.get("/console/small").status_code == 200
    context.clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert client.get("/console/small").status_code == 303


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1], lambda c: "x" + c, lambda c: "", lambda c: "a.b.c"]
)
def test_a_forged_cookie_lets_nobody_in(app: Flask, change: object) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, change(account_cookie(app, ACCOUNT)))  # type: ignore[operator]
    assert client.get("/console/small").status_code == 303


def test_a_cookie_signed_with_another_key_lets_nobody_in(tmp_path: Path, app: Flask) -> None:
    stranger = small_application(small_context(tmp_path, secret_key="another key " * 4))
    client = app.test_client()
    client.set_cookie(COOKIE, account_cookie(stranger, ACCOUNT))
    assert client.get("/console/small").status_code == 303


def test_a_revoked_sign_in_lets_nobody_in(tmp_path: Path) -> None:
    asked: list[UUID] = []

    def is_revoked(sign_in_id: UUID) -> bool:
        asked.append(sign_in_id)
        return True

    app = small_application(small_context(tmp_path), is_revoked=is_revoked)
    client = app.test_client()
    client.set_cookie(COOKIE, account_cookie(app, ACCOUNT))
    assert client.get("/console/small").status_code == 303
    assert asked == [ACCOUNT.sign_in_id]


def test_the_wrong_role_is_refused(app: Flask) -> None:
    client = app.test_client()
    door = SignedInAccount(new_id(), "Porte", ("door",), new_id())
    client.set_cookie(COOKIE, account_cookie(app, door))
    assert client.get("/console/small").status_code == 403


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/console/mails?page=2", "/console/mails?page=2"),
        (None, "/console"),
        ("", "/console"),
        ("console", "/console"),
        ("//evil.example", "/console"),
        ("/\\evil.example", "/console"),
        ("/a\\b", "/console"),
        ("https://evil.example/", "/console"),
        ("/\t/evil.example", "/console"),
        ("javascript:alert(1)", "/console"),
    ],
)
def test_one_goes_on_only_to_this_site(target: str | None, expected: str) -> None:
    assert safe_next(target) == expected


def test_the_cookie_lasts_fifteen_minutes() -> None:
    assert timedelta(seconds=LIFETIME) == timedelta(minutes=15)
