"""The addresses of the public pages: a name to read, then the id that finds it."""

import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask.sansio.app import App

from shared.text import fold

#: The longest name in an address, in characters.
LONGEST_NAME = 60

_UUID = re.compile(r"(?:.*-)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_INSEE_CODE = re.compile(r"(?:.*-)?([0-9][0-9AB][0-9]{3})")


def venue_path(venue_id: UUID | str, name: str) -> str:
    """Return the address of a venue's page."""
    return f"/venues/{_named(name, venue_id)}"


def space_path(space_id: UUID | str, name: str) -> str:
    """Return the address of the page of a room or yard."""
    return f"/spaces/{_named(name, space_id)}"


def commune_path(insee_code: str, name: str) -> str:
    """Return the address of a commune's page."""
    return f"/communes/{_named(name, quote(insee_code, safe=''))}"


def organisation_path(organisation_id: UUID | str, name: str) -> str:
    """Return the address of an organisation's page."""
    return f"/organisations/{_named(name, organisation_id)}"


def activity_path(activity_id: UUID | str, title: str) -> str:
    """Return the address of an activity's page; the title is the French one in every language."""
    return f"/activities/{_named(title, activity_id)}"


def presenter_path(presenter_id: UUID | str, name: str) -> str:
    """Return the address of the page of whoever presents."""
    return f"/presenters/{_named(name, presenter_id)}"


def theme_path(slug: str) -> str:
    """Return the address of a theme's page."""
    return f"/themes/{slug}"


def edition_path(slug: str) -> str:
    """Return the address of the page that shows a whole edition at a glance."""
    return f"/editions/{quote(slug, safe='')}"


def id_in(text: str) -> UUID | None:
    """Return the id that an address ends in, whatever name stands before it."""
    match = _UUID.fullmatch(text)
    return UUID(match[1]) if match else None


def insee_code_in(text: str) -> str | None:
    """Return the INSEE code that an address ends in."""
    match = _INSEE_CODE.fullmatch(text)
    return match[1] if match else None


def install_addresses(app: App) -> None:
    """Give them to the templates."""
    paths: tuple[Any, ...] = (
        venue_path,
        space_path,
        commune_path,
        organisation_path,
        activity_path,
        presenter_path,
        theme_path,
        edition_path,
    )
    app.jinja_env.globals.update({path.__name__: path for path in paths})


def _named(name: str, identifier: UUID | str) -> str:
    words = re.findall(r"[a-z0-9]+", fold(name))
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LONGEST_NAME]
        if len(longer) > LONGEST_NAME:
            break
        slug = longer
    return f"{slug}-{identifier}" if slug else str(identifier)
