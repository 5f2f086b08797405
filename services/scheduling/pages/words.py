"""What the programme's pages say about sessions and activities."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask.sansio.app import App
from markupsafe import Markup, escape

from shared.i18n import LazyText, current_locale, ngettext
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: Who an activity is for.
AUDIENCE_LABELS: dict[str, LazyText] = {
    "everyone": _l("Tout public"),
    "families": _l("Familles"),
    "adults": _l("Adultes"),
    "schools": _l("Scolaires"),
    "teenagers": _l("Adolescents"),
}


def install_words(app: App) -> None:
    """Give them to the templates."""
    app.jinja_env.globals.update(
        age_words=age_words,
        audience_labels=AUDIENCE_LABELS,
        in_our_words=in_our_words,
        telephone_link=telephone_link,
        site_name=site_name,
    )
    app.jinja_env.filters["paragraphs"] = paragraphs


def in_our_words(french: str, english: str | None) -> str:
    """Return a text in the reader's language, else in French."""
    return english if english and current_locale() == "en" else french


def age_words(youngest: int | None, oldest: int | None) -> str:
    """Return for what age an activity is meant, or nothing where it does not say."""
    if youngest and oldest:
        if youngest == oldest:
            return ngettext("%(n)s an", "%(n)s ans", youngest)
        return _("%(youngest)s à %(oldest)s ans", youngest=youngest, oldest=oldest)
    if youngest:
        return ngettext("dès %(n)s an", "dès %(n)s ans", youngest)
    if oldest:
        return ngettext("jusqu’à %(n)s an", "jusqu’à %(n)s ans", oldest)
    return ""


def paragraphs(text: str) -> Markup:
    """Return a plain text as paragraphs: a blank line parts them, a line end is kept."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>\n").join(map(escape, block.splitlines())))
        for block in blocks
    )


def telephone_link(number: str) -> str:
    """Return the `tel:` address of a number as people write it."""
    return "tel:" + re.sub(r"[^\d+]", "", number.replace("(0)", ""))


def site_name(link: str) -> str:
    """Return the host of an address, to say where a link leads; nothing for what is no web link."""
    parts: Any = urlsplit(link)
    return str(parts.hostname or "").removeprefix("www.") if parts.scheme in _WEB else ""


_WEB = ("http", "https")
