"""Codes in words: to whom a place is accessible, school levels, languages; distances."""

from babel import Locale
from flask.sansio.app import App

from services.scheduling.domain import accessibility
from services.scheduling.pages.words import kind_of_activity
from shared.i18n import LazyText, current_locale, format_number
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: To whom a place or an activity is accessible, as a filter and a badge say it.
ACCESSIBILITY_LABELS: dict[str, LazyText] = {
    accessibility.HEARING: _l("Handicap auditif"),
    accessibility.VISUAL: _l("Handicap visuel"),
    accessibility.PSYCHIC: _l("Handicap psychique"),
    accessibility.MOTOR: _l("Handicap moteur"),
    accessibility.INTELLECTUAL: _l("Handicap intellectuel"),
}

#: For which classes an activity is meant.
LEVEL_LABELS: dict[str, LazyText] = {
    "cycle1": _l("Maternelle (cycle 1)"),
    "cycle2": _l("CP au CE2 (cycle 2)"),
    "cycle3": _l("CM1 à la 6e (cycle 3)"),
    "cycle4": _l("5e à la 3e (cycle 4)"),
    "lycee": _l("Lycée"),
    "superieur": _l("Enseignement supérieur"),
}

#: Languages that Babel does not name.
_SIGNED = {"fsl": _l("langue des signes française (LSF)")}


def install_code_words(app: App) -> None:
    """Give them to the templates."""
    app.jinja_env.globals.update(
        accessibility_labels=ACCESSIBILITY_LABELS,
        level_labels=LEVEL_LABELS,
        language_name=language_name,
        distance_words=distance_words,
    )
    app.jinja_env.filters.update(
        language_choice=lambda code: (code, language_name(code)),
        theme_choice=lambda theme: (theme.code, kind_of_activity(theme.name)),
    )


def language_name(code: str) -> str:
    """Return what a language (ISO 639) is called in the reader's, else its code."""
    known = Locale(current_locale()).languages.get(code)
    return str(_SIGNED.get(code) or known or code)


def distance_words(kilometres: float) -> str:
    """Return a distance as people say it: metres below one kilometre, no decimals from ten on."""
    if kilometres < 0.95:
        return _("%(n)s m", n=format_number(max(50, round(kilometres * 20) * 50)))
    rounded = round(kilometres, 1) if kilometres < 10 else round(kilometres)
    return _("%(n)s km", n=format_number(rounded))
