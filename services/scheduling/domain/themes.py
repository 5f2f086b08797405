"""Themes in addresses: a theme is free text, and its page is found by the slug of it."""

import re

from shared.text import fold


def slug_of_theme(theme: str | None) -> str | None:
    """Return a theme as an address has it: « Eau et énergie » is `eau-et-energie`."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(theme or ""))) or None
