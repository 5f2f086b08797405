"""Somebody at a browser who uses nothing but the keyboard."""

from collections.abc import Callable
from re import Pattern
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

from shared.testing.browser import PATIENCE
from shared.testing.processes import wait_until
from tests.system.installation import Installation

#: Opens a browser for somebody: their name, then options of `parvis sign-in` and of the browser.
Enter = Callable[..., "Person"]


class Person:
    """A browser window, and two hands on the keys."""

    def __init__(self, installation: Installation, context: BrowserContext) -> None:
        self.installation = installation
        self.page: Page = context.new_page()

    @property
    def main(self) -> Locator:
        """Return what the page is about, without what stands around it."""
        return self.page.get_by_role("main")

    def go(self, path: str) -> None:
        """Type an address that leads somewhere."""
        statuses: list[int] = []

        def is_served() -> bool:
            answer = self.page.goto(self.installation.url(path))
            assert answer is not None
            statuses.append(answer.status)
            return answer.status != 503  # to be tried again: the machine may be busy

        wait_until(is_served, PATIENCE / 1000)
        assert statuses[-1] < 400, (path, statuses[-1])

    def press(self, name: str | Pattern[str], *, inside: Any = None) -> None:
        """Press the first button of this name."""
        (inside or self.main).get_by_role("button", name=name).first.press("Enter")

    def follow(self, name: str | Pattern[str], *, leading_to: Any) -> None:
        """Follow the first link of this name, and wait until the page that it leads to is there."""
        self.main.get_by_role("link", name=name).first.press("Enter")
        self.page.wait_for_url(leading_to)

    def type(self, label: str | Pattern[str], words: str, *, inside: Any = None) -> None:
        """Write words into a field in the place of what is in it."""
        field = (inside or self.main).get_by_label(label, exact=True)
        field.focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def set(self, label: str, value: str, *, inside: Any = None) -> None:
        """Write a day (as 2026-10-02), a time (as 10:00) or a number into its field."""
        (inside or self.main).get_by_label(label, exact=True).fill(value)

    def pick(self, label: str, words: str, *, inside: Any = None) -> None:
        """Type the beginning of what is chosen in a box of choices, and take what it finds."""
        box = (inside or self.main).get_by_role("combobox", name=label)
        box.focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def check(self, label: str | Pattern[str], *, inside: Any = None) -> None:
        """Tick the first box of this name."""
        (inside or self.main).get_by_role("checkbox", name=label).first.press("Space")
