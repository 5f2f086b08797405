"""A visitor without JavaScript: reads pages, fills in their forms, sends them."""

import html
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.registration.models import Registration
from shared.context import ServiceContext

#: What a family types into the form.
FAMILY = {"email": "camille@example.org", "name": "Camille Dupré", "adults": "2", "children": "1"}

_VOID = {"input", "meta", "link", "br", "img", "hr", "path", "rect", "source"}


def text_of(markup: str) -> str:
    """Return what one reads: no tags, one space between words."""
    parser = _Words()
    parser.feed(markup)
    return " ".join("".join(parser.words).split(" "))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(" ".join(data.replace("\n", " ").split(" ")))


class _Inputs(HTMLParser):
    """The fields and named buttons of each form."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str], dict[str, str], list[tuple[str, str]]]] = []

    def handle_starttag(self, tag, attributes):
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append((found, {}, []))
        elif tag == "input" and "name" in found and self.forms:
            # Whoever fills in a form reads of the age, and ticks that; other boxes stay empty.
            is_left = found.get("type") == "checkbox" and "checked" not in found
            if not is_left or found["name"].endswith("-age"):
                self.forms[-1][1][found["name"]] = found.get("value", "")
        elif tag == "button" and found.get("name") and self.forms:
            self.forms[-1][2].append((found["name"], found["value"]))


class _Part(HTMLParser):
    """The markup of the first element that has a class or an id."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=False)
        self.name = name
        self.depth = 0
        self.found: list[str] = []
        self.is_done = False

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        wanted = self.name in (names.get("class") or "").split() or names.get("id") == self.name
        if self.is_done or not (self.depth or wanted):
            return
        self.found.append(self.get_starttag_text() or "")
        if tag not in _VOID:
            self.depth += 1

    def handle_endtag(self, tag):
        if self.depth and tag not in _VOID:
            self.depth -= 1
            self.found.append(f"</{tag}>")
            self.is_done = not self.depth

    def handle_data(self, data):
        if self.depth:
            self.found.append(data)

    def handle_entityref(self, name):
        self.handle_data(html.unescape(f"&{name};"))

    def handle_charref(self, name):
        self.handle_data(html.unescape(f"&#{name};"))


@dataclass
class Page:
    """A page that came back."""

    visitor: "Visitor"
    address: str
    response: TestResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self):
        return self.response.headers

    @property
    def location(self) -> str:
        return self.response.headers["Location"]

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        return text_of(self.html)

    @cached_property
    def forms(self):
        parser = _Inputs()
        parser.feed(self.html)
        return {
            found.get("action", ""): (values, buttons) for found, values, buttons in parser.forms
        }

    @cached_property
    def action(self) -> str:
        """Return where the page's first form of ours goes."""
        return next(
            each
            for each in self.forms
            if each.startswith(("/register", "/registrations", "/selection"))
        )

    @property
    def values(self) -> dict[str, str]:
        return self.forms[self.action][0]

    @property
    def buttons(self) -> list[tuple[str, str]]:
        return self.forms[self.action][1]

    def part(self, name: str) -> str:
        """Return the markup of the first element with this class or id."""
        parser = _Part(name)
        parser.feed(self.html)
        return "".join(parser.found)

    def error(self, field: str) -> str:
        """Return the fault that is told at a field."""
        return text_of(self.part(f"{field}-error"))

    def send(self, typed=None, action: str | None = None) -> "Page":
        """Send a form with what is in it, some of it typed over."""
        address = action or self.action
        return self.visitor.post(address, {**self.forms[address][0], **(typed or {})})


class Visitor:
    """Somebody with a browser that keeps cookies."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, address: str) -> Page:
        """Ask for a page."""
        return Page(self, address, self.client.get(address))

    def post(self, address: str, values: dict[str, str]) -> Page:
        """Send a form."""
        return Page(self, address, self.client.post(address, data=values))


def how_many(context: ServiceContext) -> int:
    """Return how many registrations there are."""
    with context.database.read() as db:
        return db.query(Registration).count()
