import gzip
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask, Response

from shared.web.caching import SMALLEST_GZIP, Validators, conditional_response

BODY = b"BEGIN:VCALENDAR\r\n" * 100
CHANGED = datetime(2026, 10, 1, 12, 30, 15, 900_000, tzinfo=UTC)
HTTP_DATE = "Thu, 01 Oct 2026 12:30:15 GMT"


def _answer(headers: dict[str, str], body: bytes | Callable[[], bytes] = BODY) -> Response:
    with Flask(__name__).test_request_context("/", headers=headers):
        return conditional_response(
            body, content_type="text/calendar", validators=Validators("v1", CHANGED)
        )


def _refuse() -> bytes:
    raise AssertionError("rendered for nothing")


def test_the_first_answer_has_both_validators() -> None:
    response = _answer({})
    assert (response.status_code, response.data) == (200, BODY)
    assert response.headers["ETag"] == '"v1"'
    assert response.headers["Last-Modified"] == HTTP_DATE
    assert response.headers["Vary"] == "Accept-Encoding"


def test_gzip_has_a_tag_of_its_own_and_is_the_same_every_time() -> None:
    one, two = (_answer({"Accept-Encoding": "br, gzip"}) for _ in range(2))
    assert gzip.decompress(one.data) == BODY
    assert one.data == two.data
    assert one.headers["ETag"] == '"v1-gzip"'
    assert one.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("refused", ["gzip;q=0", "identity", ""])
def test_gzip_is_not_forced_on_anyone(refused: str) -> None:
    assert "Content-Encoding" not in _answer({"Accept-Encoding": refused}).headers


def test_a_small_body_is_left_as_it_is() -> None:
    response = _answer({"Accept-Encoding": "gzip"}, b"x" * (SMALLEST_GZIP - 1))
    assert response.headers["ETag"] == '"v1"'


@pytest.mark.parametrize(
    ("header", "value", "tag"),
    [
        ("If-None-Match", '"v1"', '"v1"'),
        ("If-None-Match", '"v0", "v1-gzip"', '"v1-gzip"'),
        ("If-None-Match", 'W/"v1"', '"v1"'),
        ("If-None-Match", "*", '"v1"'),
        ("If-Modified-Since", HTTP_DATE, '"v1"'),
    ],
)
def test_who_has_it_is_sent_nothing_and_nothing_is_rendered(
    header: str, value: str, tag: str
) -> None:
    response = _answer({header: value}, _refuse)
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == tag
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"v0"'},
        {"If-Modified-Since": "Thu, 01 Oct 2026 12:30:14 GMT"},
        {"If-None-Match": '"v0"', "If-Modified-Since": HTTP_DATE},
        {"If-Modified-Since": "nonsense"},
    ],
)
def test_who_has_an_older_one_is_sent_the_new_one(headers: dict[str, str]) -> None:
    assert _answer(headers).status_code == 200
