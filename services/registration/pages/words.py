"""What the pages of registration say about sessions, parties and codes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask.sansio.app import App
from markupsafe import Markup

from services.registration.domain.calendar_entries import location
from services.registration.queries import SessionPage, translated
from shared.contracts.party_categories import Labels, asked_of, is_usual, label_of, labels_of
from shared.i18n import LazyText, current_locale, format_session_time, ngettext, unbroken
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l
from shared.identifiers import code_groups, grouped_code
from shared.ticket import qr_svg

#: Who takes a seat, where not everybody does.
_SEATED: dict[frozenset[str], LazyText] = {
    frozenset({"children"}): _l("Seuls les enfants prennent une place."),
    frozenset({"adults"}): _l("Seuls les adultes prennent une place."),
    frozenset({"pupils"}): _l("Seuls les élèves prennent une place."),
}

#: The state of a booking, in a word or two, for one seat as for several.
STATUS_LABELS: dict[str, LazyText] = {
    "confirmed": _l("Confirmée"),
    "waitlisted": _l("Liste d’attente"),
    "offered": _l("Proposée"),
    "cancelled": _l("Annulée"),
}

#: How a booking ended that nobody cancelled (`cards.OUTCOMES`).
OUTCOME_LABELS: dict[str, LazyText] = {
    "expired": _l("Proposition expirée"),
    "declined": _l("Déclinée"),
    "unanswered": _l("Rendue sans réponse"),
    "moved": _l("Remplacée"),
}

STATUS_TONES = {"confirmed": "good", "waitlisted": "warn", "offered": "brand", "cancelled": "bad"}


def install_words(app: App) -> None:
    """Give them to the templates."""
    app.jinja_env.filters["first_day"] = first_day
    app.jinja_env.globals.update(
        category_labels=category_labels,
        status_labels=STATUS_LABELS,
        status_tones=STATUS_TONES,
        outcome_labels=OUTCOME_LABELS,
        age_words=age_words,
        closing_time=closing_time,
        code_groups=code_groups,
        grouped_code=grouped_code,
        party_words=party_words,
        place_words=place_words,
        seated_words=seated_words,
        ticket_image=ticket_image,
        session_time=session_time,
        in_our_words=in_our_words,
        left_words=left_words,
        moment_of=moment_of,
        language_of=language_of,
    )


def session_time(session: SessionPage) -> str:
    """Return when a session is, with the year."""
    details = session.details
    return unbroken(
        format_session_time(
            session.starts_at,
            session.ends_at,
            details["time_zone"],
            details["kind"],
            weekly_hours=details["weekly_hours"],
            year=True,
        )
    )


def first_day(session: SessionPage) -> date | None:
    """Return the day on which a session begins, where it is; None of an exhibition."""
    if session.details["kind"] == "exhibition":
        return None
    return session.starts_at.astimezone(ZoneInfo(session.details["time_zone"])).date()


def place_words(session: SessionPage) -> str:
    """Return where a session is, on one line."""
    return location(session.details)


def closing_time(session: SessionPage) -> str:
    """Return until when one registers, or nothing where that is the usual time: the start."""
    closes_at = session.details.get("registration_closes_at")
    if closes_at is None:
        return ""
    closing = datetime.fromisoformat(closes_at)
    return format_session_time(closing, closing, session.details["time_zone"])


def moment_of(instant: datetime, session: SessionPage) -> str:
    """Return an instant in the local time of a session, as « samedi 10 octobre à 14 h »."""
    return format_session_time(instant, instant, session.details["time_zone"])


def left_words(left: timedelta) -> str:
    """Return how long something still takes, in its two largest units: « 2 jours et 3 heures »."""
    seconds = max(0, round(left.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        parts = (_days(days), _hours(hours % 24) if hours % 24 else "")
    elif hours:
        parts = (_hours(hours), _minutes(minutes % 60) if minutes % 60 else "")
    elif minutes:
        parts = (_minutes(minutes), _seconds(seconds % 60) if seconds % 60 else "")
    else:
        parts = (_seconds(seconds), "")
    return _("%(one)s et %(two)s", one=parts[0], two=parts[1]) if parts[1] else parts[0]


def _days(n: int) -> str:
    return ngettext("%(n)s jour", "%(n)s jours", n)


def _hours(n: int) -> str:
    return ngettext("%(n)s heure", "%(n)s heures", n)


def _minutes(n: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", n)


def _seconds(n: int) -> str:
    return ngettext("%(n)s seconde", "%(n)s secondes", n)


def in_our_words(text: Mapping[str, str | None]) -> str:
    """Return a text of scheduling's in the reader's language, else in French."""
    return translated(text, current_locale())


def language_of(text: Mapping[str, str | None]) -> str:
    """Return the language that `in_our_words` finds a text in."""
    return current_locale() if text.get(current_locale()) else "fr"


def age_words(details: Mapping[str, Any]) -> str:
    """Return for what age a session is meant, or nothing where it does not say."""
    youngest, oldest = details["age_min"], details["age_max"]
    if youngest and oldest:
        if youngest == oldest:
            return ngettext("Pour l’âge de %(n)s an", "Pour l’âge de %(n)s ans", youngest)
        return _("De %(youngest)s à %(oldest)s ans", youngest=youngest, oldest=oldest)
    if youngest:
        return ngettext("À partir de %(n)s an", "À partir de %(n)s ans", youngest)
    if oldest:
        return ngettext("Jusqu’à %(n)s an", "Jusqu’à %(n)s ans", oldest)
    return ""


def seated_words(session: SessionPage) -> str:
    """Return who takes a seat, or nothing where everybody does."""
    seated, edition = session.details["seat_categories"], session.details["edition"]
    if not seated or set(asked_of(edition, seated)) <= set(seated):
        return ""
    known = labels_of(edition)
    if len(seated) == 1 and frozenset(seated) in _SEATED and is_usual(known, seated[0]):
        return str(_SEATED[frozenset(seated)])
    named = ", ".join(label for code, label in category_labels(edition).items() if code in seated)
    return _("Prennent une place : %(who)s.", who=named)


def category_labels(edition: Mapping[str, Any]) -> dict[str, str]:
    """Return what an edition's categories of people are called, in order, former ones last."""
    known = labels_of(edition)
    return {code: label_of(known, code, current_locale()) for code in known}


def party_words(party: Mapping[str, int], edition: Mapping[str, Any]) -> str:
    """Return « 2 adultes, 1 enfant », by the words of the edition (`details["edition"]`)."""
    known = labels_of(edition)
    codes = [*(code for code in known if party.get(code)), *sorted(party.keys() - known.keys())]
    return ", ".join(_counted(known, code, party[code]) for code in codes if party[code])


def _counted(known: Labels, code: str, number: int) -> str:
    words: dict[str, Callable[[int], str]] = {
        "adults": lambda n: ngettext("%(n)s adulte", "%(n)s adultes", n),
        "children": lambda n: ngettext("%(n)s enfant", "%(n)s enfants", n),
        "pupils": lambda n: ngettext("%(n)s élève", "%(n)s élèves", n),
        "accompanying": lambda n: ngettext("%(n)s accompagnant", "%(n)s accompagnants", n),
    }
    if code in words and is_usual(known, code):
        return words[code](number)
    who = label_of(known, code, current_locale())
    return _("%(who)s : %(n)s", who=who, n=number)


def ticket_image(ticket: str) -> Markup:
    """Return the QR code as an `<svg>` element."""
    return Markup(qr_svg(ticket))  # noqa: S704 - drawn by us, from modules only
