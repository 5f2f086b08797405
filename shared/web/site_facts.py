"""The site as the foot of every page and the forms speak of it, read anew every few seconds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from shared.context import ServiceContext
from shared.database import GateTimeout
from shared.deadlines import TooSlow
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.site import Conformity, Site, find_copied_site
from shared.web.parts import current_context

#: For how long a process says what it read last, and how soon it tries again after a failure.
GOOD_FOR, TRY_AGAIN = timedelta(seconds=5), timedelta(seconds=1)

_EXTENSION = "parvis_site"

#: Reads the site's facts.
FindSite = Callable[[], Site]

ACCESSIBILITY: dict[Conformity, LazyText] = {
    "none": _("Accessibilité : non conforme"),
    "partial": _("Accessibilité : partiellement conforme"),
    "full": _("Accessibilité : totalement conforme"),
}


@dataclass
class _Known:
    find: FindSite
    site: Site = field(default_factory=Site)
    read_at: datetime | None = None
    good_for: timedelta = GOOD_FOR


def install_site(app: Flask, context: ServiceContext) -> None:
    """Give every template `site()`: the service's copy of the facts, unless `tell_site` says."""

    def copied() -> Site:
        with context.database.read() as db:
            return find_copied_site(db)

    tell_site(app, copied)
    app.jinja_env.globals["site"] = current_site


def tell_site(app: Flask, find: FindSite) -> None:
    """Let the pages of this application read the facts so: for scheduling, which owns them."""
    app.extensions[_EXTENSION] = _Known(find)


def current_site() -> Site:
    """Return the facts as they were within the last seconds.

    A database that does not answer leaves what was known: the page of that very error has a foot.
    """
    known: _Known = current_app.extensions[_EXTENSION]
    now = current_context().clock()
    age = None if known.read_at is None else abs(now - known.read_at)  # clocks are set back, too
    if age is None or age >= known.good_for:
        known.read_at, known.good_for = now, GOOD_FOR
        try:
            known.site = known.find()
        except (SQLAlchemyError, GateTimeout, TooSlow):
            known.good_for = TRY_AGAIN
    return known.site


def forget_site() -> None:
    """Read the facts anew for the next page: they were just changed."""
    known: _Known = current_app.extensions[_EXTENSION]
    known.read_at = None


def accessibility_label() -> LazyText:
    """Return what the foot of the pages says of the site's accessibility, as the law words it."""
    context = current_context()
    return ACCESSIBILITY[current_site().conformity(context.clock().date())]
