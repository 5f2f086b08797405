"""The ways to a calendar feed from a page: an address that opens the calendar, and its QR code."""

from functools import lru_cache

from flask.sansio.app import App
from markupsafe import Markup

from shared.ticket import LONGEST_PAYLOAD, qr_svg
from shared.web import current_context


def install_calendar_links(app: App) -> None:
    """Give them to the templates."""
    app.jinja_env.globals.update(webcal=webcal, calendar_qr=calendar_qr)


def webcal(path: str) -> str:
    """Return a feed's address as calendars take it: `webcal:` makes them subscribe."""
    return "webcal:" + _public_address(path).partition(":")[2]


def calendar_qr(path: str) -> Markup | None:
    """Return the QR code of a feed's address; nothing for an address too long to be scanned."""
    address = webcal(path)
    return _qr(address) if len(address) <= LONGEST_PAYLOAD and address.isascii() else None


@lru_cache(maxsize=500)
def _qr(address: str) -> Markup:
    return Markup(qr_svg(address))  # noqa: S704 - drawn here


def _public_address(path: str) -> str:
    return current_context().settings.public_url + path
