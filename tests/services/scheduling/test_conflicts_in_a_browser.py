"""The conflicts of an edition in a real browser: by keyboard, on a phone, for everybody."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from services.scheduling.domain.conflicts import accept_conflict, check_edition
from services.scheduling.models import AcceptedConflict
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.accessibility import faults_of
from shared.testing.contexts import NOW, make_context
from shared.testing.looks import LOOKS, name_of
from shared.testing.serving import served
from tests.services.scheduling.console_programme import only
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.windows import windows_at

EDITION = "/console/editions/fete-de-la-science-2026"
CONFLICTS = f"{EDITION}/conflicts"

SignIn = Callable[..., Page]


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
    with served(create_app(context)) as address:
        yield address


@pytest.fixture
def sign_in(context: ServiceContext, base: str, browser: Browser) -> Iterator[SignIn]:
    """Return what gives somebody of the coordination a browser, signed in."""
    with windows_at(browser, context, base) as windows:
        yield partial(windows.open, "Ada Martin", "coordinator")


def test_a_conflict_is_accepted_by_keyboard_alone(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in()
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


@pytest.mark.parametrize("look", LOOKS, ids=name_of)
def test_the_pages_can_be_used_by_everybody(
    context: ServiceContext,
    programme: DraftedProgramme,
    sign_in: SignIn,
    look: dict[str, Any],
) -> None:
    with context.database.write() as db:
        small = next(
            each
            for each in check_edition(db, programme.edition.id)
            if each.kind == "space_too_small"
        )
        note = "Des bancs en plus"
        accept_conflict(db, programme.edition.id, small.key, note=note, account_id=None, now=NOW)
    page = sign_in(**look)
    session = f"{EDITION}/sessions/{programme.session.id}"
    addresses = {
        "all": CONFLICTS,
        "accepted": f"{CONFLICTS}?level=accepted",
        "none": f"{CONFLICTS}?level=informs",
        "session": session,
    }
    for name, address in addresses.items():
        page.goto(address)
        assert (name, faults_of(page)) == (name, [])
