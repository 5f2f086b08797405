import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from shared.observability import configure_logs
from shared.web.application import LONGEST_BODY
from shared.web.security import HSTS
from tests.shared.web_application import small_application, small_context


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return small_application(small_context(tmp_path))


@pytest.fixture
def logs() -> Iterator[None]:
    """Let a test configure logs, and put them back as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _token(page: str) -> str:
    found = re.search(r"token=([\w.-]{40,})", page)
    assert found, page
    return found[1]


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nowhere", 404, "Cette page n’existe pas, ou plus"),
        ("DELETE", "/form", 405, "On n’entre pas ici de cette façon"),
        ("POST", "/form", 400, "Ce formulaire a expiré"),
        ("GET", "/broken/s3cret", 500, "Quelque chose s’est cassé chez nous"),
    ],
)
def test_an_error_is_a_page_in_the_shell(
    client: FlaskClient, method: str, path: str, status: int, words: str
) -> None:
    response = client.open(path, method=method)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert words in response.text
    assert 'class="site-footer"' in response.text
    assert "s3cret" not in response.text


def test_a_body_too_large_is_refused(client: FlaskClient) -> None:
    response = client.post("/form", data={"text": "x" * (LONGEST_BODY + 1)})
    assert response.status_code == 413


def test_an_error_of_the_api_is_a_problem(client: FlaskClient) -> None:
    response = client.get("/api/v1/nowhere")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    assert response.get_json()["title"] == "Not Found"
    full = client.get("/api/v1/small/?full=1")
    assert full.status_code == 409
    assert {k: v for k, v in full.get_json().items() if k != "correlation_id"} == {
        "type": "urn:parvis:problem:full",
        "title": "Conflict",
        "status": 409,
        "code": "full",
        "detail": "Complet.",
        "session_id": "s1",
    }
    assert full.get_json()["correlation_id"] == full.headers["X-Correlation-Id"]


def test_the_api_takes_no_csrf_token_and_speaks_utf8(client: FlaskClient) -> None:
    response = client.post("/api/v1/small/")
    assert (response.status_code, response.text.strip()) == (200, '{"ok":"été"}')


def test_the_api_describes_itself_and_its_errors(client: FlaskClient) -> None:
    described = client.get("/api/v1/scheduling/openapi.json").get_json()
    error = described["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(error) == ["application/problem+json"]


def test_a_database_that_does_not_answer_is_503(tmp_path: Path) -> None:
    context = small_context(tmp_path)
    app = small_application(context)

    @app.get("/reads")
    def reads() -> str:
        with context.database.read() as db:
            db.connection().exec_driver_sql("SELECT * FROM no_such_table")
        return ""

    response = app.test_client().get("/reads")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "Un instant, nous revenons" in response.text


def test_a_form_token_of_one_service_is_good_at_another(tmp_path: Path) -> None:
    scheduling = small_application(small_context(tmp_path)).test_client()
    registration = small_application(small_context(tmp_path, "registration")).test_client()
    token = _token(scheduling.get("/form").text)
    cookie = scheduling.get_cookie("parvis_session")
    assert cookie is not None
    registration.set_cookie("parvis_session", cookie.value)
    assert registration.post("/form", data={"csrf_token": token}).status_code == 200


def test_security_headers_forbid_foreign_and_inline_content(client: FlaskClient) -> None:
    headers = client.get("/form").headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, no-cache"
    assert "Strict-Transport-Security" not in headers


def test_over_https_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    context = small_context(tmp_path, public_url="https://parvis.example")
    response = small_application(context).test_client().get("/form?lang=en")
    cookies = response.headers.getlist("Set-Cookie")
    session = next(c for c in cookies if c.startswith("__Host-parvis_session="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(session.split("; "))
    assert all("Secure" in cookie for cookie in cookies)
    assert response.headers["Strict-Transport-Security"] == HSTS


def test_the_language_is_asked_for_then_remembered_then_the_browsers(client: FlaskClient) -> None:
    def language(path: str, accepted: str | None = None) -> str:
        headers = {"Accept-Language": accepted} if accepted else {}
        return client.get(path, headers=headers).headers["Content-Language"]

    assert language("/form") == "fr"
    assert language("/form", "de, en;q=0.8, fr;q=0.5") == "en"
    assert language("/form", "de") == "fr"
    assert language("/form?lang=en") == "en"
    assert language("/form", "fr") == "en"
    assert language("/form?lang=tlh") == "en"


def test_the_language_switch_keeps_the_rest_of_the_address(client: FlaskClient) -> None:
    page = client.get("/form?q=%C3%A9t%C3%A9&lang=fr").text
    assert 'href="?q=%C3%A9t%C3%A9&amp;lang=en"' in page


def test_nothing_logged_carries_the_address_asked_for(
    capfd: pytest.CaptureFixture[str], logs: None, client: FlaskClient
) -> None:
    configure_logs()
    response = client.get("/broken/s3cret?q=s3cret")
    logged = capfd.readouterr().err
    assert '"route": "/broken/<token>"' in logged
    assert response.headers["X-Correlation-Id"] in logged
    assert "s3cret" not in logged


def test_a_correlation_id_is_never_taken_from_the_visitor(client: FlaskClient) -> None:
    given = {"X-Request-Id": "forged", "X-Correlation-Id": "forged"}
    ids = [client.get("/healthz", headers=given).headers["X-Correlation-Id"] for _ in range(2)]
    assert "forged" not in ids
    assert len(set(ids)) == 2


def test_a_process_is_alive_without_its_database_but_not_ready(tmp_path: Path) -> None:
    context = small_context(tmp_path)
    client = small_application(context).test_client()
    assert client.get("/readyz").get_json() == {"status": "ready", "service": "scheduling"}
    with context.database.write() as db:
        db.connection().exec_driver_sql("DELETE FROM alembic_version")
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)
    assert client.get("/readyz").get_json()["status"] == "not_migrated"


def test_a_template_counts_things_and_escapes_what_else_it_says(app: Flask) -> None:
    words = '{{ ngettext("%(n)s place sur %(all)s", "%(n)s places sur %(all)s", n, all=all) }}'

    with app.test_request_context():
        assert render_template_string(words, n=1, all="<9>") == "1 place sur &lt;9&gt;"
        assert render_template_string(words, n=2, all=9) == "2 places sur 9"
