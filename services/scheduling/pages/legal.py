"""The pages that the law asks for: accessibility, legal notice, personal data."""

from flask import Blueprint, Flask, Response, make_response, render_template

from services.scheduling.domain.legal_markdown import render
from services.scheduling.domain.site_facts import site_of
from services.scheduling.domain.site_texts import SiteTexts, site_texts
from shared.context import ServiceContext
from shared.i18n import LazyText, current_locale
from shared.i18n import lazy_gettext as _
from shared.site import Site
from shared.web import current_context
from shared.web.site_facts import tell_site

#: The heading of each text.
HEADINGS: dict[str, LazyText] = {
    "accessibility": _("Déclaration d’accessibilité"),
    "legal_notice": _("Mentions légales"),
    "personal_data": _("Données personnelles"),
}

#: Where each text is read.
ADDRESSES = {
    "accessibility": "/accessibilite",
    "legal_notice": "/mentions-legales",
    "personal_data": "/donnees-personnelles",
}

blueprint = Blueprint("legal", __name__)


def install_site_facts(app: Flask, context: ServiceContext) -> None:
    """Let the pages' foot and forms say what the console says of the site."""

    def find() -> Site:
        with context.database.read() as db:
            return site_of(site_texts(db).facts)

    tell_site(app, find)


@blueprint.get(ADDRESSES["accessibility"])
def accessibility() -> Response:
    """Show the accessibility statement."""
    return _page("accessibility")


@blueprint.get(ADDRESSES["legal_notice"])
def legal_notice() -> Response:
    """Show who publishes and hosts the site."""
    return _page("legal_notice")


@blueprint.get(ADDRESSES["personal_data"])
def personal_data() -> Response:
    """Show what becomes of personal data."""
    return _page("personal_data")


def rendered(texts: SiteTexts, text: str) -> str:
    """Return a text as HTML, with the facts of the site."""
    context = current_context()
    today = context.clock().date()
    return render(text, texts.facts, today=today, public_url=context.settings.public_url)


def _page(key: str) -> Response:
    with current_context().database.read() as db:
        texts = site_texts(db)
    body = rendered(texts, texts.text(key, current_locale()))
    return make_response(render_template("legal/text.html", heading=HEADINGS[key], body=body))
