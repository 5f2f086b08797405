"""The console's navigation: where its links lead, which is marked, whom it shows what."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.context import ServiceContext
from shared.web.console_navigation import COOKIE, Frame, console_frame
from shared.web.sign_in import SignedInAccount
from tests.shared.web_application import account_cookie, small_application, small_context
from tests.shared.web_gallery import gallery

SLUG = "fete-de-la-science-2026"
FrameOf = Callable[..., Frame]


@pytest.fixture
def context(tmp_path: Path) -> ServiceContext:
    return small_context(tmp_path)


def _frame(app: Flask, path: str, *roles: str, edition: str = "") -> Frame:
    account = SignedInAccount(uuid4(), "Camille", roles or ("coordinator",), uuid4())
    cookies = f"parvis_account={account_cookie(app, account)}; {COOKIE}={edition}"
    with app.test_request_context(path, headers={"Cookie": cookies}):
        frame = console_frame()
    assert frame is not None
    return frame


def _current(frame: Frame) -> list[str]:
    return [
        entry.href for section in frame.sections for entry in section.entries if entry.is_current
    ]


def _hrefs(frame: Frame) -> set[str]:
    return {entry.href for section in frame.sections for entry in section.entries}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/console", ["/console"]),
        (f"/console/editions/{SLUG}/sessions", [f"/console/editions/{SLUG}/sessions"]),
        (f"/console/editions/{SLUG}/sessions/1", [f"/console/editions/{SLUG}/sessions"]),
        (f"/console/editions/{SLUG}/releases/3", [f"/console/editions/{SLUG}/changes"]),
        (f"/console/editions/{SLUG}", ["/console/editions"]),
        ("/console/editions/new", ["/console/editions"]),
        ("/console/festivals/new", ["/console/editions"]),
        ("/console/venues/1", ["/console/venues"]),
        ("/console/registration/messages", ["/console/registration/messages"]),
        ("/console/registration/sessions/1", ["/console/registration"]),
        ("/console/accounts/1", ["/console/accounts"]),
        ("/console/unheard-of", []),
    ],
)
def test_the_page_being_shown_is_marked_once(
    context: ServiceContext, path: str, expected: list[str]
) -> None:
    assert _current(_frame(gallery(context), path)) == expected


def test_links_keep_to_the_edition_of_the_address_then_to_the_one_looked_at_last(
    context: ServiceContext,
) -> None:
    app = gallery(context)
    other = "fete-de-la-science-2025"
    assert f"/console/editions/{other}/sessions" in _hrefs(
        _frame(app, f"/console/editions/{other}/changes", edition=SLUG)
    )
    assert f"/console/editions/{other}/sessions" in _hrefs(
        _frame(app, "/console/venues", edition=other)
    )
    assert f"/console/editions/{SLUG}/sessions" in _hrefs(
        _frame(app, "/console/venues", edition="../../evil")
    )


def test_a_service_that_knows_no_editions_leads_to_the_one_looked_at_last(
    context: ServiceContext,
) -> None:
    app = small_application(context)
    assert "/console/editions/hiver-2027/sessions" in _hrefs(
        _frame(app, "/console/mails", edition="hiver-2027")
    )
    assert "/console/sessions" in _hrefs(_frame(app, "/console/mails"))


def test_what_only_coordinators_may_open_is_not_offered_to_others(context: ServiceContext) -> None:
    app = gallery(context)
    others = _hrefs(_frame(app, "/console", "organiser"))
    kept = {"/console/mails", "/console/texts", "/console/scheduling/messages"}
    assert kept <= _hrefs(_frame(app, "/console"))
    assert kept.isdisjoint(others)
    assert f"/console/editions/{SLUG}/sessions" in others
    registration = "/console/registration"
    lists = {registration, f"{registration}/occupancy", f"{registration}/calls"}
    places = {"/console", "/console/venues", "/console/tours"} | lists
    assert _hrefs(_frame(app, "/console", "venue")) == places
    assert _hrefs(_frame(app, "/console", "door")) == {"/console"}


def test_pending_changes_are_counted_beside_the_release(context: ServiceContext) -> None:
    frame = _frame(gallery(context), "/console")
    assert frame.pending == 12


def test_the_edition_looked_at_is_remembered_for_the_staff_alone(context: ServiceContext) -> None:
    app = gallery(context)
    path = f"/console/editions/{SLUG}/changes"
    client: FlaskClient = app.test_client()
    assert COOKIE not in _cookies(client.get(path))
    account = SignedInAccount(uuid4(), "Camille", ("coordinator",), uuid4())
    client.set_cookie("parvis_account", account_cookie(app, account))
    assert f"{COOKIE}={SLUG}; HttpOnly; Path=/console; SameSite=Lax" in _cookies(client.get(path))
    assert COOKIE not in _cookies(client.get(path))


def _cookies(response: TestResponse) -> str:
    return "\n".join(response.headers.getlist("Set-Cookie"))
