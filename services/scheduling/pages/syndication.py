"""What machines read to find what is new: RSS, the site map, robots.txt."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import islice
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as Xml

import sqlalchemy as sa
from flask import Blueprint, Response, abort, request
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.session_facts import read_facts
from services.scheduling.models import PublishedSession
from services.scheduling.pages import addresses
from services.scheduling.pages.words import in_our_words
from services.scheduling.queries.narrowing import Narrowing
from services.scheduling.queries.news import every_subject, latest_changes, site_state
from services.scheduling.queries.released import edition_of_slug, public_editions
from shared.i18n import DEFAULT_LOCALE, LOCALES, format_session_time, speaking, translator
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.web import current_context
from shared.web.caching import Validators, conditional_response

#: The most addresses in one file (https://www.sitemaps.org/protocol.html).
LARGEST_SITE_MAP = 50_000

CACHE_CONTROL = "public, max-age=300, must-revalidate"

#: What search engines are asked to leave alone: forms, what is personal, what repeats.
_LEFT_ALONE = (
    "/console",
    "/register/",
    "/registrations/",
    "/selection",
    "/print",
    "/embed",
    "/api/",
)

_SITE_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_ATOM = "http://www.w3.org/2005/Atom"

_CHANGES = {
    "new": _l("Nouvelle séance"),
    "moved": _l("Séance déplacée"),
    "cancelled": _l("Séance annulée"),
    "reinstated": _l("Séance rétablie"),
    "changed": _l("Séance modifiée"),
}

blueprint = Blueprint("syndication", __name__)


@blueprint.get("/feeds/editions/<slug>.rss")
def edition_news(slug: str) -> Response:
    """Tell what is new in an edition, or in what of it has a theme, commune, venue…"""
    if not slug.isprintable():
        abort(404)
    with current_context().database.read() as db:
        edition = next((each for each in public_editions(db) if each.slug == slug), None)
        if edition is None:
            abort(404)
        belongs = [PublishedSession.edition_id == edition_of_slug(slug)]
        name = in_our_words(edition.name_fr, edition.name_en)
        return _answer(db, belongs, addresses.edition_path(slug), name)


@blueprint.get("/feeds/themes/<slug>.rss")
def theme_news(slug: str) -> Response:
    """Tell what is new on a theme."""
    return _news_of(Narrowing(theme=slug), addresses.theme_path(slug))


@blueprint.get("/feeds/communes/<insee_code>.rss")
def commune_news(insee_code: str) -> Response:
    """Tell what is new in a commune."""
    return _news_of(Narrowing(commune=insee_code), f"/communes/{insee_code}")


@blueprint.get("/feeds/venues/<uuid:venue_id>.rss")
def venue_news(venue_id: UUID) -> Response:
    """Tell what is new at a venue."""
    return _news_of(Narrowing(venue=venue_id), f"/venues/{venue_id}")


@blueprint.get("/feeds/organisations/<uuid:organisation_id>.rss")
def organisation_news(organisation_id: UUID) -> Response:
    """Tell what is new of an organisation."""
    path = f"/organisations/{organisation_id}"
    return _news_of(Narrowing(organisation=organisation_id), path)


@blueprint.get("/sitemap.xml")
def site_map() -> Response:
    """List every public page; where they are too many, the files that list them."""
    with current_context().database.read() as db:
        state = site_state(db)
        pages = [*_fixed_pages(db), *_subject_pages(db)]
    if len(pages) <= LARGEST_SITE_MAP:
        return _xml(_listed("urlset", "url", pages), _tag("map", state), "application/xml")
    files = [
        (f"/sitemaps/{1 + start // LARGEST_SITE_MAP}.xml", max(at for _path, at in part))
        for start in range(0, len(pages), LARGEST_SITE_MAP)
        if (part := pages[start : start + LARGEST_SITE_MAP])
    ]
    root = _listed("sitemapindex", "sitemap", files)
    return _xml(root, _tag("maps", state), "application/xml")


@blueprint.get("/sitemaps/<int:number>.xml")
def part_of_site_map(number: int) -> Response:
    """List a part of the pages."""
    start = (number - 1) * LARGEST_SITE_MAP
    if start < 0:
        abort(404)
    with current_context().database.read() as db:
        state = site_state(db)
        pages = [*_fixed_pages(db), *_subject_pages(db)]
    part = list(islice(pages, start, start + LARGEST_SITE_MAP))
    if not part:
        abort(404)
    return _xml(_listed("urlset", "url", part), _tag("map", number, state), "application/xml")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Say what search engines may read, and where the site map is."""
    site = current_context().settings.public_url
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _LEFT_ALONE)]
    text = "\n".join([*lines, "", f"Sitemap: {site}/sitemap.xml", ""])
    return Response(text, mimetype="text/plain", headers={"Cache-Control": CACHE_CONTROL})


def _news_of(narrowing: Narrowing, path: str) -> Response:
    if not request.path.isprintable():
        abort(404)
    with current_context().database.read() as db:
        return _answer(db, narrowing.conditions(), path, None)


def _answer(
    db: DbSession, conditions: Sequence[sa.ColumnElement[bool]], path: str, name: str | None
) -> Response:
    asked = request.args.get("lang")
    locale = asked if asked in LOCALES else DEFAULT_LOCALE
    rows = latest_changes(db, conditions)
    if not rows and name is None:
        abort(404)
    with speaking(translator("services.scheduling", locale)):
        root = _channel(rows, path, name, locale)
    newest = rows[0].released_at if rows else None
    tag = _tag(path, locale, name, [(row.id, row.number) for row in rows])
    return _xml(root, tag, "application/rss+xml", newest)


def _channel(rows: Sequence[sa.Row[Any]], path: str, name: str | None, locale: str) -> Xml.Element:
    """Return an RSS 2.0 channel (https://www.rssboard.org/rss-specification)."""
    site = current_context().settings.public_url
    root = Xml.Element("rss", {"version": "2.0", "xmlns:atom": _ATOM})
    channel = Xml.SubElement(root, "channel")
    _say(channel, "title", name or _("Nouveautés du programme"))
    _say(channel, "link", site + path)
    _say(channel, "description", _("Les séances nouvelles, déplacées, annulées ou modifiées."))
    _say(channel, "language", locale)
    if rows:
        _say(channel, "lastBuildDate", format_datetime(rows[0].released_at.astimezone(UTC)))
    address = site + request.full_path.rstrip("?")
    Xml.SubElement(
        channel,
        "atom:link",
        {"href": address, "rel": "self", "type": "application/rss+xml"},
    )
    for row in rows:
        _add_item(channel, row, site)
    return root


def _add_item(channel: Xml.Element, row: sa.Row[Any], site: str) -> None:
    session = read_facts(row.details)
    when = format_session_time(
        session.starts_at,
        session.ends_at,
        session.time_zone,
        session.kind,
        weekly_hours=session.weekly_hours,
    )
    where = ", ".join(part for part in (session.venue, session.commune) if part)
    title = in_our_words(session.title_fr, session.title_en)
    change = str(_CHANGES.get(row.change, row.change))
    item = Xml.SubElement(channel, "item")
    _say(item, "title", _("%(change)s : %(title)s", change=change, title=title))
    _say(item, "link", f"{site}/sessions/{session.id}")
    guid = Xml.SubElement(item, "guid", {"isPermaLink": "false"})
    guid.text = f"{session.id}:{row.number}"
    _say(item, "pubDate", format_datetime(row.released_at.astimezone(UTC)))
    _say(item, "description", f"{when[:1].upper()}{when[1:]}. {where}.")
    if session.theme:
        _say(item, "category", session.theme)


def _say(parent: Xml.Element, name: str, text: str) -> None:
    # XML has no place for control characters, escaped or not.
    Xml.SubElement(parent, name).text = "".join(c for c in text if c >= " " or c in "\t\n")


def _fixed_pages(db: DbSession) -> list[tuple[str, datetime]]:
    editions = public_editions(db)
    if not editions:
        return []
    changed = sa.select(
        PublishedSession.edition_id, sa.func.max(PublishedSession.changed_at)
    ).group_by(PublishedSession.edition_id)
    latest = {row[0]: row[1] for row in db.execute(changed)}
    pages = [
        (addresses.edition_path(edition.slug), latest[edition.id])
        for edition in editions
        if edition.id in latest
    ]
    return [("/", max(at for _path, at in pages)), *pages] if pages else []


def _subject_pages(db: DbSession) -> Iterator[tuple[str, datetime]]:
    for noun, key, name, changed_at in every_subject(db):
        yield _PATHS[noun](key, name), changed_at


_PATHS: dict[str, Callable[[Any, str], str]] = {
    "commune": addresses.commune_path,
    "theme": lambda slug, _name: addresses.theme_path(slug),
    "venue": addresses.venue_path,
    "organisation": addresses.organisation_path,
    "activity": addresses.activity_path,
    "session": lambda session_id, _name: f"/sessions/{session_id}",
}


def _listed(root_name: str, item_name: str, pages: Sequence[tuple[str, datetime]]) -> Xml.Element:
    site = current_context().settings.public_url
    root = Xml.Element(root_name, {"xmlns": _SITE_MAP})
    for path, changed_at in pages:
        item = Xml.SubElement(root, item_name)
        Xml.SubElement(item, "loc").text = site + path
        at = changed_at.astimezone(UTC).isoformat(timespec="seconds")
        Xml.SubElement(item, "lastmod").text = at
    return root


def _tag(*content: Any) -> str:
    site = current_context().settings.public_url
    return hashlib.blake2b(repr((site, content)).encode(), digest_size=12).hexdigest()


def _xml(root: Xml.Element, tag: str, kind: str, modified: datetime | None = None) -> Response:
    body = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return conditional_response(
        body,
        content_type=f"{kind}; charset=utf-8",
        validators=Validators(tag, modified),
        cache_control=CACHE_CONTROL,
    )
