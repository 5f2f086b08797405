"""The system's Chromium, driven by Playwright, that reaches nothing but loopback."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from shared.testing import packages
from shared.testing.processes import ServerError

#: Milliseconds for which anything is waited for in a browser, on a machine that is busy.
PATIENCE = 60_000

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

    From then on `expect` waits for as long as `PATIENCE`.
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
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()
