"""The console's lists as a browser sets them: on a telephone, and on paper."""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from services.registration.models import Question
from services.registration.web import create_app
from shared.context import ServiceContext
from shared.testing.accessibility import faults_of
from shared.testing.contexts import make_context
from shared.testing.looks import DESK, PHONE
from shared.testing.serving import served
from tests.services.registration.factories import moved, register, request, wanted
from tests.services.registration.staff_browsing import MUSEUM, at_the_museum, cookie_of, viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: The longest that a row of a list may be on a telephone, in pixels.
LONGEST_ROW = 135

#: Which times are not in one piece, in whatever room there is for them; and how many were seen.
_BROKEN_TIMES = """
    () => {
      const main = document.querySelector("main");
      const broken = new Set();
      let seen = 0;
      for (let width = 140; width <= 340; width += 8) {
        main.style.width = `${width}px`;
        const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const times = /\\d\\d\\s–\\u2060?\\s\\d/g;
          for (let found = times.exec(node.data); found; found = times.exec(node.data)) {
            const range = document.createRange();
            range.setStart(node, found.index);
            range.setEnd(node, found.index + found[0].length);
            seen += 1;
            const tops = [...range.getClientRects()].map((box) => Math.round(box.top));
            if (new Set(tops).size !== 1) broken.add(node.data.trim());
          }
        }
      }
      main.style.width = "";
      return {seen, broken: [...broken]};
    }
"""


@pytest.fixture
def context(sqlite_url: str) -> Iterator[ServiceContext]:
    made = make_context("registration", sqlite_url)
    yield made
    made.database.dispose()


@pytest.fixture
def opened(browser: "Browser", context: ServiceContext) -> Iterator[Any]:
    """Return what opens a page of the console in a look, for somebody of the staff."""
    app = create_app(context)
    with served(app) as root:
        windows = []

        def open_page(path: str, look: dict[str, Any], who: Any) -> "Page":
            name, value = cookie_of(app, who)
            window = browser.new_context(**look)
            windows.append(window)
            window.add_cookies([{"name": name, "value": value, "url": root}])
            page = window.new_page()
            page.goto(f"{root}{path}")
            return page

        yield open_page
        for window in windows:
            window.close()


def test_on_a_telephone_sessions_take_few_lines_and_are_searched_at_once(
    opened: Any, context: ServiceContext
) -> None:
    for hours in range(20):
        session = at_the_museum(context, **moved(hours=hours))
        register(context, request(wanted(session, adults=2)))
    organiser = viewer("organiser", organisations=(MUSEUM,))
    page = opened("/console/registration", PHONE, organiser)

    heights = page.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert len(heights) == 20
    assert max(heights) <= LONGEST_ROW
    assert faults_of(page) == []
    told = page.evaluate(_BROKEN_TIMES)
    assert told["seen"] >= 20
    assert told["broken"] == []

    expect(page.locator(".filter-fold")).not_to_have_attribute("open", "")
    expect(page.get_by_label("Quand")).to_be_hidden()
    search = page.get_by_role("searchbox")
    search.fill("neutrino")
    search.press("Enter")
    expect(page.locator(".empty")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("neutrino")


def test_on_a_desk_a_search_has_one_button(opened: Any, context: ServiceContext) -> None:
    at_the_museum(context)
    page = opened("/console/registration", DESK, viewer("coordinator"))

    expect(page.get_by_role("search").get_by_role("button")).to_have_text(["Filtrer"])
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.get_by_label("Quand")).to_be_visible()
    assert faults_of(page) == []


def test_the_record_of_processing_is_two_sheets_with_tables(
    opened: Any, context: ServiceContext
) -> None:
    session = at_the_museum(context)
    register(context, request(wanted(session)))
    with context.database.write() as db:
        db.add_all(
            Question(
                session_id=session,
                position=position,
                kind="text",
                label={"fr": label, "en": None},
                purpose={"fr": "Préparer le goûter", "en": None},
                forgotten_on=date(2026, 10, 20),
            )
            for position, label in enumerate(("Une allergie ?", "Un régime ?", "Votre école ?"))
        )
    page = opened("/console/registration/processing-record", DESK, viewer("coordinator"))

    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True))
    assert 1 <= len(sheets) <= 2
    page.set_viewport_size({"width": 680, "height": 960})
    page.emulate_media(media="print")
    shown = page.locator(".data-table :is(thead, tr, tbody td)").evaluate_all(
        "parts => [...new Set(parts.map((part) => getComputedStyle(part).display))].sort()"
    )
    assert shown == ["table-cell", "table-header-group", "table-row"]
