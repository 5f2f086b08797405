"""The conflicts of an edition in a real browser: by keyboard, on a phone, for everybody."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.conflicts import accept_conflict, check_edition
from services.scheduling.domain.sign_in import create_link
from services.scheduling.models import AcceptedConflict
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.accessibility import faults_of
from shared.testing.contexts import NOW, make_context
from tests.services.scheduling.console_programme import only
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

EDITION = "/console/editions/fete-de-la-science-2026"
CONFLICTS = f"{EDITION}/conflicts"

LOOKS = [
    {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "locale": locale}
    for width, scheme, locale in (
        (360, "light", "fr"),
        (1280, "dark", "fr"),
        (360, "dark", "en"),
        (1280, "light", "en"),
    )
]
#: Milliseconds for which a page is waited for on a machine that is busy.
PATIENCE = 60_000


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ServiceContext]:
    made = make_context("scheduling", f"sqlite:///{tmp_path / 'scheduling.sqlite'}", data=tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a programme with a space that is taken, one too small, and a class after school."""
    with context.database.write() as db:
        made = DraftedProgramme(db)
        made.session = made.add_session(made.add_activity("Voir un muon"))
        made.add_session(
            made.add_activity("Peser un atome, et même une molécule entière"),
            starts_at=OPENING + timedelta(minutes=30),
            capacity=90,
        )
        classes = made.add_activity("Fabrique ta fusée", audience="schools")
        made.add_session(classes, starts_at=OPENING + timedelta(hours=10))
        return made


@pytest.fixture
def base(context: ServiceContext) -> Iterator[str]:
    """Serve scheduling's pages, and return their address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app(context), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def enter(context: ServiceContext, browser: Browser, base: str, **look: Any) -> Page:
    """Return a page of somebody's of the coordination, signed in."""
    with context.database.write() as db:
        account = ensure_account(db, "ada@parvis.example", "Ada Martin", ("coordinator",), NOW)
        token, _code = create_link(db, account, NOW)
    page = browser.new_context(base_url=base, bypass_csp=True, **look).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"/console/sign-in/{token}")
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/console")
    return page


def test_a_conflict_is_accepted_by_keyboard_alone(
    context: ServiceContext, programme: DraftedProgramme, base: str, browser: Browser
) -> None:
    page = enter(context, browser, base, locale="fr")
    page.goto(f"{CONFLICTS}?kind=space_taken")
    page.get_by_text("C’est voulu…").focus()
    for key in ("Enter", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Un duo")
    page.keyboard.press("Enter")

    expect(page.get_by_text("ce conflit est voulu.")).to_be_visible()
    assert only(context, AcceptedConflict).note == "Un duo"
    page.get_by_role("link", name="Voulus 1").click()
    expect(page.get_by_text("Voulu, d’après Ada Martin")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look.values())))
def test_the_pages_can_be_used_by_everybody(
    context: ServiceContext,
    programme: DraftedProgramme,
    base: str,
    browser: Browser,
    look: dict[str, Any],
    tmp_path: Path,
) -> None:
    with context.database.write() as db:
        small = next(
            each
            for each in check_edition(db, programme.edition.id)
            if each.kind == "space_too_small"
        )
        note = "Des bancs en plus"
        accept_conflict(db, programme.edition.id, small.key, note=note, account_id=None, now=NOW)
    page = enter(context, browser, base, **look)
    session = f"{EDITION}/sessions/{programme.session.id}"
    addresses = {
        "all": CONFLICTS,
        "accepted": f"{CONFLICTS}?level=accepted",
        "none": f"{CONFLICTS}?level=informs",
        "session": session,
    }
    for name, address in addresses.items():
        page.goto(address)
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert faults_of(page) == []
    page.context.close()
