"""The way from the programme down to a page, as links: what stands above a page's heading."""

from urllib.parse import quote

from markupsafe import Markup

from services.scheduling.domain.session_facts import SessionFacts
from services.scheduling.domain.themes import slug_of_theme
from services.scheduling.pages.addresses import activity_path, commune_path, theme_path
from services.scheduling.pages.words import in_our_words, kind_of_activity, lang_of
from shared.i18n import gettext as _

Trail = list[tuple[str, str]]


def programme_trail(edition_slug: str) -> Trail:
    """Return the way to an edition's programme."""
    return [(_("Programme"), f"/?edition={quote(edition_slug, safe='')}")]


def session_trail(session: SessionFacts) -> Trail:
    """Return the way to a session: by its commune, then its activity."""
    trail = programme_trail(session.edition_slug)
    if session.insee_code and session.commune:
        trail.append((session.commune, commune_path(session.insee_code, session.commune)))
    title = Markup("<span{}>{}</span>").format(
        lang_of(session.title_en), in_our_words(session.title_fr, session.title_en)
    )
    return [*trail, (title, activity_path(session.activity_id, session.title_fr))]


def activity_trail(activity: SessionFacts) -> Trail:
    """Return the way to an activity: by its theme."""
    trail = programme_trail(activity.edition_slug)
    slug = slug_of_theme(activity.theme)
    return [*trail, (kind_of_activity(activity.theme), theme_path(slug))] if slug else trail
