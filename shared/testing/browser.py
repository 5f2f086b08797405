"""The system's Chromium, driven by Playwright, that reaches nothing but loopback."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from shared.testing import packages
from shared.testing.processes import ServerError

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
    """Give a headless browser; raises `ServerError` when no Chromium can be had."""
    path = packages.chromium()
    if path is None:
        if not packages.can_install():
            raise ServerError(
                "Browser tests need Chromium: install it, or run as root on Debian or Ubuntu."
            )
        packages.install(["chromium"])
        path = packages.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()
