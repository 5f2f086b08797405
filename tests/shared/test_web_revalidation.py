"""The answers given before Flask is entered are those that Flask would give."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Response, request
from flask.testing import FlaskClient

from shared.web.application import create_application
from shared.web.caching import Validators, Version, conditional_response
from tests.shared.web_application import small_context

CHANGED = datetime(2026, 10, 1, 12, 30, 15, 900_000, tzinfo=UTC)
HTTP_DATE = "Thu, 01 Oct 2026 12:30:15 GMT"
LATER = "Fri, 02 Oct 2026 00:00:00 GMT"
CACHE_CONTROL = "public, max-age=60"


def _find(arguments: Mapping[str, Any], asked: str | None) -> Version | None:
    if arguments["name"] == "broken":
        raise RuntimeError("the database is away")
    if arguments["name"] != "été":
        return None
    return Version(Validators(f"v1-{asked}", CHANGED), CACHE_CONTROL)


@pytest.fixture(params=["first", "by the view"])
def client(tmp_path: Path, request: pytest.FixtureRequest) -> FlaskClient:
    """Return a client of an application, with the shortcut and without."""
    return _client(tmp_path, "things.thing" if request.param == "first" else None)


def _client(folder: Path, endpoint: str | None) -> FlaskClient:
    things = Blueprint("things", __name__)

    @things.get("/things/<name>.ics")
    def thing(name: str) -> Response:
        version = _find({"name": name}, request.args.get("lang"))
        if version is None:
            return Response("not here", status=404)
        return conditional_response(
            b"BEGIN:VCALENDAR",
            content_type="text/calendar",
            validators=version.validators,
            cache_control=version.cache_control,
        )

    app = create_application(
        small_context(folder),
        import_name="services.scheduling.web",
        blueprints=[things],
        versions={endpoint: _find} if endpoint else None,
    )
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "headers", "tag"),
    [
        ("/things/été.ics", {"If-None-Match": '"v1-None"'}, '"v1-None"'),
        ("/things/%C3%A9t%C3%A9.ics?lang=en", {"If-None-Match": '"v1-en"'}, '"v1-en"'),
        ("/things/été.ics?a=b&lang=en&lang=fr", {"If-None-Match": "*"}, '"v1-en"'),
        ("/things/été.ics", {"If-None-Match": 'W/"v1-None-gzip"'}, '"v1-None-gzip"'),
        ("/things/été.ics", {"If-Modified-Since": HTTP_DATE}, '"v1-None"'),
        ("/things/été.ics", {"If-Modified-Since": LATER}, '"v1-None"'),
    ],
)
def test_who_has_this_version_is_told_what_a_cache_needs_and_nothing_else(
    client: FlaskClient, method: str, path: str, headers: dict[str, str], tag: str
) -> None:
    answer = client.open(path, method=method, headers=headers)
    assert (answer.status_code, answer.data) == (304, b"")
    assert {name: value for name, value in answer.headers if name != "X-Correlation-Id"} == {
        "ETag": tag,
        "Cache-Control": CACHE_CONTROL,
        "Vary": "Accept-Encoding",
    }
    assert len(answer.headers["X-Correlation-Id"]) == 32


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/things/été.ics", {}, 200),
        ("GET", "/things/été.ics", {"If-None-Match": '"v0"'}, 200),
        ("GET", "/things/été.ics", {"If-None-Match": ""}, 200),
        ("GET", "/things/été.ics", {"If-None-Match": '"v0"', "If-Modified-Since": LATER}, 200),
        ("GET", "/things/été.ics", {"If-Modified-Since": "nonsense"}, 200),
        ("GET", "/things/nothing.ics", {"If-None-Match": "*"}, 404),
        ("GET", "/nowhere", {"If-None-Match": "*"}, 404),
        ("DELETE", "/things/été.ics", {"If-None-Match": "*"}, 405),
        ("GET", "/healthz", {"If-None-Match": "*"}, 200),
        ("GET", "/things/broken.ics", {"If-None-Match": "*"}, 500),
    ],
)
def test_whoever_has_another_goes_the_usual_way(
    client: FlaskClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert client.open(path, method=method, headers=headers).status_code == status
