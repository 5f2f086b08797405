"""The two pages of a mail, text and HTML, from its facts."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notifications.domain.palette import DARK, LIGHT
from services.notifications.domain.wording import head_count, in_locale, place, when
from shared.i18n import current_locale, ngettext
from shared.i18n import gettext as _

FOLDER = Path(__file__).parents[1] / "mails"


def render_text(template: str, facts: dict[str, Any]) -> str:
    """Return the plain text in the current language; lines end with a bare line feed."""
    lines = _environment("txt").get_template(f"{template}.txt").render(facts).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"


def render_html(template: str, facts: dict[str, Any]) -> str:
    """Return the HTML page in the current language."""
    return _environment("html").get_template(f"{template}.html").render(facts)


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
        in_locale=in_locale,
        light=LIGHT,
        ngettext=ngettext,
        place=place,
        when=when,
    )
    return environment
