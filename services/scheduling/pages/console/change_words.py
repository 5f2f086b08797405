"""Changes in words: each field of a session's state as people read it, before and after."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.scheduling.domain.session_state import State
from services.scheduling.pages.code_words import (
    ACCESSIBILITY_LABELS,
    LEVEL_LABELS,
    language_name,
)
from services.scheduling.pages.words import AUDIENCE_LABELS, age_words, kind_of_activity
from shared.contracts.party_categories import label_of, labels_of
from shared.i18n import (
    LazyText,
    current_locale,
    format_day,
    format_hours,
    format_length,
    format_number,
    format_session_time,
    format_time,
    unbroken,
    weekday_name,
)
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

Row = dict[str, str | None]


def difference_rows(before: State, after: State, fields: Collection[str]) -> list[Row]:
    """Return what differs between two states, a row for each thing that people name.

    `before` and `after` are whole states; what reads the same in words is left out, unless nothing
    else is left.
    """
    rows = []
    for label, of_fields, words in _THINGS:
        if set(of_fields) & set(fields):
            old, new = words(before), words(after)
            if old != new:
                rows.append({"label": str(label), "before": old, "after": new})
    return rows


def when(state: State) -> str:
    """Return when a session is, with its year, its weekly hours and its time zone if unusual."""
    line = format_session_time(
        datetime.fromisoformat(state["starts_at"]),
        datetime.fromisoformat(state["ends_at"]),
        state["time_zone"],
        state["kind"],
        weekly_hours=state["weekly_hours"],
        year=True,
    )
    hours = "; ".join(
        f"{weekday_name(row['weekday'], short=True)} {format_hours(row['opens'], row['closes'])}"
        for row in state["weekly_hours"]
    )
    return unbroken(f"{line} ({hours})" if hours else line)


def where(state: State) -> str:
    """Return the place: space, venue, address, postcode and commune."""
    venue, space = state["venue"], state["space"]
    commune = venue["commune"]["name"] if venue["commune"] else None
    town = " ".join(part for part in (venue["postcode"], commune) if part)
    parts = (space["name"] if space else None, venue["name"], venue["address"], town)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def way_in(state: State) -> str:
    """Return how people get in."""
    if state["registration"] == "none":
        return _("Entrée libre")
    if state["registration"] == "here":
        return _("Sur inscription ici")
    ways = ("registration_link", "registration_telephone", "registration_email")
    told = ", ".join(state[name] for name in ways if state[name])
    words = _("Auprès de l’organisateur : %(ways)s", ways=told)
    return words + (" – " + _("complet") if state["registration_full"] else "")


def capacity(state: State) -> str:
    """Return the number of seats."""
    seats = state["capacity"]
    return _("sans limite") if seats is None else format_number(seats)


def _opening(state: State) -> str | None:
    return _instant(state.get("registration_opens_at"), state)


def _closing(state: State) -> str | None:
    return _instant(state["registration_closes_at"], state)


def _instant(stated: str | None, state: State) -> str | None:
    if not stated:
        return None
    instant, zone = datetime.fromisoformat(stated), state["time_zone"]
    day = format_day(instant.astimezone(ZoneInfo(zone)).date(), year=True)
    return f"{day}, {format_time(instant, zone)}"


def _closures(state: State) -> str | None:
    return ", ".join(format_day(date.fromisoformat(day)) for day in state["closures"]) or None


def _categories(state: State) -> str:
    labels, locale = labels_of(state["edition"]), current_locale()
    return ", ".join(label_of(labels, code, locale) for code in state["seat_categories"])


def _party_categories(state: State) -> str:
    labels = labels_of({**state["edition"], "former_categories": []})
    texts = (" / ".join(filter(None, (one["fr"], one["en"]))) for one in labels.values())
    return ", ".join(texts)


def _status(state: State) -> str:
    return _("annulée") if state["status"] == "cancelled" else _("a lieu")


def _organisation(state: State) -> str | None:
    found = state["organisation"]
    return " – ".join(part for part in (found["name"], found["email"]) if part) if found else None


def _edition(state: State) -> str:
    edition = state["edition"]
    parts = (edition["name"]["fr"], edition["name"]["en"], edition["contact_email"])
    return " – ".join(part for part in (*parts, edition["time_zone"]) if part)


def _position(state: State) -> str | None:
    venue = state["venue"]
    if venue["latitude"] is None or venue["longitude"] is None:
        return None
    return f"{format_number(venue['latitude'])} ; {format_number(venue['longitude'])}"


def _plain(name: str, part: str | None = None) -> Callable[[State], str | None]:
    def words(state: State) -> str | None:
        value: Any = state[name][part] if part else state[name]
        return str(value) if value else None

    return words


def _listed(name: str, labels: Mapping[str, LazyText]) -> Callable[[State], str | None]:
    def words(state: State) -> str | None:
        return ", ".join(str(labels.get(code, code)) for code in state.get(name) or ()) or None

    return words


def _languages(state: State) -> str | None:
    return ", ".join(map(language_name, state.get("languages") or ())) or None


def _minutes(state: State) -> str | None:
    minutes = state.get("duration_minutes")
    return format_length(minutes) if minutes else None


def _access(state: State) -> str | None:
    access = state.get("access")
    if not access:
        return None
    codes = _listed("accessibility", ACCESSIBILITY_LABELS)(access)
    told = (codes, access["accessibility_note"], access["directions"])
    return "\n".join(part for part in told if part) or None


def _text(name: str) -> Callable[[State], str | None]:
    def words(state: State) -> str | None:
        text = state.get(name) or {}
        return "\n".join(part for part in (text.get("fr"), text.get("en")) if part) or None

    return words


def _image(state: State) -> str | None:
    image = state.get("image")
    if not image:
        return None
    return " – ".join(part for part in (image["alt"]["fr"], image["credit"]) if part) or _("oui")


_THINGS: tuple[tuple[LazyText, tuple[str, ...], Callable[[State], str | None]], ...] = (
    (_l("État"), ("status",), _status),
    (_l("Quand"), ("kind", "starts_at", "ends_at", "time_zone", "weekly_hours"), when),
    (_l("Jours de fermeture"), ("closures",), _closures),
    (_l("Où"), ("venue", "space"), where),
    (_l("Position sur la carte"), ("venue",), _position),
    (_l("Jauge"), ("capacity",), capacity),
    (
        _l("Comment venir"),
        (
            "registration",
            "registration_link",
            "registration_telephone",
            "registration_email",
            "registration_full",
        ),
        way_in,
    ),
    (_l("Ouverture des inscriptions"), ("registration_opens_at",), _opening),
    (_l("Fin des inscriptions"), ("registration_closes_at",), _closing),
    (_l("Prennent une place"), ("seat_categories",), _categories),
    (_l("Titre"), ("title",), _plain("title", "fr")),
    (_l("Titre en anglais"), ("title",), _plain("title", "en")),
    (_l("Description"), ("description",), _plain("description", "fr")),
    (_l("Description en anglais"), ("description",), _plain("description", "en")),
    (_l("Public"), ("audience",), lambda state: str(AUDIENCE_LABELS.get(state["audience"], ""))),
    (
        _l("Âge"),
        ("age_min", "age_max"),
        lambda state: age_words(state["age_min"], state["age_max"]) or None,
    ),
    (_l("Thème"), ("theme",), lambda state: kind_of_activity(state["theme"]) or None),
    (_l("Format"), ("format",), lambda state: kind_of_activity(state["format"]) or None),
    (_l("Intervenants"), ("presenters",), lambda state: ", ".join(state["presenters"]) or None),
    (_l("Lien"), ("link",), _plain("link")),
    (_l("Durée"), ("duration_minutes",), _minutes),
    (_l("Niveaux scolaires"), ("school_levels",), _listed("school_levels", LEVEL_LABELS)),
    (_l("Langues"), ("languages",), _languages),
    (_l("Accessibilité"), ("accessibility",), _listed("accessibility", ACCESSIBILITY_LABELS)),
    (_l("Accès au lieu"), ("access",), _access),
    (_l("Prix"), ("price_note",), _text("price_note")),
    (_l("Conditions"), ("conditions",), _text("conditions")),
    (_l("Image"), ("image",), _image),
    (_l("Label"), ("is_labelled",), lambda state: _("oui") if state.get("is_labelled") else None),
    (_l("Structure"), ("organisation",), _organisation),
    (_l("Édition"), ("edition",), _edition),
    (_l("Catégories de personnes"), ("edition",), _party_categories),
)
