"""Browser windows at scheduling's pages, each of somebody who is signed in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext, Page

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.sign_in import create_link
from shared.context import ServiceContext
from shared.testing.browser import PATIENCE
from shared.testing.contexts import NOW


class Windows:
    """Opens browsers, whose own options are those of Playwright's `new_context`."""

    def __init__(self, browser: Browser, context: ServiceContext, base: str) -> None:
        self._browser, self._context, self._base = browser, context, base
        self._opened: list[BrowserContext] = []

    def open(
        self, name: str, *roles: str, organisations: Iterable[UUID] = (), **options: Any
    ) -> Page:
        """Return a page of somebody's who has these roles, and acts for these organisations."""
        with self._context.database.write() as db:
            email = f"{name.split()[0].casefold()}@parvis.example"
            account = ensure_account(db, email, name, roles, NOW)
            db.flush()
            set_memberships(db, account.id, organisations, ())
            token, _code = create_link(db, account, NOW)
        chosen = {"locale": "fr", **options}
        self._opened.append(self._browser.new_context(base_url=self._base, **chosen))
        page = self._opened[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"/console/sign-in/{token}")
        page.get_by_role("main").get_by_role("button").click()
        page.wait_for_url("**/console")
        return page

    def close(self) -> None:
        """Close them all."""
        for opened in self._opened:
            opened.close()


@contextmanager
def windows_at(browser: Browser, context: ServiceContext, base: str) -> Iterator[Windows]:
    """Give windows, and close them in the end."""
    windows = Windows(browser, context, base)
    try:
        yield windows
    finally:
        windows.close()
