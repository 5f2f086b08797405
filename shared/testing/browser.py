"""The system's Chromium, driven by Playwright, that reaches nothing but loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from shared.testing import packages
from shared.testing.processes import ServerError

#: Milliseconds for which anything is waited for in a browser, on a machine that is busy.
PATIENCE = 180_000

_FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Give a headless browser; raises `ServerError` when no Chromium can be had.

    From then on `expect` waits for as long as `PATIENCE`, and so does all else in its contexts.
    """
    path = packages.chromium()
    if path is None:
        if not packages.can_install():
            raise ServerError(
                "Browser tests need Chromium: install it, or run as root on Debian or Ubuntu."
            )
        packages.install(["chromium"])
        path = packages.chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS, timeout=PATIENCE)
        _be_patient(browser)
        yield browser
        browser.close()


def _be_patient(browser: Browser) -> None:
    """Let all that is done in a new context wait as long as `PATIENCE`: going to a page, too."""
    new_context = browser.new_context

    def new_patient_context(**options: Any) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE)
        return context

    browser.new_context = new_patient_context  # type: ignore[method-assign]
