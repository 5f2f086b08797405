"""The ways in which people have a page before their eyes, as options of a browser's context."""

from typing import Any

#: Phone and desk, light and dark, French and English: a page is looked at in each at least once.
LOOKS: list[dict[str, Any]] = [
    {"viewport": {"width": 360, "height": 740}, "color_scheme": "light", "locale": "fr"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark", "locale": "fr"},
    {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark", "locale": "en"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", "locale": "en"},
]

#: Where no more than two are looked at: the narrowest, and what differs from it in all else.
PHONE = LOOKS[0]
DARK_DESK: dict[str, Any] = {**LOOKS[1], "locale": "en"}

#: A desk in daylight, in French: what most of the staff work at.
DESK: dict[str, Any] = {**LOOKS[1], "color_scheme": "light"}


def name_of(look: dict[str, Any]) -> str:
    """Return what a test is called that sees pages in this look."""
    return f"{look['viewport']['width']}-{look['color_scheme']}-{look['locale']}"
