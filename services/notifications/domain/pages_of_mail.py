"""The two pages of a mail, text and HTML, from its facts."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from services.notifications.domain.palette import DARK, LIGHT
from services.notifications.domain.wording import head_count, hours, in_locale, place, when
from shared.i18n import current_locale, ngettext
from shared.i18n import gettext as _
from shared.text import NBSP

FOLDER = Path(__file__).parents[1] / "mails"

#: « 14 h – 15 h 30 »: a line may break after a dash, whatever space follows it.
_SPAN = re.compile(f"[^ ,]+{NBSP}–{NBSP}[^ ,]+")


def render_text(template: str, facts: dict[str, Any]) -> str:
    """Return the plain text in the current language; lines end with a bare line feed."""
    lines = _environment("txt").get_template(f"{template}.txt").render(facts).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"


def render_html(template: str, facts: dict[str, Any]) -> str:
    """Return the HTML page in the current language."""
    return _environment("html").get_template(f"{template}.html").render(facts)


def in_one_piece(text: str) -> Markup:
    """Return a line as HTML whose hours stay together."""
    escaped = str(escape(text))
    return Markup(  # noqa: S704 - it was escaped, and what is added is ours
        _SPAN.sub(r'<span style="white-space: nowrap;">\g<0></span>', escaped)
    )


@cache
def _environment(kind: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        _=_,
        current_locale=current_locale,
        dark=DARK,
        head_count=head_count,
        hours=hours,
        in_locale=in_locale,
        light=LIGHT,
        ngettext=ngettext,
        place=place,
        when=when,
    )
    environment.filters["in_one_piece"] = in_one_piece
    return environment
