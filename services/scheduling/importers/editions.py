"""The edition that a file brings: its name, its address and its days."""

import re
from collections.abc import Iterable
from datetime import date

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import EditionRecord, Rejection, SessionRecord
from services.scheduling.importers.malformed import quoted
from services.scheduling.importers.moments import named_zone
from shared.i18n import lazy_gettext as _l
from shared.text import fold


def check_slug(edition_slug: str) -> None:
    """Raise `ImportRefused` for what cannot stand in an address."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", edition_slug):
        raise ImportRefused(
            _l(
                "Le nom d’une édition dans les adresses a des minuscules sans accent, des chiffres "
                "et des traits d’union isolés, ce que « %(slug)s » n’est pas.",
                slug=quoted(edition_slug),
            )
        )


def edition_of(
    slug: str,
    title: str,
    time_zone: str,
    sessions: Iterable[SessionRecord],
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> EditionRecord | None:
    """Return an edition with its file's title and dates, else with those of its sessions.

    None when nothing says when it is.
    """
    zone = named_zone(time_zone)
    days = [session.starts_at.astimezone(zone).date() for session in sessions]
    starts_on = starts_on or min(days, default=None)
    ends_on = ends_on or max(days, default=None)
    if starts_on is None or ends_on is None or ends_on < starts_on:
        starts_on, ends_on = min(days, default=None), max(days, default=None)
    if starts_on is None or ends_on is None:
        return None
    name = _without_year(title)
    return EditionRecord(
        slug=slug,
        festival_slug=_slug(name) or slug,
        festival_name_fr=name,
        name_fr=title,
        starts_on=starts_on,
        ends_on=ends_on,
        time_zone=time_zone,
    )


def nothing_taken(name: str, rejections: Iterable[Rejection]) -> ImportRefused:
    """Return the refusal of a file of which no session can be taken."""
    first = next(iter(rejections), None)
    if first is None:
        return ImportRefused(
            _l("%(name)s n’a pas de programme : aucune séance n’y est.", name=name)
        )
    return ImportRefused(
        _l(
            "Aucune séance de %(name)s ne peut être prise ; la première, %(id)s : %(reason)s.",
            name=name,
            id=first.source_id or "?",
            reason=first.reason,
        )
    )


def _without_year(title: str) -> str:
    """Return the festival's name: the edition's without the year at its end."""
    return re.sub(r"[\s,–-]+(19|20)\d{2}$", "", title) or title


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
