"""Lists of sessions for other sites' pages: in a frame, without script, cookie or account."""

import hashlib
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, make_response, render_template, request

from services.scheduling.domain.colours import legible
from services.scheduling.domain.opening import opens_later
from services.scheduling.overviews import overview_of
from services.scheduling.pages.addresses import id_in, insee_code_in
from services.scheduling.pages.programme_address import ProgrammeAddress, read_address
from services.scheduling.pages.public import by_day
from services.scheduling.queries.programme import chosen_edition, exhibitions, programme_page
from services.scheduling.queries.released import public_editions
from shared.i18n import LOCALES, current_locale, speaking, translator
from shared.i18n import gettext as _
from shared.web import current_context
from shared.web.caching import Validators, conditional_response
from shared.web.security import let_be_framed

#: How many sessions a frame lists, and how many it may be asked for.
USUAL_LENGTH, LONGEST = 10, 50

#: For how many seconds a list may be kept, where nothing in it is about to open.
FRESH = 300

#: How high the frame is, in pixels, unless its site says otherwise.
HEIGHT = 640

#: The colour of links and badges, unless another is asked for: the brand's.
COLOUR = "0f4a41"

_COLOUR = re.compile(r"[0-9a-f]{6}")

blueprint = Blueprint("embedding", __name__)


@blueprint.get("/embed")
def prepare() -> Response:
    """Show how a list would look on another site, and what to paste there."""
    with current_context().database.read() as db:
        known = public_editions(db)
        today = current_context().clock().date()
        asked = read_address(request.args)
        edition = chosen_edition(known, asked.edition, today)
        if edition is None:
            abort(404)
        overview = overview_of(db, edition.id)
    address = replace(_list_only(asked), edition=edition.slug)
    source = _source(address, current_locale(), _colour(), _length())
    body = render_template(
        "programme/embed_help.html",
        address=address,
        colour=_colour(),
        edition=edition,
        height=HEIGHT,
        length=_length(),
        overview=overview,
        snippet=frame(current_context().settings.public_url + source, _title()),
        source=source,
    )
    return make_response(body)


@blueprint.get("/embed/<locale>")
def embedded(locale: str) -> Response:
    """Show a list to be framed; its language is in its path, so that no cookie is needed."""
    if locale not in LOCALES:
        abort(404)
    context = current_context()
    now = context.clock()
    with (
        speaking(translator("services.scheduling", locale)),
        context.database.read() as db,
    ):
        edition = chosen_edition(public_editions(db), request.args.get("edition"), now.date())
        if edition is None:
            abort(404)
        address = replace(_list_only(read_address(request.args)), edition=edition.slug)
        overview = overview_of(db, edition.id)
        today = now.astimezone(ZoneInfo(edition.time_zone)).date()
        wanted = address.filter(edition, overview, now, today)
        length = _length()
        rows = programme_page(db, edition, wanted, None, length)
        body = render_template(
            "programme/embed.html",
            address=address,
            colour=_colour() if _colour() != COLOUR else None,
            edition=edition,
            exhibitions=exhibitions(db, edition, wanted)[:length],
            groups=by_day(rows[:length]),
            has_more=len(rows) > length,
            now=now,
            today=today,
            within="commune"
            if len(overview.communes) < 2 or address.commune or address.venue
            else None,
        )
    response = make_response(body)
    response.headers["Cache-Control"] = f"public, max-age={_fresh_for(rows, now)}"
    return let_be_framed(response)


def _fresh_for(rows: Iterable[Any], now: datetime) -> int:
    """Return for how many seconds a list says what is so: until the next opening it tells of."""
    openings = [row.registration_opens_at for row in rows if opens_later(row, now)]
    return min((FRESH, *(math.ceil((at - now).total_seconds()) for at in openings)))


@blueprint.get("/embed/colour/<colour>.css")
def colours(colour: str) -> Response:
    """Give the style sheet of one colour, made legible on light and on dark grounds."""
    if not _COLOUR.fullmatch(colour):
        abort(404)
    light, dark = legible(colour, on="fffdf9"), legible(colour, on="171512")
    body = (
        f":root{{--link:#{light};--brand:#{light}}}"
        f"@media (prefers-color-scheme:dark){{:root{{--link:#{dark};--brand:#{dark}}}}}"
    ).encode()
    return conditional_response(
        body,
        content_type="text/css; charset=utf-8",
        validators=Validators(hashlib.blake2b(body, digest_size=12).hexdigest()),
        cache_control="public, max-age=31536000, immutable",
    )


@blueprint.get("/oembed")
def oembed() -> Response:
    """Answer a site that was given the address of a page of ours (https://oembed.com).

    A page that lists sessions becomes the list of them; the rest have none.
    """
    if request.args.get("format", "json") != "json":
        abort(501)
    context = current_context()
    url = urlsplit(request.args.get("url", ""))
    ours = urlsplit(context.settings.public_url)
    address = _listed_at(url.path, dict(parse_qsl(url.query)))
    if (url.scheme, url.netloc) != (ours.scheme, ours.netloc) or address is None:
        abort(404)
    source = context.settings.public_url + _source(address, current_locale(), COLOUR, USUAL_LENGTH)
    width = min(int(request.args.get("maxwidth", 600, type=int)), 1200)
    height = min(int(request.args.get("maxheight", HEIGHT, type=int)), 2000)
    answer = {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Parvis",
        "provider_url": context.settings.public_url,
        "title": _title(),
        "html": frame(source, _title(), height),
        "width": width,
        "height": height,
        "cache_age": 3600,
    }
    response = make_response(answer)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def frame(source: str, title: str, height: int = HEIGHT) -> str:
    """Return the element to paste into another site's page."""
    return (
        f'<iframe src="{escape(source)}" title="{escape(title)}" width="100%" height="{height}"'
        f' loading="lazy" style="border:0"></iframe>'
    )


def _listed_at(path: str, arguments: dict[str, str]) -> ProgrammeAddress | None:
    """Return what a page of ours lists, if it is one that lists sessions."""
    asked = _list_only(read_address(arguments))
    noun, _, name = path.strip("/").partition("/")
    if path in ("", "/", "/map", "/print"):
        return asked
    by_noun: dict[str, dict[str, Any]] = {
        "communes": {"commune": insee_code_in(name)},
        "venues": {"venue": id_in(name)},
        "organisations": {"organisation": id_in(name)},
        "themes": {"theme": name or None},
        "editions": {"edition": name or None},
    }
    found = by_noun.get(noun, {})
    if not found or None in found.values():
        return None
    return replace(asked, **found)


def _list_only(address: ProgrammeAddress) -> ProgrammeAddress:
    """Leave out what is somebody's own, or changes from day to day."""
    return replace(address, cursor=None, sort=None, near=None, within=None)


def _source(address: ProgrammeAddress, locale: str, colour: str, length: int) -> str:
    more = {
        "colour": colour if colour != COLOUR else None,
        "n": str(length) if length != USUAL_LENGTH else None,
    }
    rest = urlencode({name: value for name, value in more.items() if value})
    query = "&".join(part for part in (address.query(), rest) if part)
    return f"/embed/{locale}?{query}" if query else f"/embed/{locale}"


def _colour() -> str:
    colour = request.args.get("colour", "").lstrip("#").lower()
    return colour if _COLOUR.fullmatch(colour) else COLOUR


def _length() -> int:
    number = request.args.get("n", "")
    length = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    return min(length, LONGEST) or USUAL_LENGTH


def _title() -> str:
    return _("Programme des séances")
